"""The justification comment: its parts, and how it is read from the comments of a document; loads no libcst.

    block    = head , { cont } , sign            own-line comments, one indentation, contiguous
    head     = "# justified[" , id , { ", " , id } , "] " , decision , ": " , text
    cont     = "#" , 2+ spaces , text            any line that does not start with "--"
    sign     = "#" , 2+ spaces , "-- " , who , ", " , date , { "," , next , field }
    next     = " " | a line end , "#" , 2+ spaces
    field    = "for " program-type | "review by " date | "ref " token | "ok by " who | "code " 8 hex digits

How many spaces stand between two words never makes a block malformed; a wrong or missing word always does. A comment
that plainly wants to be a justification but breaks the grammar is a block with `problems`, so that it is never ignored.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whysafe.justifications.signature import NO_SIGNATURE, read_signature
from whysafe.justifications.wording import nearest, quoted
from whysafe.syntax.position import Position, Span

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from whysafe.justifications.signature import Signature
    from whysafe.syntax.comments import Comment


class Refused(Exception):  # noqa: N818  # it is the outcome of a request, told to the user as it stands
    """What was asked for is not written; the message says why, and what to do instead."""


class Decision(enum.Enum):
    """How the person answered; the value is the word in the comment."""

    ACCEPTED = "accepted"
    MITIGATED = "mitigated"
    DEFERRED = "deferred"
    FALSE_ALARM = "false-alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One justification comment.

    `span` reaches from the first '#' to the end of the last line, in document coordinates. `ids` are as written, and
    `reason` is the text of the lines joined by single spaces. What is missing is None or empty. `problems` tell the
    user what makes the block malformed; without any, it follows the grammar, which says nothing about its state.
    `unreadable_review` is the review date as written where it is no date: it counts as expired, never as valid.
    """

    span: Span
    ids: tuple[str, ...]
    decision: Decision | None
    reason: str
    who: str | None = None
    date: dt.date | None = None
    program_type: str | None = None
    review_by: dt.date | None = None
    ref: str | None = None
    ok_by: str | None = None
    code: str | None = None
    problems: tuple[str, ...] = ()
    trailing: bool = False
    unreadable_review: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and the code below it: `covers` is None where no code is (detached).

    `code` is the fingerprint of the covered code as it is now, None where it could not be computed.
    """

    block: Block
    covers: Span | None
    code: str | None


def parse_blocks(comments: Sequence[Comment]) -> tuple[Block, ...]:
    """The justifications among the comments of a document, in order; `comments` in source order, positions kept."""
    return tuple(_blocks(comments))


def is_head(text: str) -> bool:
    """Whether a comment, from its '#', begins a justification or plainly wants to."""
    return bool(_EAGER.match(text))


def sign_start(block: Block, lines: Sequence[str]) -> int | None:
    """The line of the document on which the signature of a block above code begins, None where it has none."""
    for number in range(block.span.start.line + 1, block.span.end.line + 1):
        if _SIGN_LINE.match(lines[number].lstrip(_BLANKS)):
            return number
    return None


def continues(above: str, text: str) -> bool:
    """Whether a comment, from its '#', may go on with the signature that the comment line above it ends with."""
    return above.rstrip(_BLANKS).endswith(",") and bool(_TEXT_LINE.match(text)) and not _SIGN_LINE.match(text)


# With a bracket behind it this word opens a block however it is spelled; "justification:" is common prose.
_EAGER = re.compile(r"#[ \t]*(?:justif(?:ied|y|ication)[ \t]*\[|justfied[ \t]*\[|justified[ \t]*[({:])", re.IGNORECASE)
# Without a bracket it may be prose ("justified text"), so it counts only with what an answer would go on with.
_WISHFUL = re.compile(
    r"#[ \t]*justified(?:[ \t]*$|[ \t]*[,;.!-]|\W+(?:accepted|mitigated|deferred|false-alarm|because|since|as|by)\b"
    r"|[ \t]+[\w,. -]{1,80}?\b(?:accepted|mitigated|deferred|false-alarm)[ \t]*:)",
    re.IGNORECASE,
)
_TEXT_LINE = re.compile(r"#[ \t]{2,}(?=[^ \t])")
_SIGN_LINE = re.compile(r"#[ \t]*--(?!-)[ \t]*")
_STRAY_SIGN = re.compile(
    r"#[ \t]*--[^,]*,[ \t]*\d{4}-\d\d-\d\d\b(?:.*\bcode[ \t]+[0-9a-fA-F]{8}\b|.*,[ \t]*$)", re.DOTALL
)
_TRAILING_HEAD = re.compile(r"#[ \t]?justified[ \t]*\[", re.IGNORECASE)
_HEAD = re.compile(
    r"#[ \t]?justified[ \t]*\[(?P<ids>[^\]]*)\][ \t]*(?:(?P<decision>[^\s:]+)[ \t]*)?:(?P<text>.*)", re.DOTALL
)
_BLANKS = " \t\f"
_ENOUGH = 5
_EXAMPLE = "`# justified[rule-name] accepted: reason`"


@dataclass(frozen=True, slots=True)
class _Head:
    """What a first line says."""

    ids: tuple[str, ...]
    decision: Decision | None
    text: str
    problems: tuple[str, ...]


def _blocks(comments: Sequence[Comment]) -> Iterator[Block]:
    index = 0
    while index < len(comments):
        first = comments[index]
        used = 1
        if not first.own_line:
            # A trailing comment may begin with another tool's pragma, which has to stay first.
            head = _TRAILING_HEAD.search(first.text) or _EAGER.match(first.text) or _WISHFUL.match(first.text)
            if head:
                yield _trailing(first, head.start())
        elif is_head(first.text) or (_starts_run(comments, index) and _WISHFUL.match(first.text)):
            used = _length(comments, index)
            yield _own_lines(comments[index : index + used])
        elif _STRAY_SIGN.match(first.text):
            problem = (
                "This is the sign line of a justification without its first line; put the first line back above it."
            )
            yield _block(_span(first, first), _Head((), None, "", (problem,)), NO_SIGNATURE)
        index += used


def _starts_run(comments: Sequence[Comment], index: int) -> bool:
    """Whether no comment line stands directly above: the middle of a prose comment may begin with any word."""
    if index == 0:
        return True
    above = comments[index - 1]
    return not above.own_line or above.line != comments[index].line - 1


def _length(comments: Sequence[Comment], index: int) -> int:
    """How many comments, from a head on, are one block.

    Lines that are no continuation belong to it only where its sign line follows: then they are a slip of indentation
    and not another tool's comment.
    """
    first = comments[index]
    certain = 1
    signed = False
    for offset, comment in enumerate(comments[index + 1 :], start=1):
        adjoins = comment.own_line and comment.line == first.line + offset and comment.column == _column_below(first)
        if not adjoins or is_head(comment.text):
            break
        if signed and not continues(comments[index + offset - 1].text, comment.text):
            break
        signed = signed or bool(_SIGN_LINE.match(comment.text))
        if signed or (certain == offset and _TEXT_LINE.match(comment.text)):
            certain = offset + 1
    return certain


def _column_below(first: Comment) -> int:
    """Where the next line of a block begins: a byte order mark takes a column of the first line of a document."""
    return 0 if first.line == 0 and first.column == 1 else first.column


def _own_lines(lines: Sequence[Comment]) -> Block:
    head = _read_head(lines[0].text)
    parts = [head.text]
    problems: list[str] = []
    signed: list[str] = []
    for number, line in enumerate(lines[1:], start=2):
        sign = _SIGN_LINE.match(line.text)
        if not _TEXT_LINE.match(line.text):
            problems.append(f"Line {number} of this justification needs two spaces after `#`.")
        if sign:
            signed.append(line.text[sign.end() :])
        else:
            (signed or parts).append(line.text[1:].strip(_BLANKS))
    signature = read_signature(" ".join(signed)) if signed else NO_SIGNATURE
    reason = " ".join(part for part in parts if part)
    head = replace(head, text=reason, problems=(*head.problems, *problems))
    return _block(_span(lines[0], lines[-1]), head, signature)


def _trailing(comment: Comment, start: int) -> Block:
    """The one-line form behind code: the signature follows the last ` -- `, another tool's pragma may follow that."""
    head = _read_head(comment.text[start:])
    reason, dashes, tail = head.text.rpartition(" -- ")
    signed = tail.partition("  #")[0]
    signature = read_signature(signed) if dashes else NO_SIGNATURE
    width = len(comment.text) - start - len(tail) + len(signed)
    if signature.date is None and signature.code is None:
        # The dashes are the reason's own: there is no signature.
        reason, signature, width = head.text, NO_SIGNATURE, len(comment.text) - start
    begin = Position(comment.line, comment.column + start)
    span = Span(begin, Position(comment.line, begin.column + width))
    return _block(span, replace(head, text=reason.strip(_BLANKS)), signature, trailing=True)


