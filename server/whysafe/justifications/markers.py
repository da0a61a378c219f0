"""Other tools' orders to look away (`nosec`, `noqa`, ...), read from comments; loads no libcst.

Such an order names the rules that it is for, or it is a blanket. Neither records why: here it is a fact to be judged,
and never an answer. What is read, and what it is for, follows each tool's own documentation:

- `nosec`, `noqa`, `NOSONAR` and the words of Python Code Audit are for what begins or goes on where they stand;
- `nosemgrep` on a line of its own is also for the line below, `pylint: disable-next` only for that;
- `ruff: ignore[...]` on a line of its own is for the next code; `pylint: disable` there for the rest of the body;
- `ruff: disable[...]` on a line of its own is for the rest of the body, or up to the `ruff: enable[...]` there that
  stands at the same indentation and lists the same rules in the same order;
- `ruff: noqa`, `ruff: file-ignore[...]` and `flake8: noqa` are for the whole file.

`pylint: enable` ends what `pylint: disable` began. Where it is doubtful whether an order reaches a finding, the finding
stays visible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from whysafe.justifications.attach import indentation
from whysafe.justifications.marker_names import BANDIT, PYLINT, RUFF, SEMGREP
from whysafe.syntax.position import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from whysafe.justifications.names import Names
    from whysafe.syntax.comments import Comment


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """One order of another tool.

    `span` is the order with the free text behind it, from its '#' on where it has one of its own; `order_end` is where
    the free text begins. `tool` is the word that it is known by. `names` are the rules that it names, as written; empty
    for a blanket. `text` is the free text; a bare word within prose has the prose for its text, and none behind it. It
    is for what stands on the lines from `first` to `last`, both included; `last` is None for the rest of the file.
    """

    span: Span
    order_end: Position
    tool: str
    names: tuple[str, ...]
    text: str
    first: int
    last: int | None

    @property
    def blanket(self) -> bool:
        return not self.names

    def shifted(self, lines: int) -> Marker:
        """The same marker that many lines further down; one for the whole file still is."""
        if not lines:
            return self
        return replace(
            self,
            span=self.span.shifted(lines),
            order_end=self.order_end.shifted(lines),
            first=self.first + lines if self.first >= 0 else self.first,
            last=None if self.last is None else self.last + lines,
        )


WHOLE_FILE = -1
"""The `first` line of an order for the whole file, so that moving it leaves it there."""

_ENABLES = "pylint: enable"
_BEGINS, _ENDS = "ruff: disable", "ruff: enable"
# So many orders of one comment are read; more are no comment of a person.
_ENOUGH = 20

_HINT = re.compile(
    r"no(?:sec|sem|qa|sonar)|pylint|ruff[ \t]*:|sast-|security-|-sast|-security|false-?positive|risk-accepted",
    re.IGNORECASE,
)
_HINT_IN_LOWER_CASE = re.compile(_HINT.pattern)


def may_have_markers(remarks: str) -> bool:
    """Whether a text with these remarks (see `syntax.comments`) has a word of any of the tools.

    A cheap question before the comments are read; certain where the answer is no.
    """
    if not remarks.isascii():
        return _HINT.search(remarks) is not None
    # An expression that need not ignore the case is several times as fast.
    return _HINT_IN_LOWER_CASE.search(remarks.lower()) is not None


def parse_markers(comments: Sequence[Comment], lines: Sequence[str]) -> tuple[Marker, ...]:
    """The orders among the comments of a text, in order; `lines` are those of the text, with or without their ends.

    Where the text is a part of a document, put the markers of all its parts through `limited`.
    """
    layout = _Layout(lines, frozenset(comment.line for comment in comments if comment.own_line))
    return tuple(marker for comment in comments if _HINT.search(comment.text) for marker in _orders(comment, layout))


def limited(markers: Sequence[Marker]) -> tuple[Marker, ...]:
    """The orders of a document, given in its order, each cut short where another one takes it back."""
    enabled: dict[str, int] = {}
    ends: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    found: list[Marker] = []
    for marker in reversed(markers):
        if marker.tool == _ENABLES:
            enabled.update(dict.fromkeys(marker.names, marker.first))
        elif marker.tool == _ENDS:
            ends.setdefault(_range(marker), []).append(marker.first)
        elif marker.tool == _BEGINS:
            found.append(_up_to(marker, ends.get(_range(marker), [])))
        elif marker.tool == "pylint":
            lines = [enabled[name] - 1 for name in marker.names if name in enabled]
            last = min([*lines, *(() if marker.last is None else (marker.last,))], default=None)
            found.append(replace(marker, last=last))
        else:
            found.append(marker)
    return tuple(reversed(found))


def _range(marker: Marker) -> tuple[int, tuple[str, ...]]:
    """What the two ends of a range of Ruff have in common."""
    return marker.span.start.column, marker.names


def _up_to(marker: Marker, ends: list[int]) -> Marker:
    """The order with the nearest of these lines below it as its end, which no other order can have then."""
    inside = bool(ends) and (marker.last is None or ends[-1] <= marker.last)
    return replace(marker, tool="ruff", last=ends.pop() if inside else marker.last)


def meant(marker: Marker, known: Names) -> frozenset[str]:
    """Our rules that the marker names; Sonar's ids look like Ruff's and mean something else."""
    if marker.tool == "NOSONAR":
        return frozenset()
    names = _TABLES.get(marker.tool, {})
    found = (known.rules.get(names.get(written, written), frozenset()) for written in marker.names)
    return frozenset().union(*found)


_TABLES: Mapping[str, Mapping[str, str]] = {"nosec": BANDIT, "ruff": RUFF, "pylint": PYLINT, "nosemgrep": SEMGREP}

_CODE = r"[A-Z]+[0-9]+"
_CODES = rf"{_CODE}(?:[ \t]*,[ \t]*{_CODE}|[ \t]+{_CODE}\b)*"
_BANDIT_NAME = rf"(?:B\d+|{'|'.join(sorted(BANDIT, key=len, reverse=True))})\b"
_BANDIT_NAMES = rf"{_BANDIT_NAME}(?:[ \t,]+{_BANDIT_NAME})*"
_WORDS = r"[\w.-]+(?:[ \t]*,[ \t]*[\w.-]+)*"
_AUDIT_WORDS = (
    "nosec|noqa|sast-ignore|ignore-sast|security-ignore|ignore-security|false-positive|falsepositive"
    "|risk-accepted|security-accepted|security-reviewed|security-exception"
)
# In this order: what is a form of its own comes before the bare word that it contains.
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (form, re.compile(pattern, 0 if form in {"nosec", "pylint"} else re.IGNORECASE))
    for form, pattern in (
        ("file noqa", rf"#[ \t]*(?P<tool>ruff|flake8)[ \t]*[:=][ \t]*noqa\b(?:[ \t]*:[ \t]*(?P<names>{_CODES}))?"),
        ("file ignore", r"#[ \t]*ruff[ \t]*:[ \t]*file-ignore[ \t]*\[(?P<names>[^\]#]*)\]"),
        ("range", r"\A#[ \t]*ruff[ \t]*:[ \t]*(?P<how>disable|enable)[ \t]*\[(?P<names>[^\]#]*)\]"),
        ("ruff", r"#[ \t]*ruff[ \t]*:[ \t]*ignore[ \t]*\[(?P<names>[^\]#]*)\]"),
        ("pylint", rf"\bpylint[ \t]*:[ \t]*(?P<how>disable-next|disable|enable)[ \t]*=[ \t]*(?P<names>{_WORDS})"),
        ("noqa", rf"#[ \t]*noqa\b(?:[ \t]*:[ \t]*(?P<names>{_CODES}))?"),
        ("nosec", rf"#[ \t]*nosec\b(?:[ \t]*:?[ \t]*(?P<names>{_BANDIT_NAMES}))?"),
        ("nosemgrep", rf"\bnosem(?:grep)?\b(?:[ \t]*:[ \t]*(?P<names>{_WORDS}))?"),
        ("NOSONAR", r"nosonar\b(?:[ \t]*\((?P<names>[^()#]*)\))?"),
        ("word", rf"(?<![\w-])(?P<tool>{_AUDIT_WORDS})(?![\w-])"),
    )
)


class _Layout:
    """What lies below a line; asked once for a text, because there may be many orders in it."""

    def __init__(self, lines: Sequence[str], own_lines: frozenset[int]) -> None:
        self._lines = lines
        self._own_lines = own_lines

    @cached_property
    def next_code(self) -> Sequence[int]:
        """For each line the next one below it that holds more than a comment."""
        found = [0] * len(self._lines)
        below = len(self._lines)
        for line in range(len(self._lines) - 1, -1, -1):
            found[line] = below
            if line not in self._own_lines and self._lines[line].strip():
                below = line
        return found

    @cached_property
    def end_of_body(self) -> Sequence[int | None]:
        """For each line the last one of the body that it stands in, as far as the text shows; None at top level."""
        found: list[int | None] = [None] * len(self._lines)
        waiting: list[tuple[int, int]] = []
        for line, text in enumerate(self._lines):
            if not text.strip():
                continue
            indent = len(indentation(text))
            while waiting and waiting[-1][0] > indent:
                found[waiting.pop()[1]] = line - 1
            if indent:
                waiting.append((indent, line))
        for _, line in waiting:
            found[line] = len(self._lines) - 1
        return found


def _orders(comment: Comment, layout: _Layout) -> Iterator[Marker]:
    text = comment.text
    found: list[tuple[int, int, str, re.Match[str]]] = []
    for form, pattern in _FORMS:
        for match in pattern.finditer(text):
            begin, end = match.span()
            if len(found) < _ENOUGH and not any(begin < other[1] and other[0] < end for other in found):
                found.append((begin, end, form, match))
    found.sort(key=lambda each: each[0])
    starts = [begin for begin, _, _, _ in found]
    for (_, end, form, match), stop in zip(found, [*starts[1:], len(text)], strict=False):
        names = _names(form, match)
        reach = _reach(form, match, comment, layout)
        if names is not None and reach is not None:
            hash_mark = text.find("#", end, stop)
            order = _Order(_tool(form, match), names, *reach)
            if form == "word":
                yield replace(_marker(comment, match, end, order), text=text.strip("# \t\f"))
            else:
                yield _marker(comment, match, stop if hash_mark < 0 else hash_mark, order)


@dataclass(frozen=True, slots=True)
class _Order:
    """Who is told to pass over what, and where."""

    tool: str
    names: tuple[str, ...]
    first: int
    last: int | None


def _marker(comment: Comment, match: re.Match[str], stop: int, order: _Order) -> Marker:
    end = max(match.end(), len(comment.text[:stop].rstrip()))
    return Marker(
        span=Span(_at(comment, match.start()), _at(comment, end)),
        order_end=_at(comment, match.end()),
        tool=order.tool,
        names=order.names,
        text=comment.text[match.end() : stop].strip(" \t\f:;,.-\N{EN DASH}\N{EM DASH}|"),
        first=order.first,
        last=order.last,
    )


def _at(comment: Comment, offset: int) -> Position:
    return Position(comment.line, comment.column + offset)


def _tool(form: str, match: re.Match[str]) -> str:
    if form in {"file noqa", "word"}:
        return match["tool"].lower()
    if form == "pylint" and match["how"] == "enable":
        return _ENABLES
    if form == "range":
        return _BEGINS if match["how"].lower() == "disable" else _ENDS
    return "ruff" if form == "file ignore" else form


def _names(form: str, match: re.Match[str]) -> tuple[str, ...] | None:
    """The rules that an order names, empty for a blanket; None where it says nothing about security."""
    written = match.groupdict().get("names") or ""
    names = tuple(dict.fromkeys(name for name in re.split(r"[\s,]+", written) if name))
    if form in {"noqa", "file noqa"}:
        codes = tuple(name.upper() for name in names if name[0] in "Ss")
        return codes if codes or not names else None
    if form in {"ruff", "range", "file ignore"}:
        # Ruff refuses an empty list.
        return names or None
    if form == "nosemgrep":
        return tuple(name.rstrip(".").rpartition(".")[2] for name in names)
    if form == "pylint":
        everything = PYLINT if match["how"] == "enable" and "all" in names else ()
        return (*(name for name in names if name in PYLINT), *everything) or None
    return names


def _reach(form: str, match: re.Match[str], comment: Comment, layout: _Layout) -> tuple[int, int | None] | None:
    """The lines that an order is for, None where its tool would not take it there."""
    here = comment.line
    if form.startswith("file"):
        return (WHOLE_FILE, None) if comment.own_line else None
    if form == "pylint" and match["how"] == "disable-next":
        return (layout.next_code[here],) * 2
    if not comment.own_line:
        return (here, here) if form != "range" else None
    if form == "ruff":
        return (layout.next_code[here],) * 2
    if form == "nosemgrep":
        return (here, here + 1)
    if form in {"pylint", "range"}:
        return (here, layout.end_of_body[here])
    return (here, here)
