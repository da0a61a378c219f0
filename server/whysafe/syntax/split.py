"""A document as a flat list of pieces: its top-level statements and the members of its classes.

A compound statement around definitions (`if sys.platform == "win32":` above methods) is no piece but a frame, as a
class is, so that a piece is never larger than one function, or than one statement that holds no definitions.

The splitter is an automaton that runs over logical lines from left to right and keeps a stack of frames: the
indentation columns of the bodies that are open, below them 0 for the top level. A boundary stands where a logical line
begins at the column of a frame. It depends on nothing but the frames, the piece before it and the first token of its
line, so an edit moves only boundaries near it, and scanning may begin again at any piece.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final, NamedTuple

from whysafe.syntax.lexer import logical_lines
from whysafe.syntax.outline import Change, Outline, continues, outline, redraw
from whysafe.syntax.source import count_line_ends, line_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from whysafe.syntax.lexer import LogicalLines
    from whysafe.syntax.position import Edit, Position, Span

_TAB: Final = 8
_DEFINITION: Final = re.compile(r"@|(?:async[ \t]+)?def\b|class\b")
_COMPOUND: Final = re.compile(r"(?:async[ \t]+)?(if|elif|else|for|while|with)\b|class\b")

CLASS: Final = "c"
# A compound statement around definitions, by what may follow its body.
_BRANCH, _LOOP, _PLAIN = "b", "l", "p"
_KINDS: Final = {
    "class": CLASS,
    "if": _BRANCH,
    "elif": _BRANCH,
    "for": _LOOP,
    "while": _LOOP,
    "with": _PLAIN,
    "else": _PLAIN,
}
_JOINS: Final = {_BRANCH: re.compile(r"(?:else|elif)\b"), _LOOP: re.compile(r"else\b")}
_EOL: Final = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement at top level or in a frame, with the blank lines and comments that trail it.

    The first piece of a document also holds what stands before its statement. A piece that is the `header` of a frame
    ends where the first member begins. `indents` are the columns of the frames around it, outermost first, and `kinds`
    a letter for each: `CLASS`, or that of a compound statement. A piece that `joins` is an `elif` or `else` that
    belongs to the compound statement above.
    """

    text: str
    indents: tuple[int, ...]
    header: bool
    lines: int
    kinds: str = ""
    joins: bool = False
    outlines: list[Outline] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def outline(self) -> Outline:
        """The logical lines, which are read when they are needed first."""
        if not self.outlines:
            self.outlines.append(outline(self.text))
        return self.outlines[0]

    def knows(self, lines: Outline) -> Piece:
        """The piece itself, whose logical lines need not be read any more."""
        self.outlines[:] = [lines]
        return self

    @property
    def in_class(self) -> bool:
        return CLASS in self.kinds

    @property
    def class_depth(self) -> int:
        """How many frames there are up to and with the innermost class."""
        return self.kinds.rfind(CLASS) + 1


@dataclass(frozen=True, slots=True)
class Patch:
    """Replace `removed` pieces from index `first` on by `added`."""

    first: int
    removed: int
    added: tuple[Piece, ...]

    def apply(self, pieces: list[Piece]) -> None:
        pieces[self.first : self.first + self.removed] = self.added


class _Cut(NamedTuple):
    """A boundary: where a piece begins, whether the piece before it is a header, and what holds from here on."""

    offset: int
    header_before: bool
    indents: tuple[int, ...]
    kinds: str
    joins: bool


def split(text: str, lines: LogicalLines | None = None) -> list[Piece]:
    """The pieces of `text`, broken or not; put together they are `text`. Linear, and never raises.

    `lines` are its logical lines as the lexer finds them, if somebody knows them already.
    """
    return list(_pieces(text, _START, _cuts(text, _START, lines, document_start=True), len(text)))


def first_lines(pieces: Sequence[Piece]) -> list[int]:
    """The line of the document at which each piece begins; [0] where there is none."""
    return list(accumulate((piece.lines for piece in pieces[:-1]), initial=0))


