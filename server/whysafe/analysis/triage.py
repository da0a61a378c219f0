"""Whether a whole text can be let go at a glance: most files hold nothing that a rule looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.glance import Glance


def is_quiet(glance: Glance, of: Catalogue) -> bool:
    """Whether no rule can find anything in the text of a file; certain where the answer is yes.

    What stands in a whole text in the way that the gate asks for stands so in one of its pieces, and the other way
    round, as long as the text is valid: so this is the gate's answer for all pieces at once.
    """
    texts = of.texts if of.text_words.among(glance.words) else ()
    return not of.gate.passes(glance, of.gate.awake(glance)) and not any(
        detector.words.among(glance.words) and detector.pattern.search(glance.text) for _, detector in texts
    )
