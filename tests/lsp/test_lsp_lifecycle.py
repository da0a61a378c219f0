"""Requests that are cancelled, refused or come at the wrong time, and how things stand, over the real server."""

import asyncio
import copy
import datetime as dt
import itertools
import time
from types import SimpleNamespace

import pytest
from lsp_client import MODERN, replace
from whysafe.analysis.finding import Gap
from whysafe.justifications.state import State
from whysafe.lsp.session import utc_today
from whysafe.lsp.status import MOMENT, Status, Teller, status_of
from whysafe.lsp.tracked import Fault
from whysafe.report import Report
from whysafe.syntax.position import span

URI = "file:///tmp/whysafe-nowhere/a.py"
DOCUMENT = {"textDocument": {"uri": URI}}
CANCELLED, INVALID_REQUEST, UNKNOWN = -32800, -32600, -32601
PUSHED = copy.deepcopy(MODERN)
del PUSHED["textDocument"]["diagnostic"]
LISTENING = PUSHED | {"experimental": {"whysafe": {"status": True}}}
TODAY = utc_today()
STALE = f"""\
# justified[eval-use] accepted: text is a constant of this module, and nobody else can set it
#   -- M. Smit, {TODAY}, review by {TODAY + dt.timedelta(days=100)}, code 00000000
eval(text)
"""


def error_of(answer):
    return answer["error"]["code"]


def test_a_cancelled_request_is_answered_at_once(start_client):
    client = start_client()
    client.request("initialize", {"processId": None, "rootUri": None, "capabilities": MODERN})
    client.open(URI, "eval(x)")
    # Before `initialized`, the settings are not known, so that this waits.
    pull = client.start("textDocument/diagnostic", DOCUMENT)
    began = time.monotonic()
    client.notify("$/cancelRequest", {"id": pull})
    assert error_of(client.answer_to(pull)) == CANCELLED
    assert time.monotonic() - began < 4
    client.notify("initialized", {})
    assert client.request("textDocument/diagnostic", DOCUMENT)["result"]["items"]
    assert client.leave() == 0


def commands_of(client):
    client.initialize(PUSHED)
    client.open(URI, STALE)
    assert "justification-stale" in client.codes(URI)
    lenses = client.request("textDocument/codeLens", DOCUMENT)["result"]
    return {lens["command"]["title"]: lens["command"] for lens in lenses}


def test_a_cancelled_command_is_answered_although_its_edit_is_not(start_client):
    client = start_client()
    confirm = commands_of(client)["re-confirm"]
    client.answers["workspace/applyEdit"] = lambda _: NotImplemented
    command = client.start("workspace/executeCommand", confirm)
    asked = client.wait_for(lambda message: message.get("method") == "workspace/applyEdit")
    client.notify("$/cancelRequest", {"id": command})
    assert error_of(client.answer_to(command)) == CANCELLED
    client.send({"jsonrpc": "2.0", "id": asked["id"], "result": {"applied": True}})
    assert client.hover(URI, 2, 1)[0] is not None
    assert client.leave() == 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"applied": False, "failureReason": "it is read-only"}, "did not apply the change: it is read-only"),
        ({"applied": False}, "did not apply the change; has the text changed since?"),
        (RuntimeError("no such document"), "could not apply the change: no such document"),
    ],
)
def test_an_edit_that_the_editor_does_not_apply_is_said(start_client, answer, words):
    client = start_client()
    confirm = commands_of(client)["re-confirm"]
    client.answers["workspace/applyEdit"] = lambda _: answer
    client.start("workspace/executeCommand", confirm)
    told = client.wait_for(lambda message: message.get("method") == "window/showMessage")
    assert words in told["params"]["message"]


def test_an_edit_is_made_for_one_version_only(start_client):
    client = start_client()
    confirm = commands_of(client)["re-confirm"]
    client.change(URI, 2, replace(0, 0, 0, "\n"))
    answer = client.request("workspace/executeCommand", confirm)
    assert error_of(answer) == -32801
    assert not any(message.get("method") == "workspace/applyEdit" for message in client.seen)


