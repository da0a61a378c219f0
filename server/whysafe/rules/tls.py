"""HTTP clients that accept any certificate; see `tls_context` and `tls_verification` for contexts."""

from __future__ import annotations

import re

import libcst as cst

from whysafe.analysis.detectors import Assignment, Place, assigns, calls, nodes
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Answer, RemoveStatement, Repair, Rule, Verdict
from whysafe.analysis.standing import Use, followed_by
from whysafe.rules.tls_context import SSL_UNVERIFIED_CONTEXT
from whysafe.rules.tls_verification import SSL_VERIFICATION_OFF, checks_nothing, turned_off
from whysafe.rules.written import own_argument, removal, trail, underlined
from whysafe.semantics.calls import Argument, Call, Expression, unresolved
from whysafe.semantics.fold import literal

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
_REQUESTS = (*(f"requests.{verb}" for verb in _VERBS), *(f"requests.Session.{verb}" for verb in (*_VERBS, "send")))
_HTTPX = (
    *(f"httpx.{verb}" for verb in (*_VERBS, "stream")),
    "httpx.Client",
    "httpx.AsyncClient",
    "httpx.HTTPTransport",
    "httpx.AsyncHTTPTransport",
    "httpx.create_ssl_context",
)
_AIOHTTP = (
    "aiohttp.request",
    "aiohttp.TCPConnector",
    *(f"aiohttp.ClientSession.{verb}" for verb in (*_VERBS, "ws_connect")),
)
_URLLIB3 = (
    "urllib3.PoolManager",
    "urllib3.ProxyManager",
    "urllib3.HTTPSConnectionPool",
    "urllib3.connection_from_url",
    "urllib3.connectionpool.connection_from_url",
    "urllib3.proxy_from_url",
    "urllib3.poolmanager.ProxyManager",
    "urllib3.poolmanager.proxy_from_url",
    "urllib3.connection.HTTPSConnection",
    "urllib3.connection.HTTPSConnection.set_cert",
    "urllib3.contrib.socks.SOCKSProxyManager",
    "urllib3.util.create_urllib3_context",
    "urllib3.util.ssl_wrap_socket",
    "urllib3.util.ssl_.create_urllib3_context",
    "urllib3.util.ssl_.ssl_wrap_socket",
)
_VERIFY_POSITION = {
    "requests.Session.request": 13,
    "httpx.HTTPTransport": 0,
    "httpx.AsyncHTTPTransport": 0,
}
_SESSION_NAME = re.compile(r"(?:^|_)(?:session|sess|client|http|requests)$")


def _is_off(value: object) -> bool:
    """Whether a constant turns the check off. For a single request, None means "as the session says"."""
    return value is not None and not value


def _disabled(call: Call, argument: Argument, spelled: str) -> Verdict | None:
    """A verdict when the argument is certainly or possibly false."""
    off = [value for value in argument.constants if _is_off(value)]
    if not off:
        return None
    certain = len(off) == len(argument.values)
    changes = removal(call, argument)
    return Verdict(
        message=f"With {spelled} any certificate is accepted, so anybody on the way can read and change what is sent.",
        severity=Severity.ERROR if certain else Severity.WARNING,
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
        at=underlined(call, argument),
        evidence=trail(argument, f"The value that makes it {spelled} comes from here."),
        repairs=(Repair(f"Remove {spelled}", changes, safe=True),) if changes else (),
    )


def _spelled(keyword: str, argument: Argument) -> str:
    value = next((value for value in argument.constants if _is_off(value)), False)
    return f"`{keyword}={value!r}`"


def _verifies_nothing(call: Call) -> Answer:
    """The `verify` of requests and httpx."""
    verify = call.argument(keyword="verify", position=_VERIFY_POSITION.get(call.name))
    return None if verify is None else _disabled(call, verify, _spelled("verify", verify))


def _checks_no_ssl(call: Call) -> Answer:
    """The `ssl` of aiohttp, and `verify_ssl` as it was called before."""
    for keyword in ("ssl", "verify_ssl"):
        argument = call.argument(keyword=keyword)
        verdict = None if argument is None else _disabled(call, argument, _spelled(keyword, argument))
        if verdict is not None:
            return verdict
    return None


def _requires_no_certificate(call: Call) -> Answer:
    """The `cert_reqs` and `assert_hostname` of urllib3."""
    required = call.argument(keyword="cert_reqs")
    if required is not None and (confidence := checks_nothing(required)) is not None:
        changes = removal(call, required)
        return Verdict(
            message="With `cert_reqs` set to none, anybody on the way can read and change what is sent.",
            severity=Severity.ERROR if confidence is Confidence.HIGH else Severity.WARNING,
            confidence=confidence,
            at=underlined(call, required),
            repairs=(Repair("Remove `cert_reqs`", changes, safe=True),) if changes else (),
        )
    name = call.argument(keyword="assert_hostname")
    if name is None or not any(value is False for value in name.constants):
        return None
    verdict = _disabled(call, name, "`assert_hostname=False`")
    if verdict is None:
        return None
    return Verdict(
        message="With `assert_hostname=False` the certificate of any other site is accepted as this one's.",
        severity=verdict.severity,
        confidence=verdict.confidence,
        at=verdict.at,
        evidence=verdict.evidence,
        repairs=verdict.repairs,
    )


