"""One worker process as the main process sees it: start, send, receive, kill.

Every pipe has a thread of its own, the same on every system: a worker that hangs must never block the main process,
neither when it is written to nor when it is read from. Loads no libcst and no pygls, so that the worker can start
while these are being imported.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import tempfile
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from whysafe import launch
from whysafe.lsp import wire

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)


def command() -> list[str]:
    """The command that starts a worker of this very installation."""
    return launch.command("lsp.worker_main")


class Worker:
    """A running worker process, in an empty folder of its own."""

    def __init__(self, start_command: Sequence[str]) -> None:
        """Start the process. Raises OSError where that is impossible."""
        self._folder = tempfile.TemporaryDirectory(prefix="whysafe-", ignore_cleanup_errors=True)
        self._outbox: SimpleQueue[Any] = SimpleQueue()
        self._attached = threading.Event()
        self._killed = False
        self._process = subprocess.Popen(  # noqa: S603 - the command is our own launcher
            list(start_command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._folder.name,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threading.Thread(target=self._write_all, name="to worker", daemon=True).start()
        threading.Thread(target=self._read_all, name="from worker", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def attach(
        self,
        loop: asyncio.AbstractEventLoop,
        on_message: Callable[[Worker, Any], object],
        on_end: Callable[[Worker, str], object],
    ) -> None:
        """Deliver messages, from the first one, and at last the end of the process with its cause, in this loop."""
        self._loop, self._on_message, self._on_end = loop, on_message, on_end
        self._attached.set()

    def send(self, message: Any) -> None:
        """Queue one JSON-ready message; never blocks."""
        self._outbox.put(message)

    def kill(self) -> None:
        """End the process at once and clean up after it. May be called twice."""
        self._killed = True
        self._outbox.put(None)
        self._process.kill()
        # A process stuck in the kernel does not go away at once; nobody waits for it.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        self._folder.cleanup()

    def _write_all(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError, ValueError):
            while (message := self._outbox.get()) is not None:
                wire.write_frame(pipe, message)  # type: ignore[arg-type]
        with contextlib.suppress(OSError, ValueError):
            pipe.close()

    def _read_all(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        self._attached.wait()
        cause = ""
        try:
            while (message := wire.read_frame(pipe)) is not None:  # type: ignore[arg-type]
                self._call(self._on_message, message)
        except (wire.WireError, OSError, ValueError) as error:
            cause = str(error)
        finally:
            pipe.close()
        if not self._killed:
            with contextlib.suppress(subprocess.TimeoutExpired):
                cause = cause or describe_exit(self._process.wait(timeout=1))
        self._call(self._on_end, cause or "it closed its output")

    def _call(self, function: Callable[[Worker, Any], object], argument: Any) -> None:
        with contextlib.suppress(RuntimeError):  # The loop is closed: the server is ending.
            self._loop.call_soon_threadsafe(function, self, argument)


def describe_exit(status: int) -> str:
    """An exit status in words."""
    return f"it was ended by signal {-status}" if status < 0 else f"it exited with status {status}"
