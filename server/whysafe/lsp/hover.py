"""The hover: what is wrong here and why, or what a justification says and whether it counts.

It is made of the stored report, so that it is there at once, whatever the analysis is doing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from whysafe import explain
from whysafe.justifications.parts import part_at
from whysafe.lsp.mapping import position_before, span_after

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from whysafe.analysis.finding import Card
    from whysafe.justifications.comment import Block
    from whysafe.justifications.state import State
    from whysafe.lsp.diagnostics import View
    from whysafe.lsp.reports import Entry
    from whysafe.report import Report, Shown
    from whysafe.syntax.position import Position, Span

_MARKUP = re.compile(r"\\(.)|[*`]|^#+ ", re.MULTILINE)


def hover(  # noqa: PLR0913 - the last two are settings that may be absent
    entry: Entry,
    place: Position,
    view: View,
    *,
    today: dt.date,
    ticket_url: str | None = None,
    program_type: str | None = None,
) -> dict[str, Any] | None:
    """The hover at a place of the text as it is now, ready for JSON; None where there is nothing to say.

    On a justification it says first what the part under the cursor means, and then what the whole is.
    """
    before = position_before(place, entry.since)
    part = part_at(view.lines, place) if not findings_at(entry.report, before) else None
    card = None if part is None else _card_called(part.text, view.cards)
    found = _texts(entry.report, before, view, today, ticket_url, said=card)
    if not found:
        return None
    texts = [text for _, text in found]
    span = span_after(found[0][0], entry.since)
    if part is not None:
        said = explain.part(part.kind, part.text, card=card, today=today, program_type=program_type)
        if said is not None:
            texts.insert(0, said)
            span = part.span
    text = "\n\n---\n\n".join(texts)
    kind, value = ("markdown", text) if view.client.markdown_hover else ("plaintext", plain(text))
    return {"contents": {"kind": kind, "value": value}, "range": view.range(span)}


def _card_called(name: str, cards: Mapping[str, Card]) -> Card | None:
    """The rule of that name, or the first that another tool calls so."""
    return cards.get(name) or next((card for card in cards.values() if name in card.aliases), None)


def plain(markdown: str) -> str:
    """Markdown of ours without its marks, for clients that show plain text."""
    return _MARKUP.sub(lambda found: found[1] or "", markdown)


def _texts(  # noqa: PLR0913 - as `hover`
    report: Report, place: Position, view: View, today: dt.date, ticket_url: str | None, *, said: Card | None
) -> list[tuple[Span, str]]:
    """The texts for a place with their spans; `said` is a rule that the part under the cursor has told of already."""
    cards = view.cards
    findings = [
        (shown.finding.span, explain.hover(shown, cards[shown.finding.rule], view.where))
        for shown in findings_at(report, place)
        if shown.finding.rule in cards
    ]
    return findings or [
        (
            block.span,
            explain.hover_block(
                block, state, _days_left(block, today), None if card is said else card, ticket_url=ticket_url
            ),
        )
        for block, state, card in _blocks_at(report, place, cards)
    ]


def findings_at(report: Report, place: Position) -> list[Shown]:
    """The findings at a place; one that ends right before it counts, because cursors stand between characters."""
    return [shown for shown in report.shown if shown.finding.span.start <= place <= shown.finding.span.end]


def blocks_of(report: Report) -> list[tuple[Block, State, str | None]]:
    """Every block that the report mentions, with its state and the rule of a finding that it answers."""
    found: dict[Span, tuple[Block, State, str | None]] = {}
    for shown in report.shown:
        if shown.block is not None:
            found.setdefault(shown.block.span, (shown.block, shown.state, shown.finding.rule))
    for note in report.notes:
        if note.block is not None and note.block.span not in found:
            found[note.block.span] = (note.block, note.state, None)
    return list(found.values())


def _blocks_at(report: Report, place: Position, cards: Mapping[str, Card]) -> list[tuple[Block, State, Card | None]]:
    return [
        (block, state, cards.get(rule or next(iter(block.ids), "")))
        for block, state, rule in blocks_of(report)
        if block.span.start <= place <= block.span.end
    ]


def _days_left(block: Block, today: dt.date) -> int | None:
    return None if block.review_by is None else (block.review_by - today).days
