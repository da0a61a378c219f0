"""Which documents are looked at, under which settings: several roots, live changes, over the real server process."""

import copy

import pytest
from lsp_client import MODERN

PUSHED = copy.deepcopy(MODERN)
del PUSHED["textDocument"]["diagnostic"]
TEXT = "import yaml\nyaml.load(stream)\neval(text)\n"
EVAL, YAML = "eval-use", "yaml-unsafe-load"


def folder(path):
    return {"uri": path.as_uri(), "name": path.name}


def uri(path, name="a.py"):
    return (path / name).as_uri()


def was_published(client, address):
    published = [message for message in client.seen if message.get("method") == "textDocument/publishDiagnostics"]
    return any(message["params"]["uri"] == address for message in published)


@pytest.fixture
def roots(tmp_path):
    """Two roots with a settings file each."""
    one, two = tmp_path / "one", tmp_path / "two"
    for root, rule in ((one, EVAL), (two, YAML)):
        root.mkdir()
        (root / "whysafe.toml").write_text(f'[ignore]\n{rule} = "a reason for {root.name}"\n')
    return one, two


@pytest.fixture
def start(start_client):
    def start_with(*folders, answers=None, capabilities=PUSHED, **more):
        client = start_client()
        client.answers = answers or {}
        client.initialize(capabilities, workspaceFolders=[folder(path) for path in folders] or None, **more)
        return client

    return start_with


def test_each_root_has_settings_of_its_own(start, roots):
    one, two = roots
    client = start(one, two)
    client.open(uri(one), TEXT)
    assert client.codes(uri(one)) == [YAML]
    client.open(uri(two), TEXT)
    assert client.codes(uri(two)) == [EVAL]


