"""The states of justifications and of the findings that they answer; loads no libcst."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from whysafe.analysis.finding import Severity, Step


class State(enum.Enum):
    """The word by which every output calls the state of a finding or a block."""

    OPEN = "open"
    VALID = "valid"
    PLACEHOLDER = "placeholder"
    TRIVIAL = "trivial"
    UNSIGNED = "unsigned"
    MALFORMED = "malformed"
    DUE = "due"
    EXPIRED = "expired"
    STALE = "stale"
    CONTEXT_CHANGED = "context-changed"
    ORPHAN = "orphan"
    UNKNOWN_RULE = "unknown-rule"
    DETACHED = "detached"
    TOO_LONG = "too-long"
    FORBIDDEN = "forbidden"
    UNDOCUMENTED = "undocumented"
    BLANKET = "blanket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something to say at a block. `unnecessary`: the block answers nothing any more and may be faded.

    `ids` are the names in its brackets that this is about, and `instead` is what that name was most likely meant to be.
    """

    state: State
    severity: Severity
    message: str
    unnecessary: bool = False
    related: tuple[Step, ...] = ()
    ids: tuple[str, ...] = ()
    instead: str | None = None


def remark(state: State, message: str) -> Remark:
    return Remark(state=state, severity=_SEVERITIES.get(state, Severity.WARNING), message=message)


_SEVERITIES = {
    State.MALFORMED: Severity.ERROR,
    State.FORBIDDEN: Severity.ERROR,
    State.DUE: Severity.INFORMATION,
}
