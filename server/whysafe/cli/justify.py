"""`whysafe justify`: write a justification above a finding, with the refusals of the editor."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tokenize import detect_encoding
from typing import TYPE_CHECKING

from whysafe import checker, config
from whysafe.analysis.finding import Severity
from whysafe.cli.console import complain, out
from whysafe.cli.pages import find, not_found
from whysafe.cli.text import visible
from whysafe.cli.whole_file import WriteError, write_whole
from whysafe.justifications.author import NOBODY, author, clean_name
from whysafe.justifications.comment import Decision, Refused
from whysafe.justifications.wording import listed, quoted
from whysafe.report import project
from whysafe.syntax.source import SourceError, decode, read_source, split_lines

if TYPE_CHECKING:
    import argparse

    from whysafe.analysis.finding import Card
    from whysafe.config import Settings
    from whysafe.report import Report, Shown
    from whysafe.syntax.position import Edit

WRITTEN, REFUSED, FAILED = 0, 1, 2
UNSIGNED = (
    "whysafe justify: there is no terminal, so the block is not signed: a person signs, not a script. "
    "Somebody who stands for the reason signs it in the editor, or by writing name and date."
)

_PLACE = re.compile(r"(?P<path>.+?):(?P<line>[0-9]{1,9})(?::(?P<column>[0-9]{1,9}))?:?", re.DOTALL)
_PLACES_NAMED = 5


class _UsageError(Exception):
    """The command cannot be carried out; the message is for the user."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a finding is said to be; line and column from 0."""

    path: Path
    line: int
    column: int | None


def run(args: argparse.Namespace) -> int:
    """Write the block that the arguments ask for and print it; the exit status."""
    try:
        place = _place(args.place)
        _justify(args, place, _cards(args.rule))
    except Refused as refusal:
        complain(f"whysafe justify: refused: {visible(str(refusal))} Nothing was written.")
        return REFUSED
    except _UsageError as failure:
        complain(f"whysafe justify: {visible(str(failure))}")
        return FAILED
    return WRITTEN


def _justify(args: argparse.Namespace, place: _Place, found: list[Card]) -> None:
    data, text = _read(place.path)
    today = args.today or dt.datetime.now(dt.timezone.utc).date()
    path = Path(os.path.normpath(place.path.absolute()))
    settings = _settings(path)
    document = checker.Document(text)
    report = project(document.facts(), checker.cards(), settings, today, str(path))
    target = _target(place, found, report)
    written = document.justify(
        target.finding.span.start,
        target.finding.rule,
        Decision(args.decision),
        _who(args.who, path.parent),
        today,
        config.for_path(settings, str(path)),
        reason=args.reason,
        ref=args.ref,
    )
    for edit in written.edits:
        document.edit(edit)
    try:
        write_whole(place.path, _encoded(document.text, text, data), expected=data)
    except WriteError as error:
        raise _UsageError(f"{place.path} cannot be written: {error}.") from error
    after = project(document.facts(), checker.cards(), settings, today, str(path))
    _tell(args.place, place, written.edits, after)
    if not sys.stdin.isatty():
        complain(UNSIGNED)


def _cards(name: str) -> list[Card]:
    """The rules that a name or another tool's id stands for."""
    found = find(name, checker.cards())
    if not found:
        raise _UsageError(not_found(name, checker.cards()).partition(": ")[2])
    return found


def _place(text: str) -> _Place:
    parts = _PLACE.fullmatch(text)
    if parts is None or int(parts["line"]) < 1:
        raise _UsageError(f"{text!r} is no place; write PATH:LINE, such as `app/main.py:12`.")
    column = parts["column"]
    return _Place(Path(parts["path"]), int(parts["line"]) - 1, None if column is None else max(int(column) - 1, 0))


def _read(path: Path) -> tuple[bytes, str]:
    """The bytes of a file and their text."""
    try:
        text = read_source(path)
        data = path.read_bytes()
        same = decode(data) == text
    except SourceError as error:
        raise _UsageError(f"{path}: {error}") from error
    except OSError as error:
        raise _UsageError(f"{path}: This file cannot be read: {error.strerror}.") from error
    if not same:
        raise _UsageError(f"{path} changes while it is read; try again.")
    return data, text


def _settings(path: Path) -> Settings:
    known = config.vocabulary(checker.cards().values())
    settings, problems = config.load(path.parent, known)
    for problem in problems:
        complain(visible(f"{problem.path}:{problem.line + 1}:{problem.column + 1}: settings: {problem.message}"))
    return settings if settings.root is not None else replace(settings, root=str(path.parent))


def _target(place: _Place, found: list[Card], report: Report) -> Shown:
    """The finding that is meant. Raises Refused, with what there is, where none is, or more than one rule's are."""
    rules = {card.name for card in found}
    of_rules = [shown for shown in report.shown if shown.finding.rule in rules]
    on_line = [shown for shown in report.shown if shown.finding.span.start.line == place.line]
    here = [shown for shown in of_rules if shown in on_line and _is_at(place.column, shown)]
    names = listed([quoted(name) for name in sorted(rules)])
    where = f"line {place.line + 1}" if place.column is None else f"line {place.line + 1}, column {place.column + 1}"
    if len({shown.finding.rule for shown in here}) > 1:
        raise Refused(f"On {where} there are findings of {names}; name the rule that you answer.")
    if here:
        return here[0]
    hint = "`whysafe check` shows what is found."
    if on_line:
        others = listed([quoted(name) for name in sorted({shown.finding.rule for shown in on_line})])
        hint = f"What is found on this line is {others}."
    elif of_rules:
        lines = sorted({shown.finding.span.start.line + 1 for shown in of_rules})
        more = "" if len(lines) <= _PLACES_NAMED else " and further down"
        hint = f"There is on line {listed([str(line) for line in lines[:_PLACES_NAMED]])}{more}."
    raise Refused(f"No finding of {names} begins on {where} under these settings. {hint}")


def _is_at(column: int | None, shown: Shown) -> bool:
    return column is None or shown.finding.span.start.column == column


def _who(wanted: str | None, workspace: Path) -> str:
    if wanted is not None and not clean_name(wanted):
        raise _UsageError(f"{wanted!r} is no name to sign with.")
    return author(wanted, os.environ, workspace) if sys.stdin.isatty() else NOBODY


def _encoded(text: str, before: str, data: bytes) -> bytes:
    """The bytes of a new text, in the encoding of the file, which held `before` as `data`."""
    lines = iter(data.splitlines(keepends=True))
    encoding, _ = detect_encoding(lambda: next(lines, b""))
    try:
        if before.encode(encoding) != data:
            raise Refused(f"The bytes of this file would not stay as they are in {encoding}; save it as UTF-8 first.")
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        character = f"U+{ord(text[error.start]):04X}"
        raise Refused(
            f"The encoding of this file, {encoding}, has no {character}; say it in other characters."
        ) from error


def _tell(shown: str, place: _Place, edits: tuple[Edit, ...], after: Report) -> None:
    """Print what was written, and what it lacks."""
    text = edits[0].text
    written = text.lstrip("\r\n")
    first = edits[0].span.start.line + len(split_lines(text)) - len(split_lines(written))
    out(f"{visible(str(place.path))}:{first + 1}: written for {visible(shown)}")
    for line in split_lines(written):
        out(f"  {visible(line.strip())}")
    for note in after.notes:
        if note.span.start.line == first:
            out(f"It does not count yet: {note.message}" if note.severity > Severity.INFORMATION else note.message)
