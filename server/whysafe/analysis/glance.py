"""A text as the gate sees it: its words, and its code without comments and strings, one logical line on each line."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from itertools import accumulate, count
from operator import add
from typing import TYPE_CHECKING

from whysafe.syntax.layout import STANDS_FOR_STRING, interleaved, layout
from whysafe.syntax.lexer import COMMENT, LINE, STRING, LogicalLines, is_formatted, scan
from whysafe.syntax.validity import accepts
from whysafe.syntax.words import folded, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.gate import Awake
    from whysafe.syntax.layout import Layout
    from whysafe.syntax.lexer import Token

_ESCAPE_OR_QUOTE = re.compile(r"(\\[\s\S])|\"")
QUOTE = "\0"
"""Stands on both sides of a plain string's number in `Glance.code`; no source holds this character."""
FORMATTED_QUOTE = "\1"
"""Stands where an f- or t-string begins."""
_STRING = re.compile(rf"{QUOTE}([0-9]+){QUOTE}")
_TRIPLE = frozenset(('"""', "'''"))
_READ = frozenset((LINE, COMMENT, STRING))


class Glance:
    """What can be told of a text without a tree.

    `words` are all its words. What costs a scan is worked out when somebody asks for it, and in a few steps where the
    text is `accepted` by Python.
    """

    __slots__ = (
        *("_code", "_layout", "_lines", "_numbered", "_places", "_strings", "_tokens"),
        *("accepted", "name_parts", "notable", "roots", "text", "triggering", "words"),
    )

    def __init__(self, text: str, words: frozenset[str] | None = None, *, accepted: bool = False) -> None:
        self.text = text
        self.words = words_of(text) if words is None else words
        self.accepted = accepted
        self.notable: AbstractSet[str] = self.words
        """The words that a rule's pattern may match; the gate leaves out the others as soon as it is asked."""
        self._code: str | None = None
        self._numbered: tuple[str, ...] = ()
        """The plain strings of the text, or of the one that it is a part of: those that the numbers in `code` mean."""
        self._strings: tuple[str, ...] | None = None
        self._layout: Layout | None = None
        self._tokens: list[Token] | None = None
        self._lines: LogicalLines | None = None
        self._places: dict[int, int] | None = None
        self.roots: frozenset[str] | None = None
        """What the text of a file brings into it, once its gate has told; see `gate`."""
        self.name_parts: frozenset[str] | None = None
        """What it can put names of modules together of, where it imports any by such a name, once its gate has told."""
        self.triggering: tuple[Awake, frozenset[str]] | None = None
        """With which words a rule can find something in it where this is awake; see `Gate.triggering`."""

    @property
    def lines(self) -> LogicalLines:
        """The logical lines of the text."""
        if self._lines is None:
            laid, tokens = self._scanned()
            if laid is None:
                lines = [token for token in tokens if token[0] == LINE]
                self._lines = LogicalLines([start for _, start, _ in lines], [first for _, _, first in lines])
            else:
                self._lines = laid.logical_lines()
        return self._lines

    def part(self, text: str, start: int, words: frozenset[str]) -> Glance:
        """The glance of a part that begins at an offset of the text; `words` are those of the part.

        Nothing is read again where both its ends are ends of the text, or places where a logical line begins.
        """
        found = Glance(text, words)
        if self._code is not None:
            if self._places is None:
                self._places = _places(len(self.text), self._code, self.lines.starts)
            first, last = self._places.get(start), self._places.get(start + len(text))
            if first is not None and last is not None:
                found._code, found._numbered = self._code[first:last], self._numbered
        return found

    @property
    def code(self) -> str:
        """The text without comments, each logical line on one line behind its indentation.

        A plain string is its number between two `QUOTE` (see `string`), with its prefix before it. Of an f-string all
        that follows its first quotes stays, its literal text included.
        """
        if self._code is None:
            laid, tokens = self._scanned()
            strings: list[str] = []
            code = _read(self.text, 0, tokens, strings) if laid is None else _laid(laid, strings)
            self._code = folded(code)
            self._numbered = self._strings = tuple(strings)
        return self._code

    @property
    def is_read(self) -> bool:
        """Whether the code is known already."""
        return self._code is not None

    @property
    def strings(self) -> tuple[str, ...]:
        """What stands between the quotes of each plain string; escapes are as they are written."""
        code = self.code
        if self._strings is None:
            numbers = [int(number) for number in _STRING.findall(code)]
            self._strings = self._numbered[numbers[0] : numbers[-1] + 1] if numbers else ()
        return self._strings

    def string_at(self, place: int) -> str | None:
        """The plain string whose first `QUOTE` stands at an offset of `code`; None where none does."""
        found = _STRING.match(self.code, place)
        return None if found is None else self.string(int(found.group(1)))

    def string(self, number: int) -> str | None:
        """The plain string with a number that stands in `code`; None where there is none."""
        return self._numbered[number] if number < len(self._numbered) else None

    def _scanned(self) -> tuple[Layout | None, list[Token]]:
        """The layout of the text, or else what the lexer finds in it."""
        if self._layout is None and self._tokens is None:
            self._layout = layout(self.text) if self.accepted else None
            self._tokens = list(scan(self.text)) if self._layout is None else []
        return self._layout, self._tokens or []


