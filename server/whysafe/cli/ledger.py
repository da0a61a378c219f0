"""`whysafe ledger`: find the files, read every justification in them, print the ledger."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from whysafe import config
from whysafe.cli import ledger_json, ledger_markdown, ledger_text
from whysafe.cli.analysing import analysis_of, complain_of_cache
from whysafe.cli.console import abandon_output, complain
from whysafe.cli.progress import progress
from whysafe.cli.result import how_to_leave_out
from whysafe.cli.text import visible
from whysafe.cli.whole_file import WriteError, write_whole
from whysafe.config import file as settings_files
from whysafe.ledger import Entry, Ledger, Reference, Source, Trouble, Weakening, of_source, weakened
from whysafe.scanning.child import defect
from whysafe.scanning.walk import Candidate, Scan, SettingsOf, candidates
from whysafe.syntax.source import decode

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from whysafe.analysis.finding import Card
    from whysafe.config import Settings
    from whysafe.scanning.analysed import Analysed
    from whysafe.scanning.examine import Analysis

COMPLETE, INCOMPLETE = 0, 2
NO_JINJA = (
    "whysafe ledger: the HTML format needs the package jinja2, which is not installed. "
    "Install it with `pip install 'whysafe[html]'`, or choose another --format."
)

Cards = Mapping[str, "Card"]


def run(args: argparse.Namespace) -> int:
    """Make the ledger with the real engine; the exit status."""
    if args.format == "html" and find_spec("jinja2") is None:
        complain(NO_JINJA)
        return INCOMPLETE
    return run_with(args, analysis_of(args, "whysafe ledger"))


def run_with(args: argparse.Namespace, analysis: Analysis) -> int:
    """Make the ledger that the arguments ask for, write it, and return the exit status."""
    ledger = collect(args.paths or ["."], analysis, args.today or dt.datetime.now(dt.timezone.utc).date())
    complain_of_cache(analysis, "whysafe ledger")
    for remark in (*ledger.trouble, *ledger.remarks):
        place = remark.path if remark.line is None else f"{remark.path}:{remark.line + 1}"
        complain(visible(f"{place}: {remark.message}"))
    if not _write("".join(line + "\n" for line in _rendered(ledger, args.format)), args.output):
        return INCOMPLETE
    return COMPLETE if ledger.complete else INCOMPLETE


def collect(paths: Sequence[str], analysis: Analysis, today: dt.date) -> Ledger:
    """The ledger of everything that the paths name or hold."""
    cards = analysis.cards()
    known = config.vocabulary(cards.values())
    scan = Scan()
    settings_of = SettingsOf(config.Settings(), known, use_files=True, problems=scan.problems)
    found = list(candidates(paths, settings_of, scan))
    entries: list[Entry] = []
    trouble: list[Trouble] = []
    unanswered = 0
    for examined in progress(analysis.examine(found), len(found)):
        candidate, analysed = examined.candidate, examined.analysed
        if analysed is None:
            trouble.append(_trouble(candidate, None, examined.error or ""))
            continue
        try:
            of_file, open_here = of_source(_source(candidate, examined.content, analysed), cards, today)
        except Exception as failure:  # noqa: BLE001  # one file must not end the scan
            trouble.append(_trouble(candidate, None, defect(failure)))
            continue
        entries += of_file
        unanswered += open_here
        trouble += [_trouble(candidate, gap.span.start.line, gap.message) for gap in analysed.facts.gaps]
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


def _source(candidate: Candidate, content: bytes, analysed: Analysed) -> Source:
    return Source(
        shown=Path(candidate.shown).as_posix(),
        path=str(candidate.path),
        text=decode(content) if analysed.facts.findings or analysed.facts.blocks else "",
        facts=analysed.facts,
        settings=candidate.settings,
        qualified_name=analysed.qualified_name,
    )


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
