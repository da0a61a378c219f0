"""Malformed messages against the real server: each request is answered, and nothing ends the server."""

import json
import subprocess
import sys

import pytest
from lsp_client import SERVER, RawClient

URI = "untitled:a.py"
CAPABILITIES = {"textDocument": {"hover": {"contentFormat": ["markdown"]}}}
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
NOT_INITIALIZED = -32002
HOVER = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 1}}


def is_error(code):
    return lambda message: message.get("error", {}).get("code") == code and message.get("id") is None


@pytest.fixture
def client(start_client):
    client = start_client()
    client.initialize(CAPABILITIES)
    client.open(URI, "eval(input())\n")
    assert client.diagnostics(URI, 1)
    yield client
    found, _ = client.hover(URI, 0, 1)
    assert "eval" in found["contents"]["value"]
    client.change(URI, 1_000, {"text": "\neval(input())\n"})
    assert client.diagnostics(URI, 1_000)[0]["range"]["start"]["line"] == 1
    assert client.leave() == 0


def test_bodies_that_are_no_message(client):
    for body in (b"{", b"\xff\xfe", b"", b"[" * 100_000, b'{"id": 1' + b"0" * 10_000, b"nonsense"):
        if body:
            client.send(body)
            client.wait_for(is_error(PARSE_ERROR))
    for body in (b"[]", b"1", b"null", b'"text"', b"{}", b'{"jsonrpc": "2.0", "id": 7}'):
        client.send(body)
        if body != b"{}":
            client.wait_for(is_error(INVALID_REQUEST))


def test_headers_that_are_no_header(client):
    ask = json.dumps({"jsonrpc": "2.0", "id": "odd", "method": "textDocument/hover", "params": HOVER}).encode()
    for header in (
        b"content-length: %d\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length:%d\r\nX-Other: 1\r\n\r\n",
        b"Content-Length: %d\n\n",
        b"Content-Length: many\r\n\r\n{}Content-Length: %d\r\n\r\n",
        b"\r\n\r\nnoise\r\n\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length: -5\r\n\r\nContent-Length: %d\r\n\r\n",
    ):
        client.send_bytes(header % len(ask) + ask)
        assert "result" in client.answer_to("odd")


def test_a_huge_frame_is_dropped_and_the_next_one_read(client):
    size = 300 << 20
    client.send_bytes(b"Content-Length: %d\r\n\r\n" % size)
    block = b" " * (1 << 20)
    for _ in range(size >> 20):
        client.send_bytes(block)
    client.wait_for(is_error(PARSE_ERROR))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"id": 901, "method": "textDocument/hover"}, INVALID_PARAMS),
        ({"id": 901, "method": "textDocument/hover", "params": {}}, INVALID_PARAMS),
        ({"id": 901, "method": "textDocument/hover", "params": [1, 2]}, INVALID_PARAMS),
        ({"id": 901, "method": "textDocument/hover", "params": {**HOVER, "position": "here"}}, INVALID_PARAMS),
        (
            {"id": 901, "method": "textDocument/hover", "params": {**HOVER, "position": {"line": -1, "character": 0}}},
            INVALID_PARAMS,
        ),
        ({"id": 901, "method": "textDocument/codeAction", "params": {"textDocument": {"uri": URI}}}, INVALID_PARAMS),
        ({"id": 901, "method": "no/such"}, METHOD_NOT_FOUND),
        ({"id": 901, "method": "$/no/such"}, METHOD_NOT_FOUND),
        ({"id": 901, "method": "textDocument/didOpen", "params": {}}, INVALID_REQUEST),
        ({"id": 901, "method": "initialize", "params": {"capabilities": {}}}, INVALID_REQUEST),
        ({"id": 901, "method": 17}, INVALID_REQUEST),
        ({"id": 901, "method": "workspace/executeCommand", "params": {"command": "no.such"}}, INVALID_PARAMS),
        (
            {"id": 901, "method": "workspace/executeCommand", "params": {"command": "whysafe.explain"}},
            INVALID_PARAMS,
        ),
    ],
    ids=lambda value: value["method"] if isinstance(value, dict) else None,
)
def test_a_wrong_request_is_answered_with_its_error(abused, message, code):
    abused.send({"jsonrpc": "2.0"} | message)
    answer = abused.answer_to(901)
    assert answer["error"]["code"] == code
    assert "Traceback" not in json.dumps(answer)


@pytest.fixture(scope="module")
def abused():
    """One server for many wrong messages."""
    client = RawClient(SERVER)
    client.initialize(CAPABILITIES)
    yield client
    assert client.leave() == 0
    client.close()


