"""Which code does a justification cover: the logical line, or the element between brackets, that begins below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from whysafe.syntax.locate import begins_line, locate
from whysafe.syntax.position import Position, Span
from whysafe.syntax.source import split_lines
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from whysafe.syntax.tree import Tree


@dataclass(frozen=True, slots=True)
class Cover:
    """Covered code: its span within the piece, and its nodes, for `fingerprint`."""

    span: Span
    nodes: tuple[cst.CSTNode, ...]


Places: TypeAlias = "Mapping[cst.CSTNode, Span]"

_HEADED = (
    cst.If, cst.For, cst.While, cst.With, cst.Try, cst.TryStar, cst.ExceptHandler, cst.ExceptStarHandler, cst.Else,
    cst.Finally, cst.FunctionDef, cst.ClassDef, cst.Match, cst.MatchCase,
)  # fmt: skip
_ELEMENTS = (
    cst.Arg, cst.Element, cst.StarredElement, cst.DictElement, cst.StarredDictElement, cst.SubscriptElement,
    cst.ImportAlias, cst.Param, cst.WithItem,
)  # fmt: skip


def cover(tree: Tree, text: str, line: int) -> Cover | None:
    """The code below a block, where `line` is the line, within the piece `text`, on which the next code begins.

    A simple statement; a header, with its decorators, and with what stands behind its colon on one line; or, between
    brackets, the outermost element that begins there. None where nothing begins on this line.
    """
    statements = _statements_at(tree, text, line)
    places = locate(tree, text, _wanted(statements))
    for statement in statements:
        span = _span(statement, places)
        # Between decorators, or between them and their `def`, a block stands above the same logical line.
        if span.start.line == line or any(places[mark].start.line == line for mark in _marks(statement)):
            return Cover(span, _nodes(statement))
    return _element(tree, text, line, statements, places)


def logical_line(tree: Tree, text: str, line: int) -> Cover | None:
    """The statement or header that `line`, within the piece, belongs to: above it a block for this line is written."""
    statements = _statements_at(tree, text, line)
    places = locate(tree, text, _wanted(statements))
    for statement in statements:
        span = _span(statement, places)
        if span.start.line <= line <= span.end.line:
            return Cover(span, _nodes(statement))
    return None


def _statements_at(tree: Tree, text: str, line: int) -> list[cst.CSTNode]:
    """The statement to whose logical line `line` can belong; all where the lines of the text do not tell."""
    statements = _statements(tree)
    begun = begins_line(tree, text, line)
    found = [node for node in statements if begun is node or begun in _marks(node)]
    return found or statements


def _statements(tree: Tree) -> list[cst.CSTNode]:
    """Whatever begins a logical line in the piece, outer before inner, in source order."""
    found: list[cst.CSTNode] = []
    todo: list[cst.CSTNode] = list(reversed(tree.body))
    while todo:
        node = todo.pop()
        if isinstance(node, cst.IndentedBlock):
            todo.extend(reversed(node.body))
        elif isinstance(node, (cst.SimpleStatementLine, *_HEADED)):
            found.append(node)
            todo.extend(
                reversed([child for child in children(node) if isinstance(child, (cst.IndentedBlock, *_HEADED))])
            )
    return found


def _marks(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """Where, besides its own start, the logical line of a definition begins lines."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators:
        return (*node.decorators, node)
    return ()


def _wanted(statements: list[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    for node in statements:
        yield node
        yield from _marks(node)
        end = _end_mark(node)
        if end is not None:
            yield end


def _end_mark(node: cst.CSTNode) -> cst.CSTNode | None:
    """The node by which the end of a header is found; None for a simple statement, which ends by itself."""
    if isinstance(node, cst.Match):
        # What follows its colon has no node: the covered code ends before it.
        return node.subject
    body = getattr(node, "body", None)
    if isinstance(body, cst.IndentedBlock):
        # What follows the colon up to the line end.
        return body.header
    if isinstance(body, cst.SimpleStatementSuite):
        return body
    return None


def _span(node: cst.CSTNode, places: Places) -> Span:
    marks = _marks(node)
    start = min(places[mark].start for mark in (node, *marks))
    end = _end_mark(node)
    if end is None:
        return Span(start, places[node].end)
    if isinstance(end, cst.TrailingWhitespace):
        return Span(start, places[end].start)
    return Span(start, places[end].end)


def _nodes(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """The header, and what stands behind its colon, unless it does nothing: formatters give that a line of its own."""
    body = getattr(node, "body", None)
    behind = body.body if isinstance(body, cst.SimpleStatementSuite) else ()
    return (node, *(statement for statement in behind if not _is_idle(statement)))


def _is_idle(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Pass) or (isinstance(node, cst.Expr) and isinstance(node.value, cst.Ellipsis))


def _element(tree: Tree, text: str, line: int, statements: list[cst.CSTNode], places: Places) -> Cover | None:
    """The outermost element between brackets that is the first thing on the line."""
    lines = split_lines(text)
    if line >= len(lines):
        return None
    first = Position(line, len(lines[line]) - len(lines[line].lstrip(" \t\f")))
    elements = [
        node for statement in statements if _span(statement, places).contains(first) for node in _within(statement)
    ]
    spans = locate(tree, text, [part for node in elements for part in (node, *_tail(node))])
    found = next((node for node in elements if spans[node].start == first), None)
    if found is None:
        return None
    end = max(spans[part].end for part in (found, *_tail(found)))
    return Cover(Span(first, end), (found,))


def _tail(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What belongs to an element but stands behind the place that libcst gives it."""
    if isinstance(node, cst.Param):
        yield from (part for part in (node.annotation, node.default) if part is not None)


def _within(statement: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The elements in a simple statement or header, outer before inner."""
    todo = list(children(statement))[::-1]
    while todo:
        node = todo.pop()
        if isinstance(node, (cst.IndentedBlock, *_HEADED)):
            continue
        if isinstance(node, _ELEMENTS):
            yield node
        todo.extend(list(children(node))[::-1])