def glance_of(text: str) -> Glance:
    """The glance of the whole text of a file; Python is asked whether it accepts it."""
    return Glance(text, accepted=accepts(text))


def _places(size: int, code: str, starts: Iterable[int]) -> dict[int, int]:
    """How long the code is up to each offset of a text of that size at which a logical line begins or the text ends."""
    ends = accumulate(map(len, code.split("\n")))
    return {**dict(zip(starts, map(add, ends, count()), strict=False)), size: len(code), 0: 0}


def _laid(laid: Layout, strings: list[str]) -> str:
    """The code of a text by its layout; its strings are put to `strings`."""
    shown: list[str] = []
    for number, mark in enumerate(laid.marks):
        if number in laid.formatted:
            quotes = 3 if mark[:3] in _TRIPLE else 1
            shown.append(FORMATTED_QUOTE + _read(mark, quotes, laid.formatted[number], strings))
        elif mark[0] != "#":
            shown.append(_numbered(mark, strings))
    lines = laid.lines.copy()
    for number in laid.begins:
        lines[number] = "\n" + lines[number]
    code = " ".join(lines).replace("\\", "").replace("\r", " ")
    return interleaved(code.split(STANDS_FOR_STRING), shown)


def _read(text: str, place: int, tokens: Iterable[Token], strings: list[str]) -> str:
    """The code of a text from an offset on by its tokens; its strings are put to `strings`."""
    parts: list[str] = []
    for kind, start, end in tokens:
        if kind not in _READ:
            continue
        parts.append(_joined(text[place:start]))
        if kind == LINE:
            parts += ("\n", _joined(text[start:end]))
        elif kind == STRING:
            parts.append(FORMATTED_QUOTE if is_formatted(text, start) else _numbered(text[start:end], strings))
        place = end
    parts.append(_joined(text[place:]))
    return "".join(parts)


def _numbered(quoted: str, strings: list[str]) -> str:
    """What a plain string with its quotes is in the code; it is put to `strings`."""
    quotes = 3 if quoted[:3] in _TRIPLE else 1
    strings.append(quoted[quotes:-quotes])
    return f"{QUOTE}{len(strings) - 1}{QUOTE}"


def _joined(code: str) -> str:
    """Code between two marks, its line ends made blanks: those that begin a logical line are put in elsewhere."""
    if "\r" in code:
        code = code.replace("\r", "\n")
    if QUOTE in code:
        code = code.replace(QUOTE, " ")  # Broken text may hold what stands for a string here.
    return code.replace("\\\n", " ").replace("\n", " ") if "\n" in code else code


@lru_cache(maxsize=4_096)
def readings(raw: str) -> tuple[str, ...]:
    """What a string can be whose prefix is not known: its text as it stands, and with its escapes carried out."""
    if "\\" not in raw:
        return (raw,)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # About escapes that mean nothing, in somebody else's code.
            quoted = _ESCAPE_OR_QUOTE.sub(lambda found: found.group(1) or '\\"', raw)
            return raw, ast.literal_eval(f'"""{quoted}"""')
    except (ValueError, SyntaxError):
        return (raw,)
