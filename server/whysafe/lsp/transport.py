"""Frames of the protocol on standard input.

Reading has a thread, which shares nothing with handlers: a busy server still reads, so that a client does not block on
it. The header is read leniently (any case, any order, other fields); a frame without a usable length is skipped to the
next header.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FRAME_LIMIT = 256 << 20
HEADER_LIMIT = 4096
BACKLOG_LIMIT = 64 << 20
"""Bytes that may be read ahead of their handling."""
FRAME_WEIGHT = 64 << 10
"""Bytes that each frame counts for at least, so that there are not too many small ones either."""

# Not bound to the start of a line: the body of a frame without a usable length precedes the next header on its line.
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class TooLargeError(Exception):
    """A frame was over the limit; it was read and dropped."""


class Frames:
    """The bodies of the frames that `read` delivers: a function from a number of bytes to at most so many, or none."""

    def __init__(self, read: Callable[[int], bytes], limit: int = FRAME_LIMIT) -> None:
        self._read = read
        self._limit = limit
        self._buffer = bytearray()

    def __iter__(self) -> Iterator[bytes | TooLargeError]:
        while (length := self._header()) is not None:
            if length > self._limit:
                if not self._skip(length):
                    return
                yield TooLargeError(f"a message of {length:,} bytes is over the limit of {self._limit:,}")
                continue
            if not self._fill(length):
                return
            yield bytes(self._buffer[:length])
            del self._buffer[:length]

    def _header(self) -> int | None:
        """The length that the next usable header announces; None at the end of the stream."""
        while True:
            end = self._line_end()
            if end is None:
                return None
            header = bytes(self._buffer[:end])
            del self._buffer[:end]
            found = _LENGTH.findall(header)
            if found:
                return int(found[-1])

    def _line_end(self) -> int | None:
        """The end of the header, behind its empty line; a header without end is cut, but not within a line."""
        while True:
            strict = self._buffer.find(b"\r\n\r\n")
            lenient = self._buffer.find(b"\n\n", 0, strict if strict >= 0 else len(self._buffer))
            if lenient >= 0:
                return lenient + 2
            if strict >= 0:
                return strict + 4
            if len(self._buffer) > HEADER_LIMIT:
                del self._buffer[: max(self._buffer.rfind(b"\n") + 1, len(self._buffer) - HEADER_LIMIT)]
            if not self._more():
                return None

    def _fill(self, length: int) -> bool:
        while len(self._buffer) < length:
            if not self._more():
                return False
        return True

    def _skip(self, length: int) -> bool:
        while length > len(self._buffer):
            length -= len(self._buffer)
            self._buffer.clear()
            if not self._more():
                return False
        del self._buffer[:length]
        return True

    def _more(self) -> bool:
        data = self._read(1 << 16)
        self._buffer += data
        return bool(data)


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


def read_in_thread(
    descriptor: int,
    deliver: Callable[[bytes | TooLargeError], object],
    at_end: Callable[[], object],
    wait_for_room: Callable[[], object] = lambda: None,
) -> None:
    """Deliver frames from a file descriptor in the running loop, then call `at_end` there.

    Before each frame, `wait_for_room` may hold up the reading, for which it is called in the reading thread.
    """
    loop = asyncio.get_running_loop()
    backlog = Backlog()

    def handle(frame: bytes | TooLargeError, size: int) -> None:
        backlog.done(size)
        deliver(frame)

    def read() -> None:
        try:
            for frame in Frames(lambda size: os.read(descriptor, size)):
                size = len(frame) if isinstance(frame, bytes) else 0
                wait_for_room()
                backlog.add(size)
                loop.call_soon_threadsafe(handle, frame, size)
        except OSError:
            pass
        finally:
            loop.call_soon_threadsafe(at_end)

    def guarded() -> None:
        try:
            read()
        except RuntimeError:  # The loop is closed: the server is ending.
            return

    threading.Thread(target=guarded, name="from client", daemon=True).start()
