"""The process that scans for the editor: what it sends waits to be taken, and it loads neither parser nor protocol."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time

import pytest
from whysafe.analysis.finding import Gap
from whysafe.encoding import DecodeError
from whysafe.lsp import scan_process, wire
from whysafe.lsp.scan_messages import UNTAKEN_LIMIT, Client, Done, Found, ScanRequest, Stop, Taken, pack, unpack
from whysafe.lsp.session import utc_today
from whysafe.report import Facts
from whysafe.scanning.analysed import Analysed
from whysafe.scanning.examine import Analysis
from whysafe.syntax.position import span


class Engine:
    """Whatever the text: there is a gap in it."""

    def cards(self):
        from whysafe import checker

        return checker.cards()

    def analyse(self, _text):
        return Analysed(Facts(findings=(), blocks=(), gaps=(Gap(span(0, 0, 0, 1), "this is not analysed"),)))


def request(folder, only=None):
    client = Client(encoding="utf-16", related_information=True, code_description=True, unnecessary_tag=True)
    return ScanRequest(folders=(str(folder),), only=only, editor={}, environments=(), client=client, today=utc_today())


@pytest.fixture
def folder(tmp_path):
    for number in range(40):
        (tmp_path / f"m{number:02}.py").write_text(f"x = {number}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def serving(monkeypatch):
    """Serve in a thread; what comes out, and what goes in."""
    monkeypatch.setattr(scan_process, "FILES_AT_ONCE", 1)
    ours, theirs = os.pipe()
    inward = os.fdopen(theirs, "wb")
    out = Frames()
    reader = os.fdopen(ours, "rb")
    thread = threading.Thread(target=scan_process.serve, args=(reader, out, Analysis(load=Engine)), daemon=True)
    thread.start()
    yield inward, out, thread
    inward.close()
    thread.join(30)


class Frames(io.BytesIO):
    """Remembers messages instead of sending them."""

    def __init__(self):
        super().__init__()
        self.messages = []

    def write(self, data):
        self.messages.append(unpack(wire.read_frame(io.BytesIO(data))))
        return len(data)


def eventually(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this did not come to pass"
        time.sleep(0.005)


def test_no_more_is_sent_than_may_lie_untaken(serving, folder, monkeypatch):
    waiting = []
    real = scan_process.Line.wait_for_room

    def wait(line):
        waiting.append(1)
        real(line)

    monkeypatch.setattr(scan_process.Line, "wait_for_room", wait)
    inward, out, thread = serving
    wire.write_frame(inward, pack(request(folder)))
    eventually(lambda: len(waiting) == UNTAKEN_LIMIT + 1)
    assert len(out.messages) == UNTAKEN_LIMIT
    for taken in range(1, 4):
        wire.write_frame(inward, pack(Taken()))
        eventually(lambda taken=taken: len(waiting) == UNTAKEN_LIMIT + 1 + taken)
        assert len(out.messages) == UNTAKEN_LIMIT + taken
    for _ in range(60):
        wire.write_frame(inward, pack(Taken()))
    thread.join(30)
    assert out.messages[-1] == Done(())
    files = [file.path for message in out.messages if isinstance(message, Found) for file in message.files]
    assert files == sorted(str(path) for path in folder.glob("*.py"))


@pytest.mark.parametrize("end", ["stop", "close"])
def test_it_ends_when_nobody_wants_more(serving, folder, end):
    inward, out, thread = serving
    wire.write_frame(inward, pack(request(folder)))
    eventually(lambda: len(out.messages) == UNTAKEN_LIMIT)
    if end == "stop":
        wire.write_frame(inward, pack(Stop()))
    else:
        inward.close()
    thread.join(30)
    assert not thread.is_alive()
    assert not any(isinstance(message, Done) for message in out.messages)


def test_only_some_files_and_those_that_are_clean_are_told(serving, folder):
    class Clean(Engine):
        def analyse(self, _text):
            return Analysed(Facts(findings=(), blocks=(), gaps=()))

    found = list(
        scan_process.scan(
            request(folder, only=(str(folder / "m07.py"), str(folder / "gone.py"))),
            Analysis(load=Clean),
            scan_process.Scan(),
            lambda: False,
        )
    )
    assert [(file.path, file.items) for one in found for file in one.files] == [(str(folder / "m07.py"), "[]")]
    inward, _, _ = serving
    inward.close()


@pytest.mark.parametrize("data", [[], ["No", []], "text", None, ["Found", [1]], ["ScanRequest", []]])
def test_what_is_no_message_is_refused(data):
    with pytest.raises(DecodeError):
        unpack(data)


def test_it_loads_neither_the_parser_nor_the_protocol_library():
    program = "import sys, whysafe.lsp.scan_process; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert not set(done.stdout.split()) & {"libcst", "pygls", "lsprotocol", "asyncio"}
