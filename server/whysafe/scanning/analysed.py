"""What the engine says of one text, and its form between processes and on disk. Loads no libcst."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from whysafe.analysis.finding import Card
from whysafe.encoding import DecodeError, decode, encode
from whysafe.report import Facts  # noqa: TC001  # `decode` reads these hints at run time

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Analysed:
    """The facts of a text, and the classes and functions around the lines that a ledger may ask about."""

    facts: Facts
    names: tuple[tuple[int, str], ...] = ()

    def qualified_name(self, line: int) -> str:
        """What stands around a line (from 0), as in `Class.method`; empty at module level."""
        return dict(self.names).get(line, "")


class Engine(Protocol):
    """What a scan asks of the engine; `scanning.engine` in the product."""

    def cards(self) -> Mapping[str, Card]: ...
    def analyse(self, text: str, /) -> Analysed: ...


def pack(analysed: Analysed) -> bytes:
    """One line of ASCII, without its end."""
    return _line(encode(analysed))


def unpack(data: bytes) -> Analysed:
    """The inverse of `pack`. Raises DecodeError where the data is anything else."""
    found = decode(Analysed, _parsed(data))
    assert isinstance(found, Analysed)
    return found


def pack_cards(cards: Mapping[str, Card]) -> bytes:
    """One line of ASCII, without its end."""
    return _line(encode(tuple(cards.values())))


def unpack_cards(data: bytes) -> dict[str, Card]:
    """The inverse of `pack_cards`. Raises DecodeError where the data is anything else."""
    cards = decode(tuple[Card, ...], _parsed(data))
    if not cards:
        raise DecodeError("no rules at all")
    return {card.name: card for card in cards}


def _line(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode("ascii")


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"no JSON: {error}") from error
