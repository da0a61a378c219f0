"""Limits that a process puts on itself, where the system offers them.

They are a backstop for a worker whose parent was killed: stuck in native code it could not notice that. While the
parent lives, its deadlines come first. Loads neither libcst nor pygls.
"""

from __future__ import annotations

import contextlib
import math
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Callable

STACK_SIZES = (512 << 20, 256 << 20, 64 << 20)
RECURSION_LIMIT = 50_000
ADDRESS_SPACE = 8 << 30
PROCESSOR_SECONDS = 120

_PAGES = Path("/proc/self/statm")


def limit_memory() -> None:
    """Make an analysis that takes all memory fail with MemoryError instead of making the machine swap."""
    if sys.platform == "linux":
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            wanted = ADDRESS_SPACE if hard == resource.RLIM_INFINITY else min(ADDRESS_SPACE, hard)
            resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def allow_processor_time(seconds: int = PROCESSOR_SECONDS) -> None:
    """Let this process use so many more seconds of the processor before the system ends it.

    The system counts from the start of the process, so the limit is moved before every request.
    """
    if sys.platform != "win32":
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            wanted = math.ceil(time.process_time()) + seconds
            resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard < 0 else min(wanted, hard), hard))


def resident_bytes() -> int:
    """Memory that this process holds now; 0 where the system does not tell."""
    try:
        return int(_PAGES.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError, NameError):
        return 0


def starved_seconds(process: int) -> float:
    """Seconds for which threads of a process could have run and got no processor; 0 where the system does not tell."""
    waited = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            # Nanoseconds on a processor, nanoseconds of waiting for one, and how often.
            waited += int((thread / "schedstat").read_text(encoding="ascii").split()[1])
    return waited / 1e9


def run_with_deep_stack(work: Callable[[], None]) -> None:
    """Run `work` in a thread whose stack carries deeply nested code, and wait for it.

    Frames of Python and of native code share that stack. Systems refuse sizes at will, so smaller ones are tried.
    """
    sys.setrecursionlimit(RECURSION_LIMIT)
    for size in STACK_SIZES:
        try:
            threading.stack_size(size)
            thread = threading.Thread(target=work, name="analysis")
            thread.start()
        except (ValueError, RuntimeError):
            continue
        thread.join()
        return
    raise SystemExit("no thread with a stack of 64 MB can be started; whysafe needs that much to analyse code")
