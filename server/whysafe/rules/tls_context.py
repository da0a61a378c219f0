"""Contexts that `ssl` makes without any checks; `tls_verification` holds those that lose their checks later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import Assignment, assigns, calls
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Answer, RemoveStatement, Repair, Replace, Rule, Verdict
from whysafe.rules.written import member

if TYPE_CHECKING:
    from whysafe.semantics.calls import Call, Expression

_CERT_CHECKED = frozenset(
    {"ssl.CERT_REQUIRED", "ssl.CERT_OPTIONAL", "ssl.VerifyMode.CERT_REQUIRED", "ssl.VerifyMode.CERT_OPTIONAL"}
)
_UNVERIFIED = frozenset({"ssl._create_unverified_context", "ssl._create_stdlib_context"})


def _trusts_all(call: Call) -> Answer:
    required = call.argument(keyword="cert_reqs")
    names = call.argument(keyword="check_hostname")
    if required is not None and not _CERT_CHECKED.isdisjoint(required.symbols):
        if names is not None and names.truth:
            return None
        message = f"The context that `{call.name}` makes here checks certificates, but not for which host they are."
        return Verdict(message=message, severity=Severity.WARNING)
    return Verdict(
        message=f"The context that `{call.name}` makes accepts any certificate.", repairs=_checked_context(call)
    )


def _checked_context(call: Call) -> tuple[Repair, ...]:
    written = member(call.callee, "ssl", call.name.rpartition(".")[2])
    accepted = {"cafile", "capath", "cadata"}
    if written is None or any(arg.keyword is None or arg.keyword.value not in accepted for arg in call.node.args):
        return ()
    return (Repair("Use `ssl.create_default_context`", (Replace(written, "create_default_context"),), safe=True),)


def _is_passed_on(expression: Expression) -> Answer:
    name = next((symbol for symbol in expression.symbols if symbol in _UNVERIFIED), "ssl._create_unverified_context")
    written = member(expression, "ssl", name.rpartition(".")[2])
    changes = () if written is None else (Replace(written, "create_default_context"),)
    return Verdict(
        message=f"The contexts that `{name}` makes accept any certificate.",
        repairs=(Repair("Use `ssl.create_default_context`", changes, safe=True),) if changes else (),
    )


def _is_default_for_all(assignment: Assignment) -> Answer:
    if _UNVERIFIED.isdisjoint(assignment.value.symbols):
        return None
    statement = assignment.seen.statement
    alone = isinstance(statement, cst.Assign) and len(statement.targets) == 1
    return Verdict(
        message="From here on, every HTTPS request of the standard library in this process accepts any certificate.",
        confidence=Confidence.HIGH if len(assignment.value.values) == 1 else Confidence.MEDIUM,
        # The function is the sink, so that `setattr` with it among its arguments is one finding.
        anchor=assignment.value.node,
        repairs=(Repair("Remove the assignment", (RemoveStatement(statement),), safe=True),) if alone else (),
    )


def _is_switched_off(call: Call) -> Answer:
    enable = call.argument(keyword="enable", position=0)
    if enable is None or enable.truth is not False:
        return None
    return Verdict(message="From here on, every HTTPS request of the standard library accepts any certificate.")


SSL_UNVERIFIED_CONTEXT = Rule(
    name="ssl-unverified-context",
    family="tls",
    title="TLS context without certificate checks",
    message="This TLS context accepts any certificate.",
    why="A context from `ssl._create_unverified_context` encrypts, but does not ask who is at the other end. Put in "
    "place of the default, it does so for every library in the process.",
    abuse="Somebody on the way, for example in the same Wi-Fi, answers with a certificate of their own, and reads and "
    "changes everything that is sent.",
    fix="Use `ssl.create_default_context()`, with `cafile=` for a certificate authority of your own.",
    ask="Which server is this for, and why can its certificate not be checked?",
    cwe=(295,),
    severity=Severity.ERROR,
    aliases=("B323", "S323", "ssl._create_unverified_context"),
    detect=(
        assigns("ssl._create_default_https_context", when=_is_default_for_all),
        calls(*sorted(_UNVERIFIED), when=_trusts_all, reference=_is_passed_on),
        calls("ssl._https_verify_certificates", when=_is_switched_off),
    ),
    bad=(
        "import ssl\n\ncontext = ssl._create_unverified_context()",
        "import ssl\n\nssl._create_default_https_context = ssl._create_unverified_context",
        "from ssl import _create_stdlib_context\n\ncontext = _create_stdlib_context()",
    ),
    good=(
        "import ssl\n\ncontext = ssl.create_default_context()",
        'import ssl\n\ncontext = ssl.create_default_context(cafile="ca.pem")',
    ),
    references=(
        "https://docs.python.org/3/library/ssl.html#ssl-security",
        "https://peps.python.org/pep-0476/",
        "https://cwe.mitre.org/data/definitions/295.html",
    ),
)
