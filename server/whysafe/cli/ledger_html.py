"""`whysafe ledger --format html`: one file that opens from disk, complete without JavaScript; needs jinja2.

Every text goes through the template's escaping. The page's policy lets exactly one script and one style sheet run, by
their hashes, so that even a text that found a way around the escaping could do nothing.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

import jinja2

from whysafe import __version__
from whysafe.cli import ledger_words as words
from whysafe.cli.text import visible
from whysafe.ledger import due, failing, repeated, totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from whysafe.ledger import Ledger

CWE_PAGE = "https://cwe.mitre.org/data/definitions/{}.html"


def lines(ledger: Ledger) -> Iterator[str]:
    """The page, line by line."""
    yield from _page(ledger).splitlines()


def _page(ledger: Ledger) -> str:
    style, script = _part("style.css"), _part("script.js")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["visible"] = visible
    found = totals(ledger)
    numbers = {id(entry): number for number, entry in enumerate(ledger.entries, start=1)}
    return environment.from_string(_part("page.html")).render(
        ledger=ledger,
        words=words,
        version=__version__,
        style=style,
        script=script,
        policy=_policy(style, script),
        number=lambda entry: numbers[id(entry)],
        due=due(ledger),
        failing=failing(ledger),
        repeated=repeated(ledger),
        totals=(
            ("State", [(state.value, number) for state, number in found.states]),
            (
                "Decision",
                [(words.NO_DECISION if one is None else one.value, number) for one, number in found.decisions],
            ),
            ("Rule", [(visible(rule) or words.NO_RULE, number) for rule, number in found.rules]),
            ("Author", [(words.author(who), number) for who, number in found.authors]),
        ),
        choices=(
            ("state", "State", _distinct(entry.state.value for entry in ledger.entries)),
            ("decision", "Decision", _distinct(map(words.decision, ledger.entries))),
            ("rule", "Rule", _distinct(map(words.rule, ledger.entries))),
            ("author", "Author", _distinct(words.author(entry.who) for entry in ledger.entries)),
        ),
        cwe_page=CWE_PAGE.format,
    )


def _part(name: str) -> str:
    return resources.files("whysafe.cli").joinpath("ledger_page").joinpath(name).read_text(encoding="utf-8").strip()


def _distinct(texts: Iterable[str]) -> list[str]:
    return sorted(set(texts))


def _policy(style: str, script: str) -> str:
    return f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
