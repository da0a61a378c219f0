"""Columns of the client and of whysafe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.lsp.convert import (
    Encoding,
    choose_encoding,
    column_at,
    content_length,
    position_from_client,
    position_to_client,
    span_from_client,
    span_to_client,
    units_before,
)
from whysafe.syntax.position import Position, span

CODECS = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}
encodings = st.sampled_from(Encoding)
# Text without line ends and without halves of characters: those are joined before anything is converted.
contents = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])) | st.text("aé漢𝄞\u2028\x0c")


class Place:
    def __init__(self, line, character):
        self.line, self.character = line, character


class Range:
    def __init__(self, start, end):
        self.start, self.end = Place(*start), Place(*end)


@given(contents, encodings)
def test_units_are_those_of_the_codec(line, encoding):
    codec, width = CODECS[encoding]
    for column in range(len(line) + 1):
        assert units_before(line, column, encoding) == len(line[:column].encode(codec)) // width


@given(contents, st.sampled_from(["", "\n", "\r\n", "\r"]), encodings)
def test_every_column_survives_the_way_to_the_client_and_back(content, end, encoding):
    line = content + end
    for column in range(len(content) + 1):
        assert column_at(line, units_before(line, column, encoding), encoding) == column


@given(contents, encodings, st.integers(0, 50))
def test_a_place_inside_a_character_is_its_start(line, encoding, units):
    column = column_at(line, units, encoding)
    assert units_before(line, column, encoding) <= units
    if column < len(line):
        assert units < units_before(line, column + 1, encoding)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, Encoding.UTF16),
        ([], Encoding.UTF16),
        (["utf-8", "utf-16"], Encoding.UTF8),
        (["utf-32", "utf-8"], Encoding.UTF32),
        (["utf-7", "utf-16"], Encoding.UTF16),
        (["latin-1"], Encoding.UTF16),
    ],
)
def test_the_list_of_the_client_decides(offered, chosen):
    assert choose_encoding(offered) is chosen


@pytest.mark.parametrize(("line", "length"), [("", 0), ("a", 1), ("a\n", 1), ("a\r\n", 1), ("a\r", 1), ("a\x0c", 2)])
def test_the_content_ends_before_the_line_end(line, length):
    assert content_length(line) == length


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ((0, 99), Position(0, 2)),
        ((7, 0), Position(1, 1)),
        ((0, 2), Position(0, 1)),
        ((0, 3), Position(0, 2)),
        ((-1, 5), Position(0, 2)),
        ((0, -5), Position(0, 0)),
    ],
)
def test_a_place_outside_the_text_is_moved_into_it(place, found):
    assert position_from_client(["𝄞a\r\n", "b"], Place(*place), Encoding.UTF16) == found


def test_swapped_ends_are_read_the_right_way_round():
    found = span_from_client(["abc\n", "def"], Range((1, 1), (0, 2)), Encoding.UTF16)
    assert found == span(0, 2, 1, 1)


@pytest.mark.parametrize(("encoding", "start", "end"), [("utf-8", 9, 12), ("utf-16", 4, 7), ("utf-32", 3, 6)])
def test_wide_characters_before_a_span_are_counted(encoding, start, end):
    there = span_to_client(["é漢𝄞abc"], span(0, 3, 0, 6), Encoding(encoding))
    assert there == {"start": {"line": 0, "character": start}, "end": {"line": 0, "character": end}}


def test_a_place_behind_the_text_is_its_end():
    assert position_to_client(["a\n", "b𝄞"], Position(9, 0), Encoding.UTF16) == {"line": 1, "character": 3}
    assert position_to_client(["ab\r\n", ""], Position(0, 99), Encoding.UTF16) == {"line": 0, "character": 2}
