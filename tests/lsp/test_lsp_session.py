"""What the server knows of its client: capabilities, folders, settings."""

import datetime as dt
import os
from pathlib import Path

import pytest
from lsp_client import capabilities
from lsprotocol import types
from lsprotocol.converters import get_converter
from whysafe.lsp.convert import Encoding
from whysafe.lsp.documents import Documents
from whysafe.lsp.session import Session, editor_settings, is_excluded, path_of, read_capabilities, utc_today


def document(uri, language="python"):
    return Documents().open(uri, language, 1, "", path=path_of(uri))


@pytest.fixture
def project(tmp_path):
    """A session with one workspace folder."""
    session = Session()
    session.add_folder(tmp_path.as_uri())
    return session, tmp_path


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (
            "visual-studio-code",
            {
                "encoding": Encoding.UTF16,
                "pull": False,
                "resolve_edit": True,
                "document_changes": True,
                "snippet_edits": False,
                "code_description": True,
                "markdown_hover": True,
                "watches_files": True,
            },
        ),
        (
            "neovim",
            {
                "encoding": Encoding.UTF8,
                "pull": False,
                "document_changes": False,
                "resolve_edit": True,
            },
        ),
        (
            "emacs",
            {
                "encoding": Encoding.UTF32,
                "pull": False,
                "resolve_edit": False,
                "related_information": False,
                "document_changes": True,
            },
        ),
        (
            "modern",
            {
                "encoding": Encoding.UTF16,
                "pull": True,
                "snippet_edits": True,
                "document_changes": True,
            },
        ),
    ],
)
def test_capabilities_are_read_as_real_clients_send_them(client, expected):
    found = read_capabilities(capabilities(client))
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("place", "language", "looked_at"),
    [
        ("a.py", "python", True),
        ("deep/er/a.pyi", "python", True),
        ("a.py", "toml", False),
        (".venv/lib/python3/site-packages/a.py", "python", False),
        ("env/lib/a.py", "python", False),
        ("../outside.py", "python", False),
        ("generated/a.py", "python", False),
    ],
)
def test_diagnostics_are_for_the_users_own_python(project, place, language, looked_at):
    session, root = project
    (root / "env" / "lib").mkdir(parents=True)
    (root / "env" / "pyvenv.cfg").touch()
    (root / "whysafe.toml").write_text('[exclude]\n"generated/" = "made by a tool"\n')
    uri = Path(os.path.normpath(root / place)).as_uri()
    assert session.looks_at(document(uri, language)) is looked_at


def test_texts_without_a_file_and_files_without_a_folder_are_looked_at(project, tmp_path_factory):
    session, _ = project
    assert session.looks_at(document("untitled:Untitled-1"))
    assert not session.looks_at(document("git:/a.py"))
    other = (tmp_path_factory.mktemp("other") / "a.py").as_uri()
    assert not session.looks_at(document(other))
    assert Session().looks_at(document(other))


@pytest.mark.parametrize(
    ("folders", "uri", "looked_at"),
    [
        ([], "untitled:Untitled-1", True),
        ([], "vscode-vfs://github/a/b.py", True),
        ([], "git:/a.py", False),
        ([], "vscode-notebook-cell:/a.ipynb#x", False),
        (["vscode-vfs://github/a"], "vscode-vfs://github/a/b.py", True),
        (["vscode-vfs://github/a"], "vscode-vfs://github/ab/c.py", False),
        (["vscode-vfs://github/a"], "file:///a/b.py", False),
        (["file:///a"], "vscode-vfs://github/a/b.py", False),
        (["file:///a"], "untitled:Untitled-1", True),
        (["file:///a"], "vscode-interactive:/Interactive-1.interactive", True),
        (["vscode-vfs://github/a", "file:///a"], "file:///a/b.py", True),
    ],
)
def test_what_is_no_file_is_looked_at_in_the_workspace(folders, uri, looked_at):
    session = Session()
    for folder in folders:
        session.add_folder(folder)
    assert session.looks_at(document(uri)) is looked_at
    for folder in folders:
        session.remove_folder(folder)
    assert not session.folders
    assert not session.virtual_folders


@pytest.mark.parametrize("place", ["../outside.py", "env/site-packages/a.py", "generated/a.py"])
def test_what_the_user_asks_for_is_looked_at_wherever_it_is(project, place):
    session, root = project
    (root / "whysafe.toml").write_text('[exclude]\n"generated/" = "made by a tool"\n')
    here = document(Path(os.path.normpath(root / place)).as_uri())
    assert not session.looks_at(here)
    session.inspected.add(here.uri)
    assert session.looks_at(here)
    assert not session.looks_at(document(here.uri, "toml"))


