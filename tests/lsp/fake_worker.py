"""A worker with an engine of a few lines, whose text says how it behaves; started by tests as a process of its own.

Every `eval(` is a finding. HANG makes the analysis hang, CRASH ends the process, RAISE raises, and WRONG damages the
text that the engine keeps.
"""

import os
import re
import sys
import threading

from whysafe.analysis.finding import Card, Confidence, Finding, Fix, InTests, Rank, Severity
from whysafe.lsp import messages, worker_main
from whysafe.lsp.documents import Text
from whysafe.report import Facts
from whysafe.syntax.position import Edit, span

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


class Document:
    def __init__(self, text):
        self._text = Text(text)

    @property
    def length(self):
        return len(str(self._text))

    def __str__(self):
        return str(self._text)

    @property
    def grown(self):
        return len(self._text.lines)

    def fill(self):
        if "CRASH IN A PAUSE" in str(self):
            os._exit(9)
        return False

    def trim(self, lines):
        raise AssertionError(lines)

    def edit(self, edit):
        self._text.replace(edit.span, edit.text)

    def facts(self):
        text = str(self._text)
        if "HANG" in text:
            threading.Event().wait()
        if "CRASH" in text.replace("CRASH IN A PAUSE", ""):
            os._exit(7)
        if "RAISE" in text:
            raise RecursionError("too deep")
        if "WRONG" in text:
            self._text = Text(text + " ")
        findings = []
        for number, line in enumerate(self._text.lines):
            for found in re.finditer(r"eval(?=\()", line):
                place = span(number, found.start(), number, found.end())
                fix = Fix("Use ast.literal_eval", (Edit(place, "ast.literal_eval"),), safe=True)
                findings.append(
                    Finding(
                        rule="eval-used",
                        message="`eval` runs text.",
                        span=place,
                        anchor=place,
                        severity=Severity.ERROR,
                        confidence=Confidence.HIGH,
                        fixes=(fix,),
                    )
                )
        return Facts(findings=tuple(findings), blocks=(), gaps=(), test_like=False)


class Engine:
    @staticmethod
    def cards():
        return {CARD.name: CARD}

    @staticmethod
    def open(text):
        return Document(text)

    @staticmethod
    def write(document, request):
        for order in request.orders:
            if "REFUSE" in str(document):
                yield messages.Outcome(refusal="not here")
                continue
            line = order.place.line
            edit = Edit(span(line, 0, line, 0), f"# {order.task} {order.rule} {order.decision}\n")
            yield messages.Outcome(edits=(edit,), snippet="# ${1:reason}\n")


if __name__ == "__main__":
    if "never-ready" in sys.argv:
        threading.Event().wait()
    if "exit-at-once" in sys.argv:
        sys.exit(3)
    worker_main.serve(sys.stdin.buffer, sys.stdout.buffer, Engine())
