"""Where a fix that needs an import puts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.edits import IMPORT_LINE
from whysafe.analysis.finding import Finding, Fix
from whysafe.analysis.unit import places
from whysafe.semantics.scopes import BindingKind
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.tree import Tree

if TYPE_CHECKING:
    from whysafe.analysis.world import DocumentWorld


class Imports:
    """Where imports that fixes need stand in a document; asked anew after every edit, and answered once."""

    def __init__(self, world: DocumentWorld) -> None:
        self._world = world
        self._place: tuple[Position, str] | None = None
        self._edits: dict[str, tuple[Edit, ...] | None] = {}

    def edits(self, name: str) -> tuple[Edit, ...] | None:
        """What makes `name` the module of that name: nothing where it is, None where it means something else."""
        if name not in self._edits:
            bound = self._world.module_bindings(name)
            if any(binding.kind is BindingKind.IMPORT and binding.path == name for binding in bound):
                self._edits[name] = ()
            elif bound:
                self._edits[name] = None
            else:
                self._place = self._place or _import_place(self._world)
                place, end = self._place
                self._edits[name] = (Edit(Span(place, place), f"import {name}{end}"),)
        return self._edits[name]


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


def _import_place(world: DocumentWorld) -> tuple[Position, str]:
    """Where a new import line goes: above the first import, else below the docstring, and the line end to use."""
    line, fallback = 0, None
    for unit in world.order:
        in_module = not unit.piece.indents and world.scopes(unit) is not None
        if in_module and isinstance(unit.tree, Tree) and unit.tree.body:
            first = unit.tree.body[0]
            small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else None
            start = places(unit, [first])[first].start.line + line
            if isinstance(small, cst.Import) or (isinstance(small, cst.ImportFrom) and not _is_future(small)):
                return Position(start, 0), _line_end(unit.piece.text)
            if not (isinstance(small, cst.ImportFrom) or _is_docstring(small)):
                return fallback or Position(start, 0), _line_end(unit.piece.text)
            fallback = Position(line + unit.piece.lines, 0)
        line += unit.piece.lines
    return fallback or Position(0, 0), "\n"


def _is_future(node: cst.ImportFrom) -> bool:
    return isinstance(node.module, cst.Name) and node.module.value == "__future__"


def _is_docstring(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString))


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"
