"""lsprotocol's classes, each made when it is first used.

lsprotocol declares some 550 attrs classes and makes all of them when it is imported, which took half of the time until
the server answered; a session uses fewer than a hundred. Here the import leaves each class as it was declared, and the
first look at its attributes, or its first object, makes it: by the same function of attrs and with the same result, but
without slots, because those cannot be given to a class that exists already.
"""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from typing import Any

import attrs

TYPES, HOOKS = "lsprotocol.types", "lsprotocol._hooks"

log = logging.getLogger(__name__)

_define = attrs.define
_lock = threading.RLock()


def load() -> None:
    """Import lsprotocol with classes that are made later; at once, as always, where that does not work.

    Does nothing where it is loaded already.
    """
    if TYPES in sys.modules:
        return
    try:
        _load_lean()
    except Exception:
        # Another version than was foreseen: slower, and as good.
        log.info("lsprotocol is loaded at once", exc_info=True)
        for name in [name for name in sys.modules if name.partition(".")[0] == "lsprotocol"]:
            del sys.modules[name]
        importlib.import_module(TYPES)


def _load_lean() -> None:
    vars(attrs)["define"] = _postpone
    try:
        types = importlib.import_module(TYPES)
    finally:
        vars(attrs)["define"] = _define
    hooks = vars(importlib.import_module(HOOKS))
    position = types.Position(line=1, character=2)
    place = types.Location(uri="", range=types.Range(start=position, end=position))
    if hooks["_resolved_forward_references"] is not False or place != attrs.evolve(place):
        raise TypeError("lsprotocol works in another way than was foreseen")
    # It would look up what the names in all annotations mean, of all classes at once; `_make` does that for each class.
    hooks["_resolved_forward_references"] = True


def _postpone(cls: Any) -> Any:
    """Stands in for `attrs.define` while the classes are declared."""
    cls.__init__ = _first_object
    cls.__attrs_attrs__ = _FirstLook()
    return cls


class _FirstLook:
    """Stands for the attributes of a class that is not made yet, and makes it when somebody looks at them."""

    def __get__(self, _instance: object, owner: type[Any]) -> Any:
        _make(owner)
        return vars(owner)["__attrs_attrs__"]


def _first_object(self: Any, *arguments: Any, **attributes: Any) -> None:
    _make(type(self))
    self.__init__(*arguments, **attributes)


def _make(cls: Any) -> None:
    with _lock:
        if isinstance(vars(cls).get("__attrs_attrs__"), _FirstLook):
            del cls.__init__, cls.__attrs_attrs__
            _define(cls, slots=False)
            attrs.resolve_types(cls, sys.modules[TYPES].ALL_TYPES_MAP, {})
