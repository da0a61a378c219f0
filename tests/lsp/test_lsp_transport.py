"""Frames of the protocol in a stream of bytes."""

import io
import os
import queue
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.lsp import transport
from whysafe.lsp.transport import Frames, OutgoingFrames, TooLargeError


def frame(body, header=b"Content-Length: %d\r\n\r\n"):
    return header % len(body) + body


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5), st.integers(1, 40))
def test_bodies_come_back_however_the_stream_is_cut(bodies, size):
    stream = io.BytesIO(b"".join(map(frame, bodies)))
    assert list(Frames(lambda _: stream.read(size))) == bodies


@pytest.mark.parametrize(
    "noise",
    [
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
        b"{}",
        b"x" * 100_000 + b"\r\n",
        b"\r\n" * 50_000,
    ],
)
def test_reading_finds_its_way_back(noise):
    stream = io.BytesIO(noise + frame(b"one") + frame(b"two"))
    assert list(Frames(stream.read))[-2:] == [b"one", b"two"]


def test_a_frame_over_the_limit_is_dropped():
    stream = io.BytesIO(frame(b"x" * 101) + frame(b"next"))
    first, second = Frames(stream.read, limit=100)
    assert isinstance(first, TooLargeError)
    assert second == b"next"


@pytest.mark.parametrize("cut", [b"", b"Content-Length: 5", b"Content-Length: 5\r\n\r\nab"])
def test_a_stream_that_ends_early_has_no_more_frames(cut):
    stream = io.BytesIO(frame(b"one") + cut)
    assert list(Frames(stream.read)) == [b"one"]


def test_a_client_that_is_gone_ends_the_server_once():
    ends = []
    reading, writing = os.pipe()
    outgoing = OutgoingFrames(writing, lambda: ends.append(True))
    outgoing.write(b"abc")
    assert os.read(reading, 10) == b"abc"
    os.close(reading)
    outgoing.write(b"abc")
    outgoing.write(b"abc")
    os.close(writing)
    assert ends == [True]


class Loop:
    """An event loop that runs what it is given when the test wants it."""

    def __init__(self):
        self.calls = queue.Queue()

    def call_soon_threadsafe(self, function, *arguments):
        self.calls.put((function, arguments))

    def run_one(self):
        function, arguments = self.calls.get(timeout=30)
        function(*arguments)


def test_what_a_busy_server_cannot_handle_stays_with_the_client(monkeypatch):
    monkeypatch.setattr(transport, "UNHANDLED_LIMIT", 100)
    loop = Loop()
    monkeypatch.setattr(transport.asyncio, "get_running_loop", lambda: loop)
    ours, theirs = os.pipe()
    bodies = [b"%020d" % number for number in range(50)]
    os.write(theirs, b"".join(map(frame, bodies)))
    os.close(theirs)
    delivered, ended = [], threading.Event()
    transport.read_in_thread(ours, delivered.append, ended.set)
    most = 0
    while not ended.is_set():
        loop.run_one()
        most = max(most, loop.calls.qsize())
    assert delivered == bodies
    assert most <= 5
    os.close(ours)
