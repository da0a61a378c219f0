"""A day in the life of four editors, over the real server process."""

import asyncio
import os
import sys

import pytest
import pytest_lsp
from lsp_client import capabilities
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features
from whysafe.lsp.convert import Encoding, span_from_client, units_before
from whysafe.lsp.documents import Text
from whysafe.syntax.position import span

SECONDS = 30
HINT = types.DiagnosticSeverity.Hint


class Client(LanguageClient):
    """Keeps what is published, so that a test can wait for the diagnostics of a version, and lists refusals."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.published = {}
        self.news = asyncio.Event()
        self.registered = []
        self.applied = []
        self.lens_refresh_count = 0

    def keep(self, params):
        self.published[params.uri] = params
        self.news.set()

    async def until(self, condition):
        async def wait():
            while not condition():
                self.news.clear()
                await self.news.wait()

        await asyncio.wait_for(wait(), SECONDS)


def make_converter():
    """The usual converter, which by itself takes an action that has a command for that command."""
    converter = default_converter()

    def structure(data, _):
        return converter.structure(data, types.Command if isinstance(data.get("command"), str) else types.CodeAction)

    converter.register_structure_hook(types.Command | types.CodeAction, structure)
    return converter


def make_client():
    client = Client(converter_factory=make_converter)

    def publish(ls: Client, params: types.PublishDiagnosticsParams):
        ls.keep(params)

    def register(ls: Client, params: types.RegistrationParams):
        ls.registered.extend(registration.method for registration in params.registrations)
        ls.news.set()

    def refresh(ls: Client, _params: None):
        ls.diagnostic_refresh_count += 1
        ls.news.set()

    def show(ls: Client, params: types.ShowMessageParams):
        ls.messages.append(params)
        ls.news.set()

    def refresh_lenses(ls: Client, _params: None):
        ls.lens_refresh_count += 1
        ls.news.set()

    def apply_edit(ls: Client, params: types.ApplyWorkspaceEditParams):
        ls.applied.append(params.edit)
        ls.news.set()
        return types.ApplyWorkspaceEditResult(applied=True)

    features = {
        **DEFAULT_CLIENT_FEATURES,
        types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish,
        types.CLIENT_REGISTER_CAPABILITY: register,
        types.WORKSPACE_DIAGNOSTIC_REFRESH: refresh,
        types.WORKSPACE_CODE_LENS_REFRESH: refresh_lenses,
        types.WORKSPACE_APPLY_EDIT: apply_edit,
        types.WINDOW_SHOW_MESSAGE: show,
    }
    register_lsp_features(client, features)
    return client


class Editor:
    """One document as an editor holds it, at the positions that the server has agreed to."""

    def __init__(self, client, result, pulls):
        self.client = client
        self.encoding = Encoding(result.capabilities.position_encoding or "utf-16")
        self.pulls = pulls
        self.uri, self.version, self.text = "", 0, Text("")

    def open(self, uri, text):
        self.uri, self.version, self.text = uri, 1, Text(text)
        item = types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))

    def close(self):
        document = types.TextDocumentIdentifier(uri=self.uri)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=document))

    def place(self, line, column):
        return types.Position(line=line, character=units_before(self.text.lines[line], column, self.encoding))

    def type(self, line, column, text, end=None):
        """Replace from a place up to `end` (line, column) by a text, and tell the server."""
        end_line, end_column = end or (line, column)
        change = types.TextDocumentContentChangePartial(
            range=types.Range(start=self.place(line, column), end=self.place(end_line, end_column)), text=text
        )
        self._send(change, span(line, column, end_line, end_column), text)

    def replace(self, old, new):
        """Replace the only occurrence of a text."""
        (line,) = [number for number, content in enumerate(self.text.lines) if old in content]
        column = self.text.lines[line].index(old)
        self.type(line, column, new, (line, column + len(old)))

    def _send(self, change, where, text):
        self.text.replace(where, text)
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
        )

    async def diagnostics(self, previous=None):
        if self.pulls:
            return (await self.pull(previous)).items
        published = self.client.published
        await self.client.until(lambda: self.uri in published and published[self.uri].version == self.version)
        return published[self.uri].diagnostics

    async def pull(self, previous=None):
        document = types.TextDocumentIdentifier(uri=self.uri)
        params = types.DocumentDiagnosticParams(text_document=document, previous_result_id=previous)
        return await asyncio.wait_for(self.client.text_document_diagnostic_async(params), SECONDS)

    async def codes(self):
        """Code and line of every diagnostic that is about a finding."""
        found = [(item.code, item.range.start.line) for item in await self.diagnostics()]
        return [pair for pair in found if not pair[0].startswith(("justification-", "not-analysed"))]

    def words(self, item):
        """The text that a diagnostic is about."""
        where = span_from_client(self.text.lines, item.range, self.encoding)
        return self.text.lines[where.start.line][where.start.column : where.end.column]

    async def hover(self, line, column):
        document = types.TextDocumentIdentifier(uri=self.uri)
        found = await self.client.text_document_hover_async(
            types.HoverParams(text_document=document, position=self.place(line, column))
        )
        return None if found is None else found.contents.value

    async def actions(self, line, column, only=None):
        where = types.Range(start=self.place(line, column), end=self.place(line, column))
        return await self.client.text_document_code_action_async(
            types.CodeActionParams(
                text_document=types.TextDocumentIdentifier(uri=self.uri),
                range=where,
                context=types.CodeActionContext(diagnostics=[], only=only),
            )
        )

    async def do(self, title, line, column):
        """Choose the one action of this title at a place."""
        (action,) = [action for action in await self.actions(line, column) if action.title == title]
        await self.apply(action)

    async def apply(self, action):
        """Do what an action says, as its edit comes for this client."""
        if action.edit is None:
            action = await self.client.code_action_resolve_async(action)
        if action.edit.document_changes:
            (change,) = action.edit.document_changes
            assert change.text_document.version == self.version
            edits = change.edits
        else:
            edits = action.edit.changes[self.uri]
        for edit in sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True):
            text = edit.new_text if hasattr(edit, "new_text") else expanded(edit.snippet.value)
            where = span_from_client(self.text.lines, edit.range, self.encoding)
            start, end = where.start, where.end
            self.type(start.line, start.column, text, (end.line, end.column))
        return action


def expanded(snippet):
    """What an editor inserts for a snippet: tab stops give way to their default text."""
    import re

    assert "${" in snippet
    return re.sub(r"\\([\\$}])", r"\1", re.sub(r"\$\{\d+:((?:[^}\\]|\\.)*)\}|\$\d+", r"\1", snippet))


CONFIG = ClientServerConfig(
    server_command=[sys.executable, "-m", "whysafe", "server"],
    client_factory=make_client,
    server_env={**os.environ, "WHYSAFE_AUTHOR": "M. Smit"},
)


@pytest_lsp.fixture(config=CONFIG, params=["visual-studio-code", "neovim", "emacs", "modern"])
async def client(request, lsp_client: Client, tmp_path):
    lsp_client.params = types.InitializeParams(
        capabilities=capabilities(request.param),
        workspace_folders=[types.WorkspaceFolder(uri=tmp_path.as_uri(), name="here")],
    )
    lsp_client.result = await lsp_client.initialize_session(lsp_client.params)
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def editor(client):
    return Editor(client, client.result, pulls=client.result.capabilities.diagnostic_provider is not None)


TEXT = """\
import yaml

