"""Statements for another interpreter that are put together as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls, methods
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Answer, Evidence, Rule, Verdict
from whysafe.rules.sql_signs import runs_formatted_text
from whysafe.rules.sql_text import HOLE, TEXT_METHODS, is_number_by_annotation, spell
from whysafe.rules.types import OWN_INPUT
from whysafe.rules.written import own_argument

if TYPE_CHECKING:
    from whysafe.rules.sql_text import Spelled
    from whysafe.semantics.calls import Argument, Call

# --- sinks -----------------------------------------------------------------------------------------------------------

_CURSORS = (
    "sqlite3.Cursor",
    "psycopg2.extensions.cursor",
    "psycopg.Cursor",
    "psycopg.ServerCursor",
    "psycopg.AsyncCursor",
    "pymysql.cursors.Cursor",
    "MySQLdb.cursors.Cursor",
    "mysql.connector.cursor.MySQLCursor",
    "aiomysql.Cursor",
    "aiopg.Cursor",
    "aiosqlite.Cursor",
    "pg8000.Cursor",
    "pymssql.Cursor",
    "oracledb.Cursor",
    "pyodbc.Cursor",
    "snowflake.connector.cursor.SnowflakeCursor",
)
_CURSOR_METHODS = (
    "execute",
    "executemany",
    "executescript",
    "callproc",
    "execute_async",
    "copy_expert",
    "stream",
    "copy",
)
_OTHER_TYPES = {
    "sqlite3.Connection": ("execute", "executemany", "executescript"),
    "aiosqlite.Connection": ("execute", "executemany", "executescript", "execute_insert", "execute_fetchall"),
    "psycopg.Connection": ("execute",),
    "psycopg.AsyncConnection": ("execute",),
    "pymysql.connections.Connection": ("query",),
    "MySQLdb.connections.Connection": ("query",),
    "mysql.connector.MySQLConnection": ("cmd_query",),
    "pyodbc.Connection": ("execute",),
    "asyncpg.Connection": ("execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchmany", "prepare", "cursor"),
    "asyncpg.Pool": ("execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchmany"),
    "pg8000.Connection": ("run", "execute"),
    "pg8000.native.Connection": ("run", "prepare"),
    "duckdb": ("execute", "executemany", "sql", "query"),
    "duckdb.DuckDBPyConnection": ("execute", "executemany", "sql", "query"),
    "google.cloud.bigquery.Client": ("query", "query_and_wait"),
    "sqlalchemy.Engine": ("execute",),
    "sqlalchemy.Connection": ("execute", "exec_driver_sql", "scalar", "scalars"),
    "sqlalchemy.orm.Session": ("execute", "scalar", "scalars"),
    "pandas": ("read_sql", "read_sql_query"),
}
_SINKS = tuple(
    [f"{cursor}.{method}" for cursor in _CURSORS for method in _CURSOR_METHODS]
    + [f"{owner}.{method}" for owner, names in _OTHER_TYPES.items() for method in names]
)
"""Functions and methods that run SQL, by type. Source: the documentation of the drivers (PEP 249 for most)."""

_METHODS = (
    "execute",
    "executemany",
    "executescript",
    "exec_driver_sql",
    "callproc",
    "fetch",
    "fetchrow",
    "fetchval",
    "fetch_all",
    "fetch_one",
)
_KEYWORDS = ("sql", "query", "operation", "statement", "sql_script", "stmt", "command", "procname")
_RUNS_FORMATTED_TEXT = runs_formatted_text(_KEYWORDS, TEXT_METHODS)
_ANY_OWNER = frozenset({"execute", "executemany", "executescript", "exec_driver_sql"})
_OWNER = re.compile(
    r"(?:.*_)?(?:cursor|cur|curs|crsr|conn|connection|con|db|database|session|engine|pool|tx|transaction|sqlite|postgres|mysql|duckdb)"
    r"\d*|c",
    re.IGNORECASE,
)

# --- the shape of SQL ------------------------------------------------------------------------------------------------

_START = r"\A\s*(?:(?:--[^\n]*\n|/\*.{0,500}?\*/)\s*){0,20}\(?\s*"
_NAME = rf"[\w.\"'`\[\]{HOLE}]+"
_STATEMENT = re.compile(
    _START + r"(?:"
    r"select\b.*\bfrom\b|"
    rf"select\s+(?:{_NAME}\s*\(|{HOLE}|distinct\b|count\b|\*|[\w'\"{HOLE}]+\s*(?:\Z|[,;+]|as\b))|"
    r"(?:insert|replace)\s+(?:or\s+\w+\s+)?(?:ignore\s+)?into\b|"
    rf"update\s+(?:or\s+\w+\s+)?{_NAME}(?:\s+(?:as\s+)?\w+)?\s+set\b|"
    rf"delete\s+(?:{_NAME}\s+)?from\b|"
    r"with\s+(?:recursive\s+)?\S+(?:\s*\([^)]*\))?\s+as\b|"
    r"(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+|unique\s+|unlogged\s+|virtual\s+|materialized\s+|external\s+)?"
    r"(?:table|index|view|database|schema|user|role|function|procedure|trigger|sequence|type|extension|login|policy|publication|"
    r"subscription|event|materialized)\b|"
    rf"truncate\s+(?:table\s+)?{_NAME}|merge\s+into\b|(?:grant|revoke)\b.*\b(?:on|to|from)\b|values\s*\("
    r")",
    re.IGNORECASE | re.DOTALL,
)
_COMMAND = re.compile(
    _START + r"(?:"
    rf"pragma\s+\w|(?:call|exec|execute)\s+{_NAME}\s*(?:\(|\Z|@|{HOLE})|copy\s+{_NAME}\s*(?:\([^)]*\)\s*)?(?:from|to)\b|"
    r"attach\s+|(?:explain|vacuum|reindex|analyze|describe|kill|declare|savepoint|(?:un)?listen|notify)\s+|lock\s+tables?\b|"
    r"set\s+(?:session|local|global|role|search_path|names)\b|rollback\s+to\b|release\s+savepoint\b|load\s+data\b|"
    r"show\s+(?:tables|columns|create|index|grants)\b"
    r")",
    re.IGNORECASE | re.DOTALL,
)
"""Commands that other interpreters have too: they count where the owner is known, or is called like a database."""
_VERB = re.compile(_START + r"(?:select|insert|update|delete|replace|create|alter|drop|with|set|show)\b", re.IGNORECASE)
"""A known driver takes nothing but SQL."""
_FRAGMENT = re.compile(
    r"\b(?:where|limit|offset|order\s+by|group\s+by|from|values|join|union|returning|having|set)\b", re.IGNORECASE
)
LONGEST_LOOKED_AT = 4_000


def _is_sql(text: str, *, database: bool, driver: bool) -> bool:
    """Whether a text has the shape of SQL.

    Args:
        text: with `HOLE` in place of what is not known.
        database: whether the object that runs it is called like one.
        driver: whether it certainly is one: then part of a statement behind a hole is enough.
    """
    text = text[:LONGEST_LOOKED_AT]
    if _STATEMENT.search(text) or (database and _COMMAND.search(text)):
        return True
    if driver and _VERB.search(text):
        return True
    return driver and text.lstrip().startswith(HOLE) and _FRAGMENT.search(text) is not None


# --- sql-execute-formatted -------------------------------------------------------------------------------------------


def _statement_of(call: Call) -> Argument | None:
    first = call.argument(position=0)
    if first is not None:
        return first
    return next((found for keyword in _KEYWORDS if (found := call.argument(keyword=keyword)) is not None), None)


def _runs_formatted_sql(call: Call) -> Answer:
    return _judge(call, database=True, driver=True)


def _runs_formatted_sql_by_name(call: Call) -> Answer:
    database = _OWNER.fullmatch(_owner(call)) is not None
    return _judge(call, database=database, driver=False) if database or call.name in _ANY_OWNER else None


def _owner(call: Call) -> str:
    """The last name before the method, also of `connections["default"].cursor().execute(...)`."""
    receiver = call.receiver
    node = receiver.node if receiver is not None else None
    if isinstance(node, cst.Await):
        node = node.expression
    if isinstance(node, cst.Call):
        node = node.func
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _judge(call: Call, *, database: bool, driver: bool) -> Answer:
    statement = _statement_of(call)
    if statement is None:
        return None
    spelled = spell(statement, call.seen.statement)
    procedure = call.name.endswith("callproc")
    if not spelled.is_formatted or not (procedure or _is_sql(spelled.text, database=database, driver=driver)):
        return None
    names = ", ".join(dict.fromkeys(_written(hole.node) for hole in spelled.holes[:3]))
    numbers = all(is_number_by_annotation(hole) for hole in spelled.holes)
    return Verdict(
        message=f"The text of this statement contains {names}, which can change what it does.",
        severity=Severity.WARNING if numbers else None,
        confidence=Confidence.HIGH if driver else Confidence.MEDIUM,
        at=own_argument(call, statement),
        evidence=_evidence(statement, spelled),
    )


def _written(node: cst.BaseExpression) -> str:
    text = " ".join(cst.Module([]).code_for_node(node).split())
    return f"`{text}`" if len(text) <= 40 and "`" not in text else "a computed value"


def _evidence(statement: Argument, spelled: Spelled) -> tuple[Evidence, ...]:
    at = spelled.at
    if at is None or not isinstance(statement.node, cst.Name):
        return ()  # It is put together before the reader's eyes.
    return (Evidence(at.node, at.scope, "The statement is put together here."),)


SQL_EXECUTE_FORMATTED = Rule(
    name="sql-execute-formatted",
    family="injection",
    title="Formatted text run as SQL",
    message="The text of an SQL statement is put together from values.",
    why="The database cannot tell which part of the text was meant as a command and which as a value. A quote in the "
    "value ends it, and what follows is read as SQL.",
    abuse="Whoever chooses the value reads or changes other rows, or skips a check: `' OR 1=1 --` as a name makes a "
    "condition always true.",
    fix="Write a placeholder (`?`, `%s`, `$1`, `:name`, as the driver wants it) and pass the values as the next "
    "argument. For names of tables and columns, which cannot be placeholders, choose from a fixed list or "
    "compose with `psycopg.sql.Identifier`.",
    ask="Where does each value in this text come from, and what keeps anything but the intended words out of it?",
    cwe=(89,),
    severity=Severity.ERROR,
    by_program_type=OWN_INPUT,
    aliases=(),
    detect=(
        calls(*_SINKS, when=_runs_formatted_sql, sign=_RUNS_FORMATTED_TEXT),
        methods(*_METHODS, when=_runs_formatted_sql_by_name, sign=_RUNS_FORMATTED_TEXT),
    ),
    bad=(
        (
            "import sqlite3\n\n\ndef find(path, name):\n    db = sqlite3.connect(path)\n"
            "    return db.execute(f\"SELECT id FROM users WHERE name = '{name}'\").fetchall()"
        ),
        (
            "def remove(cursor, name):\n    query = \"DELETE FROM users WHERE name = '%s'\" % name\n"
            "    cursor.execute(query)"
        ),
        (
            'def find(conn, name):\n    query = "SELECT id FROM users"\n    if name:\n'
            '        query += " WHERE name = " + name\n    return conn.execute(query)'
        ),
        (
            "import pandas as pd\n\n\ndef load(table, engine):\n"
            '    return pd.read_sql("SELECT * FROM {}".format(table), engine)'
        ),
    ),
    good=(
        (
            "import sqlite3\n\n\ndef find(path, name):\n    db = sqlite3.connect(path)\n"
            '    return db.execute("SELECT id FROM users WHERE name = ?", (name,)).fetchall()'
        ),
        (
            'def find(cursor, ids):\n    marks = ", ".join("?" for _ in ids)\n'
            '    cursor.execute(f"SELECT id FROM users WHERE id IN ({marks})", ids)'
        ),
        'def find(cursor, number):\n    cursor.execute(f"SELECT id FROM users LIMIT {int(number)}")',
        (
            "from psycopg import sql\n\n\ndef count(cursor, table):\n"
            '    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))'
        ),
        'def announce(executor, name):\n    executor.execute(f"Please select a seat from the list, {name}")',
    ),
    references=(
        "https://docs.python.org/3/library/sqlite3.html#how-to-use-placeholders-to-bind-values-in-sql-queries",
        "https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html",
        "https://cwe.mitre.org/data/definitions/89.html",
    ),
)

RULES: tuple[Rule, ...] = (SQL_EXECUTE_FORMATTED,)
