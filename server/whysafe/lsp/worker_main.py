"""The worker: it holds the trees of the open documents and answers one request after the other.

Runs in a process of its own, started by `launch`, because parsing can hang or crash on hostile text; the main process
never imports this module.
"""

from __future__ import annotations

import gc
import math
import os
import signal
import time
import traceback
from dataclasses import dataclass
from queue import Empty
from typing import TYPE_CHECKING, Any, Protocol

from whysafe import limits
from whysafe.lsp import messages, wire
from whysafe.lsp.inbox import Inbox, inbox
from whysafe.lsp.renewal import renewal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import BinaryIO

    from whysafe.analysis.finding import Card
    from whysafe.report import Facts
    from whysafe.syntax.position import Edit


class Analysis(Protocol):
    """One document of the engine."""

    @property
    def length(self) -> int: ...
    @property
    def grown(self) -> int: ...
    def fill(self) -> bool: ...
    def trim(self, lines: int, /) -> None: ...
    def edit(self, edit: Edit, /) -> None: ...
    def facts(self) -> Facts: ...


class Engine(Protocol):
    """What the worker asks of the engine; `worker_engine` in the product."""

    def cards(self) -> Mapping[str, Card]: ...
    def open(self, text: str) -> Analysis: ...
    def write(self, document: Any, order: messages.Write) -> Iterable[messages.Outcome]: ...


@dataclass(slots=True)
class _Opened:
    """A document with its revision, and the facts that the main process has of it."""

    revision: int
    document: Analysis
    facts: Facts


LONG = 1_000
"""After so many answers without a rest, so are all objects that were made since: old ones become garbage, too."""
LONGEST = 4_000
"""After so many, everything is, as at rest: it takes a second where twenty modules are open."""
REST = 2.0
"""Seconds without a request after which the next one is not expected at once."""
BUSY = 100
"""After so many answers without a pause, the young objects are looked through all the same."""
MEASURED_EVERY = 1.0
"""Seconds after which memory is measured again."""
MOST_GROWN = 40_000
"""How many lines of all documents may have a tree; each takes some 3 kB."""


class Desk:
    """The open documents, and the answer to every request about them."""

    def __init__(self, engine: Engine, most_grown: int = MOST_GROWN) -> None:
        self._engine = engine
        self._open: dict[str, _Opened] = {}
        """The least recently used first."""
        self._most_grown = most_grown
        self._to_fill: dict[str, None] = {}
        self._memory, self._measured = 0, -math.inf

    def answer(self, request: object) -> object | None:
        """The answer to one request, or None where it owes none. Whatever the engine raises becomes `Failed`."""
        if isinstance(request, messages.Close):
            self._open.pop(request.uri, None)
            self._to_fill.pop(request.uri, None)
            return None
        if not isinstance(request, (messages.Open, messages.Change, messages.Write)):
            return None
        try:
            if isinstance(request, messages.Open):
                return self._opened(request)
            return self._changed(request) if isinstance(request, messages.Change) else self._written(request)
        except Exception as error:  # noqa: BLE001 - one text must not end the analysis of all others
            self._open.pop(request.uri, None)
            traceback.print_exc(limit=-20)
            return messages.Failed(request.id, f"{type(error).__name__}: {error}"[:300])

    def use_pause(self) -> bool:
        """Do a small part of what will be needed, of the latest document first; False where nothing is left to do."""
        uri = next(reversed(self._to_fill), None)
        if uri is None:
            return False
        try:
            known = self._open.get(uri)
            more = known is not None and self._grown() < self._most_grown and known.document.fill()
        except Exception:  # noqa: BLE001 - nobody has asked for it; when somebody does, the failure is told
            traceback.print_exc(limit=-20)
            more = False
        if not more:
            del self._to_fill[uri]
        return True

    def _held(self) -> int:
        """Memory that this process holds, measured at most once a second: that reads a file of the system."""
        now = time.monotonic()
        if now - self._measured >= MEASURED_EVERY:
            self._memory, self._measured = limits.resident_bytes(), now
        return self._memory

    def _grown(self) -> int:
        return sum(known.document.grown for known in self._open.values())

    def _trim(self) -> None:
        """Keep within the budget: trees are given up of the least recently used documents first."""
        over = self._grown() - self._most_grown
        for known in self._open.values():
            if over <= 0:
                return
            before = known.document.grown
            known.document.trim(max(before - over, 0))
            over -= before - known.document.grown

    def _opened(self, request: messages.Open) -> object:
        document = self._engine.open(request.text)
        facts = document.facts()
        self._open.pop(request.uri, None)
        self._open[request.uri] = _Opened(request.revision, document, facts)
        if request.fill:
            self._to_fill[request.uri] = None
        self._trim()
        return messages.Analysed(request.id, facts, self._held())

    def _changed(self, request: messages.Change) -> object:
        known = self._open.get(request.uri)
        if known is None or known.revision != request.base:
            return messages.Lost(request.id)
        for edit in request.edits:
            known.document.edit(edit)
        if known.document.length != request.length:
            del self._open[request.uri]
            return messages.Lost(request.id)
        facts = known.document.facts()
        change = renewal(known.facts, facts)
        known.revision, known.facts = request.revision, facts
        self._open[request.uri] = self._open.pop(request.uri)
        self._trim()
        return messages.Renewed(request.id, change, self._held())

    def _written(self, request: messages.Write) -> object:
        known = self._open.get(request.uri)
        if known is None or known.revision != request.revision:
            return messages.Lost(request.id)
        return messages.Written(request.id, tuple(self._engine.write(known.document, request)))


def serve(reader: BinaryIO, writer: BinaryIO, engine: Engine, leave: Callable[[int], object] = os._exit) -> None:
    """Answer requests until the pipe of the main process closes, then call `leave` with the exit status."""
    requests = inbox(reader, leave)
    desk = Desk(engine)
    wire.write_frame(writer, messages.pack(messages.Ready(tuple(engine.cards().values()))))
    answers = 0
    while True:
        limits.allow_processor_time()
        filled = False
        while requests.empty() and desk.use_pause():
            limits.allow_processor_time()
            filled = True
        if filled:
            # What was made to stay is looked through at rest only.
            gc.freeze()
        answers += 1
        if answers % LONGEST == 0:
            _look_everywhere()
        elif answers % LONG == 0:
            gc.collect()
        elif requests.empty() or answers % BUSY == 0:
            gc.collect(1)
        request = _next(requests)
        if request is None:
            return
        limits.allow_processor_time()
        answer = desk.answer(request)
        if answer is not None:
            wire.write_frame(writer, messages.pack(answer))


def _next(requests: Inbox) -> Any:
    """The next request; a rest is used to look for garbage everywhere."""
    try:
        return requests.get(REST)
    except Empty:
        _look_everywhere()
        return requests.get()


def _look_everywhere() -> None:
    """Look for garbage among all objects, and not again among those that stay."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def main() -> None:
    """Serve on standard input and output. What is printed by accident goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reader = os.fdopen(os.dup(0), "rb")
    writer = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    limits.limit_memory()

    def work() -> None:
        from whysafe.lsp import worker_engine  # noqa: PLC0415 - the engine is loaded in the thread that can carry it

        # Looking for garbage among half a million nodes takes a tenth of a second: it must not fall into an answer.
        gc.disable()
        serve(reader, writer, worker_engine)

    limits.run_with_deep_stack(work)
