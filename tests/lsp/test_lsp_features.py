"""Handlers called directly, where a test needs the clock or the worker in its own hands."""

import asyncio
import datetime as dt
import json
import os

import pytest
from lsp_client import capabilities
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from whysafe.analysis.finding import Card, Confidence, Finding, InTests, Rank, Severity
from whysafe.justifications.comment import Block, Decision, Placed
from whysafe.lsp import action_features, features
from whysafe.lsp.host import Server, can_be_watched
from whysafe.lsp.messages import Outcome
from whysafe.lsp.session import read_capabilities
from whysafe.report import Facts
from whysafe.syntax.position import Edit, span

URI = "untitled:a.py"
NAME = "eval-used"
CARD = Card(
    name=NAME,
    family="dynamic-code",
    title="Evaluated text",
    why="Text runs as code.",
    abuse="Send code.",
    fix="Parse it.",
    ask="Who writes the text?",
    cwe=(95,),
    severity=Severity.ERROR,
    rank=Rank.CONSTANT,
    in_tests=InTests.SAME,
    default=True,
    aliases=("B307",),
    bad=("eval(text)",),
    good=("ast.literal_eval(text)",),
    references=(),
)
BLOCK = Block(
    span=span(0, 0, 1, 60),
    ids=(NAME,),
    decision=Decision.ACCEPTED,
    reason="only constants of this module come here, see the table above",
    who="M. Smit",
    date=dt.date(2026, 11, 1),
    review_by=dt.date(2027, 5, 1),
    code="0aa19f23",
)
TEXT = "# head\n#   sign\neval(x)\n"


class Wire:
    """Collects what the server sends."""

    def __init__(self):
        self.sent = []

    def write(self, data):
        self.sent.append(json.loads(data.split(b"\r\n\r\n", 1)[1]))

    def close(self):
        pass


def facts(*blocks):
    place = span(2, 0, 2, 4)
    finding = Finding(
        rule=NAME,
        message="`eval` runs text.",
        span=place,
        anchor=place,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
    )
    return Facts(findings=(finding,), blocks=blocks, gaps=(), test_like=False)


@pytest.fixture
async def server():
    """A configured server whose worker never runs: the test says what was found."""

    def make(client="visual-studio-code"):
        server = Server(None)
        server.wire = Wire()
        server.protocol.set_writer(server.wire)
        server.session.capabilities = read_capabilities(capabilities(client))
        server.session.cards = {NAME: CARD}
        server.session.today = lambda: dt.date(2026, 11, 24)
        server.check_the_day()
        server.configured.set()
        item = types.TextDocumentItem(uri=URI, language_id="python", version=1, text=TEXT)
        features.did_open(server, types.DidOpenTextDocumentParams(text_document=item))
        return server

    return make


def found(server, what):
    """Say what the analysis of the text as it is now has found."""
    tracked = server.supervisor.tracked[URI]
    tracked.facts, tracked.facts_revision = what, tracked.document.revision
    tracked.since.clear()
    tracked.settled.set()
    server.on_facts(tracked)


def published(server):
    return [message["params"] for message in server.wire.sent if message["method"] == "textDocument/publishDiagnostics"]


def type_at_start(server, version, text="\n"):
    document = types.VersionedTextDocumentIdentifier(uri=URI, version=version)
    place = types.Position(line=0, character=0)
    change = types.TextDocumentContentChangePartial(range=types.Range(start=place, end=place), text=text)
    features.did_change(server, types.DidChangeTextDocumentParams(text_document=document, content_changes=[change]))


def pull(previous=None):
    return types.DocumentDiagnosticParams(
        text_document=types.TextDocumentIdentifier(uri=URI), previous_result_id=previous
    )


async def test_an_answer_expires_when_the_day_comes(server):
    here = server()
    found(here, facts(Placed(BLOCK, span(2, 0, 2, 7), BLOCK.code)))
    assert published(here)[-1]["diagnostics"][0]["severity"] == 4
    here.check_the_day()
    assert len(published(here)) == 1
    here.session.today = lambda: dt.date(2027, 5, 2)
    here.check_the_day()
    assert published(here)[-1]["diagnostics"][0]["severity"] == 1
    assert "justification-expired" in [item.get("code") for item in published(here)[-1]["diagnostics"]]


async def test_nothing_is_published_twice(server):
    here = server()
    found(here, facts())
    found(here, facts())
    assert len(published(here)) == 1
    type_at_start(here, 2, "")
    found(here, facts())
    assert [params["version"] for params in published(here)] == [1, 2]


async def test_a_pull_that_must_wait_too_long_is_asked_to_come_again(server, monkeypatch):
    here = server("modern")
    monkeypatch.setattr(features, "PULL_SECONDS", 0.01)
    with pytest.raises(JsonRpcException) as refused:
        await features.diagnostic(here, pull())
    assert refused.value.code == -32802
    assert refused.value.data == {"retriggerRequest": True}


