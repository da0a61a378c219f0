"""What has changed in the facts about a text since they were sent last: a keystroke changes few of them.

Findings are compared from both ends. Those behind an edit that moved lines are the same ones, further down.
"""

# ruff: noqa: TC001 - the wire looks up the types of the fields at run time.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.analysis.finding import Finding, Gap
from whysafe.justifications.comment import Placed
from whysafe.justifications.markers import Marker
from whysafe.report import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """New facts in terms of old ones, which have `count` findings.

    Of these, `above` at the beginning stay, and `below` at the end stay that many `lines` further down; `findings` take
    the place of the others. What is None stays as it is.
    """

    count: int
    above: int
    below: int
    lines: int
    findings: tuple[Finding, ...]
    blocks: tuple[Placed, ...] | None
    gaps: tuple[Gap, ...] | None
    markers: tuple[Marker, ...] | None
    test_like: bool


def renewal(old: Facts, new: Facts) -> Renewal:
    """What turns the old facts into the new ones."""
    above = len(old.findings) if old.findings is new.findings else _alike(old.findings, new.findings)
    lines, below = 0, 0
    if len(old.findings) > above and len(new.findings) > above:
        lines = new.findings[-1].span.start.line - old.findings[-1].span.start.line
        below = _alike(
            old.findings[: above - 1 if above else None : -1], new.findings[: above - 1 if above else None : -1], lines
        )
    return Renewal(
        count=len(old.findings),
        above=above,
        below=below,
        lines=lines,
        findings=new.findings[above : len(new.findings) - below],
        blocks=None if new.blocks == old.blocks else new.blocks,
        gaps=None if new.gaps == old.gaps else new.gaps,
        markers=None if new.markers == old.markers else new.markers,
        test_like=new.test_like,
    )


def _alike(old: Sequence[Finding], new: Sequence[Finding], lines: int = 0) -> int:
    """How many findings at the beginning are the same, that many lines further down."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if not (one is other and not lines) and one.shifted(lines) != other:
            break
        count += 1
    return count


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
    moved = below if not change.lines else [finding.shifted(change.lines) for finding in below]
    return (*old[: change.above], *change.findings, *moved)
