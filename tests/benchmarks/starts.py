"""From the start of the server's process to its answer to `initialize`, and to the first diagnostics of a file."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import inputs
from client import Client
from results import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from results import Effort

    Took = list[tuple[float, float]]

STARTS_PER_ROUND = 5


def once(command: Sequence[str], text: str) -> tuple[float, float]:
    """Milliseconds from the start of the process to the answer, and to the diagnostics."""
    with tempfile.TemporaryDirectory() as folder:
        uri = (Path(folder) / "module.py").as_uri()
        client = Client(command)
        answered = client.start(Path(folder).as_uri())
        client.open(uri, 1, text)
        shown = client.last - client.began
        client.stop()
        return answered * 1000, shown * 1000


def run(effort: Effort, tell: Callable[[str], object]) -> list[Row]:
    """The rows of the table; the peer is shown for scale."""
    tell("starting the servers")
    text = inputs.lines(1_000)
    took: dict[str, Took] = {name: [] for name in inputs.servers()}
    once(inputs.servers()["whysafe"], text)  # Compiles what is not compiled yet.
    for _ in range(effort.rounds * STARTS_PER_ROUND):
        for name, command in inputs.servers().items():
            took[name].append(once(command, text))
    ours, theirs = took["whysafe"], took["ruff"]
    return [
        _row("`initialize` answered, after the start", ours, theirs, 0, (700, 400)),
        _row("first diagnostics of 1,000 lines, after the start", ours, theirs, 1, (900, 600)),
    ]


def _row(metric: str, ours: Took, theirs: Took, part: int, targets: tuple[float, float]) -> Row:
    return Row(
        metric=metric,
        peer="ruff server, for scale",
        theirs=statistics.median(pair[part] for pair in theirs),
        ours=statistics.median(pair[part] for pair in ours),
        unit="ms",
        target=targets[0],
        moonshot=targets[1],
        absolute=True,
    )