def test_after_shutdown_only_exit_is_heard(start_client):
    client = start_client()
    client.initialize(MODERN)
    assert error_of(client.request("no/such/method")) == UNKNOWN
    assert client.request("shutdown")["result"] is None
    for method in ("textDocument/diagnostic", "shutdown", "initialize", "no/such/method"):
        assert error_of(client.request(method, DOCUMENT)) == INVALID_REQUEST
    client.open(URI, "eval(x)")
    client.notify("exit")
    assert client.process.wait(30) == 0


# How things stand ---------------------------------------------------------------------------------------------------


def statuses(client):
    return [message["params"] for message in client.seen if message.get("method") == "whysafe/status"]


def status(client, state, **counts):
    """Wait for a status."""

    def fits(message):
        params = message.get("params") or {}
        right = params.get("state") == state and all(params.get(name) == count for name, count in counts.items())
        return message.get("method") == "whysafe/status" and right

    return client.wait_for(fits)["params"]


def test_a_client_that_listens_hears_how_things_stand(start_client):
    client = start_client()
    client.initialize(LISTENING)
    status(client, "ready", open=0)
    client.open(URI, STALE)
    stale = status(client, "ready", open=1)
    assert (stale["justified"], stale["attention"], stale["notAnalysed"]) == (0, 1, 0)
    client.change(URI, 2, replace(0, 0, 0, "x = (\n"))
    assert status(client, "partial")["message"].startswith("Syntax error")
    client.change(URI, 3, {"text": "eval(x)\n"})
    assert status(client, "ready", open=1, attention=0)["message"] is None
    client.notify("textDocument/didClose", DOCUMENT)
    status(client, "ready", open=0)
    told = statuses(client)
    assert all(one != other for one, other in itertools.pairwise(told))


def test_a_client_that_does_not_listen_hears_nothing_of_it(start_client):
    client = start_client()
    client.initialize(PUSHED)
    client.open(URI, STALE)
    assert client.codes(URI)
    assert statuses(client) == []


def document(*, settled=True, fault=None):
    event = asyncio.Event()
    if settled:
        event.set()
    return SimpleNamespace(settled=event, fault=fault, given_up=fault is not None and fault.region is None)


def report(*states, notes=0, gaps=()):
    shown = [SimpleNamespace(state=state) for state in states]
    return Report(shown=tuple(shown), notes=(None,) * notes, gaps=gaps)


GAP = Gap(span(0, 0, 0, 1), "Syntax error: x")


@pytest.mark.parametrize(
    ("tracked", "reports", "expected"),
    [
        ([], [], Status(state="ready")),
        ([document(settled=False)], [], Status(state="busy")),
        ([document()], [report(gaps=(GAP,))], Status(state="partial", message=GAP.message, not_analysed=1)),
        ([document(fault=Fault(None, "dead"))], [], Status(state="off", message="dead")),
        ([document(fault=Fault(None, "dead")), document()], [], Status(state="partial", message="dead")),
        ([document(fault=Fault(GAP.span, "slow"))], [], Status(state="partial", message="slow")),
        (
            [document(), document()],
            [report(State.OPEN, State.VALID, State.DUE, State.STALE, notes=2), report(State.UNDOCUMENTED)],
            Status(state="ready", open=3, justified=2, attention=2),
        ),
    ],
)
def test_the_status_sums_up_all_documents(tracked, reports, expected):
    assert status_of(tracked, reports, started=True) == expected
    assert status_of(tracked, reports, started=False).state == "starting"


async def test_being_busy_is_told_only_when_it_lasts(monkeypatch):
    told = []
    now = {"state": "ready"}
    teller = Teller(lambda: Status(**now), told.append)
    teller.news()
    now["state"] = "busy"
    teller.news()
    now["state"] = "ready"
    teller.news()
    assert [one["state"] for one in told] == ["ready"]
    monkeypatch.setattr("whysafe.lsp.status.MOMENT", 0.0)
    now["state"] = "busy"
    teller.news()
    teller.news()
    end = time.monotonic() + 10
    while len(told) < 2 and time.monotonic() < end:
        await asyncio.wait({asyncio.ensure_future(asyncio.Event().wait())}, timeout=0.001)
    assert [one["state"] for one in told] == ["ready", "busy"]
    teller.stop()
    assert MOMENT > 0
