import os
import sys
from pathlib import Path

import pytest
from whysafe.justifications.author import NOBODY, author, clean_name, find_git

posix = pytest.mark.skipif(os.name == "nt", reason="the stand-in for git is a shell script")


def fake_git(folder, body):
    folder.mkdir(parents=True, exist_ok=True)
    git = folder / "git"
    git.write_text(f"#!{sys.executable}\n{body}\n")
    git.chmod(0o755)
    return str(folder)


def test_the_setting_comes_first_then_the_environment():
    environ = {"WHYSAFE_AUTHOR": "E. Nviron", "PATH": ""}
    assert author("S. Etting", environ) == "S. Etting"
    assert author(None, environ) == "E. Nviron"
    assert author("  ", environ) == "E. Nviron"


def test_nobody_without_any():
    assert author(None, {"PATH": ""}) == NOBODY
    assert author("a@b.example", {"PATH": "relative"}) == NOBODY


@posix
def test_git_is_asked_from_a_private_folder(tmp_path):
    path = fake_git(
        tmp_path / "bin", "import os, sys; print(sys.argv[1:] == ['config', '--global', 'user.name'], os.getcwd())"
    )
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    asked, cwd = author(None, {"PATH": path}, workspace).split(" ")
    assert asked == "True"
    assert not Path(cwd).exists()


@posix
def test_git_is_asked_without_its_variables(tmp_path):
    path = fake_git(
        tmp_path / "bin", "import os; print(sorted(name for name in os.environ if name.startswith('GIT_')))"
    )
    environ = {"PATH": path, "GIT_DIR": "evil", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_GLOBAL": "mine"}
    assert author(None, environ, tmp_path / "workspace") == "['GIT_CONFIG_GLOBAL']"


@posix
@pytest.mark.parametrize(
    "body", ["raise SystemExit(1)", "import time; time.sleep(30)", "print()", "print('x@y.example')"]
)
def test_a_git_without_an_answer(tmp_path, body):
    assert author(None, {"PATH": fake_git(tmp_path / "bin", body)}, tmp_path / "workspace") == NOBODY


@posix
def test_a_git_in_the_workspace_is_not_run(tmp_path):
    workspace = tmp_path / "workspace"
    inside = fake_git(workspace / "bin", "print('Evil')")
    link = tmp_path / "link"
    link.symlink_to(inside)
    good = fake_git(tmp_path / "bin", "print('Good')")
    paths = os.pathsep.join([inside, str(link), "", ".", "bin", good])
    assert find_git({"PATH": paths}, workspace) == Path(good, "git")
    assert author(None, {"PATH": paths}, workspace) == "Good"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("M. Smit", "M. Smit"),
        ("Smit, M.", "Smit M."),
        ("M. Smit <m@smit.example>", "M. Smit"),
        ("m@smit.example", ""),
        ("  A\tB\nC ", "A B C"),
        ("A\u202eB", "A B"),
        ("Ελένη 🦊", "Ελένη 🦊"),
        ("A #1", "A 1"),
    ],
)
def test_clean_name(name, cleaned):
    assert clean_name(name) == cleaned
