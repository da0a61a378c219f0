"""Frames of the protocol in a stream of bytes."""

import io
import queue
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.lsp.transport import FRAME_WEIGHT, Backlog, Frames, TooLargeError

SECONDS = 30


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


def test_no_more_is_read_ahead_than_the_limit_but_always_one_frame():
    backlog = Backlog(limit=3 * FRAME_WEIGHT)
    backlog.add(100 * FRAME_WEIGHT)
    added = queue.SimpleQueue()

    def read():
        for size in (1, FRAME_WEIGHT, 0, 1):
            backlog.add(size)
            added.put(size)

    threading.Thread(target=read, daemon=True).start()
    assert added.empty()
    backlog.done(100 * FRAME_WEIGHT)
    assert [added.get(timeout=SECONDS) for _ in range(3)] == [1, FRAME_WEIGHT, 0]
    assert added.empty()
    backlog.done(FRAME_WEIGHT)
    assert added.get(timeout=SECONDS) == 1
