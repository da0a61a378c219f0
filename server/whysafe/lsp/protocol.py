"""The protocol as whysafe speaks it: what pygls leaves open is closed here.

Every request gets an answer, whatever it looks like; no message, however malformed, ends the server; document text is
kept by `documents` and not by pygls; an error of ours is logged, and never shown as a toast.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureNotificationError, JsonRpcException
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage, LanguageServerProtocol, lsp_method

from whysafe.lsp.transport import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Generator
    from concurrent.futures import Future

Kind = TypeVar("Kind")

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NOT_INITIALIZED = -32002
REQUEST_CANCELLED = -32800
CONTENT_MODIFIED = -32801
SERVER_CANCELLED = -32802
REQUEST_FAILED = -32803

log = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """One session with one client. `exit_status` is None until the client has said `exit`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._initialized = False
        self.exit_status: int | None = None

    # Incoming -----------------------------------------------------------------------------------------------------

    def receive(self, frame: bytes | TooLargeError) -> None:
        """Handle one frame; never raises."""
        try:
            if isinstance(frame, TooLargeError):
                raise frame
            data = json.loads(frame)
        except (ValueError, RecursionError, TooLargeError) as error:
            log.warning("a message of the client cannot be read: %s", error)
            self.answer_error(None, PARSE_ERROR, f"This message cannot be read: {error}")
            return
        if isinstance(data, list):
            self._receive_batch(data)
        else:
            self._receive_one(data)

    def _receive_batch(self, batch: list[Any]) -> None:
        """Batches are not part of the protocol, but their requests must not wait for ever."""
        if not batch:
            self.answer_error(None, INVALID_REQUEST, "This batch is empty.")
        for data in batch:
            self._receive_one(data)

    def _receive_one(self, data: Any) -> None:
        try:
            self._dispatch(data)
        except Exception as error:
            log.exception("a message of the client could not be handled")
            if isinstance(data, dict) and "method" in data and _is_id(data.get("id")):
                self.answer_error(data["id"], INTERNAL_ERROR, f"whysafe failed internally ({type(error).__name__}).")

    def _dispatch(self, data: Any) -> None:
        if not isinstance(data, dict):
            self.answer_error(None, INVALID_REQUEST, "A message must be a JSON object.")
        elif "method" not in data:
            self._take_response(data)
        elif "id" in data:
            self._take_request(data)
        else:
            self._take_notification(data)

    def _take_request(self, data: dict[str, Any]) -> None:
        identity, method = data["id"], data["method"]
        if not _is_id(identity) or not isinstance(method, str):
            known = identity if _is_id(identity) else None
            self.answer_error(known, INVALID_REQUEST, "A request needs an id (number or text) and a method (text).")
            return
        refusal = self._out_of_order(method)
        if refusal is not None:
            self.answer_error(identity, *refusal)
            return
        if method not in self.fm.builtin_features and method not in self.fm.features:
            self.answer_error(identity, METHOD_NOT_FOUND, f"whysafe does not know the method {method!r}.")
            return
        kind = self.get_message_type(method) or JsonRPCRequestMessage
        if "id" not in kind.__annotations__:
            self.answer_error(identity, INVALID_REQUEST, f"{method} is a notification: it has no id.")
            return
        try:
            message = self._converter.structure({"params": None} | data | {"jsonrpc": self.VERSION}, kind)
        except Exception as error:  # noqa: BLE001 - cattrs raises groups of whatever the parts raised
            self.answer_error(identity, INVALID_PARAMS, f"{method}: these parameters are not valid: {_reason(error)}")
            return
        if method == types.INITIALIZE:
            self._initialized = True
        self.handle_message(message)

    def _out_of_order(self, method: str) -> tuple[int, str] | None:
        if self._shutdown:
            return INVALID_REQUEST, "The server is shut down; only `exit` may follow."
        if not self._initialized and method != types.INITIALIZE:
            return NOT_INITIALIZED, "The server is not initialized; `initialize` must come first."
        if self._initialized and method == types.INITIALIZE:
            return INVALID_REQUEST, "The server is initialized already."
        return None

    def _take_notification(self, data: dict[str, Any]) -> None:
        method = data["method"]
        if not isinstance(method, str) or (method != types.EXIT and (self._shutdown or not self._initialized)):
            log.info("ignored a notification that may not come now: %.100r", method)
            return
        known = method in self.fm.builtin_features or method in self.fm.features or method == types.CANCEL_REQUEST
        kind = self.get_message_type(method) or JsonRPCNotification
        if not known or "id" in kind.__annotations__:
            log.info("ignored an unknown notification: %.100r", method)
            return
        try:
            message = self._converter.structure({"params": None} | data | {"jsonrpc": self.VERSION}, kind)
        except Exception as error:  # noqa: BLE001 - cattrs raises groups of whatever the parts raised
            log.warning("ignored %s: its parameters are not valid: %s", method, _reason(error))
            return
        self._notify(method, message.params)

    def _notify(self, method: str, params: Any) -> None:
        """Call the handler of a notification; that of a keystroke without pygls, which costs as much again."""
        if method != types.TEXT_DOCUMENT_DID_CHANGE:
            self._handle_notification(method, params)
            return
        try:
            self.fm.features[method](params)
        except Exception as error:  # noqa: BLE001 - as pygls has it: a handler that fails ends no session
            self._server.report_server_error(error, FeatureNotificationError)

    def _take_response(self, data: dict[str, Any]) -> None:
        future = self._request_futures.get(data.get("id")) if _is_id(data.get("id")) else None  # type: ignore[arg-type]
        if future is None:
            if "id" in data and "result" not in data and "error" not in data:
                self.answer_error(None, INVALID_REQUEST, "A message needs a method, a result or an error.")
            return
        try:
            message = self.structure_message(data | {"jsonrpc": self.VERSION})
            self.handle_message(message)
        except Exception as error:  # noqa: BLE001 - whoever waits for this answer must not wait for ever
            self._request_futures.pop(data["id"], None)
            if not future.done():
                future.set_exception(JsonRpcException(f"the client's answer is not valid: {_reason(error)}"))

    def _handle_cancel_notification(self, msg_id: str | int) -> None:
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.cancel()

    # Outgoing -----------------------------------------------------------------------------------------------------

    def answer(self, identity: str | int | None, result: Any) -> None:
        """Answer a request with JSON-ready data or with objects of lsprotocol."""
        self._send_data({"jsonrpc": self.VERSION, "id": identity, "result": result})

    def answer_error(self, identity: str | int | None, code: int, message: str, data: Any = None) -> None:
        error = {"code": code, "message": message} | ({} if data is None else {"data": data})
        self._send_data({"jsonrpc": self.VERSION, "id": identity, "error": error})

    def tell(self, method: str, params: Any) -> None:
        """Send a notification with JSON-ready parameters: ten times cheaper than as objects of lsprotocol."""
        self._send_data({"jsonrpc": self.VERSION, "method": method, "params": params})

    def tell_json(self, method: str, params: str) -> None:
        """Send a notification with parameters that are JSON already, in ASCII."""
        body = f'{{"jsonrpc": "{self.VERSION}", "method": "{method}", "params": {params}}}'
        header = f"Content-Length: {len(body)}\r\nContent-Type: {self.CONTENT_TYPE}; charset={self.CHARSET}\r\n\r\n"
        if self.writer is not None:
            self.writer.write((header + body).encode("ascii"))

    def plain(self, value: Any) -> Any:
        """An object of lsprotocol as JSON-ready data."""
        return self._converter.unstructure(value)

    def structured(self, data: Any, kind: type[Kind]) -> Kind:
        """JSON-ready data as an object of lsprotocol, which is what requests to the client want."""
        return self._converter.structure(data, kind)

    def _send_handler_result(self, future: Future[Any], *, msg_id: str | int) -> None:
        """Answer with what a handler returned or raised; what it raised by accident is logged and not shown."""
        self._request_futures.pop(msg_id, None)
        if future.cancelled():
            self.answer_error(msg_id, REQUEST_CANCELLED, "The request was cancelled.")
            return
        error = future.exception()
        if error is None:
            self.answer(msg_id, future.result())
        elif isinstance(error, JsonRpcException):
            self.answer_error(msg_id, error.code, error.message, error.data)
        else:
            log.error("a request failed", exc_info=error)
            self.answer_error(msg_id, INTERNAL_ERROR, f"whysafe failed internally ({type(error).__name__}).")

    # Built-in methods of pygls --------------------------------------------------------------------------------------

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *arguments: Any) -> Generator[Any, Any, None]:
        handler = self.fm.features.get(types.SHUTDOWN)
        if handler is not None:
            yield handler, arguments, None
        current = self.msg_id
        # The callbacks of cancelled requests remove them from the dictionary.
        for identity, future in list(self._request_futures.items()):
            if identity != current and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_arguments: Any) -> Generator[Any, Any, None]:
        self.exit_status = 0 if self._shutdown else 1
        yield from ()

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: Any) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: Any) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: Any) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: Any) -> None:
        self.fm.features[types.NOTEBOOK_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: Any) -> None:
        self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: Any) -> None:
        self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CLOSE](params)

    @lsp_method(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def lsp_workspace__did_change_workspace_folders(self, params: Any) -> Any:
        yield self.fm.features[types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS], (params,), None


def _is_id(value: object) -> bool:
    return isinstance(value, (int, str)) and not isinstance(value, bool)


def _reason(error: BaseException) -> str:
    """The innermost cause of a group of errors, in one line."""
    inner = getattr(error, "exceptions", None)
    if inner:
        return _reason(inner[0])
    notes = " ".join(getattr(error, "__notes__", ()))
    return f"{type(error).__name__}: {error} {notes}".strip()[:300]
