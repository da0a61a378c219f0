"""The engine as a scan uses it; with this module, libcst is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.loading import no_collection
from whysafe.scanning.analysed import Analysed
from whysafe.syntax import lean_nodes

with no_collection():
    lean_nodes.load()
    from whysafe import checker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from whysafe.analysis.finding import Card
    from whysafe.report import Facts


def cards() -> Mapping[str, Card]:
    """What is known of every rule, by name."""
    return checker.cards()


def analyse(text: str) -> Analysed:
    """What the engine says of one text."""
    document = checker.document_of(text)
    if document is None:
        return Analysed(checker.NOTHING, ())
    facts = document.facts()
    lines = sorted(set(_lines(facts))) if facts.blocks or facts.markers else ()
    return Analysed(facts, tuple((line, document.qualified_name(line)) for line in lines))


def _lines(facts: Facts) -> Iterator[int]:
    """The lines of which a ledger tells the function that they stand in."""
    for finding in facts.findings:
        yield finding.span.start.line
    for placed in facts.blocks:
        yield placed.block.span.start.line
        if placed.covers is not None:
            yield placed.covers.start.line
