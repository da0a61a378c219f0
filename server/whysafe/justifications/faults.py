"""What can be wrong with a justification, each fault with what to do about it; loads no libcst."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from whysafe.analysis.finding import Severity, Step
from whysafe.justifications.comment import Decision
from whysafe.justifications.state import Remark, State, remark
from whysafe.justifications.wording import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whysafe.justifications.comment import Block, Placed
    from whysafe.justifications.names import Names
    from whysafe.justifications.policy import Policy

DUE_DAYS = 30
_LAST = dt.date(9999, 12, 30)
# It may be another day where the review date was reckoned than where the block was signed.
_LEEWAY = dt.timedelta(days=1)
TRIVIAL_LETTERS = 10


def malformed(block: Block, today: dt.date) -> tuple[Remark, ...]:
    problems = list(block.problems)
    if block.date and (block.date - today).days > 1:
        problems.append(
            f"The block is signed on {block.date}, which is in the future; write the day on which it was decided."
        )
    return tuple(remark(State.MALFORMED, f"This justification cannot be read. {problem}") for problem in problems)


def faults(
    placed: Placed, severities: Sequence[Severity], known: Names, today: dt.date, policy: Policy
) -> tuple[Remark, ...]:
    """Everything that keeps a block from being valid, the gravest first, and, last, that a review is due."""
    outdated = _outdated(placed.block, today)
    is_due = outdated is not None and outdated.state is State.DUE
    found = (
        _placeholder(placed.block) or _trivial(placed.block, known),
        _unsigned(placed.block, severities, policy),
        _stale(placed),
        _context_changed(placed.block, policy),
        None if is_due else outdated,
        _too_long(placed.block, severities, policy),
        outdated if is_due else None,
    )
    return tuple(fault for fault in found if fault)


# Spanish "todo" is a word of a sentence; the placeholder is written in capitals or with a colon.
_PLACEHOLDER = re.compile(r"(?<!\w)(?:TODO|TBD|FIXME|(?i:todo|tbd|fixme)(?=:))(?!\w)|(?<!`)<[^<>\s][^<>]*>")


def placeholder(text: str) -> re.Match[str] | None:
    """The first word in a text that stands for what is still to be written."""
    return _PLACEHOLDER.search(text)


def _placeholder(block: Block) -> Remark | None:
    found = placeholder(block.reason)
    if found:
        advice = f"{quoted(found[0])} stands in the reason; write why this code may stay"
        if found[0].startswith("<"):
            advice += " (what is meant literally goes between backquotes)"
        return remark(State.PLACEHOLDER, f"The reason is still to be written: {advice}.")
    if block.ref and placeholder(block.ref):
        return remark(
            State.PLACEHOLDER,
            f"{quoted('ref ' + block.ref)} is still to be written; name the ticket that ends the wait.",
        )
    return None


def _trivial(block: Block, known: Names) -> Remark | None:
    letters = sum(character.isalpha() for character in block.reason)
    if letters < TRIVIAL_LETTERS:
        what = "says nothing" if letters == 0 else f"has {letters} letters"
        message = f"The reason {what}, too little to be understood later; {_ADVICE.get(block.decision, '')}"
        return remark(State.TRIVIAL, message)
    titles = {_bare(known.titles.get(rule, "")) for name in block.ids for rule in known.rules.get(name, ())}
    if _bare(block.reason) in titles:
        return remark(State.TRIVIAL, f"The reason only repeats the rule's title; {_ADVICE.get(block.decision, '')}")
    return None


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


_ADVICE: dict[Decision | None, str] = {
    Decision.ACCEPTED: "say who can reach this, why it is not fixed, and what kind of program this is.",
    Decision.MITIGATED: "say which control stops it, and where that control is tested.",
    Decision.DEFERRED: "say what blocks the fix, and what ends the wait.",
    Decision.FALSE_ALARM: "say which premise of the rule does not hold in this code.",
}


def _unsigned(block: Block, severities: Sequence[Severity], policy: Policy) -> Remark | None:
    missing = []
    if not block.who or block.who.upper().startswith("TODO"):
        missing.append("a name")
    if not block.date:
        missing.append("the date")
    if policy.owes_review(block.decision, severities) and not (block.review_by or block.unreadable_review):
        missing.append("a review date (`review by`)")
    if not block.code:
        missing.append("the fingerprint of the code (`code`)")
    if not missing:
        return None
    return remark(
        State.UNSIGNED, f"Nobody answers for this yet: the sign line lacks {listed(missing)}. Sign the block."
    )


def _stale(placed: Placed) -> Remark | None:
    block = placed.block
    if not block.code or placed.code is None or block.code == placed.code:
        return None
    message = (
        f"The code below, or a name that it reads, is not the code this was written for (code {block.code}, now "
        f"{placed.code}); check that the reason still holds, then re-confirm or remove the block."
    )
    related = (Step(placed.covers, "This is not the code that the block was written for."),) if placed.covers else ()
    return Remark(state=State.STALE, severity=Severity.WARNING, message=message, related=related)


def _context_changed(block: Block, policy: Policy) -> Remark | None:
    """A reason that holds in one kind of program need not hold in another."""
    if block.program_type is None or block.program_type in policy.program_types:
        return None
    now = policy.program_types[0] if policy.program_types else None
    here = (
        f"this program is now a {quoted(now)}" if now else "no settings say what this program is now (`program-type`)"
    )
    return remark(
        State.CONTEXT_CHANGED,
        f"This was written for a {quoted(block.program_type)}, and {here}; "
        "check that the reason holds there too, then re-confirm or remove the block.",
    )


def _too_long(block: Block, severities: Sequence[Severity], policy: Policy) -> Remark | None:
    if block.decision is Decision.DEFERRED and not block.ref:
        message = "What is deferred needs the ticket that ends the wait: write `ref` and its number on the sign line."
        return remark(State.TOO_LONG, message)
    latest = latest_review(block, severities, policy)
    if latest is None or block.date is None or block.review_by is None or block.review_by <= latest + _LEEWAY:
        return None
    kind = (
        "what is deferred" if block.decision is Decision.DEFERRED else f"a finding of severity {max(severities).label}"
    )
    message = (
        f"The review is {(block.review_by - block.date).days:,} days after the signature, and for {kind} "
        f"{(latest - block.date).days:,} are the most; write `review by {latest}` or an earlier date."
    )
    return remark(State.TOO_LONG, message)


def latest_review(block: Block, severities: Sequence[Severity], policy: Policy) -> dt.date | None:
    """The last day on which the policy lets this block be reviewed; None where it sets no limit."""
    days = policy.days(block.decision, severities)
    if block.date is None or days is None:
        return None
    return block.date + dt.timedelta(days=min(days, (_LAST - block.date).days))


def _outdated(block: Block, today: dt.date) -> Remark | None:
    if block.unreadable_review is not None:
        message = (
            f"{quoted('review by ' + block.unreadable_review)} is no date, so it counts as expired; "
            "write it as YYYY-MM-DD, after checking that the reason still holds."
        )
        return remark(State.EXPIRED, message)
    if block.review_by is None:
        return None
    left = (block.review_by - today).days
    if left < 0:
        message = (
            f"The review was due by {block.review_by}; check that the reason still holds, then re-confirm or remove."
        )
        return remark(State.EXPIRED, message)
    if left <= DUE_DAYS:
        when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
        return remark(State.DUE, f"To be reviewed by {block.review_by}, {when}: does the reason still hold?")
    return None
