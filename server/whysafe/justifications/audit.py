"""In what state is each justification, and which findings does it answer? Pure; loads no libcst.

Only a block in which everything holds lowers a finding. Every other state leaves the finding as severe as it is, and
says at the block what is wrong and what to do: uncertainty never becomes safety.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from whysafe.analysis.finding import Severity
from whysafe.justifications.comment import Decision
from whysafe.justifications.faults import faults, malformed
from whysafe.justifications.names import Names, names
from whysafe.justifications.policy import DEFAULT, Policy
from whysafe.justifications.state import Remark, State, remark
from whysafe.justifications.wording import listed, nearest, quoted
from whysafe.syntax.position import Position, Span

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from whysafe.justifications.comment import Block, Placed

__all__ = ["OPEN", "Answer", "Audit", "Names", "Policy", "Remark", "State", "Subject", "audit", "demoted", "names"]


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

# States that let a build pass, if only for some days: only for code that is known to be what was answered for.
_NOT_FAILING = frozenset({State.VALID, State.DUE, State.TOO_LONG, State.EXPIRED})

# So many unknown rules of one block are told.
_ENOUGH = 10

# Guessing what was meant compares with every rule: more guesses than this help nobody and would take seconds.
_GUESSES = 20


@dataclass(frozen=True, slots=True)
class Audit:
    """`answers` run parallel to the subjects, `remarks` (empty for a block in order) to the blocks."""

    answers: tuple[Answer, ...]
    remarks: tuple[tuple[Remark, ...], ...]


def audit(  # noqa: PLR0913  # the last two only narrow what is claimed, and a policy may be absent
    blocks: Sequence[Placed],
    subjects: Sequence[Subject],
    known: Names,
    today: dt.date,
    *,
    policy: Policy = DEFAULT,
    gaps: Sequence[Span] = (),
    unchecked: Collection[str] = (),
) -> Audit:
    """The state of every finding and what to say at every block.

    `today` is the date in UTC. `policy` is the project's. `gaps` are regions that were not analysed: nothing there is
    called orphan or detached, and nothing there is valid. `unchecked` are rules that did not run: their absence proves
    nothing.
    """
    view = _View(subjects, known, today, policy, gaps, frozenset(unchecked))
    options: list[list[Answer]] = [[] for _ in subjects]
    remarks = []
    for placed in blocks:
        met = view.met(placed)
        state, said = _judge(placed, [subjects[index] for index in met], view)
        remarks.append(said)
        for index in met:
            # An order of the project that a rule is never answered stands above whatever the block says.
            forbidden = state not in {State.OPEN, State.MALFORMED} and subjects[index].rule in policy.never
            if state is not State.OPEN:
                options[index].append(Answer(State.FORBIDDEN if forbidden else state, placed.block))
    return Audit(tuple(min(answers, key=_preference, default=OPEN) for answers in options), tuple(remarks))


def demoted(severity: Severity, answer: Answer) -> Severity:
    """The severity at which a finding is shown, given its answer."""
    if answer.state not in {State.VALID, State.DUE} or answer.block is None:
        return severity
    return min(severity, Severity.INFORMATION if answer.block.decision is Decision.DEFERRED else Severity.HINT)


class _View:
    """The arguments of `audit`, with the findings ordered so that those below a block are found at once."""

    def __init__(  # noqa: PLR0913, PLR0917  # see `audit`
        self,
        subjects: Sequence[Subject],
        known: Names,
        today: dt.date,
        policy: Policy,
        gaps: Sequence[Span],
        unchecked: frozenset[str],
    ) -> None:
        self.known = known
        self.today = today
        self.policy = policy
        self.gaps = gaps
        self.unchecked = unchecked
        self.guesses = _GUESSES
        self._subjects = subjects
        self._order = sorted(range(len(subjects)), key=lambda index: subjects[index].place)
        self._places = [subjects[index].place for index in self._order]

    def met(self, placed: Placed) -> list[int]:
        """The indices of the findings that the block covers and names."""
        if placed.covers is None:
            return []
        first = bisect_left(self._places, placed.covers.start)
        last = bisect_left(self._places, placed.covers.end)
        meant: set[str] = set()
        for name in placed.block.ids:
            meant |= self.known.rules.get(name, frozenset())
        return [index for index in self._order[first:last] if self._subjects[index].rule in meant]

    def dark(self, placed: Placed) -> bool:
        """Whether the code that the block covers, or would cover, was not analysed."""
        below = Position(placed.block.span.end.line + 1, 0)
        covers = placed.covers or Span(placed.block.span.start, below)
        return any(
            (gap.start < covers.end and covers.start < gap.end)
            or (placed.covers is None and gap.start.line <= below.line and below < gap.end)
            for gap in self.gaps
        )


def _judge(placed: Placed, met: Sequence[Subject], view: _View) -> tuple[State, tuple[Remark, ...]]:
    """The state that a block gives to the findings `met` (OPEN: none), and what to say at it."""
    block = placed.block
    unreadable = malformed(block, view.today)
    if unreadable:
        return State.MALFORMED, unreadable
    known = view.known.rules
    unknown = tuple(_unknown_rule(name, view) for name in block.ids if name not in known)[:_ENOUGH]
    dark = view.dark(placed)
    if placed.covers is None:
        return State.OPEN, unknown if dark else (*unknown, _DETACHED)
    excused = view.unchecked | {subject.rule for subject in met}
    lone = [] if dark else [name for name in block.ids if name in known and not known[name] & excused]
    if lone and len(lone) == len(block.ids):
        return State.OPEN, (_orphan(lone, whole=True),)
    found = faults(placed, [subject.severity for subject in met], view.known, view.today, view.policy)
    forbidden = sorted({subject.rule for subject in met} & view.policy.never)
    said = (
        *((_forbidden(forbidden),) if forbidden else ()),
        *unknown,
        *found,
        *((_orphan(lone, whole=False),) if lone else ()),
    )
    state = found[0].state if found else State.VALID
    if state in _NOT_FAILING and (dark or placed.code is None):
        # It cannot be told whether this is the code that was answered for.
        return State.OPEN, said
    return state, said


def _preference(answer: Answer) -> tuple[int, bool]:
    """Of several blocks that name one rule the best counts; of two good ones, the one that hides less."""
    deferred = answer.block is not None and answer.block.decision is Decision.DEFERRED
    return (_PREFERENCE.index(answer.state), not deferred)


_PREFERENCE = (
    State.VALID,
    State.DUE,
    State.TOO_LONG,
    State.EXPIRED,
    State.CONTEXT_CHANGED,
    State.STALE,
    State.UNSIGNED,
    State.TRIVIAL,
    State.PLACEHOLDER,
    State.FORBIDDEN,
    State.MALFORMED,
)


def _forbidden(rules: Sequence[str]) -> Remark:
    named = listed([quoted(rule) for rule in rules])
    message = f"The settings of this project allow no answer to {named} (`never-justify`): fix the code instead."
    return remark(State.FORBIDDEN, message)


def _orphan(ids: Sequence[str], *, whole: bool) -> Remark:
    named = listed([quoted(name) for name in ids])
    advice = "remove the block" if whole else f"drop {named} from the brackets"
    message = f"The code below has no finding of {named}; {advice}."
    return Remark(state=State.ORPHAN, severity=Severity.WARNING, message=message, unnecessary=whole, ids=tuple(ids))


def _unknown_rule(name: str, view: _View) -> Remark:
    view.guesses -= 1
    near = nearest(name, view.known.rules) if view.guesses >= 0 else None
    hint = f"did you mean {quoted(near)}?" if near else "`whysafe rules` lists the names."
    return replace(remark(State.UNKNOWN_RULE, f"{quoted(name)} is no rule; {hint}"), ids=(name,), instead=near)


_DETACHED = remark(
    State.DETACHED,
    "No code is attached to this justification: a blank line, the end of the block or another indentation follows it. "
    "Move it directly above its statement.",
)
