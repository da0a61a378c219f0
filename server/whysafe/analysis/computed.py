"""Modules that a file imports under a name which it puts together: `import_module("sub" + "process")`.

Which libraries that can be follows from the strings of the file, because nothing else makes text here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whysafe.analysis.detours import literal_at
from whysafe.analysis.glance import FORMATTED_QUOTE, QUOTE, readings
from whysafe.analysis.standing import after, occurrences, place_after

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from whysafe.analysis.glance import Glance

_IMPORTERS = ("__import__", "import_module", "modules", "resolve_name")
_FIELD = re.compile(r"%[srd]|\{[^{}]*\}")
_ITEM = rf"[\w{QUOTE}]\[(?!\w{{0,2}}{QUOTE})[^\[\]\n]*\]"
_PICKS_LETTERS = re.compile(rf"{_ITEM}[ \t\f)]*\+|\+[ \t\f(]*[\w.{QUOTE}]*{_ITEM}")
"""Letters taken out of texts by their place, and put together: these could make any name."""
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9_.]+")


def computed_imports(glance: Glance, libraries: Collection[str]) -> Collection[str]:
    """Those of the libraries that a text can import, or find in `sys.modules`, under a name that is not written there.

    May say too many, never too few.
    """
    if glance.words.isdisjoint(_IMPORTERS) or not _imports_by_computed_name(glance):
        return ()
    if "chr" in glance.words or _PICKS_LETTERS.search(glance.code):
        return libraries
    parts = {part for text in _texts(glance) for part in (text, *_FIELD.split(text))}
    parts |= {part.split(".", 1)[0] for part in parts}
    return [library for library in libraries if library and _is_made_of(library, parts)]


def _imports_by_computed_name(glance: Glance) -> bool:
    code = glance.code
    for word in _IMPORTERS:
        for begin in occurrences(code, word):
            end = begin + len(word)
            if after(code, end) in {"(", "["} and literal_at(glance, place_after(code, end) + 1, ",)]") is None:
                return True
    return False


def _texts(glance: Glance) -> Iterator[str]:
    for text in glance.strings:
        yield from readings(text)
    if FORMATTED_QUOTE in glance.code:
        for line in glance.code.split("\n"):
            if FORMATTED_QUOTE in line:
                yield from _PLAIN_TEXT.findall(line)


def _is_made_of(word: str, parts: set[str]) -> bool:
    """Whether a word is a row of the parts."""
    reached = [True] + [False] * len(word)
    for end in range(1, len(word) + 1):
        reached[end] = any(reached[start] and word[start:end] in parts for start in range(end))
    return reached[-1]
