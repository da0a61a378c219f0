"""The ids that a justification may name its rules by; loads no libcst."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from whysafe.analysis.finding import Card


@dataclass(frozen=True, slots=True)
class Names:
    """What may stand in the brackets.

    `rules` maps every id, our own names and the aliases of other tools, to the rules that it stands for; `titles` maps
    our own names to their titles.
    """

    rules: Mapping[str, frozenset[str]]
    titles: Mapping[str, str] = field(default_factory=dict)


def names(cards: Iterable[Card]) -> Names:
    """The ids that the rules behind `cards` can be called by."""
    rules: dict[str, set[str]] = {}
    titles: dict[str, str] = {}
    for card in cards:
        titles[card.name] = card.title
        for name in (card.name, *card.aliases):
            rules.setdefault(name, set()).add(card.name)
    # Our own name means that rule alone, even where another tool happens to use the same word.
    own = {name: frozenset((name,)) for name in titles}
    return Names({name: frozenset(meant) for name, meant in rules.items()} | own, titles)
