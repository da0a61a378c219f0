"""A small blocking client over stdio: as little between the keystroke and its diagnostics as possible."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PATIENCE = 60.0
"""Seconds after which an answer is given up; a benchmark that waits longer has found a defect."""

# Ruff takes its settings in this shape; whysafe ignores what it does not know.
RUFF_SETTINGS = {"settings": {"lint": {"select": ["S"]}}, "globalSettings": {}}
CAPABILITIES = {
    "textDocument": {
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True},
        "synchronization": {},
    },
    "general": {"positionEncodings": ["utf-16"]},
}


class Client:
    """One server process. Incremental changes, utf-16, pushed diagnostics with versions."""

    def __init__(self, command: Sequence[str]) -> None:
        self.began = time.perf_counter()
        self.last = self.began
        """The moment of the message that was waited for last."""
        self.items: list[Any] = []
        """The diagnostics that were waited for last."""
        self.process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=inputs.environment(),
        )
        self._messages: queue.SimpleQueue[tuple[float, dict[str, Any]]] = queue.SimpleQueue()
        self._id = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while True:
            length = 0
            while (line := out.readline().strip()) != b"":
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            body = out.read(length)
            self._messages.put((time.perf_counter(), json.loads(body)))

    def send(self, method: str, params: Any, *, answer: bool = False) -> int:
        """Send a notification, or with `answer` a request, whose id is the result."""
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if answer:
            self._id += 1
            message["id"] = self._id
        self._write(message)
        return self._id

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        stdin = self.process.stdin
        assert stdin is not None
        stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        stdin.flush()

    def request(self, method: str, params: Any) -> tuple[float, Any]:
        """The moment and the result of the answer."""
        number = self.send(method, params, answer=True)
        moment, message = self._wait(lambda message: message.get("id") == number and "method" not in message)
        return moment, message.get("result")

    def open(self, uri: str, version: int, text: str) -> float:
        """Open a document; the seconds until its diagnostics were there."""
        began = time.perf_counter()
        item = {"uri": uri, "languageId": "python", "version": version, "text": text}
        self.send("textDocument/didOpen", {"textDocument": item})
        return self.diagnostics(uri, version)[0] - began

    def diagnostics(self, uri: str, version: int) -> tuple[float, list[Any]]:
        """The moment and the diagnostics of that version of a document."""

        def wanted(message: dict[str, Any]) -> bool:
            params = message.get("params") or {}
            return (
                message.get("method") == "textDocument/publishDiagnostics"
                and params.get("uri") == uri
                and params.get("version") == version
            )

        moment, message = self._wait(wanted)
        self.items = message["params"]["diagnostics"]
        return moment, self.items

    def _wait(self, wanted: Callable[[dict[str, Any]], bool]) -> tuple[float, dict[str, Any]]:
        end = time.perf_counter() + PATIENCE
        while True:
            try:
                moment, message = self._messages.get(timeout=max(end - time.perf_counter(), 0.001))
            except queue.Empty:
                raise TimeoutError(f"{self.process.args!r} did not answer within {PATIENCE:.0f} s") from None
            if "id" in message and "method" in message:
                asked = (message.get("params") or {}).get("items", [])
                result = [None] * len(asked) if message["method"] == "workspace/configuration" else None
                self._write({"jsonrpc": "2.0", "id": message["id"], "result": result})
            elif wanted(message):
                self.last = moment
                return moment, message

    def start(self, root: str) -> float:
        """Initialize; the seconds from the start of the process until it was answered."""
        params = {
            "processId": None,
            "rootUri": root,
            "capabilities": CAPABILITIES,
            "initializationOptions": RUFF_SETTINGS,
        }
        moment, _ = self.request("initialize", params)
        self.send("initialized", {})
        return moment - self.began

    def stop(self) -> None:
        """Leave as the protocol wants it."""
        self.request("shutdown", None)
        self.send("exit", None)
        self.process.wait(PATIENCE)
