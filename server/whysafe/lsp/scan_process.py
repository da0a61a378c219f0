"""The process that scans the workspace for the editor: it walks, asks the cache, and has the rest analysed by others.

It is not the worker of the open files and gives way to it: its priority is low, and it waits for the main process to
take what it has found. It analyses nothing itself, so that no text can end it. Loads neither libcst nor pygls.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from whysafe import config
from whysafe.analysis.finding import Gap
from whysafe.encoding import DecodeError
from whysafe.lsp import wire
from whysafe.lsp.convert import Encoding
from whysafe.lsp.diagnostics import View, diagnostics
from whysafe.lsp.documents import split
from whysafe.lsp.scan_messages import (
    UNTAKEN_LIMIT,
    Done,
    FileDiagnostics,
    Found,
    ScanRequest,
    Stop,
    Taken,
    pack,
    unpack,
)
from whysafe.report import Facts, project
from whysafe.scanning.cache import Cache
from whysafe.scanning.cache_folder import default_folder
from whysafe.scanning.child import defect
from whysafe.scanning.examine import Analysis
from whysafe.scanning.processors import usable_processors
from whysafe.scanning.walk import Scan, SettingsOf, candidates
from whysafe.syntax.position import span
from whysafe.syntax.source import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from typing import BinaryIO

    from whysafe.analysis.finding import Card
    from whysafe.lsp.session import Capabilities
    from whysafe.scanning.examine import Examined
    from whysafe.scanning.walk import Candidate

NICENESS = 10
FILES_AT_ONCE = 50
STEP = 200
"""After so many files without a diagnostic the main process hears of the progress all the same."""


class Line:
    """What comes from the main process: how much it has taken, and whether it wants more."""

    def __init__(self, reader: BinaryIO) -> None:
        self._reader = reader
        self._room = threading.Semaphore(UNTAKEN_LIMIT)
        self.stopped = threading.Event()

    def request(self) -> ScanRequest | None:
        """The one request of this process; None where the main process has gone without any. Raises DecodeError."""
        frame = wire.read_frame(self._reader)
        if frame is None:
            return None
        request = unpack(frame)
        if not isinstance(request, ScanRequest):
            raise DecodeError("not a request")
        threading.Thread(target=self._listen, name="main process", daemon=True).start()
        return request

    def wait_for_room(self) -> None:
        """Wait until the main process can take one more `Found`, or wants no more."""
        self._room.acquire()

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError, DecodeError):
            while (frame := wire.read_frame(self._reader)) is not None:
                message = unpack(frame)
                if isinstance(message, Taken):
                    self._room.release()
                elif isinstance(message, Stop):
                    break
        self.stopped.set()
        # Whoever waits for room now need not wait any more.
        self._room.release(UNTAKEN_LIMIT)


def serve(reader: BinaryIO, writer: BinaryIO, analysis: Analysis) -> None:
    """Read one request, write what is found, and return when that is done or not wanted any more."""
    line = Line(reader)
    request = line.request()
    if request is None:
        return
    met = Scan()
    with contextlib.closing(scan(request, analysis, met, line.stopped.is_set)) as results:
        for found in results:
            line.wait_for_room()
            if line.stopped.is_set():
                return
            wire.write_frame(writer, pack(found))
    if line.stopped.is_set():
        return
    problems = [f"{error.path}: {error.message}" for error in met.errors]
    problems += [f"{problem.path}:{problem.line + 1}: {problem.message}" for problem in met.problems]
    if analysis.cache is not None and analysis.cache.trouble is not None:
        problems.append(analysis.cache.trouble)
    wire.write_frame(writer, pack(Done(tuple(problems))))


def scan(
    request: ScanRequest, analysis: Analysis, met: Scan, unwanted: Callable[[], bool]
) -> Generator[Found, None, None]:
    """What the request asks for, some files at a time; `met` takes what goes wrong on the way."""
    cards = analysis.cards()
    files = list(_files(request, cards, met))
    maker = _Maker(request, cards)
    batch: list[FileDiagnostics] = []
    last = done = 0
    with contextlib.closing(analysis.examine(files)) as examined:
        for done, one in enumerate(examined, start=1):
            items = maker.items(one)
            # Of files that have changed, it is news that there is nothing (any more).
            if items or request.only is not None:
                path = one.candidate.path
                batch.append(FileDiagnostics(str(path), path.as_uri(), json.dumps(items, separators=(",", ":"))))
            if unwanted():
                return
            if len(batch) >= FILES_AT_ONCE or done - last >= STEP:
                yield Found(done, len(files), tuple(batch))
                batch, last = [], done
    yield Found(done, len(files), tuple(batch))


def _files(request: ScanRequest, cards: Mapping[str, Card], met: Scan) -> Iterator[Candidate]:
    known = config.vocabulary(cards.values())
    environments = frozenset(request.environments)
    editor = request.editor if isinstance(request.editor, dict) else {}
    for folder in request.folders:
        personal, _ = config.from_mapping(editor, "editor settings", known, root=folder)
        settings_of = SettingsOf(personal, known, True, met.problems)
        only = None if request.only is None else frozenset(map(Path, request.only))
        for candidate in candidates([folder], settings_of, met, only):
            if environments.isdisjoint(candidate.path.parts):
                yield candidate


class _Maker:
    """Makes diagnostics of facts, as the main process does for open files."""

    def __init__(self, request: ScanRequest, cards: Mapping[str, Card]) -> None:
        self._today, self._cards = request.today, cards
        client = request.client
        # `diagnostics` asks these four of the capabilities; the class itself would load pygls.
        capabilities = SimpleNamespace(
            encoding=Encoding(client.encoding),
            related_information=client.related_information,
            code_description=client.code_description,
            unnecessary_tag=client.unnecessary_tag,
        )
        self._client = cast("Capabilities", capabilities)

    def items(self, examined: Examined) -> list[dict[str, Any]]:
        """The diagnostics of one file; what could not be analysed is one, too."""
        path = examined.candidate.path
        if examined.analysed is None:
            return self._diagnostics(_not_analysed(examined.error or ""), examined, [""])
        facts = examined.analysed.facts
        if not (facts.findings or facts.blocks or facts.gaps):
            return []
        try:
            return self._diagnostics(facts, examined, split(decode(examined.content)))
        except Exception as failure:  # noqa: BLE001  # one file must not end the scan
            sys.stderr.write(f"whysafe: {path}: {defect(failure)}\n")
            return self._diagnostics(_not_analysed(defect(failure)), examined, [""])

    def _diagnostics(self, facts: Facts, examined: Examined, lines: list[str]) -> list[dict[str, Any]]:
        path = examined.candidate.path
        report = project(facts, self._cards, examined.candidate.settings, self._today, str(path))
        return diagnostics(report, View(uri=path.as_uri(), lines=lines, cards=self._cards, client=self._client))


def _not_analysed(why: str) -> Facts:
    return Facts(findings=(), blocks=(), gaps=(Gap(span(0, 0, 0, 0), why),))


def main() -> None:
    """Serve one request on standard input and output. What is printed by accident goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICENESS)
    reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    folder = default_folder()
    # One processor is left to the person who types.
    jobs = max(usable_processors() - 1, 1)
    analysis = Analysis(jobs=jobs, cache=None if folder is None else Cache(folder), isolated=True)
    with contextlib.suppress(BrokenPipeError):
        serve(reader, writer, analysis)
