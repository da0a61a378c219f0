"""Find and read the file that holds a project's settings; the project may be hostile.

A named pipe is never waited for, a huge file is never read, and keys nested so deeply that a TOML parser would take
minutes are refused. Loads no libcst.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from whysafe.config.settings import is_line_length

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

tomllib: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

SIZE_LIMIT = 1_000_000
KEY_PARTS_LIMIT = 60
OWN_FILES = (".whysafe.toml", "whysafe.toml")
ROOT_MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg", *OWN_FILES)

_HEADER = re.compile(r"[ \t]*\[\[?([^\[\]#]+)\]")
_KEY_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\\\n]*"|'[^'\n]*')"""
_KEY = re.compile(rf"[ \t]*({_KEY_PART}(?:[ \t]*\.[ \t]*{_KEY_PART})*)[ \t]*=")
_PART = re.compile(_KEY_PART)
_WORD_OR_DOT = re.compile(r"""[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'|[ \t]+|\.|.""")
_PLACE_IN_MESSAGE = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a source of settings. `path` is the file or the name of the source; line and column from 0."""

    path: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The settings table of one file, with the text that it was read from."""

    path: Path
    table: Mapping[str, Any]
    prefix: tuple[str, ...] = ()
    text: str = ""
    places: Mapping[tuple[str, ...], tuple[int, int]] = field(default_factory=dict)

    def place(self, keys: tuple[str, ...], value: object = None) -> tuple[int, int]:
        """Line and column, from 0, of a key of the table, or of a text value under it where that can be found."""
        wanted = self.prefix + keys
        while wanted and wanted not in self.places:
            wanted = wanted[:-1]
        line, column = self.places.get(wanted, (0, 0))
        if not isinstance(value, str):
            return line, column
        return _find_value(self.text, value, line) or (line, column)


def _find_value(text: str, value: str, first: int) -> tuple[int, int] | None:
    for number, content in enumerate(text.split("\n")[first : first + 200], start=first):
        for quote in ('"', "'"):
            column = content.find(f"{quote}{value}{quote}")
            if column >= 0:
                return number, column
    return None


def find(start: Path) -> tuple[SettingsFile | None, tuple[Problem, ...]]:
    """The settings of the nearest folder, from `start` upwards, that has any; broken files on the way are problems."""
    problems: list[Problem] = []
    for folder in (start, *start.parents):
        for name in (*OWN_FILES, "pyproject.toml"):
            path = folder / name
            if not os.path.lexists(path):
                continue
            found = read(path)
            if isinstance(found, Problem):
                problems.append(found)
            elif found is not None:
                return found, tuple(problems)
    return None, tuple(problems)


def formatter_line_length(start: Path) -> int | None:
    """The line length that black, else ruff, has in the nearest pyproject.toml from `start` upwards; None without one.

    What is wrong with that file is a matter of the formatter, and no problem here.
    """
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if os.path.lexists(path):
            tools = _tools(path)
            lengths = (_length_in(tools.get(name)) for name in ("black", "ruff"))
            return next((length for length in lengths if length is not None), None)
    return None


def _length_in(table: object) -> int | None:
    if not isinstance(table, dict):
        return None
    length = table.get("line-length", table.get("line_length"))
    return length if is_line_length(length) else None


def _tools(path: Path) -> dict[str, Any]:
    """The `tool` table of a pyproject.toml; empty where it cannot be read."""
    text = _sound_text(path)
    if isinstance(text, Problem) or "line" not in text:
        return {}
    try:
        tools = tomllib.loads(text).get("tool")
    except (RecursionError, ValueError):
        return {}
    return tools if isinstance(tools, dict) else {}


def project_root(start: Path) -> Path | None:
    """The nearest folder from `start` upwards that looks like the root of a project; None without one."""
    for folder in (start, *start.parents):
        if holds_marker(folder):
            return folder
    return None


def holds_marker(folder: Path) -> bool:
    """Whether a folder holds anything that settings or the root of a project are recognised by."""
    return any(os.path.lexists(folder / marker) for marker in ROOT_MARKERS)


def read(path: Path) -> SettingsFile | Problem | None:
    """The settings of one file; None for a pyproject.toml without `[tool.whysafe]`; a Problem if it cannot be read."""
    text = _sound_text(path)
    if isinstance(text, Problem):
        return text
    try:
        data = tomllib.loads(text)
    except RecursionError:
        return Problem(str(path), 0, 0, "This file is nested too deeply to be read. Its settings do not apply.")
    except ValueError as error:
        return _broken(path, text, str(error))
    if path.name in OWN_FILES:
        return SettingsFile(path, data, (), text, dict(_places(text)))
    tool = data.get("tool")
    table = tool.get("whysafe") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        return Problem(str(path), 0, 0, "`tool.whysafe` must be a table: write `[tool.whysafe]`.")
    return None if table is None else SettingsFile(path, table, ("tool", "whysafe"), text, dict(_places(text)))


def _sound_text(path: Path) -> str | Problem:
    try:
        text = regular_bytes(path).decode("utf-8").replace("\r\n", "\n")
    except (OSError, ValueError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        return Problem(str(path), 0, 0, f"These settings cannot be read: {reason}. They do not apply.")
    nested = _too_nested(text)
    if nested is None:
        return text
    return Problem(str(path), nested, 0, f"This key has more than {KEY_PARTS_LIMIT} parts. The file does not apply.")


def _broken(path: Path, text: str, message: str) -> Problem:
    found = _PLACE_IN_MESSAGE.search(message)
    if found is not None:
        line, column = int(found[1]) - 1, int(found[2]) - 1
    else:
        line, column = text.count("\n"), len(text) - (text.rfind("\n") + 1)
    reason = message.split(" (at ", 1)[0]
    return Problem(str(path), line, column, f"This is not valid TOML: {reason}. No setting of this file applies.")


def regular_bytes(path: Path) -> bytes:
    """The content of a regular file of a sensible size. Raises OSError, or ValueError with the rest of a sentence."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError("it is not a regular file")
    with os.fdopen(descriptor, "rb") as stream:
        data = stream.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise ValueError(f"it is larger than {SIZE_LIMIT:,} bytes")
    return data


def _too_nested(text: str) -> int | None:
    """The line of a dotted key so long that a TOML parser needs quadratic time for it, or None."""
    for number, line in enumerate(text.split("\n")):
        if line.count(".") <= KEY_PARTS_LIMIT:
            continue
        parts, after_dot = 0, False
        for found in _WORD_OR_DOT.finditer(line):
            piece = found[0]
            if piece == ".":
                after_dot = True
            elif not piece.isspace():
                is_part = _PART.fullmatch(piece) is not None
                parts = parts + 1 if after_dot and is_part else int(is_part)
                after_dot = False
                if parts > KEY_PARTS_LIMIT:
                    return number
    return None


def _places(text: str) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n")):
        header = _HEADER.match(line)
        if header is not None:
            table = _parts(header[1])
            yield table, (number, header.start(1))
            continue
        key = _KEY.match(line)
        if key is not None:
            yield table + _parts(key[1]), (number, key.start(1))


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
