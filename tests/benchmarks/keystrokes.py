"""From a keystroke to its diagnostics, beside `ruff server`.

One client, the two servers in turns; 60 keystrokes at each of several lines, half of the typed states are invalid
Python; milliseconds from writing the change to reading the diagnostics of that version. Typing begins when the server
is done with opening, which has a line of its own in the table.
"""

from __future__ import annotations

import contextlib
import math
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import inputs
from client import Client
from processes import family, wait_until_idle, worked
from results import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from results import Effort

TYPED = ("x", " = ", "(", "1", ")", "\n")
"""Six keystrokes that make a statement; three of the six states do not parse."""
INDENT = 8
PLOTTED = (200, 1_000, 3_000, 10_000, 20_000)
QUICK = (1_000, 10_000)
OTHERS = {"_pydecimal, one class": "_pydecimal", "test_typing": "test/test_typing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds of one server with one file, over all rounds."""

    opening: list[float] = field(default_factory=list)
    strokes: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    """Of the processor, for a keystroke, one figure a round; not a number where the system does not tell."""

    @property
    def p50(self) -> float:
        return statistics.median(self.strokes)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.strokes, n=100)[98]


def change(uri: str, version: int, start: tuple[int, int], end: tuple[int, int], text: str) -> dict[str, object]:
    """The parameters of a didChange; places are lines and columns from 0, `end` is exclusive."""
    where = {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }
    return {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"range": where, "text": text}]}


def measure(command: Sequence[str], text: str, strokes: int, times: Times) -> None:
    """Open the text in a new server and type; the milliseconds are added to `times`."""
    with tempfile.TemporaryDirectory() as folder:
        uri = (Path(folder) / "module.py").as_uri()
        client = Client(command)
        client.start(Path(folder).as_uri())
        times.opening.append(client.open(uri, 1, text) * 1000)
        with contextlib.suppress(OSError):
            wait_until_idle(family(client.process.pid))
        version = 1
        before = _worked(client)
        for line in inputs.places(text):
            version = _type_at(client, uri, version, line, strokes, times)
        times.worked.append((_worked(client) - before) * 1000 / (version - 1))
        client.stop()


def _worked(client: Client) -> float:
    """Processor seconds of a server so far; not a number where the system does not tell."""
    try:
        return sum(map(worked, family(client.process.pid)))
    except OSError:
        return math.nan


def _type_at(client: Client, uri: str, version: int, line: int, strokes: int, times: Times) -> int:
    """Type at an empty line, which is empty again afterwards; the version of the document then."""

    def edit(start: int, end: int, text: str) -> float:
        nonlocal version
        version += 1
        params = change(uri, version, (line, start), (line, end), text)
        began = time.perf_counter()
        client.send("textDocument/didChange", params)
        return client.diagnostics(uri, version)[0] - began

    edit(0, 0, " " * INDENT)
    column = INDENT
    for number in range(strokes):
        key = TYPED[number % len(TYPED)]
        if key == "\n":
            seconds, column = edit(INDENT, column, ""), INDENT
        else:
            seconds, column = edit(column, column, key), column + len(key)
        times.strokes.append(seconds * 1000)
    edit(0, column, "")
    return version


def compare(text: str, effort: Effort) -> dict[str, Times]:
    """The times of each server with this text."""
    servers = inputs.servers()
    times = {name: Times() for name in servers}
    for _ in range(effort.rounds):
        for name, command in servers.items():
            measure(command, text, effort.strokes, times[name])
    return times


def run(effort: Effort, tell: Callable[[str], object]) -> tuple[list[Row], list[dict[str, float]]]:
    """The rows of the table, and the points of the plot (milliseconds over lines)."""
    by_lines: dict[int, dict[str, Times]] = {}
    for count in QUICK if effort.quick else PLOTTED:
        tell(f"keystrokes in {count:,} lines")
        by_lines[count] = compare(inputs.lines(count), effort)
    rows = _rows(by_lines)
    for title, name in {} if effort.quick else OTHERS.items():
        tell(f"keystrokes in {title}")
        rows += _of_file(title, name, effort)
    return rows, [_point(count, times) for count, times in by_lines.items()]


def _rows(by_lines: dict[int, dict[str, Times]]) -> list[Row]:
    long, short = by_lines[10_000], by_lines[1_000]
    peer = "ruff server, select S"
    return [
        Row.ratio("keystroke, p50, 10,000 lines", peer, long["ruff"].p50, long["whysafe"].p50, "ms", 0.35, 0.15),
        Row.ratio("keystroke, p99, 10,000 lines", peer, long["ruff"].p99, long["whysafe"].p99, "ms", 0.5, 0.25),
        Row.ratio("keystroke, p50, 1,000 lines", peer, short["ruff"].p50, short["whysafe"].p50, "ms", 2, 1),
        Row.ratio(
            "keystroke, p50, 10,000 lines over 1,000",
            "whysafe, 1,000 lines",
            short["whysafe"].p50,
            long["whysafe"].p50,
            "ms",
            1.3,
            1.1,
        ),
        *_processor("keystroke, 10,000 lines, time of the processor", long),
        Row.alone(
            "opening 10,000 lines, to first diagnostics", statistics.median(long["whysafe"].opening), "ms", 250, 80
        ),
    ]


def _processor(metric: str, times: dict[str, Times]) -> list[Row]:
    """How much work a keystroke is: what a busy machine does not change much."""
    theirs, ours = (statistics.median(times[name].worked) for name in ("ruff", "whysafe"))
    if math.isnan(theirs + ours):
        return []
    return [Row.ratio(metric, "ruff server, select S", theirs, ours, "ms", None, None)]


def _of_file(title: str, name: str, effort: Effort) -> list[Row]:
    try:
        times = compare(inputs.module(name), effort)
    except inputs.MissingInputError as error:
        return [Row.missing(f"keystroke, p50, {title}", str(error))]
    theirs, ours = times["ruff"], times["whysafe"]
    return [
        *_processor(f"keystroke, {title}, time of the processor", times),
        Row.ratio(f"keystroke, p50, {title}", "ruff server, select S", theirs.p50, ours.p50, "ms", None, None),
        Row.ratio(f"keystroke, p99, {title}", "ruff server, select S", theirs.p99, ours.p99, "ms", None, None),
    ]


def _point(count: int, times: dict[str, Times]) -> dict[str, float]:
    point: dict[str, float] = {"lines": count}
    for name, of in times.items():
        point |= {f"{name} p50": of.p50, f"{name} p99": of.p99, f"{name} opening": statistics.median(of.opening)}
        if not math.isnan(sum(of.worked)):
            point[f"{name} processor"] = statistics.median(of.worked)
    return point
