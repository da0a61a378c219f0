"""One scan of the workspace as the main process sees it: a process that is asked once, and ends with its answer.

It is another process than the worker of the open files, so that these never wait for a scan.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from whysafe import launch
from whysafe.encoding import DecodeError
from whysafe.lsp.scan_messages import Done, Found, Stop, Taken, pack, unpack
from whysafe.lsp.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from whysafe.lsp.scan_messages import ScanRequest

SECONDS_TO_END = 5.0

log = logging.getLogger(__name__)


class ScanFailedError(Exception):
    """The scan ended before it was complete; the message says how."""


def command() -> list[str]:
    """The command that starts a scan."""
    return launch.command("lsp.scan_process")


class Scanner:
    """Starts scans, and knows those that have not ended yet."""

    def __init__(self) -> None:
        self.running: dict[Worker, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def scan(self, request: ScanRequest) -> AsyncGenerator[Found, None]:
        """What is found, as it comes. Whoever leaves the loop early stops the scan. Raises ScanFailedError."""
        try:
            process = Worker(command())
        except OSError as error:
            raise ScanFailedError(f"it cannot be started: {error}") from error
        inbox: asyncio.Queue[Any] = asyncio.Queue()
        ended = self.running[process] = asyncio.Event()

        def end(_process: Worker, cause: str) -> None:
            ended.set()
            inbox.put_nowait(cause)

        process.attach(asyncio.get_running_loop(), lambda _process, data: inbox.put_nowait(_message(data)), end)
        process.send(pack(request))
        try:
            while True:
                message = await inbox.get()
                if isinstance(message, Found):
                    yield message
                    process.send(pack(Taken()))
                elif isinstance(message, Done):
                    for problem in message.problems:
                        log.info("scan of the workspace: %s", problem)
                    return
                else:
                    raise ScanFailedError(str(message))
        finally:
            process.send(pack(Stop()))
            task = asyncio.ensure_future(self._reap(process, ended))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reap(self, process: Worker, ended: asyncio.Event) -> None:
        """Let a process end by itself, so that it keeps what it has found out; end it where it does not."""
        await asyncio.wait({asyncio.ensure_future(ended.wait())}, timeout=SECONDS_TO_END)
        if self.running.pop(process, None) is not None:
            process.kill()

    def stop(self) -> None:
        """End all scans at once."""
        for process in list(self.running):
            process.kill()
        self.running.clear()


def _message(data: Any) -> Any:
    try:
        return unpack(data)
    except DecodeError as error:
        return f"it sent something unreadable: {error}"
