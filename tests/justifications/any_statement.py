"""Answers to findings that are put on statements of real modules, wherever those stand."""

from __future__ import annotations

import ast
import datetime as dt
import os
import random
import sysconfig
from pathlib import Path

from whysafe.analysis.finding import Severity
from whysafe.checker import Document
from whysafe.justifications.audit import Names, Subject, audit
from whysafe.justifications.comment import Decision, Refused
from whysafe.justifications.writer import Request, write
from whysafe.syntax.source import decode, split_lines

TODAY = dt.date(2026, 11, 24)
REVIEW = dt.date(2027, 5, 1)
REASON = "the caller passes constants of this module, and tests/test_callers.py holds it to that"
RULE = "any-statement"
KNOWN = Names({RULE: frozenset({RULE})})
LEFT_OUT = {"site-packages", "test", "tests", "lib2to3", "idlelib", "__pycache__"}
SMALLEST = 500
LIBRARY = Path(sysconfig.get_path("stdlib"))


def modules(count, largest=12_000):
    """Name and text of so many modules of the library, spread over all of it and the same in every run."""
    found = []
    for folder, folders, files in os.walk(LIBRARY):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        paths = [Path(folder, name) for name in sorted(files) if name.endswith(".py")]
        found += [path for path in paths if SMALLEST < path.stat().st_size < largest]
    step = len(found) / count
    chosen = [found[int(number * step)] for number in range(count)] if step > 1 else found
    for path in chosen:
        yield str(path.relative_to(LIBRARY)), decode(path.read_bytes())


def statement_lines(text):
    """The lines on which statements begin, from 0; none where this Python does not read the text."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    return sorted({node.lineno - 1 for node in ast.walk(tree) if isinstance(node, ast.stmt)})


def sample(name, lines, count):
    """So many of the lines, by chance and the same in every run; all of them for None."""
    if count is None or count >= len(lines):
        return lines
    return sorted(random.Random(name).sample(lines, count))


def answered(text, lines):
    """The text with an answer above each of these lines' statements; how many there are, and what was refused."""
    document = Document(text)
    answers, split = document._answers, split_lines(text)
    comments = answers.comments()
    edits, refused = {}, []
    for line in lines:
        code = answers.code_around(line)
        if code is None or code.line in edits:
            continue
        request = Request(
            line=code.line, ids=(RULE,), decision=Decision.ACCEPTED, reason=REASON, who="M. Smit", today=TODAY,
            review_by=REVIEW, code=code.fingerprint,
        )  # fmt: skip
        try:
            (edits[code.line],) = write(request, split, comments, ()).edits
        except Refused as refusal:
            refused.append((line, str(refusal)))
    for _, edit in sorted(edits.items(), reverse=True):
        place = edit.span.start
        split[place.line] = split[place.line][: place.column] + edit.text + split[place.line][place.column :]
    return "".join(split), len(edits), refused


def judged(document):
    """The blocks of a document, each with the state of a finding on the code below it, and what is said at it."""
    placed = document._answers.placed()
    subjects = [Subject(RULE, one.covers.start, Severity.ERROR) for one in placed if one.covers is not None]
    audited = audit(placed, subjects, KNOWN, TODAY)
    states = iter(answer.state for answer in audited.answers)
    return [
        (one, None if one.covers is None else next(states), [remark.message for remark in said])
        for one, said in zip(placed, audited.remarks, strict=True)
    ]
