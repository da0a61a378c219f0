"""A result is remembered: what it rests on may come back, and nothing else brings it back."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest
from whysafe.analysis import engine
from whysafe.checker import Document
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.source import decode, split_lines

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
TEXT = """\
import os


def run(x):
    os.system(x)


def go(x):
    run(x)
    eval(x)


class Runner:
    def __init__(self):
        self.call = os.system

    def start(self, x):
        self.call(x)
"""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The pieces over which the rules are run, one entry for each time."""
    found: list[object] = []
    run = engine.run

    def counting(scopes, *rest):
        found.append(scopes)
        return run(scopes, *rest)

    monkeypatch.setattr(engine, "run", counting)
    return found


def replaced(document: Document, old: str, new: str) -> None:
    """Replace what stands once in the text."""
    head, _, _ = document.text.partition(old)
    document.edit(Edit(Span(_end(head), _end(head + old)), new))
    assert [finding for finding in document.facts().findings if not finding.carried] == list(_fresh(document))


def _end(text: str) -> Position:
    return Position(text.count("\n"), len(text) - text.rfind("\n") - 1)


def _fresh(document: Document):
    return Document(document.text).facts().findings


def test_a_text_that_comes_back_costs_no_run(runs: list[object]) -> None:
    document = Document(TEXT)
    whole = document.facts()
    place = Span(Position(4, 4), Position(4, 4))
    document.edit(Edit(place, "y = ("))
    document.facts()
    runs.clear()
    document.edit(Edit(Span(Position(4, 4), Position(4, 9)), ""))
    assert document.facts() == whole
    document.edit(Edit(place, "y = 1\n    "))
    document.facts()
    runs.clear()
    document.edit(Edit(Span(Position(4, 4), Position(5, 4)), ""))
    assert document.facts() == whole
    assert not runs


def test_who_asked_is_not_run_again_when_the_answers_are_those_of_before(runs: list[object]) -> None:
    document = Document(TEXT)
    whole = document.facts()
    place = Span(Position(13, 8), Position(13, 8))
    for number in range(6):
        if number == 4:
            runs.clear()
        document.edit(Edit(place, "("))
        assert document.facts() != whole
        document.edit(Edit(Span(Position(13, 8), Position(13, 9)), ""))
        assert document.facts() == whole
    assert not runs


@pytest.mark.parametrize(
    ("away", "elsewhere"),
    [
        (("    self.call(x)", "    self.call(xy)"), ("self.call = os.system", "self.call = print")),
        (("    os.system(x)", "    os.system(xy)"), ("import os", "import os.path as os")),
        (("    eval(x)", "    eval(xy)"), ("import os", "def eval(x): pass")),
        (("    self.call(x)", "    self.call(xy)"), ("class Runner:", "class Runner(Base):")),
        (("    self.call(x)", "    self.call(xy)"), ("    def start", "class Other:\n    def start")),
    ],
)
def test_a_result_does_not_come_back_where_what_it_asked_has_changed(away, elsewhere) -> None:
    document = Document(TEXT)
    whole = document.facts().findings
    replaced(document, *away)
    replaced(document, *elsewhere)
    replaced(document, *reversed(away))
    assert document.facts().findings == _fresh(document)
    replaced(document, *reversed(elsewhere))
    assert document.facts().findings == whole


def test_a_name_is_given_on_when_what_it_rests_on_comes_back() -> None:
    """`b` is known to the gate all the time; `a` has to become known when `b` is dangerous again."""
    document = Document("b = eval\n\n\ndef f(x):\n    a(x)\n")
    document.facts()
    value = Span(Position(0, 4), Position(0, 8))
    document.edit(Edit(value, "1"))
    document.facts()
    document.edit(Edit(Span(Position(1, 0), Position(1, 0)), "a = b\n"))
    document.facts()
    document.edit(Edit(Span(Position(0, 4), Position(0, 5)), "eval"))
    assert [finding.rule for finding in document.facts().findings] == ["eval-use"]


@pytest.mark.parametrize(
    ("value", "imported"), [("CERT_NONE", "from ssl import CERT_NONE\n"), ("ssl.CERT_NONE", "import ssl\n")]
)
def test_a_library_that_is_new_wakes_what_a_pattern_finds(value: str, imported: str) -> None:
    document = Document(f"def f(x):\n    eval(x)\n    return {{'ssl_cert_reqs': {value}}}\n")
    document.facts()
    document.edit(Edit(Span(Position(0, 0), Position(0, 0)), imported))
    assert [finding.rule for finding in document.facts().findings] == ["eval-use", "ssl-verification-off"]


@pytest.mark.parametrize("name", ["subprocess.py", "tarfile.py", "tempfile.py", "ssl.py", "pickle.py"])
def test_undone_edits_leave_what_a_fresh_analysis_finds(name: str) -> None:
    """Edits are undone in any order of places, so that units come back into another document than they left."""
    rng = random.Random(name)
    document = Document(decode((LIBRARY / name).read_bytes()))
    document.facts()
    typed = [
        "(",
        '"""',
        "x = 1\n",
        "#",
        "import os\n",
        "eval(x)\n",
        "self.run = eval\n",
        "os = 1; ",
        "def run(x): pass\n",
    ]
    for _ in range(6):
        undo: list[tuple[str, Position]] = []
        for _ in range(3):
            lines = split_lines(document.text)
            number = rng.randrange(len(lines))
            place = Position(number, len(lines[number]) - len(lines[number].lstrip()))
            new = rng.choice(typed)
            document.edit(Edit(Span(place, place), new))
            document.facts()
            undo.append((new, place))
        if rng.random() < 0.5:
            undo[-1:] = []
        for new, place in reversed(undo):
            end = Position(place.line + 1, 0) if new.endswith("\n") else Position(place.line, place.column + len(new))
            document.edit(Edit(Span(place, end), ""))
            document.facts()
        found = tuple(finding for finding in document.facts().findings if not finding.carried)
        assert found == _fresh(document)


def test_who_asked_hears_of_a_change_in_what_had_given_up_its_tree() -> None:
    document = Document(TEXT)
    assert len(document.facts().findings) == 3
    document.trim(0)
    replaced(document, "def __init__(self):", "nodef __init__(self):")
    assert [finding.span.start.line for finding in document.facts().findings if not finding.carried] == [4, 9]
