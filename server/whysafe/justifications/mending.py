"""The edits that mend a justification without deciding anything: names, words, dates and places; loads no libcst."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from whysafe.justifications.attach import indentation
from whysafe.justifications.comment import Decision, Refused, continues, parse_blocks, sign_start
from whysafe.justifications.faults import placeholder
from whysafe.justifications.printer import print_block
from whysafe.justifications.signature import correct_field
from whysafe.justifications.wording import nearest, quoted
from whysafe.justifications.writer import above, line_end, place_above, remove
from whysafe.syntax.comments import Comment
from whysafe.syntax.position import Edit, Position, Span

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from whysafe.justifications.comment import Block

_HEAD = re.compile(
    r"#[ \t]*justif\w*[ \t]*[\[({](?P<ids>[^\])}:]*)[\])}]?[ \t]*(?P<decision>[\w-]*)[ \t]*:?[ \t]*(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)
_SIGN = re.compile(r"#[ \t]*--[ \t]*(?P<text>.*)", re.DOTALL)
_REVIEW = re.compile(r"\breview by[ \t]+[^,\r\n]*")


def rename(block: Block, lines: Sequence[str], name: str, instead: str) -> tuple[Edit, ...]:
    """Write another rule name in the brackets; no edits where the name is not found there."""
    line = block.span.start.line
    text = lines[line]
    opening = text.find("[", block.span.start.column)
    found = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])").search(
        text, max(opening, 0), _closing(text, opening)
    )
    if opening < 0 or found is None:
        return ()
    return (Edit(Span(Position(line, found.start()), Position(line, found.end())), instead),)


def drop(block: Block, lines: Sequence[str], ids: Sequence[str]) -> tuple[Edit, ...]:
    """Take names out of the brackets; the whole block goes where none is left."""
    left = [name for name in block.ids if name not in ids]
    line = block.span.start.line
    opening = lines[line].find("[", block.span.start.column)
    closing = _closing(lines[line], opening)
    if not left:
        return (remove(block, lines),)
    if opening < 0 or closing == len(lines[line]):
        return ()
    return (Edit(Span(Position(line, opening + 1), Position(line, closing)), ", ".join(left)),)


def _closing(text: str, opening: int) -> int:
    closing = text.find("]", max(opening, 0))
    return len(text) if closing < 0 else closing


def shorten(block: Block, lines: Sequence[str], latest: dt.date) -> tuple[Edit, ...]:
    """Write an earlier review date. Raises Refused where the sign line is not found."""
    first = block.span.end.line if block.trailing else sign_start(block, lines)
    start = block.span.start.column if block.trailing else 0
    for line in () if first is None else range(first, block.span.end.line + 1):
        found = _REVIEW.search(lines[line], start)
        if found is not None:
            return (Edit(Span(Position(line, found.start()), Position(line, found.end())), f"review by {latest}"),)
    raise Refused("There is no review date in the signature of this justification.")


def unwritten(block: Block, lines: Sequence[str]) -> Span:
    """What a person has still to write in a block: its reason from a placeholder on, its ticket, or else its reason.

    The span is on one line; it is empty where nothing stands there yet.
    """
    reason = list(_reason_on_lines(block, lines))
    for place in reason:
        found = placeholder(lines[place.start.line][place.start.column : place.end.column])
        if found is not None:
            return Span(Position(place.start.line, place.start.column + found.start()), place.end)
    for number in range(block.span.start.line, block.span.end.line + 1):
        ref = _REF.search(lines[number])
        if ref is not None and placeholder(ref["ref"]):
            return Span(Position(number, ref.start("ref")), Position(number, ref.end("ref")))
    return next((place for place in reason if place.start != place.end), reason[0])


_REF = re.compile(r"(?:^[ \t\f]*#[ \t]+|,[ \t]*)ref[ \t]+(?P<ref>[^\s,]+)")
_HEADING = re.compile(r"#[ \t]*justif\w*[ \t]*\[[^\]]*\][^:]*:[ \t]*", re.IGNORECASE)
_INDENTED = re.compile(r"[ \t\f]*#[ \t]*")


def _reason_on_lines(block: Block, lines: Sequence[str]) -> Iterator[Span]:
    """Where the reason stands, line by line; at least on the first one."""
    first = block.span.start
    signed = first.line + 1 if block.trailing else sign_start(block, lines)
    for number in range(first.line, block.span.end.line + 1 if signed is None else signed):
        end = block.span.end.column if block.trailing else len(lines[number].rstrip())
        start = _HEADING.match(lines[number], first.column) if number == first.line else _INDENTED.match(lines[number])
        column = end if start is None else min(start.end(), end)
        yield Span(Position(number, column), Position(number, end))


def add_ticket(block: Block, lines: Sequence[str]) -> tuple[Edit, ...]:
    """A ticket to be filled in, in the signature; no edits where there is no signature of its own lines."""
    first = None if block.trailing else sign_start(block, lines)
    if first is None:
        return ()
    for number in range(first, block.span.end.line + 1):
        below = _BELOW_REF.search(lines[number])
        if below is not None:
            place = Position(number, below.start("field"))
            return (Edit(Span(place, place), "ref TODO, "),)
    end = Position(block.span.end.line, len(lines[block.span.end.line].rstrip()))
    return (Edit(Span(end, end), ", ref TODO"),)


# The fields that stand behind the ticket.
_BELOW_REF = re.compile(r"(?:^[ \t\f]*#[ \t]+|,[ \t]*)(?P<field>(?:ok by|code)\b)")


def repair(block: Block, lines: Sequence[str]) -> tuple[Edit, ...]:
    """Correct what is plainly a slip of the pen in a malformed block; no edits where that does not make it readable."""
    if block.trailing or not block.problems:
        return ()
    first = block.span.start
    mended: list[Comment] = []
    edits: list[Edit] = []
    signed = False
    for number in range(first.line, block.span.end.line + 1):
        line = lines[number].rstrip("\r\n")
        column = first.column if number == first.line else len(line) - len(line.lstrip(" \t\f"))
        text = line[column:]
        signed = signed and continues(mended[-1].text, text)
        if number == first.line:
            better = _mended_head(text)
        elif signed:
            better = "#   " + _mended_fields(text[1:])
        else:
            better = _mended_line(text)
            signed = _SIGN.fullmatch(text) is not None
        if signed and number == block.span.end.line:
            better = better.rstrip(" ,")
        mended.append(Comment(number, first.column, better, own_line=True))
        if better != text:
            edits.append(Edit(Span(Position(number, column), Position(number, len(line))), better))
    read = parse_blocks(mended)
    return tuple(edits) if len(read) == 1 and not read[0].problems else ()


def _mended_head(text: str) -> str:
    head = _HEAD.fullmatch(text)
    if head is None:
        return text
    words = [decision.value for decision in Decision]
    decision = head["decision"] if head["decision"] in words else _SYNONYMS.get(head["decision"].lower())
    decision = decision or nearest(head["decision"], words)
    if decision is None:
        return text
    ids = ", ".join(name for name in re.split(r"[\s,]+", head["ids"]) if name)
    return f"# justified[{ids}] {decision}: {head['text']}"


_SYNONYMS: Mapping[str, str] = {"false-positive": "false-alarm", "wontfix": "accepted", "later": "deferred"}


def _mended_line(text: str) -> str:
    sign = _SIGN.fullmatch(text)
    if sign is None:
        return text if text.startswith("#  ") else f"#   {text[1:].lstrip()}"
    who, comma, fields = sign["text"].partition(",")
    return f"#   -- {who.strip()}{comma}{' ' * bool(fields.strip())}{_mended_fields(fields)}"


def _mended_fields(text: str) -> str:
    """The fields of a signature, spelled as they are plainly meant; a comma at the end goes on in the next line."""
    return ", ".join(correct_field(part.strip()) for part in text.split(",")).rstrip()


def attach(block: Block, lines: Sequence[str], comments: Mapping[int, Comment], line: int) -> tuple[Edit, ...]:
    """Move a block directly above the code on `line`, which is below it; `comments` are those on lines of their own.

    Raises:
        Refused: nothing can be written above that line.
    """
    place = place_above(line, lines, comments)
    indent = indentation(lines[line])
    texts = [lines[number].strip(" \t\f\ufeff\r\n") for number in range(block.span.start.line, block.span.end.line + 1)]
    end = line_end(lines, line)
    written = "".join(f"{indent}{text}{end}" for text in texts)
    return (remove(block, lines), Edit(Span(place, place), above(place.line, lines, end) + written))


def move_above(
    block: Block, lines: Sequence[str], comments: Mapping[int, Comment], line: int, width: int
) -> tuple[Edit, ...]:
    """Write the one-line form behind code as lines above the code that begins on `line`.

    Raises:
        Refused: it cannot be read, or nothing can be written there.
    """
    if block.problems:
        raise Refused(f"This justification cannot be read as it is: {block.problems[0]}")
    place = place_above(line, lines, comments)
    printed = print_block(replace(block, trailing=False), indentation(lines[line]), width, first_line=place.line)
    end = line_end(lines, line)
    written = "".join(text + end for text in printed)
    return (Edit(Span(place, place), above(place.line, lines, end) + written), remove(block, lines))


def next_code(block: Block, lines: Sequence[str], comments: Mapping[int, Comment]) -> int:
    """The line below a block that holds more than a comment. Raises Refused at the end of the text."""
    line = block.span.end.line + 1
    while line < len(lines) and (line in comments or not lines[line].strip(" \t\f\r\n")):
        line += 1
    if line >= len(lines):
        raise Refused(f"There is no code below this justification of {quoted(', '.join(block.ids))}; remove it.")
    return line
