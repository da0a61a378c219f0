"""Completion inside a justification: the rules that are found on the code below it, the decisions, dates and fields.

Only what follows from the text, the settings and the day is offered; a reason is never written for anybody.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whysafe.config.settings import PROGRAM_TYPES
from whysafe.explain import DECISIONS
from whysafe.justifications.attach import indentation
from whysafe.justifications.comment import Decision
from whysafe.justifications.parts import Kind, Part, part_being_written, parts, rules_written
from whysafe.lsp.mapping import span_after
from whysafe.report import policy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from whysafe.config import Settings
    from whysafe.lsp.diagnostics import View
    from whysafe.lsp.reports import Entry
    from whysafe.report import Shown
    from whysafe.syntax.position import Position

TRIGGERS = ("[", ",", " ")
# Numbers of the protocol's CompletionItemKind.
VALUE, KEYWORD, REFERENCE = 12, 14, 18


@dataclass(frozen=True, slots=True)
class Offer:
    """A text in place of what is being written; `detail` says what it is."""

    text: str
    detail: str
    kind: int = VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """The part that is being written, and all that tells what it may become; `found` is on the code below."""

    part: Part
    found: Sequence[Shown]
    view: View
    settings: Settings
    today: dt.date

    @property
    def names(self) -> list[str]:
        """The rules that an answer may be given to."""
        return list(dict.fromkeys(shown.finding.rule for shown in self.found if shown.answerable))

    def title(self, name: str) -> str:
        card = self.view.cards.get(name)
        return "" if card is None else card.title


def complete(entry: Entry, place: Position, view: View, settings: Settings, today: dt.date) -> list[dict[str, Any]]:
    """The completions at a place of the text as it is now, ready for JSON, in the order in which they are offered."""
    part = part_being_written(view.lines, place)
    offers = None if part is None else _OFFERS.get(part.kind)
    if part is None or offers is None:
        return []
    found = [shown for shown in _below(entry, view.lines, place.line) if not shown.finding.carried]
    where = view.range(part.span)
    return [
        {
            "label": offer.text.rstrip(" :"),
            "kind": offer.kind,
            "detail": offer.detail,
            "sortText": f"{number:03}",
            "filterText": offer.text,
            "textEdit": {"range": where, "newText": offer.text},
        }
        for number, offer in enumerate(
            offers(_Writing(part=part, found=found, view=view, settings=settings, today=today))
        )
    ]


def _heads(writing: _Writing) -> Iterator[Offer]:
    for name in writing.names:
        yield Offer(f"justified[{name}] ", writing.title(name), KEYWORD)


def _rules(writing: _Writing) -> Iterator[Offer]:
    written = rules_written(writing.view.lines[writing.part.span.start.line])
    for name in writing.names:
        if name == writing.part.text or name not in written:
            yield Offer(name, writing.title(name), REFERENCE)


def _decisions(_: _Writing) -> Iterator[Offer]:
    for decision in Decision:
        yield Offer(f"{decision.value}: ", DECISIONS[decision], KEYWORD)


def _dates(writing: _Writing) -> Iterator[Offer]:
    yield Offer(writing.today.isoformat(), "today")


def _reviews(writing: _Writing) -> Iterator[Offer]:
    """The last day that the policy allows first, then earlier ones."""
    policy = policy_of(writing.settings, {}, in_tests=False)
    word = _decision_above(writing.view.lines, writing.part.span.start.line)
    decision = next((decision for decision in Decision if decision.value == word), None)
    limit = policy.days(decision, [shown.full for shown in writing.found])
    most = limit or 180
    for days in dict.fromkeys((most, *(days for days in (180, 90, 30) if days < most))):
        detail = f"in {days} days" + (", the most that is allowed" if days == limit else "")
        yield Offer((writing.today + dt.timedelta(days=days)).isoformat(), detail)


def _program_types(writing: _Writing) -> Iterator[Offer]:
    now = writing.settings.program_type
    if now is not None:
        yield Offer(now, "what this program is")
    for name in PROGRAM_TYPES:
        if name != now:
            yield Offer(name, "a type of program")


def _fields(writing: _Writing) -> Iterator[Offer]:
    yield Offer("review by ", "the day by which somebody looks at this again", KEYWORD)
    yield Offer("ref ", "the ticket about this", KEYWORD)
    yield Offer("ok by ", "who else agrees", KEYWORD)
    if writing.settings.program_type is not None:
        yield Offer(f"for {writing.settings.program_type}", "the type of program that this holds for", KEYWORD)


_OFFERS: Mapping[Kind, Callable[[_Writing], Iterator[Offer]]] = {
    Kind.WORD: _heads,
    Kind.RULE: _rules,
    Kind.DECISION: _decisions,
    Kind.DATE: _dates,
    Kind.REVIEW: _reviews,
    Kind.PROGRAM_TYPE: _program_types,
    Kind.FIELD: _fields,
}


def _decision_above(lines: Sequence[str], line: int) -> str | None:
    for above in range(line - 1, -1, -1):
        if not lines[above].lstrip(" \t\f\ufeff").startswith("#"):
            return None
        for part in parts(lines, above):
            if part.kind is Kind.DECISION:
                return part.text
    return None


def _below(entry: Entry, lines: Sequence[str], line: int) -> list[Shown]:
    """The findings on the code that begins below a comment line, in order."""
    first = line + 1
    while first < len(lines) and lines[first].lstrip(" \t\f").startswith("#"):
        first += 1
    last = _last_line(lines, first)
    found = []
    for shown in entry.report.shown:
        at = span_after(shown.finding.span, entry.since).start.line
        if first <= at <= last:
            found.append(shown)
    return found


def _last_line(lines: Sequence[str], first: int) -> int:
    """Where the statement that begins on a line ends, as far as its indentation tells; only the header of a body."""
    if first >= len(lines) or lines[first].rstrip().endswith(":"):
        return first
    indent = len(indentation(lines[first]))
    last = first
    while last + 1 < len(lines):
        below = lines[last + 1]
        deeper = len(indentation(below)) > indent or below.lstrip().startswith((")", "]", "}"))
        if not below.strip() or not deeper:
            break
        last += 1
    return last
