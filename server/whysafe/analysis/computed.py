"""Modules that a file imports under a name which it puts together: `import_module("sub" + "process")`.

Which libraries that can be follows from the strings of the file, because nothing else makes text here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from whysafe.analysis.detours import literal_at
from whysafe.analysis.glance import FORMATTED_QUOTE, QUOTE, readings
from whysafe.analysis.standing import after, is_only_imported, occurrences, place_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.glance import Glance

_IMPORTERS = ("__import__", "import_module", "modules", "resolve_name")
_ENDS = frozenset(("", ",", ")", "]", "}", ";"))
_AS = re.compile(r"[ \t\f]*as\b")
_FIELD = re.compile(r"%[srd]|\{[^{}]*\}")
_ITEM = rf"[\w{QUOTE}]\[(?!\w{{0,2}}{QUOTE})(?:[^\[\]\n:]|:=)*\]"
_PICKS_LETTERS = re.compile(rf"{_ITEM}[ \t\f)]*\+|\+[ \t\f(]*[\w.{QUOTE}]*{_ITEM}")
"""Letters taken out of texts by their place, and put together: these could make any name."""
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9_.]+")
_DIGITS: Final = "0123456789"
"""What a number becomes in a text."""
ANYTHING: Final = "any letters"
"""No module has a blank in its name, so no part of one is this."""


def imports_by_computed_name(glance: Glance) -> bool:
    """Whether a text may import a module whose name is not written there, or gives what imports it a further name."""
    if glance.words.isdisjoint(_IMPORTERS):
        return False
    return any(
        _may_compute(glance, begin, begin + len(word))
        for word in _IMPORTERS
        for begin in occurrences(glance.code, word)
    )


def _may_compute(glance: Glance, begin: int, end: int) -> bool:
    code = glance.code
    if after(code, end) in {"(", "["}:
        return literal_at(glance, place_after(code, end) + 1, ",)]") is None
    passed_on = after(code, end) in _ENDS or _AS.match(code, end) is not None
    return passed_on and not is_only_imported(code, begin, end)


def parts_of_names(glance: Glance) -> frozenset[str]:
    """What the name of a module can be put together of, as far as the text tells; `ANYTHING` for any letters."""
    if "chr" in glance.words or _picks_letters(glance.code):
        return frozenset((ANYTHING,))
    parts = set(_texts(glance))
    parts.update(*(_FIELD.split(text) for text in parts if "%" in text or "{" in text))
    return frozenset(parts.union(_DIGITS, (part.split(".", 1)[0] for part in parts if "." in part)))


def _picks_letters(code: str) -> bool:
    # Few lines have both signs, and the expression begins with nothing that is rare.
    return any("+" in line and "[" in line and _PICKS_LETTERS.search(line) for line in code.split("\n"))


def may_spell(parts: frozenset[str], words: frozenset[str]) -> bool:
    """Whether a file with these parts of names can put together one of the words, as the name of an attribute."""
    # A single letter can be taken out of any text.
    return any(len(word) == 1 for word in words) or bool(
        made_of(words, parts.union(piece for part in parts for piece in part.split(".")))
    )


def made_of(words: frozenset[str], parts: frozenset[str]) -> frozenset[str]:
    """Those of the words that are rows of the parts."""
    if ANYTHING in parts:
        return words
    ordered = sorted(words)
    begun: set[str] = set()
    for part in parts:
        place = bisect_left(ordered, part) if part else len(ordered)
        while place < len(ordered) and ordered[place].startswith(part):
            begun.add(ordered[place])
            place += 1
    return frozenset(word for word in begun if _is_made_of(word, parts))


def _texts(glance: Glance) -> Iterator[str]:
    for text in glance.strings:
        if " " not in text:  # A blank stays in whatever is made of it, and no module has one in its name.
            yield from readings(text) if "\\" in text else (text,)
    if FORMATTED_QUOTE in glance.code:
        for line in glance.code.split("\n"):
            if FORMATTED_QUOTE in line:
                yield from _PLAIN_TEXT.findall(line)


def _is_made_of(word: str, parts: AbstractSet[str]) -> bool:
    """Whether a word is a row of the parts."""
    reached = [True] + [False] * len(word)
    for end in range(1, len(word) + 1):
        reached[end] = any(reached[start] and word[start:end] in parts for start in range(end))
    return reached[-1]
