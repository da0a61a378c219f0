"""The texts that the client has open."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.lsp.documents import Documents, Text, blanked, difference, join_pairs, split
from whysafe.syntax.position import Edit, Position, Span, span

texts = st.text("ab é𝄞\n\r\x0c\u2028\x85\t", max_size=40)


def offset(text, place):
    """The offset of a place, straight from the definition of lines."""
    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
    return starts[place.line] + place.column


@st.composite
def edited_texts(draw):
    """A text and edits whose places lie within the text that the ones before them left."""
    text = draw(texts)
    edits, now = [], text
    for _ in range(draw(st.integers(1, 6))):
        places = []
        for _ in range(2):
            lines = split(now)
            line = draw(st.integers(0, len(lines) - 1))
            places.append(Position(line, draw(st.integers(0, len(lines[line].rstrip("\r\n"))))))
        where = Span(min(places), max(places))
        new = draw(texts)
        edits.append((where, new))
        now = now[: offset(now, where.start)] + new + now[offset(now, where.end) :]
    return text, edits, now


@given(edited_texts())
def test_edits_give_the_same_text_as_slices(case):
    before, edits, after = case
    text = Text(before)
    for where, new in edits:
        text.replace(where, new)
    assert str(text) == after
    assert text.lines == split(after)
    assert text.length == len(after)


@given(texts)
def test_lines_end_where_the_protocol_says(text):
    lines = split(text)
    assert "".join(lines) == text
    assert len(lines) == 1 + len(re.findall(r"\r\n|\r|\n", text))
    assert not lines[-1].endswith(("\n", "\r"))


@pytest.mark.parametrize(
    ("text", "where", "new", "lines"),
    [
        ("a\rb", span(1, 0, 1, 0), "\n", ["a\r\n", "b"]),
        ("a\rx\nb", span(1, 0, 1, 1), "", ["a\r\n", "b"]),
        ("a\n", span(1, 0, 1, 0), "b", ["a\n", "b"]),
        ("a\u2028b\x0cc\n", span(0, 5, 0, 5), "!", ["a\u2028b\x0cc!\n", ""]),
    ],
)
def test_line_ends_join_and_part(text, where, new, lines):
    document = Text(text)
    document.replace(where, new)
    assert document.lines == lines


def test_halves_of_a_character_become_one():
    text = Text("x = '\ud834'")
    text.replace(span(0, 6, 0, 6), "\udd1e")
    assert str(text) == "x = '𝄞'"
    assert text.length == 7
    assert join_pairs("\udd1e\ud834") == "\udd1e\ud834"


def test_revisions_grow_and_are_never_given_twice():
    documents = Documents()
    first = documents.open("untitled:a", "python", 1, "a", path=None).revision
    documents.close("untitled:a")
    assert documents.open("untitled:a", "python", 1, "a", path=None).revision > first
    assert documents.close("untitled:b") is None


def test_a_blanked_region_keeps_every_place():
    lines = ["a = 1\n", "é𝄞 = (\r\n", "\t)\n", "b"]
    text = blanked(lines, span(1, 2, 2, 0))
    assert text == "a = 1\n" + " " * 6 + "\r\n" + "  \n" + "b"
    assert len(text) == len("".join(lines))


@given(texts, texts, texts, texts)
def test_a_whole_new_text_becomes_one_edit_of_what_differs(start, old, new, end):
    text = Text(start + old + end)
    edit = difference(text, start + new + end)
    text.replace(edit.span, edit.text)
    assert str(text) == start + new + end
    assert text.lines == split(start + new + end)


def test_a_keystroke_in_a_whole_text_is_one_line():
    text = Text("a\n" * 50 + "b\n" + "c\n" * 50)
    assert difference(text, "a\n" * 50 + "bb\n" + "c\n" * 50) == Edit(span(50, 0, 51, 0), "bb\n")
