"""How things stand, for clients that want to show it: `whysafe/status`.

A client announces that it listens with the capability `{"experimental": {"whysafe": {"status": true}}}`. It then hears,
whenever one of these changes, a notification with

- `state`: `starting`; `busy`, when an analysis takes longer than a moment; `ready`; `partial`, when something could not
  be analysed; `off`, when nothing can be;
- `message`: why it is partial or off, else null;
- `open`, `justified`, `attention`, `notAnalysed`: in all open documents that are looked at, the findings that nobody
  has answered, those whose answer counts, the justifications and settings that need somebody, and the places that were
  not analysed.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from whysafe.report import ANSWERED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from whysafe.lsp.tracked import Tracked
    from whysafe.report import Report

METHOD = "whysafe/status"
MOMENT = 0.3
"""An analysis that takes less, in seconds, is not worth a word: one comes with every keystroke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a client is told."""

    state: str
    message: str | None = None
    open: int = 0
    justified: int = 0
    attention: int = 0
    not_analysed: int = 0

    def to_client(self) -> dict[str, Any]:
        """Ready for JSON, with the names of the protocol."""
        fields = asdict(self)
        return fields | {"notAnalysed": fields.pop("not_analysed")}


def status_of(
    tracked: Collection[Tracked], reports: Collection[Report], *, started: bool, faulty_settings: int = 0
) -> Status:
    """The status from what is known of all documents; `started` tells that catalogue and settings are there."""
    shown = [one for report in reports for one in report.shown]
    justified = sum(one.state in ANSWERED for one in shown)
    gaps = sum(len(report.gaps) for report in reports)
    state, message = "ready", None
    faults = [one.fault.message for one in tracked if one.fault is not None]
    if not started:
        state = "starting"
    elif faults and all(one.given_up for one in tracked):
        state, message = "off", faults[0]
    elif not all(one.settled.is_set() for one in tracked):
        state = "busy"
    elif faults or gaps:
        state = "partial"
        message = faults[0] if faults else next(gap.message for report in reports for gap in report.gaps)
    return Status(
        state=state,
        message=message,
        open=len(shown) - justified,
        justified=justified,
        attention=sum(len(report.notes) for report in reports) + faulty_settings,
        not_analysed=gaps,
    )


class Teller:
    """Tells a status when it is news; that the analysis is busy only when it still is after a moment."""

    def __init__(self, current: Callable[[], Status], tell: Callable[[dict[str, Any]], object]) -> None:
        self._current = current
        self._tell = tell
        self._told: Status | None = None
        self._timer: asyncio.TimerHandle | None = None

    def news(self) -> None:
        """Something may have changed. Has to be called in the event loop."""
        status = self._current()
        if status.state == "busy":
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(MOMENT, self._still)
            return
        self.stop()
        self._say(status)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _still(self) -> None:
        self._timer = None
        self._say(self._current())

    def _say(self, status: Status) -> None:
        if status != self._told:
            self._told = status
            self._tell(status.to_client())
