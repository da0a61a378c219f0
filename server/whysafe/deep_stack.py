"""Analysis runs in a thread with a large stack: deeply nested code needs one, and the main thread's is fixed."""

from __future__ import annotations

import contextlib
import sys
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

STACK_SIZES = (512 << 20, 256 << 20, 64 << 20)
RECURSION_LIMIT = 50_000
WATCH_SECONDS = 0.2

T = TypeVar("T")


class DeepThread:
    """A thread with a large stack that does one piece of work after the other, started when there is some.

    It does not keep the process alive, so that an interrupt ends it.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._inbox: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._outbox: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def run(self, work: Callable[[], T], watch: Callable[[threading.Thread], object] | None = None) -> T:
        """The result of `work`; what it raises is raised here.

        `watch` is called with the thread several times a second while it works. Where it answers that it has disturbed
        the thread, another one does what comes next. Raises RuntimeError where no such thread can be started.
        """
        thread = self._thread = self._thread or _started(self._inbox, self._outbox)
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(RECURSION_LIMIT)
        sound = False
        try:
            self._inbox.put(work)
            disturbed = False
            while (answer := _next(self._outbox)) is None:
                disturbed = (watch is not None and bool(watch(thread))) or disturbed
            sound = not disturbed
        finally:
            # The stack of this thread is no deeper than before.
            sys.setrecursionlimit(limit)
            if not sound:
                self.close()
        result, failure = answer
        if failure is not None:
            raise failure
        found: T = result
        return found

    def close(self) -> None:
        """Have the thread end when it is done, and begin the next work in another one."""
        if self._thread is not None:
            self._inbox.put(None)
        self._thread, self._inbox, self._outbox = None, SimpleQueue(), SimpleQueue()


def run_deep(work: Callable[[], T], watch: Callable[[threading.Thread], object] | None = None) -> T:
    """The result of `work`, run in a thread of its own; see `DeepThread.run`."""
    with contextlib.closing(DeepThread()) as thread:
        return thread.run(work, watch)


def _next(outbox: SimpleQueue[tuple[Any, BaseException | None]]) -> tuple[Any, BaseException | None] | None:
    """What comes out within a moment. With a time limit the wait can be interrupted on every system."""
    try:
        return outbox.get(timeout=WATCH_SECONDS)
    except Empty:
        return None


def _serve(inbox: SimpleQueue[Callable[[], Any] | None], outbox: SimpleQueue[tuple[Any, BaseException | None]]) -> None:
    while (work := inbox.get()) is not None:
        try:
            outbox.put((work(), None))
        except BaseException as failure:  # noqa: BLE001, PERF203  # it is raised again in the thread that waits
            outbox.put((None, failure))


def _started(*queues: SimpleQueue[Any]) -> threading.Thread:
    """A thread that serves two queues. Systems refuse stack sizes at will, so smaller ones are tried."""
    for size in STACK_SIZES:
        try:
            threading.stack_size(size)
            thread = threading.Thread(target=_serve, args=queues, name="analysis", daemon=True)
            thread.start()
        except (ValueError, RuntimeError):
            continue
        finally:
            threading.stack_size(0)
        return thread
    raise RuntimeError("no thread with a stack of 64 MB can be started; whysafe needs that much to analyse code")
