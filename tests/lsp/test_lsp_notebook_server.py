"""Notebooks as a client sees them, over the real server process."""

import copy

import pytest
from lsp_client import MODERN

NOTEBOOK = "file:///tmp/whysafe-nowhere/n.ipynb"
CODE, MARKUP = 2, 1
PULLED = MODERN | {"notebookDocument": {"synchronization": {"dynamicRegistration": True}}}
PUSHED = copy.deepcopy(PULLED)
del PUSHED["textDocument"]["diagnostic"]


def cell_uri(name):
    return f"vscode-notebook-cell:/tmp/whysafe-nowhere/n.ipynb#{name}"


def item(name, text, language="python"):
    return {"uri": cell_uri(name), "languageId": language, "version": 1, "text": text}


def cell(name, kind=CODE):
    return {"kind": kind, "document": cell_uri(name)}


def open_notebook(client, texts, uri=NOTEBOOK):
    """Open a notebook of Python cells; `texts` are their texts by name."""
    document = {"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": [cell(name) for name in texts]}
    items = [item(name, text) for name, text in texts.items()]
    client.notify("notebookDocument/didOpen", {"notebookDocument": document, "cellTextDocuments": items})


def change_notebook(client, version, **cells):
    change = {"notebookDocument": {"uri": NOTEBOOK, "version": version}, "change": {"cells": cells}}
    client.notify("notebookDocument/didChange", change)


def type_in(client, version, name, line, start, end, text):
    place = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    document = {"uri": cell_uri(name), "version": version}
    content = [{"document": document, "changes": [{"range": place, "text": text}]}]
    change_notebook(client, version, textContent=content)


def codes(client, name, version=None):
    return [found["code"] for found in client.diagnostics(cell_uri(name), version)]


@pytest.fixture
def client(start_client):
    client = start_client()
    client.initialize(PUSHED)
    return client


TEXTS = {
    "one": "%matplotlib inline\nimport yaml",
    "two": "!cat é漢𝄞 'quoted\ndata = yaml.load(stream)",
    "three": "%%bash\neval $x",
}


def test_findings_are_published_under_the_address_of_their_cell(client):
    open_notebook(client, TEXTS)
    assert codes(client, "one") == []
    (finding,) = client.diagnostics(cell_uri("two"))
    assert finding["code"] == "yaml-unsafe-load"
    assert finding["range"] == {"start": {"line": 1, "character": 7}, "end": {"line": 1, "character": 16}}
    assert finding["data"] == {"rule": "yaml-unsafe-load", "state": "open"}


def test_hover_and_actions_are_for_the_cell(client):
    open_notebook(client, TEXTS)
    assert codes(client, "two")
    hover, _ = client.hover(cell_uri("two"), 1, 9)
    assert "Why it is weak" in hover["contents"]["value"]
    assert hover["range"]["start"] == {"line": 1, "character": 7}
    assert client.hover(cell_uri("three"), 0, 0)[0] is None
    place = {"line": 1, "character": 8}
    params = {
        "textDocument": {"uri": cell_uri("two")},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    }
    fix, justify, *_ = client.request("textDocument/codeAction", params)["result"]
    (change,) = fix["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": cell_uri("two"), "version": 1}
    assert [edit["newText"] for edit in change["edits"]] == ["safe_load"]
    assert justify["diagnostics"][0]["range"]["start"] == {"line": 1, "character": 7}
    (change,) = client.request("codeAction/resolve", justify)["result"]["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": cell_uri("two"), "version": 1}
    (edit,) = change["edits"]
    assert edit["range"]["start"] == edit["range"]["end"] == {"line": 1, "character": 0}
    assert edit["snippet"]["value"].startswith("# justified[yaml-unsafe-load] accepted: ${1:TODO")
    assert "for notebook" in edit["snippet"]["value"]


def test_what_the_client_asks_about_is_offered_wherever_the_cursor_is_on_its_line(client):
    open_notebook(client, {"one": "import yaml", "two": "yaml.load(a)\ndata = yaml.load(stream)"})
    first, second = client.diagnostics(cell_uri("two"))
    place = {"line": 1, "character": 0}
    params = {"textDocument": {"uri": cell_uri("two")}, "range": {"start": place, "end": place}}
    for asked, offered in (([], 0), ([first], 0), ([second | {"source": "other"}], 0), ([first, second], 5)):
        answer = client.request("textDocument/codeAction", params | {"context": {"diagnostics": asked}})
        assert len(answer["result"]) == offered
    assert answer["result"][0]["diagnostics"] == [second]


