"""Dataclasses as plain data for JSON, and back: what crosses process boundaries, and what is kept on disk.

JSON, and no pickle, because the other side may have digested hostile text: whatever happened to it, what it says is
only data, and `decode` takes nothing that does not have the shape of its type. Loads no libcst.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import types
import typing
from typing import TYPE_CHECKING, Any

from whysafe.analysis.finding import Card, Confidence, Finding, Fix, Gap, InTests, Rank, Severity, Step
from whysafe.syntax.position import Edit, Position, Span

if TYPE_CHECKING:
    from collections.abc import Callable

# Dataclasses of other packages may import these names for type checkers alone.
_NAMES = {
    kind.__name__: kind
    for kind in (Card, Confidence, Edit, Finding, Fix, Gap, InTests, Position, Rank, Severity, Span, Step)
} | {"datetime": dt, "dt": dt, "date": dt.date}


class DecodeError(Exception):
    """Data does not have the shape of the type that it should be of."""


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


def _decode_plain(kind: type, data: Any) -> Any:
    if type(data) is not kind:
        raise TypeError(f"{type(data).__name__} instead of {kind.__name__}")
    return data


def _decode_position(data: Any) -> Position:
    line, column = data
    if type(line) is not int or type(column) is not int:
        raise TypeError("a position has two numbers")
    return Position(line, column)


def _decode_span(data: Any) -> Span:
    line, column, end_line, end_column = data
    if not (type(line) is type(column) is type(end_line) is type(end_column) is int):
        raise TypeError("a span has four numbers")
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
        rule=_decode_plain(str, rule),
        message=_decode_plain(str, message),
        span=place,
        anchor=place if anchor is None else _decode_span(anchor),
        severity=Severity(severity),
        confidence=Confidence(confidence),
        steps=tuple([Step(_decode_span(there), _decode_plain(str, text)) for there, text in steps or ()]),
        fixes=tuple([_decode_fix(*fix) for fix in fixes or ()]),
        carried=_decode_plain(bool, carried),
    )


def _decode_fix(title: Any, edits: Any, safe: Any) -> Fix:
    inserted = tuple([Edit(_decode_span(there), _decode_plain(str, text)) for there, text in edits])
    return Fix(_decode_plain(str, title), inserted, _decode_plain(bool, safe))


def decode(kind: Any, data: Any) -> Any:
    """The value of type `kind` that `encode` turned into `data`.

    Raises DecodeError where the data does not have that shape.
    """
    try:
        return _decoder(kind)(data)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise DecodeError(f"not the data of a {getattr(kind, '__qualname__', kind)}: {error}") from error


@functools.cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    if kind is Any:
        return lambda data: data
    if kind in _PLAIN:
        return functools.partial(_decode_plain, kind)
    if kind is Position:
        return _decode_position
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


def _listed(data: Any) -> list[Any]:
    if type(data) is not list:
        raise TypeError(f"{type(data).__name__} instead of list")
    return data


def _container_decoder(origin: Any, arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if origin in {tuple, frozenset, list} and (len(arguments) == 1 or arguments[-1] is Ellipsis):
        item = _part(arguments[0])
        return lambda data: origin([item(entry) for entry in _listed(data)])
    parts = [_part(argument) for argument in arguments]
    if origin is tuple:
        return lambda data: tuple(part(entry) for part, entry in zip(parts, _listed(data), strict=True))
    if len(parts) == 2:
        key, value = parts
        return lambda data: {key(name): value(entry) for name, entry in _listed(data)}
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
        return lambda data: kind(
            **{name: part(entry) for (name, part), entry in zip(fields, _listed(data), strict=True)}
        )
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        members = {member.value: member for member in kind}
        return lambda data: members[data]
    if isinstance(kind, type) and issubclass(kind, dt.date):
        return kind.fromisoformat
    raise TypeError(f"{kind} is no data that crosses the process boundary")
