"""`--format text`: findings with their source lines, for people."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from whysafe.analysis.finding import Severity
from whysafe.cli.result import error_text, how_to_leave_out
from whysafe.justifications.state import State
from whysafe.report import ANSWERED, Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.cli.result import FileResult, Outcome
    from whysafe.report import Note
    from whysafe.syntax.position import Span

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFORMATION: "36", Severity.HINT: "2"}
_BOLD, _DIM, _GREEN, _MARK = "1", "2", "32", "35"
WIDTH = 140


@dataclass(frozen=True, slots=True)
class Style:
    """Whether colours are written."""

    colours: bool

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colours else text


def style_for(stream: TextIO) -> Style:
    """Colours on a terminal, unless NO_COLOR is set (no-color.org) or the terminal knows none."""
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(stream.isatty() and not plain)


def visible(text: str) -> str:
    """A text of an unknown author for a terminal: control and direction characters are shown, never obeyed."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return " " if char == "\t" else char.encode("unicode_escape").decode("ascii")


def lines(outcome: Outcome, *, verbose: bool, style: Style) -> Iterator[str]:
    """The report, line by line."""
    for result in outcome.results:
        yield from _file(result, outcome, verbose=verbose, style=style)
    for error in outcome.scan.errors:
        yield f"{visible(error.path)}: {style.paint('not checked', _COLOURS[Severity.ERROR])} {visible(error.message)}"
    yield from summary(outcome, verbose=verbose, style=style)


def _file(result: FileResult, outcome: Outcome, *, verbose: bool, style: Style) -> Iterator[str]:
    items: list[Shown | Note] = [shown for shown in result.report.shown if verbose or shown.state not in ANSWERED]
    items += [note for note in result.report.notes if verbose or note.severity >= Severity.WARNING]
    for item in sorted(items, key=_span):
        yield from _item(item, result, style)
        if verbose and isinstance(item, Shown):
            card = outcome.cards[item.finding.rule]
            yield f"    {style.paint('why', _BOLD)} {card.why}"
            yield f"    {style.paint('fix', _BOLD)} {card.fix}"
        yield ""
    for error in result.errors:
        label = style.paint("not analysed", _COLOURS[Severity.ERROR])
        yield f"{visible(result.path)}: {label} {visible(error_text(error))}"
    if result.errors:
        yield f"    {visible(how_to_leave_out(result.path, result.settings))}"
        yield ""


def _span(item: Shown | Note) -> Span:
    return item.finding.span if isinstance(item, Shown) else item.span


def _item(item: Shown | Note, result: FileResult, style: Style) -> Iterator[str]:
    if isinstance(item, Shown):
        name, message = item.finding.rule, item.finding.message
        if item.state in ANSWERED:
            message += f" (answered, {item.state.value})"
        elif item.block is not None:
            message += f" (its justification does not count: {item.state.value})"
        elif item.state is State.UNDOCUMENTED and item.marker is not None:
            message += f" (marked by {item.marker.tool}, no reason recorded)"
    else:
        name, message = f"justification-{item.state.value}", item.message
    span = _span(item)
    place = style.paint(f"{visible(result.path)}:{span.start.line + 1}:{span.start.column + 1}", _BOLD)
    label = style.paint(item.severity.label, _COLOURS[item.severity])
    yield f"{place}: {label} {style.paint(name, _BOLD)} {visible(message)}"
    source = result.lines.get(span.start.line)
    if source is not None:
        yield from _excerpt(source, span, style)


def _excerpt(source: str, span: Span, style: Style) -> Iterator[str]:
    """The line on which a span starts, with a mark below it; a long line is cut around the span."""
    start = span.start.column
    end = span.end.column if span.end.line == span.start.line else len(source)
    cut = max(0, start - WIDTH // 2) if len(source) > WIDTH else 0
    indent = len(source) - len(source.lstrip())
    first = cut or min(indent, start)
    last = first + WIDTH
    before, marked = visible(source[first:start]), visible(source[start : min(max(end, start + 1), last)])
    rest = visible(source[min(max(end, start + 1), last) : last])
    number = str(span.start.line + 1)
    yield f"  {style.paint(number + ' |', _DIM)} {before}{marked}{rest}"
    gutter = style.paint(" " * len(number) + " |", _DIM)
    yield f"  {gutter} {' ' * width(before)}{style.paint('^' * max(width(marked), 1), _MARK)}"


def width(text: str) -> int:
    """How many columns of a terminal a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def summary(outcome: Outcome, *, verbose: bool, style: Style) -> Iterator[str]:
    """The last lines: how much was found and answered, what was not analysed, what is switched off or left out."""
    unanswered = outcome.unanswered()
    by_severity = Counter(shown.severity for shown in unanswered)
    kinds = ", ".join(_findings(by_severity[level], level) for level in reversed(Severity) if by_severity[level])
    findings = count(len(unanswered), "finding") + (f" ({kinds})" if kinds else "")
    broken = len({error.path for error in outcome.errors})
    parts = [findings]
    if outcome.answered():
        parts.append(f"{outcome.answered()} justified")
    if broken:
        parts.append(f"{count(broken, 'file')} not fully analysed")
    colour = _GREEN if not unanswered and not broken else _BOLD
    yield style.paint(f"{', '.join(parts)}, in {count(len(outcome.results), 'file')}", colour)
    yield from _by_state(outcome)
    yield from _left_out(outcome, verbose=verbose)


def _by_state(outcome: Outcome) -> Iterator[str]:
    """States, where findings are in others than open; and what is to be done about justifications."""
    findings = Counter(shown.state for result in outcome.results for shown in result.report.shown)
    notes = Counter(note.state for result in outcome.results for note in result.report.notes)
    if findings.keys() - {State.OPEN}:
        yield f"Findings by state: {_states(findings)}."
    if notes:
        yield f"Justifications to look at: {_states(notes)}."


def _states(counted: Counter[State]) -> str:
    return ", ".join(f"{counted[state]:,} {state.value}" for state in State if counted[state])


def _left_out(outcome: Outcome, *, verbose: bool) -> Iterator[str]:
    off, lowered, paths = outcome.rules_off(), outcome.severities_lowered(), outcome.paths_excluded()
    skipped = outcome.scan.skipped
    parts = [f"{count(len(off), 'rule')} off"] if off else []
    parts += [f"{count(len(lowered), 'severity', 'severities')} lowered"] if lowered else []
    parts += [f"{count(len(paths), 'path')} excluded"] if paths else []
    if skipped:
        reasons = ", ".join(f"{number:,} {why.value}" for why, number in sorted(skipped.items(), key=str))
        parts.append(f"{count(skipped.total(), 'file or folder', 'files and folders')} skipped ({reasons})")
    if verbose:
        for switch in sorted({*outcome.switches(), *paths}, key=lambda one: (one.root, one.name)):
            yield f"    {visible(switch.name)}: {visible(switch.reason) or 'no reason given'}"
        for override in lowered:
            reason = visible(override.reason) or "no reason given"
            yield f"    {visible(override.name)} = {override.severity.label}: {reason}"
    if parts:
        yield f"{', '.join(parts)}."


def _findings(number: int, level: Severity) -> str:
    return count(number, level.label, None if level is not Severity.INFORMATION else level.label)


def count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
