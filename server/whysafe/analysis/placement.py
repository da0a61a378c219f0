"""Where a fix that needs an import puts it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.edits import IMPORT_LINE
from whysafe.analysis.finding import Finding, Fix
from whysafe.analysis.sections import same
from whysafe.analysis.unit import Unit, places
from whysafe.semantics.scopes import BindingKind
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.tree import Tree

if TYPE_CHECKING:
    from whysafe.analysis.world import DocumentWorld


class Imports:
    """Where imports that fixes need stand in a document."""

    def __init__(self, world: DocumentWorld) -> None:
        self._world = world
        self._place: _Place | None = None
        self._edits: dict[str, tuple[Edit, ...] | None] = {}
        self._state = 0

    def look_again(self) -> int:
        """Ask the document again, as is due after an edit; a number that is another one if any answer is."""
        if self._place is not None and not self._place.holds(self._world):
            self._place = None
        now = {name: self._ask(name) for name in self._edits}
        if now != self._edits:
            self._edits = now
            self._state += 1
        return self._state

    def edits(self, name: str) -> tuple[Edit, ...] | None:
        """What makes `name` the module of that name: nothing where it is, None where it means something else."""
        if name not in self._edits:
            self._edits[name] = self._ask(name)
        return self._edits[name]

    def _ask(self, name: str) -> tuple[Edit, ...] | None:
        bound = self._world.module_bindings(name)
        if any(binding.kind is BindingKind.IMPORT and binding.path == name for binding in bound):
            return ()
        if bound:
            return None
        self._place = self._place or _import_place(self._world)
        place = self._place.position
        return (Edit(Span(place, place), f"import {name}{self._place.line_end}"),)


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where a new import line goes, the line end to use, and the first units of the document, where these tell it."""

    position: Position
    line_end: str
    first: tuple[Unit, ...] | None

    def holds(self, world: DocumentWorld) -> bool:
        """Whether the document still begins with these units."""
        return self.first is not None and same(tuple(islice(world.order, len(self.first))), self.first)


def imports_of(finding: Finding) -> tuple[str, ...]:
    """The modules that the fixes of a finding need."""
    return tuple(
        dict.fromkeys(edit.text for fix in finding.fixes for edit in fix.edits if edit.span.start.line == IMPORT_LINE)
    )


def with_imports(fix: Fix, imports: Imports) -> Fix | None:
    """The fix with its imports placed in the document; None where the name means something else there."""
    edits: list[Edit] = []
    for edit in fix.edits:
        if edit.span.start.line != IMPORT_LINE:
            edits.append(edit)
            continue
        added = imports.edits(edit.text)
        if added is None:
            return None
        edits.extend(added)
    return Fix(fix.title, tuple(edits), fix.safe)


def _import_place(world: DocumentWorld) -> _Place:
    """Above the first import, else below the docstring."""
    line, fallback = 0, None
    seen: list[Unit] = []
    for unit in world.order:
        seen.append(unit)
        in_module = not unit.piece.indents and world.scopes(unit) is not None
        if in_module and isinstance(unit.tree, Tree) and unit.tree.body:
            first = unit.tree.body[0]
            small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else None
            start = Position(places(unit, [first])[first].start.line + line, 0)
            if isinstance(small, cst.Import) or (isinstance(small, cst.ImportFrom) and not _is_future(small)):
                return _Place(start, _line_end(unit.piece.text), tuple(seen))
            if not (isinstance(small, cst.ImportFrom) or _is_docstring(small)):
                return _Place(fallback or start, _line_end(unit.piece.text), tuple(seen))
            fallback = Position(line + unit.piece.lines, 0)
        line += unit.piece.lines
    return _Place(fallback or Position(0, 0), "\n", None)


def _is_future(node: cst.ImportFrom) -> bool:
    return isinstance(node.module, cst.Name) and node.module.value == "__future__"


def _is_docstring(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString))


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"
