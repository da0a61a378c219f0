"""What there is of the units of a document: findings and gaps, in its coordinates and order.

What an edit has not changed and not moved is the same object afterwards: whoever compares finds it by identity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whysafe.analysis import unit as units
from whysafe.analysis.finding import Finding, Gap, Step
from whysafe.analysis.placement import Imports, imports_of, with_imports
from whysafe.analysis.sections import Joined, same
from whysafe.syntax.tree import Tree, Unparsed
from whysafe.syntax.validity import is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.sections import Section
    from whysafe.analysis.unit import Proof, Result, Unit
    from whysafe.analysis.world import DocumentWorld


class Gathered:
    """What has been gathered of one document. `needs_no_tree` tells that the text of a unit can hold no finding."""

    def __init__(self, world: DocumentWorld, catalogue: Catalogue, needs_no_tree: Callable[[Unit], bool]) -> None:
        self._world = world
        self._catalogue = catalogue
        self._needs_no_tree = needs_no_tree
        self._imports = Imports(world)
        self._findings: Joined[Finding] = Joined()
        self._gaps: Joined[Gap] = Joined()

    def begin_empty(self) -> None:
        """Take every unit for one of a valid text in which nothing is found, until one of its section changes."""
        for section in self._world.order.sections:
            section.memo.update({"found": [], "gaps": ((), 0)})

    def findings(self) -> tuple[Finding, ...]:
        """The findings of all units, each of which has its result."""
        around = self._world.order.layout, self._imports.look_again()
        parts: list[tuple[Finding, ...]] = []
        for section in self._world.order.sections:
            found: list[tuple[_Found, int]] | None = section.memo.get("found")
            if found is None:
                found = section.memo["found"] = self._found_in(section)
            for each, start in found:
                parts.append(self._placed(each, section.first_line + start, around))
        return self._findings.of(parts)

    def gaps(self) -> tuple[Gap, ...]:
        """The regions that do not parse."""
        return self._gaps.of(self._world.order.parts("gaps", self._gaps_in))

    def _found_in(self, section: Section) -> list[tuple[_Found, int]]:
        """What the units of a section have found, where that is anything, and the lines of it at which they begin."""
        found: list[tuple[_Found, int]] = []
        start = 0
        for unit in section.units:
            if unit.result is not None or unit.held or unit.text_findings != ():
                known = self._found(unit)
                if known.plain or known.bound:
                    found.append((known, start))
            start += unit.piece.lines
        return found

    def _found(self, unit: Unit) -> _Found:
        known: _Found | None = unit.memo.get("found")
        if known is None or known.result is not unit.result or known.held is not unit.held:
            known = unit.memo["found"] = _sorted_out(unit, units.texts(unit, self._catalogue))
        return known

    def _placed(self, found: _Found, line: int, around: tuple[int, int]) -> tuple[Finding, ...]:
        """The findings of a unit that begins on a line; `around` changes with whatever else they may depend on."""
        rests_on = line, around if found.bound else None
        if found.rests_on != rests_on:
            if found.line != line:
                found.plain = [finding.shifted(line - found.line) for finding in found.plain]
                found.line = line
            placed = tuple(sorted([*found.plain, *(self._bound(each, line) for each in found.bound)], key=in_text))
            if not same(placed, found.placed):
                found.placed = placed
            found.rests_on = rests_on
        return found.placed

    def _bound(self, bound: _Bound, line: int) -> Finding:
        proofs = [self._world.order.line_of(proof.unit) for proof in bound.proofs]
        added = [self._imports.edits(name) for name in bound.imports]
        if bound.placed is None or bound.rests_on != (line, proofs, added):
            finding = bound.finding.shifted(line)
            steps = tuple(
                Step(proof.span.shifted(at), proof.message) for proof, at in zip(bound.proofs, proofs, strict=True)
            )
            fixes = (with_imports(fix, self._imports) for fix in finding.fixes)
            bound.placed = replace(finding, steps=steps, fixes=tuple(fix for fix in fixes if fix is not None))
            bound.rests_on = line, proofs, added
        return bound.placed

    def _gaps_in(self, section: Section) -> list[Gap]:
        found: list[Gap] = []
        line = 0
        for unit in section.units:
            if not isinstance(unit.tree, Tree) and not (self._needs_no_tree(unit) and _is_valid(unit)):
                self._world.scopes(unit)
                if isinstance(unit.tree, Unparsed):
                    found.append(Gap(unit.tree.span.shifted(line), unit.tree.message))
            line += unit.piece.lines
        return found


@dataclass(slots=True, eq=False)
class _Found:
    """The findings of a unit: those that depend on nothing else, for its beginning on `line`, and the others.

    `placed` are all of them in the document, in order, and rest on what `rests_on` says.
    """

    result: Result | None
    held: tuple[Finding, ...]
    plain: list[Finding]
    bound: list[_Bound]
    line: int = 0
    placed: tuple[Finding, ...] = ()
    rests_on: object = None


@dataclass(slots=True, eq=False)
class _Bound:
    """A finding of a unit that depends on other units: for its evidence, or for imports that a fix of it needs."""

    finding: Finding
    proofs: tuple[Proof, ...]
    imports: tuple[str, ...]
    placed: Finding | None = None
    rests_on: object = None


def in_text(finding: Finding) -> tuple[int, int, int, int, str]:
    """What sorts findings in the order of the text."""
    start, end = finding.span.start, finding.span.end
    return start.line, start.column, end.line, end.column, finding.rule


def _sorted_out(unit: Unit, texts: Sequence[Finding]) -> _Found:
    found = _Found(unit.result, unit.held, [], [])
    if unit.result is not None:
        for finding, proofs in zip(unit.result.findings, unit.result.proofs, strict=True):
            imports = imports_of(finding)
            if proofs or imports:
                found.bound.append(_Bound(finding, proofs, imports))
            else:
                found.plain.append(finding)
    found.plain.extend((*texts, *unit.held))
    return found


def _is_valid(unit: Unit) -> bool:
    """Whether Python's word proves a unit valid: enough for what needs no tree, even if the guard would refuse one."""
    if isinstance(unit.tree, Unparsed) and unit.tree.by_python:
        return False
    if unit.valid is None:
        unit.valid = is_plain(unit.piece.text) and units.is_accepted(unit)
    return unit.valid
