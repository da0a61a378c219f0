"""The report of a notebook taken apart by cells, and what cells need to be shown: places, and texts around them.

A report comes in two forms for each cell: in the places of the notebook's text, for what is worked out there (edits),
and in the places of the cell, for what is shown. Evidence may stand in another cell than the finding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from whysafe.explain import line_of
from whysafe.lsp.convert import span_to_client
from whysafe.lsp.diagnostics import View, diagnostics
from whysafe.lsp.reports import Entry
from whysafe.report import Note, Report, Shown
from whysafe.syntax.position import Position, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whysafe.analysis.finding import Card, Gap
    from whysafe.justifications.comment import Block
    from whysafe.lsp.notebooks import Cell, Notebook
    from whysafe.lsp.session import Capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView(View):
    """A view of one cell, whose places count from its `start` in the text of the notebook."""

    notebook: Notebook
    start: int

    def location(self, span: Span) -> dict[str, Any]:
        """Address and range of a span in the places of this cell, which may be in another cell."""
        found = self.notebook.at(span.start.line + self.start)
        if found is None:
            return {"uri": self.uri, "range": self.range(span)}
        cell, start = found
        here = clipped(span.shifted(self.start - start), cell)
        return {"uri": cell.uri, "range": span_to_client(cell.lines, here, self.client.encoding)}

    def where(self, span: Span) -> str:
        """The place of a span in words: its line, and the cell if that is another one."""
        found = self.notebook.at(span.start.line + self.start)
        if found is None or found[0].uri == self.uri:
            return line_of(span)
        cell, start = found
        return f"cell {self.notebook.number(cell)}, {line_of(span.shifted(self.start - start))}"


def split_report(report: Report, notebook: Notebook) -> dict[str, Report]:
    """The report of each analysed cell, in the places of the notebook. What several cells are about is in each."""
    parts: dict[str, tuple[list[Shown], list[Note], list[Gap]]] = {cell.uri: ([], [], []) for cell in notebook.placed}
    for shown in report.shown:
        if (found := notebook.at(shown.finding.span.start.line)) is not None:
            parts[found[0].uri][0].append(shown)
    for note in report.notes:
        if (found := notebook.at(note.span.start.line)) is not None:
            parts[found[0].uri][1].append(note)
    for gap in report.gaps:
        for cell, start in zip(notebook.placed, notebook.starts, strict=True):
            begins_below = gap.span.start.line >= start + len(cell.chunk)
            ends_above = gap.span.start.line < start and gap.span.end <= Position(start, 0)
            if not begins_below and not ends_above:
                parts[cell.uri][2].append(gap)
    return {
        uri: Report(shown=tuple(shown), notes=tuple(notes), gaps=tuple(gaps))
        for uri, (shown, notes, gaps) in parts.items()
    }


def in_cell(report: Report, cell: Cell, start: int) -> Report:
    """The report of a cell in its own places, cut to the cell. It has no fixes: they may reach into other cells."""
    return Report(
        shown=tuple(_shown(shown, cell, start) for shown in report.shown),
        notes=tuple(_note(note, cell, start) for note in report.notes),
        gaps=tuple(replace(gap, span=clipped(gap.span.shifted(-start), cell)) for gap in report.gaps),
    )


def _shown(shown: Shown, cell: Cell, start: int) -> Shown:
    finding = replace(
        shown.finding,
        span=clipped(shown.finding.span.shifted(-start), cell),
        anchor=clipped(shown.finding.anchor.shifted(-start), cell),
        steps=tuple(replace(step, span=step.span.shifted(-start)) for step in shown.finding.steps),
        fixes=(),
    )
    marker = None if shown.marker is None else shown.marker.shifted(-start)
    return replace(shown, finding=finding, block=_block(shown.block, start), marker=marker)


def _note(note: Note, cell: Cell, start: int) -> Note:
    related = tuple(replace(step, span=step.span.shifted(-start)) for step in note.related)
    span = clipped(note.span.shifted(-start), cell)
    return replace(note, span=span, block=_block(note.block, start), related=related)


def _block(block: Block | None, start: int) -> Block | None:
    return None if block is None else replace(block, span=block.span.shifted(-start))


def clipped(span: Span, cell: Cell) -> Span:
    """A span in the places of a cell, without what reaches beyond the cell."""
    first, last = Position(0, 0), cell.last_place()
    return Span(min(max(span.start, first), last), min(max(span.end, first), last))


def cell_entry(
    report: Report, cell: Cell, notebook: Notebook, cards: Mapping[str, Card], client: Capabilities
) -> Entry:
    """What is shown of a cell, from its report in the places of the notebook."""
    start = notebook.start_of(cell.uri) or 0
    view = view_of(cell, notebook, cards, client)
    own = in_cell(report, cell, start)
    version = None if cell.document is None else cell.document.version
    return Entry(report=own, revision=notebook.whole.revision, version=version, items=diagnostics(own, view))


def view_of(cell: Cell, notebook: Notebook, cards: Mapping[str, Card], client: Capabilities) -> CellView:
    """How a cell is seen by this client."""
    start = notebook.start_of(cell.uri) or 0
    return CellView(uri=cell.uri, lines=cell.lines, cards=cards, client=client, notebook=notebook, start=start)
