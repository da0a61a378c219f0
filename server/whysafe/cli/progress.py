"""A progress bar on standard error, only on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")
WORTH_A_BAR = 20


def progress(items: Sequence[T]) -> Iterable[T]:
    """The items, with a bar while they are taken; without a terminal, or for a few, just the items."""
    if len(items) < WORTH_A_BAR or not sys.stderr.isatty():
        return items
    from rich.console import Console  # noqa: PLC0415 - rich takes long to load, and only terminals need it
    from rich.progress import track  # noqa: PLC0415 - as above

    return track(items, description="Checking", console=Console(stderr=True), transient=True)
