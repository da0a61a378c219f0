"""One linear scan over Python text, complete or broken, that finds what comments, pieces and the guard are made of.

The scan goes from mark to mark with one compiled alternation and skips everything in between. No expression of it can
fail after having read more than it consumes, so time is linear on any input. It follows PEP 701: a replacement field of
an f-string or t-string holds any code, quotes of the enclosing kind, comments and line ends included.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

LINE: Final = 0  # a logical line begins: (start of its first physical line, its first character that is no blank)
COMMENT: Final = 1  # from '#' up to the line end
STRING: Final = 2  # a plain string without its prefix, or the opening quotes of an f- or t-string
OPEN: Final = 3  # an opening bracket, or the brace that opens a replacement field
CLOSE: Final = 4  # a closing bracket, or the brace that closes a replacement field
WORD: Final = 5  # a name, keyword, number or string prefix; only where words are asked for
OPERATOR: Final = 6  # any other character of code; only where words are asked for

Token = tuple[int, int, int]
"""Kind, start and end; offsets in code points."""


class LogicalLines(NamedTuple):
    """The logical lines of a text in order, by offsets."""

    starts: list[int]
    """Where their first physical lines begin."""
    firsts: list[int]
    """Where their first characters stand that are no blanks."""


# Each alternative of an expression that searches begins with one certain character, because then the characters at
# which none of them begins are skipped several times faster.
_EOL: Final = r"\n|\r\n?"
_AFTER_EOL: Final = r"[ \t\f]*(?=[^ \t\f\r\n\#])"
_MARKS: Final = (
    r"\#[^\r\n]*"
    r"|\(|\)|\[|\]|\{|\}"
    rf"|\n{_AFTER_EOL}|\r\n?{_AFTER_EOL}"
    r"""|\"\"\"|'''|"[^"\\\r\n]*"?|'[^'\\\r\n]*'?"""
    rf"|\\(?:{_EOL})"
)
_CODE: Final = re.compile(_MARKS)
_FIELD: Final = re.compile(_MARKS + "|:")
_ALL: Final = re.compile(_MARKS + r"|\w+|\*\*|//|<<|>>|->|:=|[=!<>]=|[^\s\w]")

_FIRST_LINE: Final = re.compile(r"[ \t\f]*(?=[^ \t\f\r\n\#])")
_CONTINUED: Final = re.compile(rf"(?:\\(?:{_EOL})[ \t\f]*)*")
_PREFIX: Final = re.compile(r"(?<!\w)(?i:[bu]|[ft]r?|r[bft]?|br)\Z")
# These words begin statements and nothing else; a line that begins with one shows that an open bracket was left open.
_RECOVER: Final = re.compile(
    r"(?:def|class|import|with|return|raise|while|try|del|assert|global|nonlocal|pass|break|continue|except|finally|elif"
    r"|async[ \t]+(?:def|with))\b"
)
_STRING_MARK: Final = {
    '"': re.compile(rf'"|\\(?:\r\n|[\s\S])|{_EOL}'),
    "'": re.compile(rf"'|\\(?:\r\n|[\s\S])|{_EOL}"),
    '"""': re.compile(r'"""|\\[\s\S]'),
    "'''": re.compile(r"'''|\\[\s\S]"),
}
_ESCAPE: Final = r"|\\(?![{}])(?:\r\n|[\s\S])?|\{\{?|\}"
_NAMED: Final = r"|\\N\{[^}\"'\r\n]*\}?"
_LITERAL_MARK: Final = {
    (quote, raw): re.compile(start + ("" if raw else _NAMED) + _ESCAPE)
    for quote, start in {'"': rf'"|{_EOL}', "'": rf"'|{_EOL}", '"""': '"""', "'''": "'''"}.items()
    for raw in (False, True)
}


class _Literal(NamedTuple):
    """The literal text of an f- or t-string; on the stack while one of its replacement fields is open."""

    search: Callable[[str, int], re.Match[str] | None]  # finds its next mark
    triple: bool  # it, or a string around it, is triple-quoted
    in_spec: bool  # it is the format specification of the field below it on the stack
    depth: int  # brackets open around the string


def scan(text: str, start: int = 0, *, words: bool = False) -> Iterator[Token]:
    """The tokens of `text` from the line start `start` on, in source order.

    Names and operators come only where `words` asks for them; a number with a point or a sign comes in parts.
    An unclosed string ends with its line, or with the text where it is triple-quoted. Inside brackets and fields no
    logical line begins, except with a keyword that proves them unclosed; but not in a triple-quoted f-string, where
    a template with braces of its own is more likely than a forgotten one. Never raises.
    """
    return _scan(text, start, words=words)


