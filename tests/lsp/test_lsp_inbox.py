"""Requests as the worker takes them, by either way of reading."""

import io
import os
import queue
import sys
import threading

import pytest
from whysafe.lsp import inbox as inboxes
from whysafe.lsp import messages, wire
from whysafe.lsp.inbox import inbox

SECONDS = 30
WAYS = ["thread", *(["poll"] if sys.platform == "linux" else [])]
CLOSE = wire.frame(messages.pack(messages.Close("a")))


class Pipe:
    def __init__(self):
        self.reading, self.writing = os.pipe()
        self.left = queue.SimpleQueue()
        self.inbox = inbox(os.fdopen(self.reading, "rb"), self.left.put)

    def write(self, data):
        os.write(self.writing, data)

    def close(self):
        if self.writing is not None:
            os.close(self.writing)
            self.writing = None


@pytest.fixture(params=WAYS)
def pipe(request, monkeypatch):
    if request.param == "thread":
        monkeypatch.setattr(inboxes, "_is_pollable", lambda _reader: False)
    opened = Pipe()
    yield opened
    opened.close()


def test_requests_come_in_order_and_then_the_end(pipe):
    assert pipe.inbox.empty()
    with pytest.raises(queue.Empty):
        pipe.inbox.get(0.001)
    opened = messages.Open(1, "a", 1, "x" * 1_000)
    pipe.write(wire.frame(messages.pack(opened)) + CLOSE)
    assert pipe.inbox.get(SECONDS) == opened
    assert not pipe.inbox.empty()
    assert pipe.inbox.get() == messages.Close("a")
    assert pipe.inbox.empty()
    pipe.close()
    assert pipe.inbox.get() is None
    assert pipe.left.get(timeout=SECONDS) == 0


def test_a_request_may_come_in_parts(pipe):
    pipe.write(CLOSE[:7])
    taken = queue.SimpleQueue()
    threading.Thread(target=lambda: taken.put(pipe.inbox.get()), daemon=True).start()
    pipe.write(CLOSE[7:])
    assert taken.get(timeout=SECONDS) == messages.Close("a")


def test_the_end_is_noticed_by_nobody_who_reads(pipe):
    pipe.write(CLOSE)
    pipe.close()
    assert pipe.left.get(timeout=SECONDS) == 0


@pytest.mark.parametrize("data", [b"\0\0\0\1{", wire.frame(["Nonsense", []]), b"\xff" * 8])
def test_what_is_no_request_is_the_end_and_a_fault(pipe, data, capsys):
    pipe.write(data)
    assert pipe.inbox.get() is None
    assert pipe.left.get(timeout=SECONDS) == 1
    assert "unreadable request" in capsys.readouterr().err


@pytest.mark.skipif("poll" not in WAYS, reason="the system does not tell the end of a pipe to whoever does not read it")
def test_requests_on_a_pipe_are_read_by_whoever_takes_them(monkeypatch):
    monkeypatch.setattr(inboxes, "_Read", None)
    opened = Pipe()
    opened.close()
    assert opened.left.get(timeout=SECONDS) == 0


def test_what_is_no_pipe_is_read_by_a_thread():
    left = queue.SimpleQueue()
    requests = inbox(io.BytesIO(CLOSE), left.put)
    assert requests.get(SECONDS) == messages.Close("a")
    assert requests.get(SECONDS) is None
    assert left.get(timeout=SECONDS) == 0