BLOCK = (
    "# justified[yaml-unsafe-load] accepted: the stream is a file of this folder that only we write\n"
    "#   -- M. Smit, 2026-01-01, review by 2099-01-01, code 00000000\n"
)


def test_a_lens_and_a_completion_in_a_cell(client):
    open_notebook(client, {"one": "import yaml", "two": f"#\n\n{BLOCK}yaml.load(stream)"})
    assert "justification-stale" in codes(client, "two")
    lenses = client.request("textDocument/codeLens", {"textDocument": {"uri": cell_uri("two")}})["result"]
    assert {lens["range"]["start"]["line"] for lens in lenses} == {2}
    assert lenses[0]["command"]["title"].startswith("yaml-unsafe-load: stale")
    assert client.request("textDocument/codeLens", {"textDocument": {"uri": cell_uri("one")}})["result"] == []
    (confirm,) = [lens["command"] for lens in lenses if lens["command"]["title"] == "re-confirm"]
    request = client.start(
        "workspace/executeCommand", {"command": confirm["command"], "arguments": confirm["arguments"]}
    )
    applied = client.wait_for(lambda message: message.get("method") == "workspace/applyEdit")
    (change,) = applied["params"]["edit"]["documentChanges"]
    assert change["textDocument"]["uri"] == cell_uri("two")
    assert {edit["range"]["start"]["line"] for edit in change["edits"]} == {3}
    client.answer_to(request)
    type_in(client, 2, "two", 3, 0, 63, "#   -- M. Smit, 2026-01-01, review by ")
    params = {"textDocument": {"uri": cell_uri("two")}, "position": {"line": 3, "character": 38}}
    answers = client.request("textDocument/completion", params)["result"]
    assert answers
    assert all(answer["textEdit"]["range"]["start"] == {"line": 3, "character": 38} for answer in answers)


def test_an_edit_of_a_cell_moves_no_other_and_names_stay_known(client):
    open_notebook(client, TEXTS)
    assert codes(client, "two") == ["yaml-unsafe-load"]
    type_in(client, 2, "one", 1, 7, 11, "json as yaml")
    assert codes(client, "two") == []
    type_in(client, 3, "one", 1, 7, 19, "yaml")
    assert codes(client, "two") == ["yaml-unsafe-load"]
    type_in(client, 4, "two", 0, 0, 0, "\n\n")
    (finding,) = client.diagnostics(cell_uri("two"), 4)
    assert finding["range"]["start"]["line"] == 3


def test_cells_come_go_move_and_change_their_kind(client):
    open_notebook(client, {"one": "import yaml", "two": "yaml.load(s)"})
    assert codes(client, "two") == ["yaml-unsafe-load"]
    # The import moves below its use: within the text that is the notebook, the name is bound all the same.
    change_notebook(client, 2, structure={"array": {"start": 0, "deleteCount": 2, "cells": [cell("two"), cell("one")]}})
    array = {"start": 2, "deleteCount": 0, "cells": [cell("new")]}
    change_notebook(client, 3, structure={"array": array, "didOpen": [item("new", "eval(x)")]})
    assert codes(client, "new") == ["eval-use"]
    change_notebook(client, 4, data=[cell("new") | {"executionSummary": {"executionOrder": 1, "success": True}}])
    change_notebook(client, 5, data=[cell("new", MARKUP)])
    assert codes(client, "new") == []
    change_notebook(client, 6, data=[cell("new", CODE)])
    assert codes(client, "new") == ["eval-use"]
    array = {"start": 2, "deleteCount": 1, "cells": [cell("new")]}
    both = {"didOpen": [item("new", "\neval(x)")], "didClose": [{"uri": cell_uri("new")}]}
    change_notebook(client, 6, structure={"array": array} | both)
    assert client.diagnostics(cell_uri("new"))[0]["range"]["start"]["line"] == 1
    array = {"start": 1, "deleteCount": 2, "cells": [cell("new")]}
    closed = [{"uri": cell_uri("one")}, {"uri": cell_uri("new")}]
    change_notebook(
        client, 7, structure={"array": array, "didOpen": [item("new", "eval(x)", "r")], "didClose": closed[:1]}
    )
    assert codes(client, "new") == []
    assert codes(client, "two") == []


def test_a_closed_notebook_shows_nothing(client):
    open_notebook(client, TEXTS)
    assert codes(client, "two") == ["yaml-unsafe-load"]
    document = {"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": [{"uri": cell_uri(n)} for n in TEXTS]}
    client.notify("notebookDocument/didSave", {"notebookDocument": {"uri": NOTEBOOK}})
    client.notify("notebookDocument/didClose", document)
    assert codes(client, "two") == []
    assert client.hover(cell_uri("two"), 1, 9)[0] is None
    client.notify("notebookDocument/didClose", document)
    change_notebook(client, 2, data=[])
    open_notebook(client, TEXTS)
    assert codes(client, "two") == ["yaml-unsafe-load"]
    assert client.leave() == 0


