"""From the facts of one text to its entries in the ledger.

The state of a justification is never decided here: `report.project` is asked about each block alone, with every rule
switched on, so that the ledger also lists what answers a finding that the settings hide.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from whysafe.analysis.finding import Card, Confidence, Finding, InTests, Severity
from whysafe.config import Settings, for_path
from whysafe.justifications.comment import Block
from whysafe.justifications.names import Names, names
from whysafe.justifications.state import State
from whysafe.ledger.model import Entry
from whysafe.report import Facts, Report, is_selected, project
from whysafe.syntax.position import Position, Span
from whysafe.syntax.source import split_lines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from whysafe.justifications.comment import Placed
    from whysafe.report import Note, Shown

SNIPPET_LINES = 6
SNIPPET_WIDTH = 160

_NOT_ANALYSED = "The code around this was not analysed, so nothing is answered here."
_SWITCHED_OFF = "The settings switch this rule off here: `whysafe check` does not show the finding."
_MARKED = "`{}` hides this from another tool, and nobody has recorded why it may stay."
_UNNAMED = {State.ORPHAN, State.UNKNOWN_RULE}
_NO_BLOCK = Block(span=Span(Position(0, 0), Position(0, 0)), ids=(), decision=None, reason="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text that was analysed. `shown` is its path for people, `path` its absolute one; `settings` are its folder's.

    `qualified_name` tells the classes and functions around a line of the text.
    """

    shown: str
    path: str
    text: str
    facts: Facts
    settings: Settings
    qualified_name: Callable[[int], str]


def of_source(source: Source, cards: Mapping[str, Card], today: dt.date) -> tuple[tuple[Entry, ...], int]:
    """The entries of one text in the order of places, and how many of its findings nobody has answered."""
    settings = for_path(source.settings, source.path)
    report = project(source.facts, cards, source.settings, today, source.path)
    work = _Work(
        source=source,
        settings=settings,
        cards=cards,
        everywhere=_everywhere(cards),
        known=names(cards.values()),
        today=today,
        lines=split_lines(source.text),
    )
    found = [entry for placed in source.facts.blocks for entry in work.of_block(placed, report)]
    found += [work.of_marked(shown) for shown in report.shown if shown.block is None and shown.state is not State.OPEN]
    found.sort(key=lambda entry: (entry.line, -1 if entry.block_line is None else entry.block_line, entry.rule))
    return tuple(found), sum(shown.state is State.OPEN for shown in report.shown)


def _everywhere(cards: Mapping[str, Card]) -> dict[str, Card]:
    """The catalogue without rules that tests are spared."""
    spared = {name: card for name, card in cards.items() if card.in_tests is InTests.OFF}
    return {**cards, **{name: replace(card, in_tests=InTests.SAME) for name, card in spared.items()}}


