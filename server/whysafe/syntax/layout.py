"""Where the comments, strings and logical lines of a valid text stand, found in a few steps.

Broken text may mean anything, so the lexer goes from mark to mark. In a text that Python accepts every string ends and
every bracket closes: one expression finds comments and strings, and of the brackets of a line it is enough to count
them. What is found is what the lexer finds; it is asked about f-strings in which further strings can be.
"""

from __future__ import annotations

import re
from itertools import accumulate
from operator import add, sub
from typing import TYPE_CHECKING, Final, NamedTuple

from whysafe.syntax.lexer import COMMENT, STRING, LogicalLines, is_formatted, scan_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whysafe.syntax.lexer import Token

STANDS_FOR_STRING: Final = '"'
"""In the lines of a layout; in code it stands nowhere else."""

_REPEATS: Final = 1_000
"""The expression below remembers each escape of a string; one with more of them is left to the lexer."""
_ESCAPE: Final = r"\\(?:\r\n|[\s\S])"
_PLAIN_ESCAPE: Final = r"\\[^{}N\r\n]"
_FIELD: Final = r"""\{\{|\}\}|\{[^{}"'\#\\\r\n]*\}"""
_PREFIXES: Final = ("[fFtT]", "[fFtT][rR]", "[rR][fFtT]")
_LAST_OF_PREFIX: Final = frozenset("fFtTrR")
_INNER: Final = frozenset((COMMENT, STRING))


def _string(quote: str) -> str:
    """A string behind its first quote: a plain one, or an f- or t-string in whose fields there can be no marks."""
    other = rf"{quote}(?!{quote}{quote})"
    plain = _quoted(quote, rf"[^{quote}\\", _ESCAPE, other)
    formatted = _quoted(quote, rf"[^{quote}\\{{}}", rf"{_PLAIN_ESCAPE}|{_FIELD}", other)
    raw = rf"(?<=[rR]{quote})(?<![fFtT][rR]{quote})"
    prefixed = "|".join(rf"(?<={prefix}{quote})(?<!\w{prefix}{quote})" for prefix in _PREFIXES)
    return rf"(?:(?<![fFtTrR]{quote}){plain}|{raw}{plain}|(?:{prefixed}){formatted})"


def _quoted(quote: str, letters: str, escape: str, other: str) -> str:
    """The rest of a string, which most often has no escape; nothing in it can be read in two ways.

    `letters` begins the set of characters that mean themselves, `other` is a quote that does not end a triple-quoted
    string.
    """
    letter = rf"{letters}\r\n]"
    many = rf"{letters}]*(?:(?:{escape}|{other}){letters}]*){{0,{_REPEATS}}}{quote * 3}"
    few = rf"{letter}*(?:(?:{escape}){letter}*){{1,{_REPEATS}}}{quote}"
    return rf"(?:{letter}+{quote}|{quote}(?:(?!{quote})|{quote}{many})|{few})"


_PART: Final = re.compile(rf"""([^\#"']*)(?:(\#[^\r\n]*|"{_string('"')}|'{_string("'")})|["'](?s:.*))?""")
"""Code and the mark behind it. Where a string begins that is none of these, all of the rest is passed over: by a dot,
which needs no time for that."""
_BRACKETS: Final = bytes(
    ord("(") if chr(code) in "([{" else ord(")") if chr(code) in ")]}" else code for code in range(256)
)
_NO_BRACKETS: Final = bytes(code for code in range(128) if chr(code) not in "([{}])\n")
"""Tables that leave line ends and two kinds of brackets."""
_BLANKS: Final = " \t\f"


class Layout(NamedTuple):
    """A text in parts: code, and the comments and strings between it."""

    between: list[str]
    """The code before each mark, and behind the last one."""
    marks: list[str]
    """The comments, and the strings with their quotes: f-strings as a whole."""
    formatted: dict[int, list[Token]]
    """By which of the marks it is: the comments and strings that the lexer finds in an f- or t-string behind its first
    quotes, with their offsets in it."""
    lines: list[str]
    """The lines of the code without comments, and with `STANDS_FOR_STRING` in the place of each string: a line end in
    a string ends none."""
    begins: list[int]
    """The numbers of those lines with which logical lines begin."""

    def logical_lines(self) -> LogicalLines:
        """Where the logical lines begin, as the lexer says it."""
        whole = interleaved(self.between, map(" ".__mul__, map(len, self.marks))).split("\n")
        ends = list(accumulate(map(len, whole), initial=0))
        starts = [ends[number] + number for number in self.begins]
        lines = [self.lines[number] for number in self.begins]
        indentations = map(sub, map(len, lines), map(len, map(str.lstrip, lines)))
        return LogicalLines(starts, list(map(add, starts, indentations)))


def layout(text: str) -> Layout | None:
    """The layout of a text that Python accepts, or of pieces of one. Linear, and never raises.

    None where the text holds something unusual, for which the lexer is there: a byte order mark, line ends of the kind
    CR, letters of code beyond ASCII, or lines of nothing but a backslash.
    """
    if text.startswith("\ufeff") or text.count("\r") != text.count("\r\n"):
        return None
    between, marks, formatted = _parts(text)
    code = interleaved(between, ["" if mark[0] == "#" else STANDS_FOR_STRING for mark in marks])
    if not code.isascii():
        return None
    lines = code.split("\n")
    begins = _begins(code, lines)
    if "\\" in code:
        # It continues a line, and is nothing else here.
        begins = [number for number in begins if not number or not lines[number - 1].rstrip("\r").endswith("\\")]
        if any(lines[number].lstrip(_BLANKS).startswith("\\") for number in begins):
            return None
    return Layout(between, marks, formatted, lines, begins)


def _parts(text: str) -> tuple[list[str], list[str], dict[int, list[Token]]]:
    between: list[str] = []
    marks: list[str] = []
    formatted: dict[int, list[Token]] = {}
    place = 0
    while True:
        found = _PART.findall(text, place)
        last = ""
        while found and not found[-1][1]:
            last = found.pop()[0]
        codes, strings = [code for code, _ in found], [mark for _, mark in found]
        place += sum(map(len, codes)) + sum(map(len, strings)) + len(last)
        between += (*codes, last)
        marks += strings
        if place == len(text):
            break
        tokens, end = scan_string(text, place)
        if tokens[0][2] != end:
            inner = [token for token in tokens[1:] if token[0] in _INNER]
            formatted[len(marks)] = [(kind, start - place, stop - place) for kind, start, stop in inner]
        marks.append(text[place:end])
        place = end
    for number, (code, mark) in enumerate(zip(between, marks, strict=False)):
        if code[-1:] in _LAST_OF_PREFIX and mark[0] != "#" and is_formatted(code, len(code)):
            formatted.setdefault(number, [])
    return between, marks, formatted


def interleaved(parts: Sequence[str], marks: Iterable[str]) -> str:
    """The text in which each mark stands behind a part; there is one more of these."""
    both = [""] * (2 * len(parts) - 1)
    both[::2] = parts
    both[1::2] = marks
    return "".join(both)


def _begins(code: str, lines: list[str]) -> list[int]:
    """The numbers of the lines that are not blank, and before which every bracket is closed."""
    brackets = code.encode().translate(_BRACKETS, _NO_BRACKETS).split(b"\n")
    change = {marks: marks.count(b"(") - marks.count(b")") for marks in set(brackets)}
    depths = accumulate(map(change.__getitem__, brackets), initial=0)
    return [
        number
        for number, (depth, line) in enumerate(zip(depths, lines, strict=False))
        if not depth and line and not line.isspace()
    ]
