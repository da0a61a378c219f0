"""The worker: it holds the trees of the open documents and answers one request after the other.

Runs in a process of its own, started by `launch`, because parsing can hang or crash on hostile text; the main process
never imports this module.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from whysafe import limits
from whysafe.lsp import messages, wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import BinaryIO

    from whysafe.analysis.finding import Card
    from whysafe.report import Facts
    from whysafe.syntax.position import Edit


class Analysis(Protocol):
    """One document of the engine."""

    @property
    def text(self) -> str: ...
    def edit(self, edit: Edit, /) -> None: ...
    def facts(self) -> Facts: ...


class Engine(Protocol):
    """What the worker asks of the engine; `worker_engine` in the product."""

    def cards(self) -> Mapping[str, Card]: ...
    def open(self, text: str) -> Analysis: ...
    def write(self, document: Any, order: messages.Write) -> Iterable[messages.Outcome]: ...


class Desk:
    """The open documents, and the answer to every request about them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._open: dict[str, tuple[int, Analysis]] = {}

    def answer(self, request: object) -> object | None:
        """The answer to one request, or None where it owes none. Whatever the engine raises becomes `Failed`."""
        if isinstance(request, messages.Close):
            self._open.pop(request.uri, None)
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

    def _opened(self, request: messages.Open) -> object:
        document = self._engine.open(request.text)
        facts = document.facts()
        self._open[request.uri] = (request.revision, document)
        return messages.Analysed(request.id, facts, limits.resident_bytes())

    def _changed(self, request: messages.Change) -> object:
        revision, document = self._open.get(request.uri, (None, None))
        if document is None or revision != request.base:
            return messages.Lost(request.id)
        for edit in request.edits:
            document.edit(edit)
        if len(document.text) != request.length:
            del self._open[request.uri]
            return messages.Lost(request.id)
        facts = document.facts()
        self._open[request.uri] = (request.revision, document)
        return messages.Analysed(request.id, facts, limits.resident_bytes())

    def _written(self, request: messages.Write) -> object:
        revision, document = self._open.get(request.uri, (None, None))
        if document is None or revision != request.revision:
            return messages.Lost(request.id)
        return messages.Written(request.id, tuple(self._engine.write(document, request)))


def serve(reader: BinaryIO, writer: BinaryIO, engine: Engine, leave: Callable[[int], object] = os._exit) -> None:
    """Answer requests until the pipe of the main process closes, then call `leave` with the exit status.

    Reading has a thread of its own, because the end of the main process must be noticed during an analysis, too.
    """
    inbox: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_read, args=(reader, inbox, leave), name="requests", daemon=True).start()
    desk = Desk(engine)
    wire.write_frame(writer, messages.pack(messages.Ready(tuple(engine.cards().values()))))
    while (request := inbox.get()) is not None:
        limits.allow_processor_time()
        answer = desk.answer(request)
        if answer is not None:
            wire.write_frame(writer, messages.pack(answer))


def _read(reader: BinaryIO, inbox: SimpleQueue[Any], leave: Callable[[int], object]) -> None:
    status = 0
    try:
        while (frame := wire.read_frame(reader)) is not None:
            inbox.put(messages.unpack(frame))
    except (wire.WireError, OSError, ValueError) as error:
        sys.stderr.write(f"whysafe worker: unreadable request: {error}\n")
        status = 1
    finally:
        inbox.put(None)
        leave(status)


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

        serve(reader, writer, worker_engine)

    limits.run_with_deep_stack(work)
