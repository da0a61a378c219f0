"""The units of one document, and what they know of each other.

Invariant: after any sequence of edits, `findings()` without the carried ones equals that of a new program of the
final text. Work for an edit is bounded by the edited units and the units that asked for a binding that changed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis import unit as units
from whysafe.analysis.detours import LEADING
from whysafe.analysis.finding import Finding, Gap, Step
from whysafe.analysis.following import Following
from whysafe.analysis.glance import Glance
from whysafe.analysis.placement import with_import
from whysafe.analysis.world import DocumentWorld
from whysafe.semantics.resolve import Resolver, ancestors, follow
from whysafe.semantics.scopes import Binding, BindingKind
from whysafe.semantics.values import (
    AttributeGetter,
    Display,
    DisplayGet,
    Function,
    LocalClass,
    Namespace,
    Partial,
    Symbol,
    Value,
)
from whysafe.syntax.split import Patch, Piece, resplit, split
from whysafe.syntax.tree import Tree, Unparsed
from whysafe.syntax.validity import accepts, is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.unit import Unit
    from whysafe.syntax.position import Edit, Position

FEWEST_REMEMBERED = 2_000
"""Replaced units are remembered, in case their text comes back (a quote opened and closed again): at least so many
lines of them, and at most as many as the document has."""

_Signatures = dict[str, tuple[str, ...]]


class Program:
    """The document's units, kept up to date by `edit`."""

    def __init__(self, text: str, catalogue: Catalogue, *, gated: bool = True, glance: Glance | None = None) -> None:
        self.catalogue = catalogue
        self.units = [units.new_unit(piece) for piece in split(text)]
        self.world = DocumentWorld(self.units, catalogue)
        self.touched: set[str] = set()
        """Names whose bindings may mean something else since somebody last emptied this set."""
        self._gated = gated
        self._dropped: OrderedDict[Piece, Unit] = OrderedDict()
        self._remembered = 0
        self._carried: list[Finding] = []
        self._valid = accepts(text)
        self._awake = catalogue.gate.awake(glance or Glance(text))

    # --- editing -----------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return "".join(unit.piece.text for unit in self.units)

    def edit(self, edit: Edit) -> None:
        """Replace the text of a span of the document; places beyond a line's or the text's end are clamped."""
        patch = _trimmed(resplit([unit.piece for unit in self.units], edit), self.units)
        first_line = self.world.line_of(patch.first)
        gone = self.units[patch.first : patch.first + patch.removed]
        known = [self._signatures(unit) for unit in gone if unit.scopes is not None]
        lost = frozenset(name for unit in gone for name in unit.lost)
        carried = self._carry(gone, first_line, edit)
        for unit in gone:
            self._drop(unit)
        came = [self._remember(piece) or units.new_unit(piece) for piece in patch.added]
        self.units[patch.first : patch.first + patch.removed] = came
        self.world.moved()
        for unit in came:
            self._take_in(unit)
            if unit.broken:
                unit.lost = lost.union(*known)
        for unit in came:
            self._wake(self.catalogue.gate.roots(Glance(unit.piece.text, unit.words)), frozenset())
        self._carried = [finding for finding in carried if self._in_broken(finding.span.start)]
        members = self._members_after(patch) if any(unit.piece.header for unit in (*gone, *came)) else ()
        self._rebind(gone, known, came, lost, members)

    def _members_after(self, patch: Patch) -> tuple[Unit, ...]:
        """The units below an edit that stand in a class: a new or vanished header gives them another one."""
        found: list[Unit] = []
        for unit in self.units[patch.first + len(patch.added) :]:
            if not unit.piece.indents:
                break
            found.append(unit)
        return tuple(found)

    def _take_in(self, unit: Unit) -> None:
        unit.result, unit.held = None, ()
        self.world.enter(unit)
        self.world.scopes(unit)

    def _drop(self, unit: Unit) -> None:
        self.world.leave(unit)
        unit.lost = frozenset()
        known = self._dropped.pop(unit.piece, None)
        self._dropped[unit.piece] = unit
        self._remembered += unit.piece.lines - (known.piece.lines if known is not None else 0)
        while self._remembered > max(FEWEST_REMEMBERED, self.world.lines) and len(self._dropped) > 1:
            self._remembered -= self._dropped.popitem(last=False)[0].lines

    def _remember(self, piece: Piece) -> Unit | None:
        unit = self._dropped.pop(piece, None)
        self._remembered -= 0 if unit is None else piece.lines
        return unit

    def _carry(self, gone: Sequence[Unit], line: int, edit: Edit) -> list[Finding]:
        """What was last seen in the region that an edit replaces, and what was carried before, moved by the edit."""
        found = list(self._carried)
        for unit in gone:
            if unit.result is not None:
                found.extend(units.as_carried(finding).shifted(line) for finding in unit.result.findings)
            line += unit.piece.lines
        moved = (finding.moved(edit) for finding in found)
        return list({(f.rule, f.span): f for f in moved if f is not None}.values())

    def _in_broken(self, place: Position) -> bool:
        return bool(self.units) and self.units[self.world.index_at(place.line)].broken

    def _signatures(self, unit: Unit) -> _Signatures:
        offered = units.bound_names(unit, self.catalogue)
        return {
            name: tuple(units.signature(binding, unit.piece) for binding in found) for name, found in offered.items()
        }

    def _rebind(
        self,
        gone: Sequence[Unit],
        known: Sequence[_Signatures],
        came: Sequence[Unit],
        lost: frozenset[str],
        members: Sequence[Unit],
    ) -> None:
        """Forget what rested on bindings of the replaced units; re-run who asked and would get another answer."""
        before, after = _together(known), _together([self._signatures(unit) for unit in came])
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        changed.update(name for unit in members for name in units.bound_names(unit, self.catalogue))
        touched = before.keys() | after.keys() | changed
        self.touched |= touched
        replaced = frozenset(gone)
        for unit in members:
            if unit.scopes is not None:
                unit.scopes.known.clear()
            if unit.result is not None:
                self._rerun(unit)
        for unit in self.units:
            if touched and unit.scopes is not None:
                _forget(unit.scopes.known, touched)
            result = unit.result
            if result is None:
                continue
            if not changed.isdisjoint(result.asked) or not replaced.isdisjoint(result.relies_on):
                self._rerun(unit)
            elif unit.held and not lost.isdisjoint(result.asked):
                unit.held = self._still_held(unit, unit.held)

    def _rerun(self, unit: Unit) -> None:
        """Forget a unit's result; what vanishes only because a binding does not parse now is held."""
        assert unit.result is not None
        unit.held = self._still_held(unit, (*unit.held, *map(units.as_carried, unit.result.findings)))
        unit.result = None

    def _still_held(self, unit: Unit, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        assert unit.result is not None
        lost = {name for other in self.units for name in other.lost}
        return tuple(findings) if not lost.isdisjoint(unit.result.asked) else ()

    def _wake(self, roots: AbstractSet[str], given: AbstractSet[str]) -> None:
        """Libraries and names that are new here: what has been analysed without them is analysed again."""
        awake = self.catalogue.gate.with_more(self._awake, roots, given)
        if awake is self._awake:
            return
        new = awake.words - self._awake.words | given
        self._awake = awake
        for unit in self.units:
            if unit.result is not None and not unit.words.isdisjoint(new):
                self._rerun(unit)

    def passes(self, unit: Unit) -> bool:
        """Whether a unit can have findings, as far as its text tells."""
        if not self._gated:
            return True
        if unit.asleep is self._awake:
            return False
        passes = self.catalogue.gate.passes(Glance(unit.piece.text, unit.words), self._awake)
        if not passes:
            unit.asleep = self._awake
        return passes

    # --- results -----------------------------------------------------------------------------------------------------

    def analyse(self) -> None:
        """Bring every unit that can have findings up to date."""
        pending = [unit for unit in self.units if unit.result is None and self.passes(unit)]
        while pending:
            woken: set[str] = set()
            for unit in pending:
                self.world.scopes(unit)
                awake = self._awake if self._gated else None
                unit.result = units.analyse(unit, self.catalogue, self.world, awake)
                if unit.held:
                    now = {(finding.rule, finding.span) for finding in unit.result.findings}
                    unit.held = tuple(f for f in self._still_held(unit, unit.held) if (f.rule, f.span) not in now)
                woken |= self._given_names(unit)
            self._wake(frozenset(), frozenset(woken))
            pending = [unit for unit in self.units if unit.result is None and self.passes(unit)]

    def _given_names(self, unit: Unit) -> set[str]:
        """Names under which a passing unit makes something dangerous known to others."""
        if not self._gated or unit.scopes is None:
            return set()
        resolver = Resolver(self.world)
        leads = Following(self._awake, unit.scopes, self.catalogue.calls)
        given: set[str] = set()
        for name, found in units.bound_names(unit, self.catalogue).items():
            bare = name.removeprefix(".")
            led = [binding for binding in found if bare not in self._awake.given and leads.binding(binding)]
            if any(self._leads_on(value, resolver) for value in _given(led, resolver)):
                given.add(bare)
        return given

    def _leads_on(self, value: Value, resolver: Resolver) -> bool:
        if isinstance(value, Symbol):
            return value.path in self.catalogue.calls or value.path in LEADING
        if isinstance(value, LocalClass):
            return any(path in self.catalogue.calls for path in ancestors(value, resolver))
        if isinstance(value, Function):
            return isinstance(value.node, cst.Lambda)
        return isinstance(value, (Partial, Display, AttributeGetter, Namespace, DisplayGet))

    def findings(self) -> tuple[Finding, ...]:
        """All findings in document coordinates and order, the carried ones marked."""
        self.analyse()
        found: list[Finding] = []
        lines = dict(zip(self.units, self.world.first_lines(), strict=False))
        for unit, line in lines.items():
            result = unit.result
            if result is not None and result.findings:
                for finding, proofs in zip(result.findings, result.proofs, strict=True):
                    found.append(self._placed(finding.shifted(line), proofs, lines))
            found.extend(finding.shifted(line) for finding in (*units.texts(unit, self.catalogue), *unit.held))
        found.extend(self._carried)
        found.sort(key=lambda finding: (finding.span, finding.rule))
        return tuple(found)

    def _placed(self, finding: Finding, proofs: Sequence[units.Proof], lines: Mapping[Unit, int]) -> Finding:
        if not proofs and not finding.fixes:
            return finding
        steps = tuple(Step(proof.span.shifted(lines[proof.unit]), proof.message) for proof in proofs)
        fixes = (with_import(fix, self.world) for fix in finding.fixes)
        return replace(finding, steps=steps, fixes=tuple(fix for fix in fixes if fix is not None))

    def gaps(self) -> tuple[Gap, ...]:
        """The regions that do not parse, in document coordinates."""
        found: list[Gap] = []
        line = 0
        for unit in self.units:
            if isinstance(unit.tree, Tree):
                unit.valid = True
            elif not unit.valid and not self.passes(unit):
                # Python's word is enough for what needs no tree, and it holds if the tree is refused for its depth.
                unit.valid = is_plain(unit.piece.text) and (
                    (self._valid and unit.tree is None) or _accepted(unit.piece)
                )
            if not unit.valid:
                self.world.scopes(unit)
            if isinstance(unit.tree, Unparsed) and not unit.valid:
                found.append(Gap(unit.tree.span.shifted(line), unit.tree.message))
            line += unit.piece.lines
        return tuple(found)

    def fill(self) -> bool:
        """Parse one more unit that nobody has needed yet; False when every unit has its tree."""
        for unit in self.units:
            if unit.tree is None:
                self.world.scopes(unit)
                return True
        return False


def _together(signatures: Sequence[_Signatures]) -> dict[str, list[tuple[str, ...]]]:
    joined: dict[str, list[tuple[str, ...]]] = {}
    for each in signatures:
        for name, texts in each.items():
            joined.setdefault(name, []).append(texts)
    return joined


def _forget(known: dict[Binding, tuple[tuple[Value, ...], frozenset[str]]], touched: AbstractSet[str]) -> None:
    for binding in [binding for binding, (_, asked) in known.items() if not touched.isdisjoint(asked)]:
        del known[binding]


def _trimmed(patch: Patch, old: Sequence[Unit]) -> Patch:
    """The patch without the pieces at both ends that it replaces by themselves."""
    first, removed, added = patch.first, patch.removed, patch.added
    while removed and added and old[first].piece == added[0]:
        first, removed, added = first + 1, removed - 1, added[1:]
    while removed and added and old[first + removed - 1].piece == added[-1]:
        removed, added = removed - 1, added[:-1]
    return Patch(first, removed, added)


def _accepted(piece: Piece) -> bool:
    """Whether the piece is certainly valid: a cheap question that spares the tree."""
    return not piece.header and accepts("class _:\n" + piece.text if piece.indents else piece.text)


def _given(found: Sequence[Binding], resolver: Resolver) -> Iterator[Value]:
    for binding in found:
        if binding.kind is not BindingKind.FUNCTION:
            yield from follow([binding], resolver)
