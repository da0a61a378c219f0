"""`report.project` for one document, asked again with every keystroke, by which few facts change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.report import Circumstances, Facts, Report, circumstances, in_order, project_under

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from whysafe.analysis.finding import Card
    from whysafe.config import Settings


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What was asked last, what could be worked out without the facts, and the answer."""

    cards: Mapping[str, Card]
    settings: Settings
    today: dt.date
    path: str | None
    here: Circumstances
    facts: Facts
    report: Report


class Projection:
    """Calling it is calling `project`; what is the same object as in the last call is not looked at again."""

    def __init__(self) -> None:
        self._last: _Asked | None = None

    def __call__(
        self, facts: Facts, cards: Mapping[str, Card], settings: Settings, today: dt.date, path: str | None
    ) -> Report:
        last = self._last
        if last is not None and _under_the_same(last, cards, settings, today, path, facts):
            here = last.here
            report = _renewed(last, facts) or project_under(here, facts)
        else:
            here = circumstances(cards, settings, today, path, test_like=facts.test_like)
            report = project_under(here, facts)
        self._last = _Asked(cards, settings, today, path, here, facts, report)
        return report


def _under_the_same(  # noqa: PLR0913, PLR0917 - they are what `project` is given
    last: _Asked, cards: Mapping[str, Card], settings: Settings, today: dt.date, path: str | None, facts: Facts
) -> bool:
    return (
        last.cards is cards
        and last.settings is settings
        and last.today == today
        and last.path == path
        and last.facts.test_like is facts.test_like
    )


def _renewed(last: _Asked, facts: Facts) -> Report | None:
    """The report as far as it is the last one; None where more may have changed in it than the gaps."""
    before, report = last.facts, last.report
    if not (facts.findings is before.findings and facts.blocks is before.blocks and facts.markers is before.markers):
        return None
    if facts.gaps is before.gaps:
        return report
    # What a justification answers may lie in a gap.
    return None if facts.blocks else Report(shown=report.shown, notes=report.notes, gaps=in_order(facts.gaps))
