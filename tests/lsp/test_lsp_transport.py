"""Frames of the protocol in a stream of bytes."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
