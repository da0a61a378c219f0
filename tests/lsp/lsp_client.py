"""A client that sends whatever a test wants, well-formed or not, to the real server process."""

import itertools
import json
import queue
import subprocess
import sys
import threading
import time

from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import client_capabilities

SECONDS = 30


class RawClient:
    """Frames in and out of a server process; every wait has a limit, and nothing sleeps."""

    def __init__(self, command, cwd=None):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd
        )
        self.seen = []
        self.errors = []
        self.answers = {}
        self._inbox = queue.SimpleQueue()
        self._reading = threading.Event()
        self._reading.set()
        self._ids = itertools.count(1)
        threading.Thread(target=self._read, daemon=True).start()
        self._error_reader = threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True)
        self._error_reader.start()

    def _read(self):
        stream = self.process.stdout
        while self._reading.wait() and (header := stream.readline()):
            length = int(header.split(b":")[1])
            while stream.readline() not in {b"\r\n", b""}:
                pass
            self._inbox.put((time.perf_counter(), json.loads(stream.read(length))))
        self._inbox.put((time.perf_counter(), None))

    def hold(self):
        """Read nothing any more, but for a message that is being waited for."""
        self._reading.clear()

    def wait_until_full(self):
        """Wait until the pipe from the server, which is on hold, takes no more."""
        import fcntl
        import termios

        capacity = fcntl.fcntl(self.process.stdout, fcntl.F_GETPIPE_SZ)
        end = time.monotonic() + SECONDS
        while (
            int.from_bytes(fcntl.ioctl(self.process.stdout, termios.FIONREAD, bytes(4)), sys.byteorder) < capacity // 2
        ):
            assert time.monotonic() < end, "the server writes no more than the pipe takes"
            time.sleep(0.01)

    def release(self):
        """Go on reading."""
        self._reading.set()

    def send_bytes(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def start(self, method, params=None):
        """Send a request and return its id."""
        identity = next(self._ids)
        self.send({"jsonrpc": "2.0", "id": identity, "method": method, "params": params})
        return identity

    def wait_for(self, wanted, seconds=SECONDS):
        """The first message, from now on, that `wanted` says yes to; requests of the server are answered meanwhile."""
        end = time.monotonic() + seconds
        while True:
            try:
                _, message = self._inbox.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise AssertionError(f"no such message within {seconds} s; seen: {self.seen[-5:]}") from None
            if message is None:
                raise AssertionError(f"the server ended: {b''.join(self.errors).decode()}")
            self.seen.append(message)
            if "method" in message and "id" in message:
                self._answer(message)
            if wanted(message):
                return message

    def _answer(self, message):
        """Answer a request of the server: as `answers` says for its method, from its parameters, or with nothing.

        What is NotImplemented is not answered at all, and what is an exception is answered with an error.
        """
        params = message.get("params") or {}
        empty = [None] * len(params.get("items", ())) or None
        answer = self.answers.get(message["method"], lambda _: empty)(params)
        if answer is NotImplemented:
            return
        failed = isinstance(answer, Exception)
        body = {"error": {"code": -32603, "message": str(answer)}} if failed else {"result": answer}
        self.send({"jsonrpc": "2.0", "id": message["id"]} | body)

    def answer_to(self, identity, seconds=SECONDS):
        return self.wait_for(lambda message: message.get("id") == identity and "method" not in message, seconds)

    def seen_answer(self, identity):
        """The answer to a request, which may have been seen already while another message was waited for."""
        seen = [message for message in self.seen if message.get("id") == identity and "method" not in message]
        return seen[0] if seen else self.answer_to(identity)

    def request(self, method, params=None, seconds=SECONDS):
        return self.answer_to(self.start(method, params), seconds)

    def initialize(self, capabilities=None, **more):
        answer = self.request(
            "initialize", {"processId": None, "rootUri": None, "capabilities": capabilities or {}} | more
        )
        self.notify("initialized", {})
        return answer["result"]

    def open(self, uri, text, version=1, language="python"):
        item = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri, version, *changes):
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def diagnostics(self, uri, version=None, seconds=SECONDS):
        """The diagnostics that are pushed for this version of a document."""

        def fits(message):
            params = message.get("params") or {}
            pushed = message.get("method") == "textDocument/publishDiagnostics" and params.get("uri") == uri
            return pushed and (version is None or params.get("version") == version)

        return self.wait_for(fits, seconds)["params"]["diagnostics"]

    def codes(self, uri, version=None):
        """The codes of the diagnostics that are pushed next for this document."""
        return [item["code"] for item in self.diagnostics(uri, version)]

    def hover(self, uri, line, character):
        """The hover at a place, and the seconds that its answer took."""
        began = time.perf_counter()
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        answer = self.request("textDocument/hover", params)
        return answer["result"], time.perf_counter() - began

    def leave(self):
        """Shut down as the protocol wants it, and return the exit status."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(SECONDS)

    def all_errors(self):
        """Everything that the server wrote to standard error, once it has ended."""
        self._error_reader.join(SECONDS)
        return b"".join(self.errors).decode()

    def close(self):
        self.process.kill()
        self.process.wait(SECONDS)
        self.process.stdin.close()


SERVER = [sys.executable, "-m", "whysafe", "server"]


def replace(line, start, end, text):
    """A change event that replaces a part of one line."""
    places = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    return {"range": places, "text": text}


MODERN = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {
        "applyEdit": True,
        "codeLens": {"refreshSupport": True},
        "configuration": True,
        "diagnostics": {"refreshSupport": True},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "workspaceEdit": {"documentChanges": True, "snippetEditSupport": True, "normalizesLineEndings": True},
        "workspaceFolders": True,
    },
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}},
            "dataSupport": True,
            "disabledSupport": True,
            "isPreferredSupport": True,
            "resolveSupport": {"properties": ["edit", "command"]},
        },
        "codeLens": {"dynamicRegistration": True},
        "completion": {"completionItem": {"snippetSupport": True}, "contextSupport": True},
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": False},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "publishDiagnostics": {
            "codeDescriptionSupport": True,
            "dataSupport": True,
            "relatedInformation": True,
            "tagSupport": {"valueSet": [1, 2]},
            "versionSupport": True,
        },
        "synchronization": {"didSave": True},
    },
}
"""What a current Visual Studio Code can do, as far as whysafe asks."""


def capabilities(client):
    """The capabilities of an editor: `modern`, or one of those that pytest-lsp has recorded."""
    if client == "modern":
        return get_converter().structure(MODERN, types.ClientCapabilities)
    return client_capabilities(client)
