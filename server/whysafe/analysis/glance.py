"""A text as the gate sees it: its words, and its code without comments and strings, one logical line on each line."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache

from whysafe.syntax.lexer import COMMENT, LINE, STRING, scan
from whysafe.syntax.words import folded, words_of

_ESCAPE_OR_QUOTE = re.compile(r"(\\[\s\S])|\"")
_FORMATTED = re.compile(r"(?<!\w)(?i:[ft]r?|r[ft])\Z")
QUOTE = "\0"
"""Stands on both sides of a plain string's number in `Glance.code`; no source holds this character."""
FORMATTED_QUOTE = "\1"
"""Stands where an f- or t-string begins."""
_STRING = re.compile(rf"{QUOTE}([0-9]+){QUOTE}")


class Glance:
    """What can be told of a text without a tree.

    `words` are all its words. What costs a scan is worked out when somebody asks for it.
    """

    __slots__ = ("_code", "_strings", "text", "words")

    def __init__(self, text: str, words: frozenset[str] | None = None) -> None:
        self.text = text
        self.words = words_of(text) if words is None else words
        self._code: str | None = None
        self._strings: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The text without comments, each logical line on one line behind its indentation.

        A plain string is its number in `strings` between two `QUOTE`, with its prefix before it. Of an f-string all
        that follows its first quotes stays, its literal text included.
        """
        if self._code is None:
            self._code, self._strings = _read(self.text)
        return self._code

    @property
    def is_read(self) -> bool:
        """Whether the code is known already."""
        return self._code is not None

    @property
    def strings(self) -> tuple[str, ...]:
        """What stands between the quotes of each plain string; escapes are as they are written."""
        return self._strings if self._code is not None else (self.code, self._strings)[1]

    def string_at(self, place: int) -> str | None:
        """The plain string whose first `QUOTE` stands at an offset of `code`; None where none does."""
        found = _STRING.match(self.code, place)
        number = int(found.group(1)) if found is not None else len(self.strings)
        return self.strings[number] if number < len(self.strings) else None


def _read(text: str) -> tuple[str, tuple[str, ...]]:
    parts: list[str] = []
    strings: list[str] = []
    place = 0
    for kind, start, end in scan(text):
        if kind == LINE:
            parts += (_joined(text[place:start]), "\n", text[start:end])
        elif kind == COMMENT:
            parts.append(_joined(text[place:start]))
        elif kind == STRING:
            before = text[place:start]
            parts.append(_joined(before))
            quotes = 3 if text.startswith(text[start] * 3, start) else 1
            if _is_formatted(text, start):
                parts.append(FORMATTED_QUOTE)
            else:
                parts.append(f"{QUOTE}{len(strings)}{QUOTE}")
                strings.append(text[start + quotes : end - quotes])
        else:
            continue
        place = end
    parts.append(_joined(text[place:]))
    return folded("".join(parts)), tuple(strings)


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