def _pieces(text: str, first: Piece, cuts: Iterable[_Cut], end: int) -> Iterator[Piece]:
    """The pieces of `text` between its start, the cuts and `end`; the first one stands where `first` does."""
    start, indents, kinds, joins = 0, first.indents, first.kinds, first.joins
    for cut in cuts:
        yield _piece(text[start : cut.offset], indents, kinds, header=cut.header_before, joins=joins)
        start, _, indents, kinds, joins = cut
    if start < end:
        yield _piece(text[start:end], indents, kinds, header=False, joins=joins)


def _piece(text: str, indents: tuple[int, ...], kinds: str, *, header: bool, joins: bool) -> Piece:
    return Piece(text, indents, header, count_line_ends(text), kinds, joins)


_START: Final = Piece("", (), header=False, lines=0)


def _cuts(text: str, piece: Piece, lines: LogicalLines | None = None, *, document_start: bool) -> Iterator[_Cut]:
    """The boundaries after the start of `text`, which is the start of a document or stands where `piece` does."""
    frames = [0, *piece.indents]
    indents, kinds = piece.indents, piece.kinds
    awaiting = True  # the current piece holds no statement of its frame yet: nothing, or decorators
    opens = ""  # the kind of the frame that the last logical line may have begun
    columns: dict[str, int] = {}
    marked = document_start and text.startswith("\ufeff")
    known = logical_lines(text, int(marked)) if lines is None or marked else zip(*lines, strict=True)
    for start, first in known:
        blanks = text[start:first]
        column = columns.get(blanks)
        if column is None:
            column = columns[blanks] = _column(blanks)
        if column > frames[-1] and not opens:
            continue  # It goes on with the piece, whatever it says.
        joins = False
        deeper = column > frames[-1]
        glued = _is_glued(text, first, column, frames, (awaiting, opens))
        if not glued:
            if deeper:
                frames.append(column)
                indents, kinds = (*indents, column), kinds + opens
            elif column < frames[-1]:
                left = kinds[frames.index(column)]
                joins = left in _JOINS and _JOINS[left].match(text, first) is not None
                del frames[frames.index(column) + 1 :]
                indents = tuple(frames[1:])
                kinds = kinds[: len(indents)]
            yield _Cut(start, deeper, indents, kinds, joins)
        begins = column == frames[-1] and (awaiting or not glued)
        awaiting, opens = _next_state(text, first, begins=begins, awaiting=awaiting)


def _is_glued(text: str, first: int, column: int, frames: Sequence[int], state: tuple[bool, str]) -> bool:
    """Whether a logical line goes on with the piece before it."""
    awaiting, opens = state
    if column == frames[-1]:
        return awaiting or text[first] in ")]}" or continues(text, first)
    if column > frames[-1]:
        return not opens or (opens != CLASS and _DEFINITION.match(text, first) is None)
    return column not in frames