def _session_trusts_all(assignment: Assignment) -> Answer:
    """`session.verify = False`; for a whole session, None turns the check off too."""
    return _assigned_off(assignment.target, assignment.value, assignment.seen.statement, Confidence.HIGH)


def _assigned_off(target: cst.CSTNode, value: Expression, statement: cst.CSTNode, known: Confidence) -> Verdict | None:
    off = turned_off(value)
    if off is None:
        return None
    certain = off is Confidence.HIGH
    alone = isinstance(statement, cst.Assign) and len(statement.targets) == 1 and certain
    return Verdict(
        message="Every request of this session accepts any certificate.",
        severity=Severity.ERROR if certain else Severity.WARNING,
        confidence=min(known, off),
        at=target,
        anchor=target,
        repairs=(Repair("Remove the assignment", (RemoveStatement(statement),), safe=True),) if alone else (),
    )


def _own_session_trusts_all(place: Place) -> Answer:
    """`self.verify = False` in a subclass of `requests.Session`, or on something that is only called a session."""
    statement = place.node
    assert isinstance(statement, cst.Assign)
    for target in (each.target for each in statement.targets):
        if not isinstance(target, cst.Attribute) or target.attr.value != "verify":
            continue
        owner = place.expression(target.value)
        if "requests.Session" in owner.instances:
            return _assigned_off(target, place.expression(statement.value), statement, Confidence.HIGH)
        if unresolved(owner.values) and literal(statement.value) is False and _is_session_name(target.value):
            return _assigned_off(target, place.expression(statement.value), statement, Confidence.LOW)
    return None


def _is_session_name(node: cst.BaseExpression) -> bool:
    name = node.attr.value if isinstance(node, cst.Attribute) else node.value if isinstance(node, cst.Name) else ""
    return isinstance(name, str) and _SESSION_NAME.search(name.lower()) is not None


def _unknown_session(place: Place) -> Answer:
    """`session.get(url, verify=False)` where nothing but the name tells that it is a session."""
    node = place.node
    assert isinstance(node, cst.Call)
    func = node.func
    if not isinstance(func, cst.Attribute) or func.attr.value not in _VERBS or not _is_session_name(func.value):
        return None
    call = place.call()
    verify = call.argument(keyword="verify")
    written = None if verify is None else own_argument(call, verify)
    if written is None or literal(written.value) is not False or not unresolved(place.expression(func.value).values):
        return None
    message = "If this is an HTTP client, it accepts any certificate here."
    return Verdict(message=message, confidence=Confidence.LOW, at=written)


_SAYS_NO = followed_by(r"[ \t\f]*=[ \t\f(]*False\b")

HTTP_CLIENT_VERIFY_DISABLED = Rule(
    name="http-client-verify-disabled",
    family="tls",
    title="HTTPS certificate check turned off",
    message="Any certificate is accepted, so anybody on the way can read and change what is sent.",
    why="HTTPS hides what is sent from everybody but the owner of the certificate. Without the check, the program "
    "talks in secret to whoever answers.",
    abuse="Somebody in the same Wi-Fi, at the provider or in control of a DNS server answers in place of the real "
    "site, reads passwords and tokens, and sends back what they like.",
    fix='Leave the check on. For a certificate of your own authority, pass its file: `verify="ca.pem"`, '
    "`ssl.create_default_context(cafile=...)` or the variable `REQUESTS_CA_BUNDLE`.",
    ask="Why can this server not have a certificate that is checked, and what would a false server learn or change?",
    cwe=(295,),
    severity=Severity.ERROR,
    aliases=("B501", "S501"),
    detect=(
        calls(*_REQUESTS, *_HTTPX, when=_verifies_nothing),
        calls(*_AIOHTTP, when=_checks_no_ssl),
        calls(*_URLLIB3, when=_requires_no_certificate),
        assigns("requests.Session.verify", when=_session_trusts_all),
        nodes(cst.Assign, when=_own_session_trusts_all, words=("verify",), use=Use.SET),
        nodes(cst.Call, when=_unknown_session, words=("verify",), use=Use.WRITTEN, sign=_SAYS_NO),
    ),
    bad=(
        "import requests\n\n\ndef profile(address):\n    return requests.get(address, timeout=5, verify=False)",
        "import requests\n\nsession = requests.Session()\nsession.verify = False",
        "import httpx\n\nclient = httpx.Client(verify=False)",
        'import urllib3\n\npool = urllib3.PoolManager(cert_reqs="CERT_NONE")',
        "import aiohttp\n\nconnector = aiohttp.TCPConnector(ssl=False)",
    ),
    good=(
        "import requests\n\n\ndef profile(address):\n    return requests.get(address, timeout=5)",
        'import requests\n\nsession = requests.Session()\nsession.verify = "ca.pem"',
        "import httpx\n\nclient = httpx.Client(verify=True)",
        'import urllib3\n\npool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs="ca.pem")',
    ),
    references=(
        "https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification",
        "https://www.python-httpx.org/advanced/ssl/",
        "https://urllib3.readthedocs.io/en/stable/advanced-usage.html",
        "https://docs.aiohttp.org/en/stable/client_advanced.html#ssl-control-for-tcp-sockets",
        "https://cwe.mitre.org/data/definitions/295.html",
    ),
)


RULES: tuple[Rule, ...] = (HTTP_CLIENT_VERIFY_DISABLED, SSL_UNVERIFIED_CONTEXT, SSL_VERIFICATION_OFF)
