"""What is open at an address that the client names: a file, or the cell of a notebook, which is analysed as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from whysafe.lsp.cells import view_of
from whysafe.lsp.diagnostics import View
from whysafe.lsp.targets import CellTarget, Target

if TYPE_CHECKING:
    from whysafe.lsp.documents import OpenDocument
    from whysafe.lsp.host import Server
    from whysafe.lsp.reports import Entry


def analysed_as(ls: Server, uri: str) -> str:
    """The address of the text that is analysed: of a cell that of its notebook, else its own."""
    notebook = ls.notebooks.of_cell(uri)
    return uri if notebook is None else notebook.whole.uri


def in_notebook(ls: Server, uri: str) -> bool:
    """Whether an address is that of a cell, or of a whole notebook.

    A client may tell of these as of texts, too; what counts is what it tells of notebooks.
    """
    return ls.notebooks.of_cell(uri) is not None or ls.notebooks.get(uri) is not None


def is_analysed(ls: Server, uri: str) -> bool:
    """Whether a document is a part of what is analysed: not every cell of a notebook is."""
    notebook = ls.notebooks.of_cell(uri)
    return notebook is None or notebook.start_of(uri) is not None


def document_at(ls: Server, uri: str) -> OpenDocument | None:
    """The text that the client has open at an address: a file, or the cell of a notebook."""
    return ls.notebooks.document(uri) or ls.documents.get(uri)


def view_at(ls: Server, uri: str) -> View | None:
    """How a document, or a cell, is seen by the client."""
    session, document = ls.session, document_at(ls, uri)
    if document is None:
        return None
    notebook = ls.notebooks.of_cell(uri)
    cell = None if notebook is None else notebook.cell(uri)
    if notebook is not None and cell is not None:
        return view_of(cell, notebook, session.cards, session.capabilities)
    return View(uri=uri, lines=document.text.lines, cards=session.cards, client=session.capabilities)


def target_at(ls: Server, uri: str) -> tuple[Entry, Target] | None:
    """What is known of a document or cell, in the places of the analysed text, and what edits of it are made for.

    None while that text is not analysed as it is now.
    """
    document, entry = ls.documents.get(analysed_as(ls, uri)), ls.reports.get(uri)
    if document is None or entry is None or entry.revision != document.revision:
        return None
    notebook = ls.notebooks.of_cell(uri)
    if notebook is not None and uri in notebook.reports:
        entry = replace(entry, report=notebook.reports[uri])
    return entry, target_of(ls, document, uri)


def target_of(ls: Server, document: OpenDocument, uri: str | None = None) -> Target:
    """What edits of an analysed text are made for, seen from the cell `uri` of it, if there is one."""
    client, text = ls.session.capabilities, document.text.lines
    notebook = ls.notebooks.get(document.uri)
    if notebook is None:
        return Target(uri=document.uri, version=document.version, revision=document.revision, lines=text, client=client)
    return CellTarget(
        uri=document.uri,
        version=document.version,
        revision=document.revision,
        lines=text,
        client=client,
        notebook=notebook,
        cell=None if uri is None else notebook.cell(uri),
    )
