"""`whysafe ledger --format markdown`: the ledger as a document; texts from code and settings are escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whysafe.cli import ledger_words as words
from whysafe.cli.text import visible
from whysafe.explain import escape
from whysafe.ledger import due, failing, repeated, totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from whysafe.ledger import Entry, Ledger


def lines(ledger: Ledger) -> Iterator[str]:
    """The ledger, line by line."""
    yield "# Ledger of justifications"
    yield ""
    yield words.headline(ledger)
    if not ledger.complete:
        yield ""
        yield f"**{words.INCOMPLETE}**"
    numbers = {id(entry): number for number, entry in enumerate(ledger.entries, start=1)}

    def short(entry: Entry) -> str:
        number = numbers[id(entry)]
        return f"[{number}](#answer-{number}) {_code(words.place(entry))} {_code(words.rule(entry))}"

    yield from _section("Totals", _totals(ledger), bullet="")
    yield from _section("Does not hold", (f"{short(one)}: **{one.state.value}**" for one in failing(ledger)))
    yield from _section(
        "To be reviewed within 30 days", (f"{short(one)}: {one.review_by}, {_who(one)}" for one in due(ledger))
    )
    yield from _section(
        "The same reason on three or more statements",
        (f"{escape(one.reason)}: {', '.join(map(short, one.entries))}" for one in repeated(ledger)),
    )
    yield from _section("Weakened by the settings", _weakened(ledger))
    yield from _section("Not looked at", [escape(words.skipped(ledger))] if ledger.skipped else [])
    yield from _section("Could not be read or parsed", (escape(words.trouble(one)) for one in ledger.trouble))
    yield from _section("Wrong in the settings", (escape(words.trouble(one)) for one in ledger.remarks))
    if ledger.entries:
        yield from ("", "## All answers")
    for number, entry in enumerate(ledger.entries, start=1):
        yield from _entry(number, entry)


def _entry(number: int, entry: Entry) -> Iterator[str]:
    yield ""
    yield f'### <a id="answer-{number}"></a>{number}. {_code(words.rule(entry))}: {entry.state.value}'
    yield ""
    where = f", in {_code(entry.qualified_name)}" if entry.qualified_name else ""
    yield f"{_code(words.place(entry))}{where}" + (f" · {words.kind(entry)}" if words.kind(entry) else "")
    yield ""
    yield from _fence(entry.snippet)
    yield ""
    yield f"**{words.decision(entry)}** {escape(', '.join(words.signature(entry)))}"
    yield ""
    yield f"> {escape(visible(entry.reason)) or words.NO_REASON}"
    if entry.remarks:
        yield ""
        yield from (f"- {escape(visible(remark))}" for remark in entry.remarks)


def _section(title: str, content: Iterable[str], bullet: str = "- ") -> Iterator[str]:
    items = list(content)
    if items:
        yield from ("", f"## {title}", "")
        yield from (bullet + item for item in items)


def _totals(ledger: Ledger) -> Iterator[str]:
    found = totals(ledger)
    tables = (
        ("State", [(state.value, number) for state, number in found.states]),
        ("Decision", [(words.NO_DECISION if one is None else one.value, number) for one, number in found.decisions]),
        ("Rule", [(_code(visible(rule) or words.NO_RULE), number) for rule, number in found.rules]),
        ("Author", [(escape(words.author(who)), number) for who, number in found.authors]),
    )
    first = True
    for name, counted in tables:
        if counted:
            if not first:
                yield ""
            first = False
            yield f"| {name} | Number |"
            yield "| --- | ---: |"
            yield from (f"| {word} | {number:,} |" for word, number in counted)


def _who(entry: Entry) -> str:
    return escape(words.author(entry.who))


def _weakened(ledger: Ledger) -> Iterator[str]:
    for one in ledger.weakenings:
        place = words.weakening_place(one)
        reason = escape(visible(one.reason)) or f"**{words.NO_REASON}**"
        yield f"{_code(place) + ': ' if place else ''}{escape(words.weakening(one))}: {reason}"


def _code(text: str) -> str:
    """A text as inline code, which cannot end early, and which does not end a table's cell."""
    shown = visible(text).replace("|", "\\|")
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _fence(snippet: Iterable[str]) -> Iterator[str]:
    content = [visible(line) for line in snippet]
    longest = max((len(run) for line in content for run in re.findall(r"`{3,}", line)), default=2)
    yield "`" * (longest + 1) + "python"
    yield from content
    yield "`" * (longest + 1)
