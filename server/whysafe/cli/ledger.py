"""`whysafe ledger`: find the files, read every justification in them, print the ledger."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from whysafe import config
from whysafe.cli import ledger_json, ledger_markdown, ledger_text
from whysafe.cli.console import abandon_output, complain
from whysafe.cli.progress import progress
from whysafe.cli.result import how_to_leave_out
from whysafe.cli.text import visible
from whysafe.cli.whole_file import WriteError, write_whole
from whysafe.config import file as settings_files
from whysafe.ledger import Entry, Ledger, Reference, Source, Trouble, Weakening, of_source, weakened
from whysafe.scanning.walk import Candidate, Scan, SettingsOf, candidates
from whysafe.syntax.source import SourceError, read_source

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from whysafe.analysis.finding import Card
    from whysafe.config import Settings
    from whysafe.report import Facts

COMPLETE, INCOMPLETE = 0, 2
NO_JINJA = (
    "whysafe ledger: the HTML format needs the package jinja2, which is not installed. "
    "Install it with `pip install 'whysafe[html]'`, or choose another --format."
)

Examine = Callable[[str], "tuple[Facts, Callable[[int], str]]"]
Cards = Mapping[str, "Card"]


def run(args: argparse.Namespace) -> int:
    """Make the ledger with the real engine; the exit status."""
    if args.format == "html" and find_spec("jinja2") is None:
        complain(NO_JINJA)
        return INCOMPLETE
    from whysafe import checker  # noqa: PLC0415 - usage errors need no engine

    def examine(text: str) -> tuple[Facts, Callable[[int], str]]:
        document = checker.Document(text)
        return document.facts(), document.qualified_name

    return run_with(args, examine, checker.cards())


def run_with(args: argparse.Namespace, examine: Examine, cards: Cards) -> int:
    """Make the ledger that the arguments ask for with this engine, write it, and return the exit status."""
    ledger = collect(args.paths or ["."], examine, cards, args.today or dt.datetime.now(dt.timezone.utc).date())
    for remark in (*ledger.trouble, *ledger.remarks):
        place = remark.path if remark.line is None else f"{remark.path}:{remark.line + 1}"
        complain(visible(f"{place}: {remark.message}"))
    if not _write("".join(line + "\n" for line in _rendered(ledger, args.format)), args.output):
        return INCOMPLETE
    return COMPLETE if ledger.complete else INCOMPLETE


def collect(paths: Sequence[str], examine: Examine, cards: Cards, today: dt.date) -> Ledger:
    """The ledger of everything that the paths name or hold."""
    known = config.vocabulary(cards.values())
    scan = Scan()
    settings_of = SettingsOf(config.Settings(), known, use_files=True, problems=scan.problems)
    found = list(candidates(paths, settings_of, scan))
    entries: list[Entry] = []
    trouble: list[Trouble] = []
    unanswered = 0
    for candidate in progress(found):
        try:
            source = _examined(candidate, examine)
            of_file, open_here = of_source(source, cards, today)
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as failure:  # noqa: BLE001  # native code may raise what is no Exception; the rest goes on
            trouble.append(_failure(candidate, failure))
            continue
        entries += of_file
        unanswered += open_here
        trouble += [_trouble(candidate, gap.span.start.line, gap.message) for gap in source.facts.gaps]
    trouble += [Trouble(error.path, error.line, error.message) for error in scan.errors]
    unread, remarks = _settings_problems(scan.problems)
    return Ledger(
        today=today,
        files=len(found),
        entries=tuple(sorted(entries, key=lambda entry: entry.path)),
        unanswered=unanswered,
        weakenings=_weakenings({candidate.settings: None for candidate in found}, cards),
        skipped=tuple(sorted((skip.value, count) for skip, count in scan.skipped.items())),
        trouble=tuple(sorted([*trouble, *unread], key=lambda one: (one.path, one.line or 0, one.message))),
        remarks=remarks,
    )


def _examined(candidate: Candidate, examine: Examine) -> Source:
    text = read_source(candidate.path)
    facts, qualified_name = examine(text)
    return Source(
        shown=Path(candidate.shown).as_posix(),
        path=str(candidate.path),
        text=text,
        facts=facts,
        settings=candidate.settings,
        qualified_name=qualified_name,
    )


def _failure(candidate: Candidate, failure: BaseException) -> Trouble:
    if isinstance(failure, SourceError):
        message = str(failure)
    elif isinstance(failure, OSError):
        message = f"This file cannot be read: {failure.strerror}."
    else:
        message = f"whysafe failed on this file ({type(failure).__name__}: {failure}). This is a defect of whysafe."
    return _trouble(candidate, None, message)


def _trouble(candidate: Candidate, line: int | None, message: str) -> Trouble:
    settle = how_to_leave_out(candidate.shown, candidate.settings)
    return Trouble(Path(candidate.shown).as_posix(), line, f"{message} {settle}")


def _settings_problems(problems: Iterable[config.Problem]) -> tuple[list[Trouble], tuple[Trouble, ...]]:
    """Settings files that could not be read at all, and what is wrong in the others."""
    unread: list[Trouble] = []
    remarks: list[Trouble] = []
    for problem in dict.fromkeys(problems):
        path = Path(problem.path)
        is_settings = path.name in (*settings_files.OWN_FILES, "pyproject.toml")
        whole = is_settings and isinstance(settings_files.read(path), config.Problem)
        (unread if whole else remarks).append(Trouble(_relative(path), problem.line, problem.message))
    return unread, tuple(sorted(remarks, key=lambda one: (one.path, one.line or 0, one.message)))


def _weakenings(settings: Iterable[Settings], cards: Cards) -> tuple[Weakening, ...]:
    """What the settings weaken, each once, with the place in their file."""
    found: dict[Weakening, None] = {}
    for one in settings:
        file, _ = (None, ()) if one.root is None else settings_files.find(Path(one.root))
        for weakening in weakened(one, cards):
            place = None if file is None else Reference(_relative(file.path), file.place(weakening.keys)[0])
            found[replace(weakening, place=place)] = None
    return tuple(sorted(found, key=lambda one: ("", 0) if one.place is None else (one.place.path, one.place.line)))


def _relative(path: Path) -> str:
    """A path as people know it: from the current folder where it lies below that."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _rendered(ledger: Ledger, form: str) -> Iterable[str]:
    if form == "html":
        from whysafe.cli import ledger_html  # noqa: PLC0415 - jinja2 is an extra, and this format alone needs it

        return ledger_html.lines(ledger)
    writers = {"json": ledger_json.lines, "markdown": ledger_markdown.lines, "text": ledger_text.lines}
    return writers[form](ledger)


def _write(content: str, output: str | None) -> bool:
    """Write the ledger where it is wanted; False, after saying why, where that is not possible."""
    if output is None:
        try:
            sys.stdout.write(content)
            sys.stdout.flush()
        except BrokenPipeError:
            abandon_output()
        return True
    try:
        write_whole(Path(output), content.encode("utf-8", "backslashreplace"))
    except WriteError as error:
        complain(f"whysafe ledger: {visible(output)} cannot be written: {error}")
        return False
    return True
