"""A document as a flat list of pieces: its top-level statements and the members of its classes.

The splitter is an automaton that runs over logical lines from left to right and keeps a stack of frames: the
indentation columns of the class bodies that are open, below them 0 for the top level. A boundary stands where a logical
line begins at the column of a frame. It depends on nothing but the frames, the piece before it and the first token of
its line, so an edit moves only boundaries near it, and scanning may begin again at any piece.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final, NamedTuple

from whysafe.syntax.lexer import LINE, scan
from whysafe.syntax.source import count_line_ends, line_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from whysafe.syntax.position import Edit, Position, Span

_TAB: Final = 8
_CONTINUES: Final = re.compile(r"(?:else|elif|except|finally)\b")
_CLASS: Final = re.compile(r"class\b")
_EOL: Final = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement at top level or in a class body, with the blank lines and comments that trail it.

    The first piece of a document also holds what stands before its statement. A piece that is the `header` of a class
    ends where the first member begins. `indents` are the columns of the class bodies around it, outermost first.
    """

    text: str
    indents: tuple[int, ...]
    header: bool
    lines: int


@dataclass(frozen=True, slots=True)
class Patch:
    """Replace `removed` pieces from index `first` on by `added`."""

    first: int
    removed: int
    added: tuple[Piece, ...]

    def apply(self, pieces: list[Piece]) -> None:
        pieces[self.first : self.first + self.removed] = self.added


class _Cut(NamedTuple):
    """A boundary: where a piece begins, whether the piece before it is a class header, and the frames from here on."""

    offset: int
    header_before: bool
    indents: tuple[int, ...]


def split(text: str) -> list[Piece]:
    """The pieces of `text`, broken or not; put together they are `text`. Linear, and never raises."""
    return list(_pieces(text, (), _cuts(text, (), document_start=True), len(text)))


def find_piece(pieces: Sequence[Piece], line: int) -> tuple[int, int]:
    """The index of the piece that holds `line` of the document, and the line at which that piece begins.

    A line behind the last one counts to the last piece.
    """
    starts = first_lines(pieces)
    index = max(bisect_right(starts, line) - 1, 0)
    return index, starts[index]


def first_lines(pieces: Sequence[Piece]) -> list[int]:
    """The line of the document at which each piece begins; [0] where there is none."""
    return list(accumulate((piece.lines for piece in pieces[:-1]), initial=0))


def _pieces(text: str, indents: tuple[int, ...], cuts: Iterable[_Cut], end: int) -> Iterator[Piece]:
    """The pieces of `text` between its start, the cuts and `end`; the first one has these `indents`."""
    start = 0
    for cut in cuts:
        yield _piece(text[start : cut.offset], indents, cut.header_before)
        start, indents = cut.offset, cut.indents
    if start < end:
        yield _piece(text[start:end], indents, header=False)


def _piece(text: str, indents: tuple[int, ...], header: bool) -> Piece:
    return Piece(text, indents, header, count_line_ends(text))


def _cuts(text: str, indents: tuple[int, ...], *, document_start: bool) -> Iterator[_Cut]:
    """The boundaries after the start of `text`, which is the start of a document or of a piece with these `indents`."""
    frames = [0, *indents]
    awaiting = True  # the current piece holds no statement of its frame yet: nothing, or decorators
    opens_class = False  # the last logical line began a class
    for kind, start, first in scan(text, 1 if document_start and text.startswith("\ufeff") else 0):
        if kind != LINE:
            continue
        column = _column(text[start:first]) if first > start else 0
        deeper = column > frames[-1]
        if column == frames[-1]:
            glued = awaiting or text[first] in ")]}" or _CONTINUES.match(text, first) is not None
        elif deeper:
            glued = not opens_class
            if opens_class:
                frames.append(column)
                indents = (*indents, column)
        else:
            glued = column not in frames
            if not glued:
                del frames[frames.index(column) + 1 :]
                indents = tuple(frames[1:])
        if not glued:
            yield _Cut(start, deeper, indents)
        opens_class = False
        if column == frames[-1] and (awaiting or not glued):
            awaiting = text[first] == "@"
            opens_class = _CLASS.match(text, first) is not None


