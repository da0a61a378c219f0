"""One worker process as the main process sees it: start, send, receive, kill.

A worker that hangs must never block the main process, neither when it is written to nor when it is read from. Loads no
libcst and no pygls, so that the worker can start while these are being imported.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from whysafe import launch
from whysafe.lsp import wire
from whysafe.lsp.outgoing import Outgoing

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

MOST_READ = 1 << 18
"""Bytes that are taken at a time."""

log = logging.getLogger(__name__)


def command() -> list[str]:
    """The command that starts a worker of this very installation."""
    return launch.command("lsp.worker_main")


class Worker:
    """A running worker process, in an empty folder of its own."""

    def __init__(self, start_command: Sequence[str]) -> None:
        """Start the process. Raises OSError where that is impossible."""
        self._folder = tempfile.TemporaryDirectory(prefix="whysafe-", ignore_cleanup_errors=True)
        self._killed = False
        self._process = subprocess.Popen(  # noqa: S603 - the command is our own launcher
            list(start_command),
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._folder.name,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._answers = self._process.stdout
        self._incoming = wire.Incoming()
        self._outgoing = Outgoing(self._process.stdin.fileno(), self._process.stdin.close)

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
        try:
            loop.add_reader(self._answers.fileno(), self._read)
        except NotImplementedError:
            # The event loop of Windows cannot wait for pipes.
            threading.Thread(target=self._read_all, name="from worker", daemon=True).start()

    def send(self, message: Any) -> None:
        """Send one JSON-ready message; never blocks."""
        self._outgoing.write(wire.frame(message))

    def kill(self) -> None:
        """End the process at once and clean up after it. May be called twice."""
        self._killed = True
        self._process.kill()
        self._outgoing.end()
        # A process stuck in the kernel does not go away at once; nobody waits for it.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        self._folder.cleanup()

    def _read(self) -> None:
        """Take what there is to read; called in the event loop."""
        cause = ""
        try:
            data = os.read(self._answers.fileno(), MOST_READ)
            for message in self._incoming.feed(data):
                self._on_message(self, message)
        except (wire.WireError, OSError) as error:
            data, cause = b"", str(error)
        if not data:
            self._loop.remove_reader(self._answers.fileno())
            threading.Thread(target=self._end, args=(cause,), name="end of worker", daemon=True).start()

    def _read_all(self) -> None:
        """The same in a thread of its own."""
        cause = ""
        try:
            while data := os.read(self._answers.fileno(), MOST_READ):
                for message in self._incoming.feed(data):
                    self._call(self._on_message, message)
        except (wire.WireError, OSError) as error:
            cause = str(error)
        self._end(cause)

    def _end(self, cause: str) -> None:
        """Tell the end of the process, which may take a moment longer than its output."""
        self._answers.close()
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
