"""Which pieces need a tree: those in which a rule can be triggered, as far as words and their neighbours tell.

Derived from the detectors. A rule about `requests` sleeps in a file that imports no `requests`; of what is awake, a
piece must hold a trigger word (the last part of a qualified name, a keyword, a pattern) that stands as it must: called,
assigned, imported. Names that passing pieces give to things (`from os import system as r`) become trigger words of the
file. Words of indirection matter where they can lead to any of these. The gate may let too much through, never too
little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from whysafe.analysis.computed import computed_imports
from whysafe.analysis.detectors import Assigns, Calls, Detector, Imports, Methods, Nodes
from whysafe.analysis.detours import DETOURS, leads_on
from whysafe.analysis.glance import Glance
from whysafe.analysis.standing import LONGEST_IMPORT, Use, occurrences, stands
from whysafe.semantics.known import RETURNS, SECOND_NAMES
from whysafe.syntax.words import WordTest, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

ANY_FILE = ""
_BUILTINS = "builtins"
_BUILTINS_CALLED = frozenset(("__builtin__", "__builtins__"))
_SUBSCRIPTED = re.compile(r"\[(.+)\]$")
_MOST_HOPS = 3
"""Over how many calls an object's type is followed back to the library that it comes from."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """How a word must stand, the library without which it sleeps, and what else the text must have."""

    root: str
    use: Use
    sign: Callable[[Glance], bool] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Identifiers that match trigger a rule, where one of the libraries is there and the text has the sign."""

    words: WordTest
    roots: frozenset[str]
    sign: Callable[[Glance], bool] | None


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

    def roots(self, glance: Glance) -> frozenset[str]:
        """The libraries that a text may bring into its file."""
        text = folded(glance.text)
        brought = frozenset(root for root in glance.words & self.by_root.keys() if _is_brought(text, root))
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
            and (trigger.sign is None or trigger.sign(glance))
            for trigger in self.triggers.get(word, ())
        )

    def _matches(self, glance: Glance, awake: Awake) -> Iterable[bool]:
        for pattern in self.patterns:
            if not pattern.roots.isdisjoint(awake.roots) and pattern.words.among(glance.words):
                yield pattern.sign is None or pattern.sign(glance)


_NOTHING = Awake(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())
_MOST_KNOWN = 5_000


def _is_brought(text: str, root: str) -> bool:
    """Whether a text may import a library: it stands in a line behind `import` or `from`, or begins a string."""
    for begin in occurrences(text, root):
        if begin and text[begin - 1] in "\"'":
            return True
        if root in _BUILTINS_CALLED:
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
    triggers: dict[str, dict[Trigger, None]] = {}
    patterns: list[Pattern] = []

    def add(word: str, trigger: Trigger) -> None:
        triggers.setdefault(word, {})[trigger] = None

    for detector in detectors:
        if isinstance(detector, Calls):
            for path in detector.names:
                for word, root, use in _ways(path):
                    add(word, Trigger(root, use))
        elif isinstance(detector, Assigns):
            for path in detector.names:
                item = _SUBSCRIPTED.search(path)
                for word, root, _ in _ways(path):
                    add(item.group(1) if item else word, Trigger(root, Use.ITEM if item else Use.SET))
        elif isinstance(detector, Methods):
            for word in detector.names:
                add(word, Trigger(ANY_FILE, Use.METHOD, detector.sign))
        elif isinstance(detector, Imports):
            for module in detector.modules:
                add(module.rpartition(".")[2], Trigger(ANY_FILE, Use.IMPORTED))
        elif isinstance(detector, Nodes):
            roots = detector.roots or {ANY_FILE}
            for word in detector.words:
                for root in roots:
                    add(word, Trigger(root, detector.use, detector.sign))
            if detector.pattern:
                patterns.append(Pattern(WordTest(detector.pattern), frozenset(roots), detector.sign))
    by_root: dict[str, set[str]] = {}
    for word, found in triggers.items():
        for trigger in found:
            by_root.setdefault(trigger.root, set()).add(word)
    for pattern in patterns:
        for root in pattern.roots:
            by_root.setdefault(root, set())
    return Gate(
        {word: tuple(found) for word, found in triggers.items()},
        {root: frozenset(found) for root, found in by_root.items()},
        tuple(patterns),
    )


@cache
def _ways(path: str) -> tuple[tuple[str, str, Use], ...]:
    """The last parts of a qualified name, the libraries that lead to it, and how the words must stand with them."""
    found = {(spelling.rpartition(".")[2], _root(spelling), Use.REACHED) for spelling in _spellings(path)}
    if _root(path) == _BUILTINS:
        word = path.rpartition(".")[2]
        found |= {(word, ANY_FILE, Use.BARE), *((word, name, Use.REACHED) for name in _BUILTINS_CALLED)}
    return tuple(sorted(found, key=lambda way: (way[0], way[1], way[2].value)))


def _root(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]


def _spellings(path: str) -> set[str]:
    """The path, and the other names under which the same thing can be written.

    An instance can come from another library's function, so that library leads to its methods too.
    """
    found = new = {path}
    for _ in range(_MOST_HOPS):
        new = {spelling for known in new for spelling in _respelled(known)} - found
        found = found | new
    return found


def _respelled(path: str) -> Iterator[str]:
    """The names that differ from a path in the library or the class that they begin with."""
    end = path.find(".")
    while end >= 0:
        start, rest = path[:end], path[end:]
        yield from (second + rest for second in _SECONDS.get(start, ()))
        yield from (maker + rest for maker in _MAKERS.get(start, ()) if not maker.startswith(start + "."))
        end = path.find(".", end + 1)
    yield from _SECONDS.get(path, ())


def _turned(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """From each value to the keys that lead to it: the loop over all keys would run for each of thousands of names."""
    found: dict[str, list[str]] = {}
    for key, value in names.items():
        found.setdefault(value, []).append(key)
    return {value: tuple(keys) for value, keys in found.items()}


_SECONDS, _MAKERS = _turned(SECOND_NAMES), _turned(RETURNS)
