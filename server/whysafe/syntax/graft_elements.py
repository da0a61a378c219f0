"""The tree of an edited statement from the tree that it had: only the elements of a display or call that changed.

A table of thousands of lines is one expression, and costs the parser tens of microseconds a line. The elements on the
lines that changed are parsed between brackets of the same kind, and all others are shared with the old tree, which is
never changed. Where anything is unusual, nothing is said.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import libcst as cst

from whysafe.syntax.brackets import Bracket, brackets_around
from whysafe.syntax.elements import elements_of, with_elements
from whysafe.syntax.guard import STRINGS, guard
from whysafe.syntax.outline import same_beginning, same_end
from whysafe.syntax.paths import along, node_at, replaced
from whysafe.syntax.tables import Change, Table, tables_in_row, tables_in_statement

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST: Final = 10
"""The shortest statement, in lines, that is taken apart: others are parsed as quickly as their brackets are read."""

# What the parser may read otherwise than the lexer does, and what goes on behind the last line.
_UNUSUAL: Final = re.compile(r"[\f\0]|\r(?!\n)|\\\r?\n?\Z")
_BLANK: Final = re.compile(r"[\s\\#]")


class _Around(NamedTuple):
    """What elements are parsed between: brackets, and in these elements that take what is blank before and behind.

    The first one also keeps those behind it from being the only one, which is read in other ways.
    """

    opening: str
    first: str
    last: str
    closing: str


_AROUND: Final[dict[type, _Around]] = {
    cst.Call: _Around("_(", "0", "**_", ")"),
    cst.Dict: _Around("_ = {", "0: 0", "0: 0", "}"),
    cst.List: _Around("_ = [", "0", "0", "]"),
    cst.Set: _Around("_ = {", "0", "0", "}"),
    cst.Tuple: _Around("_ = (", "0", "0", ")"),
}
_STRINGS: Final = _Around("_ = (", "''", "''", ")")
_BYTES: Final = _Around("_ = (", "b''", "b''", ")")


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """A statement with new elements, and what was parsed for them: a text behind a wrapper.

    The text stands for the former one from `start` to `end`; what is before it stands for what else is on its line.
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
    """What is put behind the text: an element where the rows are not the last, and the closing bracket."""
    bracket: Bracket
    """The one around the text and the wrapper before it."""


def graft_elements(  # noqa: PLR0913, PLR0917 - each of them is a part of one question
    statement: cst.CSTNode, within: tuple[int, int], block: str, before: str, after: str, known: Sequence[Table]
) -> Elements | Exception | None:
    """The statement that stood between two offsets of the text `before` as it is in the text `after`.

    `block` is a text behind which a statement is parsed as it is where this one stands, new lines and blanks included.

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
        found = _graft(statement, block, tables[:number], change)
        if found is not None:
            return found
    return None


def _change(before: str, after: str) -> Change:
    """What of the former text is no longer there."""
    start = same_beginning(before, after)
    return Change(before, after, start, len(before) - same_end(before, after, start))


def _graft(statement: cst.CSTNode, block: str, tables: Sequence[Table], change: Change) -> Elements | Exception | None:
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
    wrapper = block + rows.wrapper
    try:
        module: Any = cst.parse_module(wrapper + rows.text + rows.closing + "\n")
    except (cst.ParserSyntaxError, UnicodeEncodeError) as error:
        return None if rows.bracket.words else error
    except Exception:  # noqa: BLE001 - whatever it is, the whole piece is parsed then, which tells
        return None
    outer: Any = module.body[0]
    line: Any = outer.body.body[0] if isinstance(outer, cst.If) else outer
    value = line.body[0].value
    parsed, count = elements_of(value), rows.bracket.elements
    if len(parsed) != count + (last < len(elements)):
        return None
    if not _is_like(node, [*elements[:first], *parsed[1:count], *elements[last:]]):
        return None
    new = with_elements(node, first, last, value)
    if new is None:
        return None
    around = (_grown(each, rows.start, change.more) for each in tables[:-1])
    inner = _with_rows(table, rows, change.more, count - 1 - (last - first))
    grown = replaced(statement, table.path, new)
    rebuilt = zip(along(grown, table.path), along(statement, table.path), strict=True)
    whole = (*around, inner)
    return Elements(grown, module, wrapper, rows.text, rows.start, rows.end, whole, tuple(rebuilt))


def _around(node: cst.CSTNode) -> _Around:
    """What elements of a node are parsed between."""
    if isinstance(node, cst.ConcatenatedString):
        return _BYTES if "b" in node.left.prefix else _STRINGS
    return _AROUND[type(node)]


def _touched(table: Table, change: Change, node: cst.CSTNode) -> _Rows | None:
    """The rows that a change touches, with the next one where no comma separates them any more.

    Where nothing is left of the first rows or the last ones, with what is beside them.
    """
    low, high = table.touched(change)
    rows = _rows(table, change, node, low, high)
    if rows and high < len(table.rows) and not (rows.bracket.separated and (low or rows.bracket.elements > 1)):
        rows = _rows(table, change, node, low, high + 1)
    if rows and rows.bracket.elements == 1 and low and rows.high == len(table.rows):
        rows = _rows(table, change, node, low - 1, rows.high)
    return rows if rows and (rows.bracket.separated or rows.high == len(table.rows)) else None


def _rows(table: Table, change: Change, node: cst.CSTNode, low: int, high: int) -> _Rows | None:
    """Rows of a table, from one up to and without another; None where they do not end there, or are unusual."""
    around, strings = _around(node), isinstance(node, cst.ConcatenatedString)
    start, end = table.span(low, high)
    text = change.after[start : end + change.more]
    wrapper = around.opening + around.first
    column = start - change.before.rfind("\n", 0, start) - 1
    if strings:
        # What is blank before the first string belongs to what is around the strings.
        if low == 0 and _BLANK.match(text):
            return None
        wrapper, text = wrapper + "\n", " " * column + text
    elif low:
        wrapper += ",\n"
    else:
        wrapper, text = wrapper + "\n", " " * (column - 1) + "," + text
    begin, behind = len(around.opening), len(wrapper + text)
    bracket = brackets_around(wrapper + text + around.closing, begin, behind)[-1]
    if (bracket.start, bracket.end, bracket.strings) != (begin, behind, strings) or _UNUSUAL.search(text):
        return None
    closing = around.last + around.closing if high < len(table.rows) else around.closing
    return _Rows(low, high, start, end, wrapper, text, closing, bracket)


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
    # The text may begin with what stands for the start of its line.
    base = rows.end + more - len(rows.text) - len(rows.wrapper)
    # All but the first row of a table begin with the line of an element, whatever is blank before.
    least, kept = (1, rows.low) if rows.low else (2, 1)
    new = [
        (base + row, first + count - 1)
        for row, count in zip(bracket.rows, bracket.before, strict=True)
        if count >= least
    ]
    return replace(
        table,
        rows=[*table.rows[:kept], *(row for row, _ in new), *(row + more for row in table.rows[rows.high :])],
        before=[
            *table.before[:kept],
            *(count for _, count in new),
            *(count + elements for count in table.before[rows.high :]),
        ],
        end=table.end + more,
    )
