"""Where a fix that needs an import puts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.edits import IMPORT_LINE
from whysafe.analysis.finding import Finding, Fix
from whysafe.analysis.unit import ensure_tree, places
from whysafe.semantics.scopes import BindingKind
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.tree import Tree

if TYPE_CHECKING:
    from whysafe.analysis.world import DocumentWorld


def needs_import(finding: Finding) -> bool:
    """Whether a fix of a finding puts an import somewhere else in the document."""
    return any(edit.span.start.line == IMPORT_LINE for fix in finding.fixes for edit in fix.edits)


def with_import(fix: Fix, world: DocumentWorld) -> Fix | None:
    """The fix with its imports placed in the document; None where the name means something else there."""
    if all(edit.span.start.line != IMPORT_LINE for edit in fix.edits):
        return fix
    edits: list[Edit] = []
    for edit in fix.edits:
        if edit.span.start.line != IMPORT_LINE:
            edits.append(edit)
            continue
        bound = world.module_bindings(edit.text)
        if any(binding.kind is BindingKind.IMPORT and binding.path == edit.text for binding in bound):
            continue
        if bound:
            return None
        place, end = _import_place(world)
        edits.append(Edit(Span(place, place), f"import {edit.text}{end}"))
    return Fix(fix.title, tuple(edits), fix.safe)


def _import_place(world: DocumentWorld) -> tuple[Position, str]:
    """Where a new import line goes: above the first import, else below the docstring, and the line end to use."""
    line, fallback = 0, None
    for unit in world.order:
        if not unit.piece.indents and isinstance(tree := ensure_tree(unit), Tree) and tree.body:
            first = tree.body[0]
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
