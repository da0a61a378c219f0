"""`--format json`: one object, described by `check.schema.json`; lines and columns count from 1.

Columns are in code points, and `end` is exclusive.
"""

from __future__ import annotations

import json
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING, Any

from whysafe import __version__
from whysafe.cli.result import error_text, how_to_leave_out
from whysafe.justifications.state import State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from whysafe.cli.result import FileResult, Outcome
    from whysafe.config import Switch
    from whysafe.justifications.comment import Block
    from whysafe.justifications.markers import Marker
    from whysafe.report import Note, Shown
    from whysafe.syntax.position import Position, Span

VERSION = 1


def schema() -> dict[str, Any]:
    """The JSON schema of what `lines` gives."""
    text = resources.files("whysafe.cli").joinpath("check.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def lines(outcome: Outcome) -> Iterable[str]:
    """The object, in as many lines as it takes."""
    data = {
        "version": VERSION,
        "tool": {"name": "whysafe", "version": __version__},
        "today": outcome.today.isoformat(),
        "files": len(outcome.results),
        "findings": [_finding(shown, result, outcome) for result in outcome.results for shown in result.report.shown],
        "remarks": [_remark(note, result) for result in outcome.results for note in result.report.notes],
        "errors": _errors(outcome),
        "summary": _summary(outcome),
    }
    yield json.dumps(data, indent=2)


def _errors(outcome: Outcome) -> list[dict[str, str]]:
    errors = [{"path": error.path, "message": error.message} for error in outcome.scan.errors]
    for result in outcome.results:
        settle = how_to_leave_out(result.path, result.settings)
        errors += [{"path": error.path, "message": f"{error_text(error)} {settle}"} for error in result.errors]
    return errors


def _finding(shown: Shown, result: FileResult, outcome: Outcome) -> dict[str, Any]:
    finding = shown.finding
    card = outcome.cards[finding.rule]
    return {
        "path": result.path,
        "rule": finding.rule,
        "aliases": list(card.aliases),
        "message": finding.message,
        "severity": shown.severity.label,
        "full_severity": shown.full.label,
        "confidence": finding.confidence.label,
        "cwe": list(card.cwe),
        **_places(finding.span),
        "state": shown.state.value,
        "justification": None if shown.block is None else _justification(shown.block, shown),
        "marker": None if shown.marker is None else _marker(shown.marker),
    }


def _places(span: Span) -> dict[str, dict[str, int]]:
    return {"start": _place(span.start), "end": _place(span.end)}


def _place(place: Position) -> dict[str, int]:
    return {"line": place.line + 1, "column": place.column + 1}


def _justification(block: Block, shown: Shown) -> dict[str, Any]:
    return {
        "ids": list(block.ids),
        "decision": None if block.decision is None else block.decision.value,
        "reason": block.reason,
        "who": block.who,
        "date": _date(block.date),
        "program_type": block.program_type,
        "review_by": _date(block.review_by),
        "ref": block.ref,
        "ok_by": block.ok_by,
        "code": block.code,
        "state": shown.state.value,
        **_places(block.span),
    }


def _date(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()


def _marker(marker: Marker) -> dict[str, Any]:
    return {"tool": marker.tool, "names": list(marker.names), "text": marker.text, **_places(marker.span)}


def _remark(note: Note, result: FileResult) -> dict[str, Any]:
    return {
        "path": result.path,
        "state": note.state.value,
        "severity": note.severity.label,
        "message": note.message,
        **_places(note.span),
    }


def _summary(outcome: Outcome) -> dict[str, Any]:
    """What the last lines of the text say: by state, and what the settings switch off, lower or leave out."""
    findings = Counter(shown.state for result in outcome.results for shown in result.report.shown)
    remarks = Counter(note.state for result in outcome.results for note in result.report.notes)
    skipped = sorted((skip.value, number) for skip, number in outcome.scan.skipped.items())
    return {
        "findings": findings.total(),
        "answered": outcome.answered(),
        "findings_by_state": {state.value: findings[state] for state in State if findings[state]},
        "remarks_by_state": {state.value: remarks[state] for state in State if remarks[state]},
        "rules_off": list(outcome.rules_off()),
        "switched_off": [_switch(switch) for switch in outcome.switches()],
        "severities_lowered": [
            {"name": one.name, "severity": one.severity.label, "reason": one.reason.strip() or None}
            for one in outcome.severities_lowered()
        ],
        "paths_excluded": [_switch(switch) for switch in outcome.paths_excluded()],
        "skipped": [{"why": why, "count": number} for why, number in skipped],
    }


def _switch(switch: Switch) -> dict[str, str | None]:
    return {"name": switch.name, "reason": switch.reason.strip() or None}
