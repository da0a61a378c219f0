"""What settings switch off, lower or exclude.

Configuration is no side door: each of them has its reason, or is known for having none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whysafe.config import Settings
from whysafe.report import is_selected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from whysafe.analysis.finding import Card


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a setting stands: the file as it is shown, and its line from 0."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakening:
    """A setting by which less is found, or what is found counts for less.

    `keys` lead to it in the settings table; `name` is the rule, family or pattern, or the value that is set; `files` is
    the pattern of the files that it is for, empty for all. `reason` is empty where none is given, `place` None where
    the settings do not come from a file.
    """

    what: str
    name: str
    files: str
    reason: str
    keys: tuple[str, ...]
    place: Reference | None = None


def weakened(settings: Settings, cards: Mapping[str, Card]) -> tuple[Weakening, ...]:
    """All that these settings weaken, in their own order; `cards` is the catalogue."""
    found = list(_weakened(settings, cards, ()))
    for rule in settings.per_path:
        found += _weakened(rule.settings, cards, ("per-path", rule.pattern))
    return tuple(dict.fromkeys(found))


def _weakened(settings: Settings, cards: Mapping[str, Card], at: tuple[str, ...]) -> Iterator[Weakening]:
    files = at[-1] if at else ""

    def weakening(what: str, name: str, key: str, *, reason: str = "", below: str | None = None) -> Weakening:
        keys = (*at, key) if below is None else (*at, key, below)
        return Weakening(what=what, name=name, files=files, reason=reason.strip(), keys=keys)

    for switch in settings.ignore:
        yield weakening("switched off", switch.name, "ignore", reason=switch.reason, below=switch.name)
    if settings.select and any(card.default for card in _unselected(settings, cards)):
        yield weakening("nothing else is checked", ", ".join(settings.select), "select")
    for override in settings.severity:
        lowered = (override.severity < card.severity for card in cards.values() if _names(override.name, card))
        if any(lowered):
            name = f"{override.name} = {override.severity.label}"
            yield weakening("lowered", name, "severity", reason=override.reason, below=override.name)
    for switch in settings.exclude:
        yield weakening("excluded", switch.name, "exclude", reason=switch.reason, below=switch.name)
    if settings.program_type == "test":
        yield weakening("judged as tests", "test", "program-type")
    yield from _thresholds(settings, weakening) if not at else ()


def _names(name: str, card: Card) -> bool:
    return name in {card.name, card.family, "ALL"} or (name == "DEFAULT" and card.default)


def _unselected(settings: Settings, cards: Mapping[str, Card]) -> Iterable[Card]:
    chosen = replace(settings, ignore=())
    return (card for card in cards.values() if not is_selected(card, chosen))


def _thresholds(settings: Settings, weakening: Callable[[str, str, str], Weakening]) -> Iterator[Weakening]:
    usual = Settings()
    if settings.confidence > usual.confidence:
        yield weakening("nothing less sure is shown", settings.confidence.label, "confidence")
    if settings.min_severity > usual.min_severity:
        yield weakening("nothing less severe is shown", settings.min_severity.label, "min-severity")
    if settings.expiry_grace is not None and settings.expiry_grace > usual.grace_days:
        yield weakening("expired answers go on counting", f"{settings.expiry_grace} days", "expiry-grace")
    for name in ("error", "warning", "deferred"):
        days, usually = getattr(settings.review_within, name), getattr(usual.review_within, name)
        if days is None or days > usually:
            yield weakening(
                "reviewed later", f"{name} = {'never' if days is None else f'{days} days'}", "review-within"
            )
