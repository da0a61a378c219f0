"""The settings of a project: what they are, where they come from, and what is wrong with them.

Sources, from the weakest: the file (`[tool.whysafe]` of pyproject.toml, whysafe.toml or .whysafe.toml in the nearest
folder upwards), the editor, the command line. Whatever is wrong is a `Problem` at its place, and the rest applies.
Loads no libcst.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whysafe.analysis.finding import Severity
from whysafe.config.file import Problem, find, formatter_line_length, project_root
from whysafe.config.reader import FileOrigin, PersonOrigin, Vocabulary, read_table, vocabulary
from whysafe.config.settings import Override, PathRule, ReviewWithin, Settings, Switch, for_path, merge, relative_path

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Override",
    "PathRule",
    "Problem",
    "ReviewWithin",
    "Settings",
    "Switch",
    "Vocabulary",
    "for_path",
    "from_mapping",
    "load",
    "merge",
    "relative_path",
    "severity_called",
    "vocabulary",
]


def load(folder: Path, known: Vocabulary | None = None) -> tuple[Settings, tuple[Problem, ...]]:
    """Settings of the nearest settings file from `folder` upwards, or the defaults, and what is wrong with that file.

    `known` is the vocabulary that names are checked against; without one they are taken as they are. Raises nothing.
    """
    absolute = Path(folder).absolute()
    found, problems = find(absolute)
    width = formatter_line_length(absolute)
    if found is None:
        root = project_root(absolute)
        return Settings(root=None if root is None else str(root), formatter_line_length=width), problems
    settings, more = read_table(found.table, FileOrigin(found), known)
    return replace(settings, formatter_line_length=width), (*problems, *more)


def from_mapping(
    data: Mapping[str, Any], origin: str, known: Vocabulary | None = None, *, root: str | None = None
) -> tuple[Settings, tuple[Problem, ...]]:
    """Settings from plain data of a person's own (an editor, a command line), and what is wrong with it.

    `origin` is named in problems ("editor settings"); `root` is the absolute folder that path patterns are relative to.
    Keys may be written as `program-type`, `program_type` or `programType`. Raises nothing.
    """
    return read_table(data, PersonOrigin(origin, root), known)


def severity_called(word: str) -> Severity:
    """The severity of that name, as in "warning". Raises KeyError for any other word."""
    return Severity[word.upper()]