name = "é漢𝄞"; value = eval(input(name))


def read(stream):
    return yaml.load(stream)
"""


async def test_from_opening_to_closing(editor, tmp_path):
    """Open, type, break, repair, hover, fix, rename, close."""
    editor.open((tmp_path / "a.py").as_uri(), TEXT)
    evaluated, loaded = await editor.diagnostics()
    assert (evaluated.code, loaded.code) == ("eval-use", "yaml-unsafe-load")
    assert editor.words(evaluated).startswith("eval")
    assert evaluated.source == "whysafe"

    if editor.pulls:
        await pull_twice(editor)
    else:
        assert editor.client.result.capabilities.diagnostic_provider is None

    editor.type(0, 0, "#\n")
    assert await editor.codes() == [("eval-use", 3), ("yaml-unsafe-load", 7)]

    editor.type(5, 0, "def broken(:\n    pass\n\n\n")
    broken = await editor.diagnostics()
    assert [item.code for item in broken if item.code != "not-analysed"] == ["eval-use", "yaml-unsafe-load"]
    (gap,) = [item for item in broken if item.code == "not-analysed"]
    assert gap.range.start.line == 5
    assert gap.message.startswith("not analysed: ")

    editor.type(5, 0, "", (9, 0))
    assert await editor.codes() == [("eval-use", 3), ("yaml-unsafe-load", 7)]
    assert len(await editor.diagnostics()) == 2

    page = await editor.hover(3, 25)
    assert "Why it is weak" in page
    assert await editor.hover(0, 0) is None

    await editor.do("Use `yaml.safe_load`", 7, 15)
    assert editor.text.lines[7] == "    return yaml.safe_load(stream)\n"
    assert await editor.codes() == [("eval-use", 3)]

    editor.close()
    if not editor.pulls:
        await editor.client.until(lambda: editor.client.published[editor.uri].diagnostics == ())
    editor.open((tmp_path / "b.py").as_uri(), str(editor.text))
    assert await editor.codes() == [("eval-use", 3)]
    editor.close()
    assert editor.client.messages == []


async def pull_twice(editor):
    """A client that pulls hears `unchanged` exactly while nothing changes, and is pushed nothing."""
    first = await editor.pull()
    assert first.kind == "full"
    again = await editor.pull(first.result_id)
    assert (again.kind, again.result_id) == ("unchanged", first.result_id)
    editor.type(0, 0, "#\n")
    moved = await editor.pull(first.result_id)
    assert moved.kind == "full"
    assert moved.result_id != first.result_id
    editor.type(0, 0, "", (1, 0))
    assert (await editor.pull(first.result_id)).kind == "unchanged"
    assert editor.uri not in editor.client.published


DECISIONS = {
    "Justify eval-use as accepted...": "accepted",
    "Justify eval-use as a false alarm...": "false-alarm",
    "Justify eval-use as mitigated...": "mitigated",
    "Justify eval-use as deferred...": "deferred",
}


async def test_four_answers_are_written_read_and_lost(editor, tmp_path):
    """Justify in all four ways, give reasons, see them hold, change the code and see them fall."""
    editor.open((tmp_path / "a.py").as_uri(), "".join(f"value_{number} = eval(text)\n" for number in range(4)))
    assert len(await editor.codes()) == 4
    for number, title in enumerate(DECISIONS):
        (line,) = [at for at, content in enumerate(editor.text.lines) if f"value_{number}" in content]
        (action,) = [action for action in await editor.actions(line, 12) if action.title == title]
        assert not action.is_preferred
        await editor.apply(action)
        await editor.diagnostics()
    written = str(editor.text)
    for decision in DECISIONS.values():
        assert f"# justified[eval-use] {decision}: TODO" in written
    assert written.count("-- M. Smit, ") == 4
    found = await editor.diagnostics()
    assert len([item for item in found if item.code == "eval-use" and item.severity != HINT]) == 4
    assert len([item for item in found if item.code == "justification-placeholder"]) == 4
    assert "TODO" in await editor.hover(0, 3)


async def test_a_reason_makes_an_answer_valid_and_an_edit_makes_it_stale(editor, tmp_path):
    editor.open((tmp_path / "a.py").as_uri(), "value = eval(text)\n")
    await editor.diagnostics()
    await editor.do("Justify eval-use as a false alarm...", 0, 9)
    await editor.diagnostics()
    head = next(number for number, line in enumerate(editor.text.lines) if "false-alarm: " in line)
    sign = next(number for number, line in enumerate(editor.text.lines) if "-- M. Smit" in line)
    column = editor.text.lines[head].index("false-alarm: ") + len("false-alarm: ")
    reason = "text is a constant of this module, and nobody else can set it."
    start = editor.text.lines[sign].index("#")
    editor.type(head, column, f"{reason}\n", (sign, start))
    (item,) = await editor.diagnostics()
    assert item.severity == HINT
    assert item.message.startswith("Justified (false-alarm by M. Smit")
    assert "This answer holds" in await editor.hover(head, 5)

    editor.replace("eval(text)", "eval(other)")
    items = await editor.diagnostics()
    (finding,) = [item for item in items if item.code == "eval-use"]
    assert finding.severity != HINT
    assert not finding.message.startswith("Justified")
    assert "justification-stale" in [item.code for item in items]

    await editor.do("Re-confirm the justification of eval-use", head + 2, 9)
    (item,) = await editor.diagnostics()
    assert item.severity == HINT

    await editor.do("Remove the justification of eval-use", head, 3)
    (item,) = await editor.diagnostics()
    assert item.severity != HINT
    assert str(editor.text) == "value = eval(other)\n"


async def test_settings_are_live(editor, tmp_path):
    """The settings file of the project and those of the client apply as soon as they change."""
    client = editor.client
    editor.open((tmp_path / "a.py").as_uri(), TEXT)
    assert [code for code, _ in await editor.codes()] == ["eval-use", "yaml-unsafe-load"]
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.whysafe]\nprogram-typ = "cli"\n[tool.whysafe.ignore]\neval-use = "a reason"\n')
    changed = types.FileEvent(uri=settings.as_uri(), type=types.FileChangeType.Created)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes=[changed]))
    await client.until(lambda: settings.as_uri() in client.published)
    (problem,) = client.published[settings.as_uri()].diagnostics
    assert problem.range.start.line == 1
    assert "program-type" in problem.message
    assert [code for code, _ in await editor.codes()] == ["yaml-unsafe-load"]
    await client.until(lambda: len(client.messages) == 1)

    settings.unlink()
    document = types.TextDocumentIdentifier(uri=editor.uri)
    client.text_document_did_save(types.DidSaveTextDocumentParams(text_document=document))
    await client.until(lambda: client.published[settings.as_uri()].diagnostics == ())
    assert [code for code, _ in await editor.codes()] == ["eval-use", "yaml-unsafe-load"]

    client.set_configuration({"whysafe": {"select": ["yaml-unsafe-load"]}})
    refreshes = client.diagnostic_refresh_count
    client.published.pop(editor.uri, None)
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    if editor.pulls:
        await client.until(lambda: client.diagnostic_refresh_count > refreshes)
        assert editor.uri not in client.published
    else:
        await client.until(lambda: editor.uri in client.published)
        assert client.diagnostic_refresh_count == 0
    assert [code for code, _ in await editor.codes()] == ["yaml-unsafe-load"]
