"""What a scan leaves out: by .gitignore, by the settings, and folders that never hold a project's own code."""

from __future__ import annotations

import enum
import functools
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.config.file import regular_bytes
from whysafe.config.patterns import Matcher, RefusedPattern, compile_patterns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from whysafe.config import Switch

NEVER = frozenset({".git", ".hg", ".svn", "__pycache__", "node_modules"})


class Skip(enum.Enum):
    """Why a file or folder is not checked; the value is how the summary calls it."""

    IGNORED = "ignored by .gitignore"
    EXCLUDED = "excluded by the settings"
    ENVIRONMENT = "in virtual environments"
    LINK = "links that are not followed"
    SPECIAL = "pipes or devices"


@dataclass(frozen=True, slots=True)
class Rooted:
    """Patterns that are relative to a folder, given as an absolute path with a slash at its end."""

    folder: str
    matcher: Matcher

    def match(self, path: str) -> bool | None:
        """What the patterns say of an absolute path (a folder's ends with a slash); None where they say nothing."""
        return self.matcher.match(path[len(self.folder) :]) if path.startswith(self.folder) else None


def gitignore(folder: Path) -> tuple[Rooted | None, tuple[RefusedPattern, ...]]:
    """The patterns of a folder's .gitignore, if it has one that can be read, and those that are not used."""
    path = folder / ".gitignore"
    if path.is_symlink():
        return None, (RefusedPattern(0, "*", "the file is a link, which git does not follow either"),)
    try:
        data = regular_bytes(path)
    except FileNotFoundError:
        return None, ()
    except (OSError, ValueError) as error:
        return None, (RefusedPattern(0, "*", f"the file cannot be read: {error}"),)
    matcher, refused = compile_patterns(data.decode("utf-8", errors="surrogateescape").splitlines())
    return Rooted(slashed(folder), matcher), refused


def gitignores_above(folder: Path) -> tuple[Rooted, ...]:
    """The .gitignore files that hold for a folder from above it, up to the root of its repository; outermost first.

    None where they ignore the folder itself: whoever names it wants it checked.
    """
    found: list[Rooted] = []
    above = folder
    while not os.path.lexists(above / ".git"):
        if above == above.parent:
            return ()
        above = above.parent
        rooted, _ = gitignore(above)
        if rooted is not None:
            found.append(rooted)
    found.reverse()
    return () if is_ignored(found, slashed(folder)) else tuple(found)


@functools.lru_cache(maxsize=64)
def excludes(switches: tuple[Switch, ...]) -> tuple[Rooted, ...]:
    """The `exclude` patterns of settings, which have been checked where they were read."""
    by_root: dict[str, list[str]] = {}
    for switch in switches:
        by_root.setdefault(switch.root, []).append(switch.name)
    return tuple(Rooted(root.rstrip("/") + "/", compile_patterns(names)[0]) for root, names in by_root.items())


def work(patterns: Iterable[Rooted], path: str) -> int:
    """How many steps it takes at worst to match an absolute path, as in `Matcher.work`."""
    return sum(rooted.matcher.work(path[len(rooted.folder) :]) for rooted in patterns)


def is_ignored(patterns: Iterable[Rooted], path: str) -> bool:
    """What the last of several sets of patterns that says anything of an absolute path says."""
    answer = False
    for rooted in patterns:
        said = rooted.match(path)
        if said is not None:
            answer = said
    return answer


def slashed(folder: Path) -> str:
    return folder.as_posix().rstrip("/") + "/"
