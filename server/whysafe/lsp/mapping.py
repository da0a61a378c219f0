"""Places before and after edits: what was found in an older text is shown where it stands now.

Edits are in order, each in the coordinates of the text that the ones before it left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.lsp.documents import split
from whysafe.syntax.position import Edit, Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def end_of(edit: Edit) -> Position:
    """Where the inserted text of an edit ends, in the text after the edit."""
    lines = split(edit.text)
    start = edit.span.start
    if len(lines) == 1:
        return Position(start.line, start.column + len(lines[0]))
    return Position(start.line + len(lines) - 1, len(lines[-1]))


def after(place: Position, edit: Edit) -> Position:
    """Where a place of the text before an edit stands after it; a place in the replaced text moves to its start."""
    if place < edit.span.start:
        return place
    if place < edit.span.end:
        return edit.span.start
    return _moved(place, edit.span.end, end_of(edit))


def before(place: Position, edit: Edit) -> Position:
    """Where a place of the text after an edit stood before it; a place in the inserted text moves to its start."""
    if place < edit.span.start:
        return place
    end = end_of(edit)
    if place < end:
        return edit.span.start
    return _moved(place, end, edit.span.end)


def _moved(place: Position, origin: Position, target: Position) -> Position:
    if place.line == origin.line:
        return Position(target.line, place.column - origin.column + target.column)
    return Position(place.line - origin.line + target.line, place.column)


def position_before(place: Position, edits: Sequence[Edit]) -> Position:
    """Where a place of the text now stood before all edits."""
    for edit in reversed(edits):
        place = before(place, edit)
    return place


def span_after(span: Span, edits: Iterable[Edit]) -> Span:
    """Where a span of the text before all edits stands now. Text inserted at its edges does not join it."""
    start, end = span.start, span.end
    for edit in edits:
        start, end = after(start, edit), _end_after(end, edit)
        end = max(start, end)
    return Span(start, end)


def _end_after(place: Position, edit: Edit) -> Position:
    return place if place <= edit.span.start else after(place, edit)


def touches(edit: Edit, region: Span) -> bool:
    """Whether an edit changes a line of the region, or joins one with a line beside it."""
    return edit.span.start.line <= region.end.line and edit.span.end.line >= region.start.line


def changed_region(edits: Sequence[Edit]) -> Span | None:
    """The smallest span of the text now that holds everything that the edits inserted or left; None without edits."""
    region: Span | None = None
    for edit in edits:
        changed = Span(edit.span.start, end_of(edit))
        if region is not None:
            moved = span_after(region, (edit,))
            changed = Span(min(moved.start, changed.start), max(moved.end, changed.end))
        region = changed
    return region
