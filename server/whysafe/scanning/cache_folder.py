"""Where the cache lies, and whether that folder can be trusted."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "WHYSAFE_CACHE_DIR"
FACTS = "facts"
PRIVATE = 0o700
NOTES = {
    "CACHEDIR.TAG": b"Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of whysafe.\n",
    ".gitignore": b"*\n",
}
"""Files that tell backup programs and git to leave the folder alone."""


class UnusableError(Exception):
    """The folder cannot hold the cache; the message says why, and what to do."""


def default_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path | None:
    """The folder of the cache where nobody says otherwise: below the user's folder for caches, as each system has it.

    A relative path in the environment is not used: it would lie in whatever folder is scanned. None where there is no
    home folder.
    """
    own = environment.get(VARIABLE)
    if own and os.path.isabs(own):  # noqa: PTH117 - an absolute path of this system, whatever the platform asked for
        return Path(own)
    name, below = {"win32": ("LOCALAPPDATA", "AppData/Local"), "darwin": ("", "Library/Caches")}.get(
        platform, ("XDG_CACHE_HOME", ".cache")
    )
    base = environment.get(name, "") if name else ""
    if base and os.path.isabs(base):  # noqa: PTH117 - as above
        return Path(base, "whysafe")
    try:
        return Path.home() / below / "whysafe"
    except RuntimeError:
        return None


def prepared(folder: Path) -> Path:
    """The subfolder for entries, made where it is missing. Raises UnusableError.

    It must be the user's own, and nobody else may write to it: who can write an entry can hide a weakness.
    """
    facts = folder / FACTS
    try:
        facts.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        for name, content in NOTES.items():
            with contextlib.suppress(FileExistsError), (folder / name).open("xb") as file:
                file.write(content)
    except OSError as error:
        if not facts.is_dir():
            raise UnusableError(f"it cannot be made: {error.strerror or error}") from error
    except ValueError as error:
        raise UnusableError(f"it cannot be made: {error}") from error
    _check(facts)
    return facts


def _check(facts: Path) -> None:
    try:
        status = facts.lstat()
    except OSError as error:
        raise UnusableError(f"it cannot be read: {error.strerror}") from error
    if not stat.S_ISDIR(status.st_mode):
        raise UnusableError(f"{facts} is no folder; remove it")
    if sys.platform == "win32":
        return
    if status.st_uid != os.geteuid():
        raise UnusableError(f"{facts} belongs to another user; choose another folder with --cache-dir")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UnusableError(f"others may write to {facts}; take that right away with `chmod go-w`")