async def test_a_pull_waits_for_the_text_as_it_is_now(server):
    here = server("modern")
    found(here, facts())
    first = await features.diagnostic(here, pull())
    assert first["kind"] == "full"
    type_at_start(here, 2)
    waiting = asyncio.ensure_future(features.diagnostic(here, pull(first["resultId"])))
    await asyncio.wait({waiting}, timeout=0)
    assert not waiting.done()
    found(here, facts())
    assert (await waiting)["kind"] == "unchanged"
    assert published(here) == []


async def test_a_pull_of_what_is_not_analysed_is_empty(server):
    here = server("modern")
    features.did_close(here, types.DidCloseTextDocumentParams(text_document=types.TextDocumentIdentifier(uri=URI)))
    assert await features.diagnostic(here, pull()) == {"kind": "full", "items": []}


async def test_a_close_ends_a_waiting_pull(server):
    here = server("modern")
    waiting = asyncio.ensure_future(features.diagnostic(here, pull()))
    await asyncio.wait({waiting}, timeout=0)
    features.did_close(here, types.DidCloseTextDocumentParams(text_document=types.TextDocumentIdentifier(uri=URI)))
    assert await waiting == {"kind": "full", "items": []}


def action_params(only=None):
    place = types.Position(line=2, character=1)
    return types.CodeActionParams(
        text_document=types.TextDocumentIdentifier(uri=URI),
        range=types.Range(start=place, end=place),
        context=types.CodeActionContext(diagnostics=[], only=only),
    )


def answer_orders(server, *outcomes):
    async def write(_uri, orders, _settings, _today):
        server.orders = orders
        return [*outcomes, *[Outcome(refusal="it stands in a string")] * (len(orders) - len(outcomes))]

    server.supervisor.write = write


async def test_a_client_that_resolves_gets_edits_only_then(server, monkeypatch):
    here = server("modern")
    monkeypatch.setattr(type(here.supervisor), "write", None, raising=True)
    found(here, facts())
    actions = await action_features.code_action(here, action_params())
    assert len(actions) == 4
    assert not any("edit" in action for action in actions)


async def test_an_action_is_resolved_for_the_text_that_it_was_offered_for(server):
    here = server("modern")
    found(here, facts())
    (action, *_) = await action_features.code_action(here, action_params())
    here.supervisor = type("Worker", (), {"write": None, "changed": here.supervisor.changed})()
    answer_orders(here, Outcome(edits=(Edit(span(2, 0, 2, 0), "# x\n"),), snippet="# ${1:x}\n"))
    params = types.CodeAction(title=action["title"], data=action["data"])
    edit = (await action_features.resolve_action(here, params))["edit"]
    assert edit["documentChanges"][0]["edits"][0]["snippet"]["value"] == "# ${1:x}\n"
    type_at_start(here, 2)
    with pytest.raises(JsonRpcException) as refused:
        await action_features.resolve_action(here, params)
    assert refused.value.code == -32801


async def test_a_refusal_is_told_once_and_changes_nothing(server):
    here = server("modern")
    found(here, facts())
    (action, *_) = await action_features.code_action(here, action_params())
    here.supervisor = type("Worker", (), {})()
    answer_orders(here)
    answer = await action_features.resolve_action(here, types.CodeAction(title=action["title"], data=action["data"]))
    assert "edit" not in answer
    told = [message["params"]["message"] for message in here.wire.sent if message["method"] == "window/showMessage"]
    assert told == ["whysafe: it stands in a string"]


async def test_a_foreign_action_is_refused(server):
    here = server("modern")
    assert (await action_features.resolve_action(here, types.CodeAction(title="x")))["title"] == "x"
    with pytest.raises(JsonRpcException) as refused:
        await action_features.resolve_action(here, types.CodeAction(title="x", data={"of": "another server"}))
    assert refused.value.code == -32602


@pytest.mark.parametrize(("name", "known"), [(NAME, True), ("B307", True), ("evil-used", False), ("", False)])
async def test_explain_knows_rules_by_name_and_by_alias(server, name, known):
    here = server()
    if known:
        assert "Evaluated text" in features.explain_rule(here, name)
        return
    with pytest.raises(JsonRpcException, match="no rule") as refused:
        features.explain_rule(here, name)
    assert ("Did you mean eval-used?" in refused.value.message) is (name == "evil-used")


def test_only_a_process_that_can_be_seen_is_watched():
    assert can_be_watched(os.getpid())
    assert not can_be_watched(None)
    assert not can_be_watched(-1)
    assert not can_be_watched(2**22 + 12345)
