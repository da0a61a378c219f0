"""Which brackets stand around a place of a text, and where their elements begin.

A long display or call is usually written with an element, or a row of elements, to a line, and a long string as one
string to a line. Rows are what such an expression can be taken apart into without being parsed: each begins where a
line begins that follows a comma, or a string.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from whysafe.syntax.lexer import CLOSE, COMMENT, LINE, OPEN, OPERATOR, STRING, WORD, scan

_CONTINUED: Final = ("\\\n", "\\\r\n")
_QUOTES: Final = ('"', "'")
_PREFIXES: Final = frozenset(("b", "br", "r", "rb", "u"))
# What follows one of these may go on behind a comma: parameters, the targets of a loop, a tuple.
_SWALLOWING: Final = frozenset(("lambda", "for", "yield"))


@dataclass(slots=True, eq=False)
class Bracket:
    """A pair of brackets, strings that follow one another, or the logical line around all; with offsets in the text."""

    start: int
    """Just behind the opening bracket, or at the first string."""
    number: int = 0
    """How many others stand before it directly within the bracket around it."""
    strings: bool = False
    end: int = -1
    """At the closing bracket, or at what follows the last string."""
    rows: list[int] = field(default_factory=list)
    """Where rows of elements begin, of which the first begins at the start."""
    before: list[int] = field(default_factory=list)
    """How many elements stand before each row."""
    inner: list[int] = field(default_factory=list)
    """For each other one directly within, how many commas stand before it."""
    commas: int = 0
    """How many elements are ended."""
    ended: int = -1
    """Behind the end of the last element, as long as nothing follows it."""
    words: set[str] = field(default_factory=set)
    """Of the words directly within, those that give a comma another meaning."""

    def __post_init__(self) -> None:
        self.rows.append(self.start)
        self.before.append(0)

    @property
    def elements(self) -> int:
        """How many elements there are, if each comma ends one."""
        return self.commas + (self.ended < 0)

    @property
    def separated(self) -> bool:
        """Whether what is put behind the last element is another one."""
        return self.strings or self.ended >= 0

    def follow(self, text: str, begin: int) -> None:
        """Note the first token behind the end of an element: where it is the first of its line, it begins a row."""
        line = text.rfind("\n", self.ended, begin) + 1
        if line and not text.endswith(_CONTINUED, self.ended, line):
            self.rows.append(line)
            self.before.append(self.commas)
        self.ended = -1


def brackets_around(text: str, first: int, last: int) -> list[Bracket]:
    """The first logical line of a text, and the brackets in it that are open from `first` to `last`, outermost first.

    Of a line whose brackets are not closed, or closed without having been opened, only the line itself is told.
    """
    reader = _Reader(text, first, last)
    end = len(text)
    for kind, begin, stop in scan(text, words=True):
        if kind == LINE and reader.place:
            end = begin
            break
        if kind not in {COMMENT, LINE}:
            reader.token(kind, begin, stop)
        if not reader.open:
            break
    reader.end_string(end)
    return [reader.line, *(reversed(reader.around) if reader.open == [reader.line] else ())]


@dataclass(slots=True, eq=False)
class _Reader:
    """Reads the tokens of a logical line."""

    text: str
    first: int
    last: int
    line: Bracket = field(default_factory=lambda: Bracket(0))
    open: list[Bracket] = field(default_factory=list)
    """The line and what is open in it; empty where more was closed."""
    around: list[Bracket] = field(default_factory=list)
    string: Bracket | None = None
    """Strings that follow one another, as far as they have been read."""
    place: int = 0
    """The end of the last token."""
    prefix: int = -1
    """Where the prefix of the next string begins."""

    def __post_init__(self) -> None:
        self.open.append(self.line)

    def token(self, kind: int, begin: int, end: int) -> None:
        bracket = self.open[-1]
        if bracket.ended >= 0 and kind != CLOSE:
            bracket.follow(self.text, begin)
        if kind == WORD and self.text.startswith(_QUOTES, end):
            self.prefix = begin
        elif kind == STRING:
            self.add_string(begin, end)
        else:
            self.end_string(begin)
            self.place = end
            if kind == OPEN:
                self.open.append(Bracket(end, len(bracket.inner)))
                bracket.inner.append(bracket.commas)
            elif kind == CLOSE:
                self.close(self.open.pop(), begin)
            elif kind == OPERATOR and self.text[begin] == ",":
                bracket.commas += 1
                bracket.ended = end
            elif kind == WORD and self.text[begin:end] in _SWALLOWING:
                bracket.words.add(self.text[begin:end])

    def close(self, bracket: Bracket, begin: int) -> None:
        bracket.end = begin
        if bracket.start <= self.first and self.last <= begin:
            self.around.append(bracket)

    def add_string(self, begin: int, end: int) -> None:
        """Go on with the string, or begin one; not with an f-string, whose end no token tells."""
        start = begin if self.prefix < 0 else self.prefix
        self.prefix = -1
        if start < begin and self.text[start:begin].lower() not in _PREFIXES:
            self.end_string(start)
        elif self.string is None:
            self.string = Bracket(start, strings=True)
        else:
            self.string.commas += 1
            self.string.ended = self.place
            self.string.follow(self.text, start)
        self.place = end

    def end_string(self, begin: int) -> None:
        string, self.string = self.string, None
        if string is not None and string.commas and self.open:
            string.number = len(self.open[-1].inner)
            self.open[-1].inner.append(self.open[-1].commas)
            self.close(string, begin)
