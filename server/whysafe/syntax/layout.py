"""Where the comments, strings and logical lines of a valid text stand, found in a few steps.

Broken text may mean anything, so the lexer goes from mark to mark. In a text that Python accepts every string ends and
every bracket closes: one expression finds comments and strings, and of the brackets of a line it is enough to count
them. What is found is what the lexer finds; it is asked about f-strings, which hold code.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final, NamedTuple

from whysafe.syntax.lexer import COMMENT, STRING, Token, scan_string

_REPEATS: Final = 1_000
"""The expression below remembers each escape of a string; one with more of them is left to the lexer."""


def _plain(quote: str) -> str:
    """A string that is certainly no f- or t-string, behind its first quote; an empty group stands for any other."""
    escape = r"\\(?:\r\n|[\s\S])"
    triple = rf"{quote}{quote}[^{quote}\\]*(?:(?:{escape}|{quote}(?!{quote}{quote}))[^{quote}\\]*){{0,{_REPEATS}}}"
    single = rf"(?!{quote}{quote})[^{quote}\\\r\n]*(?:{escape}[^{quote}\\\r\n]*){{0,{_REPEATS}}}"
    ends = rf"(?:{triple}{quote}{quote}{quote}|{single}{quote})"
    return rf"(?<![fFtT]{quote})(?<![fFtT][rR]{quote}){ends}"


_MARK: Final = re.compile(rf"""\#[^\r\n]*|"{_plain('"')}|'{_plain("'")}|"()|'()""")
_BRACKETS: Final = {
    **dict.fromkeys(range(128)),
    **dict.fromkeys(map(ord, "([{"), "("),
    **dict.fromkeys(map(ord, ")]}"), ")"),
    ord("\n"): "\n",
}
"""A table for `str.translate` that leaves line ends and two kinds of brackets."""
_BLANKS: Final = " \t\f"


class Layout(NamedTuple):
    """What a text is made of; offsets in code points."""

    marks: list[Token]
    """Its comments and strings in order: kind, start and end. Strings are whole but for their prefixes, f-strings too,
    and what these hold is not listed."""
    formatted: dict[int, list[Token]]
    """The tokens within each f- and t-string, by where its quotes begin."""
    lines: list[str]
    """The lines of the text, with a blank in the place of each character of a comment and a letter in that of each one
    of a string; line ends in strings are none."""
    begins: list[int]
    """The numbers of those lines with which logical lines begin."""

    def logical_lines(self) -> list[tuple[int, int]]:
        """Where the logical lines begin, as the lexer says it: offsets of the line and of its first code."""
        lines = self.lines
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        return [
            (starts[number], starts[number] + len(lines[number]) - len(lines[number].lstrip(_BLANKS)))
            for number in self.begins
        ]


def layout(text: str) -> Layout | None:
    """The layout of a text that Python accepts, or of pieces of one. Linear, and never raises.

    None where the text holds something unusual, for which the lexer is there: a byte order mark, line ends of the kind
    CR, letters of code beyond ASCII, or lines of nothing but a backslash.
    """
    if text.startswith("\ufeff") or text.count("\r") != text.count("\r\n"):
        return None
    marks, formatted = _marks(text)
    parts: list[str] = []
    place = 0
    for kind, start, end in marks:
        parts += (text[place:start], (" " if kind == COMMENT else "s") * (end - start))
        place = end
    parts.append(text[place:])
    flat = "".join(parts)
    if not flat.isascii():
        return None
    lines = flat.split("\n")
    begins = _begins(flat, lines)
    if "\\" in flat:
        # Outside of comments and strings it continues a line, and nothing else.
        begins = [number for number in begins if not number or not lines[number - 1].rstrip("\r").endswith("\\")]
        if any(lines[number].lstrip(_BLANKS).startswith("\\") for number in begins):
            return None
    return Layout(marks, formatted, lines, begins)


def _marks(text: str) -> tuple[list[Token], dict[int, list[Token]]]:
    marks: list[Token] = []
    formatted: dict[int, list[Token]] = {}
    place = 0
    while place >= 0:
        begin, place = place, -1
        for match in _MARK.finditer(text, begin):
            start, end = match.span()
            if match.lastindex is not None:
                tokens, place = scan_string(text, start)
                marks.append((STRING, start, place))
                if tokens[0][2] != place:
                    formatted[start] = tokens
                break
            marks.append((COMMENT if text[start] == "#" else STRING, start, end))
    return marks, formatted


def _begins(flat: str, lines: list[str]) -> list[int]:
    """The numbers of the lines that are not blank, and before which every bracket is closed."""
    brackets = flat.translate(_BRACKETS).split("\n")
    change = {marks: marks.count("(") - marks.count(")") for marks in set(brackets)}
    depths = accumulate(map(change.__getitem__, brackets), initial=0)
    return [
        number
        for number, (depth, line) in enumerate(zip(depths, lines, strict=False))
        if not depth and line and not line.isspace()
    ]
