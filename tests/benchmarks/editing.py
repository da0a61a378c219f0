"""An hour of editing, as fast as the server answers: `python tests/benchmarks/editing.py`.

Random keystrokes over many files through the real server: typing, deleting, new lines, pasting, commenting out,
brackets and quotes that open and close, undoing; one after the other, each when the diagnostics of the one before are
there. Shown are the memory of each process over time, the time of the last tenth of the keystrokes beside the first,
whether each file that is as it was has the diagnostics that it had, and whether any process is left behind, after the
server was asked to leave and after it was killed. The exit status is 1 where a budget is exceeded.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

import inputs
import keystrokes
import machine
from client import Client
from processes import family, resident

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FILES = (
    "argparse",
    "ast",
    "calendar",
    "codecs",
    "configparser",
    "contextlib",
    "copy",
    "dataclasses",
    "difflib",
    "enum",
    "ftplib",
    "inspect",
    "pickle",
    "shutil",
    "smtplib",
    "subprocess",
    "tarfile",
    "tempfile",
    "typing",
    "zipfile",
)
SAMPLES = 40
BURST = (10, 60)
"""Keystrokes in one file before another is edited."""
GROWTH_BUDGET = 48.0
"""Megabytes that all processes together may grow by, from the end of the first tenth to the end."""
LATENCY_BUDGET = 1.5
"""How many times the median of the first tenth the median of the last may be."""
LEAVE_SECONDS = 30.0
WARNINGS_SHOWN = 10
PASTED = (
    "def pasted(command):\n    import subprocess\n    return subprocess.run(command, shell=True)\n",
    "    if value is None:\n        raise ValueError('missing')\n",
    "import pickle\n",
    "@decorated\nclass Pasted:\n    password = 'hunter2 and more'\n",
)
TYPED = [*"abcxyz_ .,=01", "(", ")", "[", "]", "{", "}", "'", '"', '"""', ":", "#", "\\", "eval(", "\n", "\n    "]


