"""What can be set, with the defaults, and how settings of several sources are put together; plain data."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from whysafe.analysis.finding import Confidence, Severity

if TYPE_CHECKING:
    from whysafe.config.patterns import Matcher

PROGRAM_TYPES = ("library", "cli", "web-service", "script", "notebook", "critical", "test")
FOREIGN_MARKERS = ("show", "report")
EXPIRY_GRACE = 30
LINE_LENGTH = 88
LINE_LENGTH_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Switch:
    """A rule, a family or a path pattern that is switched off, and why; `reason` is empty where nobody said so.

    `root` is the folder that a path pattern is relative to; empty for rules.
    """

    name: str
    reason: str = ""
    root: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """The severity that a rule (or a family) has in this project, and why."""

    name: str
    severity: Severity
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWithin:
    """Days after which a justification must be looked at again; None: no date is owed."""

    error: int | None = 180
    warning: int | None = 365
    information: int | None = None
    hint: int | None = None
    deferred: int | None = 90


@dataclass(frozen=True, slots=True)
class PathRule:
    """Settings for the files that a pattern (gitignore syntax, relative to the folder `root`) matches."""

    pattern: str
    root: str
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default. `given` names the fields that a source has set, so that `merge` can tell."""

    select: tuple[str, ...] = ()
    """Rules, families, `ALL` or `DEFAULT`; empty: the rules that are on by default."""
    ignore: tuple[Switch, ...] = ()
    severity: tuple[Override, ...] = ()
    program_type: str | None = None
    per_path: tuple[PathRule, ...] = ()
    exclude: tuple[Switch, ...] = ()
    review_within: ReviewWithin = ReviewWithin()
    expiry_grace: int | None = None
    """Days between the review date and the day on which `check` fails; None: 30, and 0 for a critical program."""
    never_justify: tuple[str, ...] = ()
    foreign_markers: str = "show"
    """`show`: what another tool is told to pass over is shown as information; `report`: as if nothing were told."""
    line_length: int | None = None
    """At which column justifications are wrapped; None: where the project's formatter wraps, see `columns`."""
    formatter_line_length: int | None = None
    """What black or ruff is set to in the project's pyproject.toml; read from there, and no setting of ours."""
    ticket_url: str | None = None
    """Where a `ref` of a justification leads, with `{ref}` in place of it."""
    confidence: Confidence = Confidence.MEDIUM
    min_severity: Severity = Severity.INFORMATION
    required_version: str | None = None
    author: str | None = None
    """Who signs; a person's own setting, never read from a project's file."""
    root: str | None = None
    """The folder of the project, absolute; None where none is known."""
    given: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        """At which column justifications are wrapped."""
        return self.line_length or self.formatter_line_length or LINE_LENGTH

    @property
    def grace_days(self) -> int:
        if self.expiry_grace is not None:
            return self.expiry_grace
        return 0 if self.program_type == "critical" else EXPIRY_GRACE


def is_line_length(value: object) -> bool:
    """Whether a value can be a number of columns."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LINE_LENGTH_LIMIT


def merge(weakest: Settings, *layers: Settings) -> Settings:
    """One settings object from several, the weakest first.

    What a later one was `given` replaces what an earlier one says, except that excludes, path rules, severities and
    ignores are joined. A later `select` is a fresh start: it drops the earlier ignores.
    The root is that of the first layer that has one.
    """
    merged = weakest
    for layer in layers:
        merged = _over(merged, layer)
    return merged


def _over(low: Settings, high: Settings) -> Settings:
    changes: dict[str, Any] = {name: getattr(high, name) for name in high.given}
    if "ignore" in changes and "select" not in changes:
        changes["ignore"] = low.ignore + high.ignore
    elif "select" in changes:
        changes["ignore"] = high.ignore
    for name in ("severity", "per_path", "exclude"):
        if name in changes:
            changes[name] = getattr(low, name) + changes[name]
    changes["given"] = tuple(dict.fromkeys(low.given + high.given))
    changes["root"] = high.root if low.root is None else low.root
    return dataclasses.replace(low, **changes)


@functools.lru_cache(maxsize=4096)
def for_path(settings: Settings, path: str | None) -> Settings:
    """The settings that hold for one file, path rules applied in order; `path` as in `relative_path`."""
    matching = [rule.settings for rule in settings.per_path if path is not None and _applies(rule, settings, path)]
    return merge(settings, *matching) if matching else settings


def _applies(rule: PathRule, settings: Settings, path: str) -> bool:
    relative = relative_path(path, rule.root or settings.root)
    return relative is not None and _matcher(rule.pattern).match(relative) is True


@functools.lru_cache(maxsize=1024)
def _matcher(pattern: str) -> Matcher:
    from whysafe.config.patterns import compile_patterns  # noqa: PLC0415 - only projects with path rules need it

    return compile_patterns((pattern,))[0]


def relative_path(path: str, root: str | None) -> str | None:
    """`path` relative to the folder `root`, with `/` between names; a relative path is taken to be so already.

    None where an absolute path does not lie under the root, or no root is known.
    """
    plain = Path(path)
    if not plain.is_absolute():
        return PurePosixPath(plain.as_posix()).as_posix()
    if root is None or not plain.is_relative_to(root):
        return None
    return plain.relative_to(root).as_posix()
