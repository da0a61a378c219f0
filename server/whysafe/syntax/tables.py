"""The displays and calls around a place of a statement, found in its text and in its tree at the same time.

A tree gives no places, and a text no nodes. What the two have in common are brackets: each node has its own, in an
order that is known, so that the brackets of the text are found in the tree by counting. Where the counts differ, or a
node is of a kind that is not known here, nothing more is found.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import libcst as cst

from whysafe.syntax.brackets import Bracket, brackets_around
from whysafe.syntax.elements import elements_of, field_of
from whysafe.syntax.paths import node_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whysafe.syntax.paths import Path


class Change(NamedTuple):
    """An edit of a text: what it was, what it is now, and the offsets of the former between which the two differ."""

    before: str
    after: str
    start: int
    end: int

    @property
    def more(self) -> int:
        """By how many characters the text has grown."""
        return len(self.after) - len(self.before)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A display, a call or strings that follow one another, in a text: what has elements that lines tell apart."""

    path: Path
    depth: int
    """How many brackets are open in it."""
    rows: Sequence[int]
    """Where rows of elements begin, as offsets: the first just behind the bracket, the others with a line."""
    before: Sequence[int]
    """How many elements stand before each row."""
    end: int
    """The offset of the closing bracket."""

    def touched(self, change: Change) -> tuple[int, int]:
        """The rows that a change within the table touches, from the first up to and without the last."""
        low = bisect_right(self.rows, change.start) - 1
        return low, max(bisect_right(self.rows, change.end), low + 1)

    def span(self, low: int, high: int) -> tuple[int, int]:
        """The offsets of rows, from one up to and without another."""
        return self.rows[low], self.rows[high] if high < len(self.rows) else self.end


class _Pair(NamedTuple):
    """A pair of brackets: around the elements of a node, around a node, or such as nobody looks into.

    `parentheses` are how many of the node's own stand further out, with this pair.
    """

    path: Path
    node: Any
    kind: int
    parentheses: int = 0


_NODE, _ELEMENTS, _PARENTHESES, _OTHER = range(4)


def tables_in_statement(statement: cst.CSTNode, start: int, end: int, change: Change) -> Iterator[Table]:
    """The tables around a change in a statement between two offsets: outermost first."""
    brackets = brackets_around(change.before[start:end], change.start - start, change.end - start)
    return _tables(statement, brackets, start)


def tables_in_row(statement: cst.CSTNode, table: Table, change: Change) -> Iterator[Table]:
    """Those around a change that stand within a table."""
    if isinstance(node_at(statement, table.path), cst.ConcatenatedString):
        return iter(())
    low, high = table.touched(change)
    start, end = table.span(low, high)
    text = f"[{change.before[start:end]}]"
    brackets = brackets_around(text, change.start - start + 1, change.end - start + 1)
    return _tables(statement, brackets[1:], start - 1, table, table.before[low])


def _tables(
    statement: cst.CSTNode, brackets: Sequence[Bracket], base: int, around: Table | None = None, first: int = 0
) -> Iterator[Table]:
    """The tables of brackets that stand in one another, in a text that begins at an offset.

    The outermost of them, which is left out, holds elements of a table from its `first` on, or is the statement's line.
    """
    path, depth = ((), 0) if around is None else (around.path, around.depth)
    node, parentheses, separate = node_at(statement, path), 0, around is not None
    for outer, bracket in pairwise(brackets):
        low, high = 0, len(outer.inner)
        if separate:
            commas = outer.inner[bracket.number]
            low, high = bisect_left(outer.inner, commas), bisect_right(outer.inner, commas)
            path = (*path, field_of(node), first + commas)
            node, parentheses = node_at(statement, path), 0
        pairs = _pairs(path, node, parentheses)
        if len(pairs) != high - low:
            return
        path, node, kind, parentheses = pairs[bracket.number - low]
        depth, first, separate = depth + (not bracket.strings), 0, kind == _ELEMENTS
        if kind == _OTHER or not _NO_VALUES.isdisjoint(path):
            return
        if separate:
            if bracket.elements != len(elements_of(node)):
                return
            yield Table(path, depth, [base + row for row in bracket.rows], bracket.before, base + bracket.end)


