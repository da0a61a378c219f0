"""Which files does `check` look at? Folders are walked in a fixed order, and everything left out is counted.

The folders may be hostile: links to folders and links out of the root are not followed, pipes and devices not opened.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from whysafe import config
from whysafe.config.file import ROOT_MARKERS, holds_marker
from whysafe.scanning import skips
from whysafe.scanning.skips import Skip

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from whysafe.config import Problem, Settings, Vocabulary
    from whysafe.scanning.skips import Rooted

SUFFIXES = (".py", ".pyi")
MARKERS = frozenset(ROOT_MARKERS)
IGNORE_FILE = ".gitignore"
STEPS, STEPS_PER_PATH = 20_000_000_000, 4_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to check: where it is, what it is called in the output, and the settings that hold in its folder."""

    path: Path
    shown: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class FileError:
    """A file or folder that could not be checked, or not completely; `line` from 0 where the reason has a place."""

    path: str
    message: str
    line: int | None = None


@dataclass(slots=True)
class Scan:
    """What a scan has met besides the files: errors, problems of settings, and how many entries were left out."""

    errors: list[FileError] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: Counter[Skip] = field(default_factory=Counter)
    matched: int = 0
    """How many paths were compared with patterns, and how many steps that took at worst."""
    steps: int = 0

    def has_patience(self) -> bool:
        """Whether patterns still apply: a few milliseconds a path, and half a minute more, are all they may take."""
        return self.steps <= STEPS + STEPS_PER_PATH * self.matched


@dataclass(slots=True)
class SettingsOf:
    """The settings of each folder: those of its nearest settings file under those of the command line."""

    personal: Settings
    known: Vocabulary
    use_files: bool
    problems: list[Problem]
    _folders: dict[Path, Settings] = field(default_factory=dict)

    def __call__(self, folder: Path, names: Collection[str] | None = None) -> Settings:
        """`folder` is absolute, `names` are those that it holds, where they are known.

        Each settings file is read once, whatever the number of folders below it.
        """
        if not self.use_files:
            return self.personal
        if folder not in self._folders:
            marked = holds_marker(folder) if names is None else not MARKERS.isdisjoint(names)
            if marked or folder == folder.parent:
                settings, problems = config.load(folder, self.known)
                self.problems += [problem for problem in problems if problem not in self.problems]
                self._folders[folder] = config.merge(settings, self.personal)
            else:
                self._folders[folder] = self(folder.parent)
        return self._folders[folder]


def candidates(
    paths: Iterable[str], settings_of: SettingsOf, scan: Scan, only: Collection[Path] | None = None
) -> Iterator[Candidate]:
    """The files that the paths name or hold, each once; what goes wrong is added to `scan`.

    A file that is named is checked even where it is ignored or called otherwise than Python files are. With `only`,
    which are absolute paths, no folder is looked at but those on the way to them, and no other file in a folder.
    """
    wanted = None if only is None else frozenset((*only, *(above for path in only for above in path.parents)))
    seen: set[Path] = set()
    for given in paths:
        path = Path(given)
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            scan.errors.append(FileError(given, f"There is nothing to check here: {reason}."))
            continue
        found = _walk(path, settings_of, scan, wanted) if stat.S_ISDIR(mode) else [_named(path, settings_of)]
        for candidate in found:
            if candidate.path not in seen:
                seen.add(candidate.path)
                yield candidate


def _named(path: Path, settings_of: SettingsOf) -> Candidate:
    absolute = Path(os.path.normpath(path.absolute()))
    return Candidate(absolute, str(path), _rooted(settings_of(absolute.parent), absolute.parent))


def _rooted(settings: Settings, folder: Path) -> Settings:
    return replace(settings, root=str(folder)) if settings.root is None else settings


@dataclass(frozen=True, slots=True)
class _Folder:
    path: Path
    shown: Path
    ignores: tuple[Rooted, ...]


