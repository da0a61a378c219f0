"""Code lenses: above every justification that needs attention, what it is and what can be done about it.

A justification in order has none: what is in order needs no line on the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whysafe.lsp.actions import orders_for
from whysafe.lsp.hover import blocks_of
from whysafe.lsp.targets import data_of
from whysafe.syntax.position import Span

if TYPE_CHECKING:
    from whysafe.justifications.comment import Block
    from whysafe.lsp.reports import Entry
    from whysafe.lsp.targets import Target
    from whysafe.report import Note, Report

APPLY_COMMAND = "whysafe.apply"
_WORDS = {"confirm": "re-confirm", "sign": "sign", "remove": "remove", "attach": "attach", "shorten": "shorten",
          "above": "move above"}  # fmt: skip


def lenses(entry: Entry, target: Target, *, can_apply: bool) -> list[dict[str, Any]]:
    """The lenses of a text that the report is of, ready for JSON; `can_apply`: whether the client applies our edits."""
    found: list[dict[str, Any]] = []
    for block, notes in needy(entry.report):
        where = Span(block.span.start, block.span.start)
        place = target.range(where)
        states = ", ".join(dict.fromkeys(note.state.value for note in notes))
        found.append(
            {"range": place, "command": {"title": f"{', '.join(block.ids) or 'no rule'}: {states}", "command": ""}}
        )
        state = next((state for other, state, _ in blocks_of(entry.report) if other == block), notes[0].state)
        for order in orders_for(block, state, notes) if can_apply else ():
            command = {"title": _WORDS[order.task], "command": APPLY_COMMAND, "arguments": [data_of(order, target)]}
            found.append({"range": place, "command": command})
    return found


def needy(report: Report) -> list[tuple[Block, list[Note]]]:
    """The blocks that something is to be said about, in order, with what it is."""
    by_span: dict[Span, tuple[Block, list[Note]]] = {}
    for note in report.notes:
        if note.block is not None:
            by_span.setdefault(note.block.span, (note.block, []))[1].append(note)
    return [by_span[span] for span in sorted(by_span)]
