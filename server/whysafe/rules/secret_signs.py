"""Whether a text can hold a credential beside a name for one, told without a tree."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from whysafe.analysis.arguments import bounds
from whysafe.analysis.glance import FORMATTED_QUOTE, QUOTE, readings
from whysafe.analysis.standing import occurrences, place_after
from whysafe.analysis.triggers import word_test
from whysafe.rules.secret_names import STEMS, is_hardcoded, kind_of
from whysafe.syntax.words import WordTest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.analysis.glance import Glance

_STRING: Final = re.compile(rf"{QUOTE}([0-9]+){QUOTE}")
_GIVEN: Final = re.compile(r"[ \t\f\])]*(?:(=(?!=))|(,)|:|==|!=|in\b|is\b|not\b)")
"""What follows a name that is given something or compared with it; a comma follows one of several targets."""
_COMPARED: Final = re.compile(r"[=!]=|\bis\b")
FARTHEST: Final = 2_000
"""How many characters of a value are looked at before it counts as anything."""
LONGEST_LINE: Final = 20_000
"""A logical line of more characters is not looked at and may hold anything."""
_OPENING, _CLOSING = "([{", ")]}"
_LOOKS_UP: Final = ("get", "pop", "setdefault")
_IDENTIFIER: Final = re.compile(r"[ \t\f]*[^\W\d]\w*")
_FOLDED: Final = re.compile(
    # Two literals that Python makes one of: side by side, or on both sides of an operator.
    rf"{QUOTE}[ \t\f]*(?:\w{{0,2}}[{QUOTE}{FORMATTED_QUOTE}]"
    rf"|[+%*][ \t\f(]*(?:\w{{0,2}}{QUOTE}|[0-9]|True\b|False\b|None\b))"
    rf"|[0-9)][ \t\f]*\*[ \t\f(]*\w{{0,2}}{QUOTE}"
    # An f-string whose first field does not begin with a name may be a constant.
    rf"|{FORMATTED_QUOTE}(?![^{{\n]*\{{[ \t\f]*(?!(?:True|False|None)\b)[^\W\d]\w*(?![\w{QUOTE}{FORMATTED_QUOTE}]))"
)
"""What can be a constant without being a single plain string."""


CREDENTIAL_WORDS: Final = f"{STEMS}|auth"
"""What identifiers contain that can be the name of a credential, or a part of it; `x-api-key` is three identifiers."""
_CREDENTIAL_WORD: Final = re.compile(CREDENTIAL_WORDS)
LONGEST_NAME: Final = 80
_NAMES: Final = WordTest(lambda name: name == "auth" or kind_of(name) is not None)


def may_hold_credential(glance: Glance, _word: str) -> bool:
    """Whether a name for a credential is given a literal that can be one; certain where it is not."""
    return any(_may_be_given(name, begin, end, glance) for name, begin, end in _named(glance))


def _named(glance: Glance) -> Iterator[tuple[str, int, int]]:
    """The names for credentials in the code of a text and where they stand, those that are written as strings too."""
    for name in _NAMES.among(word_test(CREDENTIAL_WORDS).among(glance.notable)):
        yield from ((name, begin, begin + len(name)) for begin in occurrences(glance.code, name))
    mentions = _CREDENTIAL_WORD.search
    texts = (text for text in glance.strings if len(text) <= LONGEST_NAME and mentions(text.lower()))
    # `auth` is the name of an argument.
    names = _NAMES.among(frozenset(texts)) - {"auth"}
    for found in _STRING.finditer(glance.code) if names else ():
        name = _string(glance, int(found.group(1)))
        if name in names:
            yield name, found.start(), found.end()


def _may_be_given(name: str, begin: int, end: int, glance: Glance) -> bool:
    """Whether a name at a place of the code may be given a credential, or be compared with one."""
    code = glance.code
    start, stop = code.rfind("\n", 0, begin) + 1, code.find("\n", end)
    line = code[start:] if stop < 0 else code[start:stop]
    if len(line) > LONGEST_LINE:
        return True
    return (QUOTE in line or FORMATTED_QUOTE in line) and any(
        _value_may("password" if name == "auth" else name, value, glance)
        for value in _values(line, begin - start, end - start)
    )


def _values(line: str, begin: int, end: int) -> Iterator[str]:
    """The code of what may be given to the name between two offsets of a logical line, or compared with it."""
    given = _GIVEN.match(line, end)
    if given is not None:
        whole = _is_one_of_several(line, begin) if given.group(2) else given.group(1) and not _is_inside(line, begin)
        if whole or not given.group(2):
            value = line[given.end() :] if whole else _expression(line, given.end())
            if not _is_taken(value):
                yield value
    if _COMPARED.search(line, max(0, begin - FARTHEST), begin) is not None or begin > FARTHEST:
        yield line[:begin]


def _is_inside(line: str, begin: int) -> bool:
    """Whether a bracket stands before the name, so that it is no target of the line's assignment."""
    return any(mark in line[:begin] for mark in _OPENING)


def _is_one_of_several(line: str, begin: int) -> bool:
    """Whether a name with a comma behind it may be a target, or the key in `d.get(key, default)`."""
    ahead = line[:begin].rstrip(" \t\fbrBRuU")
    is_looked_up = line[begin] == QUOTE and ahead.endswith("(") and ahead[:-1].rstrip(" \t\f)").endswith(_LOOKS_UP)
    return is_looked_up or line.lstrip()[:1] in {"(", "["} or not _is_inside(line, begin)


def _expression(line: str, place: int) -> str:
    """The code up to the comma or closing bracket that ends an expression; to the end of the line where it is long."""
    depth = 0
    for at in range(place, min(len(line), place + FARTHEST)):
        mark = line[at]
        if mark in _OPENING:
            depth += 1
        elif mark == FORMATTED_QUOTE:
            break  # Its text may hold brackets.
        elif mark in _CLOSING or mark == ",":
            if depth == 0:
                return line[place:at]
            depth -= mark != ","
    return line[place:]


def _is_taken(code: str) -> bool:
    """Whether an expression is a name with what is called and taken out of it: no string in it is its value."""
    found = _IDENTIFIER.match(code)
    while found is not None:
        place = place_after(code, found.end())
        while code[place : place + 1] in {"(", "["}:
            behind = bounds(code, place)[1]
            if behind is None:
                return False
            place = place_after(code, behind)
        if place == len(code):
            return True
        found = _IDENTIFIER.match(code, place + 1) if code[place] == "." else None
    return False


def _value_may(name: str, code: str, glance: Glance) -> bool:
    if _FOLDED.search(code):
        return True
    return any(
        _is_hardcoded(name, text)
        for found in _STRING.finditer(code)
        for text in readings(_string(glance, int(found.group(1))))
    )


def _string(glance: Glance, number: int) -> str:
    return glance.string(number) or ""


@lru_cache(maxsize=65_536)
def _is_hardcoded(name: str, text: str) -> bool:
    return is_hardcoded(name, text)
