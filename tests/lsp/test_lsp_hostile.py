"""Text that hangs or kills a parser, and a workspace that wants to be executed, against the real server."""

import contextlib
import os
import time

import pytest
from lsp_client import replace

GOOD = "untitled:good.py"
GOOD_TEXT = "import os\n\nvalue = eval(input())\n\n\nend = 1\n"
PATIENCE = 60
HOVER_SECONDS = 1.0

KILLERS = {
    "brackets": "(" * 3000 + ")" * 3000,
    "calls": "f(" * 3000 + ")" * 3000,
    "lists": "x = " + "[" * 3000 + "]" * 3000,
    "unclosed": "(" * 3000,
    "closed only": ")" * 3000,
    "list pattern": f"match x:\n    case {'[' * 25}a{']' * 25}:\n        pass",
    "class pattern": f"match x:\n    case {'A(' * 25}a{')' * 25}:\n        pass",
    "dict pattern": f"match x:\n    case {'{1:' * 25}a{'}' * 25}:\n        pass",
    "broken pattern": f"match x:\n    case {'[' * 25}a",
    "terms": "x = a" + " + a" * 5000,
    "strings": "x = " + "'a' " * 5000,
    "attributes": "x = a" + ".b" * 5000,
    "minus": "x = " + "-" * 3000 + "1",
    "not": "x = " + "not " * 3000 + "1",
    "lambda": "x = " + "lambda: " * 5000 + "1",
    "conditional": "x = " + "a if b else " * 5000 + "c",
    "comparisons": "x = a" + " < a" * 5000,
    "elif": "if a:\n    pass\n" + "elif a:\n    pass\n" * 3000,
    "f-string fields": "x = f'" + "{a:" * 200 + "}" * 200 + "'",
    "long line": "x = '" + "a" * 1_000_000 + "'",
    "long name": "a" * 1_000_000 + " = 1",
    "quotes": "'" * 100_001,
    "escapes": "x = '" + "\\'" * 100_000,
    "backslashes": "\\\n" * 20_000,
    "indentation": "\n".join(" " * depth + "if a:" for depth in range(300)),
    "nul": "x = 'a\x00b'\ny = \x00",
    "surrogates": "x = '\ud800\udfff' + \udcff",
    "form feed": "\x0cx = 1\n\x0c\ny = 2",
    "separators": "x = 'a\u2028b\x85c\x1cd'\n# \u2029\ny = 2",
    "carriage returns": "x = 1\ry = 2\r\nz = 3\r",
    "byte order mark": "\ufeffx = 1",
    "cookie": "# -*- coding: rot13 -*-\nx = 1",
    "control characters": "".join(map(chr, range(32))) + "\x7f",
}


@pytest.fixture(scope="module")
def server():
    """One server for all killers, with a good document open in it."""
    from lsp_client import SERVER, RawClient

    client = RawClient(SERVER)
    client.initialize({"textDocument": {"hover": {"contentFormat": ["markdown"]}}})
    client.open(GOOD, GOOD_TEXT)
    assert [item["code"] for item in client.diagnostics(GOOD, 1)] == ["eval-use"]
    client.versions = 1
    client.slowest = 0.0
    yield client
    print(f"slowest hover: {client.slowest * 1000:.0f} ms")
    assert client.leave() == 0
    client.close()


def hover_until(client, uri, version, wanted=lambda _codes: True):
    """Hover on the good document until diagnostics of another one have the wanted codes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found, seconds = client.hover(GOOD, 2, 9)
        client.slowest = max(client.slowest, seconds)
        assert "eval" in found["contents"]["value"]
        while client.seen:
            message = client.seen.pop(0)
            params = message.get("params") or {}
            if message.get("method") == "textDocument/publishDiagnostics":
                here = (params["uri"], params.get("version")) == (uri, version)
                if here and wanted([item["code"] for item in params["diagnostics"]]):
                    return
    raise AssertionError(f"the diagnostics of {uri} are not as they should be within {PATIENCE} s")


@pytest.mark.parametrize("name", KILLERS)
def test_a_killer_is_survived(server, name):
    """Opened as a document, and typed into another one: hover answers, and the other findings stay."""
    killer = KILLERS[name]
    uri = f"untitled:{name}"
    server.open(uri, f"{killer}\n")
    hover_until(server, uri, 1)
    server.change(uri, 2, {"text": "eval(input())\n"})
    hover_until(server, uri, 2, lambda codes: codes == ["eval-use"])
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    server.versions += 1
    server.change(GOOD, server.versions, replace(5, 0, 0, f"{killer}\n"))
    hover_until(server, GOOD, server.versions, lambda codes: "eval-use" in codes)
    server.versions += 1
    server.change(GOOD, server.versions, {"text": GOOD_TEXT})
    hover_until(server, GOOD, server.versions, lambda codes: codes == ["eval-use"])
    assert server.slowest < HOVER_SECONDS


HARMFUL = "import pathlib\npathlib.Path(__file__).with_name('executed').touch()\n"
NAMES = ("libcst", "yaml", "lsprotocol", "pygls", "attrs", "cattrs", "pathspec", "rich", "tomli", "sitecustomize")


def test_nothing_of_the_workspace_is_executed_followed_or_waited_for(start_client, tmp_path):
    work, outside = tmp_path / "work", tmp_path / "outside"
    (work / "sub").mkdir(parents=True)
    outside.mkdir()
    for name in NAMES:
        (work / f"{name}.py").write_text(HARMFUL)
    (work / ".gitignore").write_text("a*b*c*d*e*f*g*h\n")
    (work / "link").symlink_to(outside, target_is_directory=True)
    with contextlib.suppress(AttributeError):
        os.mkfifo(work / "sub" / "whysafe.toml")
        os.mkfifo(work / "pyproject.toml")
    client = start_client(cwd=work)
    client.initialize(workspaceFolders=[{"uri": work.as_uri(), "name": "work"}])
    for place in ("a.py", "sub/b.py", f"{'a' * 200}.py"):
        uri = (work / place).as_uri()
        client.open(uri, "import yaml, libcst\nyaml.load(input())\n")
        assert "yaml-unsafe-load" in [item["code"] for item in client.diagnostics(uri, 1)]
    assert client.leave() == 0
    assert not list(tmp_path.rglob("executed"))
