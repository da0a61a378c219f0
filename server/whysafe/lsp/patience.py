"""How long the worker may take, and for how much longer it is waited on a machine that keeps it from running."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe import limits

if TYPE_CHECKING:
    from whysafe.lsp.waiting import Reply

GRACE_PARTS = 4
"""A deadline is prolonged by such a part of it at a time."""
MOST_GRACE = 5
"""How often a deadline is added to itself at most."""
STARVED = 0.2
"""The share of a part that the worker must have waited for a processor, so that another part is added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the worker may take, in seconds, and how long to wait before trying again what killed it."""

    start: float = 60.0
    open: float = 10.0
    change: float = 3.0
    write: float = 5.0
    open_per_character: float = 1 / 50_000
    change_per_character: float = 1 / 200_000
    change_per_edit: float = 0.01
    retry: float = 0.5
    retry_most: float = 60.0
    deaths_before_message: int = 3
    memory: int = 2 << 30
    between_recycling: float = 600.0


async def wait_for(answer: Reply, process: int, seconds: float) -> None:
    """Wait for an answer of the worker so many seconds, and longer where the machine keeps it from running.

    A busy machine must not look like a text that makes the analysis hang.
    """
    await answer.wait(seconds)
    part = seconds / GRACE_PARTS
    for _ in range(GRACE_PARTS * MOST_GRACE):
        if answer.rung:
            return
        before = limits.starved_seconds(process)
        await answer.wait(part)
        if limits.starved_seconds(process) - before < part * STARVED:
            return
