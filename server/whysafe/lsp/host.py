"""The server object: what is open, what is known of it, and how news of it reach the client."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from whysafe import __version__
from whysafe.lsp.cells import cell_entry, split_report
from whysafe.lsp.diagnostics import of_problem
from whysafe.lsp.documents import Documents
from whysafe.lsp.notebook_features import SYNC
from whysafe.lsp.notebooks import Notebooks
from whysafe.lsp.protocol import Protocol
from whysafe.lsp.reports import Entry, Reports
from whysafe.lsp.session import EDITOR, SECTION, SETTINGS_FILES, Session, editor_settings, uri_of
from whysafe.lsp.status import METHOD, Status, Teller, status_of
from whysafe.lsp.supervisor import Supervisor
from whysafe.lsp.workspace import WATCHED, Workspace

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from whysafe.analysis.finding import Card
    from whysafe.config import Problem
    from whysafe.lsp.notebooks import Notebook
    from whysafe.lsp.tracked import Tracked
    from whysafe.lsp.worker import Worker

CONFIGURATION_SECONDS = 2.0
DAY_CHECK_SECONDS = 300.0
PARENT_CHECK_SECONDS = 5.0

log = logging.getLogger(__name__)


class Server(LanguageServer):
    """State of one session. Everything here runs in the event loop."""

    protocol: Protocol

    def __init__(self, worker: Worker | None) -> None:
        super().__init__(
            "whysafe",
            __version__,
            protocol_cls=Protocol,
            converter_factory=default_converter,
            max_workers=1,
            notebook_document_sync=SYNC,
        )
        self.session = Session()
        self.documents = Documents()
        self.notebooks = Notebooks()
        self.reports = Reports(session=self.session)
        self.supervisor = Supervisor(self.on_facts, self.on_cards, self.show_warning, first_worker=worker)
        self.status = Teller(self._status, lambda params: self.protocol.tell(METHOD, params))
        self.workspace_scan = Workspace(self)
        self.initial_settings: dict[str, Any] = {}
        self.configured = asyncio.Event()
        self.ended = asyncio.Event()
        self._day = self.session.today()
        self._faulty: set[str] = set()
        self._told: frozenset[str] = frozenset()
        self._settings_uris: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """An error in a notification goes to the log: a message for the user at every keystroke helps nobody."""
        log.error("%s: %s", getattr(source, "__name__", source), error)

    def background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something that nobody waits for; what it raises is logged."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.info("a request to the client failed: %s", task.exception())

    # News of the analysis ---------------------------------------------------------------------------------------------

    def on_cards(self, cards: dict[str, Card]) -> None:
        """Take the catalogue; every worker brings the same one, so that only the first is news."""
        if cards == self.session.cards:
            return
        self.session.cards = cards
        self.session.forget_settings()
        self._renew_reports()

    def on_facts(self, tracked: Tracked) -> None:
        """Make a report of new facts, and push it to a client that does not pull."""
        if not self.configured.is_set() or not self.session.cards:
            return
        uri = tracked.document.uri
        before = self.reports.get(uri)
        entry, changed = self.reports.update(tracked)
        faulty = tracked.fault is not None
        if faulty != (uri in self._faulty):
            (self._faulty.add if faulty else self._faulty.discard)(uri)
            self.ask_for_pull()
        notebook = self.notebooks.get(uri)
        if notebook is not None:
            self.show_cells(notebook)
        elif changed and not self.session.capabilities.pull:
            self.publish(uri, entry)
        if (before or entry).report.notes != entry.report.notes or (before is None and entry.report.notes):
            self.refresh_lenses()
        self.tell_status()

    def show_cells(self, notebook: Notebook) -> None:
        """Make the reports of the cells out of that of their notebook, and publish those that are news."""
        whole = self.reports.get(notebook.whole.uri)
        if whole is None or whole.revision != notebook.whole.revision:
            return
        notebook.reports = split_report(whole.report, notebook)
        edited, notebook.edited = notebook.edited, set()
        others_changed = False
        for cell in notebook.placed:
            entry = cell_entry(
                notebook.reports[cell.uri], cell, notebook, self.session.cards, self.session.capabilities
            )
            before = self.reports.get(cell.uri)
            self.reports.entries[cell.uri] = entry
            news = before is None or before.items != entry.items
            others_changed |= news and cell.uri not in edited
            if (news or before is None or before.version != entry.version) and not self.session.capabilities.pull:
                self.publish(cell.uri, entry)
        if others_changed:
            self.ask_for_pull()

    def tell_status(self) -> None:
        """Tell a client that listens how things stand, if that has changed."""
        if self.session.capabilities.status:
            self.status.news()

    def _status(self) -> Status:
        entries = [self.reports.get(uri) for uri in self.supervisor.tracked]
        return status_of(
            self.supervisor.tracked.values(),
            [entry.report for entry in entries if entry is not None],
            started=self.configured.is_set() and bool(self.session.cards),
            faulty_settings=len(self.session.problems()),
        )

    def refresh_lenses(self) -> None:
        """Tell a client that can be told that it has other lenses to ask for."""
        if self.session.capabilities.refreshes_lenses:
            self.background(self.workspace_code_lens_refresh_async(None))

    def publish(self, uri: str, entry: Entry) -> None:
        version = "" if entry.version is None else f', "version": {entry.version}'
        params = f'{{"uri": {json.dumps(uri)}{version}, "diagnostics": {entry.json}}}'
        self.protocol.tell_json(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def show_warning(self, message: str) -> None:
        self.protocol.tell(types.WINDOW_SHOW_MESSAGE, {"type": 2, "message": message})

    # Documents --------------------------------------------------------------------------------------------------------

    def watch(self, uri: str) -> None:
        """Start or stop analysing a document, as the settings want it now."""
        document = self.documents.get(uri)
        watched = uri in self.supervisor.tracked
        wanted = document is not None and self.session.looks_at(document)
        if wanted and not watched and document is not None:
            self.supervisor.open(document)
        elif watched and not wanted:
            self.unwatch(uri)
        self.tell_status()

    def unwatch(self, uri: str) -> None:
        self.supervisor.close(uri)
        self._faulty.discard(uri)
        notebook = self.notebooks.get(uri)
        if notebook is None:
            self.hide(uri)
        else:
            self.reports.close(uri)
            for cell in notebook.placed:
                self.hide(cell.uri)
        self.tell_status()

    def hide(self, uri: str) -> None:
        """Forget the report of a document, and have the client show nothing of it."""
        shown = self.reports.get(uri)
        self.reports.close(uri)
        if shown is not None and not self.session.capabilities.pull:
            self.publish(uri, Entry())

    def close_notebook(self, uri: str) -> None:
        self.unwatch(uri)
        self.notebooks.close(uri)
        self.documents.close(uri)

    # Settings ---------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Make all reports again under the settings and on the day of now; nothing is analysed for that."""
        self._renew_reports()
        self.workspace_scan.all_changed()

    def _renew_reports(self) -> None:
        """The same for the open documents alone: a scan of the workspace has a catalogue of its own."""
        if not self.configured.is_set() or not self.session.cards:
            return
        for uri in list(self.documents.by_uri):
            self.watch(uri)
        for tracked in list(self.supervisor.tracked.values()):
            if tracked.settled.is_set():
                self.on_facts(tracked)
        self._show_problems()
        self.ask_for_pull()
        self.tell_status()

    def ask_for_pull(self) -> None:
        """Tell a client that pulls that what it was given may be outdated."""
        if self.session.capabilities.pull:
            self.background(self.workspace_diagnostic_refresh_async(None))

    def reload_settings(self) -> None:
        self.session.forget_settings()
        self.refresh()

    def reload_changed_settings(self) -> None:
        """Read the settings again if one of their files was written since."""
        if self.session.settings_changed_on_disk():
            self.reload_settings()

    async def load_configuration(self) -> None:
        """Ask the client for its settings; go on without them where it does not answer in time."""
        folders = list(self.session.folders)
        items = [types.ConfigurationItem(section=SECTION)]
        if len(folders) > 1:
            items += [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri in folders]
        request = asyncio.ensure_future(self.workspace_configuration_async(types.ConfigurationParams(items=items)))
        request.add_done_callback(lambda answer: self._take_configuration(answer, folders))
        await asyncio.wait({request}, timeout=CONFIGURATION_SECONDS)
        if not self.configured.is_set():
            self.take_settings({})

    def _take_configuration(self, answer: asyncio.Future[Any], folders: Sequence[str]) -> None:
        if answer.cancelled():
            return
        if answer.exception() is not None:
            log.info("the client has no settings for us: %s", answer.exception())
            self.take_settings({})
            return
        general, *by_folder = answer.result() or (None,)
        self.take_settings(general, dict(zip(folders, by_folder, strict=False)))

    def take_settings(self, value: Any, by_folder: Mapping[str, Any] | None = None) -> None:
        """Apply the settings of the client: `value` for everything, `by_folder` instead of it within a folder.

        Those of its `initialize` hold as long as it has never set the same otherwise: what it sets and takes back later
        is set no longer.
        """
        general = editor_settings(value)
        special = {uri: editor_settings(wishes) for uri, wishes in (by_folder or {}).items()}
        told = {key for wishes in (general, *special.values()) for key in wishes}
        self.initial_settings = {key: wish for key, wish in self.initial_settings.items() if key not in told}
        self.session.editor = self.initial_settings | general
        self.session.editor_by_folder = {uri: self.initial_settings | wishes for uri, wishes in special.items()}
        self.configured.set()
        self.reload_settings()

    def _show_problems(self) -> None:
        """Show what is wrong in settings files at its place, and say once that there is something."""
        by_uri: dict[str, list[dict[str, Any]]] = {}
        problems = self.session.problems()
        for problem in problems:
            if problem.path != EDITOR:
                by_uri.setdefault(uri_of(problem.path), []).append(of_problem(problem))
        for uri in self._settings_uris - by_uri.keys():
            self.publish(uri, Entry())
        for uri, items in by_uri.items():
            self.publish(uri, Entry(items=items))
        self._settings_uris = set(by_uri)
        self._tell_problems(problems)

    def _tell_problems(self, problems: tuple[Problem, ...]) -> None:
        new = [problem for problem in problems if _words(problem) not in self._told]
        self._told = frozenset(map(_words, problems))
        if new:
            more = f" (and {len(new) - 1} more)" if len(new) > 1 else ""
            self.show_warning(f"whysafe settings: {_words(new[0])}{more}")

    async def register(self) -> None:
        """Ask to be told of changes to settings, where the client wants to be asked."""
        client = self.session.capabilities
        registrations = []
        if client.watches_files:
            watchers = [types.FileSystemWatcher(glob_pattern=f"**/{name}") for name in (*SETTINGS_FILES, *WATCHED)]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
            registrations.append(_registration(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
        if client.registers_configuration:
            section = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
            registrations.append(_registration(types.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
        if registrations:
            await self.client_register_capability_async(types.RegistrationParams(registrations=registrations))

    # Time -------------------------------------------------------------------------------------------------------------

    async def watch_the_day(self) -> None:
        """Make the reports again when a new day (in UTC) begins: a justification may have expired."""
        while True:
            await asyncio.sleep(DAY_CHECK_SECONDS)
            self.check_the_day()

    def check_the_day(self) -> None:
        if self.session.today() != self._day:
            self._day = self.session.today()
            self.refresh()

    async def watch_the_client(self, process: int) -> None:
        """End the server when the process of the client is gone, which not every system tells by closing pipes."""
        while _is_alive(process):  # noqa: ASYNC110 - nothing tells of the end of a process that is not our child
            await asyncio.sleep(PARENT_CHECK_SECONDS)
        log.warning("the client is gone; the server ends")
        self.ended.set()


def can_be_watched(process: int | None) -> bool:
    """Whether the client's process can be seen from here; one in another container cannot."""
    return process is not None and process > 0 and sys.platform != "win32" and _is_alive(process)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _registration(method: str, options: Any) -> types.Registration:
    return types.Registration(id=f"whysafe:{method}", method=method, register_options=options)


def _words(problem: Problem) -> str:
    if problem.path == EDITOR:
        return f"{EDITOR}: {problem.message}"
    return f"{Path(problem.path).name}, line {problem.line + 1}: {problem.message}"
