"""Which line of code does a justification stand above? Decided by lines and comments alone; loads no libcst."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from whysafe.justifications.comment import Block

_BLANKS = " \t\f"


def attached_line(block: Block, lines: Sequence[str], comment_lines: Collection[int]) -> int | None:
    """The line of the code that the block covers, None where a blank line or another indentation detaches it.

    `lines` are those of the document, with or without their ends; `comment_lines` are the numbers of those that hold
    nothing but a comment. Other blocks, pragmas and prose may stand between the block and its code.
    """
    if block.trailing:
        return block.span.start.line
    line = block.span.end.line + 1
    while line in comment_lines and line < len(lines):
        line += 1
    if line >= len(lines) or not lines[line].strip(_BLANKS + "\r\n"):
        return None
    return line if indentation(lines[line]) == indentation(lines[block.span.start.line]) else None


def indentation(line: str) -> str:
    """The blanks and tabs that a line begins with; a form feed among them, or a byte order mark, is no indentation."""
    line = line.removeprefix("\ufeff")
    return line[: len(line) - len(line.lstrip(_BLANKS))].replace("\f", "")
