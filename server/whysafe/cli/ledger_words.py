"""How a ledger is put into words, the same in every format for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.cli.text import count, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.ledger import Entry, Ledger, Trouble, Weakening

NOBODY = "nobody"
NO_DECISION = "no decision"
NO_RULE = "no rule"
NO_REASON = "no reason given"
INCOMPLETE = "This ledger is not complete: not everything could be read or parsed, and what is missing is not clean."


def headline(ledger: Ledger) -> str:
    """The whole ledger in one sentence."""
    holding = sum(entry.holds for entry in ledger.entries)
    failing = len(ledger.entries) - holding
    return (
        f"{count(len(ledger.entries), 'answer')} in {count(ledger.files, 'file')} on {ledger.today.isoformat()}: "
        f"{holding:,} {'holds' if holding == 1 else 'hold'}, {failing:,} {'does' if failing == 1 else 'do'} not; "
        f"{count(ledger.unanswered, 'finding')} without an answer."
    )


def place(entry: Entry) -> str:
    return visible(f"{entry.path}:{entry.line + 1}")


def rule(entry: Entry) -> str:
    return visible(entry.rule) or NO_RULE


def kind(entry: Entry) -> str:
    """CWE numbers and severity, as far as they are known."""
    parts = [f"CWE-{number}" for number in entry.cwe]
    if entry.severity is not None:
        parts.append(entry.severity.label)
    if entry.findings > 1:
        parts.append(count(entry.findings, "finding"))
    return ", ".join(parts)


def decision(entry: Entry) -> str:
    return NO_DECISION if entry.decision is None else entry.decision.value


def author(name: str | None) -> str:
    return visible(name) if name else NOBODY


def signature(entry: Entry) -> Iterator[str]:
    """Who, when, until when and the rest of the sign line, part by part."""
    signed = "" if entry.date is None else f" on {entry.date.isoformat()} ({age(entry.age)})"
    yield f"by {author(entry.who)}{signed}"
    if entry.program_type is not None:
        yield f"for {visible(entry.program_type)}"
    if entry.review_by is not None and entry.days_left is not None:
        yield f"review by {entry.review_by.isoformat()} ({left(entry.days_left)})"
    if entry.ref is not None:
        yield f"ref {visible(entry.ref)}"
    if entry.ok_by is not None:
        yield f"agreed by {visible(entry.ok_by)}"


def age(days: int | None) -> str:
    if days is None:
        return ""
    return "today" if days == 0 else f"{count(days, 'day')} ago" if days > 0 else f"in {count(-days, 'day')}"


def left(days: int) -> str:
    return f"{count(days, 'day')} left" if days >= 0 else f"{count(-days, 'day')} ago"


def weakening(one: Weakening) -> str:
    """What a setting weakens, without its reason."""
    files = f", for files {visible(one.files)}" if one.files else ""
    return f"{one.what}: {visible(one.name)}{files}"


def weakening_place(one: Weakening) -> str:
    return "" if one.place is None else visible(f"{one.place.path}:{one.place.line + 1}")


def trouble(one: Trouble) -> str:
    where = one.path if one.line is None else f"{one.path}:{one.line + 1}"
    return visible(f"{where}: {one.message}")


def skipped(ledger: Ledger) -> str:
    return ", ".join(f"{number:,} {visible(reason)}" for reason, number in ledger.skipped)
