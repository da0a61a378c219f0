"""Facts about libraries that resolution needs: second names, what calls return, what constants are worth.

Source: the documentation and the modules of the Python standard library, and of the packages named.
"""

from __future__ import annotations

import stat
from functools import lru_cache

SECOND_NAMES = {
    "posix": "os",
    "nt": "os",
    "cPickle": "pickle",
    "_pickle": "pickle",
    "__builtin__": "builtins",
    "__builtins__": "builtins",
    "six.moves.builtins": "builtins",
    "six.moves.cPickle": "pickle",
    "six.moves.urllib": "urllib",
    "_io.open": "builtins.open",
    "io.open": "builtins.open",
    "requests.api": "requests",
    "requests.sessions.Session": "requests.Session",
    "requests.sessions.session": "requests.Session",
    "requests.session": "requests.Session",
    "requests.packages.urllib3": "urllib3",
    "urllib3.poolmanager.PoolManager": "urllib3.PoolManager",
    "urllib3.connectionpool.HTTPSConnectionPool": "urllib3.HTTPSConnectionPool",
    "httpx._api": "httpx",
    "httpx._client.Client": "httpx.Client",
    "httpx._client.AsyncClient": "httpx.AsyncClient",
    "aiohttp.client.ClientSession": "aiohttp.ClientSession",
    "aiohttp.connector.TCPConnector": "aiohttp.TCPConnector",
    "asyncssh.connection": "asyncssh",
    "eventlet.green.subprocess": "subprocess",
    "fabric.connection": "fabric",
    "fabric.group": "fabric",
    "fabric2": "fabric",
    "gevent.subprocess": "subprocess",
    "paramiko.channel": "paramiko",
    "paramiko.client": "paramiko",
    "paramiko.transport": "paramiko",
    "psutil.Popen": "subprocess.Popen",
    "subprocess32": "subprocess",
    "flask.app.Flask": "flask.Flask",
    "jinja2.environment": "jinja2",
    "multiprocessing.connection.Pipe": "multiprocessing.Pipe",
    "pickle._load": "pickle.load",
    "pickle._loads": "pickle.loads",
    "pickle._Unpickler": "pickle.Unpickler",
    "yaml.loader": "yaml",
    "yaml.cyaml": "yaml",
    "_socket": "socket",
    "socket.SocketType": "socket.socket",
    "_ssl": "ssl",
    "_random": "random",
    "_hashlib": "hashlib",
    "_md5.md5": "hashlib.md5",
    "_sha1.sha1": "hashlib.sha1",
    "numpy.random.mtrand": "numpy.random",
}
"""Qualified names that mean the same as another; a prefix stands for all below it."""

