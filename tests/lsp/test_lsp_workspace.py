"""The diagnostics of closed files: pulled, streamed, published, made again, cancelled; open files go first."""

import os
import signal
import sys
from pathlib import Path

import pytest
from lsp_client import MODERN, replace

BAD = "value = eval(text)\n"


@pytest.fixture
def workspace(tmp_path):
    """A folder with a few files, one of which is as bad as the next."""
    folder = tmp_path / "workspace"
    (folder / "package").mkdir(parents=True)
    (folder / "site-packages").mkdir()
    for name in ("a.py", "package/b.py", "site-packages/theirs.py"):
        (folder / name).write_text(BAD, encoding="utf-8")
    (folder / "fine.py").write_text("value = 1\n", encoding="utf-8")
    (folder / "ignored.py").write_text(BAD, encoding="utf-8")
    (folder / ".gitignore").write_text("ignored.py\n", encoding="utf-8")
    (folder / ".git").mkdir()
    return folder


def start(start_client, folder, client=None, **settings):
    server = start_client()
    folders = [{"uri": folder.as_uri(), "name": "w"}]
    capabilities = dict(client or MODERN)
    capabilities["workspace"] = {**capabilities.get("workspace", {}), "configuration": False}
    server.initialize(capabilities, workspaceFolders=folders, initializationOptions=settings)
    return server


PUSH = {"window": {"workDoneProgress": True}}


def pull(server, previous=None, **more):
    ids = [{"uri": uri, "value": value} for uri, value in (previous or {}).items()]
    return server.start("workspace/diagnostic", {"previousResultIds": ids, **more})


def reports(server, identity):
    """The reports of an answer by the name of their file, and the result ids for the next question."""
    items = server.answer_to(identity)["result"]["items"]
    found = {Path(item["uri"]).name: item for item in items}
    assert len(found) == len(items)
    return found, {item["uri"]: item["resultId"] for item in items if "resultId" in item}


def touch(server, path, text=None, kind=2):
    if text is not None:
        path.write_text(text, encoding="utf-8")
    server.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": kind}]})


def test_closed_files_are_reported_when_that_is_wanted(start_client, workspace):
    server = start(start_client, workspace, workspaceScan=True)
    found, _ = reports(server, pull(server))
    assert sorted(found) == ["a.py", "b.py"]
    assert all(item["kind"] == "full" and item["version"] is None for item in found.values())
    assert [item["code"] for item in found["a.py"]["items"]] == ["eval-use"]


def test_nobody_gets_it_without_having_asked(start_client, workspace):
    server = start(start_client, workspace)
    assert reports(server, pull(server)) == ({}, {})
    waiting = pull(server)
    server.request("workspace/executeCommand", {"command": "whysafe.checkWorkspace", "arguments": []})
    assert sorted(reports(server, waiting)[0]) == ["a.py", "b.py"]


def test_a_closed_file_has_the_diagnostics_that_it_has_when_open(start_client, workspace):
    """The two are made in different processes."""
    text = "# 𝄞\nname = '𝄞'; value = eval(name)  # noqa: S307\nimport pickle\npickle.loads(value)\ndef broken(:\n"
    (workspace / "a.py").write_text(text, encoding="utf-8")
    server = start(start_client, workspace, workspaceScan=True)
    found, _ = reports(server, pull(server))
    uri = (workspace / "a.py").as_uri()
    server.open(uri, text)
    answer = server.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]
    assert answer["items"] == found["a.py"]["items"]
    assert len(answer["items"]) >= 3


def test_the_second_question_waits_for_news_and_tells_only_them(start_client, workspace):
    server = start(start_client, workspace, workspaceScan=True)
    _, ids = reports(server, pull(server))
    waiting = pull(server, ids)
    touch(server, workspace / "fine.py", BAD)
    found, more = reports(server, waiting)
    assert {name: item["kind"] for name, item in found.items()} == {"fine.py": "full"}
    ids |= more
    waiting = pull(server, ids)
    touch(server, workspace / "a.py", "value = 1\n")
    (workspace / "package" / "b.py").unlink()
    touch(server, workspace / "package" / "b.py", kind=3)
    told = {}
    while len(told) < 2:
        # News that come one after the other may be told in one answer or in two.
        found, more = reports(server, waiting)
        told |= {name: item["items"] for name, item in found.items()}
        ids |= more
        waiting = pull(server, ids)
    assert told == {"a.py": [], "b.py": []}


