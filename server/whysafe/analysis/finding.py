"""What the analysis says about a text, as plain data that crosses a process boundary; loads no libcst."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from whysafe.syntax.position import Edit, Span, moved


class Severity(enum.IntEnum):
    """How much a finding matters; ordered, so that a step up or down is arithmetic."""

    HINT = 0
    INFORMATION = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()

    def step(self, by: int) -> Severity:
        return Severity(min(max(self + by, Severity.HINT), Severity.ERROR))


class Confidence(enum.IntEnum):
    """How sure the analysis is: LOW by name only, MEDIUM the name is resolved, HIGH the arguments prove it."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2

    @property
    def label(self) -> str:
        return self.name.lower()


class Rank(enum.IntEnum):
    """Which of several findings on one sink is shown: the highest."""

    IMPORT = 0
    CONSTANT = 1
    DYNAMIC = 2
    TAINTED = 3


class InTests(enum.Enum):
    """What a rule does in a test file: nothing, one severity step lower, or the same as elsewhere."""

    OFF = "off"
    LOWER = "lower"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of evidence: where a value or name came from."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that removes the weakness. `safe` means: the program's intended behaviour stays the same."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool

    def shifted(self, lines: int) -> Fix:
        """The same fix that many lines further down; edits above the text (line -1) are placed by the document."""
        edits = [edit if edit.span.start.line < 0 else Edit(edit.span.shifted(lines), edit.text) for edit in self.edits]
        return Fix(self.title, tuple(edits), self.safe)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A potential weakness at one place of a document.

    `span` is the callee or the offending argument; `anchor` is the sink that it is about: of the findings with one
    anchor the one of the highest rank is shown. `carried` findings were last seen in a region that does not parse now.
    """

    rule: str
    message: str
    span: Span
    anchor: Span
    severity: Severity
    confidence: Confidence
    steps: tuple[Step, ...] = ()
    fixes: tuple[Fix, ...] = ()
    carried: bool = False

    def shifted(self, lines: int) -> Finding:
        """The same finding that many lines further down."""
        if not lines:
            return self
        span = self.span.shifted(lines)
        # Field by field: a new line moves hundreds of findings, and `replace` takes twice the time.
        return Finding(
            rule=self.rule,
            message=self.message,
            span=span,
            anchor=span if self.anchor is self.span else self.anchor.shifted(lines),
            severity=self.severity,
            confidence=self.confidence,
            steps=self.steps and tuple([Step(step.span.shifted(lines), step.message) for step in self.steps]),
            fixes=self.fixes and tuple([fix.shifted(lines) for fix in self.fixes]),
            carried=self.carried,
        )

    def moved(self, edit: Edit) -> Finding | None:
        """Where the finding stands after an edit; None when its first character was replaced."""
        span, anchor = moved(self.span, edit), moved(self.anchor, edit)
        if span is None:
            return None
        return replace(self, span=span, anchor=anchor or span)


@dataclass(frozen=True, slots=True)
class Gap:
    """A region that was not analysed, and why."""

    span: Span
    message: str

    def shifted(self, lines: int) -> Gap:
        """The same gap that many lines further down."""
        return Gap(self.span.shifted(lines), self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is known of a rule without the code that detects it: for filters, hover, pages and reports."""

    name: str
    family: str
    title: str
    why: str
    abuse: str
    fix: str
    ask: str
    cwe: tuple[int, ...]
    severity: Severity
    rank: Rank
    in_tests: InTests
    default: bool
    aliases: tuple[str, ...]
    bad: tuple[str, ...]
    good: tuple[str, ...]
    references: tuple[str, ...]
    by_program_type: tuple[tuple[str, int], ...] = ()
    """Steps up or down by which the severity moves in programs of a type, with the type."""
