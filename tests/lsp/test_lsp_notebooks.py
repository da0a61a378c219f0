"""Notebooks without a server: the text that stands for all cells, its places, and what is shown of each cell."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from whysafe import checker
from whysafe.analysis.finding import Gap
from whysafe.config import Settings
from whysafe.lsp.cells import cell_entry, in_cell, split_report, view_of
from whysafe.lsp.convert import Encoding
from whysafe.lsp.documents import Documents, OpenDocument, Text
from whysafe.lsp.hover import hover
from whysafe.lsp.messages import Outcome
from whysafe.lsp.notebooks import Notebook, Notebooks, cell_document, chunk_of, line_difference
from whysafe.lsp.session import Capabilities
from whysafe.lsp.targets import BEYOND_THE_CELL, CellTarget, edit_of, workspace_edit
from whysafe.report import Report, project
from whysafe.syntax.position import Edit, Position, span

TODAY = dt.date(2026, 11, 25)
CLIENT = Capabilities(related_information=True)


def make(*texts, language="python"):
    """A notebook of code cells `c0`, `c1` and so on."""
    documents = Documents()
    notebook = Notebook(whole=documents.open("file:///n.ipynb", "python", 1, "", path="/n.ipynb", notebook=True))
    for number, text in enumerate(texts):
        put(notebook, number, f"c{number}", text, language)
    notebook.update()
    return notebook


def put(notebook, place, uri, text, language="python", code=True):
    notebook.open_text(cell_document(notebook.whole, uri=uri, language=language, version=1, revision=0, text=text))
    notebook.splice(place, 0, [(uri, code)])


def write(notebook, uri, text):
    cell = notebook.cell(uri)
    cell.document.text = Text(text)
    cell.measure()


def shown(notebook, document):
    """The diagnostics of every cell."""
    report = project(document.facts(), checker.cards(), Settings(), TODAY, None)
    parts = split_report(report, notebook)
    return {
        cell.uri: cell_entry(parts[cell.uri], cell, notebook, checker.cards(), CLIENT).items for cell in notebook.placed
    }


def analysed(notebook):
    return checker.Document(str(notebook.whole.text))


def briefly(items):
    return [
        (
            item["code"],
            item["range"]["start"]["line"],
            item["range"]["start"]["character"],
            item["range"]["end"]["line"],
        )
        for item in items
    ]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["from os import system as run", "run(cmd)"], [[], [("os-system-shell", 0, 0, 0)]]),
        (["import yaml\n", "x = 1", "yaml.load(s)"], [[], [], [("yaml-unsafe-load", 0, 0, 0)]]),
        (["!pip install yaml\nimport yaml", "%%time\nyaml.load(s)"], [[], [("yaml-unsafe-load", 1, 0, 1)]]),
        (["eval(x)", "%%bash\neval(x)", "eval(x)"], [[("eval-use", 0, 0, 0)], None, [("eval-use", 0, 0, 0)]]),
        (["x = await f()\neval(x)", "async with a: eval(b)"], [[("eval-use", 1, 0, 1)], [("eval-use", 0, 14, 0)]]),
        (["%time x = eval(y)", "z = %time eval(y)"], [[("eval-use", 0, 10, 0)], [("eval-use", 0, 10, 0)]]),
        (["x = (1,", "eval(x)"], [[("not-analysed", 0, 4, 0)], [("eval-use", 0, 0, 0)]]),
        (["x = '''", "eval(x)"], [[], [("eval-use", 0, 0, 0)]]),
        (["x = 1 +\\", "eval(x)"], [[("not-analysed", 0, 8, 0)], [("eval-use", 0, 0, 0)]]),
        (["@twice", "eval(x)"], [[("not-analysed", 0, 6, 0)], [("eval-use", 0, 0, 0)]]),
        (["if x:", "eval(x)"], [[("not-analysed", 0, 4, 0)], [("eval-use", 0, 0, 0)]]),
        (["", "eval(x)", ""], [[], [("eval-use", 0, 0, 0)], []]),
    ],
)
def test_names_are_known_across_cells_and_findings_belong_to_theirs(cells, found):
    notebook = make(*cells)
    items = shown(notebook, analysed(notebook))
    assert [briefly(items[f"c{n}"]) if f"c{n}" in items else None for n in range(len(cells))] == found


def test_a_justification_answers_only_its_own_cell():
    block = "# justified[eval-use] accepted: only constants of this very notebook come here\n#   -- M. Smit, 2026-11-25"
    notebook = make(block, "eval(x)")
    items = shown(notebook, analysed(notebook))
    assert "eval-use" in [item["code"] for item in items["c1"]]
    assert all(item["severity"] < 4 for item in items["c1"])
    assert any(item["code"].startswith("justification-") for item in items["c0"])


def test_evidence_in_another_cell_is_found_there():
    notebook = make("x = 1\nimport os", "# above\ncmd = input()", "\nos.system(cmd)")
    document = analysed(notebook)
    (item,) = shown(notebook, document)["c2"]
    (related,) = item["relatedInformation"]
    assert related["location"]["uri"] == "c1"
    assert related["location"]["range"]["start"] == {"line": 1, "character": 6}
    cell = notebook.cell("c2")
    report = project(document.facts(), checker.cards(), Settings(), TODAY, None)
    entry = cell_entry(split_report(report, notebook)["c2"], cell, notebook, checker.cards(), CLIENT)
    view = view_of(cell, notebook, checker.cards(), CLIENT)
    text = hover(entry, Position(1, 4), view, today=TODAY)["contents"]["value"]
    assert "- cell 2, line 2: The command is put together here." in text


@pytest.mark.parametrize(("encoding", "column"), [(Encoding.UTF8, 13), (Encoding.UTF16, 8), (Encoding.UTF32, 7)])
def test_columns_are_those_of_the_client(encoding, column):
    notebook = make("!echo 𝄞𝄞\nx = 1", "?𝄞\n'é漢𝄞'; eval(x)")
    client = Capabilities(encoding=encoding, document_changes=True)
    document = analysed(notebook)
    report = project(document.facts(), checker.cards(), Settings(), TODAY, None)
    cell = notebook.cell("c1")
    (item,) = cell_entry(split_report(report, notebook)["c1"], cell, notebook, checker.cards(), client).items
    at = {"line": 1, "character": column}
    assert item["range"]["start"] == at
    lines = notebook.whole.text.lines
    target = CellTarget(uri="n", version=1, revision=1, lines=lines, client=client, notebook=notebook, cell=cell)
    place = types.Range(start=types.Position(**at), end=types.Position(**at))
    (shown_there,) = report.shown
    assert target.span(place).start == shown_there.finding.span.start
    assert target.range(shown_there.finding.span)["start"] == at
    assert target.location(shown_there.finding.span) == ("c1", item["range"])


def test_only_code_in_python_takes_part():
    notebook = make("eval(x)")
    put(notebook, 0, "text", "eval(x)", code=False)
    put(notebook, 0, "other", "eval(x)", language="sql")
    assert notebook.update() is None
    assert [cell.uri for cell in notebook.placed] == ["c0"]
    notebook.cell("text").code = True
    assert notebook.update() is not None
    assert [cell.uri for cell in notebook.placed] == ["text", "c0"]
    notebook.close_text("c0")
    notebook.forget_unused()
    notebook.update()
    assert [cell.uri for cell in notebook.placed] == ["text"]


def test_a_cell_that_moves_keeps_its_text_with_or_without_being_opened_again():
    notebook = make("a", "b", "c")
    assert notebook.splice(0, 3, [("c2", True), ("c0", True)])[0].uri == "c1"
    notebook.update()
    assert str(notebook.whole.text) == "c\npass\na\npass\n"
    notebook.splice(1, 0, [("c1", True)])
    notebook.update()
    assert str(notebook.whole.text) == "c\npass\nb\npass\na\npass\n"


def test_a_cell_without_a_text_is_not_analysed():
    notebook = make("a")
    notebook.splice(5, 7, [("unknown", True)])
    assert notebook.update() is None


CELLS = ["ab\ncd", "", "e\n", "%%time\nfg"]


@pytest.mark.parametrize(
    ("edit", "cell", "in_cell"),
    [
        (Edit(span(0, 1, 0, 1), "x"), "c0", Edit(span(0, 1, 0, 1), "x")),
        (Edit(span(1, 0, 1, 0), "x\n"), "c0", Edit(span(1, 0, 1, 0), "x\n")),
        (Edit(span(2, 0, 2, 0), "x\n"), "c0", Edit(span(1, 2, 1, 2), "\nx")),
        (Edit(span(4, 0, 4, 0), "x\n"), "c1", Edit(span(0, 0, 0, 0), "x")),
        (Edit(span(5, 0, 6, 0), ""), "c2", Edit(span(0, 0, 1, 0), "")),
        (Edit(span(0, 0, 1, 0), "x\n"), "c0", Edit(span(0, 0, 1, 0), "x\n")),
        (Edit(span(1, 0, 2, 0), ""), "c0", Edit(span(0, 2, 1, 2), "")),
        (Edit(span(1, 0, 2, 0), "x\n"), "c0", Edit(span(1, 0, 1, 2), "x")),
        (Edit(span(8, 0, 8, 0), "x\n"), "c3", Edit(span(1, 0, 1, 0), "x\n")),
        (Edit(span(9, 1, 9, 2), "x"), "c3", Edit(span(1, 1, 1, 2), "x")),
        (Edit(span(10, 0, 10, 0), "x\n"), "c3", Edit(span(1, 2, 1, 2), "\nx")),
        (Edit(span(8, 0, 8, 3), "x"), None, None),
        (Edit(span(1, 0, 4, 0), "x"), None, None),
        (Edit(span(2, 0, 2, 4), "x"), None, None),
    ],
)
def test_an_edit_goes_into_the_cell_that_it_is_about(edit, cell, in_cell):
    notebook = make(*CELLS)
    assert notebook.whole.text.lines == [
        *("ab\n", "cd\n", "pass\n"), *("\n", "pass\n"), *("e\n", "\n", "pass\n"), *("0     \n", "fg\n", "pass\n"), "",
    ]  # fmt: skip
    found = notebook.edit_in_cell(edit)
    assert (None if found is None else (found[0].uri, found[1])) == (None if cell is None else (cell, in_cell))


@pytest.mark.parametrize(
    ("cells", "edits"),
    [
        (["import os", "x = eval(y)"], {"c0": [(0, "import ast\n")], "c1": [(0, "ast.literal_eval")]}),
        (["%%time\nimport os", "x = eval(y)"], {"c0": [(1, "import ast\n")], "c1": [(0, "ast.literal_eval")]}),
        (["%%bash\nls", "# note\nx = eval(y)"], {"c1": [(1, "ast.literal_eval"), (1, "import ast\n")]}),
        (["import ast\n", "%time eval(y)"], {"c1": [(0, "ast.literal_eval")]}),
    ],
)
def test_a_fix_may_change_several_cells(cells, edits):
    notebook = make(*cells)
    (finding,) = analysed(notebook).facts().findings
    client = Capabilities(document_changes=True)
    lines = notebook.whole.text.lines
    target = CellTarget(uri="n", version=1, revision=1, lines=lines, client=client, notebook=notebook)
    changes = workspace_edit(finding.fixes[0].edits, target)["documentChanges"]
    found = {
        change["textDocument"]["uri"]: [(edit["range"]["start"]["line"], edit["newText"]) for edit in change["edits"]]
        for change in changes
    }
    assert found == edits
    beyond = Edit(span(0, 0, len(lines) - 1, 0), "")
    assert workspace_edit((*finding.fixes[0].edits, beyond), target) is None
    assert edit_of(Outcome(edits=(beyond,)), target) == (None, BEYOND_THE_CELL)


def test_a_gap_over_several_cells_is_in_each_of_them():
    notebook = make("a\nb", "c", "d")
    gap = Gap(span(1, 0, 3, 1), "too slow")
    parts = split_report(Report(shown=(), notes=(), gaps=(gap,)), notebook)
    assert [bool(parts[uri].gaps) for uri in ("c0", "c1", "c2")] == [True, True, False]
    cells = zip(notebook.placed, notebook.starts, strict=True)
    places = [in_cell(parts[cell.uri], cell, start).gaps for cell, start in cells]
    assert [gap.span for gaps in places for gap in gaps] == [span(1, 0, 1, 1), span(0, 0, 0, 1)]


LINES = st.lists(st.sampled_from(["a\n", "b\n", "ab\n", "aab\n", "\n"]), max_size=6)


@given(LINES, LINES)
def test_a_difference_of_lines_makes_one_of_the_other(old, new):
    text = Text("x\n" + "".join(old) + "y\n")
    edit = line_difference(old, new, 1)
    if edit is not None:
        text.replace(edit.span, edit.text)
    assert str(text) == "x\n" + "".join(new) + "y\n"
    assert (edit is None) == (old == new)


PIECES = [
    "import yaml\nfrom os import system as run\n",
    "yaml.load(s)",
    "run(cmd)\n\neval(x)",
    "!ls\nx = !cat y\nrun(x)",
    "%%bash\nrun(cmd)",
    "run(",
    'y = """\neval(z)',
    "def f():\n    eval(x)\n",
    "run = print",
    "# justified[eval-use] accepted: TODO\n#   -- M. Smit, 2026-11-25\neval(x)",
    "",
    "x = 'é漢𝄞'; eval(x)\r\nyaml.load(x)",
    "%time run(x)",
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "move", "edit", "kind", "language"]),
        st.integers(0, 7),
        st.integers(0, 7),
        st.sampled_from(PIECES),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=4), STEPS)
