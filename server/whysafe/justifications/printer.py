"""How a justification is written as comment lines; what is written reads back as it was; loads no libcst."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whysafe.justifications.comment import Refused, parse_blocks
from whysafe.justifications.foreign import foreign_word, is_cookie, reworded
from whysafe.justifications.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whysafe.justifications.comment import Block

_TAB = 8
_SHORTEST = 20


def print_block(block: Block, indent: str, width: int, first_line: int = 2) -> tuple[str, ...]:
    """The lines of the block, without line ends, each beginning with `indent`.

    Lines are wrapped at `width` columns as far as the words allow. `first_line` is the line of the document on which
    the block will begin: on lines 0 and 1 Python reads encoding declarations from comments.

    Raises:
        Refused: The block cannot be written so that it reads back, or would be an order to another tool.
    """
    _check_characters(block)
    reason = " ".join(part for part in block.reason.split(" ") if part)
    if not reason:
        raise Refused("The reason is empty; say why this code may stay as it is.")
    if block.decision is None or not block.ids or block.problems:
        raise Refused("The block is incomplete; it needs the rule's name, a decision and a reason.")
    word = foreign_word(f"{' '.join(block.ids)} {reason} {block.who} {block.ref} {block.ok_by}")
    if word:
        advice = f" For example: {reworded(reason)}" if len(reason) <= 200 and foreign_word(reason) else ""
        raise Refused(f"{quoted(word)} is an order to another tool; say it in other words.{advice}")
    head = f"# justified[{', '.join(block.ids)}] {block.decision.value}: "
    columns = columns_at(indent, width)
    lines = [*_wrapped(head, reason, columns), *sign_lines(block, columns)]
    _check_reading(replace(block, reason=reason), lines)
    for number, line in enumerate(lines, start=first_line):
        if number < 2 and is_cookie(line):
            advice = "write `coding` without the colon or equals sign behind it."
            raise Refused(f"Python would read this comment as a declaration of the file's encoding; {advice}")
    return tuple(indent + line for line in lines)


def columns_at(indent: str, width: int) -> int:
    """How many columns a comment may take behind an indentation, where lines are `width` columns long."""
    return max(width - _columns(indent), _SHORTEST)


def sign_lines(block: Block, columns: int) -> tuple[str, ...]:
    """The signature, without indentation; no lines where the block has nothing to say there.

    It is wrapped at `columns` behind a comma. Name and date stay together: a date alone looks like commented-out code.
    """
    fields = (
        ("for ", block.program_type),
        ("review by ", block.review_by or block.unreadable_review),
        ("ref ", block.ref),
        ("ok by ", block.ok_by),
        ("code ", block.code),
    )
    written = [f"{name}{value}" for name, value in fields if value is not None]
    signer = ", ".join(str(value) for value in (block.who, block.date) if value is not None)
    if signer:
        written.insert(0, signer)
    return tuple(_signed(written, columns)) if written else ()


def _signed(written: Sequence[str], columns: int) -> Iterator[str]:
    line = f"#   -- {written[0]}"
    for number, part in enumerate(written[1:], start=2):
        comma = int(number < len(written))
        if _columns(line) + 2 + _columns(part) + comma > columns:
            yield f"{line},"
            line = f"#   {part}"
        else:
            line = f"{line}, {part}"
    yield line


@dataclass(frozen=True, slots=True)
class _Line:
    """A comment line on its own, as the parser wants it."""

    line: int
    column: int
    text: str
    own_line: bool = True


def _wrapped(head: str, reason: str, columns: int) -> Iterator[str]:
    """The head and the reason behind it, broken between words."""
    line, used = head, _columns(head)
    begun = False
    for chunk in _chunks(reason):
        size = _columns(chunk)
        if not begun and used + size > columns and not _needs_company(chunk):
            yield head.rstrip(" ")
            line, used = "#   ", 4
        if begun and used + 1 + size > columns:
            yield line
            line, used = "#   " + chunk, 4 + size
        elif begun:
            line, used = f"{line} {chunk}", used + 1 + size
        else:
            line, used, begun = line + chunk, used + size, True
    yield line


def _chunks(reason: str) -> Iterator[str]:
    """Words, each with those behind it that may not begin a line: dashes sign, and `justified` would open a block."""
    words: list[str] = []
    for word in reason.split(" "):
        if words and not _needs_company(word):
            yield " ".join(words)
            words = []
        words.append(word)
    yield " ".join(words)


def _needs_company(text: str) -> bool:
    """Whether a text may not begin a line of its own."""
    return text.startswith("--") or text.lower().startswith(("justif", "justfied"))


def _columns(text: str) -> int:
    """How many columns a text takes: wide characters two, tabs as if none were shorter than eight."""
    if text.isascii():
        return len(text) + (_TAB - 1) * text.count("\t")
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


# What turns the direction of writing can make a comment read otherwise than it is (CVE-2021-42574).
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _check_characters(block: Block) -> None:
    for text in (block.reason, block.who, block.ref, block.ok_by, block.program_type, block.code, *block.ids):
        for character in text or "":
            if character in _TURNING or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
                name = unicodedata.name(character, "no printable character")
                message = f"U+{ord(character):04X} ({name.lower()}) cannot stand in a justification; remove it."
                raise Refused(message)


def _check_reading(block: Block, lines: list[str]) -> None:
    comments = [_Line(number, 0, text) for number, text in enumerate(lines)]
    read = parse_blocks(comments)  # type: ignore[arg-type]  # it reads these four attributes only
    if len(read) != 1 or replace(read[0], span=block.span, trailing=block.trailing) != block:
        raise Refused(
            "This cannot be written as a justification that reads back: look for commas in names, "
            "brackets in rule names, and field words such as `for` or `ref` where a name belongs."
        )
