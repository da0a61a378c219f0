"""The logical lines of a text, and what of them stays when the text is edited.

Where a logical line begins, the lexer knows nothing of what stands before. So an edit is scanned from a logical line
above it, and only until a logical line begins where one began before: all that follow are the former ones, moved.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple

from whysafe.syntax.lexer import CLOSE, LINE, OPEN, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORDINARY, DECORATOR, CONTINUATION, CLOSING = range(4)
"""By what a logical line begins with: `@`, a word that continues the statement above, or a bracket that closes."""

FAR: Final = 255

_OPENS: Final = {")": "(", "]": "[", "}": "{"}
_CONTINUES: Final = re.compile(r"(?:else|elif|except|finally)\b")


class Outline(NamedTuple):
    """The logical lines of a text in order, by offsets: each has an entry in all fields but the last one."""

    starts: list[int]
    """Where their first physical lines begin."""
    firsts: list[int]
    """Where their first characters stand that are no blanks."""
    columns: bytes
    """How many characters stand before these; `FAR` for as many or more."""
    kinds: bytes
    torn: list[int]
    """The brackets that were left open: of each logical line that does so one, the first that another kind of bracket
    closes or else the innermost."""


def outline(text: str) -> Outline:
    """The logical lines of a text, broken or not. Linear, and never raises."""
    starts: list[int] = []
    firsts: list[int] = []
    torn: list[int] = []
    for start, first in _lines(text, 0, torn):
        starts.append(start)
        firsts.append(first)
    return Outline(starts, firsts, _columns(starts, firsts), _kinds(text, firsts), torn)


class Change(NamedTuple):
    """What an edit replaces in a text, by offsets, and by how much it makes the text longer."""

    begin: int
    end: int
    more: int


class Redrawn(NamedTuple):
    """An outline after an edit, which was read anew up to and without the logical line `high`."""

    outline: Outline
    high: int
    former_high: int
    """Which logical line of the former outline stands at `high`."""


def redraw(known: Outline, low: int, change: Change, text: str, following: str) -> Redrawn | None:
    """The logical lines of an edited text from those that it had.

    None where the logical line behind the text is not certain to begin there: then this text does not end where it did.

    Args:
        known: those of the former text.
        low: the logical line to begin with, which the edit leaves where it is.
        change: what was edited in the former text.
        text: the text after the edit.
        following: the line behind the text; empty where there is none.
    """
    begin, more = known.starts[low], change.more
    starts: list[int] = []
    firsts: list[int] = []
    torn: list[int] = []
    high = len(known.starts)
    met = not following
    for start, first in _lines(text + following, begin, torn):
        if start >= len(text):
            met = start == len(text)
            break
        if start - more >= change.end:
            index = bisect_left(known.starts, start - more, low)
            if index < len(known.starts) and known.starts[index] == start - more:
                high, met = index, True
                break
        starts.append(start)
        firsts.append(first)
    if not met:
        return None
    behind = known.starts[high] if high < len(known.starts) else len(text) - more
    kept = bisect_left(known.torn, begin)
    left = bisect_left(known.torn, behind)
    after = Outline(
        [*known.starts[:low], *starts, *[start + more for start in known.starts[high:]]],
        [*known.firsts[:low], *firsts, *[first + more for first in known.firsts[high:]]],
        known.columns[:low] + _columns(starts, firsts) + known.columns[high:],
        known.kinds[:low] + _kinds(text, firsts) + known.kinds[high:],
        [*known.torn[:kept], *torn, *[bracket + more for bracket in known.torn[left:]]],
    )
    return Redrawn(after, low + len(starts), high)


def difference(before: str, after: str) -> Change:
    """The change from one text to the other in whole lines, which end with LF; it is empty where some are put in."""
    same = same_beginning(before, after)
    first = before.rfind("\n", 0, same) + 1
    behind = len(before) - same_end(before, after, first)
    more = len(after) - len(before)
    if not (_begins_line(before, behind) and _begins_line(after, behind + more)):
        behind = (before.find("\n", behind) + 1) or len(before)
    return Change(first, behind, more)


def same_beginning(before: str, after: str) -> int:
    """How many characters two texts begin with in common; found by comparing halves, quicker than one by one."""
    return _longest(min(len(before), len(after)), lambda size: before[:size] == after[:size])


def same_end(before: str, after: str, first: int) -> int:
    """How many they end with in common, behind as many as `first` at the beginning of either."""
    most = min(len(before), len(after)) - first
    return _longest(most, lambda size: before[len(before) - size :] == after[len(after) - size :])


def _begins_line(text: str, place: int) -> bool:
    return not place or text[place - 1] == "\n"


def _longest(most: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to `most` that something holds for, which holds for all smaller ones and for 0."""
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        if holds(middle):
            low = middle
        else:
            most = middle - 1
    return low


def _lines(text: str, begin: int, torn: list[int]) -> Iterator[tuple[int, int]]:
    """The starts of the logical lines from `begin` on; the brackets that they leave open are put to `torn`."""
    opened: list[int] = []
    crossed: int | None = None  # the first bracket that was closed by one of another kind
    for kind, start, end in scan(text, begin):
        if kind == OPEN:
            opened.append(start)
        elif kind == CLOSE and opened:
            closed = opened.pop()
            if crossed is None and text[closed] != _OPENS[text[start]]:
                crossed = closed
        elif kind == LINE:
            if opened:
                torn.append(opened[-1] if crossed is None else crossed)
                opened.clear()
            crossed = None
            yield start, end
    if opened:
        torn.append(opened[-1] if crossed is None else crossed)


def _columns(starts: list[int], firsts: list[int]) -> bytes:
    return bytes([min(first - start, FAR) for start, first in zip(starts, firsts, strict=True)])


def _kinds(text: str, firsts: list[int]) -> bytes:
    return bytes([_kind(text, first) for first in firsts])


def _kind(text: str, first: int) -> int:
    mark = text[first]
    if mark == "@":
        return DECORATOR
    if mark in ")]}":
        return CLOSING
    return CONTINUATION if mark in "ef" and continues(text, first) else ORDINARY


def continues(text: str, first: int) -> bool:
    """Whether a logical line begins with a word that continues the statement above it."""
    return _CONTINUES.match(text, first) is not None
