"""An engine of a few lines whose text says how it behaves, and a process that serves it: `python scanning_engine.py`.

Every `eval(` is a finding. CRASH ends the process, RAISE raises, SPIN never ends, EXIT leaves, and ONCE:<path> crashes
unless that file exists, which it makes.
"""

import os
import re
import signal
import sys
from pathlib import Path

from whysafe.analysis.finding import Card, Confidence, Finding, InTests, Rank, Severity
from whysafe.report import Facts
from whysafe.scanning import child
from whysafe.scanning.analysed import Analysed
from whysafe.syntax.position import span

CARD = Card(
    name="eval-used",
    family="dynamic-code",
    title="Evaluated text",
    why="Text runs as code.",
    abuse="Send code.",
    fix="Parse it.",
    ask="Who writes the text?",
    cwe=(95,),
    severity=Severity.ERROR,
    rank=Rank.CONSTANT,
    in_tests=InTests.SAME,
    default=True,
    aliases=("B307",),
    bad=("eval(text)",),
    good=("ast.literal_eval(text)",),
    references=(),
)


def cards():
    return {CARD.name: CARD}


def crash():
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)


def analyse(text):
    if "CRASH" in text:
        crash()
    if "EXIT" in text:
        os._exit(3)
    if "RAISE" in text:
        raise RuntimeError("the engine fell over")
    once = re.search(r"ONCE:(\S+)", text)
    if once and not Path(once[1]).exists():
        Path(once[1]).touch()
        crash()
    while "SPIN" in text:
        pass
    findings = []
    for number, line in enumerate(text.split("\n")):
        for found in re.finditer(r"eval\(", line):
            place = span(number, found.start(), number, found.end() - 1)
            finding = Finding(
                rule=CARD.name,
                message="text runs as code",
                span=place,
                anchor=place,
                severity=Severity.ERROR,
                confidence=Confidence.HIGH,
            )
            findings.append(finding)
    return Analysed(Facts(findings=tuple(findings), blocks=(), gaps=()))


def load():
    return sys.modules[__name__]


if __name__ == "__main__":
    child.processor_seconds = lambda _size: 1
    child.serve_on(os.dup(0), os.dup(1), load)
