"""Analysis runs in a thread with a large stack: deeply nested code needs one, and the main thread's is fixed."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

STACK_SIZES = (512 << 20, 256 << 20, 64 << 20)
RECURSION_LIMIT = 50_000

T = TypeVar("T")


def run_deep(work: Callable[[], T], watch: Callable[[threading.Thread], object] | None = None) -> T:
    """The result of `work`, run in a thread with a large stack; what it raises is raised here.

    Systems refuse stack sizes at will, so smaller ones are tried. The thread does not keep the process alive, so that
    an interrupt ends it. `watch` is called with the thread several times a second while it runs. Raises RuntimeError
    where no such thread can be started.
    """
    results: list[T] = []
    failures: list[BaseException] = []

    def target() -> None:
        try:
            results.append(work())
        except BaseException as failure:  # noqa: BLE001  # it is raised again in the thread that waits
            failures.append(failure)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(RECURSION_LIMIT)
    try:
        thread = _started(target)
        while thread.is_alive():
            # With a time limit the wait can be interrupted on every system.
            thread.join(0.2)
            if watch is not None and thread.is_alive():
                watch(thread)
    finally:
        # The stack of this thread is no deeper than before.
        sys.setrecursionlimit(limit)
    if failures:
        raise failures[0]
    return results[0]


def _started(target: Callable[[], None]) -> threading.Thread:
    for size in STACK_SIZES:
        try:
            threading.stack_size(size)
            thread = threading.Thread(target=target, name="analysis", daemon=True)
            thread.start()
        except (ValueError, RuntimeError):
            continue
        finally:
            threading.stack_size(0)
        return thread
    raise RuntimeError("no thread with a stack of 64 MB can be started; whysafe needs that much to analyse code")
