"""Writing to a pipe whose reader may be slow: whoever writes never waits.

What the pipe takes at once is written at once; a thread writes the rest, and everything where a system cannot tell
what a pipe takes. Loads no asyncio, so that the worker can start early.
"""

from __future__ import annotations

import contextlib
import os
import select
import stat
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

UNSENT_LIMIT = 64 << 20
"""Bytes that a client may leave unread before the server stops reading what it sends."""


class Outgoing:
    """Bytes on their way into a file descriptor, in order.

    `at_end` is called once, in whatever thread, when the reader is gone or after `end`: from then on, nobody here uses
    the descriptor.
    """

    def __init__(self, descriptor: int, at_end: Callable[[], object], limit: int = UNSENT_LIMIT) -> None:
        self._descriptor = descriptor
        self._at_end = at_end
        self._limit = limit
        self._takes = _taking(descriptor)
        self._broken = False
        self._unsent = 0
        self._changed = threading.Condition()
        self._queue: SimpleQueue[memoryview | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def write(self, data: bytes) -> None:
        """Take all of the data, or nothing once the reader is gone; never blocks."""
        view = memoryview(data)
        with self._changed:
            if self._broken:
                return
            try:
                while view and not self._unsent and (most := self._takes()):
                    view = view[os.write(self._descriptor, view[:most]) :]
            except OSError:
                self._break()
                return
            if view:
                self._unsent += len(view)
                self._queue.put(view)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._write_all, name="writing", daemon=True)
                    self._thread.start()

    def close(self) -> None:
        """Nothing: the descriptor stays open until the process ends, and `flush` waits for what is queued."""

    def end(self) -> None:
        """Take nothing any more. What is queued goes nowhere once the reader is gone, which the caller sees to."""
        with self._changed:
            if self._thread is None:
                self._break()
            else:
                self._broken = True
                self._queue.put(None)

    def flush(self, seconds: float) -> None:
        """Wait until everything is written or the reader is gone, but not longer than that."""
        with self._changed:
            self._changed.wait_for(lambda: self._broken or not self._unsent, seconds)

    def has_room(self) -> bool:
        """Whether no more than the limit is left to send, or nobody reads any more."""
        return self._broken or self._unsent <= self._limit

    def wait_for_room(self) -> None:
        """Wait until the reader has read so much that no more than the limit is left to send."""
        with self._changed:
            self._changed.wait_for(self.has_room)

    def _write_all(self) -> None:
        while (view := self._queue.get()) is not None and self._write(view):
            with self._changed:
                self._unsent -= len(view)
                self._changed.notify_all()
        with self._changed:
            self._break()

    def _write(self, view: memoryview) -> bool:
        """Whether the reader took all of it."""
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:  # noqa: PERF203 - each write may need its own second attempt
                select.select([], [self._descriptor], [])
            except OSError:
                return False
        return True

    def _break(self) -> None:
        self._broken = True
        self._changed.notify_all()
        at_end, self._at_end = self._at_end, lambda: None
        with contextlib.suppress(RuntimeError):  # The loop is closed: the server is ending.
            at_end()


def _taking(descriptor: int) -> Callable[[], int]:
    """A function that tells how many bytes the descriptor takes now for certain without making anybody wait."""
    poll = getattr(select, "poll", None)
    kind = os.fstat(descriptor).st_mode
    if poll is None or not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        return lambda: 0
    asked = poll()
    asked.register(descriptor, select.POLLOUT)
    # So much can be written to a pipe that is ready, and sockets are ready later.
    return lambda: select.PIPE_BUF if asked.poll(0) else 0
