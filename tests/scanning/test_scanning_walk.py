"""The scan: which files, in which order, and that a hostile folder is neither followed nor waited for."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import pytest
from whysafe.config import Settings, vocabulary
from whysafe.scanning import walk
from whysafe.scanning.skips import Skip
from whysafe.scanning.walk import Scan, SettingsOf, candidates


@pytest.fixture
def scan():
    """Scan paths; the names of the files found and what the scan met besides."""

    def run(*paths):
        met = Scan()
        settings_of = SettingsOf(Settings(), vocabulary(()), True, met.problems)
        return [candidate.shown for candidate in candidates(paths, settings_of, met)], met

    return run


def fill(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_python_files_in_a_fixed_order_each_once(project_folder, scan):
    fill(project_folder, "b/z.py", "b/a.pyi", "a.py", "c/d/e.py", "notes.txt", "B.py", "x.pyc")
    names, met = scan(".", "a.py", "b")
    assert names == ["B.py", "a.py", "b/a.pyi", "b/z.py", "c/d/e.py"]
    assert met == Scan(matched=met.matched, steps=met.steps)


def test_what_never_is_code_of_the_project_is_left_out(project_folder, scan):
    fill(project_folder, ".git/a.py", "node_modules/a.py", "__pycache__/a.py", "env/pyvenv.cfg", "env/lib/a.py", "a.py")
    names, met = scan(".")
    assert names == ["a.py"]
    assert met.skipped == Counter({Skip.ENVIRONMENT: 1})


def test_gitignore_files_hold_for_their_folders_and_can_take_back(project_folder, scan):
    fill(project_folder, "gen.py", "a/gen.py", "a/keep.py", "a/b/gen.py", "out/x.py", "a/out.py")
    (project_folder / ".gitignore").write_text("gen.py\nout/\n", encoding="utf-8")
    (project_folder / "a" / ".gitignore").write_text("!/gen.py\n", encoding="utf-8")
    names, met = scan(".")
    assert names == ["a/gen.py", "a/keep.py", "a/out.py"]
    assert met.skipped == Counter({Skip.IGNORED: 3})


def test_a_gitignore_above_the_scanned_folder_holds_unless_it_ignores_that_folder(project_folder, scan):
    fill(project_folder, "pkg/gen.py", "pkg/a.py", "build/a.py")
    (project_folder / ".gitignore").write_text("gen.py\nbuild/\n", encoding="utf-8")
    assert scan("pkg")[0] == ["pkg/a.py"]
    assert scan("build")[0] == ["build/a.py"]
    assert scan(".")[0] == ["pkg/a.py"]


def test_a_named_file_is_checked_even_if_ignored_or_called_otherwise(project_folder, scan):
    fill(project_folder, "gen.py", "script")
    (project_folder / ".gitignore").write_text("gen.py\n", encoding="utf-8")
    assert scan("gen.py", "script")[0] == ["gen.py", "script"]


def test_excludes_of_the_settings_of_each_folder(project_folder, scan):
    fill(project_folder, "old/a.py", "pkg/old/a.py", "pkg/a.py", "pkg/b.py")
    (project_folder / "whysafe.toml").write_text("[exclude]\n'/old/' = 'r'\n", encoding="utf-8")
    (project_folder / "pkg" / "whysafe.toml").write_text("[exclude]\n'/b.py' = 'r'\n", encoding="utf-8")
    names, met = scan(".")
    assert names == ["pkg/a.py", "pkg/old/a.py"]
    assert met.skipped == Counter({Skip.EXCLUDED: 2})


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights on this system")
def test_links_out_of_the_root_and_links_to_folders_are_not_followed(project_folder, tmp_path, scan):
    fill(tmp_path, "secret/x.py")
    fill(project_folder, "pkg/a.py")
    (project_folder / "out.py").symlink_to(tmp_path / "secret" / "x.py")
    (project_folder / "folder").symlink_to(tmp_path / "secret")
    (project_folder / "loop").symlink_to(project_folder)
    (project_folder / "self.py").symlink_to(project_folder / "self.py")
    (project_folder / "dangling.py").symlink_to(tmp_path / "nothing")
    (project_folder / "notes").symlink_to(tmp_path / "nothing")
    (project_folder / "inside.py").symlink_to(project_folder / "pkg" / "a.py")
    names, met = scan(".")
    assert names == ["inside.py", "pkg/a.py"]
    assert met.skipped == Counter({Skip.LINK: 5})
    (project_folder / ".gitignore").symlink_to("/etc/passwd")
    assert "is a link" in scan(".")[1].problems[0].message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_are_not_opened(project_folder, scan):
    os.mkfifo(project_folder / "pipe.py")
    names, met = scan(".")
    assert names == []
    assert met.skipped == Counter({Skip.SPECIAL: 1})
    os.mkfifo(project_folder / ".gitignore")
    assert "not a regular file" in scan(".")[1].problems[0].message


def test_a_slow_gitignore_is_refused_aloud_and_the_scan_goes_on(project_folder, scan):
    fill(project_folder, "a" * 200 + ".py", "b.py")
    (project_folder / ".gitignore").write_text("b.py\n*a*a*a*a*a*a*a*b\n", encoding="utf-8")
    start = time.process_time()
    names, met = scan(".")
    assert time.process_time() - start < 2
    assert names == ["a" * 200 + ".py"]
    assert [
        (problem.line, "7 stars" in problem.message or "8 stars" in problem.message) for problem in met.problems
    ] == [(1, True)]


def test_a_deep_folder_needs_no_recursion(project_folder, scan):
    deep = project_folder
    for _ in range(300):
        deep = deep / "d"
    fill(deep, "a.py")
    assert len(scan(".")[0]) == 1


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(2, "No such file or directory"),
        PermissionError(13, "Permission denied"),
        OSError(40, "Too many"),
    ],
)
def test_a_folder_that_cannot_be_listed_is_an_error(project_folder, scan, monkeypatch, error):
    fill(project_folder, "a/x.py", "b.py")
    real = os.scandir

    def scandir(path):
        if str(path).endswith("a"):
            raise error
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    names, met = scan(".")
    assert names == ["b.py"]
    assert [(error.path, error.message) for error in met.errors] == [
        ("a", f"This folder cannot be read: {error.strerror}.")
    ]


def test_settings_files_are_read_once_for_many_folders(project_folder, scan, monkeypatch):
    fill(project_folder, *(f"p{number}/q/a.py" for number in range(30)))
    (project_folder / "pyproject.toml").write_text("[tool.whysafe]\nselct = 1\n", encoding="utf-8")
    from whysafe import config

    loads = []
    real = config.load
    monkeypatch.setattr(config, "load", lambda folder, known: loads.append(folder) or real(folder, known))
    names, met = scan(".")
    assert (len(names), len(loads), len(met.problems)) == (30, 1, 1)


def test_many_patterns_that_are_slow_together_are_given_up_aloud(project_folder, scan, monkeypatch):
    monkeypatch.setattr(walk, "STEPS", 10_000_000)
    monkeypatch.setattr(walk, "STEPS_PER_PATH", 100_000)
    fill(project_folder, *(f"{number:03}{'a' * 200}.py" for number in range(100)))
    patterns = "".join(f"*a*b{number}\n" for number in range(200))
    (project_folder / ".gitignore").write_text(f"{patterns}09*\n", encoding="utf-8")
    names, met = scan(".")
    # The first few are compared, the others are checked without.
    assert 90 < len(names) <= 100
    (problem,) = met.problems
    assert "takes too long" in problem.message


def test_ordinary_patterns_are_never_given_up(project_folder, scan):
    fill(project_folder, "pkg/module_of_an_ordinary_length.py")
    patterns = "".join(f"/build{number}/*.py[cod]\n" for number in range(1_000))
    (project_folder / ".gitignore").write_text(patterns, encoding="utf-8")
    names, met = scan(".")
    assert (len(names), met.problems) == (1, [])
    assert met.steps < walk.STEPS_PER_PATH * met.matched


def test_only_the_way_to_the_files_that_are_wanted_is_looked_at(project_folder, monkeypatch):
    fill(project_folder, "a/b/c.py", "a/b/d.py", "a/x/y.py", "z/z.py", "a/gone/x.py", "a/ignored.py")
    (project_folder / ".gitignore").write_text("ignored.py\n", encoding="utf-8")
    looked_at = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: looked_at.append(Path(path).name) or real(path))
    only = [project_folder / "a" / "b" / "c.py", project_folder / "a" / "ignored.py", project_folder / "nowhere.py"]
    met = Scan()
    settings_of = SettingsOf(Settings(), vocabulary(()), True, met.problems)
    assert [found.shown for found in candidates(["."], settings_of, met, only)] == ["a/b/c.py"]
    assert looked_at == ["project", "a", "b"]
