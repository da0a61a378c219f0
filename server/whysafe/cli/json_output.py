"""`--format json`: one object; lines and columns count from 1, columns in code points, `end` is exclusive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from whysafe.cli.result import error_text, how_to_leave_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whysafe.cli.result import FileResult, Outcome
    from whysafe.justifications.comment import Block
    from whysafe.report import Shown
    from whysafe.syntax.position import Position

VERSION = 1


def lines(outcome: Outcome) -> Iterable[str]:
    """The object, in as many lines as it takes."""
    findings = [_finding(shown, result, outcome) for result in outcome.results for shown in result.report.shown]
    data = {"version": VERSION, "files": len(outcome.results), "findings": findings, "errors": _errors(outcome)}
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
        "confidence": finding.confidence.label,
        "cwe": list(card.cwe),
        "start": _place(finding.span.start),
        "end": _place(finding.span.end),
        "state": shown.state.value,
        "justification": None if shown.block is None else _justification(shown.block, shown),
    }


def _place(place: Position) -> dict[str, int]:
    return {"line": place.line + 1, "column": place.column + 1}


def _justification(block: Block, shown: Shown) -> dict[str, Any]:
    return {
        "ids": list(block.ids),
        "decision": None if block.decision is None else block.decision.value,
        "reason": block.reason,
        "who": block.who,
        "date": None if block.date is None else block.date.isoformat(),
        "review_by": None if block.review_by is None else block.review_by.isoformat(),
        "ref": block.ref,
        "code": block.code,
        "state": shown.state.value,
    }
