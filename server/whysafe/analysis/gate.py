"""Which pieces need a tree: those in which a rule can be triggered, as far as words and their neighbours tell.

Derived from the detectors. A rule about `requests` sleeps in a file that imports no `requests`; of what is awake, a
piece must hold a trigger word (the last part of a qualified name, a keyword, a pattern) that stands as it must: called,
assigned, imported. Names that passing pieces give to things (`from os import system as r`) become trigger words of the
file. Words of indirection matter where they can lead to any of these. The gate may let too much through, never too
little.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from whysafe.analysis.binding import is_parameter
from whysafe.analysis.computed import imports_by_computed_name, made_of, may_spell, parts_of_names
from whysafe.analysis.detectors import Needs, Texts
from whysafe.analysis.detours import DETOURS, UNWRITTEN, leads_on, names_for
from whysafe.analysis.imported import imported_words, is_brought
from whysafe.analysis.standing import Use, stands
from whysafe.analysis.triggers import ANY_FILE, BUILTINS_CALLED, patterns_of, triggers_of, word_test
from whysafe.semantics.resolver import STAR
from whysafe.syntax.words import WordTest, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.detectors import Detector, Nodes
    from whysafe.analysis.glance import Glance
    from whysafe.analysis.standing import Sign
    from whysafe.analysis.triggers import Pattern


class Way(NamedTuple):
    """How a trigger word must stand, what else the text must have, and how much of it the rule then needs to see."""

    use: Use
    sign: Sign | None
    needs: Needs


class Library(NamedTuple):
    """What can trigger a rule where a library is there."""

    ways: Mapping[str, tuple[Way, ...]]
    """How each word must stand."""
    names: frozenset[str]
    """The words that can be called, or passed on, as a name of their own."""
    attributes: frozenset[str]
    """Those that can be, as an attribute."""


@dataclass(frozen=True, slots=True, eq=False)
class Awake:
    """What can be triggered in a file: by what it imports, and by names that it gives to dangerous things."""

    roots: frozenset[str]
    """Libraries, and names that are imported from one: see `Gate.roots`."""
    given: frozenset[str]
    ways: Mapping[str, tuple[Way, ...]]
    """How each trigger word of the libraries must stand, and what else the text must have."""
    words: frozenset[str]
    """All trigger words."""
    names: frozenset[str]
    """Those that can be called, or passed on, as a name of their own."""
    attributes: frozenset[str]
    """Those that can be called, or passed on, as an attribute."""
    reaches: bool
    """Whether anything dangerous is there that need not be written by its name."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The trigger words of each library, and patterns of identifiers."""

    lone: frozenset[str]
    """The words of rules that need no more than a statement,"""
    named: frozenset[str]
    """and those of them whose rules follow the names in it."""
    by_root: Mapping[str, Library]
    libraries: frozenset[str]
    reached: frozenset[str]
    """The trigger words that can be imported."""
    patterns: tuple[Pattern, ...]
    notable: WordTest
    """Whether a word matches a pattern, or is one of a raw text that is looked for: most words need one look only."""
    _known: dict[tuple[frozenset[str], frozenset[str]], Awake] = field(default_factory=dict)

    def awake(self, glance: Glance) -> Awake:
        """What is awake in a file."""
        if glance.roots is None:
            glance.name_parts = parts_of_names(glance) if imports_by_computed_name(glance) else None
            found = self.roots(glance)
            glance.roots = found if glance.name_parts is None else found | made_of(self.libraries, glance.name_parts)
        return self.with_more(_NOTHING, glance.roots, frozenset())

    def roots(self, glance: Glance, known: AbstractSet[str] = frozenset()) -> frozenset[str]:
        """What the words of a text bring into its file: libraries, and behind a dot the trigger words that it imports.

        What it imports under a computed name is not among them; see `computed`. Libraries that are `known` to be there
        are not looked for.
        """
        text = folded(glance.text)
        libraries = (glance.words & self.libraries) - known
        words = imported_words(text) & self.reached if "import" in glance.words else ()
        return frozenset(
            (
                *(root for root in libraries if root in BUILTINS_CALLED or is_brought(text, root)),
                *(f".{word}" for word in words),
            )
        )

    def with_more(self, awake: Awake, roots: AbstractSet[str], given: AbstractSet[str]) -> Awake:
        """The same with further roots and names; the very same where there is nothing new."""
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
        libraries = [self.by_root[root] for root in roots & self.libraries]
        attributes = frozenset[str]().union(*(library.attributes for library in libraries))
        imported = attributes if f".{STAR}" in roots else attributes.intersection(root[1:] for root in roots)
        ways: dict[str, tuple[Way, ...]] = {}
        for library in libraries:
            for word, found in library.ways.items():
                ways[word] = ways.get(word, ()) + found
        for word in imported:
            ways[word] += tuple(way._replace(use=Use.BARE) for way in ways[word] if way.use is Use.REACHED)
        return Awake(
            roots=roots,
            given=given,
            ways=ways,
            words=given.union(DETOURS, ways),
            names=given.union(DETOURS, imported, *(library.names for library in libraries)),
            attributes=given.union(DETOURS, attributes),
            reaches=bool(given) or len(libraries) > 1,
        )

    def passes(self, glance: Glance, awake: Awake) -> bool:
        """Whether a rule can find something in a text; certain where the answer is no."""
        return any(_is_triggered(glance, word, awake) for word in glance.words & awake.words) or any(
            self._matches(glance, awake)
        )

    def triggering(self, glance: Glance, awake: Awake) -> frozenset[str]:
        """The words with which a rule can find something in a text: what holds none of them holds no finding.

        What stands in a text in the way that the gate asks for stands so in one of its pieces, and the other way round.
        """
        if glance.triggering is None or glance.triggering[0] is not awake:
            words = self._triggering(glance, awake, glance.words & awake.words)
            glance.triggering = awake, words.union(*self._matches(glance, awake))
        return glance.triggering[1]

    def triggering_since(self, before: Awake, glance: Glance, awake: Awake) -> frozenset[str]:
        """Those of them by which a piece can have a finding now that could have none before."""
        if before.roots != awake.roots:
            return self.triggering(glance, awake)
        # A given name changes nothing for other words but those of indirection.
        return self._triggering(glance, awake, glance.words & awake.given.union(DETOURS))

    def _triggering(self, glance: Glance, awake: Awake, words: AbstractSet[str]) -> frozenset[str]:
        found = frozenset(word for word in words if _is_triggered(glance, word, awake))
        if not awake.reaches or found.isdisjoint(UNWRITTEN):
            return found
        return found - _leading_nowhere(glance, found & UNWRITTEN, awake)

    def needs_piece(self, glance: Glance, awake: Awake) -> bool:
        """Whether a rule that needs more than single statements can find something in a text; certain where not."""
        return any(
            _is_triggered(glance, word, awake, beyond_statements=True) for word in glance.words & awake.words
        ) or any(self._matches(glance, awake))

    def concerns(self, before: Awake, now: Awake) -> Callable[[AbstractSet[str]], bool]:
        """Tells of the words of a piece whether what is awake now, and was not before, can matter to it."""
        roots = now.roots - before.roots
        new = (now.given - before.given).union(
            now.names - before.names, *(self.by_root[root].ways for root in roots & self.libraries)
        )
        patterns = tuple(pattern for pattern in self.patterns if not pattern.roots.isdisjoint(roots))
        return lambda words: not new.isdisjoint(words) or any(pattern.words.among(words) for pattern in patterns)

    def able(self, detectors: Iterable[Nodes], words: AbstractSet[str], awake: Awake) -> frozenset[Nodes]:
        """Those detectors of nodes that can match in a piece with these words."""
        matching = self.notable.among(words)
        return frozenset(
            detector
            for detector in detectors
            if (not detector.roots or not detector.roots.isdisjoint(awake.roots))
            and (
                not detector.words.isdisjoint(words)
                or (matching and detector.pattern and word_test(detector.pattern).among(matching))
            )
        )

    def _matches(self, glance: Glance, awake: Awake) -> Iterable[AbstractSet[str]]:
        """The words that match a pattern with which a rule can find something, for each of these patterns."""
        words = glance.notable = self.notable.among(glance.notable)
        for pattern in self.patterns if words else ():
            if pattern.roots.isdisjoint(awake.roots):
                continue
            found = pattern.words.among(words)
            if found and (pattern.sign is None or pattern.sign(glance, "")):
                yield found


