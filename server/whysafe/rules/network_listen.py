"""Servers that listen on every interface of the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.arguments import literal as written_text
from whysafe.analysis.arguments import takes
from whysafe.analysis.detectors import calls, methods
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Answer, Evidence, Repair, Replace, Rule, Verdict
from whysafe.analysis.standing import takes_more_than_literal, written
from whysafe.rules.types import LISTENING
from whysafe.rules.written import own_argument
from whysafe.semantics.fold import literal

if TYPE_CHECKING:
    from whysafe.analysis.glance import Glance
    from whysafe.semantics.calls import Argument, Call, Expression

_ALL_HOSTS = {
    "0.0.0.0": "127.0.0.1",  # noqa: S104 - this is the table of what to find
    "::": "::1",
    "[::]": "[::1]",
    "0": "127.0.0.1",
    "::0": "::1",
    "0:0:0:0:0:0:0:0": "::1",
}
"""Host texts that stand for every interface, and what to write to be reached from this machine alone."""

# --- where the host is ------------------------------------------------------------------------------------------------

_HOST_ARGUMENTS: dict[str, tuple[str, int | None]] = {
    "flask.Flask.run": ("host", 0),
    "flask_socketio.SocketIO.run": ("host", 1),
    "quart.Quart.run": ("host", 0),
    "sanic.Sanic.run": ("host", 0),
    "bottle.run": ("host", 2),
    "bottle.Bottle.run": ("host", None),
    "dash.Dash.run": ("host", 0),
    "dash.Dash.run_server": ("host", 0),
    "uvicorn.run": ("host", None),
    "uvicorn.Config": ("host", None),
    "waitress.serve": ("host", None),
    "aiohttp.web.run_app": ("host", None),
    "aiohttp.web.TCPSite": ("host", 1),
    "werkzeug.serving.run_simple": ("hostname", 0),
    "wsgiref.simple_server.make_server": ("host", 0),
    "asyncio.start_server": ("host", 1),
    "asyncio.AbstractEventLoop.create_server": ("host", 1),
    "websockets.serve": ("host", 1),
    "websockets.asyncio.server.serve": ("host", 1),
    "websockets.sync.server.serve": ("host", 1),
    "tornado.web.Application.listen": ("address", 1),
    "tornado.httpserver.HTTPServer.listen": ("address", 1),
    "tornado.httpserver.HTTPServer.bind": ("address", 1),
    "aiosmtpd.controller.Controller": ("hostname", 1),
    "twisted.internet.reactor.listenTCP": ("interface", 3),
    "twisted.internet.reactor.listenUDP": ("interface", 2),
}
"""Keyword and position of an argument that is a host. Source: the documentation of the libraries."""

_ADDRESS_ARGUMENTS: dict[str, tuple[str, int | None]] = {
    "socket.socket.bind": ("address", 0),
    "ssl.SSLSocket.bind": ("address", 0),
    "socket.create_server": ("address", 0),
    "socketserver.BaseServer": ("server_address", 0),
    "socketserver.TCPServer": ("server_address", 0),
    "socketserver.UDPServer": ("server_address", 0),
    "socketserver.ThreadingTCPServer": ("server_address", 0),
    "socketserver.ThreadingUDPServer": ("server_address", 0),
    "socketserver.ForkingTCPServer": ("server_address", 0),
    "socketserver.ForkingUDPServer": ("server_address", 0),
    "http.server.HTTPServer": ("server_address", 0),
    "http.server.ThreadingHTTPServer": ("server_address", 0),
    "http.server.HTTPSServer": ("server_address", 0),
    "http.server.ThreadingHTTPSServer": ("server_address", 0),
    "wsgiref.simple_server.WSGIServer": ("server_address", 0),
    "xmlrpc.server.SimpleXMLRPCServer": ("addr", 0),
    "xmlrpc.server.DocXMLRPCServer": ("addr", 0),
    "smtpd.SMTPServer": ("localaddr", 0),
    "asyncio.AbstractEventLoop.create_datagram_endpoint": ("local_addr", None),
    "multiprocessing.connection.Listener": ("address", 0),
    "multiprocessing.managers.BaseManager": ("address", 0),
    "multiprocessing.managers.SyncManager": ("address", 0),
    "gevent.pywsgi.WSGIServer": ("listener", 0),
    "gevent.server.StreamServer": ("listener", 0),
    "eventlet.listen": ("addr", 0),
}
"""Keyword and position of an argument that is a pair of host and port."""
_ADDRESS_BY_KEYWORD = frozenset(name for name, (_, position) in _ADDRESS_ARGUMENTS.items() if position is None)

_ENDPOINT_ARGUMENTS: dict[str, tuple[str, int | None]] = {
    "grpc.server.add_insecure_port": ("address", 0),
    "grpc.server.add_secure_port": ("address", 0),
    "grpc.aio.server.add_insecure_port": ("address", 0),
    "grpc.aio.server.add_secure_port": ("address", 0),
    "zmq.Context.socket.bind": ("addr", 0),
    "zmq.asyncio.Context.socket.bind": ("addr", 0),
}
"""Keyword and position of an argument that is a text of host and port, such as `[::]:50051` or `tcp://*:5555`."""

_BY_KEYWORD = ("host", "hostname", "address", "interface", "server_name", "listen_host", "bind_host")
_BY_METHOD = frozenset(
    {
        "run",
        "run_app",
        "run_server",
        "run_simple",
        "serve",
        "listen",
        "launch",
        "start_server",
        "create_server",
        "serve_forever",
    }
)


_SAYS_WHERE = written(rf"\b(?:{'|'.join(_BY_KEYWORD)})[ \t\f]*=|\*\*")
"""A keyword for the host, or options that may hold one."""


def _may_be_address(glance: Glance, address: str) -> bool:
    """A text without a colon, such as the name of an event, is none."""
    text = written_text(glance, address)
    return text is None or ":" in text or "\\" in text


def _listens_to_all(call: Call) -> Answer:
    if call.name in _HOST_ARGUMENTS:
        keyword, position = _HOST_ARGUMENTS[call.name]
        host = call.argument(keyword=keyword, position=position)
        return None if host is None else _judge(call, host, host)
    if call.name in _ADDRESS_ARGUMENTS:
        keyword, position = _ADDRESS_ARGUMENTS[call.name]
        return _judge_address(call, call.argument(keyword=keyword, position=position))
    keyword, position = _ENDPOINT_ARGUMENTS[call.name]
    return _judge_endpoint(call, call.argument(keyword=keyword, position=position))


def _listens_by_name(call: Call) -> Answer:
    """An object that is not known: what it is told to listen on is telling enough."""
    if call.name == "bind":
        first = call.argument(position=0)
        return _judge_address(call, first, Confidence.MEDIUM) or _judge_endpoint(call, first, Confidence.MEDIUM)
    for keyword in _BY_KEYWORD:
        host = call.argument(keyword=keyword)
        if host is not None and host.text:
            return _judge(call, host, host, Confidence.MEDIUM)
    return None


# --- what it says ----------------------------------------------------------------------------------------------------


def _judge_address(call: Call, address: Argument | None, confidence: Confidence = Confidence.HIGH) -> Answer:
    """The first part of a pair of host and port."""
    if address is None:
        return None
    for origin in address.origins():
        if isinstance(origin.node, cst.Tuple) and len(origin.node.elements) >= 2:
            answer = _judge(call, address, origin.at(origin.node.elements[0].value), confidence)
            if answer:
                return answer
    return None


def _judge_endpoint(call: Call, address: Argument | None, confidence: Confidence = Confidence.HIGH) -> Answer:
    """A text such as `tcp://*:5555` or `0.0.0.0:50051`."""
    text = None if address is None else address.text
    if address is None or text is None:
        return None
    scheme, _, rest = text.rpartition("://")
    host, colon, _ = rest.rpartition(":")
    if scheme not in {"", "tcp", "udp"} or not colon or not (host in _ALL_HOSTS or (host == "*" and scheme)):
        return None
    return _found(call, address, address, confidence, text)


def _judge(call: Call, argument: Argument, host: Expression, confidence: Confidence = Confidence.HIGH) -> Answer:
    # An empty host is the default of some and no host for others: it counts in a pair of host and port.
    empty_counts = host.node is not argument.node
    every = [v for v in host.constants if isinstance(v, str) and (v in _ALL_HOSTS or (not v and empty_counts))]
    if not every:
        return None
    if len(every) < len(host.values):
        confidence = Confidence.MEDIUM
    return _found(call, argument, host, confidence, str(every[0]))


def _found(call: Call, argument: Argument, host: Expression, confidence: Confidence, text: str) -> Verdict:
    own = own_argument(call, argument)
    here = own is not None and (host.node is argument.node or _holds(own, host.node))
    at = None if own is None else host.node if here else own.value
    origins = [origin for origin in host.origins() if origin.node is not host.node and origin.is_constant]
    if own is None or not here:
        origins.append(host)
    return Verdict(
        message=f'The host "{text}" stands for every network interface of this machine.',
        confidence=confidence,
        at=at,
        anchor=at,
        evidence=tuple(Evidence(origin.node, origin.scope, "The host comes from here.") for origin in origins),
        repairs=_loopback(at),
    )


def _holds(own: cst.Arg, node: cst.CSTNode) -> bool:
    return isinstance(own.value, cst.Tuple) and any(element.value is node for element in own.value.elements)


def _loopback(at: cst.CSTNode | None) -> tuple[Repair, ...]:
    text = None if at is None else literal(at)
    if at is None or not isinstance(text, str) or (text and text not in _ALL_HOSTS):
        return ()
    host = _ALL_HOSTS.get(text, "127.0.0.1")
    return (Repair(f'Listen on "{host}" only', (Replace(at, f'"{host}"'),), safe=False),)


BIND_ALL_INTERFACES = Rule(
    name="bind-all-interfaces",
    family="network",
    title="Server listens on every interface",
    message="This server can be reached through every network interface of the machine.",
    why="`0.0.0.0`, `::` and an empty host mean every interface: the local one, the office network, a VPN, and the "
    "internet where the machine is connected to it.",
    abuse="Anybody in the same network finds the port with a scan and talks to a service that was meant for one "
    "machine, or to stand behind a proxy that asks for a login.",
    fix='Listen on `"127.0.0.1"`, or on the one address that clients use, taken from the configuration.',
    ask="Which networks can reach this machine, and what protects the port there (firewall, container network, login)?",
    cwe=(1327, 605, 668),
    severity=Severity.WARNING,
    by_program_type=LISTENING,
    aliases=("B104", "S104", "s.bind"),
    detect=(
        calls(*_HOST_ARGUMENTS, *_ADDRESS_BY_KEYWORD, *_ENDPOINT_ARGUMENTS, when=_listens_to_all),
        calls(*(_ADDRESS_ARGUMENTS.keys() - _ADDRESS_BY_KEYWORD), when=_listens_to_all, sign=takes_more_than_literal),
        methods(*sorted(_BY_METHOD), when=_listens_by_name, sign=_SAYS_WHERE),
        methods("bind", when=_listens_by_name, sign=takes(0, may=_may_be_address)),
    ),
    bad=(
        'import socket\n\nserver = socket.socket()\nserver.bind(("0.0.0.0", 8080))',
        'import uvicorn\n\nHOST = "0.0.0.0"\nuvicorn.run(app, host=HOST)',
        'import socketserver\n\nserver = socketserver.TCPServer(("", 9000), Handler)',
        'from service import make_app\n\napp = make_app()\napp.run(host="::")',
    ),
    good=(
        'import socket\n\nserver = socket.socket()\nserver.bind(("127.0.0.1", 8080))',
        'def is_open(address):\n    return address == "0.0.0.0"',
        "import uvicorn\n\nuvicorn.run(app, host=settings.host)",
        'ANY_ADDRESS = "0.0.0.0"\nVERSION = {"host": "0.0.0.0"}',
    ),
    references=(
        "https://docs.python.org/3/library/socket.html#socket-families",
        "https://cwe.mitre.org/data/definitions/1327.html",
    ),
)
