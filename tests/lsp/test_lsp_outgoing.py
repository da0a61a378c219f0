"""Bytes on their way to a reader that may be slow or gone."""

import os
import queue
import select
import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whysafe.lsp.outgoing import Outgoing

SECONDS = 30
POLLS = hasattr(select, "poll")


def test_a_client_that_is_gone_ends_the_server_once():
    ends = queue.SimpleQueue()
    reading, writing = os.pipe()
    outgoing = Outgoing(writing, lambda: ends.put(True))
    outgoing.write(b"abc")
    assert os.read(reading, 10) == b"abc"
    os.close(reading)
    outgoing.write(b"abc")
    outgoing.write(b"abc")
    assert ends.get(timeout=SECONDS)
    outgoing.write(b"abc")
    outgoing.wait_for_room()
    outgoing.flush(SECONDS)
    os.close(writing)
    assert ends.empty()


def test_a_client_that_does_not_read_holds_up_neither_the_writer_nor_more_than_the_limit():
    reading, writing = os.pipe()
    outgoing = Outgoing(writing, lambda: None, limit=1 << 20)
    sent = b"".join(bytes([number]) * (1 << 18) for number in range(20))
    for number in range(20):
        outgoing.write(sent[number << 18 : (number + 1) << 18])
    outgoing.flush(0.01)
    room = threading.Event()
    threading.Thread(target=lambda: (outgoing.wait_for_room(), room.set()), daemon=True).start()
    assert not room.is_set()
    read = bytearray()
    while len(read) < len(sent):
        # There is no room before all but the limit, and what the pipe itself takes, was read.
        assert not room.is_set() or len(sent) - len(read) <= (1 << 20) + (1 << 18)
        read += os.read(reading, 1 << 16)
    assert bytes(read) == sent
    assert room.wait(SECONDS)
    outgoing.flush(SECONDS)
    os.close(writing)
    os.close(reading)


@pytest.fixture
def threads(monkeypatch):
    """The threads that were started."""
    started = []
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread) or start(thread))
    return started


@pytest.mark.skipif(not POLLS, reason="this system does not tell what a pipe takes")
def test_what_a_reader_takes_at_once_needs_no_thread(threads):
    reading, writing = os.pipe()
    outgoing = Outgoing(writing, lambda: None)
    for number in range(1, 100):
        data = b"%d" % number * 50 * number
        outgoing.write(data)
        assert os.read(reading, 1 << 16) == data
    outgoing.flush(SECONDS)
    assert not threads
    os.close(writing)
    os.close(reading)


@pytest.mark.skipif(not POLLS, reason="this system does not tell what a pipe takes")
def test_a_socket_is_as_good_as_a_pipe(threads):
    ours, theirs = socket.socketpair()
    outgoing = Outgoing(ours.fileno(), lambda: None)
    outgoing.write(b"abc" * 1000)
    assert theirs.recv(3000, socket.MSG_WAITALL) == b"abc" * 1000
    assert not threads
    ours.close()
    theirs.close()


def test_where_nobody_tells_what_is_taken_a_thread_writes(tmp_path, threads):
    with (tmp_path / "log").open("wb", buffering=0) as file:
        outgoing = Outgoing(file.fileno(), lambda: None)
        outgoing.write(b"abc")
        outgoing.write(b"def")
        outgoing.flush(SECONDS)
    assert len(threads) == 1
    assert (tmp_path / "log").read_bytes() == b"abcdef"


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 40_000), max_size=12), st.integers(1, 30_000))
def test_the_order_stays_however_slowly_somebody_reads(sizes, step):
    reading, writing = os.pipe()
    outgoing = Outgoing(writing, lambda: os.close(writing))
    sent, read = bytearray(), bytearray()
    for number, size in enumerate(sizes):
        data = bytes([number]) * size
        outgoing.write(data)
        sent += data
        if len(read) + step <= len(sent):
            read += os.read(reading, step)
    while len(read) < len(sent):
        read += os.read(reading, step)
    assert read == sent
    outgoing.end()
    assert os.read(reading, 1) == b""
    os.close(reading)


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_the_descriptor_is_given_back_once_when_the_reader_is_gone(size):
    ends = queue.SimpleQueue()
    reading, writing = os.pipe()
    outgoing = Outgoing(writing, lambda: ends.put(True))
    outgoing.write(b"x" * size)
    os.close(reading)
    outgoing.end()
    assert ends.get(timeout=SECONDS)
    outgoing.end()
    outgoing.write(b"nobody reads this")
    os.close(writing)
    assert ends.empty()
