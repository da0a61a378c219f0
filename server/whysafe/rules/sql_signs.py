"""Whether a statement that a text runs can be put together from parts, told without a tree.

Known text is mixed with unknown one by an operator, an f-string or a method of texts. What comes out of an attribute,
another call or a parameter is unknown as a whole, and no finding.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from whysafe.analysis.arguments import arguments, bounds, takes
from whysafe.analysis.binding import is_parameter, may_be_bound, parameters
from whysafe.analysis.glance import QUOTE
from whysafe.analysis.standing import after, occurrences

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from whysafe.analysis.standing import Sign

DEEPEST: Final = 5
"""How many steps an expression is followed before it counts as put together."""
_LITERALS: Final = re.compile(rf"[ \t\f]*(?:\w{{0,2}}{QUOTE}[0-9]+{QUOTE}[ \t\f]*)+\Z")
_PATH: Final = re.compile(r"[ \t\f]*([^\W\d]\w*)((?:\.\w+)*)[ \t\f]*")
_FURTHER_SCOPE: Final = re.compile(r"\b(?:def|class|lambda|global)\b")
_GIVEN: Final = re.compile(r"[ \t\f]*=(?!=)([^\n;]*)")


def runs_formatted_text(keywords: Collection[str], methods_of_texts: Collection[str]) -> Sign:
    """The sign that a function is passed on, or called with a statement that may be put together from parts.

    Args:
        keywords: the keywords that the statement may have where it is not the first argument.
        methods_of_texts: what makes a text out of the one that it is called on.
    """

    def may_be_formatted(code: str, part: str, depth: int) -> bool:
        if _LITERALS.match(part):
            return False
        path = _PATH.match(part)
        if path is None or depth > DEEPEST:
            return True
        name, attributes = path.groups()
        if path.end() == len(part):
            return not attributes and _name_may(code, name, lambda found: may_be_formatted(code, found, depth + 1))
        if (attributes.rpartition(".")[2] or name) in methods_of_texts or part[path.end()] != "(":
            return True
        inner = arguments(part, path.end())
        closes = inner is not None and bounds(part, path.end())[1] == len(part.rstrip())
        # What wraps a text, such as `sqlalchemy.text`, gives it back.
        return not closes or any(may_be_formatted(code, argument.code, depth + 1) for argument in (inner or ())[:1])

    return takes(0, *keywords, may=lambda glance, part: may_be_formatted(glance.code, part, 0))


def _name_may(code: str, name: str, formatted: Callable[[str], bool]) -> bool:
    """Whether what a name is given in the function that is all of the code may be put together from parts.

    Yes for a name of another scope.
    """
    body = parameters(code)[1]
    if not body or _FURTHER_SCOPE.search(code, body):
        return True
    own = is_parameter(code, name)
    for begin in occurrences(code, name):
        if begin < body or not may_be_bound(code, begin, begin + len(name)):
            continue
        ahead = code[code.rfind("\n", 0, begin) + 1 : begin].strip(" \t\f")
        given = _GIVEN.match(code, begin + len(name))
        iterated = ahead == "for" and after(code, begin + len(name)) == "i"
        if not iterated and (ahead or given is None or formatted(given.group(1))):
            return True
        own = True
    return not own
