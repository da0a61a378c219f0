"""What the client tells of notebooks, one function per method; `METHODS` lists them. It asks about cells."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from whysafe.lsp.documents import apply_change
from whysafe.lsp.notebooks import PYTHON, cell_document
from whysafe.lsp.session import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from whysafe.lsp.host import Server
    from whysafe.lsp.notebooks import Notebook

_ANY_TYPE = types.NotebookDocumentFilterWithNotebook(notebook="*", cells=[types.NotebookCellLanguage(language=PYTHON)])
SYNC = types.NotebookDocumentSyncOptions(
    notebook_selector=[_ANY_TYPE],
    save=True,
)
"""Which notebooks the client shall tell of: those of any type, as far as they have Python cells."""

log = logging.getLogger(__name__)


def did_open(ls: Server, params: types.DidOpenNotebookDocumentParams) -> None:
    item = params.notebook_document
    if ls.notebooks.get(item.uri) is not None:
        log.warning("%s was opened twice; the last cells count", item.uri)
        ls.close_notebook(item.uri)
    ls.reload_changed_settings()
    whole = ls.documents.open(item.uri, PYTHON, item.version, "", path=path_of(item.uri), notebook=True)
    notebook = ls.notebooks.open(whole)
    _open_texts(ls, notebook, params.cell_text_documents)
    notebook.splice(0, 0, _told(item.cells))
    notebook.update()
    ls.notebooks.enlist(notebook)
    ls.watch(item.uri)


def did_change(ls: Server, params: types.DidChangeNotebookDocumentParams) -> None:
    uri = params.notebook_document.uri
    notebook = ls.notebooks.get(uri)
    if notebook is None:
        log.warning("ignored a change of %s, which is not open", uri)
        return
    shown = {cell.uri for cell in notebook.placed}
    notebook.whole.version = params.notebook_document.version
    if params.change.cells is not None:
        _apply(ls, notebook, params.change.cells)
    edit = notebook.update()
    ls.notebooks.enlist(notebook)
    for gone in shown - {cell.uri for cell in notebook.placed}:
        ls.hide(gone)
    if edit is not None:
        notebook.whole.revision = ls.documents.next_revision()
        ls.reports.edited(uri, [edit])
        ls.supervisor.changed(uri, [edit])
        ls.tell_status()
    else:
        ls.show_cells(notebook)


def _apply(ls: Server, notebook: Notebook, cells: types.NotebookDocumentCellChanges) -> None:
    if cells.structure is not None:
        array = cells.structure.array
        # A text may be closed and opened again in one change, which is how a cell gets another language.
        for closed in cells.structure.did_close or ():
            notebook.close_text(closed.uri)
        _open_texts(ls, notebook, cells.structure.did_open or ())
        notebook.splice(array.start, array.delete_count, _told(array.cells or ()))
        notebook.forget_unused()
    for uri, code in _told(cells.data or ()):
        if (cell := notebook.cell(uri)) is not None:
            cell.code = code
    for content in cells.text_content or ():
        cell = notebook.cell(content.document.uri)
        if cell is None or cell.document is None:
            log.warning("ignored a change of %s, which is not open", content.document.uri)
            continue
        document, encoding = cell.document, ls.session.capabilities.encoding
        edits = [apply_change(document.text, change, encoding) for change in content.changes]
        document.version = content.document.version
        cell.measure()
        notebook.edited.add(cell.uri)
        ls.reports.edited(cell.uri, edits)


def _open_texts(ls: Server, notebook: Notebook, items: Iterable[types.TextDocumentItem]) -> None:
    for item in items:
        notebook.open_text(
            cell_document(
                notebook.whole,
                uri=item.uri,
                language=item.language_id,
                version=item.version,
                revision=ls.documents.next_revision(),
                text=item.text,
            )
        )


def _told(cells: Iterable[types.NotebookCell]) -> Iterator[tuple[str, bool]]:
    for cell in cells:
        yield cell.document, cell.kind == types.NotebookCellKind.Code


def did_save(ls: Server, _params: types.DidSaveNotebookDocumentParams) -> None:
    ls.reload_changed_settings()


def did_close(ls: Server, params: types.DidCloseNotebookDocumentParams) -> None:
    if ls.notebooks.get(params.notebook_document.uri) is None:
        log.warning("ignored that %s was closed, which is not open", params.notebook_document.uri)
    ls.close_notebook(params.notebook_document.uri)


METHODS = (
    (types.NOTEBOOK_DOCUMENT_DID_OPEN, did_open, None),
    (types.NOTEBOOK_DOCUMENT_DID_CHANGE, did_change, None),
    (types.NOTEBOOK_DOCUMENT_DID_SAVE, did_save, None),
    (types.NOTEBOOK_DOCUMENT_DID_CLOSE, did_close, None),
)
