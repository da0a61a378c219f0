"""Several processes that analyse texts. One that dies costs the text that it died of, and nothing else.

Each process has a thread here that feeds it and waits for it, the same on every system. A process is given the next
text before it has answered the last one, so that it never waits.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whysafe.scanning.child import processor_seconds
from whysafe.scanning.frames import DEFECT, TEXT, read_frame, write_frame
from whysafe.scanning.processes import Forked, Spawned, can_fork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from whysafe.scanning.analysed import Engine
    from whysafe.scanning.processes import Child

IN_FLIGHT = 2
ATTEMPTS = 2
WATCH_SECONDS = 0.5
PATIENCE = 10
"""How much longer than the seconds of a processor that it may take an analysis may last; where a system limits no
processor time, this alone ends it."""

_OVERTIME = -getattr(signal, "SIGXCPU", 0)


@dataclass(slots=True, eq=False)
class Task:
    """The content of a file, and the answer once there is one: its kind and its body, as in `frames`."""

    data: bytes
    kind: bytes | None = None
    body: bytes = b""
    attempts: int = 0


@dataclass(slots=True, eq=False)
class _Slot:
    child: Child | None
    in_flight: deque[Task] = field(default_factory=deque)
    since: float = 0.0
    overdue: bool = False
    retired: bool = False


class Pool:
    """So many processes, until `close`. Call it from one thread."""

    def __init__(self, jobs: int, start: Callable[[Sequence[int]], Child]) -> None:
        """`start` makes a process, given descriptors that it must not keep open. Raises OSError if none can be made."""
        self._start = start
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._waiting: deque[Task] = deque()
        self._closing = False
        self._slots = [_Slot(start([]))]
        # Where the system has no room for all of them, fewer do.
        with contextlib.suppress(OSError):
            while len(self._slots) < jobs:
                self._slots.append(_Slot(start(self._descriptors())))
        self._threads = [
            threading.Thread(target=self._run, args=(slot,), name="pool", daemon=True) for slot in self._slots
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, data: bytes) -> Task:
        """Have the content of a file analysed."""
        task = Task(data)
        with self._changed:
            self._waiting.append(task)
            self._changed.notify_all()
        return task

    def wait(self, task: Task) -> None:
        """Wait until a task that was submitted has its answer; it always gets one."""
        with self._changed:
            while task.kind is None:
                self._changed.wait(WATCH_SECONDS)
                self._stop_the_overdue()
                if task.kind is None and all(slot.retired for slot in self._slots):
                    self._give_up(task, "no process can be started that analyses it")

    def close(self) -> None:
        """End all processes at once, whatever they are doing."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            children = [slot.child for slot in self._slots if slot.child is not None]
        # An interrupt that falls between taking the lock and using it leaves it taken, and the threads wait for it.
        with contextlib.suppress(RuntimeError):
            while True:
                self._lock.release()
        for child in children:
            child.kill()
        for thread in self._threads:
            thread.join(5)

    def _descriptors(self) -> list[int]:
        children = [slot.child for slot in self._slots if slot.child is not None]
        return [stream.fileno() for child in children for stream in (child.requests, child.answers)]

    def _stop_the_overdue(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.in_flight and slot.child is not None and not slot.overdue:
                allowed = PATIENCE * processor_seconds(len(slot.in_flight[0].data))
                if now - slot.since > allowed:
                    slot.overdue = True
                    slot.child.kill()

    # In the threads ---------------------------------------------------------------------------------------------------

    def _run(self, slot: _Slot) -> None:
        while (added := self._next(slot)) is not None and slot.child is not None:
            answer = _exchange(slot.child, added)
            if answer is None:
                self._replace(slot)
            else:
                with self._changed:
                    task = slot.in_flight.popleft()
                    task.kind, task.body = answer
                    slot.since = time.monotonic()
                    self._changed.notify_all()
        if slot.child is not None:
            slot.child.ended()

    def _next(self, slot: _Slot) -> list[Task] | None:
        """The tasks that a process is to be given now; None once the pool closes."""
        with self._changed:
            while not (self._closing or self._waiting or slot.in_flight):
                self._changed.wait()
            if self._closing:
                return None
            added = []
            # The last few are left for those who have nothing to do.
            while self._waiting and len(slot.in_flight) < (IN_FLIGHT if len(self._waiting) > len(self._slots) else 1):
                if not slot.in_flight:
                    slot.since = time.monotonic()
                added.append(self._waiting.popleft())
                slot.in_flight.append(added[-1])
            return added

    def _replace(self, slot: _Slot) -> None:
        """A process has ended: blame the text that it was at, give back the others, and start another process."""
        assert slot.child is not None
        status = slot.child.ended()
        with self._changed:
            slot.child = None
            if self._closing:
                return
            blamed = slot.in_flight[0]
            blamed.attempts += 1
            if slot.overdue or status == _OVERTIME:
                slot.in_flight.popleft()
                self._give_up(blamed, "the analysis took too much time and was stopped")
            elif blamed.attempts >= ATTEMPTS:
                slot.in_flight.popleft()
                self._give_up(blamed, f"the analysis process {describe(status)}")
            self._waiting.extendleft(reversed(slot.in_flight))
            slot.in_flight.clear()
            slot.overdue = False
        try:
            child = self._start([])
        except OSError:
            with self._changed:
                slot.retired = True
                self._changed.notify_all()
            return
        with self._changed:
            slot.child = child
            if self._closing:
                child.kill()

    def _give_up(self, task: Task, why: str) -> None:
        task.kind, task.body = DEFECT, f"whysafe failed on this file: {why}. This is a defect of whysafe.".encode()
        self._changed.notify_all()


def _exchange(child: Child, added: Sequence[Task]) -> tuple[bytes, bytes] | None:
    """Give a process more tasks, and take the next answer; None where it has ended."""
    try:
        for task in added:
            write_frame(child.requests, TEXT, task.data)
        return read_frame(child.answers)
    except (OSError, ValueError):
        return None


def describe(status: int) -> str:
    """How a process ended, as the end of a sentence."""
    return f"was ended by signal {-status}" if status < 0 else f"exited with status {status}"


def starter(load: Callable[[], Engine]) -> Callable[[Sequence[int]], Child]:
    """What makes the processes of a pool: forks, with the engine loaded once, where that is safe."""

    def start(ours: Sequence[int]) -> Child:
        if can_fork():
            load()
            return Forked(load, ours)
        return Spawned()

    return start
