"""All rules of a set, checked and indexed for the engine."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from whysafe.analysis.detectors import Assigns, Calls, Imports, Methods, Nodes, Texts
from whysafe.analysis.gate import Gate, gate
from whysafe.analysis.rule import Rule, card

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    import libcst as cst

    from whysafe.analysis.finding import Card
    from whysafe.syntax.words import WordTest


Key = TypeVar("Key")
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Rules, and for each thing that the engine can meet the rules that want to see it."""

    rules: Mapping[str, Rule]
    calls: Mapping[str, tuple[tuple[Rule, Calls], ...]]
    references: Mapping[str, tuple[tuple[Rule, Calls], ...]]
    methods: Mapping[str, tuple[tuple[Rule, Methods], ...]]
    assigns: Mapping[str, tuple[tuple[Rule, Assigns], ...]]
    attributes: frozenset[str]
    """The last parts of the names in `assigns`, so that most assignments are passed over at once."""
    items: frozenset[object]
    """The keys of items among them."""
    imports: tuple[tuple[Rule, Imports], ...]
    nodes: Mapping[type[cst.CSTNode], tuple[tuple[Rule, Nodes], ...]]
    texts: Mapping[WordTest, tuple[tuple[Rule, Texts], ...]]
    """What looks at raw text, by the words without which it finds nothing."""
    exports: Mapping[str, frozenset[str]]
    """Module -> its names that rules know of, for star imports."""
    gate: Gate


def catalogue(rules: Iterable[Rule]) -> Catalogue:
    """Index the rules.

    Raises:
        ValueError: two rules have one name.
    """
    by_name: dict[str, Rule] = {}
    for rule in rules:
        if rule.name in by_name:
            raise ValueError(f"Two rules are named {rule.name!r}: rename one of them.")
        by_name[rule.name] = rule
    pairs = [(rule, detector) for rule in by_name.values() for detector in rule.detectors]
    calls = [(rule, detector) for rule, detector in pairs if isinstance(detector, Calls)]
    assigns = [(rule, detector) for rule, detector in pairs if isinstance(detector, Assigns)]
    paths = [name for _, detector in pairs if isinstance(detector, (Calls, Assigns)) for name in detector.names]
    return Catalogue(
        rules=by_name,
        calls=_indexed((name, pair) for pair in calls for name in sorted(pair[1].names)),
        references=_indexed((name, pair) for pair in calls if pair[1].reference for name in sorted(pair[1].names)),
        methods=_indexed((name, (r, d)) for r, d in pairs if isinstance(d, Methods) for name in sorted(d.names)),
        assigns=_indexed((name, pair) for pair in assigns for name in sorted(pair[1].names)),
        attributes=frozenset(
            name.rpartition(".")[2].split("[", 1)[0] for _, detector in assigns for name in detector.names
        ),
        items=frozenset(
            name[name.index("[") + 1 : -1] for _, detector in assigns for name in detector.names if name.endswith("]")
        ),
        imports=tuple((rule, detector) for rule, detector in pairs if isinstance(detector, Imports)),
        nodes=_indexed((kind, (r, d)) for r, d in pairs if isinstance(d, Nodes) for kind in d.kinds),
        texts=_indexed((d.words, (r, d)) for r, d in pairs if isinstance(d, Texts)),
        exports=_exports(paths),
        gate=gate(detector for _, detector in pairs),
    )


def text_detectors(of: Catalogue, words: AbstractSet[str]) -> list[tuple[Rule, Texts]]:
    """What can find something in a raw text with these words."""
    return [pair for test, pairs in of.texts.items() if test.among(words) for pair in pairs]


def cards(of: Catalogue) -> dict[str, Card]:
    return {name: card(rule) for name, rule in of.rules.items()}


def find(of: Mapping[str, Card], name: str) -> list[Card]:
    """The rule of that name, or the rules of a peer's id; empty when there is none."""
    if name in of:
        return [of[name]]
    wanted = name.casefold()
    return [card for card in of.values() if any(alias.casefold() == wanted for alias in card.aliases)]


def nearest(of: Iterable[str], name: str) -> str | None:
    """The most similar known name, for did-you-mean."""
    close = difflib.get_close_matches(name, list(of), n=1, cutoff=0.6)
    return close[0] if close else None


def _indexed(entries: Iterable[tuple[Key, Entry]]) -> dict[Key, tuple[Entry, ...]]:
    table: dict[Key, list[Entry]] = {}
    for key, entry in entries:
        table.setdefault(key, []).append(entry)
    return {key: tuple(found) for key, found in table.items()}


def _exports(names: Iterable[str]) -> dict[str, frozenset[str]]:
    """What `from module import *` can bring, as far as rules care: the part after the module, and its first part."""
    found: dict[str, set[str]] = {}
    for name in names:
        parts = name.split("[", 1)[0].split(".")
        for cut in range(1, len(parts)):
            found.setdefault(".".join(parts[:cut]), set()).add(parts[cut])
    return {module: frozenset(below) for module, below in found.items()}
