"""A small engine that stands in for the real one: it finds words, so that the tests say what the engine says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from whysafe.analysis.finding import Card, Confidence, Finding, Gap, InTests, Rank, Severity
from whysafe.cli.check import run_with
from whysafe.cli.main import parser
from whysafe.report import Facts
from whysafe.scanning.analysed import Analysed
from whysafe.scanning.examine import Analysis
from whysafe.syntax.position import span
from whysafe.syntax.source import split_lines

if TYPE_CHECKING:
    from collections.abc import Callable


def _card(name, severity, *aliases, **changes):
    values = {
        "family": "words",
        "title": f"{name} is used",
        "why": f"why {name} is weak",
        "abuse": "how it is abused",
        "fix": f"how {name} is fixed",
        "ask": "who can reach it?",
        "cwe": (95,),
        "rank": Rank.CONSTANT,
        "in_tests": InTests.SAME,
        "default": True,
        "bad": (),
        "good": (),
        "references": (),
    }
    return Card(name=name, severity=severity, aliases=aliases, **(values | changes))


CARDS = {
    card.name: card
    for card in (
        _card("eval-use", Severity.ERROR, "B307", "S307"),
        _card("md5-use", Severity.WARNING, "B303"),
        _card("random-use", Severity.INFORMATION, "B311"),
        _card("input-use", Severity.HINT, default=False),
    )
}
WORDS = {"eval(": "eval-use", "md5(": "md5-use", "random(": "random-use", "input(": "input-use"}


def analyse(text):
    """The stand-in: finds words; BROKEN is a region that cannot be analysed, and CRASH a defect of the engine."""
    if "CRASH" in text:
        raise RuntimeError("the engine fell over")
    findings, gaps = [], []
    for number, line in enumerate(split_lines(text)):
        for word, rule in WORDS.items():
            if word in line:
                place = span(number, line.index(word), number, line.index(word) + len(word) - 1)
                card = CARDS[rule]
                findings.append(
                    Finding(
                        rule=rule,
                        message=f"{card.title}.",
                        span=place,
                        anchor=place,
                        severity=card.severity,
                        confidence=Confidence.HIGH,
                    )
                )
        if "BROKEN" in line:
            gaps.append(Gap(span(number, 0, number, 1), "this cannot be parsed"))
    return Analysed(Facts(findings=tuple(findings), blocks=(), gaps=tuple(gaps)))


ENGINE = SimpleNamespace(cards=lambda: CARDS, analyse=analyse)


@dataclass(frozen=True, slots=True)
class Ran:
    status: int
    out: str
    err: str


@pytest.fixture
def cards():
    return CARDS


@pytest.fixture
def engine():
    return ENGINE


@pytest.fixture
def project_folder(tmp_path, monkeypatch):
    """An empty project, which is the current folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def whysafe_check(project_folder, capsys) -> Callable[..., Ran]:
    """Run `whysafe check` in the project with the stand-in engine."""

    def run(*arguments: str) -> Ran:
        assert Path.cwd() == project_folder
        status = run_with(parser().parse_args(["check", *arguments]), Analysis(load=lambda: ENGINE))
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run
