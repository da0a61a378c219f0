"""The processes of a pool as the scan sees them: start, pipes, kill, and how they ended.

Forking is twenty times cheaper than starting Python anew, because the engine is loaded once, and it is safe where
nothing else runs: on Linux, in a process with a single thread. Everywhere else a process of its own is started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Protocol

from whysafe.launch import command
from whysafe.scanning import child

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from whysafe.scanning.analysed import Engine


class Child(Protocol):
    """A process that answers frames, one after the other."""

    @property
    def requests(self) -> BinaryIO: ...
    @property
    def answers(self) -> BinaryIO: ...
    def kill(self) -> None: ...
    def ended(self) -> int:
        """End the process if it has not ended; its exit status, or minus the number of the signal that ended it."""
        ...


def can_fork() -> bool:
    """Whether a fork is safe here and now."""
    return sys.platform == "linux" and threading.active_count() == 1


class Forked:
    """A copy of this process that serves. `ours` are descriptors of other children, which it must not keep open."""

    def __init__(self, load: Callable[[], Engine], ours: Sequence[int] = ()) -> None:
        """Raises OSError where the system has no room for another process."""
        sys.stdout.flush()
        incoming, to_child = os.pipe()
        from_child, outgoing = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            for descriptor in (incoming, to_child, from_child, outgoing):
                os.close(descriptor)
            raise
        if self._pid == 0:
            _serve((*ours, to_child, from_child), incoming, outgoing, load)
        os.close(incoming)
        os.close(outgoing)
        self.requests: BinaryIO = os.fdopen(to_child, "wb")
        self.answers: BinaryIO = os.fdopen(from_child, "rb")
        self._lock = threading.Lock()
        self._status: int | None = None

    def kill(self) -> None:
        with self._lock:
            if self._status is None:
                os.kill(self._pid, signal.SIGKILL)

    def ended(self) -> int:
        """As in `Child`. A process that has ended by itself keeps its own status."""
        with self._lock:
            if self._status is None:
                done, status = os.waitpid(self._pid, os.WNOHANG)
                if done == 0:
                    os.kill(self._pid, signal.SIGKILL)
                    _, status = os.waitpid(self._pid, 0)
                self._status = os.waitstatus_to_exitcode(status)
        _close(self.requests, self.answers)
        return self._status


def _serve(not_ours: Sequence[int], incoming: int, outgoing: int, load: Callable[[], Engine]) -> None:
    """What a forked process does; it never returns to the code of its parent."""
    try:
        for descriptor in not_ours:
            os.close(descriptor)
        child.serve_on(incoming, outgoing, load)
    finally:
        os._exit(1)


class Spawned:
    """A process with a Python of its own, in an empty folder of its own."""

    def __init__(self, start_command: Sequence[str] | None = None) -> None:
        """Raises OSError where the process cannot be started."""
        self._folder = tempfile.TemporaryDirectory(prefix="whysafe-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(  # noqa: S603 - the command is our own launcher
            list(start_command or command("scanning.child")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._folder.name,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    @property
    def requests(self) -> BinaryIO:
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]

    @property
    def answers(self) -> BinaryIO:
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]

    def kill(self) -> None:
        self._process.kill()

    def ended(self) -> int:
        """As in `Child`. A process that has closed its output has a moment to end by itself."""
        try:
            status = self._process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        _close(self.requests, self.answers)
        self._folder.cleanup()
        return status


def _close(*streams: BinaryIO) -> None:
    for stream in streams:
        with contextlib.suppress(OSError):
            stream.close()