def test_folders_have_settings_of_their_own_in_the_editor_and_on_disk(tmp_path):
    session = Session()
    for name in ("one", "two", "two/inner"):
        (tmp_path / name).mkdir()
        session.add_folder((tmp_path / name).as_uri())
    (tmp_path / "one" / "whysafe.toml").write_text('program-type = "cli"\nconfidence = "high"\n')
    session.editor = {"author": "Everywhere"}
    session.editor_by_folder = {(tmp_path / "two" / "inner").as_uri(): {"program-type": "library"}}
    one, two, inner = (
        session.settings(document((tmp_path / name / "a.py").as_uri())) for name in ("one", "two", "two/inner")
    )
    assert (one.program_type, one.confidence.label, one.author) == ("cli", "high", "Everywhere")
    assert (two.program_type, two.author) == (None, "Everywhere")
    assert (inner.program_type, inner.author) == ("library", None)


@pytest.mark.parametrize(("setting", "program_type"), [("", "notebook"), ('program-type = "cli"\n', "cli")])
def test_a_notebook_is_one_unless_the_settings_say_otherwise(project, setting, program_type):
    session, root = project
    (root / "whysafe.toml").write_text(setting)
    path = str(root / "n.ipynb")
    notebook = Documents().open((root / "n.ipynb").as_uri(), "python", 1, "", path=path, notebook=True)
    assert session.settings(notebook).program_type == program_type
    assert session.settings(document((root / "n.py").as_uri())).program_type == (None if not setting else "cli")


@pytest.mark.parametrize(
    ("experimental", "wanted"),
    [
        (None, False),
        ({}, False),
        ({"whysafe": None}, False),
        ({"whysafe": {"status": "yes"}}, False),
        ({"whysafe": {"status": True}}, True),
    ],
)
def test_a_status_is_for_clients_that_announce_it(experimental, wanted):
    client = get_converter().structure({"experimental": experimental}, types.ClientCapabilities)
    assert read_capabilities(client).status is wanted


def test_the_editor_is_over_the_file(project):
    session, root = project
    (root / "pyproject.toml").write_text('[tool.whysafe]\nprogram-type = "cli"\nconfidence = "high"\n')
    here = document((root / "a.py").as_uri())
    assert session.settings(here).program_type == "cli"
    session.editor = {"program-type": "library", "trace.server": "verbose", "interpreter": ["x"]}
    session.forget_settings()
    assert session.settings(here).program_type == "library"
    assert session.settings(here).confidence.label == "high"
    assert session.problems() == ()


def test_problems_are_found_at_their_place(project):
    session, root = project
    (root / "pyproject.toml").write_text('[tool.whysafe]\nprogram-typ = "cli"\n')
    session.editor = {"colour": "blue"}
    session.settings(document((root / "a.py").as_uri()))
    in_file, in_editor = session.problems()
    assert (in_file.path, in_file.line) == (str(root / "pyproject.toml"), 1)
    assert "program-type" in in_file.message
    assert "colour" in in_editor.message


def test_a_settings_file_that_comes_or_changes_is_noticed(project):
    session, root = project
    here = document((root / "sub" / "a.py").as_uri())
    session.settings(here)
    assert not session.settings_changed_on_disk()
    (root / "whysafe.toml").write_text('program-type = "cli"\n')
    assert session.settings_changed_on_disk()
    assert session.settings(here).program_type is None
    session.forget_settings()
    assert session.settings(here).program_type == "cli"
    assert not session.settings_changed_on_disk()


def test_a_folder_can_leave_the_workspace(project):
    session, root = project
    session.remove_folder(root.as_uri())
    session.remove_folder("file:///never/there")
    assert session.folders == {}


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (None, {}),
        ([], {}),
        ({"select": ["ALL"]}, {"select": ["ALL"]}),
        ({"settings": {"select": ["ALL"]}, "globalSettings": {}}, {"select": ["ALL"]}),
        ({"whysafe": {"select": ["ALL"]}}, {"select": ["ALL"]}),
        ({"settings": {"whysafe": {"select": []}}}, {"select": []}),
    ],
)
def test_settings_come_in_many_wrappings(sent, read):
    assert editor_settings(sent) == read


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b%20c.py", "/a/b c.py"),
        ("untitled:a", None),
        ("vscode-notebook-cell:/a.ipynb#x", None),
        ("file:///%00", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_only_files_have_a_path(uri, path):
    found = path_of(uri)
    assert (None if found is None else Path(found).as_posix()) == path


def test_exclude_patterns_are_those_of_gitignore(project):
    session, root = project
    (root / "whysafe.toml").write_text('[exclude]\n"*_pb2.py" = "made by protoc"\n')
    settings = session.settings(document((root / "a.py").as_uri()))
    assert is_excluded(settings, root / "sub" / "x_pb2.py")
    assert not is_excluded(settings, root / "x.py")


def test_the_day_is_that_of_utc():
    assert abs(utc_today() - dt.datetime.now(dt.timezone.utc).date()) <= dt.timedelta(days=1)
