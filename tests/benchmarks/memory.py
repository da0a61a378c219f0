"""Memory that the server's processes hold with 10,000 lines open."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import inputs
from client import Client
from processes import family, resident, wait_until_idle
from results import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from results import Effort


def once(command: Sequence[str], text: str) -> list[float]:
    """Megabytes of each process, the main one first, with the text open and everything done."""
    with tempfile.TemporaryDirectory() as folder:
        client = Client(command)
        client.start(Path(folder).as_uri())
        client.open((Path(folder) / "module.py").as_uri(), 1, text)
        processes = family(client.process.pid)
        wait_until_idle(processes)
        held = [resident(process) for process in processes]
        client.stop()
        return held


def run(effort: Effort, tell: Callable[[str], object]) -> list[Row]:
    """The rows of the table."""
    tell("memory")
    text = inputs.lines(10_000)
    metric = "resident memory, 10,000 lines open, both processes"
    try:
        held = [once(inputs.servers()["whysafe"], text) for _ in range(effort.rounds)]
    except OSError:
        return [Row.missing(metric, "this system does not show the memory of processes under /proc")]
    return [Row.alone(metric, statistics.median(map(sum, held)), "MB", 110, 70)]
