"""What the main process knows of the analysis of one open document, and what edits do to that knowledge.

Plain state without time, processes or protocol; `supervisor` moves it along.
"""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whysafe.analysis.finding import Gap
from whysafe.lsp.convert import content_length
from whysafe.lsp.documents import blanked
from whysafe.lsp.mapping import changed_region, span_after, touches
from whysafe.report import Facts
from whysafe.syntax.position import Position, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whysafe.justifications.comment import Placed
    from whysafe.justifications.markers import Marker
    from whysafe.lsp.documents import OpenDocument
    from whysafe.syntax.position import Edit

NO_FACTS = Facts(findings=(), blocks=(), gaps=(), test_like=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """Text that the analysis did not survive, and why; `region` is None where it is the whole document."""

    region: Span | None
    message: str


@dataclass(slots=True, kw_only=True, eq=False)
class Tracked:
    """One document. `facts` are of revision `facts_revision`; `since` are the edits that followed it.

    The worker has revision `sent` (None: nothing usable); `unsent` are the edits that it still lacks. `suspect` is the
    region that a fault is about. With a fault, the analysis leaves its region out until `retry`: the blamed text has
    changed, and all of it may be tried again from the time `retry_at` on.
    """

    document: OpenDocument
    facts: Facts = NO_FACTS
    facts_revision: int | None = None
    since: list[Edit] = field(default_factory=list)
    sent: int | None = None
    unsent: list[Edit] = field(default_factory=list)
    wanted: bool = True
    fault: Fault | None = None
    suspect: Span | None = None
    deaths: int = 0
    retry: bool = False
    retry_at: float = 0.0
    closed: bool = False
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def current(self) -> bool:
        """Whether the facts are those of the text as it is now."""
        return self.facts_revision == self.document.revision

    @property
    def given_up(self) -> bool:
        """Whether nothing of this document is analysed until the next attempt."""
        return self.fault is not None and self.fault.region is None

    def due(self, now: float) -> bool:
        """Whether there is something to analyse at this time."""
        return self.retries(now) if self.given_up else self.wanted or self.retries(now)

    def retries(self, now: float) -> bool:
        """Whether the text that is blamed is to be tried again at this time."""
        return self.retry and self.retry_at <= now

    def edited(self, edits: Sequence[Edit]) -> None:
        """Take note of edits that the document has just seen."""
        self.since.extend(edits)
        self.unsent.extend(edits)
        for edit in edits:
            self._move_suspect(edit)
        self.wanted = True
        if not self.given_up:
            self.settled.clear()

    def _move_suspect(self, edit: Edit) -> None:
        if self.given_up:
            self.retry = True
        if self.suspect is None:
            return
        moved = span_after(self.suspect, (edit,))
        if touches(edit, self.suspect):
            changed = changed_region((edit,)) or moved
            moved = Span(min(moved.start, changed.start), max(moved.end, changed.end))
            self.retry = True
            self.sent = None
        self.suspect = moved
        if self.fault is not None and self.fault.region is not None:
            self.fault = dataclasses.replace(self.fault, region=moved)

    def blame(self, in_flight: Sequence[Edit], later: Sequence[Edit], message: str, *, complete: bool) -> None:
        """The analysis died of this text: leave out the region that was edited last, or else give up the document.

        `in_flight` are the edits that the worker died of, `later` those that followed them, and `complete` tells
        whether it had been given the complete text.
        """
        if self.suspect is None and in_flight:
            region = changed_region(in_flight)
            self.suspect = None if region is None else span_after(region, later)
        self.fault = Fault(self.suspect if complete else None, message)
        self.deaths += 1
        self.retry = False
        self.sent = None
        self.wanted = True
        if self.given_up:
            self.settled.set()

    def healed(self) -> None:
        """The complete text was analysed."""
        self.fault, self.suspect = None, None
        self.deaths, self.retry, self.retry_at = 0, False, 0.0

    def text_to_send(self, *, complete: bool) -> str:
        """The text for the worker: complete, or without the region that is blamed."""
        lines = self.document.text.lines
        region = None if complete or self.fault is None else self.fault.region
        return "".join(lines) if region is None else blanked(lines, region)

    def visible_facts(self) -> Facts:
        """The facts to show now: moved along the edits since they were found, and with the fault as a gap."""
        facts = moved(self.facts, self.since) if self.since else self.facts
        if self.fault is None:
            return facts
        if self.given_up:
            findings = tuple(dataclasses.replace(finding, carried=True) for finding in facts.findings)
            facts = dataclasses.replace(facts, findings=findings)
        first_line = Span(Position(0, 0), Position(0, content_length(self.document.text.lines[0])))
        region = self.fault.region or first_line
        return dataclasses.replace(facts, gaps=(*facts.gaps, Gap(region, self.fault.message)))


def moved(facts: Facts, edits: Sequence[Edit]) -> Facts:
    """The facts with every place where it stands after the edits."""
    findings = tuple(
        dataclasses.replace(
            finding,
            span=span_after(finding.span, edits),
            anchor=span_after(finding.anchor, edits),
            steps=tuple(dataclasses.replace(step, span=span_after(step.span, edits)) for step in finding.steps),
            fixes=(),
        )
        for finding in facts.findings
    )
    return Facts(
        findings=findings,
        blocks=tuple(_moved_block(placed, edits) for placed in facts.blocks),
        gaps=tuple(dataclasses.replace(gap, span=span_after(gap.span, edits)) for gap in facts.gaps),
        test_like=facts.test_like,
        markers=tuple(_moved_marker(marker, edits) for marker in facts.markers),
    )


def _moved_marker(marker: Marker, edits: Sequence[Edit]) -> Marker:
    """The marker where it stands now; the lines that it is for move along with it."""
    span = span_after(marker.span, edits)
    end = span_after(Span(marker.order_end, marker.order_end), edits).start
    lines = span.start.line - marker.span.start.line
    return dataclasses.replace(marker.shifted(lines), span=span, order_end=end)


def _moved_block(placed: Placed, edits: Sequence[Edit]) -> Placed:
    block = dataclasses.replace(placed.block, span=span_after(placed.block.span, edits))
    covers = None if placed.covers is None else span_after(placed.covers, edits)
    return dataclasses.replace(placed, block=block, covers=covers)
