"""Whether a whole text can be let go at a glance: most files hold nothing that a rule looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.analysis.catalogue import text_detectors

if TYPE_CHECKING:
    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.glance import Glance


def is_quiet(glance: Glance, of: Catalogue) -> bool:
    """Whether no rule can find anything in the text of a file; certain where the answer is yes.

    This is the gate's answer for all pieces at once.
    """
    return not of.gate.triggering(glance, of.gate.awake(glance)) and not any(
        detector.pattern.search(glance.text) for _, detector in text_detectors(of, glance.notable)
    )
