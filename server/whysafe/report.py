"""From what the analysis found to what a person is shown: one pure function, `project`; loads no libcst.

The facts of a text do not depend on settings, program type or day, so a change of those costs no analysis.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from whysafe.analysis.finding import Card, Confidence, Finding, Gap, Severity, Step
from whysafe.config import Settings, for_path, relative_path
from whysafe.justifications.audit import OPEN, Answer, Audit, Policy, Subject, audit, demoted
from whysafe.justifications.comment import Block, Placed  # noqa: TC001  # the wire reads these hints at run time
from whysafe.justifications.marked import Place, concerning
from whysafe.justifications.markers import Marker  # noqa: TC001  # as above
from whysafe.justifications.names import Names, names
from whysafe.justifications.policy import HORIZONS
from whysafe.justifications.state import State
from whysafe.syntax.position import Span  # noqa: TC001  # as above
from whysafe.weighing import Weight, is_selected, nearness, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "ANSWERED", "PASSING", "Facts", "Note", "Report", "Shown", "fails", "is_selected", "is_test_path", "place_of",
    "policy_of", "project",
]  # fmt: skip

TEST_FOLDERS = frozenset({"test", "tests"})
ANSWERED = frozenset({State.VALID, State.DUE})
PASSING = ANSWERED | {State.TOO_LONG}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the analysis says of one text, whatever the settings and the day.

    `test_like` tells that the text imports pytest or unittest; `markers` are other tools' orders to look away.
    """

    findings: tuple[Finding, ...]
    blocks: tuple[Placed, ...]
    gaps: tuple[Gap, ...]
    test_like: bool = False
    markers: tuple[Marker, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finding as it is shown: `severity` is what it counts as now, `full` what it would count as without an answer.

    `marker` is another tool's order that concerns it, where no block answers it. `answerable` tells whether the
    settings allow an answer at all. `because` says what made `full` another severity than the finding's own.
    """

    finding: Finding
    severity: Severity
    full: Severity
    state: State
    block: Block | None
    marker: Marker | None = None
    answerable: bool = True
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to say about a justification itself; `block` is None where it is about another tool's order.

    `ids` and `instead` are as in `Remark`.
    """

    span: Span
    severity: Severity
    state: State
    message: str
    block: Block | None
    unnecessary: bool
    related: tuple[Step, ...] = ()
    ids: tuple[str, ...] = ()
    instead: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is shown for one text, in the order of the text."""

    shown: tuple[Shown, ...]
    notes: tuple[Note, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Circumstances:
    """What decides beside the facts what is shown: the rules, the settings of the file, the day, and where the file is.

    What follows from that alone is worked out once, so that one object may serve for many facts.
    """

    cards: Mapping[str, Card]
    settings: Settings
    today: dt.date
    in_tests: bool
    _weights: dict[tuple[str, Severity, Confidence], Weight | None] = field(default_factory=dict, init=False)

    @cached_property
    def names(self) -> Names:
        return names(self.cards.values())

    @cached_property
    def policy(self) -> Policy:
        return policy_of(self.settings, self.cards, in_tests=self.in_tests)

    def weight(self, finding: Finding) -> Weight | None:
        """How much a finding weighs; None where it is not shown."""
        # Of one rule, most findings weigh the same.
        key = finding.rule, finding.severity, finding.confidence
        if key not in self._weights:
            card = self.cards.get(finding.rule)
            self._weights[key] = weigh(finding, card, self.settings, in_tests=self.in_tests)
        return self._weights[key]


def circumstances(
    cards: Mapping[str, Card], settings: Settings, today: dt.date, path: str | None, *, test_like: bool
) -> Circumstances:
    """Those of the arguments of `project`, for facts that are `test_like` or not."""
    here = for_path(settings, path)
    in_tests = test_like or here.program_type == "test" or is_test_path(path, settings.root)
    return Circumstances(cards=cards, settings=here, today=today, in_tests=in_tests)


def project(facts: Facts, cards: Mapping[str, Card], settings: Settings, today: dt.date, path: str | None) -> Report:
    """What to show of the facts under these settings on that day (in UTC).

    `path` is the file's, absolute or relative to the project; None for a text without a file. It decides path rules and
    whether this is a test file. Pure: the same arguments give the same report.
    """
    return project_under(circumstances(cards, settings, today, path, test_like=facts.test_like), facts)


def project_under(here: Circumstances, facts: Facts) -> Report:
    """What to show of the facts under circumstances that were worked out before."""
    weights = [here.weight(finding) for finding in facts.findings]
    known = here.names if facts.blocks or facts.markers else Names({})
    audited = _audit(facts, weights, known, here.today, here.policy)
    kept = _one_per_anchor(facts.findings, weights, here.cards)
    shown = [_shown(facts.findings[index], weights[index], audited.answers[index], here.policy) for index in kept]
    shown = _marked(shown, facts.markers, known, here.settings)
    notes = [*_notes(facts, audited), *_marker_notes(shown)]
    return Report(
        shown=tuple(sorted(shown, key=lambda one: (one.finding.span, one.finding.rule, one.finding.message))),
        notes=tuple(sorted(notes, key=lambda note: (note.span, note.state.value, note.message))),
        gaps=in_order(facts.gaps),
    )


def in_order(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps of a report in the order of the text."""
    return tuple(sorted(gaps, key=lambda gap: (gap.span, gap.message)))


def fails(shown: Shown, settings: Settings, today: dt.date, threshold: Severity) -> bool:
    """Whether a finding makes `check` fail: it has no answer that counts, and is at least as severe as `threshold`.

    An answer whose review date has passed goes on counting for the days of grace, so that a date alone breaks nothing
    overnight; without a readable date there is no grace. One whose review is planned too late, and another tool's order
    that names the rule, are shown and break nothing (the latter unless the settings say so). `settings` are those of
    the file. What was last seen before the text broke never counts.
    """
    if shown.finding.carried or shown.state in PASSING or shown.full < threshold:
        return False
    if shown.state is State.UNDOCUMENTED:
        return settings.foreign_markers == "report"
    if shown.state is not State.EXPIRED or shown.block is None or shown.block.review_by is None:
        return True
    return today > shown.block.review_by + dt.timedelta(days=settings.grace_days)


def is_test_path(path: str | None, root: str | None) -> bool:
    """Whether a file is a test by its place: below a `tests` or `test` folder of the project, or by its name."""
    if path is None:
        return False
    relative = relative_path(path, root)
    parts = path.replace("\\", "/").split("/")[-2:] if relative is None else relative.split("/")
    name = parts[-1]
    by_name = name == "conftest.py" or name.startswith("test_") or name.endswith(("_test.py", "_test.pyi"))
    return by_name or not TEST_FOLDERS.isdisjoint(parts[:-1])


def _one_per_anchor(
    findings: Iterable[Finding], weights: Iterable[Weight | None], cards: Mapping[str, Card]
) -> list[int]:
    """Indices of the findings to show: one problem is one diagnostic, and the finding that proves most tells it."""
    best: dict[Span, tuple[tuple[bool, int, int], str, int]] = {}
    for index, (finding, weight) in enumerate(zip(findings, weights, strict=True)):
        if weight is None:
            continue
        strength = (not finding.carried, int(cards[finding.rule].rank), int(weight.severity))
        other = best.get(finding.anchor)
        if other is None or strength > other[0] or (strength == other[0] and finding.rule < other[1]):
            best[finding.anchor] = (strength, finding.rule, index)
    return [index for _, _, index in best.values()]


def policy_of(settings: Settings, cards: Mapping[str, Card], *, in_tests: bool) -> Policy:
    """What these settings, those of one file, demand of justifications."""
    within = settings.review_within
    types = (settings.program_type, "test" if in_tests else None)
    return Policy(
        horizons={name: getattr(within, name) for name in HORIZONS},
        never=frozenset(
            card.name for card in cards.values() if any(nearness(name, card) for name in settings.never_justify)
        ),
        program_types=tuple(dict.fromkeys(name for name in types if name is not None)),
    )


def _audit(facts: Facts, weights: Iterable[Weight | None], known: Names, today: dt.date, policy: Policy) -> Audit:
    """States of all findings, shown or not: an answer to a finding that these settings hide answers something."""
    if not facts.blocks:
        return Audit((OPEN,) * len(facts.findings), ())
    subjects = [
        Subject(finding.rule, finding.span.start, finding.severity if weight is None else weight.severity)
        for finding, weight in zip(facts.findings, weights, strict=True)
    ]
    return audit(facts.blocks, subjects, known, today, policy=policy, gaps=[gap.span for gap in facts.gaps])


def _shown(finding: Finding, weight: Weight | None, answer: Answer, policy: Policy) -> Shown:
    severity, because = weight or Weight(finding.severity)
    return Shown(
        finding=finding,
        severity=demoted(severity, answer),
        full=severity,
        state=answer.state,
        block=answer.block,
        answerable=finding.rule not in policy.never,
        because=because,
    )


def _marked(shown: Sequence[Shown], markers: Sequence[Marker], known: Names, settings: Settings) -> list[Shown]:
    """What is shown, with other tools' orders where nothing else answers: naming the rule lowers, a blanket nothing."""
    unanswered = [one for one in shown if one.state is State.OPEN]
    found = concerning(markers, [place_of(one.finding) for one in unanswered], known)
    by_finding = {id(one): marker for one, marker in zip(unanswered, found, strict=True) if marker is not None}
    lowest = Severity.ERROR if settings.foreign_markers == "report" else Severity.INFORMATION
    result = []
    for one in shown:
        marker = by_finding.get(id(one))
        if marker is None or not one.answerable:
            result.append(one)
        elif marker.blanket:
            result.append(replace(one, state=State.BLANKET, marker=marker))
        else:
            result.append(replace(one, state=State.UNDOCUMENTED, marker=marker, severity=min(one.full, lowest)))
    return result


def place_of(finding: Finding) -> Place:
    """The lines that another tool's order may stand on to concern a finding."""
    first = min(finding.span.start, finding.anchor.start)
    last = max(finding.span.end, finding.anchor.end)
    return Place(finding.rule, first.line, last.line)


def _marker_notes(shown: Iterable[Shown]) -> Iterable[Note]:
    blankets = {one.marker.span: one.marker for one in shown if one.marker is not None and one.marker.blanket}
    for span, marker in blankets.items():
        message = (
            f"`{marker.tool}` names no rule: it hides from other tools whatever comes here, and records no reason. "
            "Name the rule, or convert it to a justification."
        )
        yield Note(
            span=span, severity=Severity.WARNING, state=State.BLANKET, message=message, block=None, unnecessary=False
        )


def _notes(facts: Facts, audited: Audit) -> Iterable[Note]:
    if not facts.blocks:
        return
    for placed, remarks in zip(facts.blocks, audited.remarks, strict=True):
        for remark in remarks:
            yield Note(
                span=placed.block.span,
                severity=remark.severity,
                state=remark.state,
                message=remark.message,
                block=placed.block,
                unnecessary=remark.unnecessary,
                related=remark.related,
                ids=remark.ids,
                instead=remark.instead,
            )