def _span(first: Comment, last: Comment) -> Span:
    return Span(Position(first.line, first.column), Position(last.line, last.column + len(last.text)))


def _block(span: Span, head: _Head, signature: Signature, *, trailing: bool = False) -> Block:
    return Block(
        span=span,
        ids=head.ids,
        decision=head.decision,
        reason=head.text,
        who=signature.who,
        date=signature.date,
        program_type=signature.program_type,
        review_by=signature.review_by,
        ref=signature.ref,
        ok_by=signature.ok_by,
        code=signature.code,
        problems=(*head.problems, *signature.problems),
        trailing=trailing,
        unreadable_review=signature.unreadable_review,
    )


def _read_head(text: str) -> _Head:
    head = _HEAD.match(text)
    if head is None or not head[0].removeprefix("#").lstrip(_BLANKS).startswith("justified"):
        return _salvaged(text)
    problems: list[str] = []
    ids = tuple(part.strip(_BLANKS) for part in head["ids"].split(","))
    if not all(ids):
        problems.append("The brackets hold an empty rule name; name each rule that this answers, as in `[rule-name]`.")
        ids = tuple(part for part in ids if part)
    problems += [
        f"{quoted(name)} is more than one word; separate rule names by commas." for name in ids if len(name.split()) > 1
    ][:_ENOUGH]
    word = head["decision"] or ""
    decision = next((choice for choice in Decision if choice.value == word), None)
    if decision is None:
        problems.append(_decision_problem(word))
    return _Head(ids, decision, head["text"].strip(_BLANKS), tuple(problems))


