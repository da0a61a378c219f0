"""From plain data to `Settings`: each key and value is checked; what is wrong is said there, and the rest applies."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from whysafe import __version__
from whysafe.analysis.finding import Confidence, Severity
from whysafe.config.file import Problem, SettingsFile
from whysafe.config.patterns import refusal
from whysafe.config.settings import (
    FOREIGN_MARKERS,
    LINE_LENGTH_LIMIT,
    PROGRAM_TYPES,
    Override,
    PathRule,
    ReviewWithin,
    Settings,
    Switch,
    is_line_length,
)

if TYPE_CHECKING:
    from whysafe.analysis.finding import Card

Keys = tuple[str, ...]
EDITOR_KEYS = frozenset(
    {"enable", "path", "interpreter", "import-strategy", "trace", "trace.server", "workspace-scan", "justified", "args"}
)
EVERYTHING = ("ALL", "DEFAULT")
DAYS_LIMIT = 3650


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that settings may use: rules, families, and other tools' ids with the rules that they stand for."""

    rules: frozenset[str]
    families: frozenset[str]
    aliases: Mapping[str, tuple[str, ...]]


def vocabulary(cards: Iterable[Card]) -> Vocabulary:
    """The vocabulary of a catalogue."""
    aliases: dict[str, tuple[str, ...]] = {}
    rules, families = set(), set()
    for card in cards:
        rules.add(card.name)
        families.add(card.family)
        for alias in card.aliases:
            aliases[alias] = (*aliases.get(alias, ()), card.name)
    return Vocabulary(frozenset(rules), frozenset(families), aliases)


class Origin(Protocol):
    """Where settings come from: what it is called, the folder of its path patterns, whose it is, and places in it."""

    @property
    def name(self) -> str: ...
    @property
    def root(self) -> str | None: ...
    @property
    def personal(self) -> bool: ...
    def place(self, keys: Keys, value: object) -> tuple[int, int]: ...


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """A settings file of the project."""

    file: SettingsFile
    personal: bool = False

    @property
    def name(self) -> str:
        return str(self.file.path)

    @property
    def root(self) -> str:
        return str(self.file.path.parent)

    def place(self, keys: Keys, value: object) -> tuple[int, int]:
        return self.file.place(keys, value)


@dataclass(frozen=True, slots=True)
class PersonOrigin:
    """Settings of a person: an editor's or a command line's."""

    name: str
    root: str | None
    personal: bool = True

    def place(self, _keys: Keys, _value: object) -> tuple[int, int]:
        return 0, 0


@dataclass(frozen=True, slots=True)
class _Reading:
    """One run over a table; `problems` collects what is wrong."""

    origin: Origin
    known: Vocabulary | None
    problems: list[Problem]

    def complain(self, keys: Keys, message: str, value: object = None) -> None:
        line, column = self.origin.place(keys, value)
        self.problems.append(Problem(self.origin.name, line, column, message))


