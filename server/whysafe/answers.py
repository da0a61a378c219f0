"""The justifications of a document: where they stand, what they cover, and that code's fingerprint as it is now."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from whysafe.analysis.sections import Joined, same
from whysafe.justifications.attach import attached_line
from whysafe.justifications.comment import Block, Placed, Refused, parse_blocks
from whysafe.justifications.cover import Cover, cover, logical_line
from whysafe.justifications.fingerprint import fingerprint
from whysafe.justifications.markers import limited, may_have_markers, parse_markers
from whysafe.semantics.resolver import STAR
from whysafe.syntax.comments import Comment, comments, remarks
from whysafe.syntax.source import split_lines
from whysafe.syntax.tree import Tree, children, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst

    from whysafe.analysis.program import Program
    from whysafe.analysis.sections import Section
    from whysafe.analysis.unit import Unit
    from whysafe.justifications.markers import Marker
    from whysafe.semantics.scopes import Binding, PieceScopes, Scope
    from whysafe.syntax.position import Edit, Position, Span


_SAYS_SO = re.compile(r"justif|justfied", re.IGNORECASE)
_SIGN_LINE = re.compile(r"#[ \t]*--(?!-)")


@dataclass(frozen=True, slots=True)
class Code:
    """A logical line of the document: where it stands, and its fingerprint."""

    span: Span
    fingerprint: str

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.span.start.line


@dataclass(slots=True, eq=False)
class _Known:
    """The blocks of a unit, as they stand where it begins on `line`, and what their fingerprints depend on."""

    below: Unit | None
    placed: tuple[Placed, ...]
    asked: frozenset[str]
    line: int = 0

    def at(self, line: int) -> tuple[Placed, ...]:
        """The same for a unit that begins on that line."""
        if line != self.line:
            self.placed = tuple(_shifted(placed, line - self.line) for placed in self.placed)
            self.line = line
        return self.placed


class Answers:
    """Reads the blocks of a program's text; what an edit does not touch is not read again.

    What has been read of a unit lies in its `memo`, what follows for a section in that of the section.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._placed: Joined[Placed] = Joined()
        self._marked: Sequence[Sequence[Marker]] = ()
        self._markers: tuple[Marker, ...] = ()

    def placed(self) -> tuple[Placed, ...]:
        """Every block with the code that it covers, in document coordinates and order."""
        touched = self._program.touched
        found: list[tuple[Placed, ...]] = []
        for section in self._program.order.sections:
            for unit, start in _with_blocks(section):
                below = next(self._program.order.after(unit), None)
                known = unit.memo.get("blocks")
                if known is None or known.below is not below or not touched.isdisjoint(known.asked):
                    known = unit.memo["blocks"] = self._read(unit, below)
                found.append(known.at(section.first_line + start))
        touched.clear()
        return self._placed.of(found)

    def markers(self) -> tuple[Marker, ...]:
        """Other tools' orders to look away, in document coordinates and order."""
        found = self._program.order.parts("markers", _markers_in)
        if not same(found, self._marked):
            self._marked, markers = found, limited([marker for part in found for marker in part])
            if markers != self._markers:
                self._markers = markers
        return self._markers

    def block_at(self, place: Position) -> Placed:
        """The block that stands on the line of `place`. Raises Refused where there is none."""
        for placed in self.placed():
            if placed.block.span.start.line <= place.line <= placed.block.span.end.line:
                return placed
        raise Refused("There is no justification at this place any more.")

    def comments(self) -> tuple[Comment, ...]:
        """All comments of the document."""
        found: list[Comment] = []
        line = 0
        for unit in self._program.order:
            if "#" in unit.piece.text:
                found.extend(replace(comment, line=comment.line + line) for comment in comments(unit.piece.text))
            line += unit.piece.lines
        return tuple(found)

    def code_around(self, line: int) -> Code | None:
        """The logical line that a line of the document belongs to; None where it does not parse."""
        if not self._program.order:
            return None
        unit, first = self._program.order.at(line)
        scopes, tree = self._program.world.scopes(unit), unit.tree
        if scopes is None or not isinstance(tree, Tree):
            return None
        covered = logical_line(tree, unit.piece.text, line - first)
        if covered is None:
            return None
        return Code(covered.span.shifted(first), self._fingerprint(covered, unit, scopes, set()))

    def keeps_the_code(self, edits: Sequence[Edit]) -> bool:
        """Whether the program says the same after edits that only insert, each within one unit."""
        for edit in edits:
            unit, first = self._program.order.at(edit.span.start.line)
            lines = split_lines(unit.piece.text)
            at = edit.span.start.line - first
            lines[at] = lines[at][: edit.span.start.column] + edit.text + lines[at][edit.span.start.column :]
            before, after = unit.tree, parse(replace(unit.piece, text="".join(lines)))
            if not isinstance(before, Tree) or not isinstance(after, Tree) or not _same(before.body, after.body):
                return False
        return True

    def _read(self, unit: Unit, below: Unit | None) -> _Known:
        found = comments(unit.piece.text)
        own_lines = frozenset(comment.line for comment in found if comment.own_line)
        lines = split_lines(unit.piece.text)
        if below is not None:
            lines += split_lines(below.piece.text)
        asked: set[str] = set()
        placed = tuple(
            self._place(block, attached_line(block, lines, own_lines), unit, below, asked)
            for block in parse_blocks(found)
        )
        return _Known(below, placed, frozenset(asked))

    def _place(self, block: Block, line: int | None, unit: Unit, below: Unit | None, asked: set[str]) -> Placed:
        if line is None:
            return Placed(block, None, None)
        home, first = unit, 0
        if line >= unit.piece.lines and below is not None and not block.trailing:
            home, first = below, unit.piece.lines
        scopes, tree = self._program.world.scopes(home), home.tree
        if scopes is None or not isinstance(tree, Tree):
            return Placed(block, None, None)
        find = logical_line if block.trailing else cover
        covered = find(tree, home.piece.text, line - first)
        if covered is None:
            return Placed(block, None, None)
        return Placed(block, covered.span.shifted(first), self._fingerprint(covered, home, scopes, asked))

    def _fingerprint(self, covered: Cover, unit: Unit, scopes: PieceScopes, asked: set[str]) -> str:
        tree = unit.tree
        assert isinstance(tree, Tree)
        scope = _scope_of(covered.nodes[0], tree, scopes)
        owner = self._program.world.class_of(scope) if scope is scopes.top else None

        def bindings(name: str) -> list[cst.CSTNode]:
            asked.add(name)
            found: list[Binding] = []
            at: Scope | None = scope
            while at is not None:
                if at is not scopes.top or unit.piece.in_class:
                    found += at.bindings.get(name, ())
                at = at.parent
            if owner is not None:
                asked.add(f".{name}")
                found += self._program.world.class_bindings(owner.node, name)
            found += self._program.world.module_bindings(name)
            if not found:
                # Whatever nobody else binds may come from there.
                asked.add(STAR)
                found += self._program.world.module_bindings(STAR)
            return [binding.owner for binding in found if binding.owner is not None]

        return fingerprint(covered.nodes, bindings)