def logical_lines(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """The logical lines of `text`, one by one: where each begins, and its first character that is no blank."""
    return ((begin, first) for kind, begin, first in scan(text, start) if kind == LINE)


def scan_string(text: str, quote: int) -> tuple[list[Token], int]:
    """The tokens of the string whose quotes begin at an offset, and where it ends; of an f-string, all tokens in it.

    A plain string is a single token.
    """
    end = quote

    def scanned() -> Iterator[Token]:
        nonlocal end
        end = yield from _scan(text, quote, one_string=True)

    return list(scanned()), end


def is_formatted(text: str, quote: int) -> bool:
    """Whether the string whose quotes begin at an offset is an f- or t-string, by its prefix."""
    prefix = _prefix(text, quote)
    return "f" in prefix or "t" in prefix


def _scan(  # noqa: C901, PLR0912 - one branch for each kind of mark; a call for each would double the time
    text: str, start: int, *, words: bool = False, one_string: bool = False
) -> Generator[Token, None, int]:
    """The same; where it is about the string that begins at `start`, only up to its end, which it returns."""
    in_code, in_field = (_ALL.search, _ALL.search) if words else (_CODE.search, _FIELD.search)
    fields: list[_Literal] = []
    depth = 0
    place = start
    if not one_string and (match := _FIRST_LINE.match(text, start)):
        place = _skip_continuations(text, match.end())
        if _is_code(text, place):
            yield LINE, start, place
    while match := (in_field if fields and not depth else in_code)(text, place):
        begin, place = match.span()
        mark = text[begin]
        if mark in "\r\n":
            if depth or fields:
                if not _RECOVER.match(text, place) or (fields and fields[-1].triple):
                    continue
                fields.clear()
                depth = 0
            place = _skip_continuations(text, place)
            if _is_code(text, place):
                yield LINE, begin + (2 if text.startswith("\r\n", begin) else 1), place
        elif mark in "\"'":
            prefix = _prefix(text, begin)
            if "f" in prefix or "t" in prefix:
                quote = mark * 3 if text.startswith(mark * 3, begin) else mark
                triple = len(quote) == 3 or bool(fields and fields[-1].triple)
                literal = _Literal(_LITERAL_MARK[quote, "r" in prefix].search, triple, in_spec=False, depth=depth)
                yield STRING, begin, begin + len(quote)
                place, depth = yield from _literal(text, begin + len(quote), literal, fields)
            else:
                place = _string_end(text, begin, place)
                yield STRING, begin, place
        elif mark in "([{":
            depth += 1
            yield OPEN, begin, place
        elif mark in ")]}":
            if depth:
                depth -= 1
                yield CLOSE, begin, place
            elif mark == "}" and fields:
                yield CLOSE, begin, place
                place, depth = yield from _literal(text, place, fields.pop(), fields)
        elif mark == "#":
            yield COMMENT, begin, place
        elif mark == ":" and fields and not depth:
            place, depth = yield from _literal(text, begin + 1, fields[-1]._replace(in_spec=True), fields)
        elif words and mark != "\\":
            yield (WORD if mark == "_" or mark.isalnum() else OPERATOR), begin, place
        if one_string and not fields:
            return place
    return len(text)


def _literal(
    text: str, place: int, literal: _Literal, fields: list[_Literal]
) -> Generator[Token, None, tuple[int, int]]:
    """Scan literal text from `place` to its next field or its end; returns where code goes on, and the depth there."""
    while match := literal.search(text, place):
        place = match.end()
        mark = text[match.start()]
        if mark == "\\":
            continue
        if mark == "{":
            if match.group() == "{{" and not literal.in_spec:
                continue
            place = match.start() + 1
            yield OPEN, match.start(), place
            fields.append(literal)
            return place, 0
        if mark != "}":
            return _leave(match.start() if mark in "\r\n" else place, literal, fields)
        if literal.in_spec:
            yield CLOSE, match.start(), place
            literal = fields.pop()
    return _leave(len(text), literal, fields)


def _leave(place: int, literal: _Literal, fields: list[_Literal]) -> tuple[int, int]:
    """Leave an f-string; where its format specification was left open, so were the fields around it."""
    inner = literal
    while inner.in_spec:
        inner = fields.pop()
    return place, literal.depth


def _skip_continuations(text: str, place: int) -> int:
    """Skip what stands on lines that hold a continuing backslash and nothing else."""
    if text.startswith("\\", place) and (match := _CONTINUED.match(text, place)):
        return match.end()
    return place


def _is_code(text: str, place: int) -> bool:
    return place < len(text) and text[place] not in "\r\n#"


def _prefix(text: str, quote: int) -> str:
    """The prefix of the string whose quote stands at `quote`, in lower case."""
    if not quote or text[quote - 1] not in "bBfFrRtTuU":
        return ""
    match = _PREFIX.search(text[max(0, quote - 3) : quote])
    return match.group().lower() if match else ""


def _string_end(text: str, begin: int, place: int) -> int:
    """The end of the plain string whose opening match covers `begin` up to `place`."""
    mark = text[begin]
    quote = mark * 3 if text.startswith(mark * 3, begin) else mark
    if len(quote) == 3:
        closing = text.find(quote, place)
        if closing >= 0 and text.find("\\", place, closing) < 0:
            return closing + 3
    elif not text.startswith("\\", place) or (place > begin + 1 and text[place - 1] == mark):
        return place
    search = _STRING_MARK[quote].search
    while match := search(text, place):
        place = match.end()
        found = text[match.start()]
        if found in "\r\n":
            return match.start()
        if found != "\\":
            return place
    return len(text)
