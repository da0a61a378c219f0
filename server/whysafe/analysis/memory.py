"""What a program remembers of its units: replaced ones whose text may come back, and who asked for which name."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, TypeVar

from whysafe.analysis.unit import Recalled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whysafe.analysis.gate import Awake
    from whysafe.analysis.unit import Result, Unit
    from whysafe.analysis.world import DocumentWorld
    from whysafe.syntax.split import Piece

Key = TypeVar("Key")

FEWEST_REMEMBERED: Final = 2_000
MOST_REMEMBERED: Final = 10_000
"""Replaced units are remembered, in case their text comes back (a quote opened and closed again): as many lines of them
as the document has, but not fewer than the one number and not more than the other."""


MOST_RECALLED: Final = 4
"""How many results a unit remembers, in case that what they rest on comes back."""


def remember(unit: Unit, result: Result, awake: Awake, world: DocumentWorld) -> None:
    """Take note of a result of a unit that has just been worked out, and of what it rests on.

    Evidence that stands in other units would keep them alive, so that such a result is not remembered.
    """
    if result.relies_on <= {unit}:
        found = Recalled(awake, world.state(unit, result.asked), result)
        unit.recalled = (found, *unit.recalled)[:MOST_RECALLED]


def recall(unit: Unit, awake: Awake, world: DocumentWorld) -> Result | None:
    """The result that a unit had when all that it rests on was as it is now."""
    for found in unit.recalled:
        if found.awake is awake and found.state == world.state(unit, found.result.asked):
            unit.recalled = (found, *(other for other in unit.recalled if other is not found))
            return found.result
    return None


class Memory:
    """Replaced units by their piece, the latest last."""

    def __init__(self) -> None:
        self._units: OrderedDict[Piece, Unit] = OrderedDict()
        self.lines = 0
        """How many lines they have together."""
        self.used = False
        """Whether a unit was ever replaced; before that, nothing can come back, and nobody need be ready for it."""

    def keep(self, unit: Unit) -> None:
        self.used = True
        known = self._units.pop(unit.piece, None)
        self._units[unit.piece] = unit
        self.lines += unit.piece.lines - (known.piece.lines if known is not None else 0)

    def take(self, piece: Piece, ancestors: tuple[Unit, ...]) -> Unit | None:
        """The unit that had this piece, which is remembered no longer; it comes in the place of `ancestors`.

        Its scopes may have become those of a unit after it, and are made out of theirs again.
        """
        unit = self._units.pop(piece, None)
        self.lines -= 0 if unit is None else piece.lines
        if unit is not None and unit.scopes is None:
            unit.ancestors = ancestors
        return unit

    def limit(self, lines: int) -> None:
        """Forget the oldest until no more lines than that are remembered."""
        while self.lines > lines:
            self.lines -= self._units.popitem(last=False)[0].lines


class Askers:
    """Units with a result by the names that they asked for, and by the units that their evidence stands in."""

    def __init__(self) -> None:
        self._by_name: dict[str, set[Unit]] = {}
        self._by_unit: dict[Unit, set[Unit]] = {}

    def add(self, unit: Unit) -> None:
        if unit.result is not None:
            for name in unit.result.asked:
                self._by_name.setdefault(name, set()).add(unit)
            for other in unit.result.relies_on:
                self._by_unit.setdefault(other, set()).add(unit)

    def remove(self, unit: Unit) -> None:
        if unit.result is not None:
            for name in unit.result.asked:
                _discard(self._by_name, name, unit)
            for other in unit.result.relies_on:
                _discard(self._by_unit, other, unit)

    def of(self, names: Iterable[str], others: Iterable[Unit]) -> set[Unit]:
        """Whose result may change with these names or with these units."""
        found: set[Unit] = set()
        for name in names:
            found |= self._by_name.get(name, set())
        for other in others:
            found |= self._by_unit.get(other, set())
        return found


def _discard(table: dict[Key, set[Unit]], key: Key, unit: Unit) -> None:
    units = table.get(key)
    if units is not None:
        units.discard(unit)
        if not units:
            del table[key]
