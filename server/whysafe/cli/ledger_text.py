"""`whysafe ledger --format text`: the ledger for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from whysafe.cli import ledger_words as words
from whysafe.cli.text import visible
from whysafe.ledger import due, failing, repeated, totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from whysafe.ledger import Entry, Ledger

WIDTH = 100


def lines(ledger: Ledger) -> Iterator[str]:
    """The ledger, line by line."""
    yield words.headline(ledger)
    if not ledger.complete:
        yield words.INCOMPLETE
    for entry in ledger.entries:
        yield ""
        yield from _entry(entry)
    yield from _section("Does not hold", map(_short, failing(ledger)))
    yield from _section("To be reviewed within 30 days", (f"{_short(one)}: {_review(one)}" for one in due(ledger)))
    yield from _section("The same reason on three or more statements", _repeated(ledger))
    yield from _section("Totals", _totals(ledger))
    yield from _section("Weakened by the settings", _weakened(ledger))
    yield from _section("Not looked at", [words.skipped(ledger)] if ledger.skipped else [])
    yield from _section("Could not be read or parsed", map(words.trouble, ledger.trouble))
    yield from _section("Wrong in the settings", map(words.trouble, ledger.remarks))


def _entry(entry: Entry) -> Iterator[str]:
    where = f" in {visible(entry.qualified_name)}" if entry.qualified_name else ""
    yield f"{words.place(entry)}: {entry.state.value}: {words.rule(entry)} ({words.kind(entry) or 'unknown'}){where}"
    for line in entry.snippet:
        yield f"  | {visible(line)}"
    yield f"  {words.decision(entry)} {', '.join(words.signature(entry))}"
    yield from _wrapped(visible(entry.reason) or words.NO_REASON, "    ")
    for remark in entry.remarks:
        yield from _wrapped(f"! {visible(remark)}", "  ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _section(title: str, content: Iterable[str]) -> Iterator[str]:
    items = list(content)
    if items:
        yield ""
        yield title
        yield from (f"  {item}" for item in items)


def _short(entry: Entry) -> str:
    return f"{words.place(entry)}: {entry.state.value}: {words.rule(entry)}"


def _review(entry: Entry) -> str:
    return "" if entry.review_by is None else entry.review_by.isoformat()


def _repeated(ledger: Ledger) -> Iterator[str]:
    for one in repeated(ledger):
        places = ", ".join(words.place(entry) for entry in one.entries)
        yield f"{visible(one.reason)} ({places})"


def _totals(ledger: Ledger) -> Iterator[str]:
    found = totals(ledger)
    columns = (
        ("state", [(state.value, number) for state, number in found.states]),
        (
            "decision",
            [(words.NO_DECISION if one is None else one.value, number) for one, number in found.decisions],
        ),
        ("rule", [(visible(rule) or words.NO_RULE, number) for rule, number in found.rules]),
        ("author", [(words.author(who), number) for who, number in found.authors]),
    )
    for name, counted in columns:
        if counted:
            yield f"by {name}: {', '.join(f'{number:,} {word}' for word, number in counted)}"


def _weakened(ledger: Ledger) -> Iterator[str]:
    for one in ledger.weakenings:
        place = words.weakening_place(one)
        yield f"{place + ': ' if place else ''}{words.weakening(one)}: {visible(one.reason) or words.NO_REASON}"
