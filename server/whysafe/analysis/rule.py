"""The declaration of a rule: one frozen value with everything that is to say about a weakness."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from whysafe.analysis.finding import Card, Confidence, InTests, Rank, Severity

if TYPE_CHECKING:
    import libcst as cst

    from whysafe.analysis.detectors import Detector
    from whysafe.semantics.scopes import Scope


@dataclass(frozen=True, slots=True, eq=False)
class Replace:
    """Write `text` in place of a node."""

    node: cst.CSTNode
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class AddArgument:
    """Append an argument to a call."""

    call: cst.Call
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class RemoveArgument:
    """Take an argument out of a call, with the comma that it leaves over."""

    call: cst.Call
    argument: cst.Arg


@dataclass(frozen=True, slots=True, eq=False)
class RemoveStatement:
    """Take a simple statement out; `pass` stays where a body would be empty."""

    statement: cst.CSTNode


@dataclass(frozen=True, slots=True)
class AddImport:
    """Import a module at the top of the file, unless its name is bound to it already."""

    module: str


Change = Replace | AddArgument | RemoveArgument | RemoveStatement | AddImport


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """A fix in terms of nodes. `safe` means: the program's intended behaviour stays the same."""

    title: str
    changes: tuple[Change, ...]
    safe: bool


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A node that shows why there is a finding, in whatever piece its scope belongs to."""

    node: cst.CSTNode
    scope: Scope
    message: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Verdict:
    """A finding as a predicate sees it; what is None is taken from the rule and the detector.

    Attributes:
        message: one sentence that says what is wrong at this place.
        severity: in place of the rule's.
        confidence: HIGH when the arguments prove it.
        at: the node to underline; the callee of a call when None.
        anchor: the sink; findings with one anchor are one problem. The call itself when None.
    """

    message: str | None = None
    severity: Severity | None = None
    confidence: Confidence = Confidence.HIGH
    at: cst.CSTNode | None = None
    anchor: cst.CSTNode | None = None
    evidence: tuple[Evidence, ...] = ()
    repairs: tuple[Repair, ...] = ()


Answer = Verdict | bool | None
"""What a predicate returns: a verdict, True for "as the rule says", False or None for no finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A weakness: what to detect, how to explain it, how to answer it.

    Attributes:
        name: kebab-case; the flagged thing, never its remedy.
        family: the family that it is selected by.
        title: a noun phrase for lists.
        message: one sentence for the diagnostic, about the code under the cursor.
        why: what is weak.
        abuse: who could use it and how.
        fix: what to do instead.
        ask: the question that a reviewer must be able to answer before accepting it.
        cwe: CWE numbers, the most exact first (https://cwe.mitre.org).
        severity: the base; see `Verdict.severity` for steps.
        rank: which finding is shown when several have one anchor.
        in_tests: what happens in test files.
        default: whether it is on without being selected.
        by_program_type: steps up or down by which the severity moves in programs of a type. Give one only where the
            type changes who can reach the weakness or what it costs; `whysafe.rules.types` has the usual ones.
        aliases: ids and construct names of the same check in Bandit, Ruff and Python Code Audit.
        detect: one or several detectors.
        bad: programs with exactly one finding, of this rule; the first one is shown to users.
        good: programs without any finding; the first one is shown to users as the remedy of the first bad one.
        references: addresses of primary sources.
    """

    name: str
    family: str
    title: str
    message: str
    why: str
    abuse: str
    fix: str
    ask: str
    cwe: tuple[int, ...]
    severity: Severity
    detect: Detector | tuple[Detector, ...]
    bad: tuple[str, ...]
    good: tuple[str, ...]
    references: tuple[str, ...]
    rank: Rank = Rank.DYNAMIC
    in_tests: InTests = InTests.LOWER
    default: bool = True
    aliases: tuple[str, ...] = ()
    by_program_type: Mapping[str, int] = field(default_factory=dict)

    @property
    def detectors(self) -> tuple[Detector, ...]:
        return self.detect if isinstance(self.detect, tuple) else (self.detect,)


def card(rule: Rule) -> Card:
    """Everything of a rule but the code that detects it."""
    values = {field.name: getattr(rule, field.name) for field in fields(Card)}
    return Card(**values | {"by_program_type": tuple(sorted(rule.by_program_type.items()))})


Predicate = Callable[..., Answer]
