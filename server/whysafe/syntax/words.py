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
_LOOKS_AT_LETTERS: Final = re.compile(r"(?:[a-z0-9_.:,?*+|^$(){}]|\[[a-z0-9_]+\]|\\[dw])*")
"""An expression of these signs sees no line end, and in a word of ASCII what it sees in the lower case of that."""
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
    as_it_is = text.isascii() or unicodedata.is_normalized("NFKC", text)
    return text if as_it_is else unicodedata.normalize("NFKC", text)


class WordTest:
    """Tells for which words one of some things holds; what it has found of a word it remembers.

    Each of `holds` is a predicate, or an expression that has to match somewhere in the word, case ignored.
    """

    def __init__(self, *holds: str | Callable[[str], object]) -> None:
        self.holds = tuple(dict.fromkeys(holds))
        quick = [one for one in self.holds if isinstance(one, str) and _LOOKS_AT_LETTERS.fullmatch(one)]
        self._in_lines = re.compile("|".join(quick), re.MULTILINE).finditer if quick else None
        self._tests = [re.compile(one, re.IGNORECASE).search if isinstance(one, str) else one for one in self.holds]
        self._others = [test for one, test in zip(self.holds, self._tests, strict=True) if one not in quick]
        self._plain: set[str] = set()
        self._matching: set[str] = set()

    def among(self, words: AbstractSet[str]) -> AbstractSet[str]:
        """Those of the words that it holds for."""
        rest = words - self._plain
        if not rest:
            return frozenset()
        new = rest - self._matching
        if not new:
            return rest
        found = self._found(new)
        remembered = {word for word in new if len(word) <= LONGEST_REMEMBERED}
        self._plain |= remembered - found
        self._matching |= remembered & found
        if len(self._plain) + len(self._matching) > MOST_REMEMBERED:
            self._plain.clear()
            self._matching.clear()
        return (rest - new) | found

    def _found(self, words: AbstractSet[str]) -> set[str]:
        listed = [word for word in words if word.isascii()]
        found = set[str]().union(*(filter(test, listed) for test in self._others))
        if self._in_lines is not None:
            # All at once, in lower case: an expression that ignores the case is far slower, and so is a call a word.
            text = "\n".join(listed).lower()
            number = place = 0
            for match in self._in_lines(text):
                number += text.count("\n", place, match.start())
                place = match.start()
                found.add(listed[number])
        if len(listed) < len(words):
            found.update(word for word in words if not word.isascii() and any(test(word) for test in self._tests))
        return found
