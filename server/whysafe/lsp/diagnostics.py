"""Reports as diagnostics of the protocol: plain dictionaries, ready for JSON.

Objects of lsprotocol would cost ten times as much, and diagnostics are sent with every keystroke.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whysafe.analysis.finding import Confidence, Severity
from whysafe.explain import CWE_PAGE, line_of
from whysafe.justifications.state import State
from whysafe.lsp.convert import span_to_client

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from whysafe.analysis.finding import Card, Gap, Step
    from whysafe.config import Problem
    from whysafe.lsp.session import Capabilities
    from whysafe.report import Note, Report, Shown
    from whysafe.syntax.position import Span

SOURCE = "whysafe"
ERROR, WARNING, INFORMATION, HINT = 1, 2, 3, 4
UNNECESSARY = 1
CARRIED = " (last seen before the text broke)"
RELATED_LIMIT = 20

_LEVELS = {
    Severity.ERROR: ERROR,
    Severity.WARNING: WARNING,
    Severity.INFORMATION: INFORMATION,
    Severity.HINT: HINT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What turning a report of one document into diagnostics needs: its lines, and what its client understands."""

    uri: str
    lines: Sequence[str]
    cards: Mapping[str, Card]
    client: Capabilities

    def range(self, span: Span) -> dict[str, Any]:
        return span_to_client(self.lines, span, self.client.encoding)

    def location(self, span: Span) -> dict[str, Any]:
        """Address and range of a span; a part of a larger text may be able to name places in other parts."""
        return {"uri": self.uri, "range": self.range(span)}

    def where(self, span: Span) -> str:
        """The place of a span in words."""
        return line_of(span)


def diagnostics(report: Report, view: View) -> list[dict[str, Any]]:
    """All diagnostics of a report, in its order: findings, then notes on justifications, then gaps."""
    return [
        *(_of_finding(shown, view) for shown in report.shown),
        *(_of_note(note, view) for note in report.notes),
        *(_of_gap(gap, view) for gap in report.gaps),
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A diagnostic, also as JSON; with the finding that it is of, and the texts of its first and last line."""

    item: dict[str, Any]
    text: str
    shown: Shown | None = None
    first: str = ""
    last: str = ""


def draw(report: Report, view: View, before: Mapping[int, Drawn]) -> list[Drawn]:
    """The same diagnostics; those in `before`, by the identity of their findings, are used again where they hold."""
    drawn: list[Drawn] = []
    for shown in report.shown:
        first, last = _line(view, shown.finding.span.start.line), _line(view, shown.finding.span.end.line)
        known = before.get(id(shown.finding))
        if known is None or not _holds(known, shown, first, last):
            item = _of_finding(shown, view)
            known = Drawn(item, json.dumps(item), shown, first, last)
        drawn.append(known)
    others = [*(_of_note(note, view) for note in report.notes), *(_of_gap(gap, view) for gap in report.gaps)]
    drawn.extend(Drawn(item, json.dumps(item)) for item in others)
    return drawn


def _line(view: View, line: int) -> str:
    return view.lines[line] if line < len(view.lines) else ""


def _holds(drawn: Drawn, shown: Shown, first: str, last: str) -> bool:
    """Whether a diagnostic says what it would say if it were made now. What is answered may be said differently."""
    known = drawn.shown
    return (
        known is not None
        and known.finding is shown.finding
        and known.severity is shown.severity
        and known.state is shown.state
        and known.block is shown.block is None
        and known.marker is shown.marker is None
        and drawn.first == first
        and drawn.last == last
    )


def _of_finding(shown: Shown, view: View) -> dict[str, Any]:
    finding = shown.finding
    card = view.cards.get(finding.rule)
    item = _item(view, finding.span, _in_editor(shown), finding_message(shown))
    item["code"] = finding.rule
    item["data"] = {"rule": finding.rule, "state": shown.state.value}
    page = None if card is None else page_of(card)
    if page is not None and view.client.code_description:
        item["codeDescription"] = {"href": page}
    if view.client.related_information:
        related = [_related(step, view) for step in finding.steps[:RELATED_LIMIT]]
        if shown.block is not None:
            related.append(_location(view, shown.block.span, f"The justification, which is {shown.state.value}."))
        if shown.marker is not None:
            related.append(
                _location(view, shown.marker.span, f"This `{shown.marker.tool}` tells other tools to look away.")
            )
        if related:
            item["relatedInformation"] = related
    return item


def finding_message(shown: Shown) -> str:
    """The message of a finding, with the answer that is recorded for it, if one holds, or the order that is not one."""
    message = shown.finding.message
    block = shown.block
    if block is not None and block.decision is not None and shown.state in {State.VALID, State.DUE}:
        until = "" if block.review_by is None else f" until {block.review_by.isoformat()}"
        message = f"Justified ({block.decision.value} by {block.who}{until}): {message}"
    elif shown.state is State.UNDOCUMENTED and shown.marker is not None:
        message = f"Marked by {shown.marker.tool}, no reason recorded: {message}"
    return message + CARRIED if shown.finding.carried else message


def page_of(card: Card) -> str | None:
    """The web page about a rule: that of its first CWE, else its first reference."""
    if card.cwe:
        return CWE_PAGE.format(number=card.cwe[0])
    return next(iter(card.references), None)


def _of_note(note: Note, view: View) -> dict[str, Any]:
    item = _item(view, note.span, note.severity, note.message)
    item["code"] = f"justification-{note.state.value}"
    item["data"] = {"rule": None if note.block is None else next(iter(note.block.ids), None), "state": note.state.value}
    if note.unnecessary and view.client.unnecessary_tag:
        item["tags"] = [UNNECESSARY]
    if note.related and view.client.related_information:
        item["relatedInformation"] = [_related(step, view) for step in note.related[:RELATED_LIMIT]]
    return item


def _of_gap(gap: Gap, view: View) -> dict[str, Any]:
    message = gap.message if gap.message.startswith("not analysed") else f"not analysed: {gap.message}"
    item = _item(view, gap.span, Severity.WARNING, message)
    item["code"] = "not-analysed"
    return item


def _in_editor(shown: Shown) -> Severity:
    """An editor marks an error only where it is certain, so that people keep reading what is marked so."""
    certain = shown.finding.confidence is Confidence.HIGH
    return shown.severity if certain else min(shown.severity, Severity.WARNING)


def _item(view: View, span: Span, severity: Severity, message: str) -> dict[str, Any]:
    return {"range": view.range(span), "severity": _LEVELS[severity], "source": SOURCE, "message": message}


def _related(step: Step, view: View) -> dict[str, Any]:
    return _location(view, step.span, step.message)


def _location(view: View, span: Span, message: str) -> dict[str, Any]:
    return {"location": view.location(span), "message": message}


def of_problem(problem: Problem) -> dict[str, Any]:
    """What is wrong in a settings file, as a diagnostic there; it reaches to the end of its line."""
    start = {"line": problem.line, "character": problem.column}
    end = {"line": problem.line, "character": problem.column + 1_000}
    return {
        "range": {"start": start, "end": end},
        "severity": WARNING,
        "source": SOURCE,
        "code": "settings",
        "message": problem.message,
    }
