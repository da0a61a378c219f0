"""The worker process itself: its start, its answers, its end."""

import asyncio
import io
import os
import subprocess
import sys
import threading

import pytest
from whysafe import limits
from whysafe.config import Settings
from whysafe.lsp import messages, wire, worker_main
from whysafe.lsp.renewal import renewed
from whysafe.lsp.session import utc_today
from whysafe.lsp.worker import Worker, command, describe_exit
from whysafe.lsp.worker_main import Desk, serve
from whysafe.report import Facts
from whysafe.syntax.position import Edit, Position, span

SECONDS = 60


@pytest.fixture
def process(tmp_path):
    """A worker as the product starts it, in a folder and with a search path that want to be imported."""
    (tmp_path / "libcst.py").write_text("raise SystemExit('imported from the current folder')")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(
        command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=environment
    ) as started:
        yield started
        started.kill()


def ask(process, message):
    wire.write_frame(process.stdin, messages.pack(message))
    return messages.unpack(wire.read_frame(process.stdout))


def test_the_worker_answers_in_order_and_ends_with_its_pipe(process):
    ready = messages.unpack(wire.read_frame(process.stdout))
    assert "eval-use" in [card.name for card in ready.cards]
    opened = ask(process, messages.Open(1, "a", 1, "value = eval(text)\n"))
    assert [finding.rule for finding in opened.facts.findings] == ["eval-use"]
    edits = (Edit(span(0, 0, 0, 0), "\n"),)
    change = messages.Change(id=2, uri="a", base=1, revision=2, length=20, edits=edits)
    moved = renewed(opened.facts, ask(process, change).change)
    assert moved.findings[0].span.start == Position(1, 8)
    order = messages.Order("justify", Position(1, 8), "eval-use", "accepted")
    lost = messages.Order("justify", Position(0, 0), "eval-use", "accepted")
    write = messages.Write(
        id=3, uri="a", revision=2, orders=(order, lost), settings=Settings(author="M. Smit"), today=utc_today()
    )
    written, refused = ask(process, write).outcomes
    assert written.edits[0].text.startswith("# justified[eval-use] accepted: ")
    assert "M. Smit" in written.snippet
    assert refused.refusal
    assert ask(process, messages.Change(id=4, uri="b", base=1, revision=2, length=0, edits=())) == messages.Lost(4)
    process.stdin.close()
    assert process.wait(SECONDS) == 0


def test_what_is_no_request_ends_the_worker(process):
    wire.read_frame(process.stdout)
    wire.write_frame(process.stdin, ["Nonsense", []])
    assert process.wait(SECONDS) == 1


class Engine:
    """Does as the text says."""

    class Document:
        def __init__(self, text):
            self.text = text

        def edit(self, edit):
            self.text += edit.text

        def facts(self):
            raise RecursionError(self.text)

    def cards(self):
        return {}

    def open(self, text):
        return self.Document(text)

    def write(self, document, _request):
        raise ValueError(document)


def test_what_the_engine_raises_is_an_answer(capsys):
    desk = Desk(Engine())
    failed = desk.answer(messages.Open(5, "a", 1, "deep"))
    assert failed == messages.Failed(5, "RecursionError: deep")
    assert "RecursionError" in capsys.readouterr().err
    assert desk.answer(messages.Change(id=6, uri="a", base=1, revision=2, length=0, edits=())) == messages.Lost(6)
    assert desk.answer(messages.Close("a")) is None
    assert desk.answer(messages.Ready(())) is None


class Grown:
    """A document of so many lines, of which one more gets its tree at a time."""

    def __init__(self, text):
        self.lines, self.grown, self.length = int(text), 0, len(text)

    def edit(self, edit):
        pass

    def facts(self):
        return Facts(findings=(), blocks=(), gaps=())

    def fill(self):
        self.grown = min(self.grown + 1, self.lines)
        return self.grown < self.lines

    def trim(self, lines):
        self.grown = min(self.grown, lines)


