"""What has changed in the facts about a text since they were sent last: a keystroke changes few of them.

Findings are compared from both ends. Those behind an edit that moved lines are the same ones, further down; what they
name above it (the place of an import, a step of evidence) stays where it is.
"""

# ruff: noqa: TC001 - the wire looks up the types of the fields at run time.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.analysis.finding import Finding, Fix, Gap, Step
from whysafe.justifications.comment import Placed
from whysafe.justifications.markers import Marker
from whysafe.report import Facts
from whysafe.syntax.position import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """New facts in terms of old ones, which have `count` findings.

    Of these, `above` at the beginning stay. So do `below` at the end, where what stands on line `first` or below it is
    that many `lines` further down. `findings` take the place of the others. What is None stays as it is.
    """

    count: int
    above: int
    below: int
    first: int
    lines: int
    findings: tuple[Finding, ...]
    blocks: tuple[Placed, ...] | None
    gaps: tuple[Gap, ...] | None
    markers: tuple[Marker, ...] | None
    test_like: bool


def renewal(old: Facts, new: Facts) -> Renewal:
    """What turns the old facts into the new ones."""
    above = len(old.findings) if old.findings is new.findings else _alike(old.findings, new.findings)
    first, lines, below = 0, 0, 0
    if len(old.findings) > above and len(new.findings) > above:
        first = old.findings[above].span.start.line
        lines = new.findings[-1].span.start.line - old.findings[-1].span.start.line
        rest = slice(None, above - 1 if above else None, -1)
        below = _alike(old.findings[rest], new.findings[rest], first, lines)
    return Renewal(
        count=len(old.findings),
        above=above,
        below=below,
        first=first,
        lines=lines,
        findings=new.findings[above : len(new.findings) - below],
        blocks=None if new.blocks == old.blocks else new.blocks,
        gaps=None if new.gaps == old.gaps else new.gaps,
        markers=None if new.markers == old.markers else new.markers,
        test_like=new.test_like,
    )


def _alike(old: Sequence[Finding], new: Sequence[Finding], first: int = 0, lines: int = 0) -> int:
    """How many findings at the beginning are the same, in a text where that many lines came in above line `first`."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if not (one is other and not lines) and _pushed(one, first, lines) != other:
            break
        count += 1
    return count


def _pushed(finding: Finding, first: int, lines: int) -> Finding:
    """The finding where what stands on line `first` or below it is that many lines further down."""
    if not lines:
        return finding
    span = _down(finding.span, first, lines)
    return Finding(
        rule=finding.rule,
        message=finding.message,
        span=span,
        anchor=span if finding.anchor is finding.span else _down(finding.anchor, first, lines),
        severity=finding.severity,
        confidence=finding.confidence,
        steps=finding.steps and tuple([Step(_down(step.span, first, lines), step.message) for step in finding.steps]),
        fixes=finding.fixes and tuple([_pushed_fix(fix, first, lines) for fix in finding.fixes]),
        carried=finding.carried,
    )


def _pushed_fix(fix: Fix, first: int, lines: int) -> Fix:
    return Fix(fix.title, tuple([Edit(_down(edit.span, first, lines), edit.text) for edit in fix.edits]), fix.safe)


def _down(span: Span, first: int, lines: int) -> Span:
    if span.end.line < first:
        return span
    return Span(span.start if span.start.line < first else span.start.shifted(lines), span.end.shifted(lines))


def renewed(old: Facts, change: Renewal) -> Facts:
    """The new facts; what has not changed in them is the same object.

    Raises:
        ValueError: the change was made for other facts.
    """
    if (
        change.count != len(old.findings)
        or min(change.above, change.below) < 0
        or change.above + change.below > change.count
    ):
        raise ValueError("the worker speaks of other facts than those that it has sent")
    return Facts(
        findings=_renewed_findings(old.findings, change),
        blocks=old.blocks if change.blocks is None else change.blocks,
        gaps=old.gaps if change.gaps is None else change.gaps,
        test_like=change.test_like,
        markers=old.markers if change.markers is None else change.markers,
    )


def _renewed_findings(old: tuple[Finding, ...], change: Renewal) -> tuple[Finding, ...]:
    if change.above == change.count and not change.findings:
        return old
    below = old[change.count - change.below :]
    moved = (_pushed(finding, change.first, change.lines) for finding in below)
    return (*old[: change.above], *change.findings, *moved)
