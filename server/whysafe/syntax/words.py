"""The words of a text: what can be told of it before anything is read in order."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

_WORD: Final = re.compile(r"\w+")
MOST_REMEMBERED: Final = 200_000
LONGEST_REMEMBERED: Final = 100
"""So many words, and none of more characters, so that what is remembered stays small on any input."""


def words_of(text: str) -> frozenset[str]:
    """The identifiers of a text, folded as Python folds them (full-width letters are plain ones).

    Words in strings and comments count too.
    """
    return frozenset(_WORD.findall(folded(text)))


def folded(text: str) -> str:
    """A text with the letters that Python takes for plain ones made plain."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


class WordTest:
    """Tells which words something holds for; what it has found of a word it remembers.

    `holds` is a predicate, or an expression that has to match somewhere in the word, case ignored.
    """

    def __init__(self, holds: str | Callable[[str], object]) -> None:
        self._holds = re.compile(holds, re.IGNORECASE).search if isinstance(holds, str) else holds
        self._plain: set[str] = set()
        self._matching: set[str] = set()

    def among(self, words: AbstractSet[str]) -> AbstractSet[str]:
        """Those of the words that it holds for."""
        if words <= self._plain:
            return frozenset()
        found = set(words & self._matching)
        for word in words - self._plain - self._matching:
            holds = bool(self._holds(word))
            if holds:
                found.add(word)
            if len(word) <= LONGEST_REMEMBERED:
                (self._matching if holds else self._plain).add(word)
        if len(self._plain) + len(self._matching) > MOST_REMEMBERED:
            self._plain.clear()
            self._matching.clear()
        return found
