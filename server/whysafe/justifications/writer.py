"""The edits by which a justification is written, signed again or removed; loads no libcst.

Text that stands in the document is never changed, except the sign line of a block that is signed, and nothing is ever
decided for the person: what they have to say is written as a TODO, which keeps the block from counting.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whysafe.justifications.attach import attached_line, indentation
from whysafe.justifications.author import NOBODY, author
from whysafe.justifications.comment import Block, Decision, Refused, sign_start
from whysafe.justifications.foreign import is_pragma, reworded
from whysafe.justifications.policy import HORIZONS
from whysafe.justifications.printer import columns_at, print_block, sign_lines
from whysafe.justifications.wording import listed, quoted
from whysafe.syntax.position import Edit, Position, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from whysafe.analysis.finding import Severity
    from whysafe.syntax.comments import Comment

__all__ = [
    "HORIZONS", "Request", "Signing", "Written", "author", "reconfirm", "remove", "review_date", "sign", "todo",
    "write",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What shall be written above the logical line that begins on `line` of the document.

    `reason` is usually what `todo` gives. `code` is the fingerprint of the covered code, None where there is none.
    `width` is the project's line length.
    """

    line: int
    ids: tuple[str, ...]
    decision: Decision
    reason: str
    who: str = NOBODY
    today: dt.date
    review_by: dt.date | None = None
    program_type: str | None = None
    ref: str | None = None
    code: str | None = None
    width: int = 88


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs when, for which code and, where that is known, which type of program, and until when.

    `width` is the project's line length.
    """

    who: str
    today: dt.date
    code: str
    review_by: dt.date | None = None
    program_type: str | None = None
    width: int = 88


@dataclass(frozen=True, slots=True)
class Written:
    """The same insertion twice: as `edits`, and as the text of an editor's snippet, with tab stops, at their place."""

    edits: tuple[Edit, ...]
    snippet: str


def write(request: Request, lines: Sequence[str], comments: Sequence[Comment], blocks: Sequence[Block]) -> Written:
    """The insertion of a block.

    `lines` are those of the document, with their ends; `comments` and `blocks` are all of its comments and
    justifications. The block goes directly above the code, below whatever comment stands there, but above other tools'
    orders, which have to stay adjacent to the code; directly behind an import, below an empty line. It never touches
    another block.

    Raises:
        Refused: It is answered already, would not read back, or there is no safe place; the message says so.
    """
    own_lines = {comment.line: comment for comment in comments if comment.own_line}
    block = _new_block(request, _unanswered(request, lines, own_lines, blocks))
    place = place_above(request.line, lines, own_lines)
    indent = indentation(lines[request.line])
    printed = print_block(block, indent, request.width, first_line=place.line)
    end = line_end(lines, request.line)
    edit = Edit(Span(place, place), above(place.line, lines, end) + "".join(line + end for line in printed))
    signature = sign_lines(block, columns_at(indent, request.width))
    return Written((edit,), _snippet(edit.text, signature[0], block))


def todo(decision: Decision, asks: Sequence[str]) -> str:
    """The text that stands for the reason until somebody writes it: what the decision and the rules ask."""
    questions = dict.fromkeys((_QUESTIONS[decision], *asks))
    return reworded(" ".join(f"TODO {' '.join(questions)}".split()))


_QUESTIONS = {
    Decision.ACCEPTED: "Who can reach this, and why is it not fixed?",
    Decision.MITIGATED: "Which control stops this, and where is it tested?",
    Decision.DEFERRED: "What blocks the fix, and what ends the wait?",
    Decision.FALSE_ALARM: "Which premise of the rule does not hold in this code?",
}


def review_date(
    decision: Decision, severity: Severity, today: dt.date, horizons: Mapping[str, int | None] = HORIZONS
) -> dt.date | None:
    """By when the answer has to be looked at again; `horizons` are days by severity label, and for `deferred`."""
    days = horizons.get("deferred" if decision is Decision.DEFERRED else severity.label)
    return None if days is None else today + dt.timedelta(days=days)


def sign(block: Block, lines: Sequence[str], signing: Signing) -> Edit:
    """The signature under a block that lacks one or a part of it; whatever else stands on the sign line stays.

    Raises:
        Refused: The block stands behind code, or would not read back with this signature.
    """
    program_type = block.program_type or signing.program_type
    block = replace(block, program_type=program_type, review_by=block.review_by or signing.review_by)
    return _signature(block, lines, signing)


def reconfirm(block: Block, lines: Sequence[str], signing: Signing) -> Edit:
    """The signature of somebody who has checked that the reason still holds here and now.

    Name, date, review date, type of program and code are new. An `ok by` goes: the other person approved what was there
    before.

    Raises:
        Refused: As `sign`.
    """
    block = replace(block, ok_by=None, program_type=signing.program_type, review_by=signing.review_by)
    return _signature(block, lines, signing)


def remove(block: Block, lines: Sequence[str]) -> Edit:
    """The removal of a block with its lines; of the one-line form behind code, the code and other comments stay."""
    if block.trailing:
        begin = block.span.start
        before = lines[begin.line][: begin.column].rstrip(" \t\f")
        return Edit(Span(Position(begin.line, len(before)), block.span.end), "")
    start = Position(block.span.start.line, _mark(lines, block.span.start.line))
    below = block.span.end.line + 1
    if below < len(lines):
        return Edit(Span(start, Position(below, 0)), "")
    return Edit(Span(start, Position(below - 1, len(lines[below - 1]))), "")


