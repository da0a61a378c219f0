"""Keeps the worker busy and alive: what is sent when, how long it may take, and what happens when it dies.

One request is in flight at a time, so that a deadline tells which text is to blame; per document the newest text wins.
Everything runs in the event loop and nothing blocks it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from whysafe.lsp import messages, wire
from whysafe.lsp.patience import Patience, wait_for
from whysafe.lsp.renewal import renewed
from whysafe.lsp.tracked import Fault, Tracked
from whysafe.lsp.waiting import Bell, Reply
from whysafe.lsp.worker import Worker, command

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from whysafe.analysis.finding import Card
    from whysafe.config import Settings
    from whysafe.lsp.documents import OpenDocument
    from whysafe.syntax.position import Edit

log = logging.getLogger(__name__)

_TAKEN_BACK = object()


class UnavailableError(Exception):
    """No answer can be had from the analysis now; the message says why, for the user."""


@dataclass(slots=True, eq=False)
class _Writing:
    tracked: Tracked
    orders: tuple[messages.Order, ...]
    settings: Settings
    today: dt.date
    result: asyncio.Future[tuple[messages.Outcome, ...]]
    tries_left: int = 1


class _DiedError(Exception):
    """The worker has died or was killed during a request."""


@dataclass(slots=True, eq=False)
class Supervisor:
    """The analysis of all documents.

    `on_facts` hears of new facts or faults of a document; `on_cards` of the catalogue, at every start of a worker;
    `on_trouble` gets a message for the user, once per trouble.
    """

    on_facts: Callable[[Tracked], object]
    on_cards: Callable[[dict[str, Card]], object]
    on_trouble: Callable[[str], object]
    start_command: Sequence[str] = field(default_factory=command)
    patience: Patience = field(default_factory=Patience)
    first_worker: Worker | None = None
    tracked: dict[str, Tracked] = field(default_factory=dict)
    generation: int = 0
    _worker: Worker | None = None
    _ready: asyncio.Future[None] | None = None
    _answer: Reply | None = None
    _last_id: int = 0
    _writings: deque[_Writing] = field(default_factory=deque)
    _wake: Bell = field(default_factory=Bell)
    _deaths: int = 0
    _told: bool = False
    _end_cause: str = ""
    _recycle_at: float = 0.0
    _fill: bool = True
    _task: asyncio.Task[None] | None = None

    @property
    def worker_pid(self) -> int | None:
        """The process id of the worker, for the log and for tests; None while there is none."""
        return None if self._worker is None else self._worker.pid

    def start(self) -> None:
        self._task = asyncio.ensure_future(self._run())

    def stop(self) -> None:
        """End the worker and all waiting."""
        if self._task is not None:
            self._task.cancel()
        self._discard_worker()
        for tracked in self.tracked.values():
            tracked.settled.set()

    def restart(self) -> None:
        """Start afresh with a new worker, and try again what was given up."""
        for tracked in self.tracked.values():
            tracked.healed()
            tracked.wanted = True
            tracked.settled.clear()
        self._deaths, self._told, self._fill = 0, False, True
        self._discard_worker()
        self._wake.ring()

    def open(self, document: OpenDocument) -> Tracked:
        self.close(document.uri)
        tracked = self.tracked[document.uri] = Tracked(document=document)
        self._wake.ring()
        return tracked

    def changed(self, uri: str, edits: Sequence[Edit]) -> None:
        tracked = self.tracked.get(uri)
        if tracked is not None:
            tracked.edited(edits)
            self._wake.ring()

    def close(self, uri: str) -> None:
        tracked = self.tracked.pop(uri, None)
        if tracked is not None:
            tracked.closed = True
            tracked.settled.set()
            if self._worker is not None:
                self._worker.send(messages.pack(messages.Close(uri)))

    async def settle(self, uri: str, seconds: float) -> Tracked | None:
        """The document once its facts are those of its text, or once it was given up.

        None where neither comes in time, or where the document is not watched (any more).
        """
        tracked = self.tracked.get(uri)
        if tracked is None:
            return None
        if not tracked.settled.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(tracked.settled.wait(), seconds)
        return tracked if tracked.settled.is_set() and not tracked.closed else None

    async def write(
        self, uri: str, orders: Sequence[messages.Order], settings: Settings, today: dt.date
    ) -> tuple[messages.Outcome, ...]:
        """The edits that fulfil the orders in the text as it is now. Raises UnavailableError."""
        tracked = self.tracked.get(uri)
        if tracked is None:
            raise UnavailableError("this document is not analysed, so nothing can be written into it")
        future: asyncio.Future[tuple[messages.Outcome, ...]] = asyncio.get_running_loop().create_future()
        self._writings.append(_Writing(tracked, tuple(orders), settings, today, future))
        self._wake.ring()
        return await future

    async def _run(self) -> None:
        while True:
            try:
                await self._step()
            except Exception:  # noqa: PERF203 - the loop must go on: else nothing would be analysed again
                log.exception("the supervision of the analysis failed; the worker is started again")
                self._discard_worker()
                await asyncio.sleep(self.patience.retry)

    async def _step(self) -> None:
        self._wake.rung = False
        now = asyncio.get_running_loop().time()
        worker = await self._worker_ready()
        if worker is None:
            return
        due = [item for item in self.tracked.values() if item.due(now)]
        if due:
            await self._analyse(worker, max(due, key=lambda item: item.document.revision))
        elif self._writings:
            await self._fulfil(worker, self._writings.popleft())
        else:
            pause = min((item.retry_at - now for item in self.tracked.values() if item.retry), default=None)
            await self._wake.wait(pause)

    async def _analyse(self, worker: Worker, tracked: Tracked) -> None:
        complete = tracked.fault is None or tracked.retries(asyncio.get_running_loop().time())
        if tracked.fault is not None and complete:
            tracked.sent = None
        in_flight, count = tracked.unsent, len(tracked.since)
        request, deadline = self._request(tracked, complete=complete)
        tracked.unsent, tracked.wanted, tracked.retry = [], False, tracked.retry and not complete
        tracked.sent = request.revision
        try:
            answer = await self._ask(worker, request, deadline)
        except _DiedError as error:
            self._blame(tracked, in_flight, count, str(error), complete=complete)
            return
        if tracked.closed:
            return
        if isinstance(answer, messages.Failed):
            log.error("the analysis of %s failed, a defect of whysafe: %s", tracked.document.uri, answer.message)
            cause = f"a defect of whysafe stopped the analysis ({answer.message})"
            self._blame(tracked, in_flight, count, cause, complete=complete)
        elif isinstance(answer, (messages.Analysed, messages.Renewed)):
            self._take(tracked, answer, request.revision, count, complete=complete)
        else:
            tracked.sent, tracked.wanted = None, True
            tracked.retry = tracked.retry or (complete and tracked.fault is not None)

    def _request(self, tracked: Tracked, *, complete: bool) -> tuple[messages.Open | messages.Change, float]:
        document, patience = tracked.document, self.patience
        size = document.text.length
        self._last_id += 1
        if tracked.sent is None:
            text = tracked.text_to_send(complete=complete)
            request = messages.Open(self._last_id, document.uri, document.revision, text, self._fill)
            return request, patience.open + size * patience.open_per_character
        change = messages.Change(
            id=self._last_id,
            uri=document.uri,
            base=tracked.sent,
            revision=document.revision,
            length=size,
            edits=tuple(tracked.unsent),
        )
        edits = len(change.edits) * patience.change_per_edit
        return change, patience.change + size * patience.change_per_character + edits

    def _take(
        self,
        tracked: Tracked,
        answer: messages.Analysed | messages.Renewed,
        revision: int,
        count: int,
        *,
        complete: bool,
    ) -> None:
        if isinstance(answer, messages.Analysed):
            tracked.facts = answer.facts
        else:
            tracked.facts = renewed(tracked.facts, answer.change)
        tracked.facts_revision = revision
        del tracked.since[:count]
        self._deaths = 0
        if complete:
            tracked.healed()
        if tracked.current:
            tracked.settled.set()
            self.on_facts(tracked)
        now = asyncio.get_running_loop().time()
        if answer.memory > self.patience.memory and now >= self._recycle_at:
            log.warning("the worker holds %d MB; it is started again", answer.memory >> 20)
            self._recycle_at = now + self.patience.between_recycling
            self._discard_worker(resend=False)

    def _blame(self, tracked: Tracked, in_flight: Sequence[Edit], count: int, cause: str, *, complete: bool) -> None:
        if tracked.closed:
            return
        message = f"not analysed: {cause}; it is tried again when this text changes"
        tracked.blame(in_flight, tracked.since[count:], message, complete=complete)
        wait = min(self.patience.retry * 2 ** min(tracked.deaths - 1, 20), self.patience.retry_most)
        tracked.retry_at = asyncio.get_running_loop().time() + wait
        if tracked.given_up:
            self.on_facts(tracked)

    async def _fulfil(self, worker: Worker, writing: _Writing) -> None:
        tracked = writing.tracked
        if writing.result.done():
            return
        self._last_id += 1
        request = messages.Write(
            id=self._last_id,
            uri=tracked.document.uri,
            revision=tracked.document.revision,
            orders=writing.orders,
            settings=writing.settings,
            today=writing.today,
        )
        problem = "the analysis does not have this text now; try again in a moment"
        try:
            answer = await self._ask(worker, request, self.patience.write)
        except _DiedError as error:
            answer, problem = None, f"{error}; nothing was written"
            tracked.sent, tracked.wanted = None, True
        if writing.result.done():
            return
        if isinstance(answer, messages.Written):
            writing.result.set_result(answer.outcomes)
            return
        if isinstance(answer, messages.Failed):
            tracked.sent, tracked.wanted = None, True
            problem = f"a defect of whysafe prevented it ({answer.message}); nothing was written"
        elif isinstance(answer, messages.Lost) and writing.tries_left:
            # The worker was started again since; it gets the text first.
            tracked.sent, tracked.wanted = None, True
            writing.tries_left -= 1
            self._writings.append(writing)
            return
        writing.result.set_exception(UnavailableError(problem))

    async def _ask(self, worker: Worker, request: Any, seconds: float) -> Any:
        """The worker's answer. Raises _DiedError, with the cause, after which there is no worker any more."""
        answer = self._answer = Reply()
        worker.send(messages.pack(request))
        await wait_for(answer, worker.pid, seconds)
        self._answer = None
        if not answer.rung:
            self._lost_worker(f"the analysis took longer than {seconds:.0f} s and was stopped")
            raise _DiedError(f"the analysis took longer than {seconds:.0f} s and was stopped")
        reply = answer.value
        if reply is _TAKEN_BACK:
            return messages.Lost(request.id)
        if reply is None or getattr(reply, "id", None) != request.id:
            cause = f"the analysis process ended ({self._end_cause})" if reply is None else "the worker lost its order"
            self._lost_worker(cause)
            raise _DiedError(cause)
        return reply

    async def _worker_ready(self) -> Worker | None:
        """The worker, started where there is none; None where it cannot be started now, after a pause."""
        if self._worker is None:
            try:
                worker, self.first_worker = self.first_worker or Worker(self.start_command), None
            except OSError as error:
                await self._cannot_start(f"it cannot be started: {error}")
                return None
            loop = asyncio.get_running_loop()
            self._worker, self._ready, self._end_cause = worker, loop.create_future(), ""
            self.generation += 1
            worker.attach(loop, self._on_message, self._on_end)
        worker, ready = self._worker, self._ready
        if ready is not None and not ready.done():
            await asyncio.wait({ready}, timeout=self.patience.start)
        if self._worker is not worker:
            return None
        if ready is None or not ready.done() or ready.cancelled():
            cause = self._end_cause or f"it was not ready within {self.patience.start:.0f} s"
            self._discard_worker()
            await self._cannot_start(cause)
            return None
        return worker

    async def _cannot_start(self, cause: str) -> None:
        self._lost_worker(f"the analysis process does not start ({cause})")
        for tracked in self.tracked.values():
            tracked.fault = Fault(None, f"not analysed: the analysis process does not start ({cause}); see the log")
            tracked.retry = True
            tracked.settled.set()
            self.on_facts(tracked)
        wait = min(self.patience.retry * 2**self._deaths, self.patience.retry_most)
        await asyncio.sleep(wait)

    def _on_message(self, worker: Worker, data: Any) -> None:
        if worker is not self._worker:
            return
        try:
            message = messages.unpack(data)
        except wire.WireError:
            log.exception("the worker sent something unreadable")
            message = None
        if isinstance(message, messages.Ready):
            self.on_cards({card.name: card for card in message.cards})
            if self._ready is not None and not self._ready.done():
                self._ready.set_result(None)
        elif self._answer is not None and not self._answer.rung:
            self._end_cause = "it sent something unreadable"
            self._answer.give(message)

    def _on_end(self, worker: Worker, cause: str) -> None:
        if worker is not self._worker:
            return
        self._end_cause = cause
        if self._ready is not None and not self._ready.done():
            self._ready.cancel()
        elif self._answer is not None:
            self._answer.give(None)
        else:
            # It may have died of a text that nobody had asked about yet; the next one waits until it is asked.
            self._fill = False
            self._lost_worker(f"the analysis process ended while idle ({cause})")
            self._wake.ring()

    def _lost_worker(self, cause: str) -> None:
        log.warning("%s", cause)
        self._deaths += 1
        self._discard_worker()
        if self._deaths >= self.patience.deaths_before_message and not self._told:
            self._told = True
            self.on_trouble(
                f"whysafe: {cause}, {self._deaths} times in a row. What is shown may be incomplete; the log says more."
            )

    def _discard_worker(self, *, resend: bool = True) -> None:
        worker, ready = self._worker, self._ready
        self._worker, self._ready = None, None
        if worker is None:
            return
        worker.kill()
        if ready is not None:
            ready.cancel()
        if self._answer is not None:
            self._answer.give(_TAKEN_BACK)
        for tracked in self.tracked.values():
            tracked.sent, tracked.unsent = None, []
            tracked.wanted = tracked.wanted or resend
