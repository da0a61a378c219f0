"""The diagnostics of the files that are not open: scanned on request, streamed, and made again where files change.

A client that pulls asks with `workspace/diagnostic`, and the answer to its next question waits until there is news; to
every other client, and to one that pulls only open files, they are published. The open files always have their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from whysafe.lsp.scan_client import ScanFailedError, Scanner
from whysafe.lsp.scan_messages import Client, ScanRequest
from whysafe.lsp.session import EDITOR_ONLY, ENVIRONMENTS, path_of
from whysafe.lsp.workspace_answer import Answer, Progress, full, result_id, uri_of_path
from whysafe.scanning.cache import clear
from whysafe.scanning.cache_folder import default_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from whysafe.lsp.host import Server
    from whysafe.lsp.scan_messages import FileDiagnostics, Found

COMMAND = "whysafe.checkWorkspace"
CLEAR_COMMAND = "whysafe.clearCache"
SETTING = "workspaceScan"
SUFFIXES = (".py", ".pyi")
IGNORE_FILE = ".gitignore"
WATCHED = ("*.py", "*.pyi", IGNORE_FILE)
SECONDS_TO_GATHER = 0.5
MANY = 1_000
"""Changed files from which on everything is scanned: the cache knows the rest, and the list would be long."""


log = logging.getLogger(__name__)


class Workspace:
    """What the client was told of closed files (`told`: result ids by address), and what has changed since."""

    def __init__(self, ls: Server) -> None:
        self._ls = ls
        self._scanner = Scanner()
        self._lock = asyncio.Lock()
        self._news = asyncio.Event()
        self._pushing: asyncio.Task[None] | None = None
        self._changes = 0
        self.asked = False
        self.pulled = False
        self.answered = False
        self.complete = False
        self.resting = False
        self.told: dict[str, str] = {}
        self.dirty: set[str] = set()

    @property
    def wanted(self) -> bool:
        """Whether closed files are looked at at all: nobody gets that without having asked for it."""
        return self.asked or self._ls.session.editor.get(SETTING) is True

    # News -------------------------------------------------------------------------------------------------------------

    def changed(self, uri: str) -> None:
        """A file was written, made or removed, or is open no longer."""
        path = path_of(uri)
        if path is None:
            return
        if path.endswith(SUFFIXES):
            if not self._is_open(path):
                self.dirty.add(path)
                self._tell()
        elif Path(path).name == IGNORE_FILE or Path(path).is_dir() or self._told_below(uri):
            self.all_changed()

    def _told_below(self, uri: str) -> bool:
        return any(known.startswith(uri.rstrip("/") + "/") for known in self.told)

    def all_changed(self) -> None:
        """Settings, the day or the folders of the workspace have changed."""
        self.complete = False
        self._changes += 1
        self._tell()

    def opened(self, uri: str) -> None:
        """A file has diagnostics of its own from now on; those that were published here are taken back."""
        if self.told.pop(uri, None) is not None and self._pushing is not None and self._ls.session.capabilities.pull:
            self._publish(uri, [])

    def _tell(self) -> None:
        self.resting = False
        self._news.set()
        if self._pushing is None and self.wanted and self._ls.configured.is_set() and not self._client_pulls():
            self._start_pushing()

    def _client_pulls(self) -> bool:
        """Whether the client asks for the workspace by itself, as far as can be known."""
        return self.pulled or self._ls.session.capabilities.pull

    def stop(self) -> None:
        self._scanner.stop()
        if self._pushing is not None:
            self._pushing.cancel()

    # Scans ------------------------------------------------------------------------------------------------------------

    def _request(self, only: tuple[str, ...] | None) -> ScanRequest:
        session = self._ls.session
        client = session.capabilities
        return ScanRequest(
            folders=tuple(str(folder) for folder in session.folders.values()),
            only=only,
            editor={key: value for key, value in session.editor.items() if key.split(".")[0] not in EDITOR_ONLY},
            environments=tuple(sorted(ENVIRONMENTS)),
            client=Client(
                encoding=client.encoding.value,
                related_information=client.related_information,
                code_description=client.code_description,
                unnecessary_tag=client.unnecessary_tag,
            ),
            today=session.today(),
        )

    async def _scan(self, take: Callable[[Found], object], gone: Callable[[str], object], *, lost: bool) -> None:
        """Scan what has changed, or everything where that is unknown or `lost`; `gone` hears of what has nothing more.

        Raises ScanFailedError.
        """
        whole = lost or not self.complete or len(self.dirty) > MANY
        only = None if whole else tuple(sorted(self.dirty))
        self.dirty.clear()
        self.complete, changes = False, self._changes
        before = set(self.told) if only is None else {uri_of_path(path) for path in only} & self.told.keys()
        if self.wanted and self._ls.session.folders:
            async with contextlib.aclosing(self._scanner.scan(self._request(only))) as results:
                async for found in results:
                    before -= {file.uri for file in found.files if file.items != "[]"}
                    take(found)
        for uri in before & self.told.keys():
            del self.told[uri]
            gone(uri)
        # What has changed meanwhile is not in it.
        self.complete = changes == self._changes

    def _is_open(self, path: str) -> bool:
        return any(document.path == path for document in self._ls.documents.by_uri.values())

    # Pull -------------------------------------------------------------------------------------------------------------

    async def pull(self, params: types.WorkspaceDiagnosticParams) -> dict[str, Any]:
        """Answer `workspace/diagnostic`: the first question at once, later ones when there is something new."""
        self.pulled = True
        previous = {entry.uri: entry.value for entry in params.previous_result_ids}
        await self._ls.configured.wait()
        while self.answered and not self._has_news(previous):
            self._news.clear()
            await self._news.wait()
            await asyncio.sleep(SECONDS_TO_GATHER)
        token = params.partial_result_token
        send_part = None if token is None else functools.partial(self._send_part, token)
        answer = Answer(self.told, previous, send_part)
        async with self._lock:
            with Progress(self._ls, params.work_done_token) as progress:
                await self._answer(answer, progress, lost=self._is_lost(previous))
        self.answered = True
        return {"items": answer.rest}

    def _send_part(self, token: int | str, items: list[dict[str, Any]]) -> None:
        self._ls.protocol.tell(types.PROGRESS, {"token": token, "value": {"items": items}})

    async def _answer(self, answer: Answer, progress: Progress, *, lost: bool) -> None:
        def take(found: Found) -> None:
            answer.send([answer.report(file) for file in found.files if not self._is_open(file.path)])
            progress.report(found)

        answer.send(answer.open_documents(self._ls))
        try:
            await self._scan(take, lambda uri: answer.send([full(uri, [])]), lost=lost)
        except ScanFailedError as error:
            self._say_that_it_failed(error)

    def _has_news(self, previous: Mapping[str, str]) -> bool:
        if not self.wanted:
            return bool(self.told)
        return self._is_lost(previous) or self._is_due()

    def _is_due(self) -> bool:
        """Whether there is anything to scan: a scan that failed would fail again at once, so it waits for a change."""
        return bool(self.dirty) or not (self.complete or self.resting)

    def _is_lost(self, previous: Mapping[str, str]) -> bool:
        """Whether the client does not have what it was told."""
        return any(previous.get(uri) != result for uri, result in self.told.items())

    def _say_that_it_failed(self, error: ScanFailedError) -> None:
        log.error("the scan of the workspace failed: %s", error)
        self._ls.show_warning(f"whysafe: the scan of the workspace is not complete ({error}); see the log.")
        self.resting = True

    # Push -------------------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """The user wants the workspace checked, whatever the settings say."""
        if not self._ls.session.folders:
            self._ls.show_warning("whysafe: no folder is open, so there is no workspace to check.")
            return
        self.asked = True
        self.all_changed()
        if self.pulled:
            self._ls.ask_for_pull()
        elif self._pushing is None:
            self._start_pushing()

    def _start_pushing(self) -> None:
        self._pushing = asyncio.ensure_future(self._push())
        self._pushing.add_done_callback(self._pushing_ended)

    def _pushing_ended(self, task: asyncio.Task[None]) -> None:
        self._pushing = None
        if not task.cancelled() and task.exception() is not None:
            log.error("the diagnostics of the workspace stopped", exc_info=task.exception())

    async def _push(self) -> None:
        """Publish the diagnostics of closed files, and again what changes, as long as that is wanted."""
        while self.wanted or self.told:
            if self._is_due():
                async with self._lock:
                    await self._push_once()
            elif not self.wanted:
                return
            self._news.clear()
            if not self._is_due():
                await self._news.wait()
            await asyncio.sleep(SECONDS_TO_GATHER)

    async def _push_once(self) -> None:
        token = None if self.complete else await self._progress_token()
        with Progress(self._ls, token) as progress:

            def take(found: Found) -> None:
                progress.report(found)
                for file in found.files:
                    if not self._is_open(file.path):
                        self._publish_file(file)
                if progress.is_cancelled():
                    raise ScanFailedError("it was cancelled")

            try:
                await self._scan(take, lambda uri: self._publish(uri, []), lost=False)
            except ScanFailedError as error:
                if progress.is_cancelled():
                    self.resting = True
                else:
                    self._say_that_it_failed(error)

    def _publish_file(self, file: FileDiagnostics) -> None:
        if file.items == "[]":
            return
        result = result_id(file.items)
        if self.told.get(file.uri) != result:
            self.told[file.uri] = result
            self._publish(file.uri, json.loads(file.items))

    def _publish(self, uri: str, items: list[dict[str, Any]]) -> None:
        self._ls.protocol.tell(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, {"uri": uri, "diagnostics": items})

    async def _progress_token(self) -> str | None:
        """A token of the client's for progress; None where it shows none."""
        if not self._ls.session.capabilities.work_done_progress:
            return None
        token = f"whysafe-{id(object())}-{asyncio.get_running_loop().time()}"
        try:
            await asyncio.shield(self._ls.work_done_progress.create_async(token))
        except Exception as error:  # noqa: BLE001  # whatever the client answers, the scan goes on
            log.info("the client shows no progress: %s", error)
            return None
        return token


def clear_cache() -> str:
    """Remove what scans have kept about texts; what came of it, in a sentence for the user."""
    folder = default_folder()
    if folder is None:
        return "There is no cache: this user has no home folder."
    try:
        freed = clear(folder)
    except OSError as error:
        return f"{folder} cannot be cleared: {error.strerror}."
    return f"{freed / 1_000_000:.1f} MB were removed from {folder}."
