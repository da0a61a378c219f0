"""Connections of `ssl` and pyOpenSSL that are told to accept any certificate, or a certificate for any host."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import Assignment, Place, assigns, calls, methods, nodes
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Answer, RemoveStatement, Repair, Replace, Rule, Verdict
from whysafe.analysis.standing import Use
from whysafe.rules.origins import makers
from whysafe.rules.written import member, removal, underlined
from whysafe.semantics.calls import Expression, unresolved
from whysafe.semantics.fold import literal
from whysafe.semantics.resolve import ancestors
from whysafe.semantics.scopes import dotted
from whysafe.semantics.values import Constant, Instance, LocalInstance, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.semantics.calls import Call
    from whysafe.semantics.scopes import Seen
    from whysafe.semantics.values import Value

_CERT_NONE = frozenset({"ssl.CERT_NONE", "ssl.VerifyMode.CERT_NONE"})
_CERT_CHECKED = frozenset(
    {"ssl.CERT_REQUIRED", "ssl.CERT_OPTIONAL", "ssl.VerifyMode.CERT_REQUIRED", "ssl.VerifyMode.CERT_OPTIONAL"}
)
_CERT_NONE_TEXTS = frozenset({"CERT_NONE", "NONE"})
_VERIFY_NONE = "OpenSSL.SSL.VERIFY_NONE"
_UNCHECKED_PROTOCOLS = frozenset({"ssl.PROTOCOL_TLS", "ssl.PROTOCOL_SSLv23", "ssl.PROTOCOL_TLSv1_2"})


def checks_nothing(required: Expression) -> Confidence | None:
    """How sure it is that a value for `cert_reqs` or `verify_mode` means that no certificate is checked."""
    none = [value for value in required.values if _is_none(value)]
    if not none:
        return None
    if isinstance(required.node, cst.Attribute) and required.node.attr.value == "CERT_NONE":
        return Confidence.HIGH  # Whatever else `ssl` may be, as in `except ImportError: ssl = None`.
    return Confidence.HIGH if len(none) == len(required.values) else Confidence.MEDIUM


def turned_off(value: Expression) -> Confidence | None:
    """How sure it is that a flag is false; a None among others means that nobody has chosen."""
    off = [constant for constant in value.constants if not constant]
    if len(off) == len(value.values):
        return Confidence.HIGH
    return Confidence.MEDIUM if any(constant is not None for constant in off) else None


def _is_none(value: Value) -> bool:
    if isinstance(value, Symbol):
        return value.path in _CERT_NONE
    if not isinstance(value, Constant) or value.value is None:
        return False
    if isinstance(value.value, str):
        return value.value in _CERT_NONE_TEXTS
    return isinstance(value.value, int) and value.value == 0


_ANY_CERTIFICATE = "With `CERT_NONE` any certificate is accepted."
_ANY_HOST = "With `check_hostname` off, a valid certificate of any other site is accepted as this one's."
_CONTEXT_NAME = re.compile(r"(?:^|_)(?:ctx|context|sslcontext|ssl|tls)$")
_SERVER_MARKS = frozenset({"ssl.PROTOCOL_TLS_SERVER", "ssl.Purpose.CLIENT_AUTH"})
_KEYWORD_PATTERN = "cert_?reqs|verify_?(?:mode|ssl|cert)|ssl_?verify|tls_?verify"
_NONE_COMES_FROM = ("ssl", "_ssl", "OpenSSL")
_KEYWORD = re.compile(_KEYWORD_PATTERN, re.IGNORECASE)
_CHECKED_ANYWAY = re.compile(r"^(?:urllib3\.|ssl\._create_|ssl\.wrap_socket$)")
"""Callees that other detectors look at."""


def _is_for_servers(context: Expression) -> bool:
    """Whether the context is made for the server's side, which does not ask its clients for certificates."""
    return any(
        not _SERVER_MARKS.isdisjoint(callee.at(arg.value).symbols)
        for call, callee in makers(context)
        for arg in call.args
    )


def _is_checked_by_default(context: Expression) -> bool:
    """Whether a context of this origin checks certificates until somebody stops it."""
    return any(
        callee.symbols == ("ssl.create_default_context",)
        or any("ssl.PROTOCOL_TLS_CLIENT" in callee.at(arg.value).symbols for arg in call.args)
        for call, callee in makers(context)
    )


