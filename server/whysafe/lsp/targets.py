"""What edits and orders are made for: one document at one version, or a notebook, whose cells are documents each.

Everything is planned in the places of the text that is analysed; here it becomes places of documents of the client.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whysafe.lsp.convert import span_from_client, span_to_client
from whysafe.lsp.messages import Order
from whysafe.syntax.position import Edit, Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whysafe.lsp.convert import ClientRange
    from whysafe.lsp.messages import Outcome
    from whysafe.lsp.notebooks import Cell, Notebook
    from whysafe.lsp.session import Capabilities

BEYOND_THE_CELL = "this change would reach beyond one cell, or into a line that is not Python; make it by hand."


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The document that actions change, at the version that they were made for; `lines` are those of its text."""

    uri: str
    version: int | None
    revision: int
    lines: Sequence[str]
    client: Capabilities

    def range(self, span: Span) -> dict[str, Any]:
        """The range that a span is in the client's document."""
        return span_to_client(self.lines, span, self.client.encoding)

    def location(self, span: Span) -> tuple[str, dict[str, Any]]:
        """The address of the client's document that a span is in, and its range there."""
        return self.uri, self.range(span)

    def span(self, place: ClientRange) -> Span:
        """The span that a range of the client is."""
        return span_from_client(self.lines, place, self.client.encoding)

    def located(self, edit: Edit) -> LocatedEdit | None:
        """The edit in a document of the client; None where it cannot be made there."""
        return LocatedEdit(uri=self.uri, version=self.version, range=self.range(edit.span), text=edit.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTarget(Target):
    """A notebook, seen from one of its cells. `uri`, `revision` and `lines` are those of the notebook's text.

    Without a `cell`, it can only be written into.
    """

    notebook: Notebook
    cell: Cell | None = None

    def range(self, span: Span) -> dict[str, Any]:
        return self.location(span)[1]

    def location(self, span: Span) -> tuple[str, dict[str, Any]]:
        found = self.notebook.at(span.start.line)
        if found is None:
            return self.uri, span_to_client(self.lines, span, self.client.encoding)
        cell, start = found
        return cell.uri, span_to_client(cell.lines, span.shifted(-start), self.client.encoding)

    def span(self, place: ClientRange) -> Span:
        start = None if self.cell is None else self.notebook.start_of(self.cell.uri)
        if self.cell is None or start is None:
            return Span(Position(0, 0), Position(0, 0))
        return span_from_client(self.cell.lines, place, self.client.encoding).shifted(start)

    def located(self, edit: Edit) -> LocatedEdit | None:
        found = self.notebook.edit_in_cell(edit)
        if found is None or found[0].document is None:
            return None
        cell, own = found
        place = span_to_client(cell.lines, own.span, self.client.encoding)
        return LocatedEdit(uri=cell.uri, version=found[0].document.version, range=place, text=own.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedEdit:
    """An edit of one document of the client."""

    uri: str
    version: int | None
    range: dict[str, Any]
    text: str


def workspace_edit(edits: Iterable[Edit], target: Target, snippet: str | None = None) -> dict[str, Any] | None:
    """The edits as the client understands them best; a snippet replaces the text of a single edit.

    None where one of them cannot be made in the client's documents.
    """
    client = target.client
    edits = tuple(edits)
    changes: dict[str, list[dict[str, Any]]] = {}
    versions: dict[str, int | None] = {}
    for edit in edits:
        located = target.located(edit)
        if located is None:
            return None
        change: dict[str, Any] = {"range": located.range, "newText": located.text}
        as_snippet = client.document_changes and client.snippet_edits and len(edits) == 1 and located.text == edit.text
        if snippet is not None and as_snippet:
            change = {"range": located.range, "snippet": {"kind": "snippet", "value": snippet}}
        changes.setdefault(located.uri, []).append(change)
        versions[located.uri] = located.version
    if not client.document_changes:
        return {"changes": changes or {target.uri: []}}
    documents = [
        {"textDocument": {"uri": uri, "version": versions[uri]}, "edits": change} for uri, change in changes.items()
    ]
    return {"documentChanges": documents}


def edit_of(outcome: Outcome, target: Target) -> tuple[dict[str, Any] | None, str | None]:
    """The edit for an order that the worker has answered, or the reason why there is none, for the user."""
    if outcome.refusal is not None:
        return None, outcome.refusal
    edit = workspace_edit(outcome.edits, target, outcome.snippet)
    return edit, BEYOND_THE_CELL if edit is None else None


def data_of(order: Order, target: Target) -> dict[str, Any]:
    """What the client carries back to us when it resolves the action."""
    place = [order.place.line, order.place.column]
    fields = {"task": order.task, "place": place, "rule": order.rule, "decision": order.decision}
    return {"uri": target.uri, "revision": target.revision} | fields


def order_of(data: Any) -> tuple[str, int, Order]:
    """Address, revision and order of what `data_of` made. Raises ValueError where it is something else."""
    try:
        line, column = data["place"]
        order = Order(str(data["task"]), Position(int(line), int(column)), str(data["rule"]), str(data["decision"]))
        return str(data["uri"]), int(data["revision"]), order
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("this action is not one of ours") from error
