"""Whether a text can hold a credential beside a name for one, told without a tree."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from whysafe.analysis.glance import FORMATTED_QUOTE, QUOTE
from whysafe.rules.secret_names import is_hardcoded, kind_of

if TYPE_CHECKING:
    from whysafe.analysis.glance import Glance

_PART: Final = re.compile(rf"{QUOTE}([0-9]+){QUOTE}|[^\W\d]\w*")
_MOST_PAIRS: Final = 20_000
_FOLDED: Final = re.compile(
    # Two literals that Python makes one of: side by side, or on both sides of an operator.
    rf"{QUOTE}[ \t\f]*(?:\w{{0,2}}[{QUOTE}{FORMATTED_QUOTE}]"
    rf"|[+%*][ \t\f(]*(?:\w{{0,2}}{QUOTE}|[0-9]|True\b|False\b|None\b))"
    rf"|[0-9)][ \t\f]*\*[ \t\f(]*\w{{0,2}}{QUOTE}"
    # An f-string whose first field does not begin with a name may be a constant.
    rf"|{FORMATTED_QUOTE}(?![^{{\n]*\{{[ \t\f]*(?!(?:True|False|None)\b)[^\W\d]\w*(?![\w{QUOTE}{FORMATTED_QUOTE}]))"
)
"""What can be a constant without being a single plain string."""


def may_hold_credential(glance: Glance) -> bool:
    """Whether a logical line has a name for a credential and a literal that can be one; certain where it has not."""
    names = {word for word in (*glance.words, *glance.strings, "auth") if _names_a_credential(word)}
    if names == {"auth"} and "auth" not in glance.words:
        return False
    return any(QUOTE in line or FORMATTED_QUOTE in line for line in glance.code.split("\n")) and any(
        _line_may(line, glance, names) for line in glance.code.split("\n")
    )


def _line_may(line: str, glance: Glance, names: set[str]) -> bool:
    if QUOTE not in line and FORMATTED_QUOTE not in line:
        return False
    here: set[str] = set()
    texts: set[str] = set()
    for found in _PART.finditer(line):
        number = found.group(1)
        text = found.group() if number is None else _string(glance, int(number))
        if text in names:
            here.add("password" if text == "auth" else text)
        if number is not None:
            texts.update(_values(text))
    if not here:
        return False
    if _FOLDED.search(line) or len(here) * len(texts) > _MOST_PAIRS:
        return True
    return any(_is_hardcoded(name, text) for name in here for text in texts)


def _string(glance: Glance, number: int) -> str:
    return glance.strings[number] if number < len(glance.strings) else ""


def _values(raw: str) -> tuple[str, ...]:
    """What a string can be whose prefix is not known: its text as it stands, or with its escapes carried out."""
    if "\\" not in raw:
        return (raw,)
    try:
        return raw, ast.literal_eval('"""' + raw.replace('"', '\\"') + '"""')
    except (ValueError, SyntaxError):
        return (raw,)


@lru_cache(maxsize=65_536)
def _names_a_credential(name: str) -> bool:
    return name == "auth" or kind_of(name) is not None


@lru_cache(maxsize=65_536)
def _is_hardcoded(name: str, text: str) -> bool:
    return is_hardcoded(name, text)