def _context_weakened(assignment: Assignment) -> Answer:
    """`ctx.verify_mode = ssl.CERT_NONE` and `ctx.check_hostname = False` on a context that is known to be one."""
    attribute = assignment.name.rpartition(".")[2]
    return _weakened(attribute, assignment.target, assignment.value, assignment.seen, Confidence.HIGH)


def _weakened(attribute: str, target: cst.CSTNode, value: Expression, seen: Seen, known: Confidence) -> Verdict | None:
    owner = value.at(target.value) if isinstance(target, cst.Attribute) else None
    if owner is not None and _is_for_servers(owner):
        return None
    if attribute == "verify_mode":
        certain, message = checks_nothing(value), _ANY_CERTIFICATE
    else:
        certain, message = turned_off(value), _ANY_HOST
    if certain is None:
        return None
    return Verdict(
        message=message,
        severity=Severity.ERROR if certain is Confidence.HIGH else Severity.WARNING,
        confidence=min(certain, known),
        anchor=target,
        repairs=_strengthened(attribute, owner, value, seen),
    )


def _strengthened(attribute: str, owner: Expression | None, value: Expression, seen: Seen) -> tuple[Repair, ...]:
    """Remove the assignment where the default is to check; else ask for a certificate."""
    statement = seen.statement
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1 or owner is None:
        return ()
    if not _is_checked_by_default(owner):
        written = member(value, "ssl", "CERT_NONE")
        change = () if written is None else (Replace(written, "CERT_REQUIRED"),)
        return (Repair("Use `ssl.CERT_REQUIRED`", change, safe=False),) if change else ()
    # A context refuses CERT_NONE while it checks host names, so that one has to go first.
    still_needed = attribute == "check_hostname" and any(
        other is not statement for other in _assignments(owner, "verify_mode", _CERT_NONE)
    )
    return (Repair("Remove the assignment", (RemoveStatement(statement),), safe=not still_needed),)


def _assignments(owner: Expression, attribute: str, symbols: frozenset[str]) -> Iterator[cst.CSTNode]:
    """Assignments of one of the symbols to an attribute of the same object, in the same piece of the text."""
    name = dotted(owner.node)
    for other in owner.scope.root.seen.get(cst.Assign, ()):
        statement = other.node
        if name is None or not isinstance(statement, cst.Assign):
            continue
        places = [target.target for target in statement.targets]
        if any(
            isinstance(place, cst.Attribute) and place.attr.value == attribute and dotted(place.value) == name
            for place in places
        ) and not symbols.isdisjoint(Expression(statement.value, other.scope, owner.resolver).symbols):
            yield statement


def _unknown_context_weakened(place: Place) -> Answer:
    """The same assignments on an object that nothing is known of, or on a subclass of this file."""
    statement = place.node
    assert isinstance(statement, cst.Assign)
    for target, written in _attributes(statement):
        if target.attr.value not in {"verify_mode", "check_hostname"}:
            continue
        value = place.expression(written)
        known = _known_context(place.expression(target.value), value)
        if known is not None:
            verdict = _weakened(target.attr.value, target, value, place.seen, known)
            if verdict is not None:
                return Verdict(
                    message=verdict.message,
                    severity=verdict.severity,
                    confidence=verdict.confidence,
                    at=target,
                    anchor=target,
                    repairs=verdict.repairs,
                )
    return None


def _attributes(statement: cst.Assign) -> Iterator[tuple[cst.Attribute, cst.BaseExpression]]:
    """Attributes that are assigned, with their values; `a.x, b.y = 1, 2` in its parts."""
    for target in statement.targets:
        if isinstance(target.target, cst.Attribute):
            yield target.target, statement.value
        elif isinstance(target.target, (cst.Tuple, cst.List)) and isinstance(statement.value, (cst.Tuple, cst.List)):
            pairs = zip(target.target.elements, statement.value.elements)  # noqa: B905 - wrong counts are an error at run time
            yield from ((each.value, value.value) for each, value in pairs if isinstance(each.value, cst.Attribute))


