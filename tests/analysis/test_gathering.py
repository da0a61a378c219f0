"""What is put together of a document: after an edit, what has not changed is not worked out or moved again."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whysafe import answers
from whysafe.analysis import gathering, placement
from whysafe.analysis import unit as units
from whysafe.analysis.sections import Joined, Sections
from whysafe.analysis.unit import new_unit
from whysafe.checker import Document
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.split import Piece, split
from whysafe.syntax.tree import Unparsed, parse, wrapper_of
from whysafe.syntax.validity import accepts

HEAD = '''\
"""A text of several sections."""
import os
import random

RUN = os.system
'''
FUNCTIONS = [
    "\n\ndef plain{0}(x):\n    return x\n",
    "\n\ndef token{0}():\n    return random.choice('abc')\n",
    "\n\ndef run{0}(x):\n    RUN(x)  # nosec B605 trusted\n",
    "\n\ndef broken{0}(x:\n    pass\n",
    """

def answered{0}(x):
    # justified[eval-use] accepted: only a test
    #   -- me, 2026-11-20, code 00000000
    return eval(x)
""",
]
TEXT = HEAD + "".join(function.format(number) for number in range(60) for function in FUNCTIONS)
LINES = TEXT.split("\n")
KINDS = ("findings", "gaps", "blocks", "markers")


def typed(document, line, column, text):
    place = Position(line, column)
    document.edit(Edit(Span(place, place), text))
    return document.facts()


def line_of(start):
    return next(number for number, line in enumerate(LINES) if line.startswith(start))


def test_what_does_not_change_is_the_same_object():
    document = Document(TEXT)
    before = document.facts()
    assert all(len(getattr(before, kind)) >= 60 for kind in KINDS)
    after = typed(document, line_of("def plain30") + 1, 12, "1")
    assert all(getattr(after, kind) is getattr(before, kind) for kind in KINDS)


def test_what_stands_around_a_change_is_the_same_object():
    document = Document(TEXT)
    before = document.facts()
    after = typed(document, line_of("def token30") + 1, 4, "eval(x); ")
    old = set(map(id, before.findings))
    assert len([finding for finding in after.findings if id(finding) not in old]) == 2
    assert all(getattr(after, kind) is getattr(before, kind) for kind in KINDS[1:])


def test_a_new_line_moves_what_is_below_and_nothing_above():
    document = Document(TEXT)
    before = document.facts()
    line = line_of("def plain30")
    after = typed(document, line + 1, 0, "\n")
    for kind, place in (
        ("findings", lambda each: each.span),
        ("gaps", lambda each: each.span),
        ("blocks", lambda each: each.block.span),
        ("markers", lambda each: each.span),
    ):
        old, new = getattr(before, kind), getattr(after, kind)
        assert len(old) == len(new)
        for one, other in zip(old, new, strict=True):
            below = place(one).start.line > line
            assert place(other) == place(one).shifted(below)
            assert kind != "findings" or (one is other) is not below


@pytest.fixture
def work(monkeypatch):
    """How often each of the steps is taken that work something out, by name."""
    counted = Counter()

    def count(owner, name):
        function = getattr(owner, name)

        def counting(*arguments):
            counted[name] += 1
            return function(*arguments)

        monkeypatch.setattr(owner, name, counting)

    count(gathering.Gathered, "_found_in")
    count(gathering.Gathered, "_gaps_in")
    count(gathering, "_sorted_out")
    count(units, "accepts")
    count(placement, "_import_place")
    count(answers, "_markers_in")
    count(answers, "may_have_block")
    return counted


def test_of_a_keystroke_one_section_is_worked_out_and_one_unit(work):
    document = Document(TEXT)
    document.facts()
    sections = len(document.program.order.sections)
    assert sections > 8
    assert work["_found_in"] == work["_gaps_in"] == work["_markers_in"] == sections
    assert work["_import_place"] == 1
    # Some units were found not to parse while the rest of the facts was put together.
    document.facts()
    work.clear()
    typed(document, line_of("def plain30") + 1, 12, "1")
    assert work == {"_found_in": 1, "_gaps_in": 1, "_markers_in": 1, "_sorted_out": 1, "may_have_block": 1}


def test_python_is_not_asked_about_what_it_has_refused(work):
    document = Document(TEXT)
    document.facts()
    work.clear()
    facts = typed(document, line_of("def plain30") + 1, 4, "(")
    assert any(gap.span.start.line == line_of("def plain30") + 1 for gap in facts.gaps)
    assert work["accepts"] == 0


@pytest.mark.parametrize(
    "first", ["import random\n", "random = None\n", "import secrets\n", "secrets = 1\n", '"""Doc."""\n']
)
def test_the_place_of_an_import_follows_the_first_lines(first):
    document = Document(TEXT)
    document.facts()
    typed(document, 0, 0, first)
    fresh = Document(document.text).facts()
    assert document.facts() == fresh
    assert typed(document, 0, 0, "# a comment\n") == Document(document.text).facts()


def test_what_is_too_deep_is_a_gap_once_something_can_arrive_there():
    """Python takes it, so that it is none as long as nothing in it can be a finding."""
    document = Document("pass\nx = " + "(" * 150 + "system(y)" + ")" * 150 + "\n")
    assert document.facts().gaps == ()
    facts = typed(document, 0, 0, "from os import system\n")
    assert len(facts.gaps) == 1
    assert facts.gaps == Document(document.text).facts().gaps


BITS = [
    "x",
    " = ",
    "(",
    ")",
    "1",
    "\n",
    "    ",
    "def f(x):",
    "class A:",
    "if x:",
    "else:",
    ":",
    '"',
    "'''",
    "f'{x'",
    "\ufeff",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(BITS), max_size=12).map("".join))
def test_what_is_known_to_be_refused_is_refused(text):
    for piece in split(text):
        tree = parse(piece)
        if isinstance(tree, Unparsed) and tree.by_python and not piece.header and not piece.joins:
            assert not accepts(wrapper_of(piece) + piece.text)


@given(st.lists(st.lists(st.integers(), max_size=2).map(tuple), max_size=4), st.data())
def test_parts_are_joined_once(parts, data):
    joined = Joined()
    whole = joined.of(parts)
    assert whole == tuple(item for part in parts for item in part)
    assert joined.of(list(parts)) is whole
    other = data.draw(st.permutations(parts))
    assert joined.of(other) == tuple(item for part in other for item in part)


@given(st.lists(st.tuples(st.integers(0, 130), st.integers(0, 5), st.integers(0, 90)), min_size=1, max_size=12))
def test_sections_know_where_they_and_their_units_stand(replacements):
    order = Sections([unit_of(1 + number % 3) for number in range(100)])
    for start, removed, added in replacements:
        units = list(order)
        gone = units[start : start + removed]
        previous = units[min(start, len(units)) - 1] if start and units else None
        before = order.layout, [unit.piece.lines for unit in units]
        order.replace(previous, gone, [unit_of(1 + number % 2) for number in range(added)])
        line = 0
        for number, section in enumerate(order.sections):
            assert (section.number, section.first_line) == (number, line)
            line += sum(unit.piece.lines for unit in section.units)
        assert order.lines == line
        line = 0
        for unit in order:
            assert order.at(line) == (unit, line)
            assert order.line_of(unit) == line
            line += unit.piece.lines
        if order.layout == before[0]:
            assert [unit.piece.lines for unit in order] == before[1]


def unit_of(lines):
    return new_unit(Piece("x\n" * lines, (), header=False, lines=lines))


def test_a_text_that_has_none_is_not_read_for_justifications(monkeypatch):
    document = Document("x = 1\neval(x)\n")
    with monkeypatch.context() as patch:
        patch.setattr(answers.Answers, "placed", lambda _: pytest.fail("read for justifications"))
        patch.setattr(answers.Answers, "markers", lambda _: pytest.fail("read for orders of other tools"))
        assert document.facts().blocks == document.facts().markers == ()
    typed(document, 1, 0, "# justified[eval-use] accepted: it is only a test\n#   -- me, 2026-11-20, code 00000000\n")
    assert len(typed(document, 3, 7, "  # nosec").blocks) == 1
    assert len(document.facts().markers) == 1


def test_the_lines_of_a_unit_are_cut_once_for_all_its_fixes(monkeypatch):
    cut = []
    split_lines = units.split_lines
    monkeypatch.setattr(units, "split_lines", lambda text: cut.append(text) or split_lines(text))
    findings = Document("def f(x):\n" + "    assert x\n" * 50).facts().findings
    assert sum(len(finding.fixes) for finding in findings) == 50
    assert len(cut) == 1
