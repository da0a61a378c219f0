"""The units of a document as a unit sees them: which of them bind a name, and which belong to a class."""

from __future__ import annotations

import bisect
from itertools import accumulate
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.offers import may_bind_member, module_names
from whysafe.analysis.unit import Unit, ensure_scopes
from whysafe.semantics.scopes import Binding, BindingKind, PieceScopes, Scope, ScopeKind
from whysafe.semantics.values import LocalClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whysafe.analysis.catalogue import Catalogue

_STAR = "*"


class DocumentWorld:
    """Answers a unit's questions about its document; see `semantics.resolve.World`.

    `units` is the document in order; whoever changes it says so with `enter`, `leave` and `moved`.
    """

    def __init__(self, units: list[Unit], catalogue: Catalogue) -> None:
        self.units = units
        self.catalogue = catalogue
        self.parsed = 0
        """How many units have been parsed, ever: for tests that count work."""
        self._by_word: dict[str, dict[Unit, None]] = {}
        self._places: dict[Unit, int] | None = None
        self._headers: dict[cst.ClassDef, Unit] = {}
        for unit in units:
            self.enter(unit)

    def enter(self, unit: Unit) -> None:
        for word in may_bind(unit):
            self._by_word.setdefault(word, {})[unit] = None

    def leave(self, unit: Unit) -> None:
        for word in may_bind(unit):
            self._by_word[word].pop(unit, None)
        if unit.scopes is not None:
            for node in unit.scopes.by_node:
                if isinstance(node, cst.ClassDef):
                    self._headers.pop(node, None)
            unit.scopes.known.clear()

    def moved(self) -> None:
        """Units were put in or taken out: their numbers have changed."""
        self._places = None

    def index_at(self, line: int) -> int:
        """The index of the unit that holds a line of the document."""
        return max(bisect.bisect_right(self.first_lines(), line) - 1, 0)

    def first_lines(self) -> list[int]:
        """The line of the document at which each unit begins; [0] where there is none."""
        return list(accumulate((unit.piece.lines for unit in self.units[:-1]), initial=0))

    @property
    def lines(self) -> int:
        """How many line ends the document has."""
        return sum(unit.piece.lines for unit in self.units)

    def line_of(self, index: int) -> int:
        return sum(unit.piece.lines for unit in self.units[:index])

    def place_of(self, unit: Unit) -> int:
        if self._places is None:
            self._places = {each: number for number, each in enumerate(self.units)}
        return self._places[unit]

    def module_bindings(self, name: str) -> Sequence[Binding]:
        candidates = self._by_word.get(name)
        if not candidates:
            return ()
        found: list[Binding] = []
        for unit in sorted(candidates, key=self.place_of) if len(candidates) > 1 else candidates:
            scopes = self.scopes(unit)
            if scopes is not None:
                found.extend(scopes.module.get(name, ()))
        return found

    def scopes(self, unit: Unit) -> PieceScopes | None:
        """The scopes of a unit, parsed if nobody has needed it yet; None when it does not parse."""
        if unit.tree is None:
            self.parsed += 1
        scopes = ensure_scopes(unit, self.catalogue)
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
                scopes = self.scopes(other)
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
            if len(unit.piece.indents) == depth + 1 and name in unit.words and _may_bind_member(unit, name):
                scopes = self.scopes(unit)
                if scopes is not None:
                    found.extend(scopes.top.bindings.get(name, ()))
                    found.extend(scopes.top.attributes.get(name, ()))
        return found

    def exports(self, module: str) -> frozenset[str]:
        return self.catalogue.exports.get(module, frozenset())

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
        scopes = self.scopes(unit)
        return {} if scopes is None else scopes.module


def _may_bind_member(unit: Unit, name: str) -> bool:
    """Whether a member of a class can bind an attribute: said more often than it does, never less."""
    return unit.scopes is not None or may_bind_member(unit.piece.text, name)


def may_bind(unit: Unit) -> frozenset[str]:
    """The words of a unit that can be module-level names which it binds: more than there are, never fewer."""
    found = module_names(unit.piece.text, unit.words, in_class=bool(unit.piece.indents))
    return found | {_STAR} if found is unit.words and "*" in unit.piece.text and "import" in found else found