def test_what_is_the_same_is_said_to_be_unchanged(start_client, workspace):
    server = start(start_client, workspace, workspaceScan=True)
    _, ids = reports(server, pull(server))
    waiting = pull(server, ids)
    (workspace / "whysafe.toml").write_text("[ignore]\n'eval-use' = 'x'\n", encoding="utf-8")
    (workspace / "package" / "b.py").write_text(BAD + "import pickle\npickle.loads(value)\n", encoding="utf-8")
    touch(server, workspace / "whysafe.toml", kind=1)
    found, ids = reports(server, waiting)
    assert found["a.py"]["items"] == []
    assert [item["code"] for item in found["b.py"]["items"]] == ["pickle-load"]
    waiting = pull(server, ids)
    touch(server, workspace / ".gitignore", "")
    found, _ = reports(server, waiting)
    assert {name: item["kind"] for name, item in found.items()} == {"b.py": "unchanged"}


def test_a_client_that_has_lost_everything_gets_everything(start_client, workspace):
    server = start(start_client, workspace, workspaceScan=True)
    first, _ = reports(server, pull(server))
    assert reports(server, pull(server))[0] == first


def test_results_are_streamed_with_progress(start_client, workspace):
    for number in range(400):
        (workspace / f"m{number}.py").write_text(f"# {number}\n{BAD}", encoding="utf-8")
    server = start(start_client, workspace, workspaceScan=True)
    identity = pull(server, partialResultToken="parts", workDoneToken="work")
    assert server.answer_to(identity)["result"] == {"items": []}
    told = [message["params"] for message in server.seen if message.get("method") == "$/progress"]
    parts = [one["value"]["items"] for one in told if one["token"] == "parts"]
    assert len(parts) > 2
    names = [Path(item["uri"]).name for part in parts for item in part]
    assert len(set(names)) == len(names) == 402
    kinds = [one["value"]["kind"] for one in told if one["token"] == "work"]
    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("begin", "end", {"report"})


def test_an_open_file_has_its_version_and_is_not_scanned(start_client, workspace):
    server = start(start_client, workspace, workspaceScan=True)
    uri = (workspace / "a.py").as_uri()
    server.open(uri, BAD * 2, version=7)
    server.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    found, ids = reports(server, pull(server))
    assert (found["a.py"]["version"], len(found["a.py"]["items"])) == (7, 2)
    waiting = pull(server, ids)
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    found, _ = reports(server, waiting)
    assert (found["a.py"]["version"], len(found["a.py"]["items"])) == (None, 1)


def test_a_question_can_be_taken_back_at_any_time_and_the_open_file_goes_on(start_client, workspace):
    for number in range(300):
        (workspace / f"m{number}.py").write_text(f"# {number}\n{BAD}", encoding="utf-8")
    server = start(start_client, workspace, workspaceScan=True)
    uri = (workspace / "a.py").as_uri()
    server.open(uri, BAD)
    for version in range(2, 12):
        identity = pull(server, partialResultToken="parts")
        server.change(uri, version, replace(0, 0, 0, "\n"))
        params = {"textDocument": {"uri": uri}}
        answer = server.request("textDocument/diagnostic", params)["result"]
        assert answer["items"][0]["range"]["start"]["line"] == version - 1
        server.notify("$/cancelRequest", {"id": identity})
        ended = server.answer_to(identity)
        assert "result" in ended or ended["error"]["code"] == -32800
    assert len(reports(server, pull(server))[0]) == 302
    assert server.leave() == 0


def published(server, seconds=30):
    message = server.wait_for(lambda one: one.get("method") == "textDocument/publishDiagnostics", seconds)
    return Path(message["params"]["uri"]).name, message["params"]["diagnostics"]


def test_a_client_that_does_not_pull_gets_them_published_on_demand(start_client, workspace):
    server = start(start_client, workspace, PUSH)
    server.request("workspace/executeCommand", {"command": "whysafe.checkWorkspace", "arguments": []})
    first = dict(published(server) for _ in range(2))
    assert {name: len(items) for name, items in first.items()} == {"a.py": 1, "b.py": 1}
    touch(server, workspace / "fine.py", BAD)
    assert published(server)[0] == "fine.py"
    touch(server, workspace / "a.py", "value = 1\n")
    assert published(server) == ("a.py", [])
    server.open((workspace / "fine.py").as_uri(), BAD * 3)
    assert [len(published(server)[1])] == [3]
    server.notify("textDocument/didClose", {"textDocument": {"uri": (workspace / "fine.py").as_uri()}})
    assert published(server) == ("fine.py", [])
    assert [len(published(server)[1])] == [1]


def test_the_setting_does_the_same_and_can_be_taken_back(start_client, workspace):
    server = start(start_client, workspace, PUSH, workspaceScan=True)
    assert {published(server)[0] for _ in range(2)} == {"a.py", "b.py"}
    server.notify("workspace/didChangeConfiguration", {"settings": {"whysafe": {"workspaceScan": False}}})
    assert {published(server)[0] for _ in range(2)} == {"a.py", "b.py"}


