"""The requests of the main process as the worker takes them; its end ends the worker, during an analysis, too."""

from __future__ import annotations

import os
import select
import stat
import sys
import threading
from collections import deque
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from whysafe.lsp import messages, wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

MOST_READ = 1 << 18
"""Bytes that are taken at a time."""


class Inbox(Protocol):
    """Requests in order."""

    def empty(self) -> bool:
        """Whether nothing has come that was not taken yet."""
        ...

    def get(self, seconds: float | None = None) -> Any:
        """The next request, None at the end. Raises queue.Empty where none comes in that time."""
        ...


def inbox(reader: BinaryIO, leave: Callable[[int], object]) -> Inbox:
    """The requests in a stream; at its end, or at what is no request, `leave` is called with the exit status."""
    return (_Polled if _is_pollable(reader) else _Read)(reader, leave)


def _is_pollable(reader: BinaryIO) -> bool:
    """Whether the system is known to tell the end of the stream to whoever does not read it."""
    if sys.platform != "linux":
        return False
    try:
        mode = os.fstat(reader.fileno()).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


class _Polled:
    """Read by whoever takes them, which is a hop between threads less; a thread waits for the end and for no more."""

    def __init__(self, reader: BinaryIO, leave: Callable[[int], object]) -> None:
        self._reader = reader
        self._descriptor = descriptor = reader.fileno()
        self._leave = leave
        self._incoming = wire.Incoming()
        self._waiting: deque[Any] = deque()
        self._readable = select.poll()
        self._readable.register(descriptor, select.POLLIN)
        threading.Thread(target=self._watch, name="end of requests", daemon=True).start()

    def _watch(self) -> None:
        end = select.poll()
        # What it is always told, and nothing else.
        end.register(self._descriptor, 0)
        end.poll()
        self._leave(0)

    def empty(self) -> bool:
        return not self._waiting and not self._readable.poll(0)

    def get(self, seconds: float | None = None) -> Any:
        while not self._waiting:
            if not self._readable.poll(None if seconds is None else seconds * 1000):
                raise Empty
            try:
                data = os.read(self._descriptor, MOST_READ)
                self._waiting.extend(messages.unpack(message) for message in self._incoming.feed(data))
            except (wire.WireError, OSError) as error:
                _tell(error)
                self._leave(1)
                return None
            if not data:
                self._leave(0)
                return None
        return self._waiting.popleft()


class _Read:
    """Read by a thread, which also notices the end."""

    def __init__(self, reader: BinaryIO, leave: Callable[[int], object]) -> None:
        self._reader = reader
        self._leave = leave
        self._queue: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(target=self._read, name="requests", daemon=True).start()

    def _read(self) -> None:
        status = 0
        try:
            while (frame := wire.read_frame(self._reader)) is not None:
                self._queue.put(messages.unpack(frame))
        except (wire.WireError, OSError, ValueError) as error:
            _tell(error)
            status = 1
        finally:
            self._queue.put(None)
            self._leave(status)

    def empty(self) -> bool:
        return self._queue.empty()

    def get(self, seconds: float | None = None) -> Any:
        return self._queue.get(timeout=seconds)


def _tell(error: Exception) -> None:
    sys.stderr.write(f"whysafe worker: unreadable request: {error}\n")
