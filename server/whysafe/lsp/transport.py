"""Frames of the protocol on standard input and output.

Reading has a thread of its own, which shares nothing with handlers: a busy server still reads, so that a client never
blocks on writing to it. The header is read leniently (any case, any order, other fields); a frame without a usable
length is skipped to the next header.
"""

from __future__ import annotations

import asyncio
import os
import re
import select
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FRAME_LIMIT = 256 << 20
HEADER_LIMIT = 4096
UNHANDLED_LIMIT = 64 << 20
"""Bytes of messages that may wait to be handled. A server that cannot write, because the client does not read, handles
nothing; whatever the client goes on sending then stays with the client."""

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


class OutgoingFrames:
    """The writer that pygls is given: whole frames into a file descriptor of our own; `at_end`: the client is gone."""

    def __init__(self, descriptor: int, at_end: Callable[[], object]) -> None:
        self._descriptor = descriptor
        self._at_end = at_end
        self._broken = False

    def write(self, data: bytes) -> None:
        """Write all of the data, or nothing more once the client is gone."""
        view = memoryview(data)
        while view and not self._broken:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:  # noqa: PERF203 - each write may need its own second attempt
                select.select([], [self._descriptor], [])
            except OSError:
                self._broken = True
                self._at_end()

    def close(self) -> None:
        """Nothing is kept back, so nothing is left to do; the descriptor stays open until the process ends."""


def read_in_thread(
    descriptor: int, deliver: Callable[[bytes | TooLargeError], object], at_end: Callable[[], object]
) -> None:
    """Deliver frames from a file descriptor in the running loop, then call `at_end` there."""
    loop = asyncio.get_running_loop()
    unhandled = 0
    changed = threading.Condition()

    def handle(frame: bytes | TooLargeError, size: int) -> None:
        nonlocal unhandled
        try:
            deliver(frame)
        finally:
            with changed:
                unhandled -= size
                changed.notify()

    def read() -> None:
        nonlocal unhandled
        try:
            for frame in Frames(lambda size: os.read(descriptor, size)):
                size = len(frame) if isinstance(frame, bytes) else 0
                with changed:
                    while unhandled >= UNHANDLED_LIMIT:
                        changed.wait()
                    unhandled += size
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
