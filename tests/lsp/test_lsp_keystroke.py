"""What a keystroke costs the main process: no step more than it needs."""

import asyncio
import json
import logging

import pytest
from whysafe import checker
from whysafe.lsp import features, messages, reports
from whysafe.lsp.host import Server
from whysafe.lsp.renewal import renewal, renewed
from whysafe.syntax.position import Edit, Position, Span

URI = "untitled:a"
TEXT = "import os\n\n\ndef f(x):\n    os.system(x)\n    eval(x)\n\n\ndef g(x):\n    return x\n"


class Session:
    """A server in this process, whose worker is an engine here, and a client that keeps what it is sent."""

    def __init__(self):
        self.server = Server(None)
        for method, function, options in features.METHODS:
            self.server.feature(method, options)(function)
        self.sent = []
        self.server.protocol.set_writer(self)
        self.version = 1
        self.document = checker.Document(TEXT)

    def write(self, data):
        self.sent.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def tell(self, method, params, **more):
        message = {"jsonrpc": "2.0", "method": method, "params": params} | more
        self.server.protocol.receive(json.dumps(message).encode())

    async def open(self):
        self.tell("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=1)
        self.tell("initialized", {})
        await self.server.configured.wait()
        self.server.on_cards(checker.cards())
        item = {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}
        self.tell("textDocument/didOpen", {"textDocument": item})
        self.take(self.document.facts())

    def type(self, line, column, text):
        self.version += 1
        place = {"line": line, "character": column}
        change = {"range": {"start": place, "end": place}, "text": text}
        document = {"uri": URI, "version": self.version}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        where = Position(line, column)
        self.document.edit(Edit(Span(where, where), text))

    def answer(self):
        """Let the worker answer; what crosses the pipe for that, as text."""
        change = renewal(self.server.supervisor.tracked[URI].facts, self.document.facts())
        data = json.dumps(messages.pack(messages.Renewed(self.version, change, 0)))
        answer = messages.unpack(json.loads(data))
        self.take(renewed(self.server.supervisor.tracked[URI].facts, answer.change))
        return data

    def take(self, facts):
        tracked = self.server.supervisor.tracked[URI]
        tracked.facts, tracked.facts_revision = facts, tracked.document.revision
        tracked.since.clear()
        self.server.on_facts(tracked)


@pytest.fixture
async def session():
    opened = Session()
    await opened.open()
    opened.sent.clear()
    return opened


async def test_a_keystroke_that_changes_nothing_is_told_in_few_bytes_and_projected_once(session, monkeypatch):
    session.type(9, 11, "1 + ")
    drawn = []
    function = reports.draw
    monkeypatch.setattr(reports, "draw", lambda *arguments: drawn.extend(known := function(*arguments)) or known)
    before = session.server.reports.get(URI)
    assert len(session.answer()) < 100
    after = session.server.reports.get(URI)
    assert after.report is before.report
    assert [each.item for each in drawn] == before.items
    assert all(each.item is item for each, item in zip(drawn, before.items, strict=True))
    (told,) = session.sent
    assert told["params"]["version"] == session.version
    assert len(told["params"]["diagnostics"]) == 2


async def test_a_keystroke_takes_no_way_through_pygls(session, monkeypatch):
    def refuse(*_arguments, **_options):
        raise AssertionError

    monkeypatch.setattr(session.server.protocol, "handle_message", refuse)
    monkeypatch.setattr(session.server.protocol, "_execute_handler", refuse)
    session.type(9, 11, "1 + ")
    assert str(session.server.documents.get(URI).text) == session.document.text


async def test_a_keystroke_that_cannot_be_handled_is_logged_and_ends_nothing(session, monkeypatch, caplog):
    caplog.set_level(logging.ERROR)

    def fail(_params):
        raise LookupError("no such thing")

    with monkeypatch.context() as patch:
        patch.setitem(session.server.protocol.fm.features, "textDocument/didChange", fail)
        session.type(9, 11, "1 + ")
    assert "no such thing" in caplog.text
    session.type(0, 0, "\n")
    assert str(session.server.documents.get(URI).text).startswith("\nimport os")
    await asyncio.sleep(0)
