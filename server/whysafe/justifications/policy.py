"""What a project demands of its justifications, beyond what every justification owes; loads no libcst."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whysafe.justifications.comment import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from whysafe.analysis.finding import Severity

HORIZONS: Mapping[str, int | None] = {"error": 180, "warning": 365, "information": None, "hint": None, "deferred": 90}
"""Days until a review, by severity; for what is deferred, whatever the severity. None: no review is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`never` are the rules that nobody may justify; `program_types` what the program is, the main type first."""

    horizons: Mapping[str, int | None] = field(default_factory=lambda: HORIZONS)
    never: frozenset[str] = frozenset()
    program_types: tuple[str, ...] = ()

    def days(self, decision: Decision | None, severities: Iterable[Severity]) -> int | None:
        """How long an answer to findings of these severities may stand without a review; None: for good.

        A false alarm ages with the code that it is bound to, not with time.
        """
        if decision is Decision.DEFERRED:
            return self.horizons.get("deferred")
        if decision is Decision.FALSE_ALARM:
            return None
        owed = [days for severity in severities if (days := self.horizons.get(severity.label)) is not None]
        return min(owed, default=None)

    def owes_review(self, decision: Decision | None, severities: Iterable[Severity]) -> bool:
        """Whether such an answer must carry a review date."""
        return self.days(decision, severities) is not None


DEFAULT = Policy()
