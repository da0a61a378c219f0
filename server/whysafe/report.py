"""From what the analysis found to what a person is shown: one pure function, `project`; loads no libcst.

The facts of a text do not depend on settings, program type or day, so a change of those costs no analysis.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.analysis.finding import Card, Finding, Gap, InTests, Severity, Step
from whysafe.config import Settings, for_path, relative_path
from whysafe.justifications.audit import Answer, Audit, Subject, audit, demoted
from whysafe.justifications.comment import Block, Placed  # noqa: TC001  # the wire reads these hints at run time
from whysafe.justifications.names import names
from whysafe.justifications.state import State
from whysafe.syntax.position import Span  # noqa: TC001  # as above

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TEST_FOLDERS = frozenset({"test", "tests"})
ANSWERED = frozenset({State.VALID, State.DUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the analysis says of one text, whatever the settings and the day.

    `test_like` tells that the text imports pytest or unittest.
    """

    findings: tuple[Finding, ...]
    blocks: tuple[Placed, ...]
    gaps: tuple[Gap, ...]
    test_like: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finding as it is shown: `severity` is what it counts as now, `full` what it would count as without a block."""

    finding: Finding
    severity: Severity
    full: Severity
    state: State
    block: Block | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to say about a justification itself."""

    span: Span
    severity: Severity
    state: State
    message: str
    block: Block
    unnecessary: bool
    related: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is shown for one text, in the order of the text."""

    shown: tuple[Shown, ...]
    notes: tuple[Note, ...]
    gaps: tuple[Gap, ...]


def project(facts: Facts, cards: Mapping[str, Card], settings: Settings, today: dt.date, path: str | None) -> Report:
    """What to show of the facts under these settings on that day (in UTC).

    `path` is the file's, absolute or relative to the project; None for a text without a file. It decides path rules and
    whether this is a test file. Pure: the same arguments give the same report.
    """
    here = for_path(settings, path)
    in_tests = facts.test_like or here.program_type == "test" or is_test_path(path, settings.root)
    weights = [_weigh(finding, cards.get(finding.rule), here, in_tests=in_tests) for finding in facts.findings]
    audited = _audit(facts, weights, cards, today)
    kept = _one_per_anchor(facts.findings, weights, cards)
    shown = [_shown(facts.findings[index], weights[index], audited.answers[index]) for index in kept]
    return Report(
        shown=tuple(sorted(shown, key=lambda one: (one.finding.span, one.finding.rule, one.finding.message))),
        notes=tuple(sorted(_notes(facts, audited), key=lambda note: (note.span, note.state.value, note.message))),
        gaps=tuple(sorted(facts.gaps, key=lambda gap: (gap.span, gap.message))),
    )


def fails(shown: Shown, settings: Settings, today: dt.date, threshold: Severity) -> bool:
    """Whether a finding makes `check` fail: it has no answer that counts, and is at least as severe as `threshold`.

    An answer whose review date has passed goes on counting for the days of grace, so that a date alone breaks nothing
    overnight; without a readable date there is no grace. `settings` are those of the file. What was last seen before
    the text broke never counts.
    """
    if shown.finding.carried or shown.state in ANSWERED or shown.full < threshold:
        return False
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


def is_selected(card: Card, settings: Settings) -> bool:
    """Whether the settings switch a rule on: its own name beats its family, and that beats ALL; then ignoring wins."""
    chosen = max((_nearness(name, card) for name in settings.select), default=0)
    if not settings.select and card.default:
        chosen = 1
    return chosen > 0 and chosen > max((_nearness(switch.name, card) for switch in settings.ignore), default=0)


def _nearness(name: str, card: Card) -> int:
    if name == card.name:
        return 3
    if name == card.family:
        return 2
    return int(name == "ALL" or (name == "DEFAULT" and card.default))


def _weigh(finding: Finding, card: Card | None, settings: Settings, *, in_tests: bool) -> Severity | None:
    """The severity of a finding before justifications, or None where these settings do not show it."""
    if card is None or not is_selected(card, settings) or finding.confidence < settings.confidence:
        return None
    if in_tests and card.in_tests is InTests.OFF:
        return None
    severity = finding.severity
    if in_tests and card.in_tests is InTests.LOWER:
        severity = severity.step(-1)
    if settings.program_type == "critical":
        severity = severity.step(1)
    ours = [(_nearness(override.name, card), override.severity) for override in settings.severity]
    nearness = max((near for near, _ in ours), default=0)
    if nearness:
        severity = [level for near, level in ours if near == nearness][-1]
    return severity if severity >= settings.min_severity else None


def _one_per_anchor(
    findings: Iterable[Finding], weights: Iterable[Severity | None], cards: Mapping[str, Card]
) -> list[int]:
    """Indices of the findings to show: one problem is one diagnostic, and the finding that proves most tells it."""
    best: dict[Span, tuple[tuple[bool, int, int], str, int]] = {}
    for index, (finding, severity) in enumerate(zip(findings, weights, strict=True)):
        if severity is None:
            continue
        strength = (not finding.carried, int(cards[finding.rule].rank), int(severity))
        other = best.get(finding.anchor)
        if other is None or strength > other[0] or (strength == other[0] and finding.rule < other[1]):
            best[finding.anchor] = (strength, finding.rule, index)
    return [index for _, _, index in best.values()]


def _audit(facts: Facts, weights: Iterable[Severity | None], cards: Mapping[str, Card], today: dt.date) -> Audit:
    """States of all findings, shown or not: an answer to a finding that these settings hide answers something."""
    if not facts.blocks:
        return Audit(tuple(Answer(State.OPEN) for _ in facts.findings), ())
    subjects = [
        Subject(finding.rule, finding.span.start, finding.severity if severity is None else severity)
        for finding, severity in zip(facts.findings, weights, strict=True)
    ]
    return audit(facts.blocks, subjects, names(cards.values()), today, gaps=[gap.span for gap in facts.gaps])


def _shown(finding: Finding, severity: Severity | None, answer: Answer) -> Shown:
    full = finding.severity if severity is None else severity
    return Shown(finding=finding, severity=demoted(full, answer), full=full, state=answer.state, block=answer.block)


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
            )