RETURNS = {
    "tarfile.open": "tarfile.TarFile",
    "tarfile.TarFile.open": "tarfile.TarFile",
    "tarfile.TarFile.gzopen": "tarfile.TarFile",
    "tarfile.TarFile.bz2open": "tarfile.TarFile",
    "tarfile.TarFile.xzopen": "tarfile.TarFile",
    "tarfile.TarFile.taropen": "tarfile.TarFile",
    "ssl.create_default_context": "ssl.SSLContext",
    "ssl._create_unverified_context": "ssl.SSLContext",
    "ssl._create_stdlib_context": "ssl.SSLContext",
    "ssl._create_default_https_context": "ssl.SSLContext",
    "urllib3.util.ssl_.create_urllib3_context": "ssl.SSLContext",
    "socket.create_connection": "socket.socket",
    "socket.create_server": "socket.socket",
    "socket.fromfd": "socket.socket",
    "sqlite3.connect": "sqlite3.Connection",
    "sqlite3.Connection.cursor": "sqlite3.Cursor",
    "sqlite3.Connection.execute": "sqlite3.Cursor",
    "psycopg2.connect": "psycopg2.extensions.connection",
    "psycopg2.extensions.connection.cursor": "psycopg2.extensions.cursor",
    "psycopg.connect": "psycopg.Connection",
    "psycopg.Connection.connect": "psycopg.Connection",
    "psycopg.Connection.cursor": "psycopg.Cursor",
    "psycopg.AsyncConnection.connect": "psycopg.AsyncConnection",
    "psycopg.AsyncConnection.cursor": "psycopg.AsyncCursor",
    "pymysql.connect": "pymysql.connections.Connection",
    "pymysql.connections.Connection.cursor": "pymysql.cursors.Cursor",
    "MySQLdb.connect": "MySQLdb.connections.Connection",
    "MySQLdb.connections.Connection.cursor": "MySQLdb.cursors.Cursor",
    "mysql.connector.connect": "mysql.connector.MySQLConnection",
    "mysql.connector.MySQLConnection.cursor": "mysql.connector.cursor.MySQLCursor",
    "asyncpg.connect": "asyncpg.Connection",
    "asyncpg.create_pool": "asyncpg.Pool",
    "asyncpg.Pool.acquire": "asyncpg.Connection",
    "aiopg.connect": "aiopg.Connection",
    "aiopg.create_pool": "aiopg.Pool",
    "aiopg.Pool.acquire": "aiopg.Connection",
    "aiopg.Connection.cursor": "aiopg.Cursor",
    "pg8000.connect": "pg8000.Connection",
    "pg8000.Connection.cursor": "pg8000.Cursor",
    "pymssql.connect": "pymssql.Connection",
    "pymssql.Connection.cursor": "pymssql.Cursor",
    "duckdb.connect": "duckdb.DuckDBPyConnection",
    "duckdb.DuckDBPyConnection.cursor": "duckdb.DuckDBPyConnection",
    "google.cloud.bigquery.Client": "google.cloud.bigquery.Client",
    "sqlalchemy.create_engine": "sqlalchemy.Engine",
    "sqlalchemy.Engine.connect": "sqlalchemy.Connection",
    "sqlalchemy.Engine.begin": "sqlalchemy.Connection",
    "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.sessionmaker",
    "multiprocessing.connection.Client": "multiprocessing.connection.Connection",
    "multiprocessing.connection.Listener.accept": "multiprocessing.connection.Connection",
    "multiprocessing.Pipe": "multiprocessing.Pipe",
    "multiprocessing.get_context": "multiprocessing",
    "asyncssh.connect": "asyncssh.SSHClientConnection",
    "paramiko.SSHClient.get_transport": "paramiko.Transport",
    "paramiko.SSHClient.invoke_shell": "paramiko.Channel",
    "paramiko.Transport.open_channel": "paramiko.Channel",
    "paramiko.Transport.open_session": "paramiko.Channel",
    "asyncio.get_event_loop": "asyncio.AbstractEventLoop",
    "asyncio.get_running_loop": "asyncio.AbstractEventLoop",
    "asyncio.new_event_loop": "asyncio.AbstractEventLoop",
    "codecs.open": "builtins.open",
    "jinja2.Environment.overlay": "jinja2.Environment",
    "numpy.random.default_rng": "numpy.random.Generator",
    "cloudscraper.create_scraper": "requests.Session",
    "requests_cache.CachedSession": "requests.Session",
    "requests_futures.sessions.FuturesSession": "requests.Session",
    "requests_html.HTMLSession": "requests.Session",
    "requests_oauthlib.OAuth1Session": "requests.Session",
    "requests_oauthlib.OAuth2Session": "requests.Session",
    "requests_toolbelt.sessions.BaseUrlSession": "requests.Session",
    "zmq.Context.instance": "zmq.Context",
    "zmq.Context.socket": "zmq.Socket",
    "zmq.asyncio.Context.socket": "zmq.asyncio.Socket",
}
"""What a call returns an instance of, where that is not the called name itself."""

_STAT = {
    f"stat.{name}": value for name, value in vars(stat).items() if name.startswith("S_I") and isinstance(value, int)
}
CONSTANTS: dict[str, object] = {
    **_STAT,
    "socket.INADDR_ANY": 0,
    "ast.PyCF_ONLY_AST": 0x400,
    "pickle.HIGHEST_PROTOCOL": 5,
    "typing.TYPE_CHECKING": False,
}
"""Values of library constants that arguments are built from."""


@lru_cache(maxsize=65_536)
def canonical(path: str) -> str:
    """The first name of a qualified name that has several."""
    cut = len(path)
    while cut > 0:
        first = SECOND_NAMES.get(path[:cut])
        if first is not None:
            return canonical(first + path[cut:])
        cut = path.rfind(".", 0, cut)
    return path
