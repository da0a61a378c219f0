"""The elements of a display, a call or strings that follow one another, and what is blank around them.

What a rule writes of an expression for a fix has its comments and line breaks, so that those of a node with new
elements are the ones of its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Sequence


def elements_of(node: Any) -> Sequence[Any]:
    """The elements of a display, the arguments of a call, or the parts of a string."""
    if isinstance(node, cst.ConcatenatedString):
        return [*(link.left for link in _links(node)), _links(node)[-1].right]
    return node.args if isinstance(node, cst.Call) else node.elements


def field_of(node: cst.CSTNode) -> str:
    """The field that holds the elements of a display or call."""
    return "args" if isinstance(node, cst.Call) else "elements"


def with_elements(node: Any, first: int, last: int, parsed: Any) -> Any:
    """The node with elements of another one instead of its own from one up to and without another.

    The first element of the other node is left out, and where some of its own follow, its last one too; where the new
    ones begin and end lines, what is blank there is put together. None where that is not certain.
    """
    if isinstance(node, cst.ConcatenatedString):
        return _with_strings(node, first, last, parsed)
    old, new, changes = list(elements_of(node)), list(elements_of(parsed)), dict[str, Any]()
    if last < len(old):
        new.pop()
        new[-1] = _before(new[-1], _joined(_behind(new[-1]), _last_line(_behind(old[last - 1]))))
    elif len(new) > 1:
        changes |= _closing(node, parsed)
    else:
        return None  # What is blank behind a last element is counted to the closing bracket.
    ahead = _behind(new[0])
    if first:
        old[first - 1] = _before(old[first - 1], _joined(_behind(old[first - 1]), ahead))
    else:
        changes |= _opening(node, ahead)
    changes[field_of(node)] = [*old[:first], *new[1:], *old[last:]]
    return None if None in {*old, *new, ahead} else node.with_changes(**changes)


def _with_strings(node: Any, first: int, last: int, parsed: Any) -> Any:
    old, new, links = elements_of(node), elements_of(parsed), _links(node)
    if last == len(old):
        return None  # What is blank behind them belongs to what is around the strings.
    blanks = [link.whitespace_between for link in _links(parsed)]
    blanks[-1] = _joined(blanks[-1], _last_line(links[last - 1].whitespace_between))
    parts = [*old[:first], *new[1:-1]]
    if first:
        before = [link.whitespace_between for link in links[:first]]
        blanks = [*before[:-1], _joined(before[-1], blanks[0]), *blanks[1:]]
    else:
        blanks = blanks[1:]
    if None in blanks or not parts:
        return None
    rest = links[last] if last < len(links) else old[last]
    for part, blank in zip(reversed(parts), reversed(blanks), strict=True):
        rest = cst.ConcatenatedString(part, rest, whitespace_between=blank)
    return node.with_changes(left=rest.left, right=rest.right, whitespace_between=rest.whitespace_between)


def _links(string: Any) -> list[Any]:
    """Strings that follow one another, as the tree holds them: each with all that follow it."""
    found: list[Any] = []
    while isinstance(string, cst.ConcatenatedString):
        found.append(string)
        string = string.right
    return found


def _behind(element: Any) -> Any:
    """What is blank, or a comment, behind the comma of an element."""
    comma = None if element is None else element.comma
    return comma.whitespace_after if isinstance(comma, cst.Comma) else None


def _before(element: Any, blank: Any) -> Any:
    """The element with something else that is blank behind its comma."""
    return None if blank is None else element.with_changes(comma=element.comma.with_changes(whitespace_after=blank))


def _joined(end: Any, beginning: Any) -> Any:
    """What ends a line as one, and goes on with the further lines of another; None where they are not on two lines."""
    if not isinstance(end, cst.ParenthesizedWhitespace) or not isinstance(beginning, cst.ParenthesizedWhitespace):
        return None
    lines = [*end.empty_lines, *beginning.empty_lines]
    return end.with_changes(empty_lines=lines, indent=beginning.indent, last_line=beginning.last_line)


def _last_line(blank: Any) -> Any:
    """What is blank without its lines but for the last one."""
    return blank.with_changes(empty_lines=[]) if isinstance(blank, cst.ParenthesizedWhitespace) else None


def _opening(node: Any, blank: Any) -> dict[str, Any]:
    """The change by which something else is blank between the opening bracket of a node and its first element."""
    if isinstance(node, cst.Call):
        return {"whitespace_before_args": blank}
    if isinstance(node, cst.Tuple):
        return {"lpar": [*node.lpar[:-1], node.lpar[-1].with_changes(whitespace_after=blank)]}
    name = "lbracket" if isinstance(node, cst.List) else "lbrace"
    return {name: getattr(node, name).with_changes(whitespace_after=blank)}


def _closing(node: Any, other: Any) -> dict[str, Any]:
    """The change by which a node gets the closing bracket of another one; of a call, it belongs to the arguments."""
    if isinstance(node, cst.Call):
        return {}
    if isinstance(node, cst.Tuple):
        return {"rpar": [other.rpar[0], *node.rpar[1:]]}
    name = "rbracket" if isinstance(node, cst.List) else "rbrace"
    return {name: getattr(other, name)}
