"""Patterns of paths in gitignore syntax, with a bound on the work that one match may cost.

Patterns are matched as backtracking regular expressions, for which each further star multiplies the time: seven stars
in one name take longer than anybody waits. Patterns beyond the limits below are refused, and the refusal is said.
Measured on a name of 255 letters: three stars 4 ms, four 230 ms, five 12 s.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pathspec

LENGTH_LIMIT = 500
STARS_LIMIT = 3
COSTLY_LIMIT = 50
COUNT_LIMIT = 5_000
PATTERN_WORK = 1_500

_STARS = re.compile(r"\*+")


@dataclass(frozen=True, slots=True)
class RefusedPattern:
    """A pattern that does not apply: its index in what was given, its text, and why."""

    index: int
    pattern: str
    reason: str


@dataclass(frozen=True, slots=True)
class Matcher:
    """Compiled patterns of one folder; `count` of them, with two and three stars in a name so many."""

    spec: pathspec.GitIgnoreSpec
    count: int = 0
    two_stars: int = 0
    three_stars: int = 0

    def match(self, path: str) -> bool | None:
        """Whether the last pattern that fits ignores the path (True) or takes it back (False); None without one.

        `path` is relative to the folder of the patterns, with `/` between names and at the end of a folder.
        """
        return self.spec.check_file(path, separators=()).include

    def work(self, path: str) -> int:
        """How many steps a match of this path takes at worst; a million of them take about a millisecond."""
        work = self.count * PATTERN_WORK
        if self.two_stars or self.three_stars:
            lengths = [len(name) for name in path.split("/")]
            work += self.two_stars * sum(length**2 for length in lengths) // 2
            work += self.three_stars * sum(length**3 for length in lengths) // 6
        return work


def compile_patterns(patterns: Iterable[str]) -> tuple[Matcher, tuple[RefusedPattern, ...]]:
    """Compile the patterns that the limits allow, in order.

    Where a pattern that takes files back (`!`) is refused, those before it are dropped too: a refusal may lead to more
    files being checked, never to fewer.
    """
    import pathspec  # noqa: PLC0415 - only scans need it, and it costs 40 ms

    kept: list[str] = []
    refused: list[RefusedPattern] = []
    costly = 0
    for index, line in enumerate(patterns):
        pattern = line.rstrip("\r\n")
        if not pattern.strip() or pattern.startswith("#"):
            continue
        costly += _most_stars(pattern) >= STARS_LIMIT
        reason = refusal(pattern)
        if reason is None and costly > COSTLY_LIMIT:
            reason = f"it is one of more than {COSTLY_LIMIT} patterns with {STARS_LIMIT} stars in a name"
        if reason is None and len(kept) >= COUNT_LIMIT:
            reason = f"there are more than {COUNT_LIMIT:,} patterns"
        if reason is None:
            kept.append(collapse(pattern))
            continue
        refused.append(RefusedPattern(index, pattern, reason))
        if pattern.startswith("!"):
            kept.clear()
    stars = [_most_stars(pattern) for pattern in kept]
    matcher = Matcher(pathspec.GitIgnoreSpec.from_lines(kept), len(kept), stars.count(2), stars.count(STARS_LIMIT))
    return matcher, tuple(refused)


def refusal(pattern: str) -> str | None:
    """Why a pattern is not used, as the end of a sentence; None where it is fine."""
    if len(pattern) > LENGTH_LIMIT:
        return f"it is longer than {LENGTH_LIMIT} characters"
    folders = _inner_double_stars(pattern)
    stars = _most_stars(pattern)
    if stars > STARS_LIMIT or (folders and stars == STARS_LIMIT):
        return f"it has {stars} stars in one name, and matching it could take seconds"
    if folders > 1:
        return f"it has {folders} times `**` between folders, and matching it could take seconds"
    return None if _compiles(pattern) else "it is no valid pattern"


def collapse(pattern: str) -> str:
    """The same pattern with each run of stars inside a name as a single star, which means the same."""
    return "/".join(part if part == "**" else _STARS.sub("*", part) for part in pattern.split("/"))


def _most_stars(pattern: str) -> int:
    return max((len(_STARS.findall(part)) for part in pattern.split("/") if part not in {"*", "**"}), default=0)


def _inner_double_stars(pattern: str) -> int:
    parts = pattern.lstrip("!").strip("/").split("/")
    without_repeats = [
        part for index, part in enumerate(parts) if index == 0 or part != "**" or parts[index - 1] != "**"
    ]
    return without_repeats[1:-1].count("**")


@functools.lru_cache(maxsize=10_000)
def _compiles(pattern: str) -> bool:
    if re.fullmatch(r"!?[\w./*~ +@=-]*[\w.*~+@=-][/]?", pattern) is not None:
        return True
    import pathspec  # noqa: PLC0415 - only odd patterns need it here

    try:
        pathspec.GitIgnoreSpec.from_lines([collapse(pattern)])
    except ValueError:
        return False
    return True
