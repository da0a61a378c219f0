"""The units of a document in order: found by line, and told where they stand, without a pass over all of them.

The units lie in sections of a few dozen. An edit rebuilds the sections that it touches, and what has been worked out
for the others (their `memo`) holds on, wherever they move.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import chain
from operator import is_
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from whysafe.analysis.unit import Unit

LARGEST: Final = 40
_USUAL: Final = LARGEST // 2
_SMALLEST: Final = LARGEST // 8


@dataclass(slots=True, eq=False)
class Section:
    """Neighbouring units; `memo` is what anybody has worked out about them, and is emptied when one of them changes."""

    units: list[Unit]
    lines: int
    number: int = -1
    first_line: int = -1
    memo: dict[str, Any] = field(default_factory=dict)


class Placed(Protocol):
    """Something with a place in a text."""

    def shifted(self, lines: int, /) -> Any: ...


Part = TypeVar("Part")


class Joined(Generic[Part]):
    """The parts of a document put together; the same tuple as long as it says the same."""

    def __init__(self) -> None:
        self._parts: Sequence[Sequence[Part]] = ()
        self._whole: tuple[Part, ...] = ()

    def of(self, parts: Sequence[Sequence[Part]]) -> tuple[Part, ...]:
        if not same(parts, self._parts):
            self._parts, whole = parts, tuple(chain.from_iterable(parts))
            # What is the same object is not compared.
            if whole != self._whole:
                self._whole = whole
        return self._whole


def same(one: Sequence[object], other: Sequence[object]) -> bool:
    """Whether two sequences hold the same objects: a question that costs the same however large these are."""
    return len(one) == len(other) and all(map(is_, one, other))


class Sections:
    """All units of a document. Lines count from 0."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.sections = _cut(units)
        self.layout = 0
        """Another number whenever a unit may stand on another line than before."""
        self._starts: list[int] = []
        self._renumber(0)

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
        self._renumber(first)
        if [unit.piece.lines for unit in gone] != [unit.piece.lines for unit in came]:
            self.layout += 1

    def _renumber(self, first: int) -> None:
        """Tell the sections from this one on where they stand, up to one that knows it."""
        line = self.sections[first - 1].first_line + self.sections[first - 1].lines if first else 0
        starts: list[int] = []
        for number, section in enumerate(self.sections[first:], first):
            if section.number == number and section.first_line == line:
                # So does every section behind it.
                self._starts[first:number] = starts
                return
            section.number, section.first_line = number, line
            starts.append(line)
            line += section.lines
        self._starts[first:] = starts

    def parts(self, name: str, work_out: Callable[[Section], Sequence[Placed]]) -> list[tuple[Any, ...]]:
        """What there is of one kind in the document, for each section where there is any.

        `work_out` finds it in coordinates of a section, and is asked again when that has changed; `name` is where that
        is kept in the `memo`. What has not moved is the same object as before.
        """
        found: list[tuple[Any, ...]] = []
        for section in self.sections:
            known = section.memo.get(name)
            if known is None:
                known = tuple(work_out(section)), 0
                section.memo[name] = known
            parts, line = known
            if parts:
                if line != section.first_line:
                    parts = tuple(part.shifted(section.first_line - line) for part in parts)
                    section.memo[name] = parts, section.first_line
                found.append(parts)
        return found


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
