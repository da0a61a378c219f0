"""When a process that lives long looks for garbage: not while modules are loaded, and not while a text is analysed."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY_OBJECTS = 10_000


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Look for no garbage while modules are loaded, and never again among what they made: it stays to the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def collect_rarely() -> None:
    """Look for garbage only when many more objects have been made than are gone, for a process that makes trees.

    One tree has more of them than Python's limit, and most trees need nobody to look for them.
    """
    gc.set_threshold(MANY_OBJECTS, *gc.get_threshold()[1:])
