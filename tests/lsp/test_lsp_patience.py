"""Clients that read nothing, cancel everything or do not wait: memory stays bounded, and the diagnostics come."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from lsp_client import MODERN, SECONDS, SERVER, RawClient, replace

URI = "untitled:a.py"
HOVER = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 1}}
MEGABYTE = 1 << 20
MOST_MEMORY = 400 * MEGABYTE
"""Bytes that the main process may hold: some 60 MB to begin with, and what a client may leave unread and unhandled."""
CANCELLED = -32800


class SilentClient:
    """A client that writes and does not read until it is told to."""

    def __init__(self, stderr=subprocess.DEVNULL):
        self.process = subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)
        # What waits for a server that hangs sees the end of its output instead, and fails.
        self._watch = threading.Timer(2 * SECONDS, self.process.kill)
        self._watch.start()

    def close(self):
        self._watch.cancel()
        self.process.kill()
        self.process.wait(SECONDS)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def read(self):
        """The next message."""
        stream, length = self.process.stdout, 0
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(stream.read(length))

    def start(self):
        self.send({"id": 0, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}})
        assert self.read()["id"] == 0
        self.send({"method": "initialized", "params": {}})


@pytest.fixture
def silent():
    client = SilentClient()
    client.start()
    yield client
    client.close()


def resident(process):
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def did_open(text, uri=URI):
    item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    return {"method": "textDocument/didOpen", "params": {"textDocument": item}}


def did_change(version, *changes, uri=URI):
    document = {"uri": uri, "version": version}
    return {"method": "textDocument/didChange", "params": {"textDocument": document, "contentChanges": list(changes)}}


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of another process is read under /proc")
def test_a_client_that_never_reads_is_not_read_from_for_ever_and_costs_bounded_memory(silent):
    """Its requests are answered by a megabyte each, until the server stops reading and the pipe is full."""
    silent.send(did_open("eval(input())\n"))
    long = {"id": 1, "method": "no/such/" + "x" * MEGABYTE, "params": None}
    sent, stuck = [], threading.Event()

    def write():
        try:
            for number in range(1, 600):
                silent.send(long | {"id": number})
                sent.append(number)
        except OSError:
            stuck.set()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    before = -1
    while before != len(sent):
        before = len(sent)
        writer.join(2)
    assert writer.is_alive(), "the server read everything"
    assert resident(silent.process.pid) < MOST_MEMORY
    silent.process.kill()
    writer.join(SECONDS)
    assert stuck.is_set()


def test_a_client_that_reads_late_gets_everything(silent):
    silent.send(did_open("eval(input())\n" * 300))
    for version in range(2, 202):
        silent.send(did_change(version, replace(0, 0, 0, "x")))
    for number in range(1, 301):
        silent.send({"id": number, "method": "textDocument/hover", "params": HOVER})
    silent.send({"id": "last", "method": "no/such", "params": None})
    answered, shown = set(), {}
    while not {"last", *range(1, 301)} <= answered or shown.get("version") != 201:
        message = silent.read()
        answered.add(message.get("id"))
        shown = message["params"] if message.get("method") == "textDocument/publishDiagnostics" else shown
    assert len(shown["diagnostics"]) == 299


def test_a_client_that_leaves_without_reading_leaves_no_process(silent):
    silent.send(did_open("eval(input())\n" * 2_000))
    for number in range(1, 301):
        silent.send({"id": number, "method": "textDocument/hover", "params": HOVER})
    silent.process.stdin.close()
    assert silent.process.wait(SECONDS) == 0


def test_a_client_that_cancels_everything_gets_one_answer_for_each_and_its_diagnostics(start_client):
    client = start_client()
    client.initialize(MODERN | {"textDocument": MODERN["textDocument"] | {"diagnostic": {}}})
    client.open(URI, "eval(input())\n" * 20)
    owed = []
    for version in range(2, 52):
        client.change(URI, version, replace(0, 0, 0, "x"))
        for method, params in (
            ("textDocument/hover", HOVER),
            ("textDocument/diagnostic", {"textDocument": {"uri": URI}}),
            ("textDocument/codeLens", {"textDocument": {"uri": URI}}),
            (
                "textDocument/codeAction",
                {
                    "textDocument": {"uri": URI},
                    "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 4}},
                    "context": {"diagnostics": []},
                },
            ),
        ):
            identity = client.start(method, params)
            client.notify("$/cancelRequest", {"id": identity})
            owed.append(identity)
    answers = {}
    while answers.keys() != set(owed):
        answer = client.wait_for(lambda message: message.get("id") in owed and "method" not in message)
        assert answer["id"] not in answers
        answers[answer["id"]] = answer
    assert any(answer.get("error", {}).get("code") == CANCELLED for answer in answers.values())
    assert all("result" in answer or answer["error"]["code"] < 0 for answer in answers.values())
    pulled = client.request("textDocument/diagnostic", {"textDocument": {"uri": URI}})["result"]
    assert {item["range"]["start"]["line"] for item in pulled["items"]} == {*range(1, 20)}


def test_a_burst_of_changes_without_waiting_ends_in_the_diagnostics_of_the_last(start_client):
    client = start_client()
    client.initialize()
    client.open(URI, "eval(input())\n" * 20)
    for version in range(2, 1_002):
        client.change(URI, version, replace(0, 0, 0, "x"))
    assert len(client.diagnostics(URI, 1_001, 3 * SECONDS)) == 19
    assert client.leave() == 0


def test_several_documents_at_once_all_get_their_diagnostics(start_client):
    client = start_client()
    client.initialize()
    uris = [f"untitled:{number}.py" for number in range(20)]
    for uri in uris:
        client.open(uri, "x = 1\n" * 50)
    for version in range(2, 12):
        for uri in uris:
            client.change(uri, version, replace(0, 0, 0, "eval(input())\n"))
    left = set(uris)
    while left:
        message = client.wait_for(lambda message: message.get("method") == "textDocument/publishDiagnostics")
        if message["params"].get("version") == 11:
            assert len(message["params"]["diagnostics"]) == 10
            left.discard(message["params"]["uri"])
    assert client.leave() == 0


def test_what_was_owed_at_the_end_is_still_sent():
    client = RawClient(SERVER)
    client.initialize()
    identity = client.start("shutdown")
    client.notify("exit")
    assert client.answer_to(identity)["result"] is None
    assert client.process.wait(SECONDS) == 0
    client.close()


def test_a_client_that_does_not_read_the_log_is_served():
    """Standard error is a pipe, too: it holds some 64 kB, and each of these changes is worth a warning."""
    reading, writing = os.pipe()
    client = SilentClient(stderr=writing)
    client.start()
    for version in range(2_000):
        client.send(did_change(version, {"text": "x"}, uri="untitled:never-opened-" + "x" * 100))
    client.send(did_open("eval(input())\n"))
    message = {}
    while message.get("params", {}).get("uri") != URI:
        message = client.read()
    assert len(message["params"]["diagnostics"]) == 1
    client.close()
    os.close(writing)
    os.close(reading)
