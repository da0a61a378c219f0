"""Which brackets stand around a place of a text, and where their elements begin.

A long display or call is usually written with an element, or a row of elements, to a line. Rows are what such an
expression can be taken apart into without being parsed: each begins where a line begins that follows a comma.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from whysafe.syntax.lexer import CLOSE, COMMENT, LINE, OPEN, OPERATOR, WORD, scan

_CONTINUED: Final = ("\\\n", "\\\r\n")
# What follows one of these may go on behind a comma: parameters, the targets of a loop, a tuple.
_SWALLOWING: Final = frozenset(("lambda", "for", "yield"))


@dataclass(slots=True, eq=False)
class Bracket:
    """A pair of brackets, or the logical line around all of them; offsets count from the start of the text."""

    start: int
    """Just behind the opening bracket."""
    end: int = -1
    """At the closing bracket; -1 as long as there is none."""
    rows: list[int] = field(default_factory=list)
    """Where rows of elements begin; the first one just behind the opening bracket."""
    before: list[int] = field(default_factory=list)
    """How many elements stand before each row."""
    number: int = 0
    """How many brackets stand before it directly within the bracket around it."""
    inner: list[int] = field(default_factory=list)
    """For each pair of brackets directly within, how many commas stand before it."""
    commas: int = 0
    after_comma: int = -1
    """Behind the last comma, as long as nothing follows it."""
    words: set[str] = field(default_factory=set)
    """Of the words directly within, those that give a comma another meaning."""

    def __post_init__(self) -> None:
        self.rows.append(self.start)
        self.before.append(0)

    @property
    def elements(self) -> int:
        """How many elements there are, if each comma ends one."""
        return self.commas + (self.after_comma < 0)


def brackets_around(  # noqa: C901 - one branch for each kind of token; a call for each would double the time
    text: str, first: int, last: int
) -> list[Bracket]:
    """The first logical line of a text, and the brackets in it that are open from `first` to `last`, outermost first.

    Of a line whose brackets are not closed, or closed without having been opened, only the line itself is told.
    """
    open_ones = [Bracket(0)]
    around: list[Bracket] = []
    for kind, begin, end in scan(text, words=True):
        if kind == COMMENT:
            continue
        if kind == LINE:
            if begin:
                break
            continue
        bracket = open_ones[-1]
        if kind == CLOSE:
            if len(open_ones) == 1:
                return open_ones
            bracket.end = begin
            open_ones.pop()
            if bracket.start <= first and last <= begin:
                around.append(bracket)
            continue
        if bracket.after_comma >= 0:
            _begin_row(bracket, text, begin)
        if kind == OPEN:
            open_ones.append(Bracket(end, number=len(bracket.inner)))
            bracket.inner.append(bracket.commas)
        elif kind == OPERATOR:
            if text[begin] == ",":
                bracket.commas += 1
                bracket.after_comma = end
        elif kind == WORD and text[begin:end] in _SWALLOWING:
            bracket.words.add(text[begin:end])
    return [open_ones[0], *reversed(around)] if len(open_ones) == 1 else open_ones[:1]


def _begin_row(bracket: Bracket, text: str, begin: int) -> None:
    """Note a row where the first token behind a comma is the first of its line."""
    line = text.rfind("\n", bracket.after_comma, begin) + 1
    if line and not text.endswith(_CONTINUED, bracket.after_comma, line):
        bracket.rows.append(line)
        bracket.before.append(bracket.commas)
    bracket.after_comma = -1
