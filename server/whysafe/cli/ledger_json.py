"""`whysafe ledger --format json`: one object, described by `ledger.schema.json`; lines count from 1."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

from whysafe import __version__
from whysafe.justifications.comment import Decision
from whysafe.justifications.state import State
from whysafe.ledger import due, failing, repeated, totals

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from whysafe.ledger import Entry, Ledger, Trouble, Weakening

VERSION = 1


def schema() -> dict[str, Any]:
    """The JSON schema of what `lines` gives."""
    text = resources.files("whysafe.ledger").joinpath("ledger.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def lines(ledger: Ledger) -> Iterator[str]:
    """The object, in as many lines as it takes."""
    yield json.dumps(as_data(ledger), indent=2)


def as_data(ledger: Ledger) -> dict[str, Any]:
    """The ledger as plain data; other parts refer to entries by their `number`."""
    numbers = {id(entry): number for number, entry in enumerate(ledger.entries, start=1)}
    return {
        "version": VERSION,
        "tool": {"name": "whysafe", "version": __version__},
        "today": ledger.today.isoformat(),
        "complete": ledger.complete,
        "files": ledger.files,
        "entries": [_entry(number, entry) for number, entry in enumerate(ledger.entries, start=1)],
        "totals": _totals(ledger),
        "due": [numbers[id(entry)] for entry in due(ledger)],
        "not_holding": [numbers[id(entry)] for entry in failing(ledger)],
        "repeated_reasons": [
            {"reason": one.reason, "entries": [numbers[id(entry)] for entry in one.entries]} for one in repeated(ledger)
        ],
        "weakened_by_settings": [_weakening(one) for one in ledger.weakenings],
        "skipped": [{"why": reason, "count": number} for reason, number in ledger.skipped],
        "errors": [_trouble(one) for one in ledger.trouble],
        "settings_problems": [_trouble(one) for one in ledger.remarks],
    }


def _entry(number: int, entry: Entry) -> dict[str, Any]:
    return {
        "number": number,
        "rule": entry.rule or None,
        "title": entry.title or None,
        "cwe": list(entry.cwe),
        "severity": None if entry.severity is None else entry.severity.label,
        "path": entry.path,
        "line": entry.line + 1,
        "justification_line": None if entry.block_line is None else entry.block_line + 1,
        "qualified_name": entry.qualified_name or None,
        "snippet": list(entry.snippet),
        "findings": entry.findings,
        "state": entry.state.value,
        "holds": entry.holds,
        "decision": None if entry.decision is None else entry.decision.value,
        "reason": entry.reason,
        "who": entry.who,
        "date": _date(entry.date),
        "age_in_days": entry.age,
        "program_type": entry.program_type,
        "review_by": _date(entry.review_by),
        "days_left": entry.days_left,
        "ref": entry.ref,
        "ticket": entry.ticket,
        "ok_by": entry.ok_by,
        "code": entry.code,
        "remarks": list(entry.remarks),
    }


def _totals(ledger: Ledger) -> dict[str, Any]:
    found = totals(ledger)
    states, decisions = dict(found.states), dict(found.decisions)
    return {
        "entries": len(ledger.entries),
        "unanswered_findings": ledger.unanswered,
        "states": {state.value: states.get(state, 0) for state in State},
        "decisions": {"none": decisions.get(None, 0), **{one.value: decisions.get(one, 0) for one in Decision}},
        "rules": [{"rule": rule or None, "count": number} for rule, number in found.rules],
        "authors": [{"who": who, "count": number} for who, number in found.authors],
    }


def _weakening(one: Weakening) -> dict[str, Any]:
    return {
        "what": one.what,
        "name": one.name,
        "files": one.files or None,
        "reason": one.reason or None,
        "keys": list(one.keys),
        "path": None if one.place is None else one.place.path,
        "line": None if one.place is None else one.place.line + 1,
    }


def _trouble(one: Trouble) -> dict[str, Any]:
    return {"path": one.path, "line": None if one.line is None else one.line + 1, "message": one.message}


def _date(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()
