"""How a word must stand in the code to matter: a method that is called, a bare name, a target.

All answers lean to one side: what is said not to matter cannot, whatever else the text holds.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from whysafe.analysis.glance import QUOTE
from whysafe.syntax.words import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.analysis.glance import Glance

_LITERAL_CALL = re.compile(rf"[ \t\f)]*\([ \t\f]*(?:\w{{0,2}}{QUOTE}[0-9]+{QUOTE}[ \t\f]*)+[,)]")
_BLANKS = " \t\f"
_IMPORT = re.compile(r"[ \t\f]*(?:import|from)\b")
_IMPORTS = re.compile(r"(?:\A|[\n;:])[ \t\f]*(?:import|from)\b")
_DEFINES = ("def", "class")


LONGEST_IMPORT = 1_000
"""How far the word of an import may stand from its beginning."""


class Use(enum.Enum):
    """What must happen to a word in a piece so that a rule can be triggered by it."""

    BARE = enum.auto()  # called or passed on as a name of its own, not as an attribute
    REACHED = enum.auto()  # called or passed on as an attribute; where it is imported, as a name of its own too
    METHOD = enum.auto()  # called as an attribute
    SET = enum.auto()  # assigned as an attribute
    ITEM = enum.auto()  # the key of an item that is assigned
    IMPORTED = enum.auto()  # in an import statement
    ANY = enum.auto()  # anything but the name in a definition, a target or a keyword
    WRITTEN = enum.auto()  # anywhere in the code


def stands(glance: Glance, word: str, use: Use) -> bool:
    """Whether the code may use a word in that way; certain where the answer is no."""
    if use is Use.ITEM:
        return _may_be_key(folded(glance.text), word)
    if use is Use.IMPORTED:
        return any(_may_be_imported(glance.code, begin) for begin in occurrences(glance.code, word))
    if use is Use.WRITTEN:
        return word in glance.words
    if not glance.is_read and not _may_stand(folded(glance.text), word, use):
        return False
    matters = _MATTERS[use]
    code = glance.code
    return any(matters(code, begin, begin + len(word)) for begin in occurrences(code, word))


def _may_be_imported(code: str, begin: int) -> bool:
    """Whether an import statement stands before a place on its line, or the line begins too far away to tell."""
    start = code.rfind("\n", max(0, begin - LONGEST_IMPORT), begin)
    if start < 0 and begin > LONGEST_IMPORT:
        return True
    return _IMPORTS.search(code, max(start, 0), begin) is not None


def _may_be_key(text: str, word: str) -> bool:
    """Whether a string that is just the word may stand in raw text: a quote or a continued line is next to it."""
    return any(
        text[begin - 1 : begin] in _BEFORE_KEY or text[begin + len(word) : begin + len(word) + 1] in _AFTER_KEY
        for begin in occurrences(text, word)
    )


def _may_stand(text: str, word: str, use: Use) -> bool:
    """The same of raw text, so that most texts need not be read: strings and comments count, and line ends are open."""
    for begin in occurrences(text, word):
        follows = after(text, begin + len(word))
        if use in _AS_ATTRIBUTE:
            if follows in _AS_ATTRIBUTE[use] and before(text, begin) in _AFTER_DOT:
                return True
            continue
        inert = is_target(text, begin + len(word)) or is_defined(text, begin)
        reached = use is Use.ANY or (
            follows != "." and (before(text, begin) in _AFTER_DOT if use is Use.REACHED else before(text, begin) != ".")
        )
        if reached and not inert:
            return True
    return False


Sign = Callable[["Glance", str], bool]
"""Whether a text, by a trigger word that it has, can hold what a rule looks for; certain where the answer is no."""


def written(pattern: str) -> Sign:
    """The sign that the code of a text matches an expression, which must be linear on any input."""
    search = re.compile(pattern).search
    return lambda glance, _word: search(glance.code) is not None


def followed_by(pattern: str) -> Sign:
    """The sign that what follows the word matches an expression, which must be linear on any input."""
    match = re.compile(pattern).match

    def sign(glance: Glance, word: str) -> bool:
        code = glance.code
        return any(match(code, begin + len(word)) for begin in occurrences(code, word))

    return sign


def takes_more_than_literal(glance: Glance, word: str) -> bool:
    """The sign that a function is not only called with a plain string as its first argument."""
    code = glance.code
    return any(_LITERAL_CALL.match(code, begin + len(word)) is None for begin in occurrences(code, word))


def occurrences(code: str, word: str) -> Iterator[int]:
    """The offsets at which a word stands as a whole."""
    begin = code.find(word)
    while begin >= 0:
        end = begin + len(word)
        before_it, behind_it = code[begin - 1 : begin], code[end : end + 1]
        # The empty text is no letter.
        if not (before_it.isalnum() or before_it == "_" or behind_it.isalnum() or behind_it == "_"):
            yield begin
        begin = code.find(word, end)


def after(code: str, place: int) -> str:
    """The next character that is no blank; empty at the end of the logical line."""
    while place < len(code) and code[place] in _BLANKS:
        place += 1
    return code[place : place + 1].strip()


def place_after(code: str, place: int) -> int:
    """The offset of the next character that is no blank."""
    while place < len(code) and code[place] in _BLANKS:
        place += 1
    return place


def before(code: str, place: int) -> str:
    """The last character before an offset that is no blank; empty at the start of the logical line."""
    place -= 1
    while place >= 0 and code[place] in _BLANKS:
        place -= 1
    return code[place].strip() if place >= 0 else ""


def is_target(code: str, end: int) -> bool:
    """Whether a single `=` follows: an assignment, a keyword argument or a default."""
    place = place_after(code, end)
    return code.startswith("=", place) and not code.startswith("==", place)


def is_defined(code: str, begin: int) -> bool:
    """Whether the word is the name in `def name` or `class name`."""
    place = begin - 1
    if place < 0 or code[place] not in _BLANKS:
        return False
    while place >= 0 and code[place] in _BLANKS:
        place -= 1
    return code.endswith(_DEFINES, 0, place + 1)


def is_used(code: str, begin: int, end: int) -> bool:
    """Whether what the word names may be called or passed on there."""
    return after(code, end) != "." and _any(code, begin, end) and not is_only_imported(code, begin, end)


def is_only_imported(code: str, begin: int, end: int) -> bool:
    """Whether the word stands in a line that only imports it, under its own name."""
    start = code.rfind("\n", max(0, begin - LONGEST_IMPORT), begin) + 1
    if not start and begin > LONGEST_IMPORT:
        return False
    found = _IMPORT.match(code, start)
    return found is not None and code.find(";", start, begin) < 0 and after(code, end) in {"", ",", ")"}


def _any(code: str, begin: int, end: int) -> bool:
    return not is_target(code, end) and not is_defined(code, begin)


def _reached(code: str, begin: int, end: int) -> bool:
    return before(code, begin) == "." and after(code, end) != "." and not is_target(code, end)


def _bare(code: str, begin: int, end: int) -> bool:
    return before(code, begin) != "." and is_used(code, begin, end)


def _method(code: str, begin: int, end: int) -> bool:
    return before(code, begin) == "." and after(code, end) in {"(", ")"}


def _set(code: str, begin: int, end: int) -> bool:
    return before(code, begin) == "." and after(code, end) in {"=", ",", ")", "]", ":"}


_AS_ATTRIBUTE = {Use.METHOD: frozenset(("", "(", ")", "#", "\\")), Use.SET: frozenset(("", *"=,)]:#\\"))}
_BEFORE_KEY, _AFTER_KEY = tuple("\"'\r\n"), tuple("\"'\\")
_AFTER_DOT = frozenset((".", "", "\\"))
_MATTERS = {Use.ANY: _any, Use.REACHED: _reached, Use.BARE: _bare, Use.METHOD: _method, Use.SET: _set}