def test_a_folder_comes_and_goes(start, roots):
    one, two = roots
    client = start(one)
    client.open(uri(two), TEXT)
    client.open(uri(one), TEXT)
    assert client.codes(uri(one)) == [YAML]
    event = {"added": [folder(two)], "removed": []}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    assert client.codes(uri(two)) == [EVAL]
    event = {"added": [], "removed": [folder(one), {"uri": "file:///never/there", "name": "x"}]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    assert client.codes(uri(one)) == []
    client.open(uri(one, "b.py"), TEXT)
    client.open(uri(two, "b.py"), TEXT)
    assert client.codes(uri(two, "b.py")) == [EVAL]
    assert not was_published(client, uri(one, "b.py"))


def test_the_client_has_settings_for_each_folder(start, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    asked = []

    def configuration(params):
        asked.append([item.get("scopeUri") for item in params["items"]])
        wishes = {None: {}, one.as_uri(): {"select": [EVAL]}, two.as_uri(): {"select": [YAML]}}
        return [wishes[item.get("scopeUri")] for item in params["items"]]

    client = start(one, two, answers={"workspace/configuration": configuration})
    client.open(uri(one), TEXT)
    assert client.codes(uri(one)) == [EVAL]
    client.open(uri(two), TEXT)
    assert client.codes(uri(two)) == [YAML]
    assert asked == [[None, one.as_uri(), two.as_uri()]]


def test_what_initialize_said_is_taken_back_with_the_setting(start, tmp_path):
    wishes = {"select": [YAML]}
    answers = {"workspace/configuration": lambda _: [wishes]}
    client = start(tmp_path, answers=answers, initializationOptions={"settings": {"select": [YAML], "author": "A"}})
    client.open(uri(tmp_path), TEXT)
    assert client.codes(uri(tmp_path)) == [YAML]
    wishes.clear()
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    assert client.codes(uri(tmp_path)) == [YAML, EVAL]


def test_what_initialize_said_holds_where_the_client_has_no_settings(start, tmp_path):
    client = start(tmp_path, initializationOptions={"select": [EVAL]})
    client.open(uri(tmp_path), TEXT)
    assert client.codes(uri(tmp_path)) == [EVAL]
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    client.change(uri(tmp_path), 2, {"text": "#\n" + TEXT})
    assert client.codes(uri(tmp_path), 2) == [EVAL]


def test_settings_files_are_watched(start, tmp_path):
    client = start(tmp_path)
    asked = client.wait_for(lambda message: message.get("method") == "client/registerCapability")
    (files,) = [
        registration
        for registration in asked["params"]["registrations"]
        if registration["method"] == "workspace/didChangeWatchedFiles"
    ]
    watched = {watcher["globPattern"] for watcher in files["registerOptions"]["watchers"]}
    assert {"**/pyproject.toml", "**/whysafe.toml", "**/.whysafe.toml"} <= watched
    client.open(uri(tmp_path), TEXT)
    assert client.codes(uri(tmp_path)) == [YAML, EVAL]
    settings = tmp_path / "whysafe.toml"
    for written, found in (('[ignore]\neval-use = "a reason"\n', [YAML]), ("", [YAML, EVAL])):
        settings.write_text(written)
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": settings.as_uri(), "type": 2}]})
        assert client.codes(uri(tmp_path)) == found


@pytest.mark.parametrize("place", ["site-packages/a.py", "generated/a.py", "../a.py"])
def test_what_is_not_the_users_own_is_looked_at_when_asked(start, tmp_path, place):
    root = tmp_path / "root"
    root.mkdir()
    (root / "whysafe.toml").write_text('[exclude]\n"generated/" = "made by a tool"\n')
    client = start(root)
    there = (root / place).as_uri().replace("root/../", "")
    client.open(there, TEXT)
    params = {"textDocument": {"uri": there}, "range": {"start": {"line": 0, "character": 0}}}
    params["range"]["end"] = params["range"]["start"]
    plain = client.request("textDocument/codeAction", params | {"context": {"diagnostics": []}})["result"]
    assert plain == []
    asked = params | {"context": {"diagnostics": [], "only": ["source"]}}
    (action,) = client.request("textDocument/codeAction", asked)["result"]
    assert action["title"] == "whysafe: inspect this file"
    request = client.start("workspace/executeCommand", action["command"])
    assert client.codes(there) == [YAML, EVAL]
    assert client.seen_answer(request)["result"].startswith("whysafe looks at this document until")
    again = client.request("workspace/executeCommand", action["command"])["result"]
    assert again == "whysafe looks at this document already."


def test_what_cannot_be_looked_at_says_so(start):
    client = start()
    client.open("file:///a.rs", "fn", language="rust")
    for arguments, words in (([], "No open document"), (["file:///b"], "No open"), (["file:///a.rs"], "reads Python")):
        answer = client.request("workspace/executeCommand", {"command": "whysafe.inspect", "arguments": arguments})
        assert words in answer["error"]["message"]


def test_texts_without_a_file_are_looked_at(start):
    client = start()
    for address in ("untitled:Untitled-1", "vscode-vfs://github/a/b.py"):
        client.open(address, TEXT)
        assert client.codes(address) == [YAML, EVAL]
    client.open("git:/a/b.py", TEXT)
    client.open("untitled:2", "eval(x)")
    assert client.codes("untitled:2") == [EVAL]
    published = [
        message["params"]["uri"]
        for message in client.seen
        if message.get("method") == "textDocument/publishDiagnostics"
    ]
    assert "git:/a/b.py" not in published


def test_safe_fixes_of_a_whole_file_are_one_action(start, tmp_path):
    client = start(tmp_path)
    client.open(uri(tmp_path), "import yaml\nyaml.load(a)\nyaml.load(b)\n")
    assert client.codes(uri(tmp_path)) == [YAML, YAML]
    place = {"line": 0, "character": 0}
    params = {
        "textDocument": {"uri": uri(tmp_path)},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": [], "only": ["source.fixAll"]},
    }
    (action,) = client.request("textDocument/codeAction", params)["result"]
    assert action["kind"] == "source.fixAll.whysafe"
    (change,) = action["edit"]["documentChanges"]
    assert [edit["newText"] for edit in change["edits"]] == ["safe_load", "safe_load"]