def test_after_any_changes_each_cell_shows_what_a_fresh_notebook_would(texts, steps):
    notebook = make(*texts)
    document = analysed(notebook)
    document.facts()
    for number, step in enumerate(steps):
        _change(notebook, f"new{number}", *step)
        edit = notebook.update()
        if edit is not None:
            document.edit(edit)
            document.facts()
        assert document.text == str(notebook.whole.text)
    current = {
        uri: [item for item in items if "last seen before" not in item["message"]]
        for uri, items in shown(notebook, document).items()
    }
    fresh = make()
    for place, cell in enumerate(notebook.cells):
        put(fresh, place, cell.uri, str(cell.document.text), cell.document.language, cell.code)
    fresh.update()
    assert _ordered(current) == _ordered(shown(fresh, analysed(fresh)))


def _ordered(items):
    return {uri: sorted(json.dumps(item, sort_keys=True) for item in of_cell) for uri, of_cell in items.items()}


def _change(notebook, uri, what, one, other, text):
    cells = notebook.cells
    if what == "insert" or not cells:
        put(notebook, one % (len(cells) + 1), uri, text)
        return
    cell = cells[one % len(cells)]
    if what == "delete":
        notebook.splice(cells.index(cell), 1, [])
        notebook.close_text(cell.uri)
    elif what == "move":
        notebook.splice(cells.index(cell), 1, [])
        notebook.splice(other % (len(cells) + 1), 0, [(cell.uri, cell.code)])
    elif what == "edit":
        write(notebook, cell.uri, text)
    elif what == "kind":
        cell.code = not cell.code
    else:
        cell.document.language = "sql" if cell.document.language == "python" else "python"


def test_which_notebook_a_cell_is_in():
    store = Notebooks()
    documents = Documents()
    notebook = store.open(documents.open("n", "python", 1, "", path=None, notebook=True))
    put(notebook, 0, "c", "x")
    store.enlist(notebook)
    assert store.of_cell("c") is notebook
    assert isinstance(store.document("c"), OpenDocument)
    notebook.splice(0, 1, [])
    notebook.forget_unused()
    store.enlist(notebook)
    assert store.of_cell("c") is notebook
    notebook.close_text("c")
    notebook.forget_unused()
    store.enlist(notebook)
    assert store.of_cell("c") is None
    assert store.document("c") is None
    assert store.close("n") is notebook
    assert store.close("n") is None


def test_a_cell_has_one_line_more_than_its_text():
    assert chunk_of("a\r\nb") == ["a\n", "b\n", "pass\n"]
    assert chunk_of("a\rb\n") == ["a\n", "b\n", "\n", "pass\n"]
    assert chunk_of("%%html\n<b>") == []
