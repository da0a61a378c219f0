"""A progress bar on standard error, only on a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")
WORTH_A_BAR = 20
SECONDS_BETWEEN = 0.1


def progress(items: Iterable[T], total: int) -> Iterable[T]:
    """The items, of which there are `total`, with a bar while they are taken.

    Without a terminal, or for a few, just the items.
    """
    return _with_bar(items, total) if total >= WORTH_A_BAR and sys.stderr.isatty() else items


def _with_bar(items: Iterable[T], total: int) -> Iterator[T]:
    from rich.console import Console  # noqa: PLC0415 - rich takes long to load, and only terminals need it
    from rich.progress import Progress  # noqa: PLC0415 - as above

    # The bar is drawn here and not by a thread of its own: a process with threads cannot be forked.
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("Checking", total=total)
        drawn = 0.0
        for item in items:
            yield item
            bar.advance(task)
            if time.monotonic() - drawn > SECONDS_BETWEEN:
                drawn = time.monotonic()
                bar.refresh()
