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
    ORPHAN = "orphan"
    UNKNOWN_RULE = "unknown-rule"
    DETACHED = "detached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something to say at a block. `unnecessary`: the block answers nothing any more and may be faded."""

    state: State
    severity: Severity
    message: str
    unnecessary: bool = False
    related: tuple[Step, ...] = ()


def remark(state: State, message: str) -> Remark:
    return Remark(state=state, severity=_SEVERITIES.get(state, Severity.WARNING), message=message)


_SEVERITIES = {State.MALFORMED: Severity.ERROR, State.DUE: Severity.INFORMATION}
