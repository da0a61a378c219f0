"""The ledger: every justification of a project with its state, for a reviewer; plain data, loads no libcst."""

from whysafe.ledger.configuration import Reference, Weakening, weakened
from whysafe.ledger.entries import Source, of_source
from whysafe.ledger.model import Entry, Ledger, Trouble
from whysafe.ledger.summary import DUE_DAYS, Repeated, Totals, due, failing, repeated, totals

__all__ = [
    "DUE_DAYS",
    "Entry",
    "Ledger",
    "Reference",
    "Repeated",
    "Source",
    "Totals",
    "Trouble",
    "Weakening",
    "due",
    "failing",
    "of_source",
    "repeated",
    "totals",
    "weakened",
]
