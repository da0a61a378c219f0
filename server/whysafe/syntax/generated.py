"""Generated code, and where in it and in the text that was parsed nodes begin and end.

Places are offsets from the start of the text, ends exclusive.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from contextlib import nullcontext, suppress
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import libcst as cst
from libcst._nodes.internal import CodegenState

from whysafe.syntax.parts import LINE_ENDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from contextlib import AbstractContextManager

Places = dict[cst.CSTNode, tuple[int, int]]

_NOT_WANTED: Final = nullcontext()
_INK: Final = re.compile(r"[^ \t\f\r\n\\\ufeff]")


def places_in_module(module: cst.Module, source: str, nodes: Collection[cst.CSTNode]) -> Places:
    """The places of those nodes that stand in a module, which was parsed from `source`."""
    notes = _Notes(module, nodes)
    if not notes.wanted:
        return {}
    module._codegen(notes)  # noqa: SLF001 - no public way follows code generation
    return _in_source(notes, 0, source, nodes)


def places_in_line(
    part: cst.CSTNode, module: cst.Module, indent: str, source: str, nodes: Collection[cst.CSTNode]
) -> Places:
    """The places of those nodes that stand in the logical line that `part` of a module begins.

    `source` is the text from there up to the next logical line, `indent` what stands before it. A header has no place
    itself, because it ends elsewhere. Nothing has one where the generated code is not what the source says.
    """
    notes = _LineNotes(module, nodes, part)
    notes.increase_indent(indent)
    how = {"is_elif": True} if isinstance(part, cst.If) and source.startswith("elif") else {}
    with suppress(_LineEndError):
        part._codegen(notes, **how)  # noqa: SLF001 - no public way follows code generation
    # What stands above, comments and decorators, is generated with it.
    above = notes.began[part]
    return _in_source(notes, above, source, nodes) if _is_said("".join(notes.tokens[above:]), source) else {}


def _in_source(notes: _Notes, first: int, source: str, nodes: Iterable[cst.CSTNode]) -> Places:
    """The places of nodes in a source, which begins with the token `first`."""
    tokens = notes.tokens[first:]
    offsets = list(accumulate(map(len, tokens), initial=0))
    to_source = _alignment("".join(tokens), source)

    def offset(token: int) -> int:
        return offsets[min(token - first, len(tokens))]

    return {node: to_source(*map(offset, notes.places[node])) for node in nodes if node in notes.places}


class _Notes(CodegenState):
    """Generates code and notes, as counts of tokens, where the wanted nodes begin and end."""

    def __init__(self, module: cst.Module, nodes: Collection[cst.CSTNode]) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.wanted = set(nodes)
        self.began: dict[cst.CSTNode, int] = {}
        self.places: Places = {}

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


class _LineNotes(_Notes):
    """Generates the code of what begins a logical line, and stops where this line ends."""

    def __init__(self, module: cst.Module, nodes: Collection[cst.CSTNode], part: cst.CSTNode) -> None:
        super().__init__(module, (part, *nodes))
        self.part = part

    def before_codegen(self, node: cst.CSTNode) -> None:
        if node.__class__ in LINE_ENDS and node is not self.part:
            if isinstance(node, cst.IndentedBlock):
                # Its header is what stands behind the colon.
                node.header._codegen(self)  # noqa: SLF001 - no public way follows code generation
            raise _LineEndError
        super().before_codegen(node)


class _LineEndError(Exception):
    """Leaves the generation of code where a logical line ends."""


class _Inner:
    """Notes the place of a node without the blanks and comments that its code begins and ends with."""

    __slots__ = ("end_node", "node", "notes", "start_node")

    def __init__(
        self, notes: _Notes, node: cst.CSTNode, start_node: cst.CSTNode | None, end_node: cst.CSTNode | None
    ) -> None:
        self.notes = notes
        self.node = node
        self.start_node = start_node
        self.end_node = end_node

    def __enter__(self) -> None:
        self.notes.began[self.node] = len(self.notes.tokens)

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            return
        places = self.notes.places
        begin = self.notes.began[self.node] if self.start_node is None else places[self.start_node][0]
        end = len(self.notes.tokens) if self.end_node is None else places[self.end_node][1]
        places[self.node] = (begin, end)


def _is_said(generated: str, source: str) -> bool:
    """Whether a source says what the generated code of a logical line says, and below it nothing but comments."""
    if source.startswith(generated):
        rest = source[len(generated) :].lstrip()
        return not rest or rest[0] == "#"
    here, there = ("".join(_INK.findall(text)) for text in (generated, source))
    return there.startswith(here) and (here == there or there[len(here)] == "#")


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
