"""The comments of a text, as a layer of its own: no tree is needed, and broken text has comments too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from whysafe.syntax.lexer import COMMENT, scan
from whysafe.syntax.source import line_starts

_REMARK: Final = re.compile(r"#[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment at a line (from 0) and column (code points, from 0), from its '#' up to the line end."""

    line: int
    column: int
    text: str
    own_line: bool  # nothing but blanks stands before it


def remarks(text: str) -> str:
    """All that stands behind a '#' on its line: the comments of a text, and perhaps parts of strings, one a line."""
    return "\n".join(_REMARK.findall(text)) if "#" in text else ""


def comments(text: str) -> tuple[Comment, ...]:
    """The comments of `text` in source order; a '#' within a string is none. Linear, and never raises."""
    if "#" not in text:
        return ()
    starts = line_starts(text)
    found: list[Comment] = []
    line = 0
    for kind, begin, end in scan(text):
        if kind == COMMENT:
            while line + 1 < len(starts) and starts[line + 1] <= begin:
                line += 1
            own_line = not text[starts[line] : begin].strip(" \t\f\ufeff")
            found.append(Comment(line, begin - starts[line], text[begin:end], own_line))
    return tuple(found)
