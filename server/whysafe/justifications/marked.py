"""Which findings do other tools' orders concern? Pure; loads no libcst."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from whysafe.justifications.markers import meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whysafe.justifications.markers import Marker
    from whysafe.justifications.names import Names

# An order for more lines than these is asked about each finding, instead of being noted at each line.
_FEW_LINES = 20


class Place(NamedTuple):
    """A finding as it is met by an order: its rule, and the first and last line of the code that it is about."""

    rule: str
    first: int
    last: int


def concerning(markers: Sequence[Marker], places: Sequence[Place], known: Names) -> tuple[Marker | None, ...]:
    """For each place the order that concerns it: one that names its rule, else a blanket, else None.

    An order that names other rules only is none for it.
    """
    if not markers or not places:
        return (None,) * len(places)
    orders = _Orders(markers)
    rules = [meant(marker, known) for marker in markers]
    return tuple(_choose(place, orders, rules) for place in places)


class _Orders:
    """The orders by the lines that they are for."""

    def __init__(self, markers: Sequence[Marker]) -> None:
        self.markers = markers
        self._by_line: dict[int, list[int]] = {}
        self._long: list[int] = []
        for number, marker in enumerate(markers):
            if marker.last is None or marker.last - marker.first > _FEW_LINES:
                self._long.append(number)
            else:
                for line in range(marker.first, marker.last + 1):
                    self._by_line.setdefault(line, []).append(number)

    def reaching(self, place: Place) -> Iterator[int]:
        """The numbers of the orders that reach a place."""
        for line in range(place.first, place.last + 1):
            yield from self._by_line.get(line, ())
        for number in self._long:
            last = self.markers[number].last
            if self.markers[number].first <= place.last and (last is None or place.first <= last):
                yield number


def _choose(place: Place, orders: _Orders, rules: Sequence[frozenset[str]]) -> Marker | None:
    blanket = None
    for number in orders.reaching(place):
        if place.rule in rules[number]:
            return orders.markers[number]
        if blanket is None and orders.markers[number].blanket:
            blanket = orders.markers[number]
    return blanket
