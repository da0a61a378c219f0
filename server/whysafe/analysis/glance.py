"""A text as the gate sees it: its words, and its code without comments and strings, one logical line on each line."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from whysafe.syntax.lexer import COMMENT, LINE, STRING, scan
from whysafe.syntax.words import folded, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.gate import Awake
    from whysafe.syntax.lexer import Token

_ESCAPE_OR_QUOTE = re.compile(r"(\\[\s\S])|\"")
_FORMATTED = re.compile(r"(?<!\w)(?i:[ft]r?|r[ft])\Z")
QUOTE = "\0"
"""Stands on both sides of a plain string's number in `Glance.code`; no source holds this character."""
FORMATTED_QUOTE = "\1"
"""Stands where an f- or t-string begins."""
_STRING = re.compile(rf"{QUOTE}([0-9]+){QUOTE}")
_READ = frozenset((LINE, COMMENT, STRING))


class Glance:
    """What can be told of a text without a tree.

    `words` are all its words. What costs a scan is worked out when somebody asks for it.
    """

    __slots__ = (
        "_code",
        "_first",
        "_lines",
        "_strings",
        "_tokens",
        "name_parts",
        "notable",
        "roots",
        "text",
        "triggering",
        "words",
    )

    def __init__(self, text: str, words: frozenset[str] | None = None) -> None:
        self.text = text
        self.words = words_of(text) if words is None else words
        self.notable: AbstractSet[str] = self.words
        """The words that a rule's pattern may match; the gate leaves out the others as soon as it is asked."""
        self._code: str | None = None
        self._strings: tuple[str, ...] = ()
        self._first = 0
        self._lines: dict[int, tuple[int, int]] = {}
        self._tokens: list[Token] | None = None
        self.roots: frozenset[str] | None = None
        """What the text of a file brings into it, once its gate has told; see `gate`."""
        self.name_parts: frozenset[str] | None = None
        """What it can put names of modules together of, where it imports any by such a name, once its gate has told."""
        self.triggering: tuple[Awake, frozenset[str]] | None = None
        """With which words a rule can find something in it where this is awake; see `Gate.triggering`."""

    @property
    def tokens(self) -> list[Token]:
        """What the lexer finds in the text; it is read once, for whoever else needs it, too."""
        if self._tokens is None:
            self._tokens = list(scan(self.text))
        return self._tokens

    def part(self, text: str, start: int, words: frozenset[str]) -> Glance:
        """The glance of a part that begins at an offset of the text; `words` are those of the part.

        Nothing is read again where both its ends are ends of the text, or places where a logical line begins.
        """
        found = Glance(text, words)
        if self._code is not None:
            first, last = self._lines.get(start), self._lines.get(start + len(text))
            if first is not None and last is not None:
                found._code = self._code[first[0] : last[0]]
                found._first, found._strings = first[1], self._strings[first[1] : last[1]]
        return found

    @property
    def code(self) -> str:
        """The text without comments, each logical line on one line behind its indentation.

        A plain string is its number between two `QUOTE` (see `string`), with its prefix before it. Of an f-string all
        that follows its first quotes stays, its literal text included.
        """
        if self._code is None:
            self._code, self._strings, self._lines = _read(self.text, self.tokens)
        return self._code

    @property
    def is_read(self) -> bool:
        """Whether the code is known already."""
        return self._code is not None

    @property
    def strings(self) -> tuple[str, ...]:
        """What stands between the quotes of each plain string; escapes are as they are written.

        Which of them has a number in `code`, `string` knows: those of a part do not begin with 0.
        """
        return self._strings if self._code is not None else (self.code, self._strings)[1]

    def string_at(self, place: int) -> str | None:
        """The plain string whose first `QUOTE` stands at an offset of `code`; None where none does."""
        found = _STRING.match(self.code, place)
        return None if found is None else self.string(int(found.group(1)))

    def string(self, number: int) -> str | None:
        """The plain string with a number that stands in `code`; None where there is none."""
        index = number - self._first
        return self.strings[index] if 0 <= index < len(self.strings) else None


def _read(text: str, tokens: Iterable[Token]) -> tuple[str, tuple[str, ...], dict[int, tuple[int, int]]]:
    """The code of a text, its strings, and places in both.

    For each offset at which a logical line begins or the text ends: how long the code and how many the strings are up
    to there. There are none where folding moves letters.
    """
    parts: list[str] = []
    strings: list[str] = []
    lines = {0: (0, 0)}
    place = size = 0
    for kind, start, end in tokens:
        if kind not in _READ:
            continue
        before = _joined(text[place:start])
        size += len(before)
        parts.append(before)
        if kind == LINE:
            lines.setdefault(start, (size, len(strings)))
            parts += ("\n", text[start:end])
            size += 1 + end - start
        elif kind == STRING:
            if _is_formatted(text, start):
                mark = FORMATTED_QUOTE
            else:
                quotes = 3 if text.startswith(text[start] * 3, start) else 1
                mark = f"{QUOTE}{len(strings)}{QUOTE}"
                strings.append(text[start + quotes : end - quotes])
            parts.append(mark)
            size += len(mark)
        place = end
    parts.append(_joined(text[place:]))
    code = "".join(parts)
    if not code.isascii():
        return folded(code), tuple(strings), {}
    lines[len(text)] = len(code), len(strings)
    return code, tuple(strings), lines


def _is_formatted(text: str, quote: int) -> bool:
    return text[quote - 1 : quote] in tuple("fFtTrR") and _FORMATTED.search(text[max(0, quote - 3) : quote]) is not None


def _joined(code: str) -> str:
    """Code between two marks, its line ends made blanks: those that begin a logical line are put in elsewhere."""
    if "\r" in code:
        code = code.replace("\r", "\n")
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
