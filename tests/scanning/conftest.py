"""A project to scan, and processes that stand in for the real engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The helpers beside this file are imported by name.
sys.path.append(str(Path(__file__).parent))

import scanning_engine
from whysafe.scanning.examine import Analysis
from whysafe.scanning.processes import Spawned


@pytest.fixture
def project_folder(tmp_path, monkeypatch):
    """An empty project, which is the current folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    return folder


class Started:
    """Starts processes of the stand-in, and remembers them."""

    def __init__(self):
        self.children = []

    def __call__(self, _ours):
        child = Spawned([sys.executable, scanning_engine.__file__])
        self.children.append(child)
        return child

    def all_have_ended(self):
        return all(child._process.poll() is not None for child in self.children)


@pytest.fixture
def started():
    start = Started()
    yield start
    for child in start.children:
        child.kill()


@pytest.fixture
def analysis(started, monkeypatch):
    """Make an analysis with the stand-in; every miss is worth a pool."""
    from whysafe.scanning import examine

    monkeypatch.setattr(examine, "POOL_WORTH", 0)

    def make(**options):
        return Analysis(**({"load": scanning_engine.load, "start": started} | options))

    return make
