"""All measurements in one run: `python tests/benchmarks/run.py`.

    --quick         one round, fewer keystrokes, one package: for a look, not for publishing
    --only NAME     one of keystrokes, scans, starts, memory; may be given more than once
    --json FILE     also write the figures, with date, machine and versions
    --plot FILE     also draw keystroke time over file length, as SVG
    --publish       write the table into the README, and figures and plot beside this file

The table compares ours with the peers side by side: figures of one run, because machines are noisy. What cannot be
measured here (a package that is not installed, a system without /proc) is said in its line and stops nothing else.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

import inputs
import keystrokes
import machine
import memory
import plot
import scans
import starts
from results import Effort, Row, markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"
NAMES = ("keystrokes", "scans", "starts", "memory")
QUICK = Effort(rounds=1, strokes=18, quick=True)


def measured(names: Sequence[str], effort: Effort) -> dict[str, Any]:
    """Rows and points, with date, machine and versions."""
    rows: list[Row] = []
    points: list[dict[str, float]] = []
    if "keystrokes" in names:
        found, points = keystrokes.run(effort, tell)
        rows += found
    for name, measure in (("scans", scans.run), ("starts", starts.run), ("memory", memory.run)):
        if name in names:
            rows += measure(effort, tell)
    return {"about": machine.described(), "rows": rows, "points": points}


def tell(text: str) -> None:
    """Say on standard error what is being measured."""
    print(text, file=sys.stderr, flush=True)


def as_json(found: dict[str, Any]) -> str:
    """The figures as JSON text."""
    plain = found["about"] | {"rows": [row.as_json() for row in found["rows"]], "points": found["points"]}
    return json.dumps(plain, indent=1) + "\n"


def with_table(readme: str, section: str) -> str:
    """The README with what stands between the markers replaced. Raises ValueError where there are none."""
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the README has no lines {BEGIN} and {END}, between which the table would go")
    return f"{head}{begin}\n{section.strip()}\n{end}{tail}"


def publish(found: dict[str, Any]) -> None:
    """Write the table into the README, and figures and plot beside this file."""
    (HERE / "results.json").write_text(as_json(found), encoding="utf-8")
    (HERE / "keystrokes.svg").write_text(drawn(found), encoding="utf-8")
    picture = "![Milliseconds from a keystroke to its diagnostics, over file length](tests/benchmarks/keystrokes.svg)"
    section = f"{markdown(found['rows'])}\n{machine.sentence(found['about'])}\n\n{picture}"
    README.write_text(with_table(README.read_text(encoding="utf-8"), section), encoding="utf-8")


def drawn(found: dict[str, Any]) -> str:
    """The plot of a run."""
    about = found["about"]
    caption = f"{about['machine']['python']}, ruff {about['versions']['ruff']}, {about['date']}"
    return plot.svg(found["points"], caption)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", choices=NAMES)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--plot", type=Path, metavar="FILE")
    parser.add_argument("--publish", action="store_true")
    options = parser.parse_args()
    names = options.only or NAMES
    if (options.plot or options.publish) and "keystrokes" not in names:
        parser.error("the plot needs the keystrokes: leave --only away, or add --only keystrokes")
    if options.publish and (options.quick or options.only):
        parser.error("only a whole run is published: leave --quick and --only away")
    try:
        found = measured(names, QUICK if options.quick else Effort())
    except inputs.MissingInputError as error:
        print(f"Nothing can be measured: {error}", file=sys.stderr)
        return 2
    print(markdown(found["rows"]))
    print(machine.sentence(found["about"]))
    if options.json:
        options.json.write_text(as_json(found), encoding="utf-8")
    if options.plot:
        options.plot.write_text(drawn(found), encoding="utf-8")
    if options.publish:
        publish(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