def _pairs(path: Path, node: Any, parentheses: int) -> list[_Pair]:
    """The outermost brackets of a node, but for so many of its own `parentheses`, in source order.

    None of them where the node holds something whose brackets are not known.
    """
    found: list[_Pair] = []
    todo: list[_Pair] = [_Pair(path, node, _NODE, parentheses)]
    while todo:
        pair = todo.pop()
        path, node, kind, parentheses = pair
        own = len(node.lpar) if isinstance(node, cst.BaseExpression) else 0
        if kind != _NODE:
            found.append(pair)
        elif own > parentheses:
            last = isinstance(node, cst.Tuple) and own == parentheses + 1
            found.append(_Pair(path, node, _ELEMENTS if last else _PARENTHESES, parentheses + 1))
        elif type(node) in _DISPLAYS or _is_plain(node):
            found.append(_Pair(path, node, _ELEMENTS))
        elif type(node) in _OTHERS:
            found.append(_Pair(path, node, _OTHER))
        elif type(node) in _PARTS:
            if type(node) in _BEHIND:
                todo.append(_Pair(path, node, _BEHIND[type(node)]))
            todo.extend(_Pair(place, part, _NODE) for place, part in reversed(_parts(path, node)))
        else:
            return []
    return found


def _is_plain(node: Any) -> bool:
    """Whether a node is strings that follow one another, none of which holds code."""
    return isinstance(node, cst.ConcatenatedString) and all(
        isinstance(part, cst.SimpleString) for part in elements_of(node)
    )


def _parts(path: Path, node: Any) -> list[tuple[Path, Any]]:
    found: list[tuple[Path, Any]] = []
    for name in _PARTS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, (list, tuple)):
            found.extend(((*path, name, number), part) for number, part in enumerate(value))
        elif value is not None:
            found.append(((*path, name), value))
    return found


_DISPLAYS: Final = frozenset((cst.Dict, cst.List, cst.Set))
_OTHERS: Final = frozenset((cst.DictComp, cst.FormattedStringExpression, cst.ListComp, cst.SetComp))
# Brackets behind the parts of a node.
_BEHIND: Final[dict[type, int]] = {cst.Call: _ELEMENTS, cst.Subscript: _OTHER}
# Where brackets stand that may not hold just any expression.
_NO_VALUES: Final = frozenset(("annotation", "target", "targets"))
# The parts of a node, or of the header of a compound statement, in which brackets may stand.
_PARTS: Final[dict[type, tuple[str, ...]]] = {
    cst.AnnAssign: ("target", "annotation", "value"),
    cst.Annotation: ("annotation",),
    cst.Arg: ("value",),
    cst.Assert: ("test", "msg"),
    cst.Assign: ("targets", "value"),
    cst.AssignTarget: ("target",),
    cst.Attribute: ("value",),
    cst.AugAssign: ("target", "value"),
    cst.Await: ("expression",),
    cst.BinaryOperation: ("left", "right"),
    cst.BooleanOperation: ("left", "right"),
    cst.Call: ("func",),
    cst.Comparison: ("left", "comparisons"),
    cst.ComparisonTarget: ("comparator",),
    cst.ConcatenatedString: ("left", "right"),
    cst.DictElement: ("key", "value"),
    cst.Element: ("value",),
    cst.Ellipsis: (),
    cst.Expr: ("value",),
    cst.Float: (),
    cst.For: ("target", "iter"),
    cst.FormattedString: ("parts",),
    cst.FormattedStringText: (),
    cst.If: ("test",),
    cst.IfExp: ("body", "test", "orelse"),
    cst.Imaginary: (),
    cst.Integer: (),
    cst.Name: (),
    cst.NamedExpr: ("target", "value"),
    cst.Raise: ("exc",),
    cst.Return: ("value",),
    cst.SimpleStatementLine: ("body",),
    cst.SimpleString: (),
    cst.StarredDictElement: ("value",),
    cst.StarredElement: ("value",),
    cst.Subscript: ("value",),
    cst.Tuple: ("elements",),
    cst.UnaryOperation: ("expression",),
    cst.While: ("test",),
}
