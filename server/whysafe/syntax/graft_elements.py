"""The tree of an edited statement from the tree that it had: only the elements of a display or call that changed.

A table of thousands of lines is one expression, and costs the parser tens of microseconds a line. The elements on the
lines that changed are parsed between brackets of the same kind, and all others are shared with the old tree, which is
never changed. Where anything is unusual, nothing is said.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import libcst as cst

from whysafe.syntax.brackets import Bracket, brackets_around
from whysafe.syntax.guard import STRINGS, guard
from whysafe.syntax.tables import (
    Change,
    Path,
    Table,
    elements_of,
    node_at,
    tables_in_row,
    tables_in_statement,
    with_elements,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHORTEST: Final = 10
"""The shortest statement, in lines, that is taken apart: others are parsed as quickly as their brackets are read."""

# What the parser may read otherwise than the lexer does, and what goes on behind the last line.
_UNUSUAL: Final = re.compile(r"[\f\0]|\r(?!\n)|\\\r?\n?\Z")

# What the parser passes over between elements.
_BLANK: Final = re.compile(r"(?:[ \t]|\\\r?\n|(?:\#[^\r\n]*)?\r?\n)*")

# The first element keeps those behind it from being the only one, which is read in other ways.
_WRAPPERS: Final[dict[type, tuple[str, str, str]]] = {
    cst.Call: ("_(", "0,\n", ")"),
    cst.Dict: ("_ = {", "0: 0,\n", "}"),
    cst.List: ("_ = [", "0,\n", "]"),
    cst.Set: ("_ = {", "0,\n", "}"),
    cst.Tuple: ("_ = (", "0,\n", ")"),
}
_STRINGS: Final = ("_ = (", "''\n", ")")
_BYTES: Final = ("_ = (", "b''\n", ")")


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """A statement with new elements, and what was parsed for them: a text behind a wrapper.

    The text stands for the former one from `start` to `end`; blanks before it stand for what else is on its line.
    """

    statement: Any
    module: cst.Module
    wrapper: str
    text: str
    start: int
    end: int
    tables: tuple[Table, ...]
    """The tables around the elements, outermost first, as they are in the new text."""
    rebuilt: tuple[tuple[cst.CSTNode, cst.CSTNode], ...]
    """The statement and the nodes in it that are around the elements, each with the one that it was before."""


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows of a table that an edit touches: their offsets in the former text, and their new text as it is read."""

    low: int
    high: int
    start: int
    end: int
    wrapper: str
    text: str
    closing: str
    column: int
    """How many blanks were put before the text."""
    bracket: Bracket
    """The one around the text and the wrapper before it."""


def graft_elements(  # noqa: PLR0913, PLR0917 - each of them is a part of one question
    statement: cst.CSTNode, within: tuple[int, int], column: int, before: str, after: str, known: Sequence[Table]
) -> Elements | Exception | None:
    """The statement that stood between two offsets of the text `before`, at a column, as it is in the text `after`.

    `known` are tables of the former text, outermost first, which need not be looked for. An exception is what the
    parser said of elements whereby it cannot accept the whole either. None where the texts differ elsewhere, or outside
    brackets, where the statement is short, or where something is unusual.
    """
    start, end = within
    if before.count("\n", start, end) < SHORTEST:
        return None
    change = _change(before, after)
    if change.start < start or change.end > end:
        return None
    tables = [table for table in known if table.rows[0] <= change.start and change.end <= table.end]
    if tables:
        tables += tables_in_row(statement, tables[-1], change)
    else:
        tables += tables_in_statement(statement, start, end, change)
    for number in range(len(tables), 0, -1):
        found = _graft(statement, column, tables[:number], change)
        if found is not None:
            return found
    return None


