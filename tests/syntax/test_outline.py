"""Logical lines of a text, and which lines of two texts differ."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.syntax.lexer import LINE, scan
from whysafe.syntax.outline import CLOSING, CONTINUATION, DECORATOR, ORDINARY, difference, outline

PARTS = ["a\n", "b\n", "  a\n", "\n", "a", "\r\n", "f(\n", ")\n", '"""\n', "def f():\n", "f'{x\n", "# (\n"]


def test_what_a_logical_line_begins_with():
    text = "@d\ndef f(\n  a\n):\n  x\nelse:\n  e = 1\n  fine\n)\n"
    found = outline(text)
    assert [text[first:].splitlines()[0] for first in found.firsts] == [
        *("@d", "def f(", "x", "else:", "e = 1", "fine", ")")
    ]
    assert list(found.kinds) == [DECORATOR, ORDINARY, ORDINARY, CONTINUATION, ORDINARY, ORDINARY, CLOSING]
    assert [first - start for start, first in zip(found.starts, found.firsts, strict=True)] == [0, 0, 2, 0, 2, 2, 0]


@pytest.mark.parametrize(
    ("text", "torn"),
    [
        ("f(a)\n[b]\n", []),
        ("f(a\n", [1]),
        ("f(a, [\ndef g(b\nimport c\n", [5, 12]),
        ("x = f'{a\npass\n", [6]),
        ("x = f'{a:' + (\npass\n", [13]),
        ("f('(')  # (\n", []),
        (")\n", []),
    ],
)
def test_brackets_that_are_left_open(text, torn):
    assert outline(text).torn == torn


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_the_logical_lines_are_those_of_the_lexer(text):
    found = outline(text)
    assert [*zip(found.starts, found.firsts, strict=True)] == [(a, b) for kind, a, b in scan(text) if kind == LINE]
    assert len(found.kinds) == len(found.starts)
    assert all(one < other for one, other in pairwise(found.torn))


@given(*[st.lists(st.sampled_from(PARTS)).map("".join)] * 2)
def test_what_differs_is_whole_lines(before, after):
    begin, end, more = difference(before, after)
    assert begin <= end
    assert begin <= end + more
    assert before[:begin] == after[:begin]
    assert before[end:] == after[end + more :]
    assert more == len(after) - len(before)
    for text, place in ((before, begin), (before, end), (after, begin), (after, end + more)):
        assert place in {0, len(text)} or text[place - 1] == "\n"


def test_no_more_lines_differ_than_must():
    lines = [f"line {number}\n" for number in range(50)]
    for number in (0, 7, 49):
        before, place = "".join(lines), len("".join(lines[:number]))
        size = len(lines[number])
        assert difference(before, "".join([*lines[:number], "new\n", *lines[number:]])) == (place, place, 4)
        assert difference(before, "".join([*lines[:number], *lines[number + 1 :]])) == (place, place + size, -size)
        changed = "".join([*lines[:number], "new\n", *lines[number + 1 :]])
        assert difference(before, changed) == (place, place + size, 4 - size)
