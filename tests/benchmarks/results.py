"""Figures, and the table of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = ("metric", "peer", "theirs", "ours", "ratio", "target", "moonshot", "met")


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: rounds of each measurement, keystrokes at each line, and whether only the essential."""

    rounds: int = 3
    strokes: int = 60
    quick: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    What is compared with the targets is the ratio where there is a peer, else our figure; with `absolute` our figure
    in any case. `note` says why there are no figures, where there are none.
    """

    metric: str
    peer: str = ""
    theirs: float | None = None
    ours: float | None = None
    unit: str = ""
    target: float | None = None
    moonshot: float | None = None
    absolute: bool = False
    note: str = ""

    @staticmethod
    def ratio(
        metric: str,
        peer: str,
        theirs: float,
        ours: float,
        unit: str,
        target: float | None,
        moonshot: float | None,
    ) -> Row:
        """A figure of ours against that of a peer; targets are ratios."""
        return Row(metric=metric, peer=peer, theirs=theirs, ours=ours, unit=unit, target=target, moonshot=moonshot)

    @staticmethod
    def alone(metric: str, ours: float, unit: str, target: float | None, moonshot: float | None) -> Row:
        """A figure of ours against a target in its own unit."""
        return Row(metric=metric, ours=ours, unit=unit, target=target, moonshot=moonshot, absolute=True)

    @staticmethod
    def missing(metric: str, note: str) -> Row:
        """A line without figures."""
        return Row(metric=metric, note=note)

    @property
    def value(self) -> float | None:
        """What is compared with target and moonshot; None where nothing was measured."""
        return self.ours if self.absolute else self.quotient

    @property
    def quotient(self) -> float | None:
        """Our figure over theirs, where there are both."""
        return None if self.ours is None or not self.theirs else self.ours / self.theirs

    @property
    def met(self) -> str:
        """One of "moonshot", "yes" and "no"; nothing where there is no target or no figure."""
        if self.value is None or self.target is None:
            return ""
        if self.moonshot is not None and self.value <= self.moonshot:
            return "moonshot"
        return "yes" if self.value <= self.target else "no"

    def cells(self) -> tuple[str, ...]:
        """The texts of the table's columns."""
        if self.ours is None:
            return (self.metric, "", "", f"not measured: {self.note}", "", "", "", "")
        unit = f" {self.unit}" if self.absolute else ""
        return (
            self.metric,
            self.peer,
            "" if self.theirs is None else f"{number(self.theirs)} {self.unit}",
            f"{number(self.ours)} {self.unit}",
            "" if self.quotient is None else number(self.quotient),
            "" if self.target is None else f"{number(self.target)}{unit}",
            "" if self.moonshot is None else f"{number(self.moonshot)}{unit}",
            self.met,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"value": self.value, "met": self.met}


def number(value: float) -> str:
    """A figure with two or three digits that matter."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def markdown(rows: Iterable[Row]) -> str:
    """The table in Markdown, one line a row."""
    lines = [HEAD, ("---",) * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
