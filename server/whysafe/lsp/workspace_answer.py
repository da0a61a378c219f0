"""What the answer to `workspace/diagnostic` is made of, and the progress that is shown meanwhile."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    SendPart = Callable[[list[dict[str, Any]]], object]

    from whysafe.lsp.host import Server
    from whysafe.lsp.reports import Entry
    from whysafe.lsp.scan_messages import FileDiagnostics, Found


class Answer:
    """The answer to one question, sent in parts to a client that takes parts; `rest` is what the response holds."""

    def __init__(
        self,
        told: dict[str, str],
        previous: Mapping[str, str],
        send_part: Callable[[list[dict[str, Any]]], object] | None,
    ) -> None:
        """`told` are the result ids that the client was told, by address, and `previous` those that it says it has."""
        self._told, self._previous, self._send_part = told, previous, send_part
        self.rest: list[dict[str, Any]] = []

    def send(self, items: list[dict[str, Any]]) -> None:
        if self._send_part is None:
            self.rest += items
        elif items:
            self._send_part(items)

    def report(self, file: FileDiagnostics) -> dict[str, Any]:
        """The report of a closed file, of which the client is told from now on."""
        if file.items == "[]":
            self._told.pop(file.uri, None)
            return full(file.uri, [])
        result = self._told[file.uri] = result_id(file.items)
        if self._previous.get(file.uri) == result:
            return {"kind": "unchanged", "uri": file.uri, "version": None, "resultId": result}
        return full(file.uri, json.loads(file.items), result)

    def open_documents(self, ls: Server) -> list[dict[str, Any]]:
        """The reports of open files whose analysis is up to date; of the others the client asks by itself."""
        items = []
        for uri, tracked in ls.supervisor.tracked.items():
            whole = ls.reports.get(uri)
            if whole is None or whole.revision != tracked.document.revision:
                continue
            notebook = ls.notebooks.get(uri)
            # A notebook is analysed as one text, and shown by its cells.
            for shown in (uri,) if notebook is None else [cell.uri for cell in notebook.placed]:
                entry = ls.reports.get(shown)
                if entry is not None:
                    items.append(self._open_document(shown, entry))
        return items

    def _open_document(self, uri: str, entry: Entry) -> dict[str, Any]:
        result = entry.result_id
        if self._previous.get(uri) == result:
            return {"kind": "unchanged", "uri": uri, "version": entry.version, "resultId": result}
        return full(uri, entry.items, result) | {"version": entry.version}


@final
class Progress:
    """Progress that the client shows, where it has given a token for it."""

    def __init__(self, ls: Server, token: int | str | None) -> None:
        self._ls, self._token = ls, token

    def __enter__(self) -> Progress:
        self._tell({"kind": "begin", "title": "Checking the workspace", "percentage": 0, "cancellable": True})
        return self

    def __exit__(self, *_error: object) -> None:
        self._tell({"kind": "end"})
        if self._token is not None:
            self._ls.work_done_progress.tokens.pop(self._token, None)

    def report(self, found: Found) -> None:
        percentage = 100 * found.done // max(found.total, 1)
        message = f"{found.done:,} of {found.total:,} files"
        self._tell({"kind": "report", "percentage": percentage, "message": message})

    def is_cancelled(self) -> bool:
        future = None if self._token is None else self._ls.work_done_progress.tokens.get(self._token)
        return future is not None and future.cancelled()

    def _tell(self, value: dict[str, Any]) -> None:
        if self._token is not None:
            self._ls.protocol.tell(types.PROGRESS, {"token": self._token, "value": value})


def result_id(items: str) -> str:
    """A name of diagnostics as JSON text: it stays the same as long as they do."""
    return hashlib.blake2b(items.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def uri_of_path(path: str) -> str:
    return Path(path).as_uri()


def full(uri: str, items: list[dict[str, Any]], result: str | None = None) -> dict[str, Any]:
    report: dict[str, Any] = {"kind": "full", "uri": uri, "version": None, "items": items}
    return report if result is None else report | {"resultId": result}