def read_table(
    table: Mapping[str, Any], origin: Origin, known: Vocabulary | None
) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of a table, and every problem in it. Raises nothing, whatever the values are."""
    reading = _Reading(origin, known, [])
    settings = _table(reading, (), table, _READERS)
    return settings, tuple(reading.problems)


def _table(reading: _Reading, at: Keys, table: Mapping[str, Any], readers: Mapping[str, _Reader]) -> Settings:
    values: dict[str, Any] = {}
    for written, value in table.items():
        key = _kebab(written) if reading.origin.personal else written
        reader = readers.get(key)
        if reader is None:
            _unknown_key(reading, (*at, written), key, readers)
            continue
        answer = reader(reading, (*at, written), value)
        if answer is not None:
            values[key.replace("-", "_")] = answer
    root = None if at else reading.origin.root
    return Settings(**values, root=root, given=tuple(values))


def _kebab(key: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"-\1", key).replace("_", "-").lower()


def _unknown_key(reading: _Reading, keys: Keys, key: str, readers: Mapping[str, _Reader]) -> None:
    if reading.origin.personal and key in EDITOR_KEYS:
        return
    where = "a setting" if len(keys) == 1 else "a setting of a path"
    reading.complain(keys, f"`{keys[-1]}` is not {where}.{_did_you_mean(key, readers)} It is ignored.")


def _did_you_mean(word: str, words: Iterable[str]) -> str:
    close = difflib.get_close_matches(word[:100], [*words], n=1)
    return f" Did you mean `{close[0]}`?" if close else ""


def _select(reading: _Reading, keys: Keys, value: Any) -> tuple[str, ...] | None:
    words = _texts(reading, keys, value)
    return None if words is None else tuple(name for word in words for name in _names(reading, keys, word))


def _switches(reading: _Reading, keys: Keys, value: Any) -> tuple[Switch, ...] | None:
    pairs = _reasons(reading, keys, value, "rule-name")
    if pairs is None:
        return None
    return tuple(Switch(name, reason) for word, reason in pairs for name in _names(reading, keys, word))


def _excludes(reading: _Reading, keys: Keys, value: Any) -> tuple[Switch, ...] | None:
    pairs = _reasons(reading, keys, value, "path/")
    if pairs is None:
        return None
    return tuple(
        Switch(pattern, reason, reading.origin.root or "")
        for pattern, reason in pairs
        if _usable_pattern(reading, (*keys, pattern), pattern)
    )


def _usable_pattern(reading: _Reading, keys: Keys, pattern: str) -> bool:
    reason = refusal(pattern)
    if reason is not None:
        reading.complain(keys, f"The pattern `{pattern[:80]}` is not used: {reason}. Write a simpler one.", pattern)
    return reason is None


def _reasons(reading: _Reading, keys: Keys, value: Any, example: str) -> list[tuple[str, str]] | None:
    """Names with reasons, from a table, or from a list, which has none."""
    if isinstance(value, Mapping):
        pairs = [(str(name), _reason(reading, (*keys, name), reason)) for name, reason in value.items()]
    else:
        words = _texts(reading, keys, value)
        if words is None:
            return None
        pairs = [(word, "") for word in words]
    if not reading.origin.personal:
        for name, reason in pairs:
            if not reason.strip():
                advice = f'Write `[tool.whysafe.{keys[-1]}]` with a line such as `"{example}" = "why"`.'
                reading.complain((*keys, name), f"`{name[:80]}` is switched off without a reason. {advice}", name)
    return pairs


def _reason(reading: _Reading, keys: Keys, value: Any) -> str:
    if isinstance(value, str):
        return value
    reading.complain(keys, f"The reason of `{keys[-1]}` must be a text.")
    return ""


def _severities(reading: _Reading, keys: Keys, value: Any) -> tuple[Override, ...] | None:
    if not isinstance(value, Mapping):
        reading.complain(keys, '`severity` must be a table: `rule-name = { level = "hint", reason = "why" }`.')
        return None
    overrides: list[Override] = []
    for word, answer in value.items():
        at = (*keys, word)
        given = answer if isinstance(answer, Mapping) else {"level": answer}
        level = _severity(reading, at, given.get("level"))
        if level is None:
            continue
        reason = _reason(reading, at, given.get("reason", ""))
        if not reason.strip() and level < Severity.ERROR and not reading.origin.personal:
            advice = f'Write `{word} = {{ level = "{level.label}", reason = "why" }}`.'
            reading.complain(at, f"The severity of `{word}` is set without a reason. {advice}")
        overrides.extend(Override(name, level, reason) for name in _names(reading, at, word))
    return tuple(overrides)


def _names(reading: _Reading, keys: Keys, word: str) -> tuple[str, ...]:
    """The rule or family that a word names; several where it is another tool's id; none, with a problem, if unknown."""
    known = reading.known
    if known is None or word in EVERYTHING or word in known.rules or word in known.families:
        return (word,)
    if word in known.aliases:
        return known.aliases[word]
    hint = _did_you_mean(word, [*known.rules, *known.families, *known.aliases, *EVERYTHING])
    reading.complain(keys, f"`{word[:80]}` is no rule and no family.{hint} `whysafe rules` lists them.", word)
    return ()


def _texts(reading: _Reading, keys: Keys, value: Any) -> list[str] | None:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        reading.complain(keys, f'`{keys[-1]}` must be a list of texts, such as `["..."]`.')
        return None
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        reading.complain(keys, f"`{keys[-1]}` holds something that is no text. The texts in it apply.")
    return texts


def _per_path(reading: _Reading, keys: Keys, value: Any) -> tuple[PathRule, ...] | None:
    if not isinstance(value, Mapping):
        reading.complain(keys, '`per-path` must hold a table for each pattern: `[tool.whysafe.per-path."docs/**"]`.')
        return None
    rules: list[PathRule] = []
    for pattern, table in value.items():
        at = (*keys, pattern)
        if not isinstance(table, Mapping):
            reading.complain(at, f"`{pattern[:80]}` must be a table of settings.")
        elif _usable_pattern(reading, at, pattern):
            settings = _table(reading, at, table, _PATH_READERS)
            rules.append(PathRule(pattern, reading.origin.root or "", settings))
    return tuple(rules)


