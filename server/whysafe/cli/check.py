"""`whysafe check`: find the files, have each analysed, print the result."""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whysafe import config
from whysafe.cli import json_output, text
from whysafe.cli.analysing import analysis_of, complain_of_cache
from whysafe.cli.console import abandon_output, complain, out
from whysafe.cli.progress import progress
from whysafe.cli.result import FileResult, Outcome, file_result
from whysafe.report import project
from whysafe.scanning.child import defect
from whysafe.scanning.walk import Candidate, FileError, Scan, SettingsOf, candidates
from whysafe.syntax.source import decode

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    from whysafe.analysis.finding import Card
    from whysafe.scanning.examine import Analysis, Examined

CLEAN, FINDINGS, FAILED = 0, 1, 2
STDIN = "-"


def run(args: argparse.Namespace) -> int:
    """Check with the real engine; the exit status."""
    return run_with(args, analysis_of(args, "whysafe check"))


def run_with(args: argparse.Namespace, analysis: Analysis) -> int:
    """Check as the arguments say, print to standard output, and return the exit status."""
    cards = analysis.cards()
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
        results = [_result(_standard_input(args.stdin_filename, settings_of, analysis), cards, today)]
    else:
        found = list(candidates(paths, settings_of, scan))
        results = [_result(one, cards, today) for one in progress(analysis.examine(found), len(found))]
    complain_of_cache(analysis, "whysafe check")
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


def _standard_input(name: str | None, settings_of: SettingsOf, analysis: Analysis) -> Examined:
    absolute = Path(os.path.normpath(Path(name or "<stdin>").absolute()))
    settings = settings_of(absolute.parent)
    candidate = Candidate(absolute, name or "<stdin>", replace(settings, root=settings.root or str(absolute.parent)))
    return analysis.of_text(candidate, sys.stdin.buffer.read())


def _result(examined: Examined, cards: Mapping[str, Card], today: dt.date) -> FileResult:
    settings, shown, path = examined.candidate.settings, examined.candidate.shown, str(examined.candidate.path)
    if examined.analysed is None:
        return FileResult(path=shown, settings=settings, errors=(FileError(shown, examined.error or ""),))
    facts = examined.analysed.facts
    if not (facts.findings or facts.blocks or facts.gaps):
        # Most files are like this, and the settings of each need not be worked out for nothing.
        return FileResult(path=shown, settings=config.for_path(settings, path) if settings.per_path else settings)
    try:
        report = project(facts, cards, settings, today, path)
    except Exception as failure:  # noqa: BLE001  # one file must not end the scan
        return FileResult(path=shown, settings=settings, errors=(FileError(shown, defect(failure)),))
    content = decode(examined.content) if report.shown or report.notes else ""
    return file_result(shown, content, report, config.for_path(settings, path))
