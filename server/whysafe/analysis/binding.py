"""Whether the code of a text can bind a name, and which names its function takes: told without a tree."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from whysafe.analysis.arguments import bounds
from whysafe.analysis.glance import FORMATTED_QUOTE
from whysafe.analysis.standing import before, occurrences, place_after
from whysafe.semantics.resolver import STAR

LONGEST_LINE: Final = 2_000
"""How far a name may stand from the start of its logical line; beyond, it may be anything."""
_OPENING, _CLOSING = "([{", ")]}"
_BINDING_WORDS = re.compile(r"\b(?:import|from|for|as|def|class|global|nonlocal|case|type)\b")
_FROM = re.compile(r"(?:^|[;:])[ \t\f]*from[ \t\f]*\Z")
_TARGET = re.compile(r"(=(?!=)|(?:[-+*/%&|^@]|//|\*\*|<<|>>)=)|([,)\]])|:")
_STAR_IMPORT = re.compile(r"\bimport[ \t\f]*\*")


def may_bind(code: str, name: str, start: int = 0) -> bool:
    """Whether code, as a `Glance` has it, may bind a name from an offset on; certain where the answer is no."""
    if name == STAR:
        return _STAR_IMPORT.search(code) is not None
    return any(may_be_bound(code, begin, begin + len(name)) for begin in occurrences(code, name) if begin >= start)


def line_before(code: str, begin: int) -> str | None:
    """What stands before a place of the code on its logical line; None where that is too much."""
    start = code.rfind("\n", max(0, begin - LONGEST_LINE), begin) + 1
    return None if begin - start > LONGEST_LINE or (not start and begin > LONGEST_LINE) else code[start:begin]


def may_be_bound(code: str, begin: int, end: int) -> bool:
    """Whether the word at a place of the code may be bound there."""
    if before(code, begin) == ".":
        return False
    ahead = line_before(code, begin)
    if ahead is None or FORMATTED_QUOTE in ahead:
        return True
    if _BINDING_WORDS.search(ahead):
        return _FROM.search(ahead) is None
    place = place_after(code, end)
    if code.startswith(":=", place):
        return True
    found = _TARGET.match(code, place)
    if found is None:
        return False
    if found.group(2):  # One of several targets, or one in brackets.
        rest = code[place : place + LONGEST_LINE].split("\n", 1)[0]
        if len(rest) < LONGEST_LINE and "=" not in rest and ":" not in rest:
            return False
    elif not found.group(1) and ahead.rstrip()[-1:] not in {"", ";", ":"}:
        return False
    return not is_argument(ahead)


def is_argument(ahead: str) -> bool:
    """Whether the place behind a part of a logical line is inside the arguments of a call, a subscript or a display."""
    depth = 0
    for at in range(len(ahead) - 1, -1, -1):
        mark = ahead[at]
        if mark in _CLOSING:
            depth += 1
        elif mark in _OPENING:
            if depth:
                depth -= 1
            elif mark == "{" or _is_called(ahead[:at].rstrip()):
                return True
    return False


def _is_called(code: str) -> bool:
    """Whether a bracket behind this code belongs to it; behind these words it begins an expression of its own."""
    return code[-1:].isalnum() or code[-1:] in {"_", ")", "]"} if not code.endswith((" as", "with")) else False


_HEADER = re.compile(r"\s*(?:\n[ \t\f]*@[^\n]*)*\n([ \t\f]*)(?:async[ \t\f]+)?def[ \t\f]+\w+[ \t\f]*(?=\()")
_PARAMETER = re.compile(r"[ \t\f]*([^\W\d]\w*)[ \t\f]*(?::[^=]*)?\Z")
_BODY = re.compile(r"[ \t\f]*(?:->(?![^:\n]*\blambda\b)[\w.\[\], \t\f|\0]*)?:")


@lru_cache(maxsize=256)
def parameters(code: str) -> tuple[frozenset[str], int]:
    """The parameters without a default of the function that is all of the code, and where its body begins.

    None of them where the code is anything else, or cannot be told from that.
    """
    header = _HEADER.match(code)
    if header is None:
        return frozenset(), 0
    starts, end = bounds(code, header.end())
    body = _BODY.match(code, end) if end is not None else None
    if end is None or body is None or re.compile(rf"\n(?!{re.escape(header.group(1))}[ \t\f])").search(code, end):
        return frozenset(), 0
    parts = (code[begin : after - 1] for begin, after in zip(starts, [*starts[1:], end], strict=True))
    found = (_PARAMETER.match(part) for part in parts)
    return frozenset(parameter.group(1) for parameter in found if parameter is not None), body.end()


def is_parameter(code: str, name: str) -> bool:
    """Whether a name stands for a parameter without a default wherever the code of a text has it as a name."""
    names, body = parameters(code)
    if name not in names or re.search(r"\bglobal\b", code):
        return False
    return sum(begin < body for begin in occurrences(code, name)) == 1
