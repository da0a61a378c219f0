"""The engine with justifications: a text, kept up to date by edits, and the facts about it.

This is the only door to trees and rules; the language server keeps it in a process of its own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from whysafe.analysis import catalogue as catalogues
from whysafe.analysis.program import Program
from whysafe.answers import Answers
from whysafe.justifications import writer
from whysafe.justifications.comment import Block, Decision, Refused
from whysafe.report import Facts, Report, project
from whysafe.rules import CATALOGUE
from whysafe.syntax.source import split_lines

if TYPE_CHECKING:
    import datetime as dt

    from whysafe.analysis.finding import Card, Severity
    from whysafe.config import Settings
    from whysafe.justifications.writer import Written
    from whysafe.syntax.position import Edit, Position


@lru_cache(maxsize=1)
def cards() -> dict[str, Card]:
    """What is known of every rule, by name."""
    return catalogues.cards(CATALOGUE)


def check(text: str, settings: Settings, today: dt.date, path: str | None) -> Report:
    """Everything to be shown for a text on that day (UTC). Never raises for what the text says."""
    return project(Document(text).facts(), cards(), settings, today, path)


class Document:
    """An open text. Edits are cheap; `facts` costs what the edits since the last call have made stale."""

    def __init__(self, text: str, *, gated: bool = True) -> None:
        self.program = Program(text, CATALOGUE, gated=gated)
        self._answers = Answers(self.program)

    @property
    def text(self) -> str:
        return self.program.text

    def edit(self, edit: Edit) -> None:
        """Replace the text of a span; lines from 0, columns in code points, clamped to the text."""
        self.program.edit(edit)

    def facts(self) -> Facts:
        """What the analysis says of the text as it is now, and what it carries from before it broke."""
        findings = self.program.findings()
        return Facts(
            findings=findings,
            blocks=self._answers.placed(),
            gaps=self.program.gaps(),
            test_like=self.program.world.imports_test_framework,
        )

    def fill(self) -> bool:
        """Parse one more part of the text that nobody has needed yet; False when all of it has its tree."""
        return self.program.fill()

    def justify(  # noqa: PLR0913, PLR0917 - each of them is a part of one answer
        self, place: Position, rule: str, decision: Decision, who: str, today: dt.date, settings: Settings
    ) -> Written:
        """The insertion that answers the finding of `rule` that starts at `place`.

        Raises:
            Refused: there is no such finding, or no safe place for a block; the message is for the user.
        """
        found = [f for f in self.program.findings() if f.rule == rule and f.span.start == place and not f.carried]
        if not found:
            raise Refused(f"There is no finding of {rule} at this place any more.")
        code = self._answers.code_around(place.line)
        if code is None:
            raise Refused("The code around this finding does not parse, so a justification cannot be bound to it.")
        request = writer.Request(
            line=code.line,
            ids=(rule,),
            decision=decision,
            reason=writer.todo(decision, (cards()[rule].ask,)),
            who=who,
            today=today,
            review_by=writer.review_date(decision, found[0].severity, today, _horizons(settings)),
            program_type=settings.program_type,
            code=code.fingerprint,
        )
        written = writer.write(
            request, split_lines(self.text), self._answers.comments(), [p.block for p in self._answers.placed()]
        )
        if not self._answers.keeps_the_code(written.edits):
            raise Refused("A comment above this code would change what the code says; write it by hand elsewhere.")
        return written

    def reconfirm(self, place: Position, who: str, today: dt.date, settings: Settings) -> Edit:
        """The edit by which somebody confirms the block at `place` again. Raises Refused."""
        block, signing = self._signing(place, who, today, settings)
        return writer.reconfirm(block, split_lines(self.text), signing)

    def sign(self, place: Position, who: str, today: dt.date, settings: Settings) -> Edit:
        """The edit that completes the signature of the block at `place`. Raises Refused."""
        block, signing = self._signing(place, who, today, settings)
        return writer.sign(block, split_lines(self.text), signing)

    def remove(self, place: Position) -> Edit:
        """The edit that takes the block at `place` out. Raises Refused where there is none."""
        return writer.remove(self._answers.block_at(place).block, split_lines(self.text))

    def _signing(self, place: Position, who: str, today: dt.date, settings: Settings) -> tuple[Block, writer.Signing]:
        placed = self._answers.block_at(place)
        if placed.code is None or placed.covers is None:
            raise Refused("No code is attached to this justification; move it directly above its statement first.")
        covers = placed.covers
        answered = [finding.severity for finding in self.program.findings() if covers.contains(finding.span.start)]
        decision = placed.block.decision or Decision.ACCEPTED
        severity: Severity | None = max(answered, default=None)
        review = None if severity is None else writer.review_date(decision, severity, today, _horizons(settings))
        return placed.block, writer.Signing(who, today, placed.code, review)


def _horizons(settings: Settings) -> dict[str, int | None]:
    within = settings.review_within
    return {
        "error": within.error,
        "warning": within.warning,
        "information": within.information,
        "hint": within.hint,
        "deferred": within.deferred,
    }