def _known_context(owner: Expression, value: Expression) -> Confidence | None:
    """How sure it is that the owner is a TLS context."""
    for candidate in owner.values:
        if isinstance(candidate, LocalInstance):
            derived = "ssl.SSLContext" in ancestors(candidate.of, owner.resolver)
            return Confidence.HIGH if derived else None
        if isinstance(candidate, Instance) and candidate.path == "ssl.SSLContext":
            return Confidence.HIGH  # A target inside a tuple, which no other detector looks at.
    if not unresolved(owner.values):
        return None
    if not _CERT_NONE.isdisjoint(value.symbols):
        return Confidence.MEDIUM
    node = owner.node
    name = node.attr.value if isinstance(node, cst.Attribute) else node.value if isinstance(node, cst.Name) else ""
    named = isinstance(name, str) and _CONTEXT_NAME.search(name.lower()) is not None
    return Confidence.MEDIUM if named else Confidence.LOW


def _is_bare(call: Call) -> Answer:
    """`ssl.SSLContext()`: unlike `create_default_context()`, it checks nothing until it is told to."""
    protocol = call.argument(keyword="protocol", position=0)
    if call.open_ended or (protocol is not None and _UNCHECKED_PROTOCOLS.isdisjoint(protocol.symbols)):
        return None
    statement = call.seen.statement
    if isinstance(statement, cst.Assign):
        for target in statement.targets:
            if any(_assignments(call.callee.at(target.target), "verify_mode", _CERT_CHECKED)):
                return None
    written = member(call.callee, "ssl", "SSLContext")
    repairs: tuple[Repair, ...] = ()
    if written is not None and not call.node.args:
        repairs = (
            Repair("Use `ssl.create_default_context`", (Replace(written, "create_default_context"),), safe=False),
        )
    return Verdict(
        message="A plain `ssl.SSLContext` checks neither certificates nor host names until it is told to.",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        repairs=repairs,
    )


def _wraps_unchecked(call: Call) -> Answer:
    """`ssl.wrap_socket(cert_reqs=ssl.CERT_NONE)`."""
    required = call.argument(keyword="cert_reqs", position=4)
    side = call.argument(keyword="server_side", position=3)
    if required is None or (side is not None and side.truth):
        return None
    certain = checks_nothing(required)
    if certain is None:
        return None
    anchor = required.node if required.arg is None else None
    return Verdict(message=_ANY_CERTIFICATE, confidence=certain, at=underlined(call, required), anchor=anchor)


def _passes_none_on(place: Place) -> Answer:
    """Any other call that is given `ssl.CERT_NONE` or `VERIFY_NONE` for a keyword such as `cert_reqs`."""
    node = place.node
    assert isinstance(node, cst.Call)
    for arg in node.args:
        if arg.keyword is None or _KEYWORD.search(arg.keyword.value) is None:
            continue
        symbols = place.expression(arg.value).symbols
        if _CERT_NONE.isdisjoint(symbols) and _VERIFY_NONE not in symbols:
            continue
        if any(_CHECKED_ANYWAY.match(name) for name in place.expression(node.func).symbols):
            return None
        call = place.call()
        argument = call.argument(keyword=arg.keyword.value)
        changes = () if argument is None else removal(call, argument)
        return Verdict(
            message=f"With `{arg.keyword.value}` set to none any certificate is accepted.",
            confidence=Confidence.MEDIUM,
            at=arg,
            repairs=(Repair(f"Remove `{arg.keyword.value}`", changes, safe=False),) if changes else (),
        )
    return None


def _validates_nothing(call: Call) -> Answer:
    """The `validate` of ldap3's `Tls`."""
    required = call.argument(keyword="validate", position=2)
    certain = None if required is None else checks_nothing(required)
    if required is None or certain is None:
        return None
    return Verdict(message=_ANY_CERTIFICATE, confidence=certain, at=underlined(call, required))


