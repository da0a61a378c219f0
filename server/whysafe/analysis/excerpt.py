"""A piece without the statements that do not matter for a rule which looks at single statements.

Most of what such a rule finds stands in functions of many lines, of which it needs a few. What is left stands where it
stood, so that its places are those of the piece.
"""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Final, NamedTuple

from whysafe.analysis.binding import may_bind
from whysafe.analysis.glance import Glance
from whysafe.semantics.resolver import STAR
from whysafe.syntax.graft import is_unusual
from whysafe.syntax.outline import CLOSING, CONTINUATION, FAR
from whysafe.syntax.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from whysafe.syntax.outline import Outline

FEWEST_LINES: Final = 12
"""A shorter piece costs no more than its excerpt."""

_KEYWORDS: Final = frozenset(keyword.kwlist)
MOST_KEPT: Final = 0.7
"""An excerpt is worth its making where no greater part of the lines stays."""
_NOTHING: Final = "0\n"
"""Stands for a block that is left out; `pass` would mean something to a rule."""


def excerpt(text: str, lines: Outline, words: AbstractSet[str], named: AbstractSet[str]) -> str | None:
    """The text of a piece with nothing but its logical lines that hold one of the words, and what these stand in.

    What is left out becomes blank lines. The lines with a word of `named` mean what they mean in the piece: None where
    something that is left out could give a name in them a meaning. None also where little would be left out, and where
    statements cannot be told by their columns. `lines` are the logical lines of the text.
    """
    if not lines.starts or lines.torn or FAR in lines.columns or CLOSING in lines.kinds or is_unusual(text):
        return None
    ends = [*lines.starts[1:], len(text)]
    parts = [text[start:end] for start, end in zip(lines.starts, ends, strict=True)]
    held = [words_of(part) for part in parts]
    nesting = _nesting(lines)
    kept = _kept(lines, nesting, [index for index, each in enumerate(held) if not words.isdisjoint(each)])
    if len(kept) > len(parts) * MOST_KEPT:
        return None
    names: AbstractSet[str] = {
        name for part, each in zip(parts, held, strict=True) if named & each for name in _names(part)
    }
    left_out = (index for index in range(len(parts)) if index not in kept)
    if names and any(_may_bind(parts[index], names & held[index]) for index in left_out):
        return None
    opened = {nesting[index].outer for index in kept}
    shown = ["\n" * text.count("\n", 0, lines.starts[0])]
    for index, part in enumerate(parts):
        outer = nesting[index].outer
        if index in kept:
            shown.append(part)
        elif outer in kept and outer not in opened and index == outer + 1:
            shown += (" " * lines.columns[index], _NOTHING, "\n" * (part.count("\n") - 1))
        else:
            shown.append("\n" * part.count("\n"))
    return "".join(shown)


def _names(line: str) -> AbstractSet[str]:
    """The names in a logical line, perhaps with others; not the words of its comments and plain strings."""
    return words_of(Glance(line, frozenset()).code) - _KEYWORDS


def _may_bind(line: str, names: AbstractSet[str]) -> bool:
    """Whether a logical line may give one of the names a meaning."""
    if not names and STAR not in line:
        return False
    code = Glance(line, frozenset()).code
    return any(may_bind(code, name) for name in (STAR, *names))


class _Nested(NamedTuple):
    """The line that opens the block of a line, and the clauses before and after it; -1 where there is none."""

    outer: int
    before: int
    after: int


def _nesting(lines: Outline) -> list[_Nested]:
    found: list[_Nested] = []
    around: list[int] = []
    columns = lines.columns
    for index, (column, kind) in enumerate(zip(columns, lines.kinds, strict=True)):
        while around and columns[around[-1]] > column:
            around.pop()
        before = -1
        if around and columns[around[-1]] == column:
            previous = around.pop()
            if kind == CONTINUATION:
                before = previous
                found[before] = found[before]._replace(after=index)
        found.append(_Nested(around[-1] if around else -1, before, -1))
        around.append(index)
    return found


def _kept(lines: Outline, nesting: Sequence[_Nested], wanted: Sequence[int]) -> set[int]:
    """The wanted lines with the blocks that they open, and all clauses of what they stand in."""
    kept: set[int] = set()
    todo: list[int] = []
    behind = 0
    for index in wanted:
        if index >= behind:
            behind = index + 1
            while behind < len(lines.starts) and lines.columns[behind] > lines.columns[index]:
                behind += 1
            todo.extend(range(index, behind))
    while todo:
        index = todo.pop()
        if index >= 0 and index not in kept:
            kept.add(index)
            todo += nesting[index]
    return kept
