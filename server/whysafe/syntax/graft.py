"""The tree of an edited piece from the tree that it had: only the statements that changed are parsed.

A function of hundreds of lines costs the parser tens of milliseconds, a statement of it a fraction of one. The piece
is compared with its former text by lines, the innermost block around the difference is found by the columns of its
logical lines, and the statements that changed there are parsed by themselves. Everything else is shared with the old
tree, which is never changed. Where anything is unusual there is no graft, and the whole piece is parsed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import libcst as cst

from whysafe.syntax.blocks import blocks_of
from whysafe.syntax.graft_elements import graft_elements
from whysafe.syntax.guard import guard
from whysafe.syntax.outline import CLOSING, CONTINUATION, DECORATOR, FAR, ORDINARY, Change, Outline, difference, outline
from whysafe.syntax.paths import replaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whysafe.syntax.paths import Path
    from whysafe.syntax.tables import Table

LARGEST: Final = 400_000
"""The longest text, in characters, that is grafted: what is longer is left to the guard of whole pieces."""

# What columns cannot be counted with, and what goes on behind the end of its line.
_UNUSUAL_MARKS: Final = ("\t", "\f", "\0")
_UNUSUAL: Final = re.compile(r"\r(?!\n)|\\\r?\n[ ]*\\|(?:\A|\n)[ ]*\\\r?\n|\\\r?\n?\Z")
WRAPPER: Final = "if 1:\n"
"""What indented statements are parsed behind."""
_NOTHING: Final = cst.Module([])


@dataclass(frozen=True, slots=True, eq=False)
class Graft:
    """What was parsed anew: its module, the wrapper around its text, and the line of the piece on which it begins."""

    module: cst.Module
    wrapper: str
    text: str
    line: int
    replaced: int
    """How many lines of the former text it stands for."""
    tables: Sequence[Table] = ()
    """Where it is elements of a display or call: those around it, outermost first, in the text of the piece."""
    column: int = 0
    """How much of its first line was not parsed."""
    rebuilt: Sequence[tuple[cst.CSTNode, cst.CSTNode]] = ()
    """Nodes of its statement that are around it, each with the one that it was before."""


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """The statements of a piece after a graft, and the graft itself."""

    body: tuple[cst.BaseStatement, ...]
    graft: Graft


@dataclass(frozen=True, slots=True)
class _Block:
    """Statements of one indentation: their nodes, their logical lines as indices of the outline, and their offsets."""

    nodes: Sequence[Any]
    first: int
    last: int
    start: int
    end: int
    path: Path
    """How to come here from the node of the statement around it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Statements of a block that a change touches, from index `low` up to and without `high`; `starts` are of all."""

    block: _Block
    starts: list[int]
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Refused:
    """What the parser said of a part of the piece, whereby it cannot accept the whole either."""

    error: Exception
    text: str = ""
    """The part, if it consists of complete statements."""
    line: int = 0
    """The line of the piece on which it begins."""
    column: int = 0
    """Where its statements begin."""


def graft(  # noqa: PLR0913, PLR0917 - both texts, and what is known of both
    body: Sequence[cst.BaseStatement],
    before: str,
    lines: Outline,
    after: str,
    new: Outline,
    newline: str,
    tables: Sequence[Table] = (),
) -> Grown | Refused | None:
    """The statements of a piece whose text was `before`, with these logical lines, and is `after` now, with the `new`.

    `tables` are those of the former text around the place of the graft before.


    `newline` is the default of both in the tree, where only others are noted.
    None where the change is at the outermost level, where it may change how what follows is read, or where something
    is unusual.
    """
    if max(len(before), len(after)) > LARGEST or not lines.starts or is_unusual(before) or is_unusual(after):
        return None
    if FAR in lines.columns or FAR in new.columns:
        return None
    change = difference(before, after)
    places = _descend(_Block(body, 0, len(lines.starts), 0, len(before), ()), lines, change.begin, change.end)
    if new.torn:
        return _torn(places[-1], lines, after, new, change.more) if len(places) > 1 else None
    if _is_between(lines, before, change) and _is_in_step(lines, new, change):
        text = after[change.begin : change.end + change.more]
        return Grown(tuple(body), _graft_of(_NOTHING, text, before, change.begin, change.end))
    elements = _graft_expression(places, lines, before, after, newline, tables)
    return elements or _graft_statements(places, lines, before, after, new, newline, change)


def _graft_statements(  # noqa: PLR0913, PLR0917 - both texts, and what is known of both
    places: Sequence[_Place],
    lines: Outline,
    before: str,
    after: str,
    new: Outline,
    newline: str,
    change: Change,
) -> Grown | Refused | None:
    """A graft of the statements that changed, in the innermost block where that is possible."""
    put_in = _is_between(lines, before, change)
    wrapper = f"if 1:{newline}"
    for depth in range(len(places) - 1, 0, -1):
        place, begin, end = places[depth], *_range(places[depth], lines)
        column = lines.columns[place.block.first]
        low, high = _stretch(place, lines, new, change.more)
        behind = bisect_left(lines.starts, change.begin)
        if put_in and _index_after(place) == behind and _is_row(new, behind, high, column):
            # No statement is replaced: the new ones stand behind those of the place.
            place, begin, low = replace(place, low=place.high), change.begin, behind
        if not _is_row(new, low, high, column):
            continue
        text = after[begin : end + change.more]
        module = _parsed(text, wrapper)
        if not isinstance(module, cst.Module):
            return Refused(module, text, before.count("\n", 0, begin), column) if module is not None else None
        nodes = _wrapped(module)
        if len(nodes) != len(_statements(new, low, high, column) or ()):
            return None
        return Grown(_rebuilt([*places[:depth], place], nodes), _graft_of(module, text, before, begin, end, wrapper))
    return None


def _graft_expression(  # noqa: PLR0913, PLR0917 - as above
    places: Sequence[_Place], lines: Outline, before: str, after: str, newline: str, tables: Sequence[Table]
) -> Grown | Refused | None:
    """A graft of elements in the expression of a statement; None where that is not where the change is."""
    if not places or places[-1].high - places[-1].low != 1:
        return None
    place = places[-1]
    # The parser notes blanks at the start of a line as those of the block and others.
    column = lines.columns[place.block.first]
    block = f"if 1:{newline}{' ' * column}" if column else newline
    found = graft_elements(place.block.nodes[place.low], _range(place, lines), block, before, after, tables)
    if found is None:
        return None
    if isinstance(found, Exception):
        return Refused(found)
    begin = before.rfind("\n", 0, found.start) + 1
    line, replaced = before.count("\n", 0, begin), _lines_of(before, begin, found.end)
    unread = found.start - begin
    piece = Graft(found.module, found.wrapper, found.text, line, replaced, found.tables, unread, found.rebuilt)
    return Grown(_rebuilt(places, [found.statement]), piece)


def _is_between(lines: Outline, text: str, change: Change) -> bool:
    """Whether an edit replaces nothing but blank lines behind a logical line, before any that follows."""
    index = bisect_left(lines.starts, change.begin)
    if index != bisect_left(lines.starts, change.end) or not index or text[change.begin : change.end].strip():
        return False
    start = lines.starts[index - 1]
    # The lexer tells whether what stands before is complete: a logical line can begin there then.
    behind = outline(text[start : change.begin] + "x")
    return behind.starts[-1] == change.begin - start and not behind.torn


def _is_in_step(lines: Outline, new: Outline, change: Change) -> bool:
    """Whether an edit between logical lines adds none and takes none away."""
    index = bisect_left(lines.starts, change.begin)
    behind = (text.starts[index : index + 1] for text in (lines, new))
    return len(new.starts) == len(lines.starts) and all(
        there - here == change.more for here, there in zip(*behind, strict=True)
    )


def _graft_of(  # noqa: PLR0913, PLR0917 - what was parsed, and where
    module: cst.Module, text: str, before: str, begin: int, end: int, wrapper: str = WRAPPER
) -> Graft:
    """The graft of a text in the stead of these lines of the former one."""
    return Graft(module, wrapper, text, before.count("\n", 0, begin), _lines_of(before, begin, end))


def _torn(place: _Place, lines: Outline, after: str, new: Outline, more: int) -> Refused | None:
    """What the parser says of the statements in which a bracket is left open, wherever they end."""
    begin, end = _range(place, lines)
    if lines.torn or not begin <= new.torn[0] < end + more:
        return None
    text = after[begin : end + more]
    error = _parsed(text)
    if error is None or isinstance(error, cst.Module):
        return None
    return Refused(error, text, after.count("\n", 0, begin), lines.columns[place.block.first])


def _parsed(text: str, wrapper: str = WRAPPER) -> cst.Module | Exception | None:
    """Indented statements as a module, or why the parser refuses them; None where the whole piece has to tell."""
    if guard(text):
        return None
    try:
        return cst.parse_module(wrapper + text)
    except (cst.ParserSyntaxError, UnicodeEncodeError) as error:
        return error
    except Exception:  # noqa: BLE001 - whatever it is, the whole piece is parsed then, which tells
        return None


def is_unusual(text: str) -> bool:
    """Whether a text holds what columns cannot be counted with, or what goes on behind the end of its line."""
    if any(mark in text for mark in _UNUSUAL_MARKS):
        return True
    return ("\r" in text or "\\\n" in text or text.endswith("\\")) and _UNUSUAL.search(text) is not None


def _lines_of(text: str, begin: int, end: int) -> int:
    """How many lines stand between two line starts, or the last of them and the end of the text."""
    return text.count("\n", begin, end) + (end > begin and text[end - 1] != "\n")


def _descend(block: _Block, lines: Outline, first: int, last: int) -> list[_Place]:
    """The statements around a part of the text, from the outermost block to the innermost."""
    found: list[_Place] = []
    while True:
        starts = _statements(lines, block.first, block.last, lines.columns[block.first])
        if starts is None or len(starts) != len(block.nodes):
            return found
        touched = first if first < last else first - 1
        low = max(bisect_right(starts, _index_of(lines, touched)) - 1, 0)
        high = max(bisect_right(starts, _index_of(lines, max(last - 1, touched))), low + 1)
        place = _Place(block, starts, low, high)
        found.append(place)
        if high - low != 1:
            return found
        inner = next((b for b in _inside(place, lines) if b.start <= first and last <= b.end), None)
        if inner is None:
            return found
        block = inner


def _statements(lines: Outline, first: int, last: int, column: int) -> list[int] | None:
    """Which logical lines begin a statement of a block; None where one does not belong there."""
    columns = lines.columns[first:last]
    if min(columns) < column:
        return None
    found = [index for index, there in enumerate(columns, first) if there == column]
    kinds = bytes([lines.kinds[index] for index in found])
    if not any(kinds):
        return found
    if CLOSING in kinds:
        return None
    # What is decorated belongs to its decorator.
    return [
        index
        for index, kind, before in zip(found, kinds, [ORDINARY, *kinds], strict=False)
        if kind != CONTINUATION and before != DECORATOR
    ]


def _index_of(lines: Outline, offset: int) -> int:
    """The logical line that a place of the text belongs to, or the blank lines behind it."""
    return bisect_right(lines.starts, offset) - 1


def _stretch(place: _Place, lines: Outline, new: Outline, more: int) -> tuple[int, int]:
    """The logical lines of the new text in the stead of the statements of a place; none where what follows differs."""
    low, high = place.starts[place.low], _index_after(place)
    behind = high + len(new.starts) - len(lines.starts)
    if high < len(lines.starts) and (behind <= low or new.starts[behind] != lines.starts[high] + more):
        return low, low
    return low, behind


def _is_row(lines: Outline, low: int, high: int, column: int) -> bool:
    """Whether logical lines are statements of a block, and nothing that goes on beyond their ends."""
    return (
        low < high
        and lines.columns[low] == column
        and lines.kinds[low] not in {CONTINUATION, CLOSING}
        and lines.kinds[high - 1] != DECORATOR
        and min(lines.columns[low:high]) == column
    )


def _index_after(place: _Place) -> int:
    """The index of the logical line behind the statements of a place."""
    return place.starts[place.high] if place.high < len(place.starts) else place.block.last


def _range(place: _Place, lines: Outline) -> tuple[int, int]:
    """The offsets of the text of a place: from its first line up to and without the line behind it."""
    start = place.block.start if place.low == 0 else lines.starts[place.starts[place.low]]
    end = lines.starts[place.starts[place.high]] if place.high < len(place.starts) else place.block.end
    return start, end


def _inside(place: _Place, lines: Outline) -> list[_Block]:
    """The indented blocks of the statement of a place; none where they cannot be told from its lines."""
    paths = blocks_of(place.block.nodes[place.low])
    column = lines.columns[place.block.first]
    first, last = place.starts[place.low], _index_after(place)
    _, end = _range(place, lines)
    # The logical lines of the statement itself, which are its first one and those of its branches.
    own = [index for index, there in enumerate(lines.columns[first:last], first) if there <= column]
    regions = [(index + 1, stop) for index, stop in pairwise([*own, last]) if index + 1 < stop]
    if len(regions) != len(paths):
        return []
    return [
        _Block(block.body, begin, stop, lines.starts[begin], lines.starts[stop] if stop < last else end, path)
        for (begin, stop), (path, block) in zip(regions, paths, strict=True)
    ]


def _wrapped(module: cst.Module) -> Sequence[cst.BaseStatement]:
    """The statements that were parsed in the wrapper; none where they have left it."""
    outer = module.body[0] if len(module.body) == 1 else None
    if not isinstance(outer, cst.If) or outer.orelse is not None or not isinstance(outer.body, cst.IndentedBlock):
        return ()
    return outer.body.body


def _rebuilt(places: Sequence[_Place], nodes: Sequence[Any]) -> tuple[cst.BaseStatement, ...]:
    """The outermost statements with new ones in the innermost place."""
    for depth in range(len(places) - 1, 0, -1):
        place, around = places[depth], places[depth - 1]
        body = [*place.block.nodes[: place.low], *nodes, *place.block.nodes[place.high :]]
        statement = around.block.nodes[around.low]
        nodes = [replaced(statement, (*place.block.path, "body"), body)]
    outermost = places[0]
    return (*outermost.block.nodes[: outermost.low], *nodes, *outermost.block.nodes[outermost.high :])