def _walk(root: Path, settings_of: SettingsOf, scan: Scan, wanted: Collection[Path] | None) -> Iterator[Candidate]:
    absolute = Path(os.path.normpath(root.absolute()))
    real_root = absolute.resolve()
    waiting = [_Folder(absolute, root, skips.gitignores_above(absolute))]
    while waiting:
        folder = waiting.pop()
        entries = _entries(folder, scan)
        names = {entry.name for entry in entries}
        settings, rooted = settings_of(folder.path, names), None
        ignores = folder.ignores
        if IGNORE_FILE in names:
            ignores += _own_ignores(folder.path, scan)
        excludes = skips.excludes(settings.exclude)
        below: list[_Folder] = []
        for entry in entries:
            kind = _kind(entry, real_root)
            if kind is None:
                continue
            path = folder.path / entry.name
            if wanted is not None and path not in wanted:
                continue
            if kind is not Skip.SPECIAL and _is_left_out(path, kind, ignores, excludes, scan):
                continue
            if kind == "folder":
                below.append(_Folder(path, folder.shown / entry.name, ignores))
            elif isinstance(kind, Skip):
                scan.skipped[kind] += 1
            else:
                rooted = rooted or _rooted(settings, absolute)
                yield Candidate(path, str(folder.shown / entry.name), rooted)
        waiting.extend(reversed(below))


def _own_ignores(folder: Path, scan: Scan) -> tuple[Rooted, ...]:
    own, refused = skips.gitignore(folder)
    for pattern in refused:
        message = f"The pattern `{pattern.pattern[:80]}` is not used: {pattern.reason}."
        scan.problems.append(config.Problem(str(folder / IGNORE_FILE), pattern.index, 0, message))
    return () if own is None else (own,)


def _entries(folder: _Folder, scan: Scan) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder.path) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        scan.errors.append(FileError(str(folder.shown), f"This folder cannot be read: {error.strerror}."))
        return []


def _kind(entry: os.DirEntry[str], root: Path) -> str | Skip | None:
    """What to do with an entry: "folder", "file", a reason to leave it out, or None for what is no matter of ours."""
    if entry.is_dir(follow_symlinks=False):
        if entry.name in skips.NEVER:
            return None
        is_environment = os.path.lexists(f"{entry.path}{os.sep}pyvenv.cfg")
        return Skip.ENVIRONMENT if is_environment else "folder"
    is_python = entry.name.endswith(SUFFIXES)
    if entry.is_symlink():
        return _kind_of_link(entry, root, is_python=is_python)
    if not is_python:
        return None
    return "file" if entry.is_file(follow_symlinks=False) else Skip.SPECIAL


def _kind_of_link(entry: os.DirEntry[str], root: Path, *, is_python: bool) -> str | Skip | None:
    """A link to a folder is never followed, a link to a file only if the file lies below the root of the scan."""
    try:
        target = Path(entry.path).resolve(strict=True)
        mode = target.stat().st_mode
    except (OSError, RuntimeError):
        return Skip.LINK if is_python else None
    if stat.S_ISDIR(mode):
        return Skip.LINK
    if not is_python:
        return None
    return "file" if stat.S_ISREG(mode) and target.is_relative_to(root) else Skip.LINK


def _is_left_out(
    path: Path, kind: str | Skip, ignores: tuple[Rooted, ...], excludes: tuple[Rooted, ...], scan: Scan
) -> bool:
    if not (ignores or excludes) or not scan.has_patience():
        return False
    name = path.as_posix() + ("/" if kind == "folder" or kind is Skip.ENVIRONMENT else "")
    scan.matched += 1
    scan.steps += skips.work((*ignores, *excludes), name)
    if not scan.has_patience():
        message = (
            "Comparing paths with the patterns of `.gitignore` and `exclude` takes too long. From here on they are not "
            "used, so that more files are checked. Write fewer patterns, with fewer stars."
        )
        scan.problems.append(config.Problem(str(path), 0, 0, message))
        return False
    for patterns, reason in ((ignores, Skip.IGNORED), (excludes, Skip.EXCLUDED)):
        if patterns and skips.is_ignored(patterns, name):
            scan.skipped[reason] += 1
            return True
    return False
