"""The units of one document, and what they know of each other.

Invariant: after any sequence of edits, `findings()` without the carried ones equals that of a new program of the
final text. Work for an edit is bounded by the edited units and the units that asked for a binding that changed.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

from whysafe.analysis import unit as units
from whysafe.analysis.catalogue import text_detectors
from whysafe.analysis.computed import imports_by_computed_name, made_of, parts_of_names
from whysafe.analysis.detours import UNWRITTEN
from whysafe.analysis.excerpt import FEWEST_LINES, excerpt
from whysafe.analysis.gathering import Gathered, in_text
from whysafe.analysis.glance import Glance, glance_of
from whysafe.analysis.memory import FEWEST_REMEMBERED, MOST_REMEMBERED, Askers, Memory, recall, remember
from whysafe.analysis.reading import Reading
from whysafe.analysis.sections import Sections
from whysafe.analysis.signatures import signatures
from whysafe.analysis.unit import Unit, has_word
from whysafe.analysis.world import DocumentWorld
from whysafe.syntax.guard import guard
from whysafe.syntax.position import Edit
from whysafe.syntax.split import Piece, resplit, split
from whysafe.syntax.tree import Tree
from whysafe.syntax.validity import is_plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.finding import Finding, Gap
    from whysafe.analysis.unit import Result, Signatures
    from whysafe.syntax.position import Position

MOST_ANCESTORS: Final = 4
"""How many former units a broken one keeps, so that its statements need not be parsed again when it is mended."""


class Program:
    """The document's units, kept up to date by `edit`."""

    def __init__(self, text: str, catalogue: Catalogue, *, gated: bool = True, glance: Glance | None = None) -> None:
        self.catalogue = catalogue
        glance = glance or glance_of(text)
        accepted = glance.accepted or None
        valid = True if accepted and is_plain(text) else None
        without = None if text_detectors(catalogue, glance.notable) else ()
        self.order = Sections(
            [Unit(piece, accepted=accepted, valid=valid, text_findings=without) for piece in split(text, glance.lines)]
        )
        self.world = DocumentWorld(self.order, catalogue)
        self.length = len(text)
        self.touched: set[str] = set()
        """Names whose bindings may mean something else since somebody last emptied this set."""
        self._gated = gated
        self.memory = Memory()
        self._living: dict[int, int] = {}
        """How many of the units that came by an edit are of each lineage."""
        self._carried: list[Finding] = []
        self._awake = catalogue.gate.awake(glance)
        self._reading = Reading(glance, self.units) if gated else None
        """What was seen of the units when the text was read, until they are analysed or one of them changes."""
        self._glances: Mapping[Unit, Glance] = {}
        self._unedited = gated
        self._name_parts = glance.name_parts
        """What the text can put names of modules together of, where it imports any by such a name."""
        self._pending: dict[Unit, None] = dict.fromkeys(self.order)
        """Units without a result that may have findings."""
        self._unfilled = list(self.order)[::-1]
        self._broken: dict[Unit, None] = {}
        self._holding: dict[Unit, None] = {}
        self._askers = Askers()
        self._gathered = Gathered(self.world, catalogue, lambda unit: gated and (unit.excerpted or self._sleeps(unit)))
        if gated and valid and without is not None:
            self._gathered.begin_empty()

    @property
    def units(self) -> list[Unit]:
        """All units in order; a pass over the document."""
        return list(self.order)

    @property
    def text(self) -> str:
        return "".join(unit.piece.text for unit in self.order)

    # --- editing -----------------------------------------------------------------------------------------------------

    def edit(self, edit: Edit) -> None:
        """Replace the text of a span of the document; places beyond a line's or the text's end are clamped."""
        self._begin_edit()
        previous, gone, pieces, first_line = self._change(edit)
        # Of what was never parsed nobody knows a name; what has given up its tree is known by its signatures.
        told = (unit for unit in gone if unit.scopes is not None or unit.signatures is not None)
        known = [signatures(unit, self.catalogue) for unit in told]
        lost = frozenset(name for unit in gone for name in unit.lost)
        for unit in gone:
            if unit.result is not None and not unit.recalled:
                remember(unit, unit.result, self._awake, self.world)
        for unit in gone:
            self._drop(unit)
        ancestors = _ancestors(gone)
        came = [self._remembered(piece, ancestors) or units.new_unit(piece, ancestors) for piece in pieces]
        self.order.replace(previous, gone, came)
        self.length += sum(len(unit.piece.text) for unit in came) - sum(len(unit.piece.text) for unit in gone)
        for unit in came:
            self._take_in(unit)
            if unit.broken:
                unit.lost = lost.union(*known)
                self._broken[unit] = None
        self.memory.limit(min(max(FEWEST_REMEMBERED, self.order.lines), MOST_REMEMBERED))
        for unit in came:
            self._wake(self._brought(unit), frozenset())
        if self._carried or any(unit.broken for unit in came):
            carried = self._carry(gone, first_line, edit)
            self._carried = [finding for finding in carried if self._in_broken(finding.span.start)]
        members = self._members_after(previous, came) if any(unit.piece.header for unit in (*gone, *came)) else ()
        self._rebind(gone, known, came, lost, members)

    def _remembered(self, piece: Piece, ancestors: tuple[Unit, ...]) -> Unit | None:
        """The unit that had this piece, unless another that its tree has grown into is there."""
        unit = self.memory.take(piece, ancestors)
        return None if unit is None or self._living.get(unit.lineage) else unit

    def _begin_edit(self) -> None:
        """What was seen of the whole text no longer holds: what may take a name from elsewhere can find one now."""
        self._reading, self._glances = None, {}
        if self._unedited:
            self._unedited = False
            for unit in self.order:
                if unit.result is None and any(has_word(unit, word) for word in UNWRITTEN):
                    unit.gated = None
                    self._pending[unit] = None

    def _change(self, edit: Edit) -> tuple[Unit | None, list[Unit], tuple[Piece, ...], int]:
        """The units that an edit replaces, the one before them, the pieces in their place, and their first line."""
        if not self.order:
            return None, [], resplit((), edit).added, 0
        head, line = self.order.at(edit.span.start.line)
        tail, _ = self.order.at(max(edit.span.end.line, edit.span.start.line))
        window = [head]
        following = self.order.after(head)
        while window[-1] is not tail:
            window.append(next(following))
        above = next(self.order.before(head), None)
        if above is not None:
            window.insert(0, above)
            line -= above.piece.lines
        there = Edit(edit.span.shifted(-line), edit.text)
        document_start = next(self.order.before(window[0]), None) is None
        rest = (unit.piece for unit in self.order.after(tail))
        patch = resplit([unit.piece for unit in window], there, rest, document_start=document_start)
        following = self.order.after(window[-1])
        while len(window) < patch.first + patch.removed:
            window.append(next(following))
        gone = window[patch.first : patch.first + patch.removed]
        first_line = line + sum(unit.piece.lines for unit in window[: patch.first])
        previous = window[patch.first - 1] if patch.first else next(self.order.before(window[0]), None)
        return previous, gone, patch.added, first_line

    def _members_after(self, previous: Unit | None, came: Sequence[Unit]) -> tuple[Unit, ...]:
        """The units below an edit that stand in a class: a new or vanished header gives them another one."""
        last = came[-1] if came else previous
        below = self.order.after(last) if last is not None else iter(self.order)
        return tuple(takewhile(lambda unit: unit.piece.indents, below))

    def _take_in(self, unit: Unit) -> None:
        unit.result, unit.held = None, ()
        unit.memo.clear()
        self._pending[unit] = None
        self.world.enter(unit)
        self.world.scopes(unit)
        self._living[unit.lineage] = self._living.get(unit.lineage, 0) + 1

    def _drop(self, unit: Unit) -> None:
        self.world.leave(unit)
        self._askers.remove(unit)
        self._pending.pop(unit, None)
        self._broken.pop(unit, None)
        self._holding.pop(unit, None)
        unit.lost = frozenset()
        if (living := self._living.pop(unit.lineage, 1) - 1) > 0:
            self._living[unit.lineage] = living
        self.memory.keep(unit)

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
        return bool(self.order) and self.order.at(place.line)[0].broken

    def _rebind(
        self,
        gone: Sequence[Unit],
        known: Sequence[Signatures],
        came: Sequence[Unit],
        lost: frozenset[str],
        members: Sequence[Unit],
    ) -> None:
        """Forget what rested on bindings of the replaced units; re-run who asked and would get another answer."""
        before, after = _together(known), _together([signatures(unit, self.catalogue) for unit in came])
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        changed.update(name for unit in members for name in units.bound_names(unit, self.catalogue))
        if any(unit.piece.header for unit in (*gone, *came)):
            # What is bound as before may be a member of another class.
            changed.update(name for name in before.keys() | after.keys() if name.startswith("."))
        touched = before.keys() | after.keys() | changed
        self.touched |= touched
        self.world.forget(touched)
        for unit in members:
            if unit.scopes is not None:
                unit.scopes.known.clear()
            self._rerun(unit)
        for unit in self._askers.of(changed, gone):
            self._rerun(unit)
        for unit in list(self._holding) if lost else ():
            if unit.result is not None and not lost.isdisjoint(unit.result.asked):
                self._hold(unit, unit.held)

    def _rerun(self, unit: Unit) -> None:
        """Forget a unit's result; what vanishes only because a binding does not parse now is held."""
        if unit.result is None:
            return
        self._hold(unit, (*unit.held, *map(units.as_carried, unit.result.findings)))
        self._askers.remove(unit)
        unit.result = None
        self._pending[unit] = None

    def _hold(self, unit: Unit, findings: Sequence[Finding]) -> None:
        """Keep of these findings what rests on names whose bindings do not parse now."""
        assert unit.result is not None
        lost = {name for other in self._broken for name in other.lost}
        unit.held = tuple(findings) if not lost.isdisjoint(unit.result.asked) else ()
        if unit.held:
            self._holding[unit] = None
        else:
            self._holding.pop(unit, None)
        _changed(unit)

    def _wake(self, roots: AbstractSet[str], given: AbstractSet[str]) -> None:
        """Libraries and names that are new here: what has been analysed without them is analysed again.

        It happens once for each of them, so that it may cost a pass over the document.
        """
        before, self._awake = self._awake, self.catalogue.gate.with_more(self._awake, roots, given)
        if before is self._awake:
            return
        concerns = self.catalogue.gate.concerns(before, self._awake)
        for unit in self.order:
            if unit.result is None:
                self._pending[unit] = None
            elif concerns(unit.words):
                self._rerun(unit)

    def _brought(self, unit: Unit) -> AbstractSet[str]:
        """What a unit brings into the document, together with what was there before."""
        gate, glance = self.catalogue.gate, Glance(unit.piece.text, unit.words)
        if self._name_parts is not None:
            self._name_parts |= parts_of_names(glance)
        elif imports_by_computed_name(glance):
            self._name_parts = parts_of_names(Glance(self.text))
        found = gate.roots(glance, self._awake.roots)
        return found if self._name_parts is None else found | made_of(gate.libraries, self._name_parts)

    def passes(self, unit: Unit) -> bool:
        """Whether a unit is to be analysed: as far as its text tells it can have findings, or it has been parsed."""
        return not self._gated or unit.tree is not None or not self._sleeps(unit)

    def _sleeps(self, unit: Unit) -> bool:
        """Whether the text of a unit tells that it can have no findings."""
        if unit.gated is None or unit.gated[0] is not self._awake:
            unit.gated = self._awake, self.catalogue.gate.passes(self._glance(unit), self._awake)
        return not unit.gated[1]

    def _glance(self, unit: Unit) -> Glance:
        return self._glances.get(unit) or Glance(unit.piece.text, unit.words)

    # --- results -----------------------------------------------------------------------------------------------------

    def analyse(self) -> None:
        """Bring every unit that can have findings up to date."""
        while self._pending:
            self._let_sleep()
            pending, self._pending = [unit for unit in self._pending if self.passes(unit)], {}
            woken: set[str] = set()
            for unit in pending:
                woken |= self._analyse(unit).given
            self._wake(frozenset(), frozenset(woken))
        self._reading, self._glances = None, {}

    def _let_sleep(self) -> None:
        """Of a text that was read as a whole, most units need not be asked."""
        if self._reading is None:
            return
        self._glances = self._reading.candidates(self.catalogue.gate, self._awake)
        for unit in self._pending:
            # What has passed the gate still does: more is awake than before.
            unit.gated = self._awake, unit.gated is not None and unit.gated[1]
        for unit in self._glances:
            unit.gated = None
        awake = (unit for unit in self._pending if unit.gated is None or unit.gated[1] or unit.tree is not None)
        self._pending = dict.fromkeys(awake)

    def _analyse(self, unit: Unit) -> Result:
        result = self._excerpted(unit)
        unit.excerpted = result is not None
        if result is None:
            self.world.scopes(unit)
            result = recall(unit, self._awake, self.world)
        if result is None:
            result = units.analyse(unit, self.catalogue, self.world, self._awake if self._gated else None)
            if self.memory.used and not unit.broken:
                remember(unit, result, self._awake, self.world)
        unit.result = result
        self._askers.add(unit)
        _changed(unit)
        if unit.held:
            now = {(finding.rule, finding.span) for finding in unit.result.findings}
            self._hold(unit, [f for f in unit.held if (f.rule, f.span) not in now])
        return result

    def _excerpted(self, unit: Unit) -> Result | None:
        """The result of a long unit in which only rules that look at single statements can find something.

        None where it has a tree already, and where such rules need more of it after all.
        """
        text, gate = unit.piece.text, self.catalogue.gate
        if not self._gated or unit.tree is not None or not unit.accepted or unit.piece.lines < FEWEST_LINES:
            return None
        if unit.piece.header or not is_plain(text) or gate.needs_piece(self._glance(unit), self._awake):
            return None
        shorter = None if guard(text) else excerpt(text, unit.piece.outline, gate.lone, gate.named)
        if shorter is None:
            return None
        return units.analyse_excerpt(unit, shorter, self.catalogue, self.world, self._awake)

    def findings(self) -> tuple[Finding, ...]:
        """All findings in document coordinates and order, the carried ones marked."""
        self.analyse()
        found = self._gathered.findings()
        return tuple(sorted([*self._carried, *found], key=in_text)) if self._carried else found

    def gaps(self) -> tuple[Gap, ...]:
        """The regions that do not parse, in document coordinates."""
        self.analyse()
        return self._gathered.gaps()

    def fill(self) -> bool:
        """Parse one more unit that nobody has needed yet; False when there is none."""
        while self._unfilled:
            unit = self._unfilled.pop()
            if unit.section is not None and unit.tree is None:
                self.world.scopes(unit)
                return True
        return False


def _ancestors(gone: Sequence[Unit]) -> tuple[Unit, ...]:
    """The units whose trees those that come in place of `gone` may take over: of broken ones, those before them."""
    found = [other for unit in gone for other in ((unit,) if isinstance(unit.tree, Tree) else unit.ancestors)]
    return tuple(dict.fromkeys(found))[:MOST_ANCESTORS]


def _changed(unit: Unit) -> None:
    if unit.section is not None:
        unit.section.memo.clear()


def _together(signatures: Sequence[Signatures]) -> dict[str, list[tuple[str, ...]]]:
    joined: dict[str, list[tuple[str, ...]]] = {}
    for each in signatures:
        for name, texts in each.items():
            joined.setdefault(name, []).append(texts)
    return joined
