"""A text that has just been read as a whole, and its units: most of them sleep without being asked."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from whysafe.analysis.standing import occurrences
from whysafe.analysis.unit import has_word
from whysafe.syntax.words import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.gate import Awake, Gate
    from whysafe.analysis.glance import Glance
    from whysafe.analysis.unit import Unit


class Reading:
    """The glance of a text, and the units that it has been cut into."""

    def __init__(self, glance: Glance, units: Sequence[Unit]) -> None:
        self._glance = glance
        self._units = units
        self._awake: Awake | None = None
        """What was awake when it was last asked for candidates."""
        self._starts = list(accumulate((len(unit.piece.text) for unit in units), initial=0))

    def candidates(self, gate: Gate, awake: Awake) -> Mapping[Unit, Glance]:
        """The units that the gate has to be asked about, each with its glance: it keeps all others asleep.

        Asked again, those for which it may say something else than before.
        """
        before, self._awake = self._awake, awake
        if before is None:
            words = gate.triggering(self._glance, awake)
        else:
            words = gate.triggering_since(before, self._glance, awake)
        numbers = self._holding(words)
        return {unit: self._glance.part(unit.piece.text, self._starts[number], unit.words) for number, unit in numbers}

    def _holding(self, words: AbstractSet[str]) -> list[tuple[int, Unit]]:
        """The units that hold one of the words, by number."""
        text = self._glance.text
        if folded(text) != text:
            # Folding moves letters.
            return [pair for pair in enumerate(self._units) if any(has_word(pair[1], word) for word in words)]
        places = (begin for word in words for begin in occurrences(text, word))
        numbers = {bisect_right(self._starts, begin) - 1 for begin in places}
        return [(number, self._units[number]) for number in sorted(numbers)]
