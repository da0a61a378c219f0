"""`whysafe explain` and `whysafe rules`: what the catalogue says."""

from __future__ import annotations

import difflib
import json
import sys
from typing import TYPE_CHECKING

from whysafe import checker
from whysafe import explain as pages
from whysafe.cli.console import complain, out

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from whysafe.analysis.finding import Card

CLEAN, FAILED = 0, 2


def explain(args: argparse.Namespace) -> int:
    """Print the page of a rule, or of each rule that another tool's id stands for; the exit status."""
    cards = checker.cards()
    found = find(args.rule, cards)
    if not found:
        complain(not_found(args.rule, cards))
        return FAILED
    for card in found:
        if sys.stdout.isatty():
            pages.terminal(card)
        else:
            out(pages.page(card))
    return CLEAN


def rules(args: argparse.Namespace) -> int:
    """Print all rules, by family; the exit status."""
    cards = sorted(checker.cards().values(), key=lambda card: (card.family, card.name))
    if args.format == "json":
        out(json.dumps({"version": 1, "rules": [_row(card) for card in cards]}, indent=2))
    elif args.format == "markdown":
        out(pages.rule_list(cards).rstrip("\n"))
    else:
        out("\n".join(table(cards)))
    return CLEAN


def find(word: str, cards: Mapping[str, Card]) -> list[Card]:
    """The rule of that name, or the rules that have that id in another tool; capitals do not matter."""
    wanted = word.strip().lower()
    if wanted in cards:
        return [cards[wanted]]
    return [card for card in cards.values() if wanted in {alias.lower() for alias in card.aliases}]


def not_found(word: str, cards: Mapping[str, Card]) -> str:
    """What to tell somebody who asked for a rule that does not exist."""
    names = [*cards, *(alias for card in cards.values() for alias in card.aliases)]
    by_lower = {name.lower(): name for name in names}
    close = difflib.get_close_matches(word.lower()[:100], by_lower, n=3)
    hint = f" Did you mean {' or '.join(by_lower[name] for name in close)}?" if close else ""
    return f"whysafe explain: no rule is called {word[:100]!r}.{hint} `whysafe rules` lists them all."


def table(cards: Iterable[Card]) -> Iterator[str]:
    """A line for each rule: name, severity, whether it is on by default, other tools' ids, title."""
    rows = [
        (card.name, card.severity.label, "on" if card.default else "off", _short(card.aliases), card.title)
        for card in cards
    ]
    header = ("RULE", "SEVERITY", "DEFAULT", "ALSO KNOWN AS", "WHAT IT FINDS")
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(4)]
    for row in (header, *rows):
        yield "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[4]])


def _short(aliases: tuple[str, ...]) -> str:
    return " ".join(alias for alias in aliases if " " not in alias and "." not in alias)[:40]


def _row(card: Card) -> dict[str, object]:
    return {
        "name": card.name,
        "family": card.family,
        "title": card.title,
        "severity": card.severity.label,
        "cwe": list(card.cwe),
        "aliases": list(card.aliases),
        "default": card.default,
        "in_tests": card.in_tests.value,
    }
