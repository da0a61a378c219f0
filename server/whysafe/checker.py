"""The engine with justifications: a text, kept up to date by edits, and the facts about it.

This is the only door to trees and rules; the language server keeps it in a process of its own.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from whysafe.analysis import catalogue as catalogues
from whysafe.analysis.program import Program
from whysafe.justifications import writer
from whysafe.justifications.comment import Placed, Refused, parse_blocks
from whysafe.justifications.cover import cover
from whysafe.justifications.fingerprint import fingerprint
from whysafe.report import Facts, Report, project
from whysafe.rules import CATALOGUE
from whysafe.semantics.scopes import BindingKind
from whysafe.syntax.comments import comments
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.tree import Tree

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence

    import libcst as cst

    from whysafe.analysis.finding import Card
    from whysafe.analysis.unit import Unit
    from whysafe.config import Settings
    from whysafe.justifications.comment import Block, Decision
    from whysafe.semantics.scopes import Scope


@lru_cache(maxsize=1)
def cards() -> dict[str, Card]:
    """What is known of every rule, by name."""
    return catalogues.cards(CATALOGUE)


def check(text: str, settings: Settings, today: datetime.date, path: str | None) -> Report:
    """Everything to be shown for a text on that day. Never raises for what the text says."""
    return project(Document(text).facts(), cards(), settings, today, path)


@dataclass(frozen=True, slots=True, eq=False)
class _BlocksOf:
    """The placed blocks of a unit, in its coordinates, and what they depend on."""

    unit: Unit
    below: Unit | None
    placed: tuple[Placed, ...]
    asked: frozenset[str]


class Document:
    """An open text. Edits are cheap; `facts` costs what the edits since the last call have made stale."""

    def __init__(self, text: str, *, gated: bool = True) -> None:
        self.program = Program(text, CATALOGUE, gated=gated)
        self._blocks: dict[Unit, _BlocksOf] = {}

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
            blocks=tuple(self._placed()),
            gaps=self.program.gaps(),
            test_like=self.program.imports_test_framework,
        )

    def fill(self) -> bool:
        """Parse one more part of the text that nobody has needed yet; False when all of it has its tree."""
        return self.program.fill()
