"""What is measured: modules of the running Python's library, and packages that the development tools or pip bring.

Everything here follows from the versions of Python and of the packages, so that anybody has the same.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import os
import shutil
import sys
import sysconfig
from pathlib import Path

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
LONG = ("tarfile", "subprocess", "ssl", "tempfile", "typing", "argparse", "inspect", "turtle", "zipfile", "shutil")
"""Modules that are put together where a file of many lines is wanted."""
PLACES = 9


class MissingInputError(Exception):
    """Something that is measured is not there; the message says how to get it."""


def module(name: str) -> str:
    """The text of a module of the standard library, such as "tempfile" or "test/test_typing"."""
    for path in (LIBRARY / f"{name}.py", LIBRARY / name / "__init__.py"):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise MissingInputError(f"this Python comes without its module {name}; another build of Python has it")


@functools.cache
def lines(count: int) -> str:
    """A text of so many lines: a module where one is about as long, else modules one after the other, cut there."""
    whole = {200: "rlcompleter", 1_000: "tempfile", 3_000: "tarfile"}
    if count in whole:
        return module(whole[count])
    text = "\n".join(module(name) for name in LONG)
    while text.count("\n") < count:
        text += "\n" + text
    # Cut behind a whole statement, so that the text parses: what is left open would swallow what is typed.
    kept = max(node.end_lineno for node in ast.parse(text).body if (node.end_lineno or 0) <= count)
    return "\n".join(text.split("\n")[:kept] + [""] * (count - kept)) + "\n"


def places(text: str) -> list[int]:
    """Nine empty lines inside function bodies, spread over the text: where a new statement would be typed."""
    rows = text.split("\n")
    inside = [
        number
        for number in range(1, len(rows) - 1)
        if rows[number] == "" and rows[number - 1].startswith(" " * 8) and rows[number + 1].startswith(" " * 8)
    ]
    if not inside:
        return [len(rows) // 2]
    return sorted({inside[len(inside) * part // (PLACES + 1)] for part in range(1, PLACES + 1)})


def package(name: str) -> Path:
    """The folder of an installed package, which is looked up and not imported. Raises MissingInputError."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise MissingInputError(f"{name} is not installed; run: {Path(sys.executable).name} -m pip install {name}")
    return Path(next(iter(spec.submodule_search_locations)))


def tool(name: str) -> str:
    """The program of a peer, beside this Python or on the PATH. Raises MissingInputError."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise MissingInputError(f"{name} is not installed; run: {Path(sys.executable).name} -m pip install {name}")
    return found


def servers() -> dict[str, list[str]]:
    """The commands of the servers that are compared."""
    return {"whysafe": [sys.executable, "-m", "whysafe", "server"], "ruff": [tool("ruff"), "server"]}


def environment() -> dict[str, str]:
    """The environment for what is measured: Python keeps its compiled files, as those of an installed program are."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
