"""Analysis in this very process: for a few files, or where nobody wants other processes.

Nothing can end it from outside without ending the scan, so that two things bound the time of a file: an exception that
is raised in the thread of the analysis, which takes effect as soon as that runs Python code; and, much later, the
system, which ends this process where it hangs in native code.
"""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING

from whysafe.scanning.child import OvertimeError, answer, processor_seconds
from whysafe.scanning.frames import DEFECT

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from whysafe.deep_stack import DeepThread
    from whysafe.scanning.analysed import Engine

LAST_RESORT = 5
"""How many times the seconds that a file may take pass before the system ends the process."""


def analyse(
    data: bytes,
    load: Callable[[], Engine],
    thread: DeepThread,
    allowed: Callable[[int], float] = processor_seconds,
) -> tuple[bytes, bytes]:
    """The answer about the content of a file, as a process of the pool would give it, in the same time.

    `thread` does the work, and is there for more. `allowed` tells how many seconds so many bytes may take.
    """
    began, seconds = time.process_time(), allowed(len(data))

    def watch(busy: threading.Thread) -> bool:
        late = time.process_time() - began > seconds
        if late:
            _raise_in(busy)
        return late

    with _at_most(seconds * LAST_RESORT):
        try:
            return thread.run(lambda: answer(data, load), watch)
        except OvertimeError:
            why = f"the analysis took more than {seconds:.0f} s of a processor and was stopped"
            return DEFECT, f"whysafe failed on this file: {why}. This is a defect of whysafe.".encode()


def _raise_in(thread: threading.Thread) -> None:
    """Raise `OvertimeError` in a thread; done once more at every watch, should the engine have swallowed it."""
    import ctypes  # noqa: PLC0415 - it takes 10 ms to load, and a defect of the engine is what it is loaded for

    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(OvertimeError))


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Have the system end this process when it uses more time of a processor than so much from now on."""
    if sys.platform == "win32":
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(time.process_time() + seconds) + 1
    lower = all(limit == resource.RLIM_INFINITY or wanted < limit for limit in (soft, hard))
    if lower:
        resource.setrlimit(resource.RLIMIT_CPU, (wanted, hard))
    try:
        yield
    finally:
        if lower:
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