def test_a_file_that_cannot_be_read_is_said(start_client, workspace):
    (workspace / "latin.py").write_bytes(b"# \xff\n")
    server = start(start_client, workspace, workspaceScan=True)
    found, _ = reports(server, pull(server))
    (item,) = found["latin.py"]["items"]
    assert item["code"] == "not-analysed"
    assert "0xff" in item["message"]


def scans_of(server):
    """The processes that scan for this server, by their number."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text(encoding="ascii")
    return [child for child in children.split() if "scan_process" in command_line(child)]


def command_line(process):
    try:
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")
def test_a_scan_ends_with_its_server(start_client, workspace):
    for number in range(250):
        (workspace / f"m{number}.py").write_text(f"# {number}\n" + BAD * 10, encoding="utf-8")
    server = start(start_client, workspace, workspaceScan=True)
    pull(server, partialResultToken="parts")
    server.wait_for(lambda one: one.get("method") == "$/progress")
    (scan,) = scans_of(server)
    assert server.leave() == 0
    assert "scan_process" not in command_line(scan)


@pytest.mark.skipif(sys.platform != "linux", reason="the pipe is looked into")
def test_a_client_that_does_not_read_for_a_while_misses_nothing(start_client, workspace):
    for number in range(600):
        (workspace / f"m{number}.py").write_text(f"# {number}\n" + BAD * 10, encoding="utf-8")
    server = start(start_client, workspace, workspaceScan=True)
    uri = (workspace / "a.py").as_uri()
    server.open(uri, BAD)
    assert server.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]["items"]
    server.hold()
    identity = pull(server, partialResultToken="parts")
    server.wait_until_full()
    server.change(uri, 2, replace(0, 0, 0, "\n"))
    question = server.start("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    server.release()
    assert server.answer_to(question)["result"]["items"][0]["range"]["start"]["line"] == 1
    server.answer_to(identity)
    parts = [message["params"]["value"]["items"] for message in server.seen if message.get("method") == "$/progress"]
    assert len({item["uri"] for part in parts for item in part}) == 602


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")
def test_the_user_is_told_when_a_scan_ends_early_and_the_next_change_is_scanned(start_client, workspace):
    for number in range(250):
        (workspace / f"m{number}.py").write_text(f"# {number}\n" + BAD * 10, encoding="utf-8")
    server = start(start_client, workspace, workspaceScan=True)
    identity = pull(server, partialResultToken="parts")
    server.wait_for(lambda one: one.get("method") == "$/progress")
    (scan,) = scans_of(server)
    os.kill(int(scan), signal.SIGKILL)
    told = server.wait_for(lambda one: one.get("method") == "window/showMessage")
    assert "the scan of the workspace is not complete (it was ended by signal 9)" in told["params"]["message"]
    assert server.answer_to(identity)["result"] == {"items": []}
    parts = [message["params"]["value"]["items"] for message in server.seen if message.get("method") == "$/progress"]
    ids = {item["uri"]: item["resultId"] for part in parts for item in part}
    assert len(ids) < 252
    waiting = pull(server, ids)
    touch(server, workspace / "m0.py")
    assert len(reports(server, waiting)[0]) == 252


def test_without_a_folder_the_user_is_told_that_there_is_nothing_to_check(start_client):
    server = start_client()
    server.initialize(PUSH)
    server.request("workspace/executeCommand", {"command": "whysafe.checkWorkspace", "arguments": []})
    told = next(message for message in server.seen if message.get("method") == "window/showMessage")
    assert "no folder is open" in told["params"]["message"]


def test_the_cache_is_cleared_on_demand(start_client, workspace, monkeypatch, tmp_path):
    monkeypatch.setenv("WHYSAFE_CACHE_DIR", str(tmp_path / "cache"))
    server = start(start_client, workspace, workspaceScan=True)
    reports(server, pull(server))
    assert list((tmp_path / "cache" / "facts").iterdir())
    server.request("workspace/executeCommand", {"command": "whysafe.clearCache", "arguments": []})
    told = next(message for message in server.seen if message.get("method") == "window/showMessage")
    assert f"MB were removed from {tmp_path / 'cache'}" in told["params"]["message"]
    assert not list((tmp_path / "cache" / "facts").iterdir())


@pytest.mark.parametrize(
    ("name", "wanted", "announced"),
    [("Visual Studio Code", False, True), ("Neovim", False, False), ("Neovim", True, True), (None, False, True)],
)
def test_a_client_that_would_refresh_no_open_file_gets_it_when_it_asks(
    start_client, workspace, name, wanted, announced
):
    server = start_client()
    client = {} if name is None else {"clientInfo": {"name": name}}
    options = {"workspaceScan": wanted}
    able = server.initialize(MODERN, rootUri=workspace.as_uri(), initializationOptions=options, **client)
    assert able["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"] is announced
