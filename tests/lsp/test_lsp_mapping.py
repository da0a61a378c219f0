"""Places before and after edits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.lsp.documents import Text, split
from whysafe.lsp.mapping import after, before, changed_region, end_of, position_before, span_after, touches
from whysafe.syntax.position import Edit, Position, Span, span

MARK = "§"
texts = st.text("ab\n", max_size=20)


def places_of(text):
    return [Position(number, column) for number, line in enumerate(split(text)) for column in range(len(line) + 1)]


@st.composite
def marked_edits(draw):
    """A text with one mark in it, and an edit that leaves the mark alone."""
    left, right = draw(texts), draw(texts)
    text = Text(left + MARK + right)
    line = next(number for number, content in enumerate(text.lines) if MARK in content)
    mark = Position(line, text.lines[line].index(MARK))
    places = sorted(draw(st.lists(st.sampled_from(places_of(str(text))), min_size=2, max_size=2)))
    places = [Position(place.line, min(place.column, len(text.lines[place.line].rstrip("\n")))) for place in places]
    where = Span(min(places), max(places))
    return text, mark, Edit(where, draw(texts))


@given(marked_edits())
def test_a_place_moves_with_the_text_around_it(case):
    text, mark, edit = case
    if edit.span.start <= mark < edit.span.end:
        assert after(mark, edit) == edit.span.start
        return
    text.replace(edit.span, edit.text)
    there = after(mark, edit)
    assert text.lines[there.line][there.column] == MARK
    assert before(there, edit) == mark


@pytest.mark.parametrize(
    ("where", "text", "result"),
    [
        (span(0, 4, 0, 4), "x", span(0, 5, 0, 9)),
        (span(0, 8, 0, 8), "x", span(0, 4, 0, 8)),
        (span(0, 6, 0, 6), "x", span(0, 4, 0, 9)),
        (span(0, 0, 0, 0), "\n", span(1, 4, 1, 8)),
        (span(0, 5, 0, 9), "", span(0, 4, 0, 5)),
        (span(0, 0, 0, 20), "y", span(0, 0, 0, 0)),
    ],
)
def test_a_span_keeps_what_stood_in_it(where, text, result):
    assert span_after(span(0, 4, 0, 8), [Edit(where, text)]) == result


def test_a_place_is_found_again_through_several_edits():
    edits = [Edit(span(0, 0, 0, 0), "a\n"), Edit(span(1, 0, 1, 0), "  ")]
    assert position_before(Position(1, 5), edits) == Position(0, 3)


def test_the_changed_region_grows_with_every_edit():
    assert changed_region([]) is None
    edits = [Edit(span(3, 0, 3, 0), "x"), Edit(span(0, 0, 0, 0), "\n"), Edit(span(6, 1, 6, 2), "")]
    assert changed_region(edits) == span(0, 0, 6, 1)


@pytest.mark.parametrize(
    ("where", "touched"),
    [(span(0, 0, 1, 0), False), (span(1, 0, 2, 0), True), (span(3, 5, 4, 0), True), (span(4, 0, 4, 0), False)],
)
def test_an_edit_touches_the_lines_of_a_region(where, touched):
    assert touches(Edit(where, ""), span(2, 3, 3, 1)) is touched


def test_the_end_of_an_edit_is_behind_its_text():
    assert end_of(Edit(span(2, 3, 2, 9), "ab")) == Position(2, 5)
    assert end_of(Edit(span(2, 3, 2, 9), "ab\r\nc")) == Position(3, 1)
