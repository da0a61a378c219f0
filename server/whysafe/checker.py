"""The engine with justifications: a text, kept up to date by edits, and the facts about it.

This is the only door to trees and rules; the language server keeps it in a process of its own.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from whysafe.analysis import catalogue as catalogues
from whysafe.analysis.glance import glance_of
from whysafe.analysis.program import Program
from whysafe.analysis.triage import is_quiet
from whysafe.answers import Answers, may_have_block
from whysafe.justifications import conversion, mending, writer
from whysafe.justifications.comment import Block, Decision, Refused
from whysafe.justifications.faults import latest_review
from whysafe.justifications.marked import concerning
from whysafe.justifications.markers import may_have_markers
from whysafe.justifications.names import names
from whysafe.justifications.writer import Written
from whysafe.report import Facts, Report, place_of, policy_of, project
from whysafe.rules import CATALOGUE
from whysafe.syntax.comments import remarks
from whysafe.syntax.enclosing import enclosing
from whysafe.syntax.source import split_lines
from whysafe.syntax.tree import Tree
from whysafe.syntax.validity import is_plain
from whysafe.weighing import weigh

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from whysafe.analysis.finding import Card, Severity
    from whysafe.analysis.glance import Glance
    from whysafe.config import Settings
    from whysafe.justifications.markers import Marker
    from whysafe.syntax.comments import Comment
    from whysafe.syntax.position import Edit, Position, Span


NOTHING = Facts(findings=(), blocks=(), gaps=())


@lru_cache(maxsize=1)
def cards() -> dict[str, Card]:
    """What is known of every rule, by name."""
    return catalogues.cards(CATALOGUE)


def check(text: str, settings: Settings, today: dt.date, path: str | None) -> Report:
    """Everything to be shown for a text on that day (UTC). Never raises for what the text says."""
    document = document_of(text)
    return project(NOTHING if document is None else document.facts(), cards(), settings, today, path)


def document_of(text: str) -> Document | None:
    """The document of a text that is read once; None where a glance tells that its facts are `NOTHING`."""
    glance = glance_of(text)
    return None if _holds_nothing(text, glance) else Document(text, glance=glance)


def _holds_nothing(text: str, glance: Glance) -> bool:
    """Whether a valid text has nothing to report: no finding, no justification, no order of another tool."""
    return is_quiet(glance, CATALOGUE) and _is_bare(text) and is_plain(text) and glance.accepted


def _is_bare(text: str) -> bool:
    """Whether a text certainly has no justification and no order of another tool."""
    behind = remarks(text)
    return not may_have_block(behind) and not may_have_markers(behind)


class Document:
    """An open text. Edits are cheap; `facts` costs what the edits since the last call have made stale."""

    def __init__(self, text: str, *, gated: bool = True, glance: Glance | None = None) -> None:
        glance = glance or glance_of(text)
        self.program = Program(text, CATALOGUE, gated=gated, glance=glance)
        self._answers = Answers(self.program)
        self._is_bare = _is_bare(text)
        """Not asked after an edit."""

    @property
    def text(self) -> str:
        return self.program.text

    @property
    def length(self) -> int:
        """The length of the text in code points, without putting it together."""
        return self.program.length

    def edit(self, edit: Edit) -> None:
        """Replace the text of a span; lines from 0, columns in code points, clamped to the text."""
        self._is_bare = False
        self.program.edit(edit)

    def facts(self) -> Facts:
        """What the analysis says of the text as it is now, and what it carries from before it broke."""
        findings = self.program.findings()
        return Facts(
            findings=findings,
            blocks=() if self._is_bare else self._answers.placed(),
            gaps=self.program.gaps(),
            test_like=self.program.world.imports_test_framework,
            markers=() if self._is_bare else self._answers.markers(),
        )

    def qualified_name(self, line: int) -> str:
        """The classes and functions around a line, joined by dots, as in `Class.method`; empty at module level.

        The line counts from 0. Of what does not parse, the names are left out.
        """
        if not self.program.order:
            return ""
        home, first = self.program.order.at(line)
        names: list[str] = []
        depth = len(home.piece.indents)
        within = min(line - first, max(home.piece.lines - 1, 0))
        for unit in chain((home,), self.program.order.before(home)):
            if unit is home or (unit.piece.header and len(unit.piece.indents) < depth):
                depth = len(unit.piece.indents)
                self.program.world.scopes(unit)
                if isinstance(unit.tree, Tree):
                    last = max(unit.piece.lines - 1, 0)
                    names[:0] = enclosing(unit.tree, unit.piece.text, within if unit is home else last)
            if depth == 0:
                break
        return ".".join(names)

    def fill(self) -> bool:
        """Parse one more part of the text that nobody has needed yet, so that it is at hand; False at the end."""
        return self.program.fill()

    @property
    def grown(self) -> int:
        """How many lines of the text have a tree."""
        return self.program.world.grown + self.program.memory.lines

    def trim(self, lines: int) -> None:
        """Give up trees, the least recently used first, until no more lines than that have one; nothing is lost."""
        self.program.world.trim(lines)
        self.program.memory.limit(lines)

    def justify(  # noqa: PLR0913, PLR0917 - each of them is a part of one answer
        self,
        place: Position,
        rule: str,
        decision: Decision,
        who: str,
        today: dt.date,
        settings: Settings,
        *,
        reason: str | None = None,
        ref: str | None = None,
    ) -> Written:
        """The insertion that answers the finding of `rule` that starts at `place`.

        Without a `reason`, a TODO with the questions that it has to answer stands in its place.

        Raises:
            Refused: there is no such finding, no safe place for a block, or the reason cannot be written; the message
                is for the user.
        """
        found = [f for f in self.program.findings() if f.rule == rule and f.span.start == place and not f.carried]
        if not found:
            raise Refused(f"There is no finding of {rule} at this place any more.")
        code = self._answers.code_around(place.line)
        if code is None:
            raise Refused("The code around this finding does not parse, so a justification cannot be bound to it.")
        if rule in policy_of(settings, cards(), in_tests=False).never:
            raise Refused(f"The settings of this project allow no answer to {rule} (`never-justify`); fix the code.")
        severity = self._severity(code.span, {rule}, settings)
        request = writer.Request(
            line=code.line,
            ids=(rule,),
            decision=decision,
            reason=writer.todo(decision, (cards()[rule].ask,)) if reason is None else reason,
            who=who,
            today=today,
            review_by=None if severity is None else writer.review_date(decision, severity, today, _horizons(settings)),
            program_type=settings.program_type,
            ref=ref,
            code=code.fingerprint,
            width=settings.columns,
        )
        written = writer.write(
            request, split_lines(self.text), self._answers.comments(), [p.block for p in self._answers.placed()]
        )
        if not self._answers.keeps_the_code(written.edits):
            raise Refused("A comment above this code would change what the code says; write it by hand elsewhere.")
        return written

    def convert(  # noqa: PLR0913, PLR0917 - each of them is a part of one answer
        self, place: Position, rule: str, decision: Decision, who: str, today: dt.date, settings: Settings
    ) -> Written:
        """The edits that make a justification of another tool's order to pass over the finding at `place`.

        The order stays where it names rules, or is made to name the rule where its tool has an id for it; its free text
        moves into the reason, for a person to confirm.

        Raises:
            Refused: as `justify`, or where there is no such order any more.
        """
        marker = self._marker(place, rule)
        reason = conversion.reason(marker)
        written = self.justify(place, rule, decision, who, today, settings, reason=reason)
        rest = conversion.rest(marker, cards()[rule].aliases, split_lines(self.text))
        # A snippet can only stand for a single edit.
        return Written((*written.edits, *rest), written.snippet)

    def _marker(self, place: Position, rule: str) -> Marker:
        found = [f for f in self.program.findings() if f.rule == rule and f.span.start == place]
        places = [place_of(finding) for finding in found]
        for marker in concerning(self._answers.markers(), places, names(cards().values())):
            if marker is not None:
                return marker
        raise Refused(f"No other tool is told to pass over {rule} at this place any more.")

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

    def attach(self, place: Position) -> tuple[Edit, ...]:
        """The edits that move the block at `place` directly above the code that follows it. Raises Refused."""
        block, lines, comments = self._block(place)
        line = mending.next_code(block, lines, comments)
        code = self._answers.code_around(line)
        if code is None or code.line != line:
            raise Refused("The code that follows does not begin a statement there; move the justification by hand.")
        return self._kept(mending.attach(block, lines, comments, line))

    def move_above(self, place: Position, settings: Settings) -> tuple[Edit, ...]:
        """The edits that write the block behind code at `place` as lines above its statement. Raises Refused."""
        block, lines, comments = self._block(place)
        code = self._answers.code_around(place.line) if block.trailing else None
        if code is None:
            raise Refused("There is no justification behind code at this place any more.")
        return self._kept(mending.move_above(block, lines, comments, code.line, settings.columns))

    def shorten(self, place: Position, settings: Settings) -> tuple[Edit, ...]:
        """The edit that brings the review date of the block at `place` within the policy. Raises Refused."""
        placed = self._answers.block_at(place)
        severity = None if placed.covers is None else self._severity(placed.covers, self._rules(placed.block), settings)
        policy = policy_of(settings, cards(), in_tests=False)
        latest = latest_review(placed.block, () if severity is None else (severity,), policy)
        if latest is None:
            raise Refused("The settings set no limit to the review date of this justification.")
        return mending.shorten(placed.block, split_lines(self.text), latest)

    def _block(self, place: Position) -> tuple[Block, list[str], dict[int, Comment]]:
        comments = {comment.line: comment for comment in self._answers.comments() if comment.own_line}
        return self._answers.block_at(place).block, split_lines(self.text), comments

    def _kept(self, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        """The edits, if what they insert changes nothing in what the code says."""
        if not self._answers.keeps_the_code([edit for edit in edits if edit.text]):
            raise Refused("A comment above this code would change what the code says; write it by hand elsewhere.")
        return edits

    def _rules(self, block: Block) -> set[str]:
        known = names(cards().values()).rules
        return {rule for name in block.ids for rule in known.get(name, ())}

    def _signing(self, place: Position, who: str, today: dt.date, settings: Settings) -> tuple[Block, writer.Signing]:
        placed = self._answers.block_at(place)
        if placed.code is None or placed.covers is None:
            raise Refused("No code is attached to this justification; move it directly above its statement first.")
        covers = placed.covers
        decision = placed.block.decision or Decision.ACCEPTED
        severity = self._severity(covers, self._rules(placed.block), settings)
        review = None if severity is None else writer.review_date(decision, severity, today, _horizons(settings))
        return placed.block, writer.Signing(who, today, placed.code, review, settings.program_type, settings.columns)

    def _severity(self, covers: Span, rules: Collection[str], settings: Settings) -> Severity | None:
        """How severe the gravest finding of these rules in a span is, outside of tests; None without any."""
        found = [f for f in self.program.findings() if f.rule in rules and covers.contains(f.span.start)]
        weighed = ((f.severity, weigh(f, cards()[f.rule], settings, in_tests=False)) for f in found)
        return max((base if here is None else here.severity for base, here in weighed), default=None)


def _horizons(settings: Settings) -> dict[str, int | None]:
    within = settings.review_within
    return {
        "error": within.error,
        "warning": within.warning,
        "information": within.information,
        "hint": within.hint,
        "deferred": within.deferred,
    }