def _with_all_rules(settings: Settings) -> Settings:
    """The settings of a file with nothing hidden; how severe things are, and the policy, stay as they are."""
    return replace(
        settings,
        select=("ALL",),
        ignore=(),
        per_path=(),
        confidence=Confidence.LOW,
        min_severity=Severity.HINT,
    )


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What was found out about one answer."""

    state: State
    severity: Severity | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What all entries of one text need; `settings` are those of the file."""

    source: Source
    settings: Settings
    cards: Mapping[str, Card]
    everywhere: Mapping[str, Card]
    known: Names
    today: dt.date
    lines: Sequence[str]

    def of_block(self, placed: Placed, report: Report) -> Iterator[Entry]:
        """An entry for each rule that the block names; one for a block that names none."""
        block = placed.block
        covered = [finding for finding in self.source.facts.findings if _covers(placed, finding)]
        named = {rule for name in block.ids for rule in self.known.rules.get(name, ())}
        met = tuple(finding for finding in covered if finding.rule in named)
        alone = project(
            replace(self.source.facts, findings=met, blocks=(placed,), markers=()),
            self.everywhere,
            _with_all_rules(self.settings),
            self.today,
            self.source.path,
        )
        weights = {one.finding: one.full for one in (*alone.shown, *report.shown)}
        for rule, written in self._subjects(block, met):
            here = [finding for finding in met if finding.rule == rule]
            state = _state_of(rule, alone) if here else _state_without(written, self.known, alone)
            severity = max((weights.get(finding, finding.severity) for finding in here), default=None)
            verdict = _Verdict(state, severity, self._remarks(rule, state, alone.notes))
            yield self._entry(rule, here, placed, verdict)

    def _subjects(self, block: Block, met: Sequence[Finding]) -> Iterator[tuple[str, str]]:
        """The rules that a block speaks of, each once, with the name that is written."""
        seen: set[str] = set()
        for name in block.ids or ("",):
            meant = self.known.rules.get(name, frozenset())
            rules = sorted({finding.rule for finding in met} & meant) or (sorted(meant) if len(meant) == 1 else [name])
            for rule in rules:
                if rule not in seen:
                    seen.add(rule)
                    yield rule, name

    def _remarks(self, rule: str, state: State, notes: Sequence[Note]) -> tuple[str, ...]:
        said = [note.message for note in notes if note.state is state or note.state not in _UNNAMED]
        if state is State.OPEN:
            said.append(_NOT_ANALYSED)
        if rule in self.cards and not is_selected(self.cards[rule], self.settings):
            said.append(_SWITCHED_OFF)
        return tuple(dict.fromkeys(said))

    def of_marked(self, shown: Shown) -> Entry:
        """The entry of a finding that has an answer of some kind, but no block."""
        finding = shown.finding
        remarks = () if shown.marker is None else (_MARKED.format(shown.marker.tool), *_quoted(shown.marker.text))
        return self._entry(finding.rule, [finding], None, _Verdict(shown.state, shown.full, remarks))

    def _entry(
        self,
        rule: str,
        findings: Sequence[Finding],
        placed: Placed | None,
        verdict: _Verdict,
    ) -> Entry:
        block = _NO_BLOCK if placed is None else placed.block
        card = self.cards.get(rule)
        span = _code(placed, findings)
        line = findings[0].span.start.line if findings else span.start.line
        return Entry(
            rule=rule,
            title="" if card is None else card.title,
            cwe=() if card is None else card.cwe,
            severity=card.severity if verdict.severity is None and card is not None else verdict.severity,
            path=self.source.shown,
            line=line,
            block_line=None if placed is None else block.span.start.line,
            qualified_name=self.source.qualified_name(line),
            snippet=snippet(self.lines, span),
            decision=block.decision,
            reason=block.reason,
            who=block.who,
            date=block.date,
            program_type=block.program_type,
            review_by=block.review_by,
            ref=block.ref,
            ok_by=block.ok_by,
            code=block.code,
            state=verdict.state,
            age=None if block.date is None else (self.today - block.date).days,
            days_left=None if block.review_by is None else (block.review_by - self.today).days,
            findings=len(findings),
            remarks=verdict.remarks,
            ticket=_ticket(block.ref, self.settings.ticket_url),
        )


def snippet(lines: Sequence[str], span: Span) -> tuple[str, ...]:
    """The lines of a span without their common indentation, the first few of them, each cut where it is long."""
    last = span.end.line if span.end.column > 0 else span.end.line - 1
    whole = [line.rstrip("\r\n") for line in lines[span.start.line : max(last, span.start.line) + 1]]
    kept = [line if len(line) <= SNIPPET_WIDTH else line[:SNIPPET_WIDTH] + "…" for line in whole[:SNIPPET_LINES]]
    more = ["…"] if len(whole) > SNIPPET_LINES else []
    return (*textwrap.dedent("\n".join(kept)).split("\n"), *more)


def _covers(placed: Placed, finding: Finding) -> bool:
    return placed.covers is not None and placed.covers.start <= finding.span.start < placed.covers.end


def _code(placed: Placed | None, findings: Sequence[Finding]) -> Span:
    if placed is None:
        return findings[0].span
    return placed.block.span if placed.covers is None else placed.covers


def _state_of(rule: str, alone: Report) -> State:
    """The state of the findings of a rule; where another finding is shown in their place, of that."""
    states = [one.state for one in alone.shown if one.finding.rule == rule] or [one.state for one in alone.shown]
    return states[0] if states else State.OPEN


def _ticket(ref: str | None, address: str | None) -> str | None:
    return None if ref is None or address is None else address.replace("{ref}", quote(ref, safe=""))


def _quoted(text: str) -> tuple[str, ...]:
    return (f"It says: {text}",) if text else ()


def _state_without(written: str, known: Names, alone: Report) -> State:
    """The state of an answer to a rule that nothing is found of."""
    said = [note.state for note in alone.notes]
    about_block = [state for state in said if state not in _UNNAMED]
    if State.MALFORMED in about_block or not written:
        return State.MALFORMED
    if written not in known.rules:
        return State.UNKNOWN_RULE
    if State.ORPHAN in said:
        return State.ORPHAN
    return about_block[0] if about_block and not alone.shown else State.OPEN
