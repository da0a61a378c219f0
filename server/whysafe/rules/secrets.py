"""Credentials that are written into the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import Place, calls, nodes, texts
from whysafe.analysis.finding import InTests, Severity
from whysafe.analysis.rule import Answer, Rule, Verdict
from whysafe.rules.provider_tokens import PATTERN, is_real, may_begin_token, service_of
from whysafe.rules.secret_names import is_hardcoded, kind_of
from whysafe.rules.secret_signs import CREDENTIAL_WORDS, may_hold_credential
from whysafe.rules.types import SHIPPED
from whysafe.rules.written import own_argument
from whysafe.semantics.fold import NOT_CONSTANT, fold, literal

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from whysafe.semantics.calls import Call

_REFERENCES = (
    "https://cwe.mitre.org/data/definitions/798.html",
    "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
)


# --- literals and the names that they stand under --------------------------------------------------------------------


def _literals(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, object]]:
    """The literals that an expression can be, with their values: what the source spells out at this very place."""
    todo = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, cst.IfExp):
            todo += (part.orelse, part.body)
        elif isinstance(part, cst.BooleanOperation):
            todo += (part.right, part.left)
        elif isinstance(part, cst.Call):
            if isinstance(part.func, cst.Attribute) and part.func.attr.value == "encode":
                todo.append(part.func.value)
        elif (value := fold(part, literal)) is not NOT_CONSTANT:
            yield part, value


def _names(target: cst.CSTNode) -> Iterator[str]:
    """What an expression is called: a variable, an attribute, a key in brackets or in `.get(...)`."""
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, cst.Attribute):
        yield target.attr.value
    elif isinstance(target, cst.Subscript) and len(target.slice) == 1:
        index = target.slice[0].slice
        key = literal(index.value) if isinstance(index, cst.Index) else None
        if isinstance(key, str):
            yield key
    elif isinstance(target, cst.Call) and isinstance(target.func, cst.Attribute) and target.args:
        key = literal(target.args[0].value) if target.func.attr.value in {"get", "pop", "setdefault"} else None
        if isinstance(key, str):
            yield key


def _credential(name: str, value: cst.CSTNode, *, label: bool = False) -> cst.CSTNode | None:
    """The literal of the expression that is a credential under that name."""
    if kind_of(name) is None:
        return None
    return next((node for node, text in _literals(value) if is_hardcoded(name, text, label=label)), None)


# --- hardcoded-password-string ---------------------------------------------------------------------------------------


def _assigned_pairs(target: cst.CSTNode, value: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    if isinstance(target, (cst.Tuple, cst.List)) and isinstance(value, (cst.Tuple, cst.List)):
        if len(target.elements) == len(value.elements):
            yield from ((to.value, of.value) for to, of in zip(target.elements, value.elements, strict=True))
    else:
        yield target, value


def _compared_pairs(node: cst.Comparison) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    left = node.left
    for comparison in node.comparisons:
        right = comparison.comparator
        if isinstance(comparison.operator, (cst.Equal, cst.NotEqual, cst.Is, cst.IsNot)):
            yield left, right
            yield right, left
        elif isinstance(comparison.operator, (cst.In, cst.NotIn)) and isinstance(right, (cst.Tuple, cst.List, cst.Set)):
            yield from ((left, element.value) for element in right.elements)
        left = right


def _pairs(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """What has a name and what it is given or compared with."""
    if isinstance(node, cst.Assign):
        for target in node.targets:
            yield from _assigned_pairs(target.target, node.value)
    elif isinstance(node, cst.AnnAssign):
        if node.value is not None:
            yield node.target, node.value
    elif isinstance(node, cst.NamedExpr):
        yield node.target, node.value
    elif isinstance(node, cst.Comparison):
        yield from _compared_pairs(node)


def _names_a_credential(place: Place) -> Answer:
    node = place.node
    if isinstance(node, cst.DictElement):
        key = literal(node.key)
        found = _credential(key, node.value, label=True) if isinstance(key, str) else None
        return _in_source(f'The entry "{key}"', found)
    for target, value in _pairs(node):
        for name in _names(target):
            found = _credential(name, value)
            if found is None:
                continue
            if isinstance(node, cst.Comparison):
                return Verdict(
                    message=f"`{name}` is compared with a credential that stands in the source.", at=found, anchor=found
                )
            return _in_source(f"`{name}`", found)
    return None


def _in_source(what: str, at: cst.CSTNode | None) -> Answer:
    return (
        None
        if at is None
        else Verdict(message=f"{what} holds a credential that stands in the source.", at=at, anchor=at)
    )


HARDCODED_PASSWORD_STRING = Rule(
    name="hardcoded-password-string",
    family="secrets",
    title="Password in the source",
    message="A credential stands in the source.",
    why="Everybody who can read the source, its history, a package built from it or a backup knows the credential. "
    "It is the same in every installation, and changing it means changing and shipping the program.",
    abuse="A former colleague, a leaked repository or an unpacked release is enough to log in as this program.",
    fix="Read it when the program starts: from the environment (`os.environ`), a file that only the service can "
    "read, or a secret store. Then replace the credential everywhere, because the old one stays in the history.",
    ask="Is this value accepted anywhere outside of a test, and who can read this repository?",
    cwe=(798, 259),
    severity=Severity.INFORMATION,
    by_program_type=SHIPPED,
    aliases=("B105", "S105"),
    detect=nodes(
        cst.Assign,
        cst.AnnAssign,
        cst.NamedExpr,
        cst.DictElement,
        cst.Comparison,
        when=_names_a_credential,
        pattern=CREDENTIAL_WORDS,
        sign=may_hold_credential,
    ),
    bad=(
        'DB_PASSWORD = "hunter2-and-more"',
        'settings = {"user": "app", "password": "hunter2"}',
        'def may_enter(password):\n    return password == "letmein"',
        'class Service:\n    api_key: str = "9f8a7b6c5d4e3f2a"',
    ),
    good=(
        'import os\n\nDB_PASSWORD = os.environ["DB_PASSWORD"]',
        'PASSWORD_FIELD = "password"\nPASSWORD_LABEL = "Enter your password"',
        'token_type = "Bearer"\nnext_token = "abc123def456"',
        'password = ""\npassword_url = "https://example.org/reset"',
    ),
    references=("https://docs.python.org/3/library/os.html#os.environ", *_REFERENCES),
)


# --- hardcoded-password-argument -------------------------------------------------------------------------------------

_SINKS = frozenset(
    {
        "connect",
        "login",
        "create_engine",
        "create_pool",
        "authenticate",
        "Redis",
        "StrictRedis",
        "MongoClient",
        "HTTPBasicAuth",
    }
)
"""Functions and classes that log in with what they are given."""

_POSITIONS = {
    "smtplib.SMTP.login": 1,
    "smtplib.SMTP_SSL.login": 1,
    "imaplib.IMAP4.login": 1,
    "imaplib.IMAP4_SSL.login": 1,
    "ftplib.FTP": 2,
    "ftplib.FTP_TLS": 2,
    "ftplib.FTP.login": 1,
    "ftplib.FTP_TLS.login": 1,
    "poplib.POP3.pass_": 0,
    "poplib.POP3_SSL.pass_": 0,
    "pymysql.connect": 2,
    "MySQLdb.connect": 2,
    "pymssql.connect": 2,
    "paramiko.SSHClient.connect": 3,
    "requests.auth.HTTPBasicAuth": 1,
    "requests.auth.HTTPDigestAuth": 1,
    "httpx.BasicAuth": 1,
    "aiohttp.BasicAuth": 1,
    "zipfile.ZipFile.setpassword": 0,
}
"""Where these take the password when it has no keyword. Source: their documentation."""


def _passes_a_credential(place: Place) -> Answer:
    arg, call = place.node, place.parent
    if not isinstance(arg, cst.Arg) or not isinstance(call, cst.Call) or arg.keyword is None:
        return None
    name, value = arg.keyword.value, arg.value
    if name == "auth" and isinstance(value, cst.Tuple) and len(value.elements) == 2:
        return _logs_in(_credential("password", value.elements[1].value))
    found = _credential(name, value)
    if found is None:
        return None
    callee = next(_names(call.func), "")
    severity = Severity.WARNING if callee in _SINKS else None
    return Verdict(
        message=f"`{name}` is a credential that stands in the source.", severity=severity, at=found, anchor=found
    )


def _logs_in(at: cst.CSTNode | None) -> Answer:
    message = "The password that is passed here stands in the source."
    return None if at is None else Verdict(message=message, severity=Severity.WARNING, at=at, anchor=at)


def _logs_in_by_position(call: Call) -> Answer:
    argument = call.argument(position=_POSITIONS[call.name])
    if argument is None or own_argument(call, argument) is None:
        return None
    return _logs_in(_credential("password", argument.node))


HARDCODED_PASSWORD_ARGUMENT = Rule(
    name="hardcoded-password-argument",
    family="secrets",
    title="Password passed as a literal",
    message="A credential that stands in the source is passed on.",
    why="The call logs in, signs or encrypts with a credential that everybody who can read the source, its history "
    "or a built package knows as well.",
    abuse="Whoever gets to see the source logs in to the same database, mailbox or service.",
    fix="Pass a value that is read when the program starts: from `os.environ`, a protected file or a secret store. "
    "Then replace the credential, because the old one stays in the history.",
    ask="Does anything real accept this value, and who can read this repository?",
    cwe=(798, 259),
    severity=Severity.INFORMATION,
    by_program_type=SHIPPED,
    aliases=("B106", "S106"),
    detect=(
        nodes(cst.Arg, when=_passes_a_credential, pattern=CREDENTIAL_WORDS, sign=may_hold_credential),
        calls(*_POSITIONS, when=_logs_in_by_position),
    ),
    bad=(
        'import psycopg2\n\nconnection = psycopg2.connect(host="db", password="hunter2")',
        'client = make_client(token="abc123def456")',
        'import smtplib\n\nwith smtplib.SMTP_SSL("mail.example.org") as server:\n    server.login("app", "hunter2")',
    ),
    good=(
        'import os\n\nimport psycopg2\n\nconnection = psycopg2.connect(host="db", password=os.environ["DB_PASSWORD"])',
        'tokenizer = make_tokenizer(pad_token="<pad0>", token_type="Bearer")',
        'form = make_form(password="Enter your password")',
    ),
    references=_REFERENCES,
)


# --- hardcoded-password-default --------------------------------------------------------------------------------------


def _defaults_to_a_credential(place: Place) -> Answer:
    parameter = place.parent
    if not isinstance(parameter, cst.Param) or parameter.default is not place.node:
        return None
    name = parameter.name.value
    found = _credential(name, place.node)
    if found is None:
        return None
    message = f"A caller that leaves out `{name}` uses a credential that stands in the source."
    return Verdict(message=message, at=found, anchor=found)


HARDCODED_PASSWORD_DEFAULT = Rule(
    name="hardcoded-password-default",
    family="secrets",
    title="Password as the default of a parameter",
    message="The default of a parameter is a credential that stands in the source.",
    why="Callers that say nothing get a credential that is the same everywhere and that every reader of the source "
    "knows. Nothing reminds anybody to choose one.",
    abuse="Default credentials are the first that are tried against an installation.",
    fix="Make the parameter required, or default to `None` and read the value from the environment or a secret store.",
    ask="Which callers rely on the default, and does anything real accept it?",
    cwe=(798, 259, 1392),
    severity=Severity.INFORMATION,
    by_program_type=SHIPPED,
    aliases=("B107", "S107"),
    detect=nodes(
        cst.SimpleString,
        cst.ConcatenatedString,
        cst.FormattedString,
        cst.Call,
        cst.BinaryOperation,
        cst.IfExp,
        when=_defaults_to_a_credential,
        pattern=CREDENTIAL_WORDS,
        sign=may_hold_credential,
    ),
    bad=(
        'def connect(host, password="hunter2"):\n    return host, password',
        'def sign(data, *, secret_key="supersecret"):\n    return data, secret_key',
        'login = lambda user, pwd="letmein": (user, pwd)',
    ),
    good=(
        "def connect(host, password):\n    return host, password",
        'def connect(host, password="", token=None):\n    return host, password, token',
        'def ask(password_prompt="Password", token_type="Bearer"):\n    return password_prompt, token_type',
    ),
    references=_REFERENCES,
)


# --- provider-token-literal ------------------------------------------------------------------------------------------


def _is_real_token(found: re.Match[str]) -> Answer:
    token = found.group()
    if not is_real(token):
        return None
    return Verdict(message=f"This has the shape of a real {service_of(token)}, and whoever reads it can use it.")


PROVIDER_TOKEN_LITERAL = Rule(
    name="provider-token-literal",
    family="secrets",
    title="Token of a service in the source",
    message="This has the shape of a token that a service hands out, and whoever reads it can use it.",
    why="Services give their tokens a shape of their own, so this is hardly anything else. Unlike a password it is "
    "complete: no user name and no second factor are needed.",
    abuse="Programs search public repositories and packages for these shapes all the time and use what they find "
    "within minutes.",
    fix="Revoke the token at the service first, since it stays in the history. Then read its successor from the "
    "environment or a secret store.",
    ask="Has this token been revoked, or was it never a working one?",
    cwe=(798, 312),
    severity=Severity.ERROR,
    in_tests=InTests.SAME,
    detect=texts(PATTERN, words=may_begin_token, when=_is_real_token),
    bad=(
        'ACCESS_ID = "AKIAWHYSAFENOTAREAL2"',
        "# The old account was AKIAWHYSAFENOTAREAL2, see the wiki.\nACCOUNT = None",
        'def headers():\n    """Send hf_ThisIsNotARealTokenOfAnyKind1234567 along."""\n    return {}',
    ),
    good=(
        'import os\n\nACCESS_ID = os.environ["AWS_ACCESS_KEY_ID"]',
        'ACCESS_ID = "AKIAIOSFODNN7EXAMPLE"',
        'PREFIXES = ("AKIA", "ghp_", "xoxb-", "eyJ")\nSHAPE = "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"',
    ),
    references=(
        "https://docs.github.com/en/code-security/secret-scanning/introduction/about-secret-scanning",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
        *_REFERENCES,
    ),
)


RULES: tuple[Rule, ...] = (
    HARDCODED_PASSWORD_STRING,
    HARDCODED_PASSWORD_ARGUMENT,
    HARDCODED_PASSWORD_DEFAULT,
    PROVIDER_TOKEN_LITERAL,
)
