"""The texts that the client has open, kept as lines, so that a keystroke costs the edited line and not the file.

A line ends at LF, CR LF or CR and at nothing else, as the protocol and Python have it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whysafe.lsp.convert import span_from_client
from whysafe.syntax.position import Edit, Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lsprotocol import types

    from whysafe.lsp.convert import Encoding

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")
_SURROGATE = re.compile("[\ud800-\udfff]")


def split(text: str) -> list[str]:
    """The lines of a text with their ends; the last has none, and is empty where the text ends with a line end."""
    if "\r" not in text:
        lines = [line + "\n" for line in text.split("\n")]
        lines[-1] = lines[-1][:-1]
        return lines
    lines = _LINE.findall(text)
    lines.append(text[sum(map(len, lines)) :])
    return lines


def join_pairs(text: str) -> str:
    """The text with two halves of one character joined; halves that stand alone stay.

    A client may send the halves of a character in two messages.
    """
    if not text or text.isascii() or _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


class Text:
    """Lines that can be edited in place. `lines` is to be read only; `length` counts code points."""

    __slots__ = ("length", "lines")

    def __init__(self, text: str) -> None:
        self.lines = split(join_pairs(text))
        self.length = sum(map(len, self.lines))

    def __str__(self) -> str:
        return "".join(self.lines)

    def replace(self, span: Span, text: str) -> Edit:
        """Replace what stands in `span`, which lies within the text, and return that as an edit."""
        first, last = span.start.line, span.end.line
        joined = self.lines[first][: span.start.column] + text + self.lines[last][span.end.column :]
        if first and joined.startswith("\n") and self.lines[first - 1].endswith("\r"):
            first -= 1
            joined = self.lines[first] + joined
        added = split(join_pairs(joined))
        if last + 1 < len(self.lines):
            # The line end of the last line closes the piece, so that what follows it in `added` is empty.
            added.pop()
        self.length += sum(map(len, added)) - sum(map(len, self.lines[first : last + 1]))
        self.lines[first : last + 1] = added
        return Edit(span, text)

    def end(self) -> Position:
        return Position(len(self.lines) - 1, len(self.lines[-1]))


def difference(old: Text, new: str) -> Edit:
    """One edit of whole lines that makes `new` of a text: a client may send all of it for a keystroke."""
    before, after = old.lines, split(join_pairs(new))
    most = min(len(before), len(after)) - 1
    first = 0
    while first < most and before[first] == after[first]:
        first += 1
    last = 0
    while last < most - first and before[-1 - last] == after[-1 - last]:
        last += 1
    end = old.end() if last == 0 else Position(len(before) - last, 0)
    return Edit(Span(Position(first, 0), end), "".join(after[first : len(after) - last]))


def apply_change(text: Text, change: types.TextDocumentContentChangeEvent, encoding: Encoding) -> Edit:
    """Apply one change that the client has told, of a part or of the whole text, and return it as an edit."""
    place = getattr(change, "range", None)
    if place is None:
        whole = difference(text, change.text)
        return text.replace(whole.span, whole.text)
    return text.replace(span_from_client(text.lines, place, encoding), change.text)


@dataclass(slots=True, kw_only=True)
class OpenDocument:
    """A document that the client has open.

    `version` is the client's, `revision` our own: it grows with every change and is never given twice. `notebook` tells
    that it is a cell, or that it stands for all cells of a notebook.
    """

    uri: str
    language: str
    version: int | None
    revision: int
    text: Text
    path: str | None = None
    notebook: bool = False


@dataclass(slots=True)
class Documents:
    """All open documents by their address."""

    by_uri: dict[str, OpenDocument] = field(default_factory=dict)
    _last_revision: int = 0

    def get(self, uri: str) -> OpenDocument | None:
        return self.by_uri.get(uri)

    def next_revision(self) -> int:
        self._last_revision += 1
        return self._last_revision

    def open(  # noqa: PLR0913 - they are the parts of a document
        self, uri: str, language: str, version: int | None, text: str, *, path: str | None, notebook: bool = False
    ) -> OpenDocument:
        """Remember a document; one that is open already is replaced."""
        document = OpenDocument(
            uri=uri,
            language=language,
            version=version,
            revision=self.next_revision(),
            text=Text(text),
            path=path,
            notebook=notebook,
        )
        self.by_uri[uri] = document
        return document

    def close(self, uri: str) -> OpenDocument | None:
        return self.by_uri.pop(uri, None)


def blanked(lines: Iterable[str], region: Span) -> str:
    """The text with the lines of a region emptied to spaces, so that every other place stays where it is."""
    first, last = region.start.line, region.end.line
    return "".join(
        re.sub(r"[^\r\n]", " ", line) if first <= number <= last else line for number, line in enumerate(lines)
    )
