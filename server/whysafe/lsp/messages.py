"""The messages between the main process (left) and the worker (right). Loads neither libcst nor pygls.

Open, Change, Write ->  <- Analysed, Renewed, Written, Lost, Failed (each with the id of its request)
Close               ->
                        <- Ready, once, at the start
"""

# ruff: noqa: TC001, TC003 - `unpack` looks up the types of the fields at run time.

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whysafe.analysis.finding import Card
from whysafe.config import Settings
from whysafe.lsp import wire
from whysafe.lsp.renewal import Renewal
from whysafe.report import Facts
from whysafe.syntax.position import Edit, Position

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Open:
    """Analyse a whole text; it replaces what the worker has of this document.

    `fill`: whether to parse the parts of it that nobody needs yet, too, while there is nothing else to do.
    """

    id: int
    uri: str
    revision: int
    text: str
    fill: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Analyse the text that edits make of revision `base`; `length` counts the code points of the result."""

    id: int
    uri: str
    base: int
    revision: int
    length: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Close:
    uri: str


@dataclass(frozen=True, slots=True)
class Order:
    """An edit of justifications that is wanted.

    `task` is "justify" or "convert" (with `rule` and `decision`, for the finding at `place`), or "confirm", "sign",
    "remove", "attach", "above" or "shorten" for the block at `place`.
    """

    task: str
    place: Position
    rule: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Say which edits fulfil the orders in this revision of a document; nothing is changed."""

    id: int
    uri: str
    revision: int
    orders: tuple[Order, ...]
    settings: Settings
    today: dt.date


@dataclass(frozen=True, slots=True)
class Ready:
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Analysed:
    """`memory`: bytes that the worker holds now, 0 where the system does not tell."""

    id: int
    facts: Facts
    memory: int


@dataclass(frozen=True, slots=True)
class Renewed:
    """As `Analysed`; `change` is what turns the facts that were sent last for this document into those of now."""

    id: int
    change: Renewal
    memory: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The edits for one order, and the first insertion as a snippet; or the reason why it is refused, for the user."""

    edits: tuple[Edit, ...] = ()
    snippet: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """One outcome per order."""

    id: int
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker does not have the revision that the request builds on: send the whole text."""

    id: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The engine raised an exception, which is a defect of whysafe; the worker has forgotten the document."""

    id: int
    message: str


KINDS: dict[str, Any] = {
    kind.__name__: kind for kind in (Open, Change, Close, Write, Ready, Analysed, Renewed, Written, Lost, Failed)
}


def pack(message: object) -> list[Any]:
    """The message as JSON-ready data."""
    return [type(message).__name__, wire.encode(message)]


def unpack(data: Sequence[Any]) -> Any:
    """The message that `pack` made this data of. Raises WireError where it is none."""
    try:
        name, fields = data
        kind = KINDS[name]
    except (TypeError, ValueError, KeyError) as error:
        raise wire.WireError("not a message") from error
    return wire.decode(kind, fields)
