"""What a reviewer wants to know of a ledger first: totals, what is due, what does not hold, reasons that repeat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.justifications.comment import Decision
from whysafe.justifications.state import State

if TYPE_CHECKING:
    from whysafe.ledger.model import Entry, Ledger

DUE_DAYS = 30
MANY = 3


@dataclass(frozen=True, slots=True)
class Totals:
    """How many entries there are of each kind, the kinds in a fixed order; only those that occur.

    Under `decisions` and `authors`, None stands for entries that name none. `states` also counts the open findings.
    """

    states: tuple[tuple[State, int], ...]
    decisions: tuple[tuple[Decision | None, int], ...]
    rules: tuple[tuple[str, int], ...]
    authors: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A reason that stands on several statements."""

    reason: str
    entries: tuple[Entry, ...]


def totals(ledger: Ledger) -> Totals:
    states = Counter(entry.state for entry in ledger.entries)
    states[State.OPEN] += ledger.unanswered
    decisions = Counter(entry.decision for entry in ledger.entries)
    rules = Counter(entry.rule for entry in ledger.entries)
    authors = Counter(entry.who for entry in ledger.entries)
    return Totals(
        states=tuple((state, states[state]) for state in State if states[state]),
        decisions=tuple((choice, decisions[choice]) for choice in (*Decision, None) if decisions[choice]),
        rules=tuple(sorted(rules.items())),
        authors=tuple(sorted(authors.items(), key=lambda one: (one[0] is None, one[0] or ""))),
    )


def due(ledger: Ledger) -> tuple[Entry, ...]:
    """The entries that hold and whose review is owed within the next thirty days, the nearest first."""
    soon = [entry for entry in ledger.entries if entry.holds and _days(entry) <= DUE_DAYS]
    return tuple(sorted(soon, key=_days))


def failing(ledger: Ledger) -> tuple[Entry, ...]:
    """The entries that do not hold."""
    return tuple(entry for entry in ledger.entries if not entry.holds)


def repeated(ledger: Ledger) -> tuple[Repeated, ...]:
    """The reasons that stand on three or more statements; spacing and capitals make no difference.

    What is still to be written is no reason.
    """
    by_reason: dict[str, dict[tuple[str, int], Entry]] = {}
    for entry in ledger.entries:
        if entry.reason and entry.state is not State.PLACEHOLDER:
            places = by_reason.setdefault(" ".join(entry.reason.casefold().split()), {})
            places.setdefault((entry.path, entry.line), entry)
    return tuple(
        Repeated(next(iter(places.values())).reason, tuple(places.values()))
        for _, places in sorted(by_reason.items())
        if len(places) >= MANY
    )


def _days(entry: Entry) -> float:
    return float("inf") if entry.days_left is None else entry.days_left
