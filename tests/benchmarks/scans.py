"""Scans of large packages, beside `bandit -r`; `ruff check` for scale.

On one core, processor seconds count (of the program and of its processes), because they are the same on a busy
machine; with two processes and with the cache, the seconds that a person waits. The programs take turns.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import inputs
from results import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from results import Effort

PACKAGES = ("django", "botocore")
QUICK = ("botocore",)
PADDED_RULES = 220
WAIT_SECONDS = 900
PEER = "bandit -r"


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one run: what a person waits, and what the processors work."""

    waited: float
    worked: float


def spent(command: Sequence[str]) -> Spent:
    """Run a program to its end, and what that took. Raises RuntimeError where it fails."""
    began, before = time.perf_counter(), os.times()
    process = subprocess.run(
        list(command),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=inputs.environment(),
        timeout=WAIT_SECONDS,
        check=False,
    )
    waited, after = time.perf_counter() - began, os.times()
    # All three leave with 1 where there are findings, and with something else where they fail.
    if process.returncode not in {0, 1}:
        last = process.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise RuntimeError(f"{Path(command[0]).name} failed with status {process.returncode}: {last}")
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return Spent(waited, worked)


def in_turns(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, Spent]:
    """The medians of each program over the rounds."""
    runs: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(spent(command))
    return {
        name: Spent(statistics.median(run.waited for run in of), statistics.median(run.worked for run in of))
        for name, of in runs.items()
    }


def check(folder: Path, *options: str) -> list[str]:
    """Our command for a folder, without settings, and the exit status free of findings."""
    settled = ("--no-config", "--exit-zero", "--format", "json")
    return [sys.executable, "-m", "whysafe", "check", *settled, *options, str(folder)]


def run(effort: Effort, tell: Callable[[str], object]) -> list[Row]:
    """The rows of the table."""
    rows: list[Row] = []
    for name in QUICK if effort.quick else PACKAGES:
        tell(f"scanning {name}")
        try:
            rows += _of_package(name, inputs.package(name), effort)
        except (inputs.MissingInputError, RuntimeError) as error:
            rows.append(Row.missing(f"scan of {name}", str(error)))
    return rows


def _of_package(name: str, folder: Path, effort: Effort) -> list[Row]:
    one = ("--no-cache", "--jobs", "1")
    padded = [sys.executable, str(Path(__file__).with_name("padded_check.py")), str(PADDED_RULES)]
    commands: dict[str, Sequence[str]] = {
        PEER: [inputs.tool("bandit"), "-r", "-q", "-f", "json", str(folder)],
        "ruff check": [inputs.tool("ruff"), "check", "--isolated", "--no-cache", "--select", "S", "-q", str(folder)],
        "one": check(folder, *one),
        "padded": [*padded, *check(folder, *one)[3:]],
        "two": check(folder, "--no-cache", "--jobs", "2"),
    }
    with tempfile.TemporaryDirectory() as cache:
        commands["cached"] = check(folder, "--jobs", "1", "--cache-dir", cache)
        spent(commands["cached"])
        took = in_turns(commands, effort.rounds)
    return list(_rows(name, took))


def _rows(name: str, took: dict[str, Spent]) -> list[Row]:
    """The rows of one package."""
    peer, one, padded = took[PEER], took["one"], took["padded"]
    two, cached = took["two"], took["cached"]
    title = f"scan of {name}"
    return [
        Row.ratio(f"{title}, one core", PEER, peer.worked, one.worked, "s", 0.2, 0.1),
        Row.ratio("the same, for scale", "ruff check", took["ruff check"].worked, one.worked, "s", None, None),
        Row.ratio(f"{title}, two processes", PEER, peer.waited, two.waited, "s", 0.1, 0.05),
        Row.ratio(f"{title}, again and unchanged", PEER, peer.waited, cached.waited, "s", None, None),
        Row.ratio(f"{title}, one core, {PADDED_RULES} rules", PEER, peer.worked, padded.worked, "s", 0.2, 0.1),
    ]