def test_odd_ids_and_versions_of_the_protocol(client):
    for identity in ("text", 0, -3, 2**31 - 1):
        client.send({"jsonrpc": "1.0", "id": identity, "method": "textDocument/hover", "params": HOVER})
        assert "result" in client.answer_to(identity)
    for identity in (None, True, 1.5, [], {}):
        client.send({"jsonrpc": "2.0", "id": identity, "method": "textDocument/hover", "params": HOVER})
        client.wait_for(is_error(INVALID_REQUEST))


def test_a_batch_is_answered_one_by_one(client):
    ask = {"jsonrpc": "2.0", "method": "textDocument/hover", "params": HOVER}
    client.send([ask | {"id": "one"}, {"jsonrpc": "2.0", "method": "no/such"}, 5, ask | {"id": "two"}])
    assert "result" in client.answer_to("one")
    client.wait_for(is_error(INVALID_REQUEST))
    assert "result" in client.answer_to("two")


def test_notifications_that_make_no_sense_are_ignored(client):
    client.notify("no/such", {"a": 1})
    client.notify("$/setTrace", {"value": "verbose"})
    client.notify("$/setTrace", {"value": "nonsense"})
    client.notify("$/cancelRequest", {"id": 12345})
    client.notify("$/cancelRequest", {})
    client.notify("textDocument/hover", HOVER)
    client.notify("textDocument/didOpen", {"textDocument": {"uri": URI}})
    client.notify("textDocument/didClose", {"textDocument": {"uri": "untitled:never-opened"}})
    client.notify("textDocument/didSave", {"textDocument": {"uri": "untitled:never-opened"}})
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file:///\x00", "type": 1}]})
    client.notify(
        "workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [{"uri": "x", "name": ""}]}}
    )
    client.send({"jsonrpc": "2.0", "id": "never-asked", "result": None})
    client.send({"jsonrpc": "2.0", "id": "never-asked", "error": {"code": 1, "message": "no"}})
    client.send({"jsonrpc": "2.0", "id": ["odd"], "result": None})
    client.change("untitled:never-opened", 2, {"text": "x"})
    client.change(
        URI, 5, {"range": {"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}}, "text": ""}
    )


def test_documents_with_odd_addresses(client):
    for uri in ("", ":", "file:", "file:///%00", "file://[", "http://[::1", "file:///a%FFb.py", "\ud800", "a" * 10_000):
        client.open(uri, "eval(input())\n")
        client.change(uri, 2, {"text": "eval(2)"})
        client.request("textDocument/hover", HOVER | {"textDocument": {"uri": uri}})
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def test_lone_surrogates_survive(client):
    uri = "untitled:halves"
    client.open(uri, "x = '\ud834'\ny = '\ud834'; eval(input())\n")
    assert "not-analysed" in [item["code"] for item in client.diagnostics(uri, 1)]
    for version, line in enumerate((0, 1), start=2):
        place = {"line": line, "character": 6}
        client.change(uri, version, {"range": {"start": place, "end": place}, "text": "\udd1e"})
    (found,) = client.diagnostics(uri, 3)
    assert found["range"]["start"] == {"line": 1, "character": 10}


def test_changes_beyond_the_text_and_versions_out_of_order(client):
    far = {"line": 99, "character": 99}
    client.change(URI, 7, {"range": {"start": far, "end": far}, "text": "eval(input())\n"})
    assert [item["range"]["start"]["line"] for item in client.diagnostics(URI, 7)] == [0, 1]
    client.change(URI, 3, {"range": {"start": {"line": 0, "character": 99}, "end": far}, "text": "\n"})
    assert [item["range"]["start"]["line"] for item in client.diagnostics(URI, 3)] == [0]


def test_requests_before_initialize_and_after_shutdown(start_client):
    client = start_client()
    assert client.request("textDocument/hover", HOVER)["error"]["code"] == NOT_INITIALIZED
    assert client.request("shutdown")["error"]["code"] == NOT_INITIALIZED
    client.open(URI, "eval(input())\n")
    assert client.request("initialize", {"capabilities": 5})["error"]["code"] == INVALID_PARAMS
    client.initialize()
    assert client.request("shutdown")["result"] is None
    assert client.request("textDocument/hover", HOVER)["error"]["code"] == INVALID_REQUEST
    assert client.request("shutdown")["error"]["code"] == INVALID_REQUEST
    client.open(URI, "eval(input())\n")
    client.notify("exit")
    assert client.process.wait(30) == 0


def test_the_server_ends_with_the_process_of_its_client(start_client):
    editor = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    client = start_client()
    assert "result" in client.request("initialize", {"processId": editor.pid, "capabilities": {}})
    editor.stdin.close()
    editor.wait(30)
    assert client.process.wait(30) == 0


def test_exit_without_shutdown_and_a_client_that_is_gone(start_client):
    client = start_client()
    client.initialize()
    client.notify("exit")
    assert client.process.wait(30) == 1
    gone = start_client()
    gone.initialize()
    gone.process.stdin.close()
    assert gone.process.wait(30) == 0