_NOTHING = Awake(frozenset(), frozenset(), {}, frozenset(), frozenset(), frozenset(), reaches=False)
_MOST_KNOWN = 5_000


def _is_triggered(glance: Glance, word: str, awake: Awake, *, beyond_statements: bool = False) -> bool:
    if word in awake.given and stands(glance, word, Use.ANY):
        return True
    if word in DETOURS and leads_on(glance, word, awake):
        return True
    return any(
        (way.needs is Needs.PIECE or not beyond_statements)
        and stands(glance, word, way.use)
        and (way.sign is None or way.sign(glance, word))
        and not (way.use is Use.BARE and is_parameter(glance.code, word))
        for way in awake.ways.get(word, ())
    )


def _leading_nowhere(glance: Glance, words: AbstractSet[str], awake: Awake) -> AbstractSet[str]:
    """Those words of indirection in a whole file that only matter if its strings spelled a name, which they do not."""
    parts = parts_of_names(glance) if glance.name_parts is None else glance.name_parts
    written = replace(awake, reaches=False)
    unspelled = (word for word in words if not may_spell(parts, names_for(word, awake)))
    return frozenset(word for word in unspelled if not _is_triggered(glance, word, written))


def _library(words: Mapping[str, Iterable[Way]]) -> Library:
    uses = {word: {way.use for way in ways} for word, ways in words.items()}
    return Library(
        {word: tuple(ways) for word, ways in words.items()},
        frozenset(word for word, found in uses.items() if Use.BARE in found),
        frozenset(word for word, found in uses.items() if Use.REACHED in found),
    )


def gate(detectors: Iterable[Detector]) -> Gate:
    """The gate of a set of detectors."""
    detectors = tuple(detectors)
    by_root: dict[str, dict[str, dict[Way, None]]] = {ANY_FILE: {}}
    for detector in detectors:
        for word, trigger in triggers_of(detector):
            way = Way(trigger.use, trigger.sign, trigger.needs)
            by_root.setdefault(trigger.root, {}).setdefault(word, {})[way] = None
    patterns = tuple(dict.fromkeys(pattern for detector in detectors for pattern in patterns_of(detector)))
    for root in frozenset().union(*(pattern.roots for pattern in patterns)):
        by_root.setdefault(root, {})
    everywhere = [(word, way) for words in by_root.values() for word, found in words.items() for way in found]
    return Gate(
        lone=frozenset(word for word, way in everywhere if way.needs is not Needs.PIECE),
        named=frozenset(word for word, way in everywhere if way.needs is Needs.NAMES),
        by_root={root: _library(words) for root, words in by_root.items()},
        libraries=frozenset(by_root),
        reached=frozenset({STAR, *(word for word, way in everywhere if way.use is Use.REACHED)}),
        patterns=patterns,
        notable=WordTest(
            *(pattern.text for pattern in patterns),
            *(test for detector in detectors if isinstance(detector, Texts) for test in detector.words.holds),
        ),
    )
