"""Who signs? A setting of the user, never of a project, where one name would sign for everybody; loads no libcst."""

from __future__ import annotations

import os
import re
import subprocess  # git is asked for the user's name, see `_git_name`
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NOBODY = "TODO-name"
"""Stands for the name until somebody writes theirs; a block with it is unsigned."""

_SECONDS = 1.0
_LONGEST = 200


def author(setting: str | None, environ: Mapping[str, str], workspace: Path | None = None) -> str:
    """The name to sign with: the user's setting, else WHYSAFE_AUTHOR, else git's global user.name, else `TODO-name`.

    A git that lies within `workspace` (or, without one, within the current directory) is not run.
    """
    for name in (setting, environ.get("WHYSAFE_AUTHOR")):
        cleaned = clean_name(name or "")
        if cleaned:
            return cleaned
    return clean_name(_git_name(environ, (workspace or Path.cwd()).resolve())) or NOBODY


def clean_name(name: str) -> str:
    """The name as it can stand on a sign line: without an e-mail address, commas and invisible characters."""
    name = re.sub(r"<[^<>]*>|\S*@\S*", " ", name[:_LONGEST]).replace(",", " ").replace("#", " ")
    return " ".join("".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in name).split())


def find_git(environ: Mapping[str, str], workspace: Path) -> Path | None:
    """The absolute path of git on PATH; entries that are relative or lead into the workspace are passed over."""
    name = "git.exe" if os.name == "nt" else "git"
    for entry in environ.get("PATH", "").split(os.pathsep):
        found = Path(entry, name)
        if not found.is_absolute():
            continue
        try:
            target = found.resolve()
            inside = any(path.is_relative_to(workspace) for path in (found, Path(entry).resolve(), target))
            if not inside and target.is_file() and os.access(target, os.X_OK):
                return found
        except (OSError, RuntimeError, ValueError):
            continue
    return None


def _git_name(environ: Mapping[str, str], workspace: Path) -> str:
    git = find_git(environ, workspace)
    if git is None:
        return ""
    # GIT_DIR and its like would let a project answer in the user's place.
    kept = {
        name: value for name, value in environ.items() if not name.startswith("GIT_") or name == "GIT_CONFIG_GLOBAL"
    }
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(  # noqa: S603  # an absolute path and fixed words
                [git, "config", "--global", "user.name"],
                cwd=folder,
                env=kept,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
