"""Which nodes of a piece the rules have to be asked about again: most of them are known to be quiet.

A node is quiet where no rule answered, and no name was looked up to find that out: then nothing but its own statement,
what is awake and what leads on in the piece can make a rule answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.following import mentioned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.following import Leading
    from whysafe.semantics.scopes import PieceScopes, Seen, Segment


@dataclass(slots=True, eq=False)
class Heard:
    """What was found out about a segment while `leading` held: all nodes of it but the loud ones are quiet."""

    leading: Leading | None
    loud: Sequence[Seen]
    names: frozenset[str] | None = None
    """The names by which it can stop to be quiet, once somebody has needed them."""


def listen(scopes: PieceScopes, leading: Leading | None) -> tuple[dict[type[cst.CSTNode], list[Seen]], list[Segment]]:
    """The nodes that are not known to be quiet, by class in order of the walk, and the segments to find out about.

    `leading` is what leads on in the piece now; None stands for everything.
    """
    listed: dict[type[cst.CSTNode], list[Seen]] = {}
    new: list[Segment] = []
    changed: dict[Leading | None, AbstractSet[str] | None] = {}
    for segment in scopes.segments:
        known: Heard | None = segment.memo
        if known is None or (known.leading is not leading and not _still_holds(known, segment, leading, changed)):
            nodes: Sequence[Seen] = segment.seen
            new.append(segment)
        else:
            nodes = known.loud
        for seen in nodes:
            listed.setdefault(type(seen.node), []).append(seen)
    return listed, new


def note(segments: Iterable[Segment], leading: Leading | None, loud: AbstractSet[Seen]) -> None:
    """Keep with segments which of their nodes are loud."""
    for segment in segments:
        segment.memo = Heard(leading, [seen for seen in segment.seen if seen in loud] if loud else ())


def _still_holds(
    known: Heard, segment: Segment, leading: Leading | None, changed: dict[Leading | None, AbstractSet[str] | None]
) -> bool:
    """Whether nothing in the segment depends on what leads on now and did not before, or the other way round.

    `changed` keeps what that is, for each state before.
    """
    if known.leading not in changed:
        changed[known.leading] = _difference(known.leading, leading)
    names = changed[known.leading]
    if names is None:
        return False
    if known.names is None:
        known.names = frozenset(name for seen in segment.seen for name in _names(seen.node))
    if not known.names.isdisjoint(names):
        return False
    known.leading = leading
    return True


def _difference(before: Leading | None, now: Leading | None) -> AbstractSet[str] | None:
    """The names that lead on in one of two states of a piece only; None where it can be any."""
    if before is None or now is None or before.awake is not now.awake or before.able != now.able:
        return None
    return (before.own[0] ^ now.own[0]) | (before.own[1] ^ now.own[1])


def _names(node: cst.CSTNode) -> Iterable[str]:
    if isinstance(node, cst.Call):
        for part in (node.func, *(arg.value for arg in node.args)):
            yield from mentioned(part)
