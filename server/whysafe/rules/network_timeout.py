"""HTTP requests that wait for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.analysis.detectors import calls
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import AddArgument, Answer, Repair, Replace, Rule, Verdict
from whysafe.rules.types import EXPOSED
from whysafe.rules.written import own_argument, underlined

if TYPE_CHECKING:
    import libcst as cst

    from whysafe.semantics.calls import Argument, Call

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_HTTPX_CALLS = ("get", "post", "put", "patch", "delete", "head", "options", "request", "stream")
_FOR_EVER = {
    **{f"requests.{verb}": None for verb in _VERBS},
    **{f"requests.Session.{verb}": None for verb in (*_VERBS, "send")},
    "requests.request": None,
    "requests.Session.request": 8,
    "urllib.request.urlopen": 2,
    "urllib.request.OpenerDirector.open": 2,
    "urllib2.urlopen": 2,
}
"""Calls that wait for ever unless told otherwise, and the position of `timeout`; None: keyword only."""

_ON_REQUEST = (
    *(f"httpx.{name}" for name in (*_HTTPX_CALLS, "Client", "AsyncClient")),
    *(f"httpx.{client}.{name}" for client in ("Client", "AsyncClient") for name in _HTTPX_CALLS),
    *(f"aiohttp.ClientSession.{name}" for name in (*_VERBS, "request", "ws_connect")),
    "aiohttp.request",
)
"""Calls with a timeout of their own, which `timeout=None` takes away."""


def _has_no_timeout(call: Call) -> Answer:
    timeout = call.argument(keyword="timeout", position=_FOR_EVER[call.name])
    if timeout is not None:
        return _waits_for_ever(call, timeout)
    if call.open_ended:
        return None
    repairs = (Repair("Add `timeout=10`", (AddArgument(call.node, "timeout=10"),), safe=True),)
    message = f"`{call.name.removeprefix('urllib.request.')}` without `timeout` can wait for ever."
    # The call itself is the anchor of other problems, such as `verify=False`.
    return Verdict(message=message, anchor=call.node.func, repairs=repairs)


def _is_told_to_wait(call: Call) -> Answer:
    timeout = call.argument(keyword="timeout")
    return None if timeout is None else _waits_for_ever(call, timeout)


def _waits_for_ever(call: Call, timeout: Argument) -> Answer:
    values = timeout.constants
    endless = [value for value in values if value is None or (isinstance(value, (tuple, list)) and None in value)]
    if not endless:
        return None
    certain = len(endless) == len(timeout.values)
    if endless[0] is not None:
        message = "Half of this timeout is endless."
    else:
        message = "`timeout=None` lets this call wait for ever." if certain else "`timeout` can be None here: no limit."
    at = underlined(call, timeout)
    own = own_argument(call, timeout)
    repairs = () if own is None else (Repair("Use `timeout=10`", (Replace(own.value, "10"),), safe=False),)
    return Verdict(
        message=message,
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
        at=at,
        anchor=at if at is not None else call.node.func,
        repairs=repairs,
    )


def _is_an_endless_timeout(call: Call) -> Answer:
    """`httpx.Timeout(None)` and `aiohttp.ClientTimeout(total=None)`, unless a part of the time is limited."""
    keyword = "total" if call.name.startswith("aiohttp.") else "timeout"
    total = call.argument(keyword=keyword, position=0)
    if total is None or not total.is_none or call.open_ended:
        return None
    if any(argument.arg is not total.arg and not argument.is_none for argument in call.arguments):
        return None
    at: cst.CSTNode | None = underlined(call, total)
    return Verdict(message=f"`{call.name}` without a limit lets requests wait for ever.", at=at, anchor=at)


HTTP_REQUEST_NO_TIMEOUT = Rule(
    name="http-request-no-timeout",
    family="network",
    title="HTTP request without a timeout",
    message="This request can wait for ever.",
    why="`requests` and `urllib` wait as long as the other side keeps the connection open, even when it sends "
    "nothing. Each such wait holds a thread, and in the end the program stands still.",
    abuse="A server that accepts connections and stays silent, or somebody on the way who drops packets, stops every "
    "worker that talks to it.",
    fix="Pass `timeout=` with the seconds that a user would wait, and handle the error when they have passed.",
    ask="What happens to this program, and to whoever waits for it, when the other side never answers?",
    cwe=(400, 1088),
    severity=Severity.INFORMATION,
    by_program_type=EXPOSED,
    aliases=("B113", "S113"),
    detect=(
        calls(*_FOR_EVER, when=_has_no_timeout),
        calls(*_ON_REQUEST, when=_is_told_to_wait),
        calls("httpx.Timeout", "aiohttp.ClientTimeout", when=_is_an_endless_timeout),
    ),
    bad=(
        'import requests\n\nanswer = requests.get("https://example.org/")',
        (
            "import requests\n\nsession = requests.Session()\n"
            'answer = session.post("https://example.org/", json={}, timeout=None)'
        ),
        (
            'from urllib.request import urlopen\n\nwith urlopen("https://example.org/") as answer:\n'
            "    page = answer.read()"
        ),
        "import httpx\n\nclient = httpx.Client(timeout=None)",
        "import aiohttp\n\nlimit = aiohttp.ClientTimeout(total=None)",
    ),
    good=(
        'import requests\n\nanswer = requests.get("https://example.org/", timeout=10)',
        'import httpx\n\nanswer = httpx.get("https://example.org/")',
        'pending_requests = {}\nanswer = pending_requests.get("first")',
        "import requests\n\n\ndef fetch(url, **options):\n    return requests.get(url, **options)",
    ),
    references=(
        "https://requests.readthedocs.io/en/latest/user/advanced/#timeouts",
        "https://docs.python.org/3/library/urllib.request.html#urllib.request.urlopen",
        "https://cwe.mitre.org/data/definitions/400.html",
    ),
)
