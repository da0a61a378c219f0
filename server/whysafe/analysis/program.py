"""The units of one document, and what they know of each other.

Invariant: after any sequence of edits, `findings()` without the carried ones equals that of a new program of the
final text. Work for an edit is bounded by the edited units and the units that asked for a binding that changed.
"""

from __future__ import annotations

import bisect
import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis import unit as units
from whysafe.analysis.edits import IMPORT_LINE
from whysafe.analysis.finding import Finding, Fix, Gap, Step
from whysafe.analysis.unit import Unit
from whysafe.semantics.resolve import Resolver, ancestors, follow
from whysafe.semantics.scopes import Binding, BindingKind, Scope, ScopeKind
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
from whysafe.syntax.locate import locate
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.split import Patch, Piece, resplit, split
from whysafe.syntax.tree import Tree, Unparsed, accepts

if TYPE_CHECKING:
    from whysafe.analysis.catalogue import Catalogue

MOST_DROPPED = 4_000
"""How many replaced units are remembered, in case their text comes back: a quote opened and closed again."""

_DEFINES = re.compile(r"[ \t\f]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_STAR = "*"
_BINDS_ELSEWHERE = frozenset({"global", "nonlocal"})


class Program:
    """The document's units, kept up to date by `edit`; also the `World` that a unit's names lead out to."""

    def __init__(self, text: str, catalogue: Catalogue, *, gated: bool = True) -> None:
        self.catalogue = catalogue
        self.units = [units.new_unit(piece) for piece in split(text)]
        self.parsed = 0
        """How many units have been parsed, ever: for tests that count work."""
        self._gated = gated
        self._dropped: OrderedDict[Piece, Unit] = OrderedDict()
        self._by_word: dict[str, dict[Unit, None]] = {}
        self._places: dict[Unit, int] | None = None
        self._headers: dict[cst.ClassDef, Unit] = {}
        self._carried: list[Finding] = []
        self._changed: set[str] = set()
        self._file_words: set[str] = set()
        self._names: set[str] = set()
        self._awake: frozenset[str] = frozenset()
        self._valid = accepts(text)
        for unit in self.units:
            self._enter(unit)
        self._wake()

    # --- editing -----------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return "".join(unit.piece.text for unit in self.units)

    def edit(self, edit: Edit) -> None:
        """Replace the text of a span of the document; places beyond a line's or the text's end are clamped."""
        patch = _trimmed(resplit([unit.piece for unit in self.units], edit), self.units)
        first_line = self.line_of(patch.first)
        gone = self.units[patch.first : patch.first + patch.removed]
        known = {unit: self._signatures(unit) for unit in gone if unit.scopes is not None}
        carried = self._carry(gone, first_line, edit)
        for unit in gone:
            self._leave(unit)
        came = [self._dropped.pop(piece, None) or units.new_unit(piece) for piece in patch.added]
        self.units[patch.first : patch.first + patch.removed] = came
        self._places = None
        for unit in came:
            unit.result, unit.held = None, ()
            self._enter(unit)
            self._scopes(unit)
            if unit.broken:
                unit.lost = frozenset(name for names in known.values() for name in names).union(*(u.lost for u in gone))
        self._wake()
        self._carried = [finding for finding in carried if self._in_broken(finding.span.start)]
        self._rebind(gone, known, came)

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
        return self.units[self.index_at(place.line)].broken

    def _signatures(self, unit: Unit) -> dict[str, tuple[str, ...]]:
        offered = units.bound_names(unit, self.catalogue)
        return {name: tuple(units.signature(binding, unit.piece) for binding in found) for name, found in offered.items()}

    def _rebind(self, gone: Sequence[Unit], known: dict[Unit, dict[str, tuple[str, ...]]], came: Sequence[Unit]) -> None:
        """Forget what rested on bindings of the replaced units; re-run exactly those who asked and got another answer."""
        before: dict[str, list[tuple[str, ...]]] = {}
        after: dict[str, list[tuple[str, ...]]] = {}
        for signatures in known.values():
            for name, texts in signatures.items():
                before.setdefault(name, []).append(texts)
        for unit in came:
            for name, texts in self._signatures(unit).items():
                after.setdefault(name, []).append(texts)
        touched = before.keys() | after.keys()
        changed = {name for name in touched if before.get(name) != after.get(name)}
        lost = frozenset(name for unit in gone for name in unit.lost)
        replaced = frozenset(gone)
        for unit in self.units:
            if unit.scopes is not None and unit.scopes.known and touched:
                stale = [b for b, (_, asked) in unit.scopes.known.items() if not touched.isdisjoint(asked)]
                for binding in stale:
                    del unit.scopes.known[binding]
            result = unit.result
            if result is None:
                continue
            if not changed.isdisjoint(result.asked) or not replaced.isdisjoint(result.relies_on):
                self._rerun(unit)
            elif unit.held and not lost.isdisjoint(result.asked):
                unit.held = self._still_held(unit, unit.held)

    def _rerun(self, unit: Unit) -> None:
        """Forget a unit's result; what vanishes only because a binding does not parse now is held."""
        assert unit.result is not None  # noqa: S101 - the caller looked
        unit.held = self._still_held(unit, (*unit.held, *map(units.as_carried, unit.result.findings)))
        unit.result = None

    def _still_held(self, unit: Unit, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        assert unit.result is not None  # noqa: S101 - the callers looked
        lost = {name for other in self.units for name in other.lost}
        return tuple(findings) if not lost.isdisjoint(unit.result.asked) else ()

    # --- bookkeeping -------------------------------------------------------------------------------------------------

    def _enter(self, unit: Unit) -> None:
        self._file_words |= unit.words
        for word in self._may_bind(unit):
            self._by_word.setdefault(word, {})[unit] = None

    def _leave(self, unit: Unit) -> None:
        for word in self._may_bind(unit):
            self._by_word[word].pop(unit, None)
        if unit.scopes is not None:
            for node in unit.scopes.by_node:
                if isinstance(node, cst.ClassDef):
                    self._headers.pop(node, None)
            unit.scopes.known.clear()
        unit.lost = frozenset()
        self._dropped[unit.piece] = unit
        while len(self._dropped) > MOST_DROPPED:
            self._dropped.popitem(last=False)

    @staticmethod
    def _may_bind(unit: Unit) -> frozenset[str]:
        """The words of a unit that can be module-level names which it binds: more than there are, never fewer."""
        if not unit.words.isdisjoint(_BINDS_ELSEWHERE) or ":=" in unit.piece.text:
            return unit.words
        if unit.piece.indents:
            return frozenset()
        defined = _DEFINES.match(unit.piece.text)
        if defined is not None:
            return units.words_of(defined.group(1))
        return unit.words | ({_STAR} if "*" in unit.piece.text and "import" in unit.words else set())

    def _wake(self) -> None:
        self._awake = self.catalogue.gate.awake(self._file_words) | self._names

    def passes(self, unit: Unit) -> bool:
        return not self._gated or self.catalogue.gate.passes(unit.words, self._awake)

    def index_at(self, line: int) -> int:
        """The index of the unit that holds a line of the document."""
        starts = list(accumulate((unit.piece.lines for unit in self.units[:-1]), initial=0))
        return max(bisect.bisect_right(starts, line) - 1, 0)

    def line_of(self, index: int) -> int:
        return sum(unit.piece.lines for unit in self.units[:index])

    def place_of(self, unit: Unit) -> int:
        if self._places is None:
            self._places = {each: number for number, each in enumerate(self.units)}
        return self._places[unit]

    # --- what lies outside of a unit (World) -------------------------------------------------------------------------

    def module_bindings(self, name: str) -> Sequence[Binding]:
        candidates = self._by_word.get(name)
        if not candidates:
            return ()
        found: list[Binding] = []
        for unit in sorted(candidates, key=self.place_of) if len(candidates) > 1 else candidates:
            scopes = self._scopes(unit)
            if scopes is not None:
                found.extend(scopes.module.get(name, ()))
        return found

    def _scopes(self, unit: Unit) -> units.PieceScopes | None:
        if unit.tree is None:
            self.parsed += 1
        scopes = units.ensure_scopes(unit, self.catalogue)
        if scopes is not None and unit.piece.header:
            for node in scopes.by_node:
                if isinstance(node, cst.ClassDef):
                    self._headers[node] = unit
        return scopes

    def class_of(self, scope: Scope) -> LocalClass | None:
        unit = scope.root.unit
        if not isinstance(unit, Unit) or not unit.piece.indents or scope.kind is not ScopeKind.CLASS:
            return None
        depth = len(unit.piece.indents)
        for number in range(self.place_of(unit) - 1, -1, -1):
            other = self.units[number]
            if other.piece.header and len(other.piece.indents) == depth - 1:
                scopes = self._scopes(other)
                nodes = () if scopes is None else tuple(n for n in scopes.by_node if isinstance(n, cst.ClassDef))
                return LocalClass(nodes[0], scopes.top) if scopes is not None and nodes else None
        return None

    def class_bindings(self, of: cst.ClassDef, name: str) -> Sequence[Binding]:
        header = self._headers.get(of)
        if header is None:
            return ()
        depth = len(header.piece.indents)
        found: list[Binding] = []
        for number in range(self.place_of(header) + 1, len(self.units)):
            unit = self.units[number]
            if len(unit.piece.indents) <= depth:
                break
            if len(unit.piece.indents) == depth + 1 and name in unit.words:
                scopes = self._scopes(unit)
                if scopes is not None:
                    found.extend(scopes.top.bindings.get(name, ()))
                    found.extend(scopes.top.attributes.get(name, ()))
        return found

    def exports(self, module: str) -> frozenset[str]:
        return self.catalogue.exports.get(module, frozenset())

    # --- results -----------------------------------------------------------------------------------------------------

    def analyse(self) -> None:
        """Bring every unit that can have findings up to date."""
        pending = [unit for unit in self.units if unit.result is None and self.passes(unit)]
        while pending:
            woken: set[str] = set()
            for unit in pending:
                self._scopes(unit)
                unit.result = units.analyse(unit, self.catalogue, self)
                if unit.held:
                    now = {(finding.rule, finding.span) for finding in unit.result.findings}
                    unit.held = tuple(f for f in self._still_held(unit, unit.held) if (f.rule, f.span) not in now)
                woken |= self._given_names(unit)
            if woken <= self._names:
                return
            self._names |= woken
            self._wake()
            pending = [unit for unit in self.units if unit.result is None and self.passes(unit)]

    def _given_names(self, unit: Unit) -> set[str]:
        """Names under which a passing unit makes something dangerous known to others."""
        if not self._gated or unit.scopes is None:
            return set()
        resolver = Resolver(self)
        given: set[str] = set()
        for name, found in units.bound_names(unit, self.catalogue).items():
            bare = name.removeprefix(".")
            if bare not in self._names and any(self._leads_on(value, resolver) for value in _given(found, resolver)):
                given.add(bare)
        return given

    def _leads_on(self, value: Value, resolver: Resolver) -> bool:
        if isinstance(value, Symbol):
            return value.path in self.catalogue.calls
        if isinstance(value, LocalClass):
            return any(path in self.catalogue.calls for path in ancestors(value, resolver))
        if isinstance(value, Function):
            return isinstance(value.node, cst.Lambda)
        return isinstance(value, (Partial, Display, AttributeGetter, Namespace, DisplayGet))

    def findings(self) -> tuple[Finding, ...]:
        """All findings in document coordinates and order, the carried ones marked."""
        self.analyse()
        found: list[Finding] = []
        line = 0
        for unit in self.units:
            result = unit.result
            if result is not None and result.findings:
                for finding, proofs in zip(result.findings, result.proofs, strict=True):
                    found.append(self._placed(finding, proofs, line))
            found.extend(finding.shifted(line) for finding in (*units.texts(unit, self.catalogue), *unit.held))
            line += unit.piece.lines
        found.extend(self._carried)
        found.sort(key=lambda finding: (finding.span, finding.rule))
        return tuple(found)

    def _placed(self, finding: Finding, proofs: Sequence[units.Proof], line: int) -> Finding:
        steps = tuple(Step(p.span.shifted(self.line_of(self.place_of(p.unit))), p.message) for p in proofs)
        placed = finding.shifted(line)
        if not steps and not placed.fixes:
            return placed
        fixes = (self._with_import(fix) for fix in placed.fixes)
        return replace(placed, steps=steps, fixes=tuple(fix for fix in fixes if fix is not None))

    def gaps(self) -> tuple[Gap, ...]:
        """The regions that do not parse, in document coordinates."""
        found: list[Gap] = []
        line = 0
        for unit in self.units:
            if unit.tree is None and not unit.valid:
                unit.valid = self._valid or _accepted(unit.piece)
                if not unit.valid:
                    self._scopes(unit)
            if isinstance(unit.tree, Unparsed):
                found.append(Gap(unit.tree.span.shifted(line), unit.tree.message))
            line += unit.piece.lines
        return tuple(found)

    def fill(self) -> bool:
        """Parse one more unit that nobody has needed yet; False when every unit has its tree."""
        for unit in self.units:
            if unit.tree is None:
                self._scopes(unit)
                return True
        return False

    @property
    def imports_test_framework(self) -> bool:
        """Whether pytest or unittest is imported at module level."""
        return any(
            binding.kind in {BindingKind.IMPORT, BindingKind.STAR} and binding.path.split(".", 1)[0] == name
            for name in ("pytest", "unittest")
            for unit in self._by_word.get(name, ())
            for found in self._module_of(unit).values()
            for binding in found
        )

    def _module_of(self, unit: Unit) -> dict[str, list[Binding]]:
        scopes = self._scopes(unit)
        return {} if scopes is None else scopes.module

    # --- imports that fixes need -------------------------------------------------------------------------------------

    def _with_import(self, fix: Fix) -> Fix | None:
        edits: list[Edit] = []
        for edit in fix.edits:
            if edit.span.start.line != IMPORT_LINE:
                edits.append(edit)
                continue
            bound = self.module_bindings(edit.text)
            if any(binding.kind is BindingKind.IMPORT and binding.path == edit.text for binding in bound):
                continue
            if bound:
                return None  # The name means something else here.
            place, end = self._import_place()
            edits.append(Edit(Span(place, place), f"import {edit.text}{end}"))
        return Fix(fix.title, tuple(edits), fix.safe)

    def _import_place(self) -> tuple[Position, str]:
        """Where a new import line goes: above the first import, else below the docstring, and the line end to use."""
        line, fallback = 0, None
        for unit in self.units:
            if not unit.piece.indents and isinstance(tree := units.ensure_tree(unit), Tree) and tree.body:
                first = tree.body[0]
                small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else None
                start = locate(tree, unit.piece.text, [first])[first].start.line + line
                if isinstance(small, cst.Import) or (isinstance(small, cst.ImportFrom) and not _is_future(small)):
                    return Position(start, 0), _line_end(unit.piece.text)
                if not (isinstance(small, cst.ImportFrom) or _is_docstring(small)):
                    return fallback or Position(start, 0), _line_end(unit.piece.text)
                fallback = Position(line + unit.piece.lines, 0)
            line += unit.piece.lines
        return fallback or Position(0, 0), "\n"


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


def _is_future(node: cst.ImportFrom) -> bool:
    return isinstance(node.module, cst.Name) and node.module.value == "__future__"


def _is_docstring(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString))


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"