def _decision_problem(word: str) -> str:
    choice = "accepted, mitigated, deferred or false-alarm"
    if not word:
        return f"The decision is missing; write {choice} between the bracket and the colon."
    near = _SYNONYMS.get(word.lower()) or nearest(word, [decision.value for decision in Decision])
    hint = f"did you mean {quoted(near)}?" if near else f"write {choice}."
    return f"{quoted(word)} is no decision; {hint}"


_SYNONYMS = {"false-positive": "false-alarm", "wontfix": "accepted", "later": "deferred", "postponed": "deferred"}


def _salvaged(text: str) -> _Head:
    """What can be shown of a first line that breaks the grammar; it answers nothing."""
    front, colon, behind = text.partition(":")
    if not colon:
        front, behind = text, ""
    bracket = front.partition("[")[2]
    words = [word for word in re.split(r"[\s,\[\]]+", bracket) if word]
    decision = next((choice for choice in Decision if choice.value in words), None)
    closed = "]" in bracket or bool(colon)
    ids = tuple(word for word in words if decision is None or word != decision.value) if closed else ()
    return _Head(ids, decision, behind.strip(_BLANKS), (_head_problem(text),))


def _head_problem(text: str) -> str:
    """What keeps a first line from being one, most likely."""
    if re.match(r"#[ \t]{2,}justified\b", text):
        return f"A justification begins with one space after `#`, as in {_EXAMPLE}."
    if not re.match(r"#[ \t]?justified\b", text):
        return f"A justification begins with the word `justified` in small letters, as in {_EXAMPLE}."
    if not re.match(r"#[ \t]?justified[ \t]*\[", text):
        return f"The rule is missing; name it in brackets, as in {_EXAMPLE}."
    if "]" not in text:
        return f"The bracket is not closed; write {_EXAMPLE}."
    if not text[text.index("]") + 1 :].strip(_BLANKS):
        return f"Decision and reason are missing; write {_EXAMPLE}."
    return f"A colon must follow the decision, as in {_EXAMPLE}."
