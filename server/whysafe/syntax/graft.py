"""The tree of an edited piece from the tree that it had: only the statements that changed are parsed.

A function of hundreds of lines costs the parser tens of milliseconds, a statement of it a fraction of one. The piece
is compared with its former text by lines, the innermost block around the difference is found by the columns of its
logical lines, and the statements that changed there are parsed by themselves. Everything else is shared with the old
tree, which is never changed. Where anything is unusual there is no graft, and the whole piece is parsed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import libcst as cst

from whysafe.syntax.graft_elements import graft_elements
from whysafe.syntax.guard import guard
from whysafe.syntax.lexer import CLOSE, COMMENT, LINE, OPEN, scan
from whysafe.syntax.source import line_starts, split_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whysafe.syntax.tables import Table

LARGEST: Final = 400_000
"""The longest text, in characters, that is grafted: what is longer is left to the guard of whole pieces."""

# What columns cannot be counted with, and what goes on behind the end of its line.
_UNUSUAL: Final = re.compile(r"[\t\f\0]|\r(?!\n)|\\\r?\n[ ]*\\|(?:\A|\n)[ ]*\\\r?\n|\\\r?\n?\Z")
_MAY_BE_UNUSUAL: Final = re.compile(r"[\t\f\0\r\\]")
_CONTINUES: Final = re.compile(r"(?:else|elif|except|finally)\b")
_ORDINARY, _DECORATOR, CONTINUATION, CLOSING = range(4)


class Line(NamedTuple):
    """Where a logical line begins (lines from 0), and what kind of word it begins with."""

    line: int
    column: int
    kind: int

    def shifted(self, lines: int) -> Line:
        return Line(self.line + lines, self.column, self.kind)


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
    """The statements of a piece after a graft, the logical lines of the piece, and the graft itself."""

    body: tuple[cst.BaseStatement, ...]
    outline: list[Line]
    graft: Graft


@dataclass(frozen=True, slots=True)
class _Block:
    """Statements of one indentation: their nodes, their logical lines as indices of the outline, and their lines."""

    nodes: Sequence[Any]
    first: int
    last: int
    start: int
    end: int
    path: tuple[str | int, ...]
    """How to come here from the node of the statement around it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Statements of a block that a change touches, from index `low` up to and without `high`; `starts` are of all."""

    block: _Block
    starts: list[int]
    low: int
    high: int


def outline(text: str) -> list[Line] | None:
    """The logical lines of a text; None where columns cannot be trusted."""
    if _MAY_BE_UNUSUAL.search(text) and _UNUSUAL.search(text):
        return None
    starts = line_starts(text)
    found: list[Line] = []
    for kind, start, first in scan(text):
        if kind == LINE:
            found.append(Line(bisect_left(starts, start), first - start, _kind(text, first)))
    return found


def _kind(text: str, first: int) -> int:
    if text[first] == "@":
        return _DECORATOR
    if text[first] in ")]}":
        return CLOSING
    return CONTINUATION if _CONTINUES.match(text, first) else _ORDINARY


@dataclass(frozen=True, slots=True)
class Refused:
    """What the parser said of a part of the piece, whereby it cannot accept the whole either."""

    error: Exception


def graft(  # noqa: PLR0913, PLR0917 - what was, and what is
    body: Sequence[cst.BaseStatement],
    before: str,
    lines: list[Line],
    after: str,
    newline: str,
    tables: Sequence[Table] = (),
) -> Grown | Refused | None:
    """The statements of a piece whose text was `before`, with these logical lines and tables, and is `after` now.

    `newline` is the default of both in the tree, where only others are noted.
    None where the change is at the outermost level, where it may change how what follows is read, or where something
    is unusual.
    """
    if max(len(before), len(after)) > LARGEST or not lines:
        return None
    old, new = split_lines(before), split_lines(after)
    first, last = _difference(old, new)
    more = len(new) - len(old)
    places = _descend(_Block(body, 0, len(lines), 0, len(old), ()), lines, first, last)
    elements = _graft_expression(places, lines, before, after, newline, tables)
    return elements or _graft_statements(places, lines, new, newline, more)


def _graft_statements(
    places: Sequence[_Place], lines: list[Line], new: Sequence[str], newline: str, more: int
) -> Grown | Refused | None:
    """A graft of the statements that changed, in the innermost block of the places where that is possible."""
    wrapper = f"if 1:{newline}"
    for depth in range(len(places) - 1, 0, -1):
        place = places[depth]
        a, b = _range(place, lines)
        text = "".join(new[a : b + more])
        column = lines[place.block.first].column
        fresh = outline(text)
        if fresh is None:
            return None
        if not fresh or any(line.column < column for line in fresh):
            continue
        if fresh[0].column != column or fresh[0].kind in {CONTINUATION, CLOSING}:
            continue
        if guard(text):
            return None
        try:
            module = cst.parse_module(wrapper + text)
        except (cst.ParserSyntaxError, UnicodeEncodeError) as error:
            return Refused(error) if _is_complete(text) else None
        except Exception:  # noqa: BLE001 - whatever it is, the whole piece is parsed then, which tells
            return None
        nodes = _wrapped(module)
        if len(nodes) != len(_statements(fresh, 0, len(fresh), column) or ()):
            return None
        low, high = place.starts[place.low], _index_after(place)
        grown = [line.shifted(a) for line in fresh]
        after_lines = [*lines[:low], *grown, *(line.shifted(more) for line in lines[high:])]
        piece = Graft(module, wrapper, text, a, b - a)
        return Grown(_rebuilt(places[: depth + 1], nodes), after_lines, piece)
    return None


def _graft_expression(  # noqa: PLR0913, PLR0917 - as above
    places: Sequence[_Place], lines: list[Line], before: str, after: str, newline: str, tables: Sequence[Table]
) -> Grown | Refused | None:
    """A graft of elements in the expression of a statement; None where that is not where the change is."""
    if not places or places[-1].high - places[-1].low != 1:
        return None
    place = places[-1]
    starts = line_starts(before)
    start, end = (starts[line] if line < len(starts) else len(before) for line in _range(place, lines))
    column = lines[place.block.first].column
    # The parser notes blanks at the start of a line as those of the block and others.
    block = f"if 1:{newline}{' ' * column}" if column else newline
    found = graft_elements(place.block.nodes[place.low], (start, end), block, before, after, tables)
    if found is None:
        return None
    if isinstance(found, Exception):
        return Refused(found)
    a, b = bisect_right(starts, found.start) - 1, bisect_left(starts, found.end)
    more = after.count("\n") - before.count("\n")
    behind = place.starts[place.low] + 1
    after_lines = [*lines[:behind], *(line.shifted(more) for line in lines[behind:])]
    unread = found.start - starts[a]
    piece = Graft(found.module, found.wrapper, found.text, a, b - a, found.tables, unread, found.rebuilt)
    return Grown(_rebuilt(places, [found.statement]), after_lines, piece)


def _difference(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """The lines of the old text that differ from the new one: from the first up to and without the last."""
    shorter = min(len(old), len(new))
    first = 0
    while first < shorter and old[first] == new[first]:
        first += 1
    same = 0
    while same < shorter - first and old[-1 - same] == new[-1 - same]:
        same += 1
    return first, len(old) - same


def _descend(block: _Block, lines: list[Line], first: int, last: int) -> list[_Place]:
    """The statements around lines of the text, from the outermost block to the innermost."""
    found: list[_Place] = []
    while True:
        starts = _statements(lines, block.first, block.last, lines[block.first].column)
        if starts is None or len(starts) != len(block.nodes):
            return found
        at = [lines[index].line for index in starts]
        at[0] = block.start
        touched = max(first if first < last else first - 1, block.start)
        low = bisect_right(at, touched) - 1
        high = max(bisect_right(at, max(last - 1, touched)), low + 1)
        place = _Place(block, starts, low, high)
        found.append(place)
        if high - low != 1:
            return found
        inner = next((b for b in _inside(place, lines) if b.start <= first and last <= b.end), None)
        if inner is None:
            return found
        block = inner


def _statements(lines: list[Line], first: int, last: int, column: int) -> list[int] | None:
    """Which logical lines begin a statement of a block; None where one does not belong there."""
    found: list[int] = []
    decorated = False
    for index in range(first, last):
        line = lines[index]
        if line.column > column:
            continue
        if line.column < column or line.kind == CLOSING:
            return None
        if line.kind != CONTINUATION and not decorated:
            found.append(index)
        decorated = line.kind == _DECORATOR
    return found


def _index_after(place: _Place) -> int:
    """The index of the logical line behind the statements of a place."""
    return place.starts[place.high] if place.high < len(place.starts) else place.block.last


def _range(place: _Place, lines: list[Line]) -> tuple[int, int]:
    """The lines of the text of a place: from its first up to and without the line behind it."""
    start = place.block.start if place.low == 0 else lines[place.starts[place.low]].line
    end = lines[place.starts[place.high]].line if place.high < len(place.starts) else place.block.end
    return start, end


def _inside(place: _Place, lines: list[Line]) -> list[_Block]:
    """The indented blocks of the statement of a place; none where they cannot be told from its lines."""
    paths = _blocks(place.block.nodes[place.low])
    column = lines[place.block.first].column
    first, last = place.starts[place.low], _index_after(place)
    _, end = _range(place, lines)
    regions: list[tuple[int, int]] = []
    index = first
    while index < last:
        if lines[index].column > column:
            begin = index
            while index < last and lines[index].column > column:
                index += 1
            regions.append((begin, index))
        else:
            index += 1
    if len(regions) != len(paths):
        return []
    return [
        _Block(block.body, begin, stop, lines[begin].line, lines[stop].line if stop < last else end, path)
        for (begin, stop), (path, block) in zip(regions, paths, strict=True)
    ]


def _blocks(node: cst.CSTNode) -> list[tuple[tuple[str | int, ...], cst.IndentedBlock]]:
    """The indented blocks of a statement in source order, and how to come to them."""
    found: list[tuple[tuple[str | int, ...], cst.IndentedBlock]] = []
    todo: list[tuple[tuple[str | int, ...], cst.CSTNode | None]] = [((), node)]
    while todo:
        path, part = todo.pop()
        if isinstance(part, cst.IndentedBlock):
            found.append((path, part))
            continue
        inner: list[tuple[tuple[str | int, ...], cst.CSTNode | None]] = []
        for name in _BODIES.get(type(part), ()):
            value = getattr(part, name)
            if name == "handlers":
                inner.extend(((*path, name, number), handler) for number, handler in enumerate(value))
            else:
                inner.append(((*path, name), value))
        todo.extend(reversed(inner))
    return found


_BODIES: Final[dict[type, tuple[str, ...]]] = {
    cst.FunctionDef: ("body",),
    cst.ClassDef: ("body",),
    cst.With: ("body",),
    cst.If: ("body", "orelse"),
    cst.For: ("body", "orelse"),
    cst.While: ("body", "orelse"),
    cst.Try: ("body", "handlers", "orelse", "finalbody"),
    cst.TryStar: ("body", "handlers", "orelse", "finalbody"),
    cst.ExceptHandler: ("body",),
    cst.ExceptStarHandler: ("body",),
    cst.Else: ("body",),
    cst.Finally: ("body",),
}


def _wrapped(module: cst.Module) -> Sequence[cst.BaseStatement]:
    """The statements that were parsed in the wrapper; none where they have left it."""
    outer = module.body[0] if len(module.body) == 1 else None
    if not isinstance(outer, cst.If) or outer.orelse is not None or not isinstance(outer.body, cst.IndentedBlock):
        return ()
    return outer.body.body


def _is_complete(text: str) -> bool:
    """Whether what follows a text is read as it would be without it: no string and no bracket is left open."""
    depth, last = 0, 0
    for kind, start, _ in scan(text + "#"):
        depth += (kind == OPEN) - (kind == CLOSE)
        last = start if kind == COMMENT else last
    return depth == 0 and last == len(text)


def _rebuilt(places: Sequence[_Place], nodes: Sequence[Any]) -> tuple[cst.BaseStatement, ...]:
    """The outermost statements with new ones in the innermost place."""
    for depth in range(len(places) - 1, 0, -1):
        place, around = places[depth], places[depth - 1]
        body = [*place.block.nodes[: place.low], *nodes, *place.block.nodes[place.high :]]
        statement = around.block.nodes[around.low]
        nodes = [_with_body(statement, place.block.path, body)]
    outermost = places[0]
    return (*outermost.block.nodes[: outermost.low], *nodes, *outermost.block.nodes[outermost.high :])


def _with_body(node: Any, path: Sequence[str | int], body: Sequence[cst.CSTNode]) -> Any:
    """The node with other statements in the block at the end of the path."""
    if not path:
        return node.with_changes(body=body)
    name, *rest = path
    value = getattr(node, str(name))
    if rest and isinstance(rest[0], int):
        number = rest[0]
        changed = [*value[:number], _with_body(value[number], rest[1:], body), *value[number + 1 :]]
        return node.with_changes(**{str(name): changed})
    return node.with_changes(**{str(name): _with_body(value, rest, body)})
