"""How main process and worker speak: frames of JSON over pipes, and frozen dataclasses as lists of their fields.

JSON, and no pickle, because the worker digests hostile text: whatever happens to it, what it sends is only data.
Text is escaped to ASCII, so that a lone surrogate survives. Loads neither libcst nor pygls.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import json
import struct
import types
import typing
from typing import TYPE_CHECKING, Any

from whysafe.analysis.finding import Card, Confidence, Finding, Fix, Gap, InTests, Rank, Severity, Step
from whysafe.syntax.position import Edit, Position, Span

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

FRAME_LIMIT = 1 << 30
_LENGTH = struct.Struct(">I")

# Dataclasses of other packages may import these names for type checkers alone.
_NAMES = {
    kind.__name__: kind
    for kind in (Card, Confidence, Edit, Finding, Fix, Gap, InTests, Position, Rank, Severity, Span, Step)
} | {"datetime": dt, "dt": dt, "date": dt.date}


class WireError(Exception):
    """A frame or a message is not what the other side may send."""


def write_frame(stream: BinaryIO, message: object) -> None:
    """Write one message and flush. Raises OSError (BrokenPipeError) when the other side is gone."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """The next message, or None at the end of the stream. Raises WireError where the stream holds anything else."""
    header = _read_exactly(stream, _LENGTH.size)
    if header is None:
        return None
    (length,) = _LENGTH.unpack(header)
    if length > FRAME_LIMIT:
        raise WireError(f"a frame of {length:,} bytes is over the limit of {FRAME_LIMIT:,}")
    body = _read_exactly(stream, length)
    if body is None:
        return None
    try:
        return json.loads(body)
    except ValueError as error:
        raise WireError(f"a frame holds no JSON: {error}") from error


def _read_exactly(stream: BinaryIO, length: int) -> bytes | None:
    parts = []
    while length:
        part = stream.read(length)
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def encode(value: Any) -> Any:
    """JSON-ready data of dataclasses, enums, dates, tuples and mappings; `decode` with the same type is its inverse."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple or kind is list or kind is frozenset:
        return [encode(item) for item in value]
    return _encoder(kind)(value)  # type: ignore[arg-type]


_PLAIN = frozenset({str, int, float, bool, type(None)})


@functools.cache
def _encoder(kind: type) -> Callable[[Any], Any]:
    if kind is Position:
        return lambda place: [place.line, place.column]
    if kind is Span:
        return _encode_span
    if kind is Finding:
        return _encode_finding
    if dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
        return lambda value: [encode(getattr(value, name)) for name in names]
    if issubclass(kind, enum.Enum):
        return lambda value: value.value
    if issubclass(kind, dt.date):
        return lambda value: value.isoformat()
    if issubclass(kind, dict) or hasattr(kind, "items"):
        return lambda value: [[encode(key), encode(item)] for key, item in value.items()]
    raise TypeError(f"{kind.__qualname__} is no data that crosses the process boundary")


def _encode_span(span: Span) -> list[int]:
    return [span.start.line, span.start.column, span.end.line, span.end.column]


def _decode_span(data: Any) -> Span:
    line, column, end_line, end_column = data
    return Span(Position(line, column), Position(end_line, end_column))


def _encode_finding(finding: Finding) -> list[Any]:
    """By hand, because findings are all that there may be hundreds of: it takes a third of the time."""
    return [
        finding.rule,
        finding.message,
        _encode_span(finding.span),
        None if finding.anchor == finding.span else _encode_span(finding.anchor),
        finding.severity.value,
        finding.confidence.value,
        encode(finding.steps) if finding.steps else None,
        encode(finding.fixes) if finding.fixes else None,
        finding.carried,
    ]


def _decode_finding(data: Any) -> Finding:
    rule, message, span, anchor, severity, confidence, steps, fixes, carried = data
    place = _decode_span(span)
    return Finding(
        rule=rule,
        message=message,
        span=place,
        anchor=place if anchor is None else _decode_span(anchor),
        severity=Severity(severity),
        confidence=Confidence(confidence),
        steps=tuple([Step(_decode_span(there), text) for there, text in steps or ()]),
        fixes=tuple([Fix(title, _decode_edits(edits), safe) for title, edits, safe in fixes or ()]),
        carried=carried,
    )


def _decode_edits(data: Any) -> tuple[Edit, ...]:
    return tuple([Edit(_decode_span(there), text) for there, text in data])


def decode(kind: Any, data: Any) -> Any:
    """The value of type `kind` that `encode` turned into `data`.

    Raises WireError where the data does not have that shape.
    """
    try:
        return _decoder(kind)(data)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise WireError(f"not the data of a {getattr(kind, '__qualname__', kind)}: {error}") from error


@functools.cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    if kind is Any or kind in _PLAIN:
        return lambda data: data
    if kind is Position:
        return lambda data: Position(*data)
    if kind is Span:
        return _decode_span
    if kind is Finding:
        return _decode_finding
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is None:
        return _class_decoder(kind)
    if origin is typing.Union or origin is types.UnionType:
        (inner,) = [_part(argument) for argument in arguments if argument is not type(None)]
        return lambda data: None if data is None else inner(data)
    return _container_decoder(origin, arguments)


def _container_decoder(origin: Any, arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if origin in {tuple, frozenset, list} and (len(arguments) == 1 or arguments[-1] is Ellipsis):
        item = _part(arguments[0])
        return lambda data: origin([item(entry) for entry in data])
    parts = [_part(argument) for argument in arguments]
    if origin is tuple:
        return lambda data: tuple(part(entry) for part, entry in zip(parts, data, strict=True))
    if len(parts) == 2:
        key, value = parts
        return lambda data: {key(name): value(entry) for name, entry in data}
    raise TypeError(f"{origin} is no data that crosses the process boundary")


def _part(kind: Any) -> Callable[[Any], Any]:
    """The decoder of a part: that of a class is looked up at its first use, because classes may contain themselves."""
    if not dataclasses.is_dataclass(kind) or kind is Position or kind is Span:
        return _decoder(kind)

    def decode_part(data: Any) -> Any:
        return _decoder(kind)(data)  # type: ignore[arg-type]

    return decode_part


def _class_decoder(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, localns=_NAMES)
        fields = [(field.name, _part(hints[field.name])) for field in dataclasses.fields(kind)]
        return lambda data: kind(**{name: part(entry) for (name, part), entry in zip(fields, data, strict=True)})
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        members = {member.value: member for member in kind}
        return lambda data: members[data]
    if isinstance(kind, type) and issubclass(kind, dt.date):
        return kind.fromisoformat
    raise TypeError(f"{kind} is no data that crosses the process boundary")
