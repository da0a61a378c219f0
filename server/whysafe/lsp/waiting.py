"""Waiting in the event loop by one task, which goes on in the next turn of the loop.

`asyncio.wait` and `wait_for` take up to three turns, and every keystroke waits twice.
"""

from __future__ import annotations

import asyncio
from typing import Any


class Bell:
    """Something that one task waits for; it stays `rung` until that is taken back."""

    def __init__(self) -> None:
        self.rung = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Have the task go on; to be called in the event loop."""
        self.rung = True
        _go_on(self._waiter)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait until it rings, but no longer than that."""
        if self.rung:
            return
        loop = asyncio.get_running_loop()
        waiter = self._waiter = loop.create_future()
        timer = None if seconds is None else loop.call_later(seconds, _go_on, waiter)
        try:
            await waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()


class Reply(Bell):
    """The answer to a request; the first that is given counts."""

    def __init__(self) -> None:
        super().__init__()
        self.value: Any = None

    def give(self, value: Any) -> None:
        if not self.rung:
            self.value = value
            self.ring()


def _go_on(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
