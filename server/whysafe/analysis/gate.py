"""Which pieces need a tree: those with a word that a rule can be triggered by.

Derived from the detectors. Two levels: a rule about `requests` sleeps in a file without the word `requests`; of what is
awake, a piece must contain a trigger word (the last part of a qualified name, a keyword, a pattern). Names that
passing pieces give to things (`from os import system as r`) become trigger words of the file. Words of
indirection always pass. The gate may let too much through, never too little.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.analysis.detectors import Assigns, Calls, Detector, Imports, Methods, Nodes
from whysafe.semantics.known import RETURNS, SECOND_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

INDIRECTION = frozenset(
    (
        "getattr",
        "setattr",
        "globals",
        "locals",
        "vars",
        "__dict__",
        "__builtins__",
        "__builtin__",
        "builtins",
        "modules",
        "__import__",
        "import_module",
        "attrgetter",
        "methodcaller",
        "partial",
    )
)
ANY_FILE = ""
_WORD = re.compile(r"\w+")
_SUBSCRIPTED = re.compile(r"\[(.+)\]$")


@dataclass(frozen=True, slots=True)
class Gate:
    """Trigger words by the word that a file must have for them, a pattern for identifiers, and words with shapes."""

    woken_by: dict[str, frozenset[str]]
    pattern: re.Pattern[str] | None
    shapes: tuple[tuple[frozenset[str], re.Pattern[str]], ...]

    def always(self) -> frozenset[str]:
        """The trigger words of every file."""
        return INDIRECTION | self.woken_by.get(ANY_FILE, frozenset())

    def woken(self, words: AbstractSet[str]) -> frozenset[str]:
        """The trigger words that a file gets by having these words."""
        return frozenset().union(*(self.woken_by[word] for word in words & self.woken_by.keys()))

    def matches(self, text: str, words: frozenset[str]) -> bool:
        """Whether one of the words matches the pattern, or the text a shape that goes with one of its words."""
        if self.pattern is not None and any(map(self.pattern.search, words)):
            return True
        return any(not words.isdisjoint(needed) and shape.search(text) is not None for needed, shape in self.shapes)


def words_of(text: str) -> frozenset[str]:
    """The identifiers of a text, folded as Python folds them (full-width letters are plain ones).

    Words in strings and comments count too.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return frozenset(_WORD.findall(text))


def gate(detectors: Iterable[Detector]) -> Gate:
    """The gate of a set of detectors."""
    words: dict[str, set[str]] = {}
    patterns: list[str] = []
    shapes: list[tuple[frozenset[str], re.Pattern[str]]] = []
    for detector in detectors:
        if isinstance(detector, (Calls, Assigns)):
            for name in detector.names:
                _add_path(name, words)
            continue
        if isinstance(detector, Nodes) and detector.shape is not None:
            shapes.append((detector.words, detector.shape))
            continue
        for word in _own_words(detector):
            words.setdefault(word, set()).add(ANY_FILE)
        if isinstance(detector, Nodes) and detector.pattern:
            patterns.append(detector.pattern)
    woken_by: dict[str, set[str]] = {}
    for word, roots in words.items():
        for root in roots:
            woken_by.setdefault(root, set()).add(word)
    return Gate(
        {root: frozenset(found) for root, found in woken_by.items()},
        re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE) if patterns else None,
        tuple(shapes),
    )


def _own_words(detector: Detector) -> frozenset[str]:
    if isinstance(detector, Methods):
        return detector.names
    if isinstance(detector, Imports):
        return frozenset(module.rpartition(".")[2] for module in detector.modules)
    return detector.words if isinstance(detector, Nodes) else frozenset()


def _add_path(path: str, words: dict[str, set[str]]) -> None:
    item = _SUBSCRIPTED.search(path)
    word = item.group(1) if item else path.rpartition(".")[2]
    root = path.split(".", 1)[0].split("[", 1)[0]
    if root == "builtins":
        words.setdefault(word, set()).add(ANY_FILE)
        return
    for second in _spellings(path):
        words.setdefault(second.rpartition(".")[2] if not item else word, set()).update(_roots(second))


def _roots(path: str) -> set[str]:
    return {path.split(".", 1)[0].split("[", 1)[0]}


def _spellings(path: str) -> set[str]:
    """The path, and the other names under which the same thing can be written."""
    found = {path}
    for second, first in SECOND_NAMES.items():
        if path == first or path.startswith(first + "."):
            found.add(second + path[len(first) :])
    for maker, made in RETURNS.items():
        # An instance can come from another library's function, so that function's library wakes the rule too.
        if path.startswith(made + "."):
            found.add(f"{maker.split('.', 1)[0]}{path[len(made) :]}")
    return found
