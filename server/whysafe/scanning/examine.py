"""From files to facts, in the order of the files: what the cache knows is not analysed, and the rest in processes."""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whysafe.deep_stack import DeepThread
from whysafe.encoding import DecodeError
from whysafe.scanning import local
from whysafe.scanning.analysed import Analysed, pack_cards, unpack, unpack_cards
from whysafe.scanning.child import load
from whysafe.scanning.frames import FACTS
from whysafe.scanning.pool import Pool, Task, starter
from whysafe.syntax.source import SourceError, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from whysafe.analysis.finding import Card
    from whysafe.scanning.analysed import Engine
    from whysafe.scanning.cache import Cache
    from whysafe.scanning.processes import Child
    from whysafe.scanning.walk import Candidate

POOL_WORTH = 200_000
"""Bytes to analyse from which on other processes are worth their start."""

AHEAD_FILES = 512
AHEAD_BYTES = 32 << 20
"""How far reading goes ahead of the file whose turn it is; it bounds the memory that a scan takes."""

_FACTS_KIND, _CARDS_KIND = b"facts", b"cards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A file with its facts, or with the reason why there are none. `content` is there with the facts."""

    candidate: Candidate
    content: bytes = b""
    analysed: Analysed | None = None
    error: str | None = None


@dataclass(slots=True, kw_only=True)
class Analysis:
    """How texts are analysed: the engine (loaded when it is first needed), in how many processes, and what is kept.

    `isolated`: never in this process, however little there is to do. `start` makes the processes of the pool. `parsed`
    counts the texts that were given to the engine, and `thread` is the one that analyses in this process.
    """

    load: Callable[[], Engine] = load
    jobs: int = 1
    cache: Cache | None = None
    isolated: bool = False
    start: Callable[[Sequence[int]], Child] | None = None
    parsed: int = field(default=0, init=False)
    thread: DeepThread = field(default_factory=DeepThread, init=False)

    def cards(self) -> dict[str, Card]:
        """What is known of every rule, by name; from the cache where it knows, so that no engine is loaded for it."""
        key = None if self.cache is None else self.cache.key(_CARDS_KIND)
        if self.cache is not None and key is not None and (kept := self.cache.get(key)) is not None:
            try:
                return unpack_cards(kept)
            except DecodeError:
                self.cache.drop(key)
        cards = dict(self.load().cards())
        if self.cache is not None and key is not None:
            self.cache.put(key, pack_cards(cards))
        return cards

    def examine(self, candidates: Iterable[Candidate]) -> Generator[Examined, None, None]:
        """Each file with its facts, in the order given, whatever the number of processes; raises nothing for a file."""
        run = _Run(self)
        try:
            for candidate in candidates:
                run.take(candidate)
                yield from run.finished()
            yield from run.rest()
        finally:
            run.close()
            self.thread.close()
            if self.cache is not None:
                self.cache.save()

    def of_text(self, candidate: Candidate, content: bytes) -> Examined:
        """What there is to say of a content that is no file's."""
        self.parsed += 1
        with contextlib.closing(self.thread):
            return _examined(candidate, content, *local.analyse(content, self.load, self.thread))


@dataclass(slots=True, eq=False)
class _Pending:
    """A file that has been read: with its result, or with the task that brings it, or still to be analysed here."""

    candidate: Candidate
    content: bytes = b""
    key: bytes | None = None
    result: Examined | None = None
    task: Task | None = None


@dataclass(slots=True)
class _Run:
    """One scan: the files that were read and not yet handed out, and the pool once there is one."""

    analysis: Analysis
    ahead: deque[_Pending] = field(default_factory=deque)
    ahead_bytes: int = 0
    missing: int = 0
    pool: Pool | None = None
    alone: bool = False

    def take(self, candidate: Candidate) -> None:
        """Read a file, and ask the cache or have it analysed."""
        pending = self._read(candidate)
        self.ahead.append(pending)
        self.ahead_bytes += len(pending.content)
        if pending.result is not None:
            return
        self.missing += len(pending.content)
        if self.pool is not None:
            pending.task = self.pool.submit(pending.content)
        elif not self._is_alone() and self.missing > POOL_WORTH:
            self._start_pool(self.analysis.jobs)

    def finished(self) -> Iterator[Examined]:
        """The files whose turn it is, as far as they are done, or have to be because too many wait."""
        while self.ahead and (self._is_done(self.ahead[0]) or self._is_full()):
            yield self._finish()

    def rest(self) -> Iterator[Examined]:
        while self.ahead:
            yield self._finish()

    def close(self) -> None:
        if self.pool is not None:
            self.pool.close()

    def _is_done(self, pending: _Pending) -> bool:
        return pending.result is not None or (pending.task is not None and pending.task.kind is not None)

    def _is_alone(self) -> bool:
        """Whether everything is analysed in this process."""
        return self.alone or (self.analysis.jobs == 1 and not self.analysis.isolated)

    def _is_full(self) -> bool:
        return self._is_alone() or len(self.ahead) > AHEAD_FILES or self.ahead_bytes > AHEAD_BYTES

    def _read(self, candidate: Candidate) -> _Pending:
        try:
            content = read_bytes(candidate.path)
        except SourceError as error:
            return _Pending(candidate, result=Examined(candidate=candidate, error=str(error)))
        cache = self.analysis.cache
        if cache is None:
            return _Pending(candidate, content)
        key = cache.key(_FACTS_KIND, content)
        kept = cache.get(key)
        if kept is not None:
            try:
                analysed = unpack(kept)
            except DecodeError:
                cache.drop(key)
            else:
                done = Examined(candidate=candidate, content=content, analysed=analysed)
                return _Pending(candidate, content, result=done)
        return _Pending(candidate, content, key)

    def _start_pool(self, jobs: int) -> None:
        try:
            self.pool = Pool(jobs, self.analysis.start or starter(self.analysis.load))
        except OSError:
            # The system has no room for other processes; this one will do.
            self.alone = True
            return
        for pending in self.ahead:
            if pending.result is None:
                pending.task = self.pool.submit(pending.content)

    def _finish(self) -> Examined:
        pending = self.ahead.popleft()
        self.ahead_bytes -= len(pending.content)
        if pending.result is not None:
            return pending.result
        self.analysis.parsed += 1
        if self.pool is None and self.analysis.isolated and not self.alone:
            self.ahead.appendleft(pending)
            self._start_pool(1)
            self.ahead.popleft()
        if self.pool is not None and pending.task is not None:
            self.pool.wait(pending.task)
            kind, body = pending.task.kind, pending.task.body
        else:
            kind, body = local.analyse(pending.content, self.analysis.load, self.analysis.thread)
        if kind == FACTS and self.analysis.cache is not None and pending.key is not None:
            self.analysis.cache.put(pending.key, body)
        return _examined(pending.candidate, pending.content, kind, body)


def _examined(candidate: Candidate, content: bytes, kind: bytes | None, body: bytes) -> Examined:
    if kind != FACTS:
        return Examined(candidate=candidate, error=body.decode("utf-8", "replace"))
    try:
        return Examined(candidate=candidate, content=content, analysed=unpack(body))
    except DecodeError as error:
        return Examined(
            candidate=candidate, error=f"whysafe failed on this file ({error}). This is a defect of whysafe."
        )
