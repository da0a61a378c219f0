"""How severe a finding is in this file: what rules, settings and the type of program make of it; loads no libcst."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from whysafe.analysis.finding import InTests, Severity

if TYPE_CHECKING:
    from whysafe.analysis.finding import Card, Finding
    from whysafe.config import Settings


class Weight(NamedTuple):
    """The severity of a finding before any answer, and what made it another one than the rule's, for people."""

    severity: Severity
    because: tuple[str, ...] = ()


def is_selected(card: Card, settings: Settings) -> bool:
    """Whether the settings switch a rule on: its own name beats its family, and that beats ALL; then ignoring wins."""
    chosen = max((nearness(name, card) for name in settings.select), default=0)
    if not settings.select and card.default:
        chosen = 1
    return chosen > 0 and chosen > max((nearness(switch.name, card) for switch in settings.ignore), default=0)


def nearness(name: str, card: Card) -> int:
    """How closely a word of the settings names a rule: 0 for not at all."""
    if name == card.name:
        return 3
    if name == card.family:
        return 2
    return int(name == "ALL" or (name == "DEFAULT" and card.default))


def weigh(finding: Finding, card: Card | None, settings: Settings, *, in_tests: bool) -> Weight | None:
    """The weight of a finding, or None where these settings, those of its file, do not show it.

    In a test, what the rule says of tests counts, and not the type of program that is tested.
    """
    if card is None or not is_selected(card, settings) or finding.confidence < settings.confidence:
        return None
    if in_tests and card.in_tests is InTests.OFF:
        return None
    weight = Weight(finding.severity)
    if in_tests:
        weight = _stepped(weight, -1 if card.in_tests is InTests.LOWER else 0, "this is a test")
    else:
        steps = dict(card.by_program_type).get(settings.program_type or "", 0)
        weight = _stepped(weight, steps, f"this is a {settings.program_type}")
    if settings.program_type == "critical":
        weight = _stepped(weight, 1, "this is a critical program")
    weight = _overridden(weight, card, settings)
    return weight if weight.severity >= settings.min_severity else None


def _stepped(weight: Weight, steps: int, cause: str) -> Weight:
    severity = weight.severity.step(steps)
    return weight if severity is weight.severity else Weight(severity, (*weight.because, cause))


def _overridden(weight: Weight, card: Card, settings: Settings) -> Weight:
    """What the settings say of the rule, else of its family, stands above everything else."""
    ours = [(nearness(override.name, card), override) for override in settings.severity]
    nearest = max((near for near, _ in ours), default=0)
    if not nearest:
        return weight
    override = [one for near, one in ours if near == nearest][-1]
    reason = f": {override.reason.strip()}" if override.reason.strip() else ""
    return Weight(override.severity, (f"the settings say so{reason}",))