def may_have_block(remarks: str) -> bool:
    """Whether a text with these remarks (see `syntax.comments`) has a justification, or the sign line of one.

    A cheap question before the comments are read; certain where the answer is no.
    """
    return _SAYS_SO.search(remarks) is not None or _SIGN_LINE.search(remarks) is not None


def _with_blocks(section: Section) -> list[tuple[Unit, int]]:
    """The units of a section in which a justification may stand, and the lines of the section at which they begin."""
    known: list[tuple[Unit, int]] | None = section.memo.get("with blocks")
    if known is None:
        starts = accumulate((unit.piece.lines for unit in section.units), initial=0)
        known = [(unit, start) for unit, start in zip(section.units, starts, strict=False) if _has_block(unit)]
        section.memo["with blocks"] = known
    return known


def _has_block(unit: Unit) -> bool:
    known: bool | None = unit.memo.get("has block")
    if known is None:
        known = unit.memo["has block"] = may_have_block(remarks(unit.piece.text))
    return known


def _markers_in(section: Section) -> list[Marker]:
    """The orders of other tools in a section, in its coordinates."""
    found: list[Marker] = []
    line = 0
    for unit in section.units:
        markers = unit.memo.get("markers")
        if markers is None:
            text = unit.piece.text
            markers = parse_markers(comments(text), split_lines(text)) if may_have_markers(remarks(text)) else ()
            unit.memo["markers"] = markers
        found.extend(marker.shifted(line) for marker in markers)
        line += unit.piece.lines
    return found


def _shifted(placed: Placed, lines: int) -> Placed:
    block = replace(placed.block, span=placed.block.span.shifted(lines))
    return Placed(block, None if placed.covers is None else placed.covers.shifted(lines), placed.code)


def _scope_of(node: cst.CSTNode, tree: Tree, scopes: PieceScopes) -> Scope:
    """The scope that a node of the piece stands in."""
    todo: list[tuple[cst.CSTNode, Scope]] = [(each, scopes.top) for each in tree.body]
    while todo:
        each, scope = todo.pop()
        if each is node:
            return scope
        inner = scopes.by_node.get(each, scope)
        todo.extend((child, inner) for child in children(each))
    return scopes.top


def _same(before: Sequence[cst.CSTNode], after: Sequence[cst.CSTNode]) -> bool:
    """Whether two lists of statements differ in white space and comments at most."""
    todo = [(before, after)]
    while todo:
        left, right = todo.pop()
        if len(left) != len(right):
            return False
        for one, other in zip(left, right, strict=True):
            if type(one) is not type(other) or _word(one) != _word(other):
                return False
            todo.append((tuple(children(one)), tuple(children(other))))
    return True


def _word(node: cst.CSTNode) -> str | None:
    """The text of a name or literal."""
    value = getattr(node, "value", None)
    return value if isinstance(value, str) else None
