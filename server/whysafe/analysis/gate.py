"""Which pieces need a tree: those in which a rule can be triggered, as far as words and their neighbours tell.

Derived from the detectors. A rule about `requests` sleeps in a file that imports no `requests`; of what is awake, a
piece must hold a trigger word (the last part of a qualified name, a keyword, a pattern) that stands as it must: called,
assigned, imported. Names that passing pieces give to things (`from os import system as r`) become trigger words of the
file. Words of indirection matter where they can lead to any of these. The gate may let too much through, never too
little.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whysafe.analysis.computed import computed_imports
from whysafe.analysis.detours import DETOURS, leads_on
from whysafe.analysis.standing import LONGEST_IMPORT, Use, occurrences, stands
from whysafe.analysis.triggers import ANY_FILE, BUILTINS_CALLED, patterns_of, triggers_of
from whysafe.syntax.words import folded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.detectors import Detector
    from whysafe.analysis.glance import Glance
    from whysafe.analysis.triggers import Pattern, Trigger


@dataclass(frozen=True, slots=True)
class Awake:
    """What can be triggered in a file: by libraries that it has, and by names that it gives to dangerous things."""

    roots: frozenset[str]
    given: frozenset[str]
    words: frozenset[str]
    """All trigger words."""
    names: frozenset[str]
    """Those that can be called, or passed on, as a name of their own."""
    attributes: frozenset[str]
    """Those that can be called, or passed on, as an attribute."""

    @property
    def reaches(self) -> bool:
        """Whether anything dangerous is there that need not be written by its name."""
        return len(self.roots) > 1 or bool(self.given)


@dataclass(frozen=True, slots=True)
class Gate:
    """The triggers of each word, the words of each library, and patterns of identifiers."""

    triggers: dict[str, tuple[Trigger, ...]]
    by_root: dict[str, frozenset[str]]
    patterns: tuple[Pattern, ...]
    _known: dict[tuple[frozenset[str], frozenset[str]], Awake] = field(default_factory=dict)

    def awake(self, glance: Glance) -> Awake:
        """What is awake in a file, or in a part of one."""
        return self.with_more(_NOTHING, self.roots(glance), frozenset())

    def roots(self, glance: Glance, known: frozenset[str] = frozenset()) -> frozenset[str]:
        """The libraries that a text may bring into its file; those that are known to be there are not looked for."""
        text = folded(glance.text)
        brought = frozenset(root for root in (glance.words & self.by_root.keys()) - known if _is_brought(text, root))
        return brought.union(computed_imports(glance, self.by_root.keys()))

    def with_more(self, awake: Awake, roots: AbstractSet[str], given: AbstractSet[str]) -> Awake:
        """The same with further libraries and names; the very same where there is nothing new."""
        if roots <= awake.roots and given <= awake.given and ANY_FILE in awake.roots:
            return awake
        wanted = awake.roots | roots | {ANY_FILE}, awake.given | given
        known = self._known.get(wanted)
        if known is None:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            known = self._known[wanted] = self._made(*wanted)
        return known

    def _made(self, roots: frozenset[str], given: frozenset[str]) -> Awake:
        reached = [
            (word, trigger.use)
            for word in frozenset().union(*(self.by_root[root] for root in roots if root in self.by_root))
            for trigger in self.triggers[word]
            if trigger.root in roots
        ]
        return Awake(
            roots=roots,
            given=given,
            words=given.union(DETOURS, (word for word, _ in reached)),
            names=given.union(DETOURS, (word for word, use in reached if use in {Use.BARE, Use.REACHED})),
            attributes=given.union(DETOURS, (word for word, use in reached if use is Use.REACHED)),
        )

    def passes(self, glance: Glance, awake: Awake) -> bool:
        """Whether a rule can find something in a text; certain where the answer is no."""
        return any(self._is_triggered(glance, word, awake) for word in glance.words & awake.words) or any(
            self._matches(glance, awake)
        )

    def _is_triggered(self, glance: Glance, word: str, awake: Awake) -> bool:
        if word in awake.given and stands(glance, word, Use.ANY):
            return True
        if word in DETOURS and leads_on(glance, word, awake):
            return True
        return any(
            trigger.root in awake.roots
            and stands(glance, word, trigger.use)
            and (trigger.sign is None or trigger.sign(glance, word))
            for trigger in self.triggers.get(word, ())
        )

    def _matches(self, glance: Glance, awake: Awake) -> Iterable[bool]:
        for pattern in self.patterns:
            if not pattern.roots.isdisjoint(awake.roots) and pattern.words.among(glance.words):
                yield pattern.sign is None or pattern.sign(glance, "")


_NOTHING = Awake(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())
_MOST_KNOWN = 5_000


def _is_brought(text: str, root: str) -> bool:
    """Whether a text may import a library: it stands in a line behind `import` or `from`, or begins a string."""
    for begin in occurrences(text, root):
        if begin and text[begin - 1] in "\"'":
            return True
        if root in BUILTINS_CALLED:
            return True
        ahead = text[max(0, begin - LONGEST_IMPORT) : begin]
        start = max(ahead.rfind("\n"), ahead.rfind("\r")) + 1
        if not start and begin > LONGEST_IMPORT:
            return True
        if "import" in ahead[start:] or "from" in ahead[start:] or ahead[:start].rstrip("\r\n").endswith("\\"):
            return True
    return False


def gate(detectors: Iterable[Detector]) -> Gate:
    """The gate of a set of detectors."""
    detectors = tuple(detectors)
    triggers: dict[str, dict[Trigger, None]] = {}
    by_root: dict[str, set[str]] = {}
    for detector in detectors:
        for word, trigger in triggers_of(detector):
            triggers.setdefault(word, {})[trigger] = None
            by_root.setdefault(trigger.root, set()).add(word)
    patterns = tuple(pattern for detector in detectors for pattern in patterns_of(detector))
    for root in frozenset().union(*(pattern.roots for pattern in patterns)):
        by_root.setdefault(root, set())
    return Gate(
        {word: tuple(found) for word, found in triggers.items()},
        {root: frozenset(found) for root, found in by_root.items()},
        patterns,
    )
