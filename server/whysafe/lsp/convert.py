"""Columns of the client and of whysafe, and nothing else: every position that enters or leaves is converted here.

whysafe counts code points; the client counts bytes of UTF-8, units of UTF-16 or code points, as agreed at the start.
A place inside one character is rounded down to its start; a place behind the end of a line is the end of the line.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from whysafe.syntax.position import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Protocol

    class ClientPosition(Protocol):
        @property
        def line(self) -> int: ...
        @property
        def character(self) -> int: ...

    class ClientRange(Protocol):
        @property
        def start(self) -> ClientPosition: ...
        @property
        def end(self) -> ClientPosition: ...


_FIRST_HIGH, _LAST_HIGH = "\ud800", "\udbff"


class Encoding(enum.Enum):
    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


def choose_encoding(offered: Iterable[str] | None) -> Encoding:
    """The first encoding of the client's list that we know; UTF-16, which every client must know, without one."""
    known = {encoding.value: encoding for encoding in Encoding}
    return next((known[str(name)] for name in offered or () if str(name) in known), Encoding.UTF16)


def content_length(line: str) -> int:
    """Code points of a line without its line end."""
    if line.endswith("\r\n"):
        return len(line) - 2
    return len(line) - 1 if line.endswith(("\n", "\r")) else len(line)


def units_before(line: str, column: int, encoding: Encoding) -> int:
    """The client's units that stand before `column` (code points, from 0) of a line."""
    if encoding is Encoding.UTF32 or line.isascii():
        return column
    if encoding is Encoding.UTF8:
        return len(line[:column].encode("utf-8", "surrogatepass"))
    return len(line[:column].encode("utf-16-le", "surrogatepass")) // 2


def column_at(line: str, units: int, encoding: Encoding) -> int:
    """The column (code points, from 0) at which `units` of the client stand before; at most the end of the content."""
    limit = content_length(line)
    if encoding is Encoding.UTF32 or line.isascii():
        return min(units, limit)
    column = _column_of_bytes(line, units) if encoding is Encoding.UTF8 else _column_of_pairs(line, units)
    return min(column, limit)


def _column_of_bytes(line: str, units: int) -> int:
    data = line.encode("utf-8", "surrogatepass")
    while 0 < units < len(data) and data[units] & 0xC0 == 0x80:
        units -= 1
    return len(data[:units].decode("utf-8", "surrogatepass"))


def _column_of_pairs(line: str, units: int) -> int:
    before = line.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "surrogatepass")
    column = len(before)
    cut_a_pair = column and _FIRST_HIGH <= before[-1] <= _LAST_HIGH and before[-1] != line[column - 1]
    return column - 1 if cut_a_pair else column


def position_from_client(lines: Sequence[str], place: ClientPosition, encoding: Encoding) -> Position:
    """The place in a text of `lines` (the last one without a line end); behind the last line: the end of the text."""
    if place.line >= len(lines):
        return Position(len(lines) - 1, len(lines[-1]))
    line = max(place.line, 0)
    return Position(line, column_at(lines[line], max(place.character, 0), encoding))


def span_from_client(lines: Sequence[str], span: ClientRange, encoding: Encoding) -> Span:
    """The span of a client's range; a range whose ends are swapped is read the right way round."""
    start = position_from_client(lines, span.start, encoding)
    end = position_from_client(lines, span.end, encoding)
    return Span(min(start, end), max(start, end))


def position_to_client(lines: Sequence[str], place: Position, encoding: Encoding) -> dict[str, int]:
    """A `Position` of the protocol, ready for JSON; a place outside the text moves to its nearest end."""
    if place.line >= len(lines):
        last = len(lines) - 1
        return {"line": last, "character": units_before(lines[last], len(lines[last]), encoding)}
    line = lines[place.line]
    column = min(place.column, content_length(line))
    return {"line": place.line, "character": units_before(line, column, encoding)}


def span_to_client(lines: Sequence[str], span: Span, encoding: Encoding) -> dict[str, dict[str, int]]:
    """A `Range` of the protocol, ready for JSON."""
    return {
        "start": position_to_client(lines, span.start, encoding),
        "end": position_to_client(lines, span.end, encoding),
    }
