"""What begins the logical lines of a text: simple statements, decorators, and headers with the bodies below them.

The logical lines at the column of a block begin with its statements, in number and order. So a node is found in the
text without a look at anything but the blocks around it.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import libcst as cst

from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whysafe.syntax.outline import Outline

_BRANCHES: Final = frozenset((cst.Else, cst.Finally, cst.ExceptHandler, cst.ExceptStarHandler))
LINE_ENDS: Final = _BRANCHES | {cst.IndentedBlock, cst.If, cst.MatchCase}
"""The classes of nodes before which the logical line of the header around them ends."""
_OTHER_LINES: Final = LINE_ENDS | {cst.Decorator}
_ENDS_BY_ITSELF: Final = _BRANCHES | {cst.Decorator}


class Part(NamedTuple):
    """A node that begins a logical line. Lines are indices of the outline, ends exclusive."""

    node: cst.CSTNode
    line: int
    stop: int
    """Where its own body ends: behind its line, if it has none."""
    end: int
    """Where the node ends: an `if` holds its `else`."""


def parts(nodes: Sequence[cst.CSTNode], lines: Outline, first: int, last: int, targets: Sequence[int]) -> list[Part]:
    """What begins logical lines at the column of a block of statements, which has the lines from `first` up to `last`.

    Only of the statements that hold one of the lines `targets`, which are sorted. Nothing where statements and lines do
    not fit together.
    """
    columns = lines.columns
    column = columns[first]
    heads = [index for index in range(first, last) if columns[index] <= column]
    headers = [(node,) if node.__class__ is cst.SimpleStatementLine else (*_headers(node),) for node in nodes]
    if sum(map(len, headers)) != len(heads) or any(columns[index] < column for index in heads):
        return []
    heads.append(last)
    found: list[Part] = []
    after = 0
    for statement in headers:
        begin, after = after, after + len(statement)
        end = heads[after]
        if bisect_left(targets, heads[begin]) == bisect_left(targets, end):
            continue
        for number, node in enumerate(statement, begin):
            stop = heads[number + 1]
            found.append(Part(node, heads[number], stop, stop if node.__class__ in _ENDS_BY_ITSELF else end))
    return found


def statements_of(node: Any) -> Sequence[cst.CSTNode]:
    """What stands below a header in lines of its own: the statements of an indented body, the cases of a `match`."""
    if node.__class__ is cst.Match:
        return node.cases
    body = getattr(node, "body", None)
    return body.body if body.__class__ is cst.IndentedBlock else ()


def within(part: Any) -> list[cst.CSTNode]:
    """The nodes in the logical line that `part` begins: those that carry meaning, and what ends a header."""
    found: list[cst.CSTNode] = [part]
    # The list grows while it is gone through.
    for node in found:
        found += [child for child in children(node) if child.__class__ not in _OTHER_LINES]
    body = getattr(part, "body", None)
    if body.__class__ is cst.IndentedBlock:
        found.append(body.header)
    return found


def _headers(statement: Any) -> Iterator[cst.CSTNode]:
    """What begins the logical lines of a statement at the column of its block, in source order."""
    yield from getattr(statement, "decorators", ())
    todo = [statement]
    while todo:
        node = todo.pop()
        yield node
        yield from getattr(node, "handlers", ())
        todo.extend(later for name in ("finalbody", "orelse") if (later := getattr(node, name, None)) is not None)
