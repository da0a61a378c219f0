"""libcst, loaded in half the time, with nodes that are made faster.

libcst declares each of its node classes, about 170, as a frozen dataclass. Six methods are compiled for each, of which
all but the initialiser go unused here or are replaced by libcst itself; an object that is not frozen is made by plain
assignments, and what the parser has made need not be validated, so that parsing takes a quarter less time. Nothing in
whysafe changes a node; the tests, most of which load libcst as it is, would fail if it did.
"""

from __future__ import annotations

import dataclasses
import importlib
import sys
from typing import Any

_dataclass: Any = dataclasses.dataclass


def load() -> None:
    """Import libcst with lean node classes; as always, where that does not work. Does nothing where it is loaded."""
    if "libcst" in sys.modules:
        return
    vars(dataclasses)["dataclass"] = _lean
    try:
        importlib.import_module("libcst").parse_module("x = f(1)\n")
    except Exception:  # noqa: BLE001 - another version than was foreseen: slower, and as good
        vars(dataclasses)["dataclass"] = _dataclass
        _forget()
        importlib.import_module("libcst")
    finally:
        vars(dataclasses)["dataclass"] = _dataclass


def _forget() -> None:
    """Take libcst out of what is loaded, but for its native part, which can be loaded only once."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "libcst" and name != "libcst.native"]:
        del sys.modules[name]


def _lean(cls: type[Any] | None = None, /, **options: Any) -> Any:
    """Stands in for `dataclasses.dataclass` while libcst is imported."""
    if cls is None:
        return lambda declared: _lean(declared, **options)
    if options.get("frozen") and cls.__module__.startswith("libcst._nodes"):
        options |= {"repr": False, "eq": False, "frozen": False}
        if "__post_init__" in vars(cls):
            # It looks whether a node that somebody builds is one that can be written; the parser builds no others.
            del cls.__post_init__
    return _dataclass(cls, **options)
