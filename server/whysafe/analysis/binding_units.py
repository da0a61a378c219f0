"""Which units of a document can bind a name, as far as their texts tell: worked out when a name is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.analysis.unit import has_word
from whysafe.semantics.resolver import STAR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.unit import Unit

_STAR_WORD = "import"


class BindingUnits:
    """The units for each name that has been asked for, kept up to date by `enter` and `leave`.

    `order` are all units of the document, and `offered` tells the names that one can bind: words of it, or `*`. Of
    these, `binds` tells more closely whether a unit can bind one; it is asked once for each.
    """

    def __init__(
        self,
        order: Iterable[Unit],
        offered: Callable[[Unit], AbstractSet[str]],
        binds: Callable[[Unit, str], bool],
    ) -> None:
        self._order = order
        self._offered = offered
        self._binds = binds
        self._known: dict[str, dict[Unit, None]] = {}
        self._fresh: dict[str, dict[Unit, None]] = {}
        """For names that have been asked for: the units that offer one, and have not been looked at more closely."""

    def of(self, name: str) -> Collection[Unit]:
        """The units that can bind a name, in no order."""
        known = self._known.get(name)
        if known is None:
            word = _STAR_WORD if name == STAR else name
            # Most units are told apart without a call for each; folding may make the word of other letters.
            having = [unit for unit in self._order if word in (text := unit.piece.text) or not text.isascii()]
            having = [unit for unit in having if has_word(unit, word) and name in self._offered(unit)]
            known = self._known[name] = dict.fromkeys(unit for unit in having if self._binds(unit, name))
        elif name in self._fresh:
            known.update(dict.fromkeys(unit for unit in self._fresh.pop(name) if self._binds(unit, name)))
        return known

    def enter(self, unit: Unit) -> None:
        """A unit that is new in the document."""
        for name in self._asked(unit):
            if name in self._offered(unit):
                self._fresh.setdefault(name, {})[unit] = None

    def leave(self, unit: Unit) -> None:
        """A unit that is no part of the document any more."""
        for name in self._asked(unit):
            self._known[name].pop(unit, None)
            if name in self._fresh:
                self._fresh[name].pop(unit, None)

    def _asked(self, unit: Unit) -> AbstractSet[str]:
        """The names that have been asked for and stand in the unit."""
        asked = self._known.keys() & unit.words
        return asked | {STAR} if _STAR_WORD in unit.words and STAR in self._known else asked
