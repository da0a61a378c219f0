"""What the processes of a server use, as Linux tells it under /proc."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PROCESSES = Path("/proc")
MEGABYTE = 1 << 20
IDLE_SECONDS = 0.5
IDLE_SHARE = 0.03
PATIENCE = 60.0


def family(process: int) -> list[int]:
    """A process and all below it, by their ids. Raises OSError where the system does not show them."""
    below = (PROCESSES / str(process) / "task" / str(process) / "children").read_text(encoding="ascii")
    return [process, *(member for child in below.split() for member in family(int(child)))]


def resident(process: int) -> float:
    """Megabytes that a process holds."""
    pages = (PROCESSES / str(process) / "statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def worked(process: int) -> float:
    """Processor seconds that a process has used, all threads together, in hundredths."""
    fields = (PROCESSES / str(process) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_idle(processes: Sequence[int]) -> None:
    """Wait until the processes do next to nothing, which they do not right after they have answered.

    Raises TimeoutError where they go on working, and OSError where the system does not tell.
    """
    end = time.monotonic() + PATIENCE
    before = sum(map(worked, processes))
    while time.monotonic() < end:
        time.sleep(IDLE_SECONDS)
        now = sum(map(worked, processes))
        if now - before <= IDLE_SHARE * IDLE_SECONDS:
            return
        before = now
    raise TimeoutError(f"the server was still working {PATIENCE:.0f} s after it had answered")
