"""The reports of all open documents: one store, from which diagnostics are pushed, pulled, hovered on and acted on.

The worker delivers facts; settings, the day and the justifications that they meet make them a report here, so that a
change of those costs no analysis.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from whysafe.lsp.diagnostics import View, diagnostics
from whysafe.report import Report, project

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whysafe.lsp.session import Session
    from whysafe.lsp.tracked import Tracked
    from whysafe.syntax.position import Edit

NOTHING = Report(shown=(), notes=(), gaps=())


@dataclass(slots=True, kw_only=True)
class Entry:
    """The report of one document: of which revision, what was edited since, and the diagnostics made of it."""

    report: Report = NOTHING
    revision: int | None = None
    version: int | None = None
    since: list[Edit] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)

    @property
    def result_id(self) -> str:
        """A name of the content of `items`: it stays the same exactly as long as they do.

        Whether the text, the settings, the day or the worker has changed does not matter, if what is shown has not.
        """
        return hashlib.blake2b(json.dumps(self.items).encode("ascii"), digest_size=12).hexdigest()


@dataclass(slots=True, kw_only=True)
class Reports:
    session: Session
    entries: dict[str, Entry] = field(default_factory=dict)

    def get(self, uri: str) -> Entry | None:
        return self.entries.get(uri)

    def update(self, tracked: Tracked) -> tuple[Entry, bool]:
        """The report of a document from what is known now, and whether anything visible changed since the last one."""
        document, session = tracked.document, self.session
        report = project(
            tracked.visible_facts(), session.cards, session.settings(document), session.today(), document.path
        )
        view = View(uri=document.uri, lines=document.text.lines, cards=session.cards, client=session.capabilities)
        items = diagnostics(report, view)
        before = self.entries.get(document.uri)
        entry = Entry(
            report=report,
            revision=document.revision,
            version=document.version,
            items=items,
        )
        self.entries[document.uri] = entry
        changed = before is None or (before.version, before.items) != (entry.version, items)
        return entry, changed

    def edited(self, uri: str, edits: Iterable[Edit]) -> None:
        entry = self.entries.get(uri)
        if entry is not None:
            entry.since.extend(edits)

    def close(self, uri: str) -> None:
        self.entries.pop(uri, None)
