"""What the client asks about actions: which there are, the edits that they make, and to have an edit made."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from whysafe import config
from whysafe.lsp import actions
from whysafe.lsp.addressed import analysed_as, target_at, target_of
from whysafe.lsp.diagnostics import SOURCE
from whysafe.lsp.host import Server  # noqa: TC001 - pygls looks up the annotations of commands at run time
from whysafe.lsp.notebooks import PYTHON
from whysafe.lsp.protocol import CONTENT_MODIFIED, INVALID_PARAMS
from whysafe.lsp.supervisor import UnavailableError
from whysafe.lsp.targets import edit_of, order_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whysafe.lsp.documents import OpenDocument
    from whysafe.lsp.messages import Order, Outcome
    from whysafe.lsp.targets import Target

ACTION_SECONDS = 0.5

log = logging.getLogger(__name__)


async def code_action(ls: Server, params: types.CodeActionParams) -> list[dict[str, Any]]:
    uri = params.text_document.uri
    await ls.supervisor.settle(analysed_as(ls, uri), ACTION_SECONDS)
    found = target_at(ls, uri)
    document = ls.documents.get(analysed_as(ls, uri))
    if found is None or document is None:
        return [] if document is None else _to_inspect(ls, document, params.context.only)
    entry, target = found
    client = ls.session.capabilities
    span = target.span(params.range)
    named = [(str(item.code), target.span(item.range)) for item in params.context.diagnostics if item.source == SOURCE]
    planned = actions.plan(entry, span, only=params.context.only, client=client, lines=document.text.lines, named=named)
    offered = [(action, actions.to_client(action, entry, target)) for action in planned]
    possible = [(action, answer) for action, answer in offered if answer is not None]
    if client.resolve_edit:
        return [answer for _, answer in possible]
    return await _complete(ls, document, target, possible)


def _to_inspect(ls: Server, document: OpenDocument, only: Sequence[str] | None) -> list[dict[str, Any]]:
    """The offer to look at a document that is not looked at, for a client that asks for actions on whole files."""
    if (
        document.uri in ls.supervisor.tracked
        or document.language != PYTHON
        or not ls.session.capabilities.literal_actions
    ):
        return []
    return [actions.to_inspect(document.uri)] if actions.wants(actions.INSPECT, only) else []


async def _complete(
    ls: Server, document: OpenDocument, target: Target, offered: Sequence[tuple[actions.Action, dict[str, Any]]]
) -> list[dict[str, Any]]:
    """The actions with their edits, for a client that cannot ask for them later; without those that are refused."""
    orders = [action.order for action, _ in offered if action.order is not None]
    try:
        outcomes = iter(await _write(ls, document, orders) if orders else ())
    except UnavailableError as error:
        log.info("no justification can be offered now: %s", error)
        return [answer for action, answer in offered if action.order is None]
    if document.revision != target.revision:
        return []
    complete = []
    for action, answer in offered:
        if action.order is None:
            complete.append(answer)
        elif (edit := edit_of(next(outcomes), target)[0]) is not None:
            complete.append(answer | {"edit": edit})
    return complete


async def apply(ls: Server, *arguments: Any) -> None:
    """Do what a code lens offers: have the client apply the edit, or tell the user why there is none."""
    edit = await _edit_for(ls, ls.protocol.plain(arguments[0]) if arguments else None)
    if edit is None:
        return
    params = ls.protocol.structured({"label": "whysafe", "edit": edit}, types.ApplyWorkspaceEditParams)
    try:
        result = await asyncio.shield(ls.workspace_apply_edit_async(params))
    except JsonRpcException as error:
        ls.show_warning(f"whysafe: the editor could not apply the change: {error.message}")
        return
    if not result.applied:
        reason = f": {result.failure_reason}" if result.failure_reason else "; has the text changed since?"
        ls.show_warning(f"whysafe: the editor did not apply the change{reason}")


async def resolve_action(ls: Server, params: types.CodeAction) -> dict[str, Any]:
    """The action with its edit; without one, and with a message for the user, where it is refused."""
    answer: dict[str, Any] = ls.protocol.plain(params)
    edit = None if params.data is None else await _edit_for(ls, answer.get("data"))
    return answer if edit is None else answer | {"edit": edit}


async def _edit_for(ls: Server, data: Any) -> dict[str, Any] | None:
    """The edit for an order that the client carries back to us; None, after a message for the user, where refused."""
    try:
        uri, revision, order = order_of(data)
    except ValueError as error:
        raise JsonRpcException(str(error), code=INVALID_PARAMS) from error
    document = ls.documents.get(uri)
    if document is None or document.revision != revision:
        raise JsonRpcException("The text has changed since; please try again.", code=CONTENT_MODIFIED)
    try:
        (outcome,) = await _write(ls, document, [order])
    except UnavailableError as error:
        ls.show_warning(f"whysafe: {error}")
        return None
    if document.revision != revision:
        raise JsonRpcException("The text has changed since; please try again.", code=CONTENT_MODIFIED)
    edit, refusal = edit_of(outcome, target_of(ls, document))
    if refusal is not None:
        ls.show_warning(f"whysafe: {refusal}")
    return edit


async def _write(ls: Server, document: OpenDocument, orders: Sequence[Order]) -> tuple[Outcome, ...]:
    settings = config.for_path(ls.session.settings(document), document.path)
    return await ls.supervisor.write(document.uri, orders, settings, ls.session.today())