def _stores_none(place: Place) -> Answer:
    """`{"cert_reqs": ssl.CERT_NONE}`: options for some client."""
    element = place.node
    assert isinstance(element, cst.DictElement)
    if not isinstance(element.value, (cst.Attribute, cst.Name)):
        return None
    key = literal(element.key)
    if not isinstance(key, str) or _KEYWORD.search(key) is None:
        return None
    symbols = place.expression(element.value).symbols
    if _CERT_NONE.isdisjoint(symbols) and _VERIFY_NONE not in symbols:
        return None
    return Verdict(message=_ANY_CERTIFICATE, confidence=Confidence.MEDIUM, anchor=element.value)


def _verifies_no_peer(call: Call) -> Answer:
    """`set_verify(VERIFY_NONE)` of pyOpenSSL."""
    mode = call.argument(keyword="mode", position=0)
    if mode is None:
        return None
    known = "." in call.name
    if _VERIFY_NONE not in mode.symbols and not (known and mode.constant == 0 and mode.constant is not False):
        return None
    single = len(mode.values) == 1
    return Verdict(
        message="With `VERIFY_NONE` any certificate is accepted.",
        severity=None if single else Severity.WARNING,
        confidence=Confidence.HIGH if known and single else Confidence.MEDIUM,
        at=underlined(call, mode),
    )


SSL_VERIFICATION_OFF = Rule(
    name="ssl-verification-off",
    family="tls",
    title="Certificate or host name check taken away",
    message="This connection accepts any certificate, or one for any host.",
    why="Without the certificate check the program talks to whoever answers. Without the host name check, any site's "
    "valid certificate will do, and anybody can get one for a site of their own.",
    abuse="Somebody on the way, or in control of a DNS server, answers in place of the real server, and reads and "
    "changes everything that is sent.",
    fix="Use `ssl.create_default_context()` and leave `verify_mode` and `check_hostname` alone. Load a certificate "
    "authority of your own with `load_verify_locations`.",
    ask="What else proves that the other end is the right one?",
    cwe=(295, 297),
    severity=Severity.ERROR,
    aliases=("ssl.CERT_NONE", "OpenSSL.SSL.VERIFY_NONE"),
    detect=(
        assigns("ssl.SSLContext.verify_mode", "ssl.SSLContext.check_hostname", when=_context_weakened),
        nodes(cst.Assign, when=_unknown_context_weakened, words=("verify_mode", "check_hostname"), use=Use.SET),
        calls("ssl.SSLContext", when=_is_bare),
        calls("ssl.wrap_socket", when=_wraps_unchecked),
        calls("OpenSSL.SSL.Context.set_verify", "OpenSSL.SSL.Connection.set_verify", when=_verifies_no_peer),
        methods("set_verify", when=_verifies_no_peer),
        nodes(cst.Call, when=_passes_none_on, pattern=_KEYWORD_PATTERN, roots=_NONE_COMES_FROM),
        nodes(cst.DictElement, when=_stores_none, pattern=_KEYWORD_PATTERN, roots=_NONE_COMES_FROM),
        calls("ldap3.Tls", "ldap3.core.tls.Tls", when=_validates_nothing),
    ),
    bad=(
        "import ssl\n\ncontext = ssl.create_default_context()\ncontext.check_hostname = False",
        "import ssl\n\n\ndef trusting(context):\n    context.verify_mode = ssl.CERT_NONE\n    return context",
        "import ssl\n\ncontext = ssl.SSLContext()",
        "from OpenSSL import SSL\n\ncontext = SSL.Context(SSL.TLS_METHOD)\ncontext.set_verify(SSL.VERIFY_NONE)",
        'import ssl\n\nOPTIONS = {"ssl_cert_reqs": ssl.CERT_NONE}',
    ),
    good=(
        "import ssl\n\ncontext = ssl.create_default_context()",
        "import ssl\n\n\ndef careful(context):\n    context.verify_mode = ssl.CERT_REQUIRED\n    return context",
        "import ssl\n\ncontext = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)",
        "import ssl\n\ncontext = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\ncontext.verify_mode = ssl.CERT_NONE",
    ),
    references=(
        "https://docs.python.org/3/library/ssl.html#ssl-security",
        "https://www.pyopenssl.org/en/latest/api/ssl.html",
        "https://cwe.mitre.org/data/definitions/295.html",
        "https://cwe.mitre.org/data/definitions/297.html",
    ),
)
