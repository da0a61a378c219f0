"""The words of a text: what can be told of it before anything is read in order."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

_WORD: Final = re.compile(r"\w+")
_WORDS_ALONE: Final = "".join(chr(code) if _WORD.match(chr(code)) else " " for code in range(128))
"""A table for `str.translate` that makes a blank of each ASCII character that is no part of a word."""
MOST_REMEMBERED: Final = 200_000
LONGEST_REMEMBERED: Final = 100
"""So many words, and none of more characters, so that what is remembered stays small on any input."""


def words_of(text: str) -> frozenset[str]:
    """The identifiers of a text, folded as Python folds them (full-width letters are plain ones).

    Words in strings and comments count too.
    """
    if text.isascii():
        return frozenset(text.translate(_WORDS_ALONE).split())
    # No word goes over a line end, and a few letters beyond ASCII need not make the rest slow.
    lines = text.split("\n")
    plain = "\n".join(line for line in lines if line.isascii())
    others = "\n".join(line for line in lines if not line.isascii())
    return frozenset(plain.translate(_WORDS_ALONE).split()).union(_WORD.findall(folded(others)))


def words_after(former: frozenset[str], gone: str, came: str, text: str) -> frozenset[str]:
    """The words of a text that had the `former` ones before lines of it came in place of others; exactly those."""
    if not (text.isascii() and gone.isascii()):
        return words_of(text)
    new = words_of(came)
    lost = words_of(gone) - new
    if lost:
        alone = f" {text.translate(_WORDS_ALONE)} "
        former -= {word for word in lost if f" {word} " not in alone}
    return former | new


def folded(text: str) -> str:
    """A text with the letters that Python takes for plain ones made plain."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


class WordTest:
    """Tells which words something holds for; what it has found of a word it remembers.

    `holds` is a predicate, or an expression that has to match somewhere in the word, case ignored.
    """

    def __init__(self, holds: str | Callable[[str], object]) -> None:
        self.holds = re.compile(holds, re.IGNORECASE).search if isinstance(holds, str) else holds
        self._plain: set[str] = set()
        self._matching: set[str] = set()

    def among(self, words: AbstractSet[str]) -> AbstractSet[str]:
        """Those of the words that it holds for."""
        if words <= self._plain:
            return frozenset()
        found = set(words & self._matching)
        for word in words - self._plain - self._matching:
            holds = bool(self.holds(word))
            if holds:
                found.add(word)
            if len(word) <= LONGEST_REMEMBERED:
                (self._matching if holds else self._plain).add(word)
        if len(self._plain) + len(self._matching) > MOST_REMEMBERED:
            self._plain.clear()
            self._matching.clear()
        return found
