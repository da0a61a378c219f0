"""The notebooks that the client has open, and the one text that is analysed of each.

That text, `whole`, is an ordinary document to everything that analyses: the Python cells one below the other, IPython's
syntax masked (`magics`), with a line between two cells that ends whatever the upper one leaves open. Each line of a
cell is one line of it, with the same columns. So names are known across cells, and a keystroke costs its statement.

Text cells, cells of other languages and cells that IPython hands to another program have no part in it.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whysafe.lsp.documents import OpenDocument, Text, split
from whysafe.lsp.magics import is_foreign, mask, order_lines, separator
from whysafe.syntax.position import Edit, Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from whysafe.report import Report

PYTHON = "python"


@dataclass(slots=True, kw_only=True, eq=False)
class Cell:
    """A cell; `document` is its text as it is, None while the client has not told it. `chunk` are its lines in `whole`.

    `code` tells a cell that is run from one that is read.
    """

    uri: str
    code: bool
    document: OpenDocument | None = None
    chunk: list[str] = field(default_factory=list)

    @property
    def analysed(self) -> bool:
        python = self.document is not None and self.document.language == PYTHON
        return self.code and python and bool(self.chunk)

    @property
    def lines(self) -> Sequence[str]:
        """The lines of its text as the client has it."""
        return [""] if self.document is None else self.document.text.lines

    def last_place(self) -> Position:
        return Position(len(self.lines) - 1, len(self.lines[-1]))

    def measure(self) -> None:
        """Work out `chunk` anew from the text."""
        self.chunk = [] if self.document is None else chunk_of(str(self.document.text))


def chunk_of(text: str) -> list[str]:
    """The lines that a cell is in the text of its notebook, with the line that stands below it; none if no Python."""
    if is_foreign(text):
        return []
    lines = [line.rstrip("\r\n") + "\n" for line in split(mask(text))]
    lines.append(separator("".join(lines)))
    return lines


@dataclass(slots=True, kw_only=True, eq=False)
class Notebook:
    """One notebook: all cells in order, and those that `whole` has, each with the line that it begins at there.

    `known` are the cells that the client has told of, also while they are in no place. `reports` are those of the
    cells, in the places of `whole`; `edited` are the cells that were edited since.
    """

    whole: OpenDocument
    cells: list[Cell] = field(default_factory=list)
    known: dict[str, Cell] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)
    edited: set[str] = field(default_factory=set)
    placed: list[Cell] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    _chunks: list[list[str]] = field(default_factory=list)
    _start_of: dict[str, int] = field(default_factory=dict)

    def cell(self, uri: str) -> Cell | None:
        return self.known.get(uri)

    def splice(self, start: int, count: int, new: Iterable[tuple[str, bool]]) -> list[Cell]:
        """Put cells, each told by its address and whether it is code, in the place of `count` others.

        Their texts are known before or after. Returns the cells that are in the notebook no longer.
        """
        gone = self.cells[start : start + count]
        cells = []
        for uri, code in new:
            cell = self.known.setdefault(uri, Cell(uri=uri, code=code))
            cell.code = code
            cells.append(cell)
        self.cells[start : start + count] = cells
        left = {cell.uri for cell in self.cells}
        return [cell for cell in gone if cell.uri not in left]

    def open_text(self, document: OpenDocument) -> Cell:
        """Take the text of a cell, which may become one of the notebook only later."""
        cell = self.known.setdefault(document.uri, Cell(uri=document.uri, code=False))
        cell.document = document
        cell.measure()
        return cell

    def close_text(self, uri: str) -> None:
        """Forget the text of a cell; without it, the cell is not analysed."""
        if (cell := self.known.get(uri)) is not None:
            cell.document = None
            cell.measure()

    def forget_unused(self) -> None:
        """Forget the cells that have neither a text nor a place in the notebook."""
        placed = {cell.uri for cell in self.cells}
        for cell in [cell for cell in self.known.values() if cell.document is None and cell.uri not in placed]:
            del self.known[cell.uri]

    def update(self) -> Edit | None:
        """Bring `whole` up to what the cells are now; the edit that did it, None where it was up to it already."""
        placed = [cell for cell in self.cells if cell.analysed]
        chunks = [cell.chunk for cell in placed]
        edit = self._difference(chunks)
        self.placed, self._chunks = placed, chunks
        self.starts = [0, *itertools.accumulate(map(len, chunks))][: len(chunks)]
        self._start_of = {cell.uri: start for cell, start in zip(placed, self.starts, strict=True)}
        return None if edit is None else self.whole.text.replace(edit.span, edit.text)

    def _difference(self, chunks: Sequence[list[str]]) -> Edit | None:
        before = self._chunks
        most = min(len(before), len(chunks))
        first = 0
        while first < most and before[first] is chunks[first]:
            first += 1
        last = 0
        while last < most - first and before[-1 - last] is chunks[-1 - last]:
            last += 1
        line = sum(map(len, before[:first]))
        old = [text for chunk in before[first : len(before) - last] for text in chunk]
        new = [text for chunk in chunks[first : len(chunks) - last] for text in chunk]
        return line_difference(old, new, line)

    # Places --------------------------------------------------------------------------------------------------------

    def start_of(self, uri: str) -> int | None:
        """The line of `whole` at which a cell begins; None for one that is not analysed."""
        return self._start_of.get(uri)

    def at(self, line: int) -> tuple[Cell, int] | None:
        """The cell that a line of `whole` belongs to, and the line at which it begins there.

        The line between two cells belongs to the upper one. None where there is no cell at all.
        """
        index = max(bisect_right(self.starts, line) - 1, 0)
        return (self.placed[index], self.starts[index]) if self.placed else None

    def number(self, cell: Cell) -> int:
        """Which cell of the notebook it is, counted from 1."""
        return self.cells.index(cell) + 1

    def edit_in_cell(self, edit: Edit) -> tuple[Cell, Edit] | None:
        """The cell that an edit of `whole` changes, and the edit in its places.

        None where it would change more than one cell, or something that is masked.
        """
        found, end_found = self.at(edit.span.start.line), self.at(edit.span.end.line)
        if found is None or end_found != found:
            return None
        cell, start = found
        span = edit.span.shifted(-start)
        if span.start == span.end:
            return cell, _insertion(cell, span.start, edit.text)
        last = cell.last_place()
        text = edit.text
        if span.end == Position(last.line + 1, 0):
            # It takes the line end of the last line, which the cell does not have.
            text = text.removesuffix("\n")
            begin = span.start
            if not text and begin.column == 0 and begin.line > 0:
                begin = Position(begin.line - 1, len(cell.lines[begin.line - 1].rstrip("\r\n")))
            span = Span(begin, last)
        if span.end > last or _between(cell.lines, span) != _between(cell.chunk, span):
            return None
        return cell, Edit(span, text)


def _insertion(cell: Cell, place: Position, text: str) -> Edit:
    """An insertion where it does no harm: below an order for the cell, and not behind the last line."""
    first = order_lines("".join(cell.lines))
    if place.line < first and text.endswith("\n"):
        place = Position(first, 0)
    last = cell.last_place()
    if place > last:
        place, text = last, ("\n" if last.column else "") + text.removesuffix("\n")
    return Edit(Span(place, place), text)


def _between(lines: Sequence[str], span: Span) -> list[str]:
    """The content of the lines of a span, without the line ends."""
    first, last = span.start.line, span.end.line
    found = [line.rstrip("\r\n") for line in lines[first : last + 1]]
    found[-1] = found[-1][: span.end.column]
    found[0] = found[0][span.start.column :]
    return found


def line_difference(old: Sequence[str], new: Sequence[str], line: int) -> Edit | None:
    """One edit that makes the lines `new` of the lines `old`, the first of which is at `line`; None where they agree.

    Of a single line that changes, only the part that does is replaced.
    """
    most = min(len(old), len(new))
    first = 0
    while first < most and old[first] == new[first]:
        first += 1
    last = 0
    while last < most - first and old[-1 - last] == new[-1 - last]:
        last += 1
    before, after = old[first : len(old) - last], new[first : len(new) - last]
    if not before and not after:
        return None
    top = line + first
    if len(before) == len(after) == 1:
        return _within_line(before[0], after[0], top)
    return Edit(Span(Position(top, 0), Position(top + len(before), 0)), "".join(after))


def _within_line(before: str, after: str, line: int) -> Edit:
    most = min(len(before), len(after)) - 1
    first = 0
    while first < most and before[first] == after[first]:
        first += 1
    last = 0
    while last < most - first and before[-2 - last] == after[-2 - last]:
        last += 1
    span = Span(Position(line, first), Position(line, len(before) - 1 - last))
    return Edit(span, after[first : len(after) - 1 - last])


@dataclass(slots=True)
class Notebooks:
    """All open notebooks by their address, and which one a cell is in."""

    by_uri: dict[str, Notebook] = field(default_factory=dict)
    _of_cell: dict[str, Notebook] = field(default_factory=dict)

    def get(self, uri: str) -> Notebook | None:
        return self.by_uri.get(uri)

    def of_cell(self, uri: str) -> Notebook | None:
        return self._of_cell.get(uri)

    def document(self, uri: str) -> OpenDocument | None:
        """The text of a cell as the client has it."""
        notebook = self._of_cell.get(uri)
        cell = None if notebook is None else notebook.cell(uri)
        return None if cell is None else cell.document

    def open(self, whole: OpenDocument) -> Notebook:
        """Remember a notebook that has no cells yet; one that is open already is replaced."""
        self.close(whole.uri)
        notebook = self.by_uri[whole.uri] = Notebook(whole=whole)
        return notebook

    def close(self, uri: str) -> Notebook | None:
        notebook = self.by_uri.pop(uri, None)
        if notebook is not None:
            self._of_cell = {cell: other for cell, other in self._of_cell.items() if other is not notebook}
        return notebook

    def enlist(self, notebook: Notebook) -> None:
        """Take note of which cells a notebook has now."""
        others = {cell: other for cell, other in self._of_cell.items() if other is not notebook}
        self._of_cell = others | dict.fromkeys(notebook.known, notebook)


def cell_document(  # noqa: PLR0913 - they are the parts of a document
    whole: OpenDocument, *, uri: str, language: str, version: int | None, revision: int, text: str
) -> OpenDocument:
    """The document of a cell: a text of its own, under the path and the settings of its notebook."""
    return OpenDocument(
        uri=uri,
        language=language,
        version=version,
        revision=revision,
        text=Text(text),
        path=whole.path,
        notebook=True,
    )
