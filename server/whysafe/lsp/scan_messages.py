"""The messages between the main process (left) and the process that scans the workspace (right); loads no pygls.

ScanRequest, then Taken after each Found, or Stop ->  <- Found (repeatedly), then Done
"""

# ruff: noqa: TC003 - `unpack` looks up the types of the fields at run time.

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whysafe.encoding import DecodeError, decode, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

UNTAKEN_LIMIT = 8
"""How many `Found` the main process may have that it has not passed on: the scan waits for it, and nothing piles up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What the client understands, as far as diagnostics ask; the names are those of the session's capabilities."""

    encoding: str
    related_information: bool
    code_description: bool
    unnecessary_tag: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """Make the diagnostics of the files below the folders, or only of the files `only` among them.

    `editor` are the settings of the client; a file with one of the names `environments` in its path is left out.
    """

    folders: tuple[str, ...]
    only: tuple[str, ...] | None
    editor: Any
    environments: tuple[str, ...]
    client: Client
    today: dt.date


@dataclass(frozen=True, slots=True)
class Taken:
    """A `Found` was passed on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Nobody wants the rest."""


@dataclass(frozen=True, slots=True)
class FileDiagnostics:
    """A file and its diagnostics as JSON text; without any where `items` is `[]`."""

    path: str
    uri: str
    items: str


@dataclass(frozen=True, slots=True)
class Found:
    """The next files with diagnostics, after `done` of `total` files."""

    done: int
    total: int
    files: tuple[FileDiagnostics, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The scan is complete; `problems` say what could not be looked at, for the log."""

    problems: tuple[str, ...]


KINDS: dict[str, Any] = {kind.__name__: kind for kind in (ScanRequest, Taken, Stop, Found, Done)}


def pack(message: object) -> list[Any]:
    """The message as JSON-ready data."""
    return [type(message).__name__, encode(message)]


def unpack(data: Sequence[Any]) -> Any:
    """The message that `pack` made this data of. Raises DecodeError where it is none."""
    try:
        name, fields = data
        kind = KINDS[name]
    except (TypeError, ValueError, KeyError) as error:
        raise DecodeError("not a message") from error
    return decode(kind, fields)
