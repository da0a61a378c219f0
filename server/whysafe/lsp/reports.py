"""The reports of all open documents: one store, from which diagnostics are pushed, pulled, hovered on and acted on.

The worker delivers facts; settings, the day and the justifications that they meet make them a report here, so that a
change of those costs no analysis.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from whysafe.lsp.diagnostics import Drawn, View, draw
from whysafe.lsp.projection import Projection
from whysafe.report import Report

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
    texts: list[str] | None = None
    """The items as JSON, where somebody has made it."""

    @property
    def result_id(self) -> str:
        """A name of the content of `items`: it stays the same exactly as long as they do.

        Whether the text, the settings, the day or the worker has changed does not matter, if what is shown has not.
        """
        return hashlib.blake2b(self.json.encode("ascii"), digest_size=12).hexdigest()

    @property
    def json(self) -> str:
        """The items as a JSON array."""
        return json.dumps(self.items) if self.texts is None else f"[{', '.join(self.texts)}]"


@dataclass(slots=True, kw_only=True)
class Reports:
    session: Session
    entries: dict[str, Entry] = field(default_factory=dict)
    _drawn: dict[str, dict[int, Drawn]] = field(default_factory=dict)
    """Of each document, the diagnostics of its findings by the identity of these."""
    _projections: dict[str, Projection] = field(default_factory=dict)

    def get(self, uri: str) -> Entry | None:
        return self.entries.get(uri)

    def update(self, tracked: Tracked) -> tuple[Entry, bool]:
        """The report of a document from what is known now, and whether anything visible changed since the last one."""
        document, session = tracked.document, self.session
        project = self._projections.setdefault(document.uri, Projection())
        report = project(
            tracked.visible_facts(), session.cards, session.settings(document), session.today(), document.path
        )
        view = View(uri=document.uri, lines=document.text.lines, cards=session.cards, client=session.capabilities)
        drawn = draw(report, view, self._drawn.get(document.uri, {}))
        self._drawn[document.uri] = {id(each.shown.finding): each for each in drawn if each.shown is not None}
        before = self.entries.get(document.uri)
        entry = Entry(
            report=report,
            revision=document.revision,
            version=document.version,
            items=[each.item for each in drawn],
            texts=[each.text for each in drawn],
        )
        self.entries[document.uri] = entry
        changed = before is None or (before.version, before.items) != (entry.version, entry.items)
        return entry, changed

    def edited(self, uri: str, edits: Iterable[Edit]) -> None:
        entry = self.entries.get(uri)
        if entry is not None:
            entry.since.extend(edits)

    def close(self, uri: str) -> None:
        self.entries.pop(uri, None)
        self._drawn.pop(uri, None)
        self._projections.pop(uri, None)
