"""In what state is each justification, and which findings does it answer? Pure; loads no libcst.

Only a block in which everything holds lowers a finding. Every other state leaves the finding as severe as it is, and
says at the block what is wrong and what to do: uncertainty never becomes safety.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from whysafe.analysis.finding import Severity, Step
from whysafe.justifications.comment import Decision

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from whysafe.analysis.finding import Card
    from whysafe.justifications.comment import Block, Placed
    from whysafe.syntax.position import Position, Span


class Subject(NamedTuple):
    """A finding as the audit needs it: its rule, where it stands, and how severe it is without any answer."""

    rule: str
    place: Position
    severity: Severity


@dataclass(frozen=True, slots=True)
class Answer:
    """The state of a finding, and the block that names its rule at this place, if any."""

    state: State
    block: Block | None = None


OPEN = Answer(State.OPEN)


@dataclass(frozen=True, slots=True)
class Audit:
    """`answers` run parallel to the subjects, `remarks` (empty for a block in order) to the blocks."""

    answers: tuple[Answer, ...]
    remarks: tuple[tuple[Remark, ...], ...]


def audit(  # noqa: PLR0913  # the last three only narrow what is claimed
    blocks: Sequence[Placed],
    subjects: Sequence[Subject],
    known: Names,
    today: dt.date,
    *,
    gaps: Sequence[Span] = (),
    unchecked: Collection[str] = (),
) -> Audit:
    """The state of every finding and what to say at every block.

    `today` is the date in UTC. `gaps` are regions that were not analysed: nothing there is called orphan, stale or
    detached, and nothing there is valid. `unchecked` are rules that did not run: their absence proves nothing.
    """
    judged = [_judge(placed, subjects, known, today, gaps, unchecked) for placed in blocks]
    answers = []
    for subject in subjects:
        options = [
            Answer(state, placed.block)
            for placed, (state, _) in zip(blocks, judged, strict=True)
            if state is not State.OPEN and _answers(placed, subject, known)
        ]
        answers.append(min(options, key=_preference, default=OPEN))
    return Audit(tuple(answers), tuple(remarks for _, remarks in judged))


def demoted(severity: Severity, answer: Answer) -> Severity:
    """The severity at which a finding is shown, given its answer."""
    if answer.state not in {State.VALID, State.DUE} or answer.block is None:
        return severity
    return min(severity, Severity.INFORMATION if answer.block.decision is Decision.DEFERRED else Severity.HINT)


def _answers(placed: Placed, subject: Subject, known: Names) -> bool:
    if placed.covers is None or not placed.covers.contains(subject.place):
        return False
    return any(subject.rule in known.rules.get(name, frozenset()) for name in placed.block.ids)


def _preference(answer: Answer) -> tuple[int, bool]:
    """Of several blocks that name one rule the best counts; of two good ones, the one that hides less."""
    rank = _PREFERENCE.index(answer.state)
    deferred = answer.block is not None and answer.block.decision is Decision.DEFERRED
    return (rank, not deferred)


_PREFERENCE = (
    State.VALID,
    State.DUE,
    State.EXPIRED,
    State.STALE,
    State.UNSIGNED,
    State.TRIVIAL,
    State.PLACEHOLDER,
    State.MALFORMED,
)


def _judge(  # noqa: PLR0913, PLR0917  # the arguments of `audit`, for one block
    placed: Placed,
    subjects: Sequence[Subject],
    known: Names,
    today: dt.date,
    gaps: Sequence[Span],
    unchecked: Collection[str],
) -> tuple[State, tuple[Remark, ...]]:
    """The state that a block gives to the findings it answers (OPEN: none), and what to say at it."""
    block = placed.block
    malformed = _malformed(block, today)
    if malformed:
        return State.MALFORMED, malformed
    unknown = tuple(_unknown_rule(name, known) for name in block.ids if name not in known.rules)
    dark = _in_gap(placed, gaps)
    if placed.covers is None:
        return State.OPEN, unknown if dark else (*unknown, _DETACHED)
    answered = [subject for subject in subjects if _answers(placed, subject, known)]
    met = {subject.rule for subject in answered}
    lone = [
        name
        for name in block.ids
        if name in known.rules and not known.rules[name] & met and not known.rules[name] & set(unchecked)
    ]
    if dark:
        lone = []
    elif lone and len(lone) == len(block.ids):
        return State.OPEN, (_orphan(lone, whole=True),)
    faults = _faults(placed, [subject.severity for subject in answered], known, today)
    orphans = (_orphan(lone, whole=False),) if lone else ()
    if placed.code is None:
        # It cannot be told whether this is the code that was answered for.
        return State.OPEN, (*unknown, *faults, *orphans)
    state = faults[0].state if faults else State.VALID
    return state, (*unknown, *faults, *orphans)


def _in_gap(placed: Placed, gaps: Sequence[Span]) -> bool:
    """Whether the code that the block stands above, or the block itself, was not analysed."""
    covers = placed.covers or placed.block.span
    below = placed.block.span.end.line + 1
    return any(
        (gap.start < covers.end and covers.start < gap.end) or gap.start.line <= below <= gap.end.line for gap in gaps
    )


def _orphan(ids: Sequence[str], *, whole: bool) -> Remark:
    named = ", ".join(f"`{name}`" for name in ids)
    advice = "remove the block" if whole else f"drop {named} from the brackets"
    message = f"The code below has no finding of {named} (any more); {advice}."
    return Remark(state=State.ORPHAN, severity=Severity.WARNING, message=message, unnecessary=whole)


def _unknown_rule(name: str, known: Names) -> Remark:
    near = get_close_matches(name.lower(), known.rules, n=1) or get_close_matches(name.upper(), known.rules, n=1)
    hint = f"did you mean `{near[0]}`?" if near else "`whysafe rules` lists the names."
    return remark(State.UNKNOWN_RULE, f"`{name}` is no rule; {hint}")


_DETACHED = remark(
    State.DETACHED,
    "No code is attached to this justification: a blank line, the end of the block or another indentation follows it. "
    "Move it directly above its statement.",
)
