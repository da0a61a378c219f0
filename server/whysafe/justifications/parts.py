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
_NEXT = re.compile(r"[ \t\f]*#[ \t]{2,}(?!--)")
_BLANKS = " \t\f\ufeff\r\n"
# So many lines above are looked at to see whether a justification is being written.
_FAR = 200
_FIELD = re.compile(r"(?P<name>for|review by|ref|ok by|code)(?:[ \t]+|$)")
_BEGINNING = re.compile(r"[ \t\f\ufeff]*#[ \t]*(?P<word>[A-Za-z]+)$")
_RULES = re.compile(r"[ \t\f\ufeff]*#[ \t]?justified[ \t]*\[(?P<ids>[^\]]*)$", re.IGNORECASE)
_DECISION = re.compile(r"[ \t\f\ufeff]*#[ \t]?justified[ \t]*\[[^\]]*\][ \t]*(?P<word>[\w-]*)$", re.IGNORECASE)


def parts(lines: Sequence[str], number: int) -> tuple[Part, ...]:
    """The parts on line `number` of a document, which belongs to a justification; what is left is its reason."""
    text = lines[number].rstrip("\r\n")
    signed = _signed(text, lines, number)
    if signed is not None:
        return tuple(_signature(text, signed, number))
    head = _HEAD.match(text)
    return () if head is None else tuple(_head(head, number))


def part_at(lines: Sequence[str], place: Position) -> Part | None:
    """The part at a place within a justification; a place right behind a part counts, as cursors stand there."""
    found = parts(lines, place.line)
    return next((part for part in found if part.span.start <= place <= part.span.end), None)


def _head(head: re.Match[str], line: int) -> Iterator[Part]:
    yield _part(Kind.WORD, line, head["word"], head.start("word"))
    for word in re.compile(r"[^\s,]+").finditer(head.string, *head.span("ids")):
        yield _part(Kind.RULE, line, word[0], word.start())
    if head["decision"] is not None:
        yield _part(Kind.DECISION, line, head["decision"], head.start("decision"))


@dataclass(frozen=True, slots=True)
class _Signed:
    """A line of a signature: the column at which it begins there, and what of it stands on the lines above."""

    start: int
    above: str

    @property
    def has_date(self) -> bool:
        return any(read_date(part.strip()) for part in self.above.split(","))


def _signed(text: str, lines: Sequence[str], line: int) -> _Signed | None:
    """What a text, the beginning of a line, is of a signature; None where it belongs to none."""
    sign = _SIGN.match(text)
    if sign is not None:
        return _Signed(sign.end(), "")
    further = _NEXT.match(text)
    above = None if further is None else _signature_above(lines, line)
    return None if further is None or above is None else _Signed(further.end(), above)


def _signature_above(lines: Sequence[str], line: int) -> str | None:
    """The text of the signature that ends with a comma above a line."""
    found: list[str] = []
    for number in range(line - 1, max(line - _FAR, -1), -1):
        text = lines[number].strip(_BLANKS)
        if not text.startswith("#") or not text.endswith(",") or is_head(text):
            return None
        sign = _SIGN.match(text)
        found.insert(0, text[1:] if sign is None else text[sign.end() :])
        if sign is not None:
            return " ".join(found)
    return None


def _signature(text: str, signed: _Signed, line: int) -> Iterator[Part]:
    seen_date = signed.has_date
    for number, piece in enumerate(re.compile(r"[^,]+").finditer(text, signed.start)):
        written = piece[0].strip(" \t\f")
        column = piece.start() + piece[0].index(written) if written else piece.start()
        field = _FIELD.match(written)
        if field is not None:
            yield Part(Kind(field["name"]), written[field.end() :], _span(line, column, len(written)))
        elif not seen_date and read_date(written):
            seen_date = True
            yield _part(Kind.DATE, line, written, column)
        else:
            yield _part(Kind.FIELD if number or signed.above else Kind.WHO, line, written, column)


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
    signed = _signed(before, lines, place.line)
    if signed is None or not _below_a_head(lines, place.line):
        return None
    return _field_being_written(before, signed, place)


def _field_being_written(before: str, signed: _Signed, place: Position) -> Part | None:
    pieces = before[signed.start :].split(",")
    if len(pieces) == 1 and not signed.above:
        return None
    written = pieces[-1].lstrip(" \t")
    column = place.column - len(written)
    field = _FIELD.match(written)
    if field is not None and field.end() > field.end("name"):
        value = written[field.end() :]
        return _part(Kind(field["name"]), place.line, value, place.column - len(value))
    has_date = signed.has_date or any(read_date(piece.strip()) for piece in pieces[:-1])
    return _part(Kind.FIELD if has_date else Kind.DATE, place.line, written, column)


def _below_a_head(lines: Sequence[str], line: int) -> bool:
    for above in range(line - 1, max(line - _FAR, -1), -1):
        text = lines[above].strip(_BLANKS)
        if is_head(text):
            return True
        if not text.startswith("#"):
            return False
    return False
