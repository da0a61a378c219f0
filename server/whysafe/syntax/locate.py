"""Where nodes stand in the text of their piece.

The parser gives no places. They come from generating code again and noting where the wanted nodes begin and end, once
for a piece and only for the few nodes that are asked for. A node's own parentheses and the blanks around it are left
out, as in the library's PositionProvider.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from contextlib import nullcontext
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import libcst as cst
from libcst._nodes.internal import CodegenState

from whysafe.syntax.position import Position, Span
from whysafe.syntax.source import line_starts
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from contextlib import AbstractContextManager

    from whysafe.syntax.tree import Tree

_NOT_WANTED: Final = nullcontext()
_INK: Final = re.compile(r"[^ \t\f\r\n\\\ufeff]")


def locate(tree: Tree, text: str, nodes: Iterable[cst.CSTNode]) -> dict[cst.CSTNode, Span]:
    """The spans of `nodes` of `tree` in `text`, the text of the piece it was parsed from.

    Lines count from the start of the piece. Nodes that are not in the tree are left out; of the class body that a
    header was given, nothing is in the text, and such nodes stand at its end.
    """
    wanted = tuple(nodes)
    wrapper = tree.wrapper
    if tree.graft is None:
        return _locate(tree.module, wrapper, text, wanted)
    piece = tree.graft
    near = _locate(piece.module, piece.wrapper, piece.text, wanted)
    found = {node: span.shifted(piece.line) for node, span in near.items()}
    missing = {node for node in wanted if node not in found}
    if missing:
        # What was taken over from the former text is found in a tree of the whole text, which has the same shape.
        whole = cst.parse_module(wrapper + text)
        twins = _twins(tree.module, whole, missing)
        places = _locate(whole, wrapper, text, twins.values())
        found.update((node, places[twin]) for node, twin in twins.items() if twin in places)
    return found


def _twins(tree: cst.Module, other: cst.Module, wanted: Collection[cst.CSTNode]) -> dict[cst.CSTNode, cst.CSTNode]:
    """The nodes of another tree of the same shape that stand where the wanted ones stand."""
    found: dict[cst.CSTNode, cst.CSTNode] = {}
    todo: list[tuple[cst.CSTNode, cst.CSTNode]] = [(tree, other)]
    while todo:
        node, twin = todo.pop()
        if node in wanted:
            found[node] = twin
        if isinstance(node, cst.IndentedBlock) and isinstance(twin, cst.IndentedBlock):
            # What follows the colon of a header up to the end of its line has no meaning, but ends the header.
            todo.append((node.header, twin.header))
        todo.extend(zip(children(node), children(twin), strict=True))
    return found


def _locate(module: cst.Module, wrapper: str, text: str, nodes: Iterable[cst.CSTNode]) -> dict[cst.CSTNode, Span]:
    """The spans in `text` of nodes of a module that was parsed from the wrapper and the text."""
    wanted = tuple(nodes)
    notes = _Notes(module, wanted)
    if not notes.wanted:
        return {}
    module._codegen(notes)  # noqa: SLF001 - no public way follows code generation
    offsets = list(accumulate(map(len, notes.tokens), initial=0))
    to_source = _alignment("".join(notes.tokens), wrapper + text)
    starts = line_starts(text)

    def position(offset: int) -> Position:
        offset = min(max(offset - len(wrapper), 0), len(text))
        line = bisect_right(starts, offset) - 1
        return Position(line, offset - starts[line])

    found: dict[cst.CSTNode, Span] = {}
    for node in wanted:
        if node in notes.places:
            begin, end = (offsets[min(token, len(offsets) - 1)] for token in notes.places[node])
            begin, end = to_source(begin, end)
            found[node] = Span(position(begin), position(end))
    return found


class _Notes(CodegenState):
    """Generates code and notes, as counts of tokens, where the wanted nodes begin and end."""

    def __init__(self, module: cst.Module, nodes: Collection[cst.CSTNode]) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.wanted = set(nodes)
        self.began: dict[cst.CSTNode, int] = {}
        self.places: dict[cst.CSTNode, tuple[int, int]] = {}

    def before_codegen(self, node: cst.CSTNode) -> None:
        if node in self.wanted:
            self.began[node] = len(self.tokens)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if node in self.wanted and node not in self.places:
            self.places[node] = (self.began[node], len(self.tokens))

    def record_syntactic_position(  # type: ignore[override]  # the library asks for less than it declares
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> AbstractContextManager[None]:
        if node not in self.wanted:
            return _NOT_WANTED
        self.wanted.update(other for other in (start_node, end_node) if other is not None)
        return _Inner(self, node, start_node, end_node)


class _Inner:
    """Notes the place of a node without the blanks and comments that its code begins and ends with."""

    __slots__ = ("begin", "end_node", "node", "notes", "start_node")

    def __init__(
        self, notes: _Notes, node: cst.CSTNode, start_node: cst.CSTNode | None, end_node: cst.CSTNode | None
    ) -> None:
        self.notes = notes
        self.node = node
        self.start_node = start_node
        self.end_node = end_node
        self.begin = 0

    def __enter__(self) -> None:
        self.begin = len(self.notes.tokens)

    def __exit__(self, *_: object) -> None:
        places = self.notes.places
        begin = self.begin if self.start_node is None else places[self.start_node][0]
        end = len(self.notes.tokens) if self.end_node is None else places[self.end_node][1]
        places[self.node] = (begin, end)


def _alignment(generated: str, source: str) -> Callable[[int, int], tuple[int, int]]:
    """A function from the begin and end of generated code to those in the source.

    Where the two differ, the library has dropped blanks, continuing backslashes or a byte order mark; every other
    character is there, in order, so that the places of these characters lead from one text to the other.
    """
    if generated.startswith(source) or source.startswith(generated):
        return lambda begin, end: (begin, end)
    here = [match.start() for match in _INK.finditer(generated)]
    there = [match.start() for match in _INK.finditer(source)]
    ink = min(len(here), len(there))

    def to_source(begin: int, end: int) -> tuple[int, int]:
        first = bisect_left(here, begin)
        last = bisect_left(here, end) - 1
        if first < ink and here[first] == begin:
            start = there[first]
        elif 0 < first <= ink:
            start = there[first - 1] + begin - here[first - 1]
        else:
            start = begin
        if first <= last < ink:
            return start, there[last] + end - here[last]
        return start, start + end - begin

    return to_source
