"""The classes and functions of a piece that stand around a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import libcst as cst

from whysafe.syntax.locate import locate
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.syntax.tree import Tree

_DEFINITIONS: Final = (cst.ClassDef, cst.FunctionDef)
_HOLDS_STATEMENTS: Final = (
    cst.BaseCompoundStatement, cst.IndentedBlock, cst.Else, cst.ExceptHandler, cst.ExceptStarHandler, cst.Finally,
    cst.MatchCase,
)  # fmt: skip


def enclosing(tree: Tree, text: str, line: int) -> tuple[str, ...]:
    """The names of the definitions that hold `line`, a line within the piece `text`, the outermost first.

    A definition holds its decorators, its header and its body.
    """
    found = list(_definitions(tree))
    starts = [_first(node) for node in found]
    places = locate(tree, text, [*found, *starts])
    return tuple(
        node.name.value
        for node, start in zip(found, starts, strict=True)
        if places[start].start.line <= line <= places[node].end.line
    )


def _definitions(tree: Tree) -> Iterator[cst.ClassDef | cst.FunctionDef]:
    """All definitions of the piece, outer before inner, in source order."""
    todo: list[cst.CSTNode] = list(reversed(tree.body))
    while todo:
        node = todo.pop()
        if isinstance(node, _DEFINITIONS):
            yield node
        if isinstance(node, _HOLDS_STATEMENTS):
            todo.extend(reversed([child for child in children(node) if isinstance(child, _HOLDS_STATEMENTS)]))


def _first(node: cst.ClassDef | cst.FunctionDef) -> cst.CSTNode:
    return node.decorators[0] if node.decorators else node
