"""The units of a document as a unit sees them: which of them bind a name, and which belong to a class."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.binding_units import BindingUnits
from whysafe.analysis.offers import may_bind_member, may_bind_name
from whysafe.analysis.signatures import signatures
from whysafe.analysis.unit import Unit, ensure_scopes, ensure_tree, offered, offered_members
from whysafe.semantics.scopes import Binding, BindingKind, PieceScopes, Scope, ScopeKind
from whysafe.semantics.values import LocalClass
from whysafe.syntax.tree import Unparsed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.sections import Sections
    from whysafe.analysis.unit import State


class DocumentWorld:
    """Answers a unit's questions about its document; see `semantics.resolve.World`.

    Whoever changes `order`, the units of the document, says so with `enter` and `leave`.
    """

    def __init__(self, order: Sections, catalogue: Catalogue) -> None:
        self.order = order
        self.catalogue = catalogue
        self.parsed = 0
        """How many units have been parsed, ever: for tests that count work."""
        self._binders = BindingUnits(order, offered, _binds)
        self._member_binders = BindingUnits(order, offered_members, _binds_member)
        self._bindings: dict[str, Sequence[Binding]] = {}
        """The bindings of names of the module that have been asked for since a unit came, went or gave up its tree."""
        self._class_bindings: dict[tuple[cst.ClassDef, str], Sequence[Binding]] = {}
        """The same of names of split classes."""
        self._owners: dict[Unit, Unit | None] = {}
        self._headers: dict[cst.ClassDef, Unit] = {}
        self._rests_on: dict[str, set[PieceScopes]] = {}
        """For each name, the units that keep values which were found by asking for it."""
        self._trees: OrderedDict[Unit, None] = OrderedDict()
        """The units that have a tree, the least recently used first."""
        self.grown = 0
        """How many lines of the document have a tree."""

    def enter(self, unit: Unit) -> None:
        self._forget_bindings()
        if unit.piece.header:
            self._owners.clear()
        self._binders.enter(unit)
        self._member_binders.enter(unit)

    def leave(self, unit: Unit) -> None:
        self._forget_bindings()
        self._owners.pop(unit, None)
        if unit in self._trees:
            del self._trees[unit]
            self.grown -= unit.piece.lines
        if unit.piece.header:
            self._owners.clear()
        self._binders.leave(unit)
        self._member_binders.leave(unit)
        if unit.scopes is not None:
            for node in unit.scopes.by_node:
                if isinstance(node, cst.ClassDef):
                    self._headers.pop(node, None)
            self._forget_values(unit.scopes)

    def _forget_bindings(self) -> None:
        self._bindings.clear()
        self._class_bindings.clear()

    def _forget_values(self, root: PieceScopes) -> None:
        """Give up what is known of the bindings of a unit."""
        root.known.clear()
        for name in root.rests_on:
            self._rests_on[name].discard(root)
        root.rests_on.clear()

    def rests(self, root: PieceScopes, asked: AbstractSet[str]) -> None:
        for name in asked - root.rests_on:
            self._rests_on.setdefault(name, set()).add(root)
        root.rests_on |= asked

    def forget(self, names: AbstractSet[str]) -> None:
        """Give up what was found by asking for these names."""
        for root in set[PieceScopes]().union(*(self._rests_on.get(name, ()) for name in names)):
            for binding in [key for key, (_, asked) in root.known.items() if not names.isdisjoint(asked)]:
                del root.known[binding]

    def module_bindings(self, name: str) -> Sequence[Binding]:
        known = self._bindings.get(name)
        if known is None:
            found: list[Binding] = []
            for unit in self._in_order(self._binders.of(name)):
                scopes = self.scopes(unit)
                if scopes is not None:
                    found.extend(scopes.module.get(name, ()))
            known = self._bindings[name] = tuple(found)
        return known

    def _in_order(self, units: Collection[Unit]) -> Collection[Unit]:
        return sorted(units, key=self.order.place_of) if len(units) > 1 else units

    def scopes(self, unit: Unit) -> PieceScopes | None:
        """The scopes of a unit, parsed if nobody has needed it yet; None when it does not parse."""
        if unit.scopes is not None and unit in self._trees:
            self._trees.move_to_end(unit)
            return unit.scopes
        if unit.tree is None:
            self.parsed += 1
            if isinstance(ensure_tree(unit), Unparsed) and unit.section is not None:
                unit.section.memo.clear()
        if unit in self._trees:
            self._trees.move_to_end(unit)
        elif unit.section is not None:
            self._trees[unit] = None
            self.grown += unit.piece.lines
        scopes = ensure_scopes(unit, self.catalogue)
        if scopes is not None and unit.piece.header:
            for node in scopes.by_node:
                if isinstance(node, cst.ClassDef):
                    self._headers[node] = unit
        return scopes

    def trim(self, lines: int) -> None:
        """Give up trees until no more lines than that have one, the least recently used first.

        Headers keep theirs, because classes are known by them; so does what does not parse, of which there is no tree.
        """
        for unit in list(self._trees):
            if self.grown <= lines:
                return
            if unit.scopes is None or unit.piece.header:
                continue
            self.forget(signatures(unit, self.catalogue).keys())
            self._forget_values(unit.scopes)
            self._forget_bindings()
            unit.tree, unit.scopes = None, None
            unit.places.clear()
            unit.codes.clear()
            del self._trees[unit]
            self.grown -= unit.piece.lines

    def class_of(self, scope: Scope) -> LocalClass | None:
        unit = scope.root.unit
        if not isinstance(unit, Unit) or scope.kind is not ScopeKind.CLASS or (header := self.owner(unit)) is None:
            return None
        scopes = self.scopes(header)
        nodes = () if scopes is None else tuple(node for node in scopes.by_node if isinstance(node, cst.ClassDef))
        return LocalClass(nodes[0], scopes.top) if scopes is not None and nodes else None

    def state(self, unit: Unit, names: Collection[str]) -> State:
        """Which units bind each of these names, by number, and the headers that they and the unit itself stand below.

        While two states are equal, so are all answers to questions for these names.
        """
        found: dict[str, tuple[tuple[int, ...], ...]] = {"": (self._lineage(unit),)}
        for name in names:
            member = name.startswith(".")
            if offering := self._member_binders.of(name[1:]) if member else self._binders.of(name):
                found[name] = tuple(self._lineage(other) for other in self._in_order(offering) if not other.broken)
        return found

    def _lineage(self, unit: Unit) -> tuple[int, ...]:
        """The numbers of a unit and of the headers of the split classes around it, from the inside out."""
        at: Unit | None = unit
        found: list[int] = []
        while at is not None:
            found.append(at.number)
            at = self.owner(at)
        return tuple(found)

    def owner(self, unit: Unit) -> Unit | None:
        """The header of the split class that a unit is a member of."""
        depth = unit.piece.class_depth
        if not depth:
            return None
        if unit not in self._owners:
            owner, brothers = None, [unit]
            for other in self.order.before(unit):
                if len(other.piece.indents) == depth - 1 and other.piece.header:
                    owner = other
                    break
                if other.piece.class_depth == depth:
                    if other in self._owners:
                        owner = self._owners[other]
                        break
                    brothers.append(other)
            self._owners.update(dict.fromkeys(brothers, owner))
        return self._owners[unit]

    def class_bindings(self, of: cst.ClassDef, name: str) -> Sequence[Binding]:
        header = self._headers.get(of)
        if header is None:
            return ()
        known = self._class_bindings.get((of, name))
        if known is None:
            found: list[Binding] = []
            for unit in self._in_order([unit for unit in self._member_binders.of(name) if self.owner(unit) is header]):
                scopes = self.scopes(unit)
                if scopes is not None:
                    found.extend(scopes.top.bindings.get(name, ()))
                    found.extend(scopes.top.attributes.get(name, ()))
            known = self._class_bindings[of, name] = tuple(found)
        return known

    def exports(self, module: str) -> frozenset[str]:
        return self.catalogue.exports.get(module, frozenset())

    @property
    def imports_test_framework(self) -> bool:
        """Whether pytest or unittest is imported at module level."""
        return any(
            binding.kind in {BindingKind.IMPORT, BindingKind.STAR} and binding.path.split(".", 1)[0] == name
            for name in ("pytest", "unittest")
            for binding in self.module_bindings(name)
        )


def _binds(unit: Unit, name: str) -> bool:
    """Whether a unit that offers a name of the module can bind it."""
    return may_bind_name(unit.piece.text, name) if unit.scopes is None else name in unit.scopes.module


def _binds_member(unit: Unit, name: str) -> bool:
    """Whether a unit that offers a name of its class can bind it."""
    if unit.scopes is None:
        return may_bind_member(unit.piece.text, name)
    return name in unit.scopes.top.bindings or name in unit.scopes.top.attributes
