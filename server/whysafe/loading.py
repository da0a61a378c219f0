"""When a process that lives long looks for garbage: not while modules are loaded, and not while a text is analysed."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Look for no garbage while modules are loaded, and never again among what they made: it stays to the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def collection_behind() -> Iterator[None]:
    """Look for garbage once, when the work is done: as long as it goes on, all that it has made is in use."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect(1)