def _change(before: str, after: str) -> Change:
    """What of the former text is no longer there; found by comparing halves, which is quicker than by characters."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if before[low:middle] == after[low:middle] else (low, middle - 1)
    more = len(after) - len(before)
    first, last = max(low, low - more), len(before)
    while first < last:
        middle = (first + last) // 2
        same = before[middle:last] == after[middle + more : last + more]
        first, last = (first, middle) if same else (middle + 1, last)
    return Change(before, after, low, last)


def _graft(statement: cst.CSTNode, column: int, tables: Sequence[Table], change: Change) -> Elements | Exception | None:
    """The statement with new elements in the innermost of the tables."""
    table = tables[-1]
    node = node_at(statement, table.path)
    rows = _touched(table, change, node)
    if rows is None or guard("(" * table.depth + rows.text):
        return None
    elements = elements_of(node)
    first = table.before[rows.low]
    last = table.before[rows.high] if rows.high < len(table.rows) else len(elements)
    if last - first == len(elements):
        return None
    # In a block, the parser notes blanks at the start of a line as those of the block and others.
    wrapper = f"if 1:\n{' ' * column}{rows.wrapper}" if column else rows.wrapper
    try:
        module: Any = cst.parse_module(wrapper + rows.text + rows.closing + "\n")
    except (cst.ParserSyntaxError, UnicodeEncodeError) as error:
        return None if rows.bracket.words else error
    except Exception:  # noqa: BLE001 - whatever it is, the whole piece is parsed then, which tells
        return None
    value = (module.body[0].body.body[0] if column else module.body[0]).body[0].value
    parsed = elements_of(value)
    if len(parsed) != rows.bracket.elements:
        return None
    if not _is_like(node, [*elements[:first], *parsed[1:], *elements[last:]]):
        return None
    new = with_elements(node, first, last, value, _ahead(rows, column))
    if new is None:
        return None
    around = (_grown(each, rows.start, change.more) for each in tables[:-1])
    inner = _with_rows(table, rows, change.more, len(parsed) - 1 - (last - first))
    grown = _replaced(statement, table.path, new)
    rebuilt = zip(_along(grown, table.path), _along(statement, table.path), strict=True)
    whole = (*around, inner)
    return Elements(grown, module, wrapper, rows.text, rows.start, rows.end, whole, tuple(rebuilt))


def _wrapper(node: cst.CSTNode) -> tuple[str, str, str]:
    """What the elements of a node are parsed between: a bracket, a first element, and the closing bracket."""
    if isinstance(node, cst.ConcatenatedString):
        return _BYTES if "b" in node.left.prefix else _STRINGS
    return _WRAPPERS[type(node)]


def _touched(table: Table, change: Change, node: cst.CSTNode) -> _Rows | None:
    """The rows that a change touches, with the next one where no comma separates them any more."""
    opening, element, closing = _wrapper(node)
    strings = isinstance(node, cst.ConcatenatedString)
    low, high = table.touched(change)
    for stop in range(high, min(high + 1, len(table.rows)) + 1):
        start, end = table.span(low, stop)
        column = start - change.before.rfind("\n", 0, start) - 1
        text = " " * column + change.after[start : end + change.more]
        begin, behind = len(opening), len(opening + element + text)
        bracket = brackets_around(opening + element + text + closing, begin, behind)[-1]
        if (bracket.start, bracket.end, bracket.strings) != (begin, behind, strings) or _UNUSUAL.search(text):
            return None
        if bracket.separated or stop == len(table.rows):
            return _Rows(low, stop, start, end, opening + element, text, closing, column, bracket)
    return None


def _ahead(rows: _Rows, column: int) -> Any:
    """What is blank, or a comment, before the first element of the rows: from the bracket, or from its line on."""
    blank = _BLANK.match(rows.text, rows.column)
    line = "" if rows.low == 0 else "\n"
    ahead = "" if blank is None else blank.group()
    alone: Any = cst.parse_module(f"if 1:\n{' ' * (column or 1)}[{line}{ahead}0]\n")
    return alone.body[0].body.body[0].body[0].value.lbracket.whitespace_after


def _is_like(node: cst.CSTNode, elements: Sequence[Any]) -> bool:
    """Whether the parser makes a node of the same kind of elements each of which it accepts there."""
    # With a single element, parentheses make no tuple, and a call may hold a generator.
    if len(elements) == 1:
        return False
    if isinstance(node, cst.ConcatenatedString):
        return len(elements) <= STRINGS
    return not isinstance(node, cst.Call) or _in_order(elements)


def _in_order(arguments: Sequence[cst.Arg]) -> bool:
    """Whether the parser accepts arguments in this order, each of which it accepts."""
    reached = 0
    for argument in arguments:
        if argument.star == "**":
            reached = 2
        elif argument.keyword is not None:
            reached = max(reached, 1)
        elif reached > len(argument.star):
            return False
    return True


def _grown(table: Table, start: int, more: int) -> Table:
    """A table whose text has grown in the row that holds an offset."""
    stays = bisect_right(table.rows, start)
    return replace(table, rows=[*table.rows[:stays], *(row + more for row in table.rows[stays:])], end=table.end + more)


def _with_rows(table: Table, rows: _Rows, more: int, elements: int) -> Table:
    """A table with rows as they are now: by so much longer, and with so many elements more."""
    first, bracket = table.before[rows.low], rows.bracket
    # The text may begin with blanks that stand for the start of its line.
    base = rows.end + more - len(rows.text) - len(rows.wrapper)
    new = [
        (base + row, first + count - 1) for row, count in zip(bracket.rows, bracket.before, strict=True) if count > 1
    ]
    return replace(
        table,
        rows=[*table.rows[: rows.low + 1], *(row for row, _ in new), *(row + more for row in table.rows[rows.high :])],
        before=[
            *table.before[: rows.low + 1],
            *(count for _, count in new),
            *(count + elements for count in table.before[rows.high :]),
        ],
        end=table.end + more,
    )


def _along(node: Any, path: Path) -> Iterator[cst.CSTNode]:
    """The nodes on a path, from its first to its last."""
    yield node
    for step in path:
        node = node[step] if isinstance(step, int) else getattr(node, step)
        if isinstance(node, cst.CSTNode):
            yield node


def _replaced(node: Any, path: Path, value: object) -> Any:
    """A node with another value at the end of a path."""
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        return [*node[:step], _replaced(node[step], tuple(rest), value), *node[step + 1 :]]
    return node.with_changes(**{step: _replaced(getattr(node, step), tuple(rest), value)})
