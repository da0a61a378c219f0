"""Modules by computed names, and the checks that make a name harmless."""

import importlib
import pkgutil
from importlib import import_module

import settings

NAMES = {"csv", "json"}
FIXED = frozenset(["csv", "json"])
MODULES = {"a": "tool.a", "b": "tool.b"}


def dynamic(name, names, module):
    __import__(name)  # expect: dynamic-import-dunder
    __import__(f"plugins.{name}")  # expect: dynamic-import-dunder
    __import__(name=name, fromlist=["x"])  # expect: dynamic-import-dunder
    importlib.__import__(name)  # expect: dynamic-import-module
    importlib.import_module(name)  # expect: dynamic-import-module
    import_module("." + name, __package__)  # expect: dynamic-import-module
    pkgutil.resolve_name(name)  # expect: dynamic-import-module
    importlib.reload(module)  # expect: dynamic-import-module
    [*map(import_module, names)]  # expect: dynamic-import-module


def constant():
    __import__("json")  # expect: dynamic-import-dunder
    importlib.import_module("json")  # expect: dynamic-import-module
    for name in ("csv", "json"):
        import_module(name)  # expect: dynamic-import-module


def harmless(name):
    importlib.reload(settings)
    import_module(MODULES[name])
    import_module(MODULES.get(name, "tool.a"))
    if name in NAMES:
        import_module(name)
    if name not in NAMES:
        return None
    return __import__(name)


def checked_before(name, strict):
    if strict or name not in ("csv", "json"):
        raise ValueError(name)
    for _ in range(2):
        import_module(name)


def checked_in_place(name):
    if not name in FIXED:
        import_module(name)  # expect: dynamic-import-module
    else:
        import_module(name)
    return import_module(name) if name == "csv" else None


def checked_badly(name, other, text):
    if name in NAMES:
        print(name)
    import_module(name)  # expect: dynamic-import-module
    if other not in NAMES:
        raise ValueError(other)
    import_module(name)  # expect: dynamic-import-module
    if name not in text:
        raise ValueError(name)
    import_module(name)  # expect: dynamic-import-module
    if name in {"os", "subprocess"}:
        raise ValueError(name)
    import_module(name)  # expect: dynamic-import-module


def quiet(store, name):
    store.import_module(name)
    store.reload(name)