def _new_block(request: Request, ids: tuple[str, ...]) -> Block:
    ref = request.ref
    if request.decision is Decision.DEFERRED and ref is None:
        ref = "TODO"
    here = Position(request.line, 0)
    return Block(
        span=Span(here, here),
        ids=ids,
        decision=request.decision,
        reason=request.reason,
        who=request.who,
        date=request.today,
        program_type=request.program_type,
        review_by=request.review_by,
        ref=ref,
        code=request.code,
    )


def _unanswered(
    request: Request, lines: Sequence[str], own_lines: Collection[int], blocks: Sequence[Block]
) -> tuple[str, ...]:
    """The ids of the request that no block above this line names yet."""
    standing = [block for block in blocks if attached_line(block, lines, own_lines) == request.line]
    named = {name for block in standing for name in block.ids}
    left = tuple(name for name in dict.fromkeys(request.ids) if name not in named)
    if not left:
        block = next(block for block in standing if named & set(request.ids) & set(block.ids))
        names = listed([quoted(name) for name in request.ids])
        where = f"Line {block.span.start.line + 1}"
        raise Refused(f"{where} names {names} for this code already; edit or re-confirm that block.")
    return left


def place_above(line: int, lines: Sequence[str], own_lines: Mapping[int, Comment]) -> Position:
    """Where the block goes: above the code and above the orders of other tools that stand directly above it."""
    place = line
    while place - 1 in own_lines and is_pragma(own_lines[place - 1].text):
        place -= 1
    above = lines[place - 1].rstrip("\r\n") if place > 0 else ""
    if above.endswith("\\") and place - 1 not in own_lines:
        raise Refused(
            f"Line {place} ends with a backslash, so nothing can be written below it; remove the backslash first."
        )
    return Position(place, _mark(lines, place))


def above(line: int, lines: Sequence[str], end: str) -> str:
    """What stands between the lines above and a block that is inserted on `line`: behind an import, an empty line.

    Formatters and import sorters put one there.
    """
    if line == 0 or indentation(lines[line - 1]) != indentation(lines[line]):
        return ""
    depth = len(indentation(lines[line]))
    first = line - 1
    while first > 0 and (len(indentation(lines[first])) > depth or lines[first][depth : depth + 1] == ")"):
        first -= 1
    return end if _IMPORT.match(lines[first].removeprefix("\ufeff"), depth) else ""


_IMPORT = re.compile(r"import[ \t]|from[ \t][^#]*?[ \t.]import[ \t(]")


def _mark(lines: Sequence[str], line: int) -> int:
    """The column at which a line of the document begins: behind a byte order mark."""
    return 1 if line == 0 and lines[0].startswith("\ufeff") else 0


def line_end(lines: Sequence[str], line: int) -> str:
    """The line end of the line, or, where it is the last and has none, that of the line above."""
    for text in (lines[line], lines[line - 1] if line > 0 else ""):
        for end in ("\r\n", "\n", "\r"):
            if text.endswith(end):
                return end
    return "\n"


def _signature(block: Block, lines: Sequence[str], signing: Signing) -> Edit:
    if block.trailing:
        raise Refused("A justification behind code cannot be signed; write it on lines of its own above the statement.")
    block = replace(block, who=signing.who, date=signing.today, code=signing.code, unreadable_review=None)
    first, last = block.span.start.line, block.span.end.line
    indent = indentation(lines[first])
    # Printing proves that the block reads back with this signature.
    print_block(block, indent, signing.width, first_line=first)
    end = line_end(lines, last)
    text = end.join(indent + line for line in sign_lines(block, columns_at(indent, signing.width)))
    behind = Position(last, len(lines[last].rstrip("\r\n")))
    signed = sign_start(block, lines)
    if signed is None:
        return Edit(Span(behind, behind), end + text)
    return Edit(Span(Position(signed, _mark(lines, signed)), behind), text)


# Between the colon and the reason, which may begin on the next line.
_GAP = re.compile(r"(?:[\r\n]+[ \t]*#)?[ \t]*")


def _snippet(text: str, signed_by: str, block: Block) -> str:
    """The text with tab stops on what the person has to write: the reason, and the name and ticket where unknown.

    `signed_by` is the first line of the signature.
    """
    colon = text.index(":", text.index("]")) + 1
    begin = colon + len(_GAP.match(text[colon:])[0])  # type: ignore[index]  # it matches nothing, too
    head, rest = text[:begin], text[begin:]
    signed = rest.rindex(signed_by)
    reason = rest[:signed].rstrip(" \t\r\n")
    between, signature = rest[len(reason) : signed], rest[signed:]
    who, comma, fields = signature.partition(", ")
    parts = [_escaped(head), f"${{1:{_escaped(reason)}}}", _escaped(between)]
    lead, dashes, name = who.partition("-- ")
    parts += [_escaped(lead + dashes), f"${{2:{name}}}" if block.who == NOBODY else _escaped(name), _escaped(comma)]
    before, ref, after = fields.partition("ref TODO")
    parts += [_escaped(before), "ref ${3:TODO}" if ref else "", _escaped(after)]
    return "".join(parts)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")