def _opened(text: str, first: int) -> str:
    """The kind of the frame that a logical line begins, if definitions follow in its body; empty where none can."""
    compound = _COMPOUND.match(text, first)
    return _KINDS[compound.group(1) or "class"] if compound else ""


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

    Scanning begins with the edited piece, or one before it where its first line changes, and goes on until a boundary
    coincides with an old one, so the cost is that of the pieces that change.
    """
    if not pieces:
        return Patch(0, 0, tuple(split(edit.text)))
    starts = first_lines(pieces)
    head = max(bisect_right(starts, edit.span.start.line) - 1, 0)
    tail = max(bisect_right(starts, edit.span.end.line) - 1, head)
    # A piece is told from the one before it by its first line alone. Behind the last line is the end of that line.
    line = min(edit.span.start.line, starts[head] + pieces[head].lines)
    keeps_its_start = line > starts[head] and pieces[head].text.lstrip(" \t\f")[:1] not in {"\\", ""}
    first = head if keeps_its_start else max(head - 1, 0)
    old = list(pieces[first : tail + 1])
    text = "".join(piece.text for piece in old)
    begin, end = _offsets(text, edit.span.shifted(-starts[first]))
    changed = text[:begin] + edit.text + text[end:]
    rest = chain(pieces[tail + 1 :], following)
    if first == tail:
        after = next(rest, None)
        piece = _edited(old[0], Change(begin, end, len(changed) - len(text)), changed, after)
        if piece is not None:
            return _trimmed(first, old, [piece])
        rest = rest if after is None else chain((after,), rest)
    added = _resync(old, rest, changed, document_start=document_start and first == 0)
    return _trimmed(first, old, added)


def _edited(piece: Piece, change: Change, text: str, after: Piece | None) -> Piece | None:
    """A piece whose text an edit has changed, from the logical lines that it changes; `after` stands behind the piece.

    None where the edit may change its first line, or where it ends and what the piece behind it is.
    """
    following = "" if after is None else after.text.partition("\n")[0] + "\n"
    line = max(text.rfind(mark, 0, change.begin) for mark in "\r\n") + 1
    known = piece.outline
    low = bisect_left(known.starts, line) - 1
    while low >= 0 and known.firsts[low] >= line:
        low -= 1
    if low < 0 or piece.text.startswith("\ufeff") or following.lstrip(" \t\f").startswith("\\"):
        return None
    drawn = redraw(known, low, change, text, following)
    if drawn is None:
        return None
    frames = (0, *piece.indents)
    state = _state(piece, low)
    lines = drawn.outline
    for start, first in zip(lines.starts[low : drawn.high], lines.firsts[low : drawn.high], strict=True):
        column = _column(text[start:first])
        if not _is_glued(text, first, column, frames, state):
            return None
        state = _next_state(text, first, begins=state[0] and column == frames[-1], awaiting=state[0])
    if state != _state(piece, drawn.former_high):
        return None
    return _piece(text, piece.indents, piece.kinds, header=piece.header, joins=piece.joins).knows(lines)


def _state(piece: Piece, index: int) -> tuple[bool, str]:
    """Whether a piece still awaits its statement before the logical line `index`, and which frame that may begin."""
    column = piece.indents[-1] if piece.indents else 0
    awaiting, opens = True, ""
    for start, first in zip(piece.outline.starts[:index], piece.outline.firsts, strict=False):
        if not awaiting and not opens:
            break
        begins = awaiting and _column(piece.text[start:first]) == column
        awaiting, opens = _next_state(piece.text, first, begins=begins, awaiting=awaiting)
    return awaiting, opens


def _next_state(text: str, first: int, *, begins: bool, awaiting: bool) -> tuple[bool, str]:
    """The same after a logical line, which `begins` a statement or a decorator of the piece, or does not."""
    return (text[first] == "@", _opened(text, first)) if begins else (awaiting, "")


def _offsets(text: str, span: Span) -> tuple[int, int]:
    begin, end = (_offset(text, position) for position in (span.start, span.end))
    return begin, max(begin, end)


def _offset(text: str, position: Position) -> int:
    start = line_start(text, position.line)
    line_end = _EOL.search(text, start)
    return min(start + position.column, line_end.start() if line_end else len(text))


def _resync(old: list[Piece], rest: Iterator[Piece], changed: str, *, document_start: bool) -> list[Piece]:
    """The pieces of `changed`, which replaces the `old` ones, up to where they meet an old boundary.

    What has to be read of the `rest` for that, and is replaced, is put to `old`.
    """
    start = old[0]
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
        for cut in _cuts(text, start, document_start=document_start):
            cuts.append(cut)
            met = known.get(cut.offset)
            if met is not None and _stands_as(read[met], cut):
                old.extend(read[:met])
                return list(_pieces(text, start, cuts, cut.offset))
        if exhausted:
            old.extend(read)
            return list(_pieces(text, start, cuts, len(text)))


def _stands_as(piece: Piece, cut: _Cut) -> bool:
    return (piece.indents, piece.kinds, piece.joins) == (cut.indents, cut.kinds, cut.joins)


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
