"""The arguments of a call as the code of a text shows them, and signs that are about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from whysafe.analysis.glance import FORMATTED_QUOTE, QUOTE
from whysafe.analysis.standing import after, is_used, occurrences, place_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from whysafe.analysis.glance import Glance
    from whysafe.analysis.standing import Sign

FARTHEST: Final = 2_000
"""How many characters are read to find the end of an argument, and how many before a call."""
_MARK: Final = re.compile(rf"[(\[{{)\]}},{FORMATTED_QUOTE}]")
_KEYWORD: Final = re.compile(r"[ \t\f]*([^\W\d]\w*)[ \t\f]*=(?!=)")
_LITERAL: Final = re.compile(rf"[ \t\f]*\w{{0,2}}{QUOTE}([0-9]+){QUOTE}[ \t\f]*\Z")


class Written(NamedTuple):
    """An argument: its keyword, empty where it has none, and the code of its value."""

    keyword: str
    code: str


def bounds(code: str, place: int) -> tuple[list[int], int | None]:
    """Where the arguments of a call begin whose bracket opens at `place`, and what is behind it.

    None where that is not certain: too long, or with an f-string, whose text may hold brackets.
    """
    starts: list[int] = []
    depth = 0
    for found in _MARK.finditer(code, place, place + FARTHEST):
        mark = found.group()
        if mark in "([{":
            depth += 1
            if depth == 1:
                starts.append(found.end())
        elif mark in ")]}":
            depth -= 1
            if depth == 0:
                return starts, found.end()
        elif mark == FORMATTED_QUOTE:
            break
        elif depth == 1:
            starts.append(found.end())
    return starts, None


def arguments(code: str, place: int) -> tuple[Written, ...] | None:
    """The arguments of a call whose bracket opens at `place`; None where they are not certain.

    They are not where one is starred, and where an f-string comes before: the call may stand in its text.
    """
    start = code.rfind("\n", max(0, place - FARTHEST), place) + 1
    if FORMATTED_QUOTE in code[start or max(0, place - FARTHEST) : place] or (not start and place > FARTHEST):
        return None
    starts, end = bounds(code, place)
    if end is None:
        return None
    parts = [code[begin : after_it - 1] for begin, after_it in zip(starts, [*starts[1:], end], strict=True)]
    found: list[Written] = []
    for part in parts if parts[-1].strip() else parts[:-1]:
        keyword = _KEYWORD.match(part)
        if keyword is None and part.lstrip().startswith("*"):
            return None
        found.append(Written("", part) if keyword is None else Written(keyword.group(1), part[keyword.end() :]))
    return tuple(found)


def _always(glance: Glance, code: str) -> bool:
    del glance, code
    return True


def takes(position: int, *keywords: str, may: Callable[[Glance, str], bool] = _always) -> Sign:
    """The sign that a function takes an argument at a position or under a keyword, or that it is passed on.

    `may` tells of the code of that argument whether it can matter; certain where it says no.
    """

    def sign(glance: Glance, word: str) -> bool:
        code = glance.code
        return any(
            is_used(code, begin, begin + len(word)) and _may_take(glance, begin + len(word))
            for begin in occurrences(code, word)
        )

    def _may_take(glance: Glance, end: int) -> bool:
        if after(glance.code, end) != "(":
            return True
        given = arguments(glance.code, place_after(glance.code, end))
        if given is None:
            return True
        positional = [argument.code for argument in given if not argument.keyword]
        chosen = positional[position : position + 1] + [code for keyword, code in given if keyword in keywords]
        return any(may(glance, code) for code in chosen)

    return sign


def literal(glance: Glance, code: str) -> str | None:
    """The text of a plain string that is all of an expression, escapes as they are written; None where it is not."""
    found = _LITERAL.match(code)
    return None if found is None else glance.string(int(found.group(1)))