@dataclass(slots=True)
class Text:
    """A document as the client sees it. Columns are utf-16 units, as on the wire."""

    uri: str
    original: str
    lines: list[str] = field(default_factory=list)
    version: int = 1
    first: list[Any] = field(default_factory=list)
    """The diagnostics of the original."""

    def __post_init__(self) -> None:
        self.lines = self.original.split("\n")

    def replace(self, start: tuple[int, int], end: tuple[int, int], new: str) -> dict[str, object]:
        """Apply an edit; the parameters that tell the server."""
        rows = self.lines
        head = _utf16(rows[start[0]])[: start[1] * 2].decode("utf-16-le", "replace")
        tail = _utf16(rows[end[0]])[end[1] * 2 :].decode("utf-16-le", "replace")
        rows[start[0] : end[0] + 1] = (head + new + tail).split("\n")
        self.version += 1
        return keystrokes.change(self.uri, self.version, start, end, new)

    def restore(self) -> dict[str, object]:
        """Make the text the original again."""
        last = len(self.lines) - 1
        return self.replace((0, 0), (last, len(_utf16(self.lines[last])) // 2), self.original)


def _utf16(line: str) -> bytes:
    return line.encode("utf-16-le")


def keystroke(text: Text, rng: random.Random, line: int) -> dict[str, object]:
    """One random edit at or near a line; the parameters that tell the server."""
    line = min(line, len(text.lines) - 1)
    width = len(text.lines[line])
    # Places between the halves of a pair are not for editing.
    column = rng.randint(0, width) if text.lines[line].isascii() else 0
    action = rng.random()
    if action < 0.70:
        return text.replace((line, column), (line, column), rng.choice(TYPED))
    if action < 0.82 and column:
        return text.replace((line, column - 1), (line, column), "")
    if action < 0.88 and line + 1 < len(text.lines):
        return text.replace((line, 0), (line + 1, 0), "")
    if action < 0.94:
        return text.replace((line, 0), (line, 0), "# ")
    return text.replace((line, 0), (line, 0), rng.choice(PASTED))


@dataclass(frozen=True, slots=True)
class Sample:
    """After so many keystrokes: the megabytes that each process held, the main one first."""

    keystrokes: int
    held: list[float]
    worker: int = 0
    """The process id of the worker; another one than before was started in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What was seen. Times are milliseconds."""

    times: list[float]
    samples: list[Sample]
    changed: list[str]
    """Files whose diagnostics were others at the end, although the text was that of the beginning."""
    left_after_leaving: list[int]
    left_after_killing: list[int]
    warnings: list[str] = field(default_factory=list)
    """What the server logged."""

    @property
    def restarts(self) -> int:
        """How often the worker was another one than at the sample before."""
        return sum(one.worker != next_one.worker for one, next_one in itertools.pairwise(self.samples))

    @property
    def growth(self) -> float:
        """Megabytes, from the end of the first tenth to the end."""
        tenth = next(sample for sample in self.samples if sample.keystrokes >= len(self.times) // 10)
        return sum(self.samples[-1].held) - sum(tenth.held)

    def part(self, number: int) -> list[float]:
        """The times of one of ten parts, in order."""
        size = max(len(self.times) // 10, 1)
        return sorted(self.times[number * size : (number + 1) * size])

    def faults(self) -> list[str]:
        """Which budgets are exceeded, in words."""
        first, last = statistics.median(self.part(0)), statistics.median(self.part(9))
        found = []
        if self.growth > GROWTH_BUDGET:
            found.append(f"memory grew by {self.growth:.0f} MB; the budget is {GROWTH_BUDGET:.0f}")
        if last > first * LATENCY_BUDGET:
            found.append(f"a keystroke took {last:.1f} ms at the end and {first:.1f} ms at the beginning")
        if self.changed:
            found.append(f"other diagnostics for the same text: {', '.join(self.changed)}")
        if self.left_after_leaving or self.left_after_killing:
            found.append("a process was left behind")
        return found


def session(names: Sequence[str], count: int, seed: int, tell: Callable[[str], object]) -> Session:
    """Edit so many times in files of these modules, then leave; kill a second server that is at work."""
    rng = random.Random(seed)
    times: list[float] = []
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory() as folder:
        texts = [Text((Path(folder) / f"{name}.py").as_uri(), inputs.module(name)) for name in names]
        log = Path(folder) / "server.log"
        client = Client([*inputs.servers()["whysafe"], "--log-file", str(log)])
        client.start(Path(folder).as_uri())
        for text in texts:
            client.open(text.uri, 1, text.original)
            text.first = client.items
        every = max(count // SAMPLES, 1)
        for done in _edits(client, texts, rng, count, times):
            if done % every == 0 or done == count:
                processes = family(client.process.pid)
                samples.append(Sample(done, [resident(process) for process in processes], processes[-1]))
                tell(f"{done:6} keystrokes, {' + '.join(f'{held:.0f}' for held in samples[-1].held)} MB")
        changed = [Path(text.uri).stem for text in texts if _differs(client, text)]
        processes = family(client.process.pid)
        client.stop()
        return Session(
            times=times,
            samples=samples,
            changed=changed,
            left_after_leaving=still_there(processes),
            left_after_killing=left_after_killing(texts[0]),
            warnings=log.read_text(encoding="utf-8").splitlines(),
        )


def _edits(client: Client, texts: Sequence[Text], rng: random.Random, count: int, times: list[float]) -> Any:
    """Edit, with the number of keystrokes so far after each; a text that has become too much is restored."""
    done = 0
    while done < count:
        text = rng.choice(texts)
        line = rng.randrange(len(text.lines))
        for _ in range(min(rng.randint(*BURST), count - done)):
            params = keystroke(text, rng, line)
            began = time.perf_counter()
            client.send("textDocument/didChange", params)
            times.append((client.diagnostics(text.uri, text.version)[0] - began) * 1000)
            done += 1
            yield done
        client.send("textDocument/didChange", text.restore())
        client.diagnostics(text.uri, text.version)


def _differs(client: Client, text: Text) -> bool:
    """Whether the original text, after all the editing, has other diagnostics than at the beginning."""
    client.send("textDocument/didChange", text.restore())
    return _plain(client.diagnostics(text.uri, text.version)[1]) != _plain(text.first)


def _plain(items: Sequence[dict[str, Any]]) -> list[str]:
    """Diagnostics without what belongs to one version of the text."""
    return sorted(json.dumps({**item, "data": None}, sort_keys=True) for item in items)


def left_after_killing(text: Text) -> list[int]:
    """Kill a server's main process while it analyses; the processes that do not end by themselves."""
    client = Client(inputs.servers()["whysafe"])
    client.start("file:///")
    client.open(text.uri, 1, text.original)
    processes = family(client.process.pid)
    client.send("textDocument/didChange", Text(text.uri, text.original).replace((0, 0), (0, 0), "x = 1\n" * 20_000))
    client.process.send_signal(signal.SIGKILL)
    client.process.wait(LEAVE_SECONDS)
    return still_there(processes)


def still_there(processes: Sequence[int]) -> list[int]:
    """Those that have not ended when the patience is over."""
    end = time.monotonic() + LEAVE_SECONDS
    left = list(processes)
    while left and time.monotonic() < end:
        left = [process for process in left if is_alive(process)]
        time.sleep(0.02)
    return left


def is_alive(process: int) -> bool:
    """Whether a process exists and is more than the exit status of one that has ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def words(of: Session) -> str:
    """The figures, for people."""
    lines = ["| | p50 | p99 |", "| --- | --- | --- |"]
    for number, name in ((0, "first tenth"), (9, "last tenth")):
        part = of.part(number)
        lines.append(f"| {name} | {statistics.median(part):.2f} ms | {part[len(part) * 99 // 100]:.2f} ms |")
    tenth = next(sample for sample in of.samples if sample.keystrokes >= len(of.times) // 10)
    for sample, name in ((tenth, "after a tenth"), (of.samples[-1], "at the end")):
        held = " + ".join(f"{part:.0f}" for part in sample.held)
        lines.append(f"Memory {name}: {held} = {sum(sample.held):.0f} MB")
    lines.append(f"Workers that were replaced: {of.restarts}; lines in the log: {len(of.warnings)}")
    lines += of.warnings[:WARNINGS_SHOWN]
    lines.append(f"Most: {max(sum(sample.held) for sample in of.samples):.0f} MB; growth: {of.growth:.0f} MB")
    return "\n".join([*lines, *(of.faults() or ["No budget is exceeded, and no process is left."])])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keystrokes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    if not Path("/proc/self/statm").exists():
        print("This needs a system that shows the memory of processes under /proc.", file=sys.stderr)
        return 2
    found = session(FILES, options.keystrokes, options.seed, lambda text: print(text, file=sys.stderr, flush=True))
    print(words(found))
    if options.json:
        figures = {**machine.described(), **asdict(found), "faults": found.faults()}
        options.json.write_text(json.dumps(figures) + "\n", encoding="utf-8")
    return 1 if found.faults() else 0


if __name__ == "__main__":
    sys.exit(main())
