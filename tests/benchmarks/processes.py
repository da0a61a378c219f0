"""What the processes of a server use, as Linux tells it under /proc."""

from __future__ import annotations

import os
from pathlib import Path

PROCESSES = Path("/proc")
MEGABYTE = 1 << 20


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