def test_pauses_are_used_for_the_latest_document_within_the_budget():
    documents = {}

    class Growing(Engine):
        def open(self, text):
            return documents.setdefault(text, Grown(text))

    desk = Desk(Growing(), most_grown=25)
    for number, lines in enumerate(("10", "20", "30"), start=1):
        desk.answer(messages.Open(number, lines, 1, lines, fill=lines != "20"))
        while desk.use_pause():
            pass
    assert {text: document.grown for text, document in documents.items()} == {"10": 10, "20": 0, "30": 15}
    documents["30"].grown = 24
    desk.answer(messages.Change(id=5, uri="20", base=1, revision=2, length=2, edits=()))
    assert {text: document.grown for text, document in documents.items()} == {"10": 1, "20": 0, "30": 24}
    desk.answer(messages.Close("30"))
    assert not desk.use_pause()


def test_the_end_of_the_main_process_is_noticed_during_an_analysis():
    left = threading.Event()
    pipe = io.BytesIO()
    serve(io.BytesIO(), pipe, Engine(), lambda status: left.set() if status == 0 else None)
    assert left.wait(SECONDS)
    pipe.seek(0)
    assert messages.unpack(wire.read_frame(pipe)) == messages.Ready(())


@pytest.mark.parametrize("waits_for_pipes", [True, False])
async def test_messages_wait_until_somebody_listens_and_killing_twice_is_fine(waits_for_pipes, monkeypatch):
    worker = Worker([sys.executable, "-c", "import os; os.write(1, bytes([0, 0, 0, 1]) + b'7'); os.read(0, 1)"])
    heard, ended = asyncio.Queue(), asyncio.Queue()
    loop = asyncio.get_running_loop()
    if not waits_for_pipes:
        monkeypatch.setattr(loop, "add_reader", asyncio.AbstractEventLoop().add_reader)
    worker.attach(loop, lambda _, message: heard.put_nowait(message), lambda _, cause: ended.put_nowait(cause))
    assert await asyncio.wait_for(heard.get(), SECONDS) == 7
    worker.kill()
    worker.kill()
    assert await asyncio.wait_for(ended.get(), SECONDS)
    worker.send(["too late"])


@pytest.mark.parametrize("waits_for_pipes", [True, False])
async def test_how_a_process_ended_is_told(waits_for_pipes, monkeypatch):
    worker = Worker([sys.executable, "-c", "import os; os.read(0, 1); os._exit(3)"])
    ended = asyncio.Queue()
    loop = asyncio.get_running_loop()
    if not waits_for_pipes:
        monkeypatch.setattr(loop, "add_reader", asyncio.AbstractEventLoop().add_reader)
    worker.attach(loop, lambda *_: None, lambda _, cause: ended.put_nowait(cause))
    worker.send(["go"])
    assert await asyncio.wait_for(ended.get(), SECONDS) == "it exited with status 3"
    worker.kill()


@pytest.mark.parametrize(("status", "words"), [(-11, "it was ended by signal 11"), (3, "it exited with status 3")])
def test_an_exit_status_is_told_in_words(status, words):
    assert describe_exit(status) == words


def test_the_analysis_has_a_deep_stack():
    depths = []

    def dive(depth):
        return depth if depth == 20_000 else dive(depth + 1)

    before = sys.getrecursionlimit(), threading.stack_size()
    try:
        limits.run_with_deep_stack(lambda: depths.append(dive(0)))
    finally:
        sys.setrecursionlimit(before[0])
        threading.stack_size(before[1])
    assert depths == [20_000]


def test_without_a_rest_old_objects_are_looked_through_now_and_then(monkeypatch):
    """Trees that were kept for a while are garbage in the end, and nobody rests while typing goes on."""
    looked = []
    monkeypatch.setattr(worker_main.gc, "collect", lambda generation=2: looked.append(generation))
    monkeypatch.setattr(worker_main.gc, "freeze", lambda: looked.append("kept"))
    monkeypatch.setattr(worker_main.gc, "unfreeze", lambda: looked.append("everything"))
    orders = io.BytesIO()
    for number in range(worker_main.LONGEST + 1):
        wire.write_frame(orders, messages.pack(messages.Close(f"file:///{number}.py")))
    orders.seek(0)
    serve(orders, io.BytesIO(), Engine(), lambda _status: None)
    assert looked.count(2) == worker_main.LONGEST // worker_main.LONG
    assert looked.count("everything") == looked.count("kept") == 1
    assert looked.count(1) >= worker_main.LONGEST // worker_main.BUSY - 4
