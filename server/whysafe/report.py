"""From what the analysis found to what a person is shown: one pure function, `project`; loads no libcst.

The facts of a text do not depend on settings, program type or day, so a change of those costs no analysis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.analysis.finding import Card, Finding, Gap, InTests, Severity, Step
from whysafe.config import Settings, Switch, for_path, relative_path
from whysafe.justifications.audit import State
from whysafe.justifications.comment import Block, Placed
from whysafe.syntax.position import Span

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

TEST_FOLDERS = frozenset({"test", "tests"})
EXTERNAL = frozenset({"web-service", "critical"})


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


def project(
    facts: Facts, cards: Mapping[str, Card], settings: Settings, today: datetime.date, path: str | None
) -> Report:
    """What to show of the facts under these settings on that day (in UTC).

    `path` is the file's, absolute or relative to the project; None for a text without a file. It decides path rules and
    whether this is a test file. Pure: the same arguments give the same report.
    """
    here = for_path(settings, path)
    in_tests = facts.test_like or here.program_type == "test" or is_test_path(path, settings.root)
    weighed = [
        (finding, severity)
        for finding in facts.findings
        if (severity := _weigh(finding, cards.get(finding.rule), here, in_tests=in_tests)) is not None
    ]
    kept = sorted(_one_per_anchor(weighed, cards), key=lambda pair: _place(pair[0]))
    shown, notes = _audited(facts, kept, cards, here, today)
    return Report(shown=shown, notes=notes, gaps=tuple(sorted(facts.gaps, key=lambda gap: (gap.span, gap.message))))


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