def _column(blanks: str) -> int:
    """The column behind the blanks that begin a line, as CPython's tokenizer counts it.

    Tab stops are 8 wide and a form feed begins anew. Where backslashes continue a line of nothing but blanks, the first
    one that stands behind blanks decides.
    """
    column = 0
    decided = 0
    for blank in blanks:
        if blank == " ":
            column += 1
        elif blank == "\t":
            column = (column // _TAB + 1) * _TAB
        elif blank == "\f":
            column = 0
        elif blank == "\\":
            decided = decided or column
    return decided or column


def resplit(
    pieces: Sequence[Piece], edit: Edit, following: Iterable[Piece] = (), *, document_start: bool = True
) -> Patch:
    """What `edit` changes in the pieces of a document; afterwards they are those of the new text.

    Args:
        pieces: a part of the document that begins at least one piece before the edit, or with the document, and reaches
            at least to the edit's end. The indices of the patch count from here; it may reach into `following`.
        edit: its lines count from the start of `pieces`. A place behind the end of its line counts as that end, one
            behind the last line as the end of the text.
        following: the pieces that follow these; no more of them are read than are needed.
        document_start: whether the document begins with `pieces`.

    Scanning begins one piece before the edit and goes on until a boundary coincides with an old one, so the cost is
    that of the pieces that change.
    """
    if not pieces:
        return Patch(0, 0, tuple(split(edit.text)))
    starts = first_lines(pieces)
    head = max(bisect_right(starts, edit.span.start.line) - 1, 0)
    tail = max(bisect_right(starts, edit.span.end.line) - 1, head)
    first = max(head - 1, 0)
    old = list(pieces[first : tail + 1])
    text = "".join(piece.text for piece in old)
    begin, end = _offsets(text, edit.span.shifted(-starts[first]))
    changed = text[:begin] + edit.text + text[end:]
    rest = chain(pieces[tail + 1 :], following)
    added = _resync(old, rest, changed, document_start=document_start and first == 0)
    return _trimmed(first, old, added)


def _offsets(text: str, span: Span) -> tuple[int, int]:
    starts = line_starts(text)
    begin, end = (_offset(text, starts, position) for position in (span.start, span.end))
    return begin, max(begin, end)


def _offset(text: str, starts: Sequence[int], position: Position) -> int:
    if position.line >= len(starts):
        return len(text)
    start = starts[position.line]
    line_end = _EOL.search(text, start)
    return min(start + position.column, line_end.start() if line_end else len(text))


def _resync(old: list[Piece], rest: Iterator[Piece], changed: str, *, document_start: bool) -> list[Piece]:
    """The pieces of `changed`, which replaces the `old` ones, up to where they meet an old boundary.

    What has to be read of the `rest` for that, and is replaced, is put to `old`.
    """
    indents = old[0].indents
    read: list[Piece] = []
    known: dict[int, int] = {}  # where a piece that was read begins in the text, and which it is
    parts = [changed]
    size = target = len(changed)
    while True:
        target = max(2 * target, 256)
        exhausted = False
        while size < target:
            piece = next(rest, None)
            if piece is None:
                exhausted = True
                break
            known[size] = len(read)
            read.append(piece)
            parts.append(piece.text)
            size += len(piece.text)
        text = "".join(parts)
        cuts: list[_Cut] = []
        for cut in _cuts(text, indents, document_start=document_start):
            cuts.append(cut)
            met = known.get(cut.offset)
            if met is not None and read[met].indents == cut.indents:
                old.extend(read[:met])
                return list(_pieces(text, indents, cuts, cut.offset))
        if exhausted:
            old.extend(read)
            return list(_pieces(text, indents, cuts, len(text)))


def _trimmed(first: int, old: Sequence[Piece], added: Sequence[Piece]) -> Patch:
    """The patch that replaces the old pieces from index `first` on, without those at its ends that stay as they are."""
    same_end = 0
    shorter = min(len(old), len(added))
    while same_end < shorter and old[-1 - same_end] == added[-1 - same_end]:
        same_end += 1
    same = 0
    while same < shorter - same_end and old[same] == added[same]:
        same += 1
    return Patch(first + same, len(old) - same - same_end, tuple(added[same : len(added) - same_end]))
