"""Everything that the server does, one function per method of the protocol; `METHODS` lists them.

Notebooks and actions have modules of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import logging
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from whysafe import config, explain
from whysafe.lsp import action_features, actions, hover, lens, notebook_features, workspace
from whysafe.lsp.addressed import analysed_as, document_at, in_notebook, is_analysed, target_at, view_at
from whysafe.lsp.completion import TRIGGERS, complete
from whysafe.lsp.convert import position_from_client
from whysafe.lsp.documents import apply_change
from whysafe.lsp.host import Server, can_be_watched
from whysafe.lsp.notebooks import PYTHON
from whysafe.lsp.outgoing import Outgoing
from whysafe.lsp.protocol import INVALID_PARAMS, SERVER_CANCELLED
from whysafe.lsp.session import SETTINGS_FILES, editor_settings, path_of, read_capabilities
from whysafe.lsp.transport import read

if TYPE_CHECKING:
    from whysafe.lsp.transport import TooLargeError
    from whysafe.lsp.worker import Worker

PULL_SECONDS = 5.0
LENS_SECONDS = 0.5
FLUSH_SECONDS = 2.0

log = logging.getLogger(__name__)


# Start and end ------------------------------------------------------------------------------------------------------


def initialize(ls: Server, params: types.InitializeParams) -> None:
    session = ls.session
    session.capabilities = read_capabilities(params.capabilities)
    folders = [folder.uri for folder in params.workspace_folders or ()]
    for uri in folders or ([params.root_uri] if params.root_uri else []):
        session.add_folder(uri)
    ls.initial_settings = editor_settings(params.initialization_options)
    resolve = session.capabilities.resolve_edit
    options = types.CodeActionOptions(code_action_kinds=list(actions.KINDS), resolve_provider=resolve)
    ls.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(action_features.code_action)
    if resolve:
        ls.feature(types.CODE_ACTION_RESOLVE)(action_features.resolve_action)
    if session.capabilities.pull:
        whole = ls.initial_settings.get(workspace.SETTING) is True or not _refreshes_the_workspace_alone(params)
        pull = types.DiagnosticOptions(identifier="whysafe", inter_file_dependencies=False, workspace_diagnostics=whole)
        ls.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, pull)(diagnostic)
        if whole:
            ls.feature(types.WORKSPACE_DIAGNOSTIC)(workspace_diagnostic)
    if can_be_watched(params.process_id):
        ls.background(ls.watch_the_client(params.process_id or 0))


def _refreshes_the_workspace_alone(params: types.InitializeParams) -> bool:
    """Whether the client, asked for a refresh, pulls only the whole workspace where it can, and no open document.

    Neovim does (`on_refresh` in its `vim/lsp/diagnostic.lua`, as of 0.12).
    """
    return params.client_info is not None and params.client_info.name == "Neovim"


async def initialized(ls: Server, _params: Any) -> None:
    logging.getLogger("whysafe").addHandler(_ClientLog(ls))
    ls.tell_status()
    ls.background(ls.register())
    ls.background(ls.watch_the_day())
    if ls.session.capabilities.asks_configuration:
        await ls.load_configuration()
    else:
        ls.take_settings({})


def shutdown(ls: Server, *_params: Any) -> None:
    ls.supervisor.stop()
    ls.status.stop()
    ls.workspace_scan.stop()


# Documents ----------------------------------------------------------------------------------------------------------


def did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    item = params.text_document
    if in_notebook(ls, item.uri):
        return
    if ls.documents.get(item.uri) is not None:
        log.warning("%s was opened twice; the last text counts", item.uri)
        ls.supervisor.close(item.uri)
    ls.reload_changed_settings()
    ls.documents.open(item.uri, item.language_id, item.version, item.text, path=path_of(item.uri))
    ls.watch(item.uri)
    ls.workspace_scan.opened(item.uri)


def did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    uri, version = params.text_document.uri, params.text_document.version
    document = ls.documents.get(uri)
    if in_notebook(ls, uri):
        return
    if document is None:
        log.warning("ignored a change of %s, which is not open", uri)
        return
    if document.version is not None and version <= document.version:
        log.warning("%s: version %s follows %s; the changes are applied as they came", uri, version, document.version)
    encoding = ls.session.capabilities.encoding
    edits = [apply_change(document.text, change, encoding) for change in params.content_changes]
    document.version, document.revision = version, ls.documents.next_revision()
    ls.reports.edited(uri, edits)
    ls.supervisor.changed(uri, edits)
    ls.tell_status()


def did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    if in_notebook(ls, params.text_document.uri):
        return
    if ls.documents.close(params.text_document.uri) is None:
        log.warning("ignored that %s was closed, which is not open", params.text_document.uri)
    ls.unwatch(params.text_document.uri)
    ls.workspace_scan.changed(params.text_document.uri)


def did_save(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    if _is_settings_file(params.text_document.uri):
        ls.reload_settings()
    else:
        ls.reload_changed_settings()


# Settings -----------------------------------------------------------------------------------------------------------


async def did_change_configuration(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    if ls.session.capabilities.asks_configuration:
        await ls.load_configuration()
    else:
        ls.take_settings(params.settings)


def did_change_watched_files(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    if any(_is_settings_file(change.uri) for change in params.changes):
        ls.reload_settings()
    for change in params.changes:
        ls.workspace_scan.changed(change.uri)


async def did_change_workspace_folders(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    for folder in params.event.removed:
        ls.session.remove_folder(folder.uri)
    for folder in params.event.added:
        ls.session.add_folder(folder.uri)
    ls.reload_settings()
    if ls.session.capabilities.asks_configuration:
        await ls.load_configuration()


def _is_settings_file(uri: str) -> bool:
    return PurePosixPath(uri).name in SETTINGS_FILES


# Questions ----------------------------------------------------------------------------------------------------------


async def diagnostic(ls: Server, params: types.DocumentDiagnosticParams) -> dict[str, Any]:
    """The diagnostics of the text as it is now; a client that waits too long is asked to come again."""
    uri, whole = params.text_document.uri, analysed_as(ls, params.text_document.uri)
    if not ls.configured.is_set():
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(ls.configured.wait(), PULL_SECONDS)
    if whole not in ls.supervisor.tracked:
        return {"kind": "full", "items": []}
    tracked = await ls.supervisor.settle(whole, PULL_SECONDS)
    if (tracked is None and whole not in ls.supervisor.tracked) or not is_analysed(ls, uri):
        return {"kind": "full", "items": []}
    entry = ls.reports.get(uri)
    if tracked is None or entry is None or entry.revision != tracked.document.revision:
        retry = {"retriggerRequest": True}
        raise JsonRpcException("The analysis of this text is not finished yet.", code=SERVER_CANCELLED, data=retry)
    if params.previous_result_id == entry.result_id:
        return {"kind": "unchanged", "resultId": entry.result_id}
    return {"kind": "full", "resultId": entry.result_id, "items": entry.items}


async def workspace_diagnostic(ls: Server, params: types.WorkspaceDiagnosticParams) -> dict[str, Any]:
    """The diagnostics of the whole workspace; a question that nothing new can be said to waits."""
    return await ls.workspace_scan.pull(params)


def hover_at(ls: Server, params: types.HoverParams) -> dict[str, Any] | None:
    uri = params.text_document.uri
    document, entry, view = document_at(ls, uri), ls.reports.get(uri), view_at(ls, uri)
    if document is None or entry is None or view is None:
        return None
    session = ls.session
    return hover.hover(
        entry,
        position_from_client(view.lines, params.position, session.capabilities.encoding),
        view,
        today=session.today(),
        ticket_url=session.settings(document).ticket_url,
        program_type=config.for_path(session.settings(document), document.path).program_type,
    )


def completion(ls: Server, params: types.CompletionParams) -> list[dict[str, Any]]:
    uri = params.text_document.uri
    document, entry, view = document_at(ls, uri), ls.reports.get(uri), view_at(ls, uri)
    if document is None or entry is None or view is None:
        return []
    session = ls.session
    return complete(
        entry,
        position_from_client(view.lines, params.position, session.capabilities.encoding),
        view,
        config.for_path(session.settings(document), document.path),
        session.today(),
    )


async def code_lens(ls: Server, params: types.CodeLensParams) -> list[dict[str, Any]]:
    uri = params.text_document.uri
    await ls.supervisor.settle(analysed_as(ls, uri), LENS_SECONDS)
    found = target_at(ls, uri)
    return [] if found is None else lens.lenses(*found, can_apply=ls.session.capabilities.applies_edits)


# Commands -----------------------------------------------------------------------------------------------------------


def explain_rule(ls: Server, *arguments: Any) -> str:
    """The page of a rule, by its name or another tool's id, as Markdown."""
    name = str(arguments[0]) if arguments else ""
    cards = ls.session.cards
    card = cards.get(name) or next((card for card in cards.values() if name in card.aliases), None)
    if card is None:
        near = difflib.get_close_matches(name, cards, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise JsonRpcException(f"There is no rule {name!r}.{hint}", code=INVALID_PARAMS)
    page = explain.page(card)
    if not ls.session.capabilities.markdown_hover:
        ls.protocol.tell(types.WINDOW_SHOW_MESSAGE, {"type": 3, "message": hover.plain(page)})
    return page


def inspect(ls: Server, *arguments: Any) -> str:
    """Look at an open document that gets no diagnostics by itself, because of where it is; says what is done."""
    uri = str(arguments[0]) if arguments else ""
    document = ls.documents.get(analysed_as(ls, uri))
    if document is None:
        raise JsonRpcException(f"No open document has the address {uri!r}.", code=INVALID_PARAMS)
    if document.language != PYTHON:
        raise JsonRpcException(f"whysafe reads Python, and this is {document.language!r}.", code=INVALID_PARAMS)
    if document.uri in ls.supervisor.tracked:
        return "whysafe looks at this document already."
    ls.session.inspected.add(document.uri)
    ls.watch(document.uri)
    ls.ask_for_pull()
    return "whysafe looks at this document until the end of this session."


async def show(ls: Server, *arguments: Any) -> None:
    """Have the client select a place in a document: its address, and the range there."""
    try:
        uri, place = (ls.protocol.plain(argument) for argument in arguments)
        start, end = (types.Position(int(place[key]["line"]), int(place[key]["character"])) for key in ("start", "end"))
    except (TypeError, ValueError, KeyError) as error:
        raise JsonRpcException("a document and a place in it are wanted", code=INVALID_PARAMS) from error
    params = types.ShowDocumentParams(uri=str(uri), take_focus=True, selection=types.Range(start, end))
    await asyncio.shield(ls.window_show_document_async(params))


def check_workspace(ls: Server, *_arguments: Any) -> None:
    """Look at all files of the workspace, and keep their diagnostics up to date from now on."""
    ls.workspace_scan.ask()


def clear_cache(ls: Server, *_arguments: Any) -> None:
    """Remove what scans have kept, and say how much that was."""
    ls.protocol.tell(types.WINDOW_SHOW_MESSAGE, {"type": 3, "message": f"whysafe: {workspace.clear_cache()}"})


def restart(ls: Server, *_arguments: Any) -> None:
    """Start the analysis afresh, with a new worker."""
    ls.supervisor.restart()
    ls.tell_status()


METHODS = (
    (types.INITIALIZE, initialize, None),
    (types.INITIALIZED, initialized, None),
    (types.SHUTDOWN, shutdown, None),
    (types.TEXT_DOCUMENT_DID_OPEN, did_open, None),
    (types.TEXT_DOCUMENT_DID_CHANGE, did_change, None),
    (types.TEXT_DOCUMENT_DID_CLOSE, did_close, None),
    (types.TEXT_DOCUMENT_DID_SAVE, did_save, types.SaveOptions(include_text=False)),
    (types.TEXT_DOCUMENT_HOVER, hover_at, None),
    (types.TEXT_DOCUMENT_COMPLETION, completion, types.CompletionOptions(trigger_characters=list(TRIGGERS))),
    (types.TEXT_DOCUMENT_CODE_LENS, code_lens, types.CodeLensOptions(resolve_provider=False)),
    (types.WORKSPACE_DID_CHANGE_CONFIGURATION, did_change_configuration, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, did_change_watched_files, None),
    (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, did_change_workspace_folders, None),
    *notebook_features.METHODS,
    # Registered in `initialize`, because they depend on the client: textDocument/codeAction, codeAction/resolve and
    # textDocument/diagnostic and workspace/diagnostic.
)
COMMANDS = (
    (actions.EXPLAIN_COMMAND, explain_rule),
    (lens.APPLY_COMMAND, action_features.apply),
    (actions.INSPECT_COMMAND, inspect),
    (actions.SHOW_COMMAND, show),
    ("whysafe.restart", restart),
    (workspace.COMMAND, check_workspace),
    (workspace.CLEAR_COMMAND, clear_cache),
)


def serve(incoming: int, outgoing: int, worker: Worker | None) -> int:
    """Serve one client on two file descriptors; the exit status says whether it left as agreed."""
    return asyncio.run(_serve(incoming, outgoing, worker))


async def _serve(incoming: int, descriptor: int, worker: Worker | None) -> int:
    server = Server(worker)
    for method, function, options in METHODS:
        server.feature(method, options)(function)
    for name, command in COMMANDS:
        server.command(name)(command)

    def receive(frame: bytes | TooLargeError) -> None:
        if not server.ended.is_set():
            server.protocol.receive(frame)
        if server.protocol.exit_status is not None:
            server.ended.set()

    loop = asyncio.get_running_loop()
    outgoing = Outgoing(descriptor, lambda: loop.call_soon_threadsafe(server.ended.set))
    server.protocol.set_writer(outgoing)
    read(incoming, receive, server.ended.set, outgoing)
    server.supervisor.start()
    try:
        await server.ended.wait()
    finally:
        server.supervisor.stop()
        server.workspace_scan.stop()
        outgoing.flush(FLUSH_SECONDS)
    return server.protocol.exit_status or 0


class _ClientLog(logging.Handler):
    """Warnings and errors of ours in the client's log window; it shows them to nobody who does not look."""

    def __init__(self, server: Server) -> None:
        super().__init__(logging.WARNING)
        self._server = server
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        level = 1 if record.levelno >= logging.ERROR else 2
        params = {"type": level, "message": record.getMessage()}
        with contextlib.suppress(RuntimeError):  # The loop is closed: the server is ending.
            self._loop.call_soon_threadsafe(self._server.protocol.tell, types.WINDOW_LOG_MESSAGE, params)