@pytest.mark.parametrize("address", [cell_uri("two"), NOTEBOOK])
def test_what_is_told_of_as_a_text_too_counts_once(client, address):
    open_notebook(client, TEXTS)
    assert codes(client, "two") == ["yaml-unsafe-load"]
    client.open(address, "eval(x)")
    client.change(address, 2, {"text": "eval(y)"})
    client.notify("textDocument/didClose", {"textDocument": {"uri": address}})
    assert client.hover(cell_uri("two"), 1, 9)[0] is not None
    type_in(client, 2, "two", 1, 7, 7, "x or ")
    assert codes(client, "two", 2) == ["yaml-unsafe-load"]


def test_a_notebook_that_was_never_saved(client):
    open_notebook(client, {"one": "eval(x)"}, "untitled:Untitled-1.ipynb?jupyter-notebook")
    assert codes(client, "one") == ["eval-use"]


def test_a_notebook_of_an_environment_is_looked_at_when_asked(client):
    open_notebook(client, {"one": "eval(x)"}, "file:///tmp/site-packages/n.ipynb")
    client.request("workspace/executeCommand", {"command": "whysafe.inspect", "arguments": [cell_uri("one")]})
    assert codes(client, "one") == ["eval-use"]


def test_changes_that_make_no_sense_harm_nobody(client):
    open_notebook(client, TEXTS)
    assert codes(client, "two") == ["yaml-unsafe-load"]
    change_notebook(client, 2, structure={"array": {"start": 90, "deleteCount": 9, "cells": [cell("unheard")]}})
    type_in(client, 3, "unheard", 5, 0, 9, "x")
    type_in(client, 4, "two", 90, 0, 9, "\neval(x)")
    assert codes(client, "two", 4) == ["yaml-unsafe-load", "eval-use"]
    open_notebook(client, {"again": "eval(x)"})
    assert codes(client, "again") == ["eval-use"]


def test_settings_can_say_that_a_notebook_is_something_else(start_client, tmp_path):
    (tmp_path / "whysafe.toml").write_text('program-type = "web-service"\n')
    client = start_client()
    client.initialize(PUSHED, workspaceFolders=[{"uri": tmp_path.as_uri(), "name": "here"}])
    open_notebook(client, {"one": "eval(x)"}, (tmp_path / "n.ipynb").as_uri())
    assert codes(client, "one") == ["eval-use"]
    place = {"line": 0, "character": 1}
    params = {"textDocument": {"uri": cell_uri("one")}, "range": {"start": place, "end": place}}
    (action, *_) = client.request("textDocument/codeAction", params | {"context": {"diagnostics": []}})["result"]
    answer = client.request("codeAction/resolve", action)["result"]["edit"]["documentChanges"][0]["edits"][0]
    assert "for web-service" in answer["snippet"]["value"]


def test_a_client_that_pulls_gets_each_cell_by_itself(start_client):
    client = start_client()
    server = client.initialize(PULLED)
    assert server["capabilities"]["notebookDocumentSync"]["notebookSelector"] == [
        {"notebook": "*", "cells": [{"language": "python"}]}
    ]
    open_notebook(client, TEXTS)

    def pull(name):
        return client.request("textDocument/diagnostic", {"textDocument": {"uri": cell_uri(name)}})["result"]

    assert [found["code"] for found in pull("two")["items"]] == ["yaml-unsafe-load"]
    assert pull("one")["items"] == pull("three")["items"] == []
    type_in(client, 2, "one", 1, 7, 11, "json as yaml")
    client.wait_for(lambda message: message.get("method") == "workspace/diagnostic/refresh")
    assert pull("two")["items"] == []
    assert not any(message.get("method") == "textDocument/publishDiagnostics" for message in client.seen)


def test_in_the_report_of_the_workspace_a_notebook_is_its_cells(start_client):
    client = start_client()
    client.initialize(PULLED)
    open_notebook(client, {"one": "import yaml", "two": "data = yaml.load(stream)"})
    pulled = client.request("textDocument/diagnostic", {"textDocument": {"uri": cell_uri("two")}})["result"]
    assert [found["code"] for found in pulled["items"]] == ["yaml-unsafe-load"]
    whole = client.request("workspace/diagnostic", {"previousResultIds": []})["result"]
    assert {report["uri"]: len(report["items"]) for report in whole["items"]} == {
        cell_uri("one"): 0,
        cell_uri("two"): 1,
    }
