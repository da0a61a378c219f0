"""Which part of a justification stands at a place, and which is being written there? By lines; loads no libcst."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.justifications.comment import is_head
from whysafe.justifications.signature import read_date
from whysafe.syntax.position import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Kind(enum.Enum):
    """The parts that have something to say, or to be completed."""

    WORD = "word"
    RULE = "rule"
    DECISION = "decision"
    REASON = "reason"
    WHO = "who"
    DATE = "date"
    PROGRAM_TYPE = "for"
    REVIEW = "review by"
    REF = "ref"
    OK = "ok by"
    CODE = "code"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Part:
    """A part on one line: `text` is what is written there, without the name of a field; `span` is its place."""

    kind: Kind
    text: str
    span: Span


_HEAD = re.compile(
    r"(?P<lead>[ \t\f\ufeff]*#[ \t]?(?P<word>justified)[ \t]*\[)(?P<ids>[^\]]*)\][ \t]*(?P<decision>[^\s:]+)?[ \t]*:?",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[ \t\f]*#[ \t]+--(?!-)[ \t]*")
_FIELD = re.compile(r"(?P<name>for|review by|ref|ok by|code)(?:[ \t]+|$)")
_BEGINNING = re.compile(r"[ \t\f\ufeff]*#[ \t]*(?P<word>[A-Za-z]+)$")
_RULES = re.compile(r"[ \t\f\ufeff]*#[ \t]?justified[ \t]*\[(?P<ids>[^\]]*)$", re.IGNORECASE)
_DECISION = re.compile(r"[ \t\f\ufeff]*#[ \t]?justified[ \t]*\[[^\]]*\][ \t]*(?P<word>[\w-]*)$", re.IGNORECASE)


def parts(line: str, number: int) -> tuple[Part, ...]:
    """The parts on line `number` of a document, which belongs to a justification; what is left is its reason."""
    text = line.rstrip("\r\n")
    sign = _SIGN.match(text)
    if sign is not None:
        return tuple(_signature(text, sign.end(), number))
    head = _HEAD.match(text)
    return () if head is None else tuple(_head(head, number))


def part_at(lines: Sequence[str], place: Position) -> Part | None:
    """The part at a place within a justification; a place right behind a part counts, as cursors stand there."""
    found = parts(lines[place.line], place.line)
    return next((part for part in found if part.span.start <= place <= part.span.end), None)


def _head(head: re.Match[str], line: int) -> Iterator[Part]:
    yield _part(Kind.WORD, line, head["word"], head.start("word"))
    for word in re.compile(r"[^\s,]+").finditer(head.string, *head.span("ids")):
        yield _part(Kind.RULE, line, word[0], word.start())
    if head["decision"] is not None:
        yield _part(Kind.DECISION, line, head["decision"], head.start("decision"))


def _signature(text: str, start: int, line: int) -> Iterator[Part]:
    seen_date = False
    for number, piece in enumerate(re.compile(r"[^,]+").finditer(text, start)):
        written = piece[0].strip(" \t\f")
        column = piece.start() + piece[0].index(written) if written else piece.start()
        field = _FIELD.match(written)
        if field is not None:
            yield Part(Kind(field["name"]), written[field.end() :], _span(line, column, len(written)))
        elif not seen_date and read_date(written):
            seen_date = True
            yield _part(Kind.DATE, line, written, column)
        else:
            yield _part(Kind.WHO if number == 0 else Kind.FIELD, line, written, column)


def _part(kind: Kind, line: int, text: str, column: int) -> Part:
    return Part(kind, text, _span(line, column, len(text)))


def _span(line: int, column: int, length: int) -> Span:
    return Span(Position(line, column), Position(line, column + length))


def rules_written(line: str) -> tuple[str, ...]:
    """The names in the brackets of a first line, which may not be closed yet."""
    inside = line.partition("[")[2].partition("]")[0]
    return tuple(name for name in re.split(r"[\s,]+", inside) if name)


def part_being_written(lines: Sequence[str], place: Position) -> Part | None:
    """The part that a person is writing at a place: its `span` is from where it begins up to the place.

    None where it is no justification, or a part that only they know.
    """
    before = lines[place.line][: place.column]
    beginning = _BEGINNING.match(before)
    if beginning is not None and "justified".startswith(beginning["word"].lower()):
        return _part(Kind.WORD, place.line, beginning["word"], beginning.start("word"))
    rules = _RULES.match(before)
    if rules is not None:
        word = re.split(r"[\s,]+", rules["ids"])[-1]
        return _part(Kind.RULE, place.line, word, place.column - len(word))
    decision = _DECISION.match(before)
    if decision is not None:
        return _part(Kind.DECISION, place.line, decision["word"], decision.start("word"))
    sign = _SIGN.match(before)
    if sign is None or not _below_a_head(lines, place.line):
        return None
    return _field_being_written(before, sign.end(), place)


def _field_being_written(before: str, start: int, place: Position) -> Part | None:
    pieces = before[start:].split(",")
    if len(pieces) == 1:
        return None
    written = pieces[-1].lstrip(" \t")
    column = place.column - len(written)
    field = _FIELD.match(written)
    if field is not None and field.end() > field.end("name"):
        value = written[field.end() :]
        return _part(Kind(field["name"]), place.line, value, place.column - len(value))
    has_date = any(read_date(piece.strip()) for piece in pieces[:-1])
    return _part(Kind.FIELD if has_date else Kind.DATE, place.line, written, column)


def _below_a_head(lines: Sequence[str], line: int) -> bool:
    for above in range(line - 1, max(line - 200, -1), -1):
        text = lines[above].strip(" \t\f\ufeff\r\n")
        if is_head(text):
            return True
        if not text.startswith("#"):
            return False
    return False
