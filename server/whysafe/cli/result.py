"""What a check has found, as plain data that the output formats share."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from whysafe.config import relative_path
from whysafe.report import ANSWERED, Report, fails, is_selected
from whysafe.scanning.walk import FileError, Scan
from whysafe.syntax.source import split_lines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from whysafe.analysis.finding import Card, Severity
    from whysafe.config import Override, Settings, Switch
    from whysafe.report import Shown

NOTHING = Report(shown=(), notes=(), gaps=())


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What was found in one file. `settings` are those that hold for it, `lines` the source lines of its findings."""

    path: str
    settings: Settings
    report: Report = NOTHING
    errors: tuple[FileError, ...] = ()
    lines: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was found in all files, and what the scan met besides."""

    results: tuple[FileResult, ...]
    scan: Scan
    cards: Mapping[str, Card]
    today: dt.date

    @property
    def errors(self) -> tuple[FileError, ...]:
        return (*self.scan.errors, *chain.from_iterable(result.errors for result in self.results))

    def failing(self, threshold: Severity) -> int:
        """How many findings make the check fail."""
        return sum(
            fails(shown, result.settings, self.today, threshold)
            for result in self.results
            for shown in result.report.shown
        )

    def unanswered(self) -> list[Shown]:
        """The findings without an answer that counts."""
        return [shown for result in self.results for shown in result.report.shown if shown.state not in ANSWERED]

    def answered(self) -> int:
        return sum(shown.state in ANSWERED for result in self.results for shown in result.report.shown)

    def rules_off(self) -> tuple[str, ...]:
        """The rules that the settings of some file switch off: those that they ignore, or do not select any more."""
        off: set[str] = set()
        for settings in self._settings():
            ignored = {switch.name for switch in settings.ignore}
            unselected = (card for card in self.cards.values() if not is_selected(card, settings))
            off.update(
                card.name for card in unselected if card.default or not ignored.isdisjoint((card.name, card.family))
            )
        return tuple(sorted(off))

    def switches(self) -> tuple[Switch, ...]:
        """What the settings of any file ignore."""
        return tuple(dict.fromkeys(switch for settings in self._settings() for switch in settings.ignore))

    def severities_lowered(self) -> tuple[Override, ...]:
        """The severities that the settings of any file set below those of a rule that they name."""
        overrides = {override: None for settings in self._settings() for override in settings.severity}
        return tuple(
            override
            for override in overrides
            if any(
                override.name in {card.name, card.family} and override.severity < card.severity
                for card in self.cards.values()
            )
        )

    def paths_excluded(self) -> tuple[Switch, ...]:
        return tuple(dict.fromkeys(switch for settings in self._settings() for switch in settings.exclude))

    def _settings(self) -> dict[Settings, None]:
        return {result.settings: None for result in self.results}


def file_result(path: str, content: str, report: Report, settings: Settings) -> FileResult:
    """The result of a file that was analysed; what was not analysed of it is an error."""
    wanted = {shown.finding.span.start.line for shown in report.shown} | {note.span.start.line for note in report.notes}
    lines = {}
    if wanted:
        split = split_lines(content)
        lines = {line: split[line].rstrip("\r\n") for line in wanted if line < len(split)}
    errors = tuple(FileError(path, gap.message, gap.span.start.line) for gap in report.gaps)
    return FileResult(path=path, settings=settings, report=report, errors=errors, lines=lines)


def error_text(error: FileError) -> str:
    """What went wrong with a file, its line from 1 where there is one."""
    return error.message if error.line is None else f"line {error.line + 1}: {error.message}"


def how_to_leave_out(path: str, settings: Settings) -> str:
    """What to write into the settings so that a file is left out for good, with a reason to fill in."""
    absolute = os.path.normpath(Path(path).absolute())
    relative = relative_path(absolute, settings.root) or Path(path).as_posix()
    pattern = "/" + re.sub(r"([\\*?\[\]!#]|\s(?=\s*$))", r"\\\1", relative.lstrip("/"))
    line = f'{json.dumps(pattern, ensure_ascii=False)} = "why it need not be checked"'
    return f"To leave the file out, write `{line}` below `[tool.whysafe.exclude]`."
