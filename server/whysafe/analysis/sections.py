"""The units of a document in order: found by line, and told where they stand, without a pass over all of them.

The units lie in sections of a few dozen. An edit rebuilds the sections that it touches, and what has been worked out
for the others (their `memo`) holds on, wherever they move.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from whysafe.analysis.unit import Unit

LARGEST: Final = 40
_USUAL: Final = LARGEST // 2
_SMALLEST: Final = LARGEST // 8


@dataclass(slots=True, eq=False)
class Section:
    """Neighbouring units; `memo` is what anybody has worked out about them, and is emptied when one of them changes."""

    units: list[Unit]
    lines: int
    number: int = 0
    first_line: int = 0
    memo: dict[str, Any] = field(default_factory=dict)


class Sections:
    """All units of a document. Lines count from 0."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.sections = _cut(units)
        self._renumber()

    def __iter__(self) -> Iterator[Unit]:
        return chain.from_iterable(section.units for section in self.sections)

    def __bool__(self) -> bool:
        return bool(self.sections)

    @property
    def lines(self) -> int:
        """How many line ends the document has."""
        return self.sections[-1].first_line + self.sections[-1].lines if self.sections else 0

    def at(self, line: int) -> tuple[Unit, int]:
        """The unit that holds a line, and the line at which it begins; the last unit for what lies behind.

        Raises:
            LookupError: the document is empty.
        """
        if not self.sections:
            raise LookupError("an empty document has no units")
        section = self.sections[max(bisect_right(self._starts, line) - 1, 0)]
        start = section.first_line
        for unit in section.units:
            if line < start + unit.piece.lines:
                return unit, start
            start += unit.piece.lines
        return section.units[-1], start - section.units[-1].piece.lines

    def line_of(self, unit: Unit) -> int:
        """The line of the document at which a unit begins."""
        section = _home(unit)
        return section.first_line + sum(each.piece.lines for each in section.units[: section.units.index(unit)])

    def place_of(self, unit: Unit) -> tuple[int, int]:
        """What sorts units in the order of the document."""
        section = _home(unit)
        return section.number, section.units.index(unit)

    def after(self, unit: Unit) -> Iterator[Unit]:
        """The units that follow, in order."""
        section = _home(unit)
        yield from section.units[section.units.index(unit) + 1 :]
        for number in range(section.number + 1, len(self.sections)):
            yield from self.sections[number].units

    def before(self, unit: Unit) -> Iterator[Unit]:
        """The units above, nearest first."""
        section = _home(unit)
        yield from reversed(section.units[: section.units.index(unit)])
        for number in range(section.number - 1, -1, -1):
            yield from reversed(self.sections[number].units)

    def replace(self, previous: Unit | None, gone: Sequence[Unit], came: Sequence[Unit]) -> None:
        """Put units in the place of those that follow `previous` (None: that begin the document)."""
        if not self.sections:
            first, last, index = 0, 0, 0
        else:
            section = self.sections[0] if previous is None else _home(previous)
            first = section.number
            last = max(first, _home(gone[-1]).number if gone else first) + 1
            index = 0 if previous is None else section.units.index(previous) + 1
        units = list(chain.from_iterable(section.units for section in self.sections[first:last]))
        units[index : index + len(gone)] = came
        if len(units) < _SMALLEST and last < len(self.sections):
            units += self.sections[last].units
            last += 1
        for unit in gone:
            unit.section = None
        self.sections[first:last] = _cut(units)
        self._renumber()

    def _renumber(self) -> None:
        line = 0
        for number, section in enumerate(self.sections):
            section.number, section.first_line = number, line
            line += section.lines
        self._starts = [section.first_line for section in self.sections]


def _cut(units: Sequence[Unit]) -> list[Section]:
    size = len(units) if len(units) <= LARGEST else _USUAL
    return [_section(units[start : start + size]) for start in range(0, len(units), size or 1)]


def _section(units: Iterable[Unit]) -> Section:
    section = Section(list(units), 0)
    for unit in section.units:
        unit.section = section
        section.lines += unit.piece.lines
    return section


def _home(unit: Unit) -> Section:
    if unit.section is None:
        raise LookupError("the unit is no part of the document any more")
    return unit.section
