"""Justifies code in a text as an editor would, and reads the result back."""

from __future__ import annotations

import datetime as dt

from whysafe.justifications.attach import attached_line
from whysafe.justifications.comment import Decision, Placed, parse_blocks
from whysafe.justifications.cover import cover, logical_line
from whysafe.justifications.fingerprint import fingerprint
from whysafe.justifications.writer import Request, write
from whysafe.syntax.comments import comments
from whysafe.syntax.source import split_lines
from whysafe.syntax.split import Piece
from whysafe.syntax.tree import parse

TODAY = dt.date(2026, 11, 24)
REVIEW = dt.date(2027, 5, 24)
REASON = "the table above limits it"


def tree_of(text):
    return parse(Piece(text=text, indents=(), header=False, lines=len(split_lines(text))))


def apply(text, edit):
    lines = split_lines(text) or [""]
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    start = offsets[edit.span.start.line] + edit.span.start.column
    end = offsets[edit.span.end.line] + edit.span.end.column
    return text[:start] + edit.text + text[end:]


def written(text, line, **options):
    """What `write` gives for the logical line that `line` belongs to."""
    covered = logical_line(tree_of(text), text, line)
    request = {
        "ids": ("a-rule",),
        "decision": Decision.ACCEPTED,
        "reason": REASON,
        "who": "M. Smit",
        "today": TODAY,
        "review_by": REVIEW,
        "code": fingerprint(covered.nodes, lambda _: ()),
        **options,
    }
    found = comments(text)
    lines = split_lines(text)
    return write(Request(line=covered.span.start.line, **request), lines, found, parse_blocks(found))


def justified(text, line, **options):
    (edit,) = written(text, line, **options).edits
    return apply(text, edit)


def placed_in(text):
    """The blocks of a text with what they cover."""
    tree, lines, found = tree_of(text), split_lines(text), comments(text)
    own = {comment.line for comment in found if comment.own_line}
    placed = []
    for block in parse_blocks(found):
        line = attached_line(block, lines, own)
        find = logical_line if block.trailing else cover
        covered = None if line is None else find(tree, text, line)
        code = None if covered is None else fingerprint(covered.nodes, lambda _: ())
        placed.append(Placed(block, None if covered is None else covered.span, code))
    return placed
