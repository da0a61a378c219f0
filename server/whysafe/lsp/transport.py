"""Frames of the protocol on standard input.

The header is read leniently (any case, any order, other fields); a frame without a usable length is skipped to the next
header.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from whysafe.lsp.outgoing import Outgoing

MOST_READ = 1 << 16
"""Bytes that are taken at a time."""
FRAME_LIMIT = 256 << 20
HEADER_LIMIT = 4096
BACKLOG_LIMIT = 64 << 20
"""Bytes that may be read ahead of their handling."""
FRAME_WEIGHT = 64 << 10
"""Bytes that each frame counts for at least, so that there are not too many small ones either."""

# Not bound to the start of a line: the body of a frame without a usable length precedes the next header on its line.
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class TooLargeError(Exception):
    """A frame is over the limit; it is read and dropped."""


class Frames:
    """The bodies of the frames in a stream that is read in parts, as they come."""

    def __init__(self, limit: int = FRAME_LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._length: int | None = None
        """Of the frame whose header was read last, as long as it is not complete."""
        self._to_skip = 0

    def feed(self, data: bytes) -> Iterator[bytes | TooLargeError]:
        """The frames that are complete with this part; the next part may come when all of them were taken."""
        self._buffer += data
        while self._skip() and (length := self._next_length()) is not None:
            if length > self._limit:
                self._length, self._to_skip = None, length
                # It is told before it is all there, so that somebody hears of it.
                yield TooLargeError(f"a message of {length:,} bytes is over the limit of {self._limit:,}")
            elif len(self._buffer) < length:
                return
            else:
                body = bytes(self._buffer[:length])
                del self._buffer[:length]
                self._length = None
                yield body

    def _skip(self) -> bool:
        """Whether nothing of a frame over the limit is left to come."""
        dropped = min(self._to_skip, len(self._buffer))
        del self._buffer[:dropped]
        self._to_skip -= dropped
        return not self._to_skip

    def _next_length(self) -> int | None:
        """The length that the next usable header announces; None where that has not come yet."""
        while self._length is None and (end := self._header_end()) is not None:
            header = bytes(self._buffer[:end])
            del self._buffer[:end]
            found = _LENGTH.findall(header)
            self._length = int(found[-1]) if found else None
        return self._length

    def _header_end(self) -> int | None:
        """The end of the header, behind its empty line; a header without end is cut, but not within a line."""
        strict = self._buffer.find(b"\r\n\r\n")
        lenient = self._buffer.find(b"\n\n", 0, strict if strict >= 0 else len(self._buffer))
        if lenient >= 0:
            return lenient + 2
        if strict >= 0:
            return strict + 4
        if len(self._buffer) > HEADER_LIMIT:
            del self._buffer[: max(self._buffer.rfind(b"\n") + 1, len(self._buffer) - HEADER_LIMIT)]
        return None


class Backlog:
    """What was read and is not handled yet; the reader waits where it is too much, in number or in bytes."""

    def __init__(self, limit: int = BACKLOG_LIMIT) -> None:
        self._limit = limit
        self._held = 0
        self._changed = threading.Condition()

    def add(self, size: int) -> None:
        """Count one more frame of so many bytes, once there is room for it; there always is for the first."""
        weight = max(size, FRAME_WEIGHT)
        with self._changed:
            self._changed.wait_for(lambda: not self._held or self._held + weight <= self._limit)
            self._held += weight

    def done(self, size: int) -> None:
        """That frame is handled."""
        with self._changed:
            self._held -= max(size, FRAME_WEIGHT)
            self._changed.notify_all()


def read(
    descriptor: int,
    deliver: Callable[[bytes | TooLargeError], object],
    at_end: Callable[[], object],
    outgoing: Outgoing,
) -> None:
    """Deliver frames from a file descriptor in the running loop, then call `at_end` there.

    As long as there is no room for answers, nothing is read. The loop waits for what is to be read where it can, which
    is a hop between threads less; else a thread reads.
    """
    loop = asyncio.get_running_loop()
    try:
        _LoopReader(loop, descriptor, deliver, at_end, outgoing).start()
    except (NotImplementedError, PermissionError):
        # The event loop of Windows cannot wait for pipes, and others not for files.
        _read_in_thread(loop, descriptor, deliver, at_end, outgoing)


@dataclass(slots=True, eq=False)
class _LoopReader:
    """Reads between two handlers, each of which takes a moment."""

    _loop: asyncio.AbstractEventLoop
    _descriptor: int
    _deliver: Callable[[bytes | TooLargeError], object]
    _at_end: Callable[[], object]
    _outgoing: Outgoing
    _frames: Frames = field(default_factory=Frames)

    def start(self) -> None:
        self._loop.add_reader(self._descriptor, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, MOST_READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._handle(self._frames.feed(data))
        else:
            self._loop.remove_reader(self._descriptor)
            self._at_end()

    def _handle(self, frames: Iterator[bytes | TooLargeError]) -> None:
        for frame in frames:
            self._deliver(frame)
            if not self._outgoing.has_room():
                self._loop.remove_reader(self._descriptor)
                threading.Thread(target=self._wait, args=(frames,), name="room", daemon=True).start()
                return

    def _wait(self, frames: Iterator[bytes | TooLargeError]) -> None:
        self._outgoing.wait_for_room()
        with contextlib.suppress(RuntimeError):  # The loop is closed: the server is ending.
            self._loop.call_soon_threadsafe(self._go_on, frames)

    def _go_on(self, frames: Iterator[bytes | TooLargeError]) -> None:
        self.start()
        self._handle(frames)


def _read_in_thread(
    loop: asyncio.AbstractEventLoop,
    descriptor: int,
    deliver: Callable[[bytes | TooLargeError], object],
    at_end: Callable[[], object],
    outgoing: Outgoing,
) -> None:
    backlog = Backlog()

    def handle(frame: bytes | TooLargeError, size: int) -> None:
        backlog.done(size)
        deliver(frame)

    def read_all() -> None:
        frames = Frames()
        try:
            while data := os.read(descriptor, MOST_READ):
                for frame in frames.feed(data):
                    size = len(frame) if isinstance(frame, bytes) else 0
                    outgoing.wait_for_room()
                    backlog.add(size)
                    loop.call_soon_threadsafe(handle, frame, size)
        except OSError:
            pass
        finally:
            loop.call_soon_threadsafe(at_end)

    def guarded() -> None:
        with contextlib.suppress(RuntimeError):  # The loop is closed: the server is ending.
            read_all()

    threading.Thread(target=guarded, name="from client", daemon=True).start()
