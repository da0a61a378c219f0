"""What a ledger holds; plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.report import ANSWERED

if TYPE_CHECKING:
    import datetime as dt

    from whysafe.analysis.finding import Severity
    from whysafe.justifications.comment import Decision
    from whysafe.justifications.state import State
    from whysafe.ledger.configuration import Weakening


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one justification says of one rule, and whether that holds.

    `rule` is our own name; where no rule has the name that is written, that name; empty where none is. `severity` is
    what the finding counts as without an answer, or the rule's own where there is no finding; None for an unknown
    rule. `line` is that of the code (of the block where no code is below it), `block_line` the first one of the block,
    None for a finding that only a marker of another tool answers; both count from 0. `findings` counts those of the
    rule in the covered code. `age` is in days since the signature, `days_left` in days until the review, negative when
    that has passed. `remarks` say what is wrong, or what to know, in whole sentences. `ticket` is the web address of
    the `ref`, where the settings say how it is made.
    """

    rule: str
    title: str
    cwe: tuple[int, ...]
    severity: Severity | None
    path: str
    line: int
    block_line: int | None
    qualified_name: str
    snippet: tuple[str, ...]
    decision: Decision | None
    reason: str
    who: str | None
    date: dt.date | None
    program_type: str | None
    review_by: dt.date | None
    ref: str | None
    ok_by: str | None
    code: str | None
    state: State
    age: int | None
    days_left: int | None
    findings: int
    remarks: tuple[str, ...]
    ticket: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the answer counts on that day."""
        return self.state in ANSWERED


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be read or parsed, so that the ledger may lack entries; `line` from 0 where known."""

    path: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All that is said about a project on one day.

    `entries` are in the order of places. `files` counts those that were looked at; `unanswered` the findings that
    nobody has answered; `skipped` what was not looked at, by reason. With any `trouble`, the ledger is not complete.
    """

    today: dt.date
    files: int
    entries: tuple[Entry, ...]
    unanswered: int
    weakenings: tuple[Weakening, ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()
    trouble: tuple[Trouble, ...] = ()
    remarks: tuple[Trouble, ...] = ()
    """What is wrong with the settings; what is right in them applies."""

    @property
    def complete(self) -> bool:
        return not self.trouble
