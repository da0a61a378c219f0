"""From another tool's order to look away to a justification that a person has still to confirm; loads no libcst."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whysafe.justifications.foreign import reworded
from whysafe.syntax.position import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whysafe.justifications.markers import Marker

_BANDIT_ID = re.compile(r"B\d+")


def reason(marker: Marker) -> str | None:
    """The text behind the order, marked as not confirmed by anybody; None where there is none."""
    text = " ".join(marker.text.split())
    return f"TODO confirm: {reworded(text)}" if text else None


def rest(marker: Marker, aliases: Iterable[str], lines: Sequence[str]) -> tuple[Edit, ...]:
    """What becomes of the order itself: it stays, without its free text.

    A blanket `nosec` is made to name what it was converted for, by Bandit's id among the `aliases` of that rule, so
    that it hides nothing else from now on. Other blankets may serve other purposes and stay as they are.
    """
    named = ""
    start = marker.span.start
    if marker.tool == "nosec" and marker.blanket and lines[start.line][start.column] == "#":
        named = next((f" {alias}" for alias in aliases if _BANDIT_ID.fullmatch(alias)), "")
    span = Span(marker.order_end, max(marker.span.end, marker.order_end))
    if not named and span.start == span.end:
        return ()
    return (Edit(span, named),)
