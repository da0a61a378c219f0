"""`whysafe check`: find the files, analyse each, print the result."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whysafe import config
from whysafe.cli import json_output, text
from whysafe.cli.console import abandon_output, complain, out
from whysafe.cli.progress import progress
from whysafe.cli.result import FileResult, Outcome, file_result
from whysafe.report import Report
from whysafe.scanning.walk import Candidate, FileError, Scan, SettingsOf, candidates
from whysafe.syntax.source import SourceError, decode, read_source

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    from whysafe.analysis.finding import Card
    from whysafe.config import Settings

CLEAN, FINDINGS, FAILED = 0, 1, 2
STDIN = "-"

Check = Callable[[str, "config.Settings", dt.date, "str | None"], Report]


def run(args: argparse.Namespace) -> int:
    """Check with the real engine; the exit status."""
    from whysafe import checker  # noqa: PLC0415 - usage errors need no engine

    return run_with(args, checker.check, checker.cards())


def run_with(args: argparse.Namespace, check: Check, cards: Mapping[str, Card]) -> int:
    """Check as the arguments say with this engine, print to standard output, and return the exit status."""
    known = config.vocabulary(cards.values())
    personal, problems = config.from_mapping(_wishes(args), "command line", known)
    if problems:
        for problem in problems:
            complain(f"whysafe check: {problem.message}")
        return FAILED
    scan = Scan()
    settings_of = SettingsOf(personal, known, not args.no_config, scan.problems)
    today = args.today or dt.datetime.now(dt.timezone.utc).date()
    paths = args.paths or ["."]
    if STDIN in paths:
        if len(paths) > 1:
            complain("whysafe check: `-` reads standard input and cannot be mixed with other paths.")
            return FAILED
        results = [_check_stdin(args.stdin_filename, settings_of, check, today)]
    else:
        found = list(candidates(paths, settings_of, scan))
        results = [_check_file(candidate, check, today) for candidate in progress(found)]
    outcome = Outcome(results=tuple(results), scan=scan, cards=cards, today=today)
    _print_problems(scan)
    return _print(outcome, args)


def _print(outcome: Outcome, args: argparse.Namespace) -> int:
    lines: Iterable[str]
    if args.format == "json":
        lines = json_output.lines(outcome)
    else:
        lines = text.lines(outcome, verbose=args.verbose, style=text.style_for(sys.stdout))
    try:
        for line in lines:
            out(line)
        sys.stdout.flush()
    except BrokenPipeError:
        abandon_output()
    if outcome.errors:
        return FAILED
    return FINDINGS if outcome.failing(config.severity_called(args.fail_on)) and not args.exit_zero else CLEAN


def _print_problems(scan: Scan) -> None:
    for problem in dict.fromkeys(scan.problems):
        place = f"{problem.path}:{problem.line + 1}:{problem.column + 1}"
        complain(text.visible(f"{place}: settings: {problem.message}"))


def _wishes(args: argparse.Namespace) -> dict[str, Any]:
    """The options as settings; those that were not given are left out."""
    wishes: dict[str, Any] = {
        "select": _split(args.select),
        "ignore": _split(args.ignore),
        "min-severity": args.min_severity,
        "confidence": args.min_confidence,
        "program-type": args.program_type,
    }
    if args.min_severity is None and config.severity_called(args.fail_on) < config.Settings().min_severity:
        # What makes the check fail has to be seen.
        wishes["min-severity"] = args.fail_on
    return {key: value for key, value in wishes.items() if value}


def _split(values: Iterable[str]) -> list[str]:
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def _check_file(candidate: Candidate, check: Check, today: dt.date) -> FileResult:
    try:
        content = read_source(candidate.path)
    except SourceError as error:
        return _failed(candidate.shown, candidate.settings, str(error))
    except OSError as error:
        return _failed(candidate.shown, candidate.settings, f"This file cannot be read: {error.strerror}.")
    return _checked(content, candidate, check, today)


def _check_stdin(name: str | None, settings_of: SettingsOf, check: Check, today: dt.date) -> FileResult:
    absolute = Path(os.path.normpath(Path(name or "<stdin>").absolute()))
    settings = settings_of(absolute.parent)
    candidate = Candidate(absolute, name or "<stdin>", replace(settings, root=settings.root or str(absolute.parent)))
    try:
        content = decode(sys.stdin.buffer.read())
    except SourceError as error:
        return _failed(candidate.shown, settings, str(error))
    return _checked(content, candidate, check, today)


def _checked(content: str, candidate: Candidate, check: Check, today: dt.date) -> FileResult:
    settings, shown = candidate.settings, candidate.shown
    try:
        report = check(content, settings, today, str(candidate.path))
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as failure:  # noqa: BLE001  # native code may raise what is no Exception; the scan goes on
        message = f"whysafe failed on this file ({type(failure).__name__}: {failure}). This is a defect of whysafe."
        return _failed(shown, settings, message)
    return file_result(shown, content, report, config.for_path(settings, str(candidate.path)))


def _failed(shown: str, settings: Settings, message: str) -> FileResult:
    return FileResult(path=shown, settings=settings, errors=(FileError(shown, message),))
