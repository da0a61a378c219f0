"""Places in a text: lines from 0, columns in code points from 0, ends exclusive.

Everything below the editors and the command line speaks these units. The command line adds one;
`lsp/convert` turns columns into the client's encoding. A line ends at LF, CR LF or CR, and at nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    line: int
    column: int

    def shifted(self, lines: int) -> Position:
        return Position(self.line + lines, self.column)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `start` up to, and without, `end`."""

    start: Position
    end: Position

    def shifted(self, lines: int) -> Span:
        return Span(self.start.shifted(lines), self.end.shifted(lines))

    def contains(self, place: Position) -> bool:
        return self.start <= place < self.end


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `span` by `text`; an empty span inserts."""

    span: Span
    text: str


def moved(where: Span, edit: Edit) -> Span | None:
    """Where a span stands after an edit: None when its start was replaced, cut short when its end was."""
    start = _moved(where.start, edit)
    if start is None:
        return None
    end = _moved(where.end, edit)
    return Span(start, max(start, _end_of(edit) if end is None else end))


def _moved(place: Position, edit: Edit) -> Position | None:
    if place < edit.span.start or (place == edit.span.start and edit.span.start < edit.span.end):
        return place
    if place < edit.span.end:
        return None
    end = _end_of(edit)
    if place.line > edit.span.end.line:
        return Position(place.line - edit.span.end.line + end.line, place.column)
    return Position(end.line, place.column - edit.span.end.column + end.column)


def _end_of(edit: Edit) -> Position:
    """Where the new text of an edit ends."""
    text = edit.text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.count("\n")
    if not lines:
        return Position(edit.span.start.line, edit.span.start.column + len(text))
    return Position(edit.span.start.line + lines, len(text) - text.rfind("\n") - 1)


def span(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(Position(line, column), Position(end_line, end_column))
