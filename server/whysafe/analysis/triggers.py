"""The words that can trigger each detector, how they must stand, and the library without which they sleep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from whysafe.analysis.detectors import Assigns, Calls, Detector, Imports, Methods, Needs, Nodes
from whysafe.analysis.standing import Sign, Use
from whysafe.semantics.known import RETURNS, SECOND_NAMES
from whysafe.syntax.words import WordTest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANY_FILE = ""
BUILTINS_CALLED = frozenset(("__builtin__", "__builtins__"))
"""Names of the module of built-in functions that need no import."""
_BUILTINS = "builtins"
_SUBSCRIPTED = re.compile(r"\[(.+)\]$")
_MOST_HOPS = 3
"""Over how many calls an object's type is followed back to the library that it comes from."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """How a word must stand, the library without which it sleeps, and what else the text must have."""

    root: str
    use: Use
    sign: Sign | None = None
    needs: Needs = Needs.PIECE


@dataclass(frozen=True, slots=True)
class Pattern:
    """Identifiers that match trigger a rule, where one of the libraries is there and the text has the sign."""

    text: str
    words: WordTest
    roots: frozenset[str]
    sign: Sign | None


def triggers_of(detector: Detector) -> Iterator[tuple[str, Trigger]]:
    """The trigger words of a detector."""
    if isinstance(detector, Calls):
        for path in detector.names:
            yield from ((word, Trigger(root, use, detector.sign)) for word, root, use in _ways(path))
    elif isinstance(detector, Assigns):
        for path in detector.names:
            yield from _assigned(path)
    elif isinstance(detector, Methods):
        yield from ((word, Trigger(ANY_FILE, Use.METHOD, detector.sign)) for word in detector.names)
    elif isinstance(detector, Imports):
        yield from ((module.rpartition(".")[2], Trigger(ANY_FILE, Use.IMPORTED)) for module in detector.modules)
    elif isinstance(detector, Nodes):
        for root in detector.roots or (ANY_FILE,):
            trigger = Trigger(root, detector.use, detector.sign, detector.needs)
            yield from ((word, trigger) for word in detector.words)


def patterns_of(detector: Detector) -> Iterator[Pattern]:
    """The patterns of identifiers that trigger a detector."""
    if isinstance(detector, Nodes) and detector.pattern:
        words = word_test(detector.pattern)
        yield Pattern(detector.pattern, words, detector.roots or frozenset((ANY_FILE,)), detector.sign)


@cache
def word_test(pattern: str) -> WordTest:
    """One test for all detectors with the same pattern, because it remembers words."""
    return WordTest(pattern)


def _assigned(path: str) -> Iterator[tuple[str, Trigger]]:
    item = _SUBSCRIPTED.search(path)
    for word, root, _ in _ways(path):
        yield (word, Trigger(root, Use.SET)) if item is None else (item.group(1), Trigger(root, Use.ITEM))


@cache
def _ways(path: str) -> tuple[tuple[str, str, Use], ...]:
    """The last parts of a qualified name, the libraries that lead to it, and how the words must stand with them."""
    found = {(spelling.rpartition(".")[2], _root(spelling), Use.REACHED) for spelling in _spellings(path)}
    if _root(path) == _BUILTINS:
        word = path.rpartition(".")[2]
        found |= {(word, ANY_FILE, Use.BARE), *((word, name, Use.REACHED) for name in BUILTINS_CALLED)}
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
