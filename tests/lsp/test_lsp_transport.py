"""Frames of the protocol in a stream of bytes."""

import asyncio
import os
import queue
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.lsp.outgoing import Outgoing
from whysafe.lsp.transport import FRAME_WEIGHT, Backlog, Frames, TooLargeError, read

SECONDS = 30


def frame(body, header=b"Content-Length: %d\r\n\r\n"):
    return header % len(body) + body


def fed(frames, data, size):
    """What comes of data that is read in parts of that size."""
    parts = (data[start : start + size] for start in range(0, len(data), size))
    return [body for part in parts for body in frames.feed(part)]


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5), st.integers(1, 40))
def test_bodies_come_back_however_the_stream_is_cut(bodies, size):
    assert fed(Frames(), b"".join(map(frame, bodies)), size) == bodies


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
@pytest.mark.parametrize("size", [1 << 16, 1_000])
def test_reading_finds_its_way_back(noise, size):
    assert fed(Frames(), noise + frame(b"one") + frame(b"two"), size)[-2:] == [b"one", b"two"]


@pytest.mark.parametrize("size", [1, 50, 1_000])
def test_a_frame_over_the_limit_is_dropped(size):
    first, second = fed(Frames(limit=100), frame(b"x" * 101) + frame(b"next"), size)
    assert isinstance(first, TooLargeError)
    assert second == b"next"


@pytest.mark.parametrize("cut", [b"", b"Content-Length: 5", b"Content-Length: 5\r\n\r\nab"])
def test_a_stream_that_ends_early_has_no_more_frames(cut):
    assert fed(Frames(), frame(b"one") + cut, 10) == [b"one"]


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


class Reading:
    """A stream that is read in this loop, with what was delivered and answered."""

    def __init__(self, limit=1 << 20):
        self.incoming, self.feeding = os.pipe()
        self.client, descriptor = os.pipe()
        self.outgoing = Outgoing(descriptor, lambda: None, limit)
        self.answer = b""
        self.bodies, self.news = [], asyncio.Event()
        self.ended = asyncio.Event()
        read(self.incoming, self.deliver, self.ended.set, self.outgoing)

    def deliver(self, body):
        self.bodies.append(body)
        self.outgoing.write(self.answer)
        self.news.set()

    async def until(self, count):
        async def wait():
            while len(self.bodies) < count:
                self.news.clear()
                await self.news.wait()

        await asyncio.wait_for(wait(), SECONDS)


@pytest.fixture(params=["loop", "thread"])
async def way(request, monkeypatch):
    if request.param == "thread":
        monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", _refuse)
    return request.param


def _refuse(*_arguments):
    raise NotImplementedError


@pytest.mark.usefixtures("way")
async def test_frames_are_delivered_and_then_the_end():
    reading = Reading()
    os.write(reading.feeding, frame(b"one") + frame(b"two")[:5])
    await reading.until(1)
    os.write(reading.feeding, frame(b"two")[5:])
    await reading.until(2)
    assert reading.bodies == [b"one", b"two"]
    os.close(reading.feeding)
    await asyncio.wait_for(reading.ended.wait(), SECONDS)


async def test_nothing_is_handled_while_a_client_leaves_too_much_unread(way):
    reading = Reading(limit=1 << 10)
    reading.answer = b"x" * (1 << 18)
    os.write(reading.feeding, b"".join(frame(b"%d" % number) for number in range(20)))
    await reading.until(1)
    # What was read ahead by a thread is handled all the same; the loop handles one frame at a time.
    assert way == "thread" or reading.bodies == [b"0"]
    owed = 20 * len(reading.answer)

    def drain():
        left = owed
        while left:
            left -= len(os.read(reading.client, 1 << 16))

    await asyncio.wait_for(asyncio.to_thread(drain), SECONDS)
    assert reading.bodies == [b"%d" % number for number in range(20)]


async def test_a_file_is_read_as_well_as_a_pipe(tmp_path):
    (tmp_path / "frames").write_bytes(frame(b"one") + frame(b"two"))
    bodies, ended = [], asyncio.Event()
    _, descriptor = os.pipe()
    with (tmp_path / "frames").open("rb") as file:
        read(file.fileno(), bodies.append, ended.set, Outgoing(descriptor, lambda: None))
        await asyncio.wait_for(ended.wait(), SECONDS)
    assert bodies == [b"one", b"two"]