def _review_within(reading: _Reading, keys: Keys, value: Any) -> ReviewWithin | None:
    names = ("error", "warning", "information", "hint", "deferred")
    if not isinstance(value, Mapping):
        reading.complain(keys, "`review-within` must be a table of days: `[tool.whysafe.review-within]`, `error = 90`.")
        return None
    days: dict[str, int] = {}
    for name, answer in value.items():
        if name not in names:
            reading.complain((*keys, name), f"`{name}` is no severity and not `deferred`.{_did_you_mean(name, names)}")
        else:
            number = _days(reading, (*keys, name), answer, least=1)
            if number is not None:
                days[name] = number
    return ReviewWithin(**days)


def _days(reading: _Reading, keys: Keys, value: Any, least: int = 0) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= DAYS_LIMIT:
        return value
    reading.complain(keys, f"`{keys[-1]}` must be a whole number of days from {least} to {DAYS_LIMIT}.")
    return None


def _one_of(reading: _Reading, keys: Keys, value: Any, words: Iterable[str]) -> str | None:
    if isinstance(value, str) and value.lower() in words:
        return value.lower()
    hint = _did_you_mean(value, words) if isinstance(value, str) else ""
    reading.complain(keys, f"`{keys[-1]}` must be one of {', '.join(words)}.{hint}", value)
    return None


def _severity(reading: _Reading, keys: Keys, value: Any) -> Severity | None:
    word = _one_of(reading, keys, value, [severity.label for severity in Severity])
    return None if word is None else Severity[word.upper()]


def _confidence(reading: _Reading, keys: Keys, value: Any) -> Confidence | None:
    word = _one_of(reading, keys, value, [confidence.label for confidence in Confidence])
    return None if word is None else Confidence[word.upper()]


def _ticket_url(reading: _Reading, keys: Keys, value: Any) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"https?://[^\s<>()\[\]\"'`\\]+", value) and "{ref}" in value:
        return value
    reading.complain(keys, '`ticket-url` must be a web address with `{ref}` in it: `"https://tracker.example/{ref}"`.')
    return None


def _required_version(reading: _Reading, keys: Keys, value: Any) -> str | None:
    clauses = [clause.strip() for clause in value.split(",")] if isinstance(value, str) else []
    parsed = [re.fullmatch(r"(>=|<=|==|!=|>|<)\s*(\d{1,9}(?:\.\d{1,9}){0,5})", clause) for clause in clauses]
    if not parsed or None in parsed:
        reading.complain(keys, '`required-version` must be a list of conditions, such as `">=0.1, <2"`.')
        return None
    here = _version(__version__)
    for clause in parsed:
        if clause is not None and not _COMPARE[clause[1]](here, _version(clause[2])):
            reading.complain(keys, f"This project wants whysafe {value}, and this is {__version__}.")
            break
    return str(value)


def _version(text: str) -> tuple[int, ...]:
    numbers = [int(number) for number in re.findall(r"\d+", text)][:6]
    return tuple(numbers + [0] * (6 - len(numbers)))


def _author(reading: _Reading, keys: Keys, value: Any) -> str | None:
    if not reading.origin.personal:
        message = "The author is a person's own setting: here one name would sign for everybody. Set it in your editor"
        reading.complain(keys, f"{message}, or in the environment variable WHYSAFE_AUTHOR.")
        return None
    if isinstance(value, str) and value.strip():
        return value.strip()
    if value not in ("", None):
        reading.complain(keys, "`author` must be a text: your name.")
    return None


def _line_length(reading: _Reading, keys: Keys, value: Any) -> int | None:
    if is_line_length(value):
        return int(value)
    reading.complain(keys, f"`{keys[-1]}` must be a whole number of columns from 1 to {LINE_LENGTH_LIMIT}.")
    return None


_Reader = Callable[[_Reading, Keys, Any], Any]
_COMPARE: Mapping[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
}
_PATH_READERS: Mapping[str, _Reader] = {
    "select": _select,
    "ignore": _switches,
    "severity": _severities,
    "program-type": lambda reading, keys, value: _one_of(reading, keys, value, PROGRAM_TYPES),
}
_READERS: Mapping[str, _Reader] = {
    **_PATH_READERS,
    "per-path": _per_path,
    "exclude": _excludes,
    "review-within": _review_within,
    "expiry-grace": _days,
    "never-justify": _select,
    "foreign-markers": lambda reading, keys, value: _one_of(reading, keys, value, FOREIGN_MARKERS),
    "line-length": _line_length,
    "ticket-url": _ticket_url,
    "confidence": _confidence,
    "min-severity": _severity,
    "required-version": _required_version,
    "author": _author,
}
