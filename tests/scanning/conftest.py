"""A project to scan."""

from __future__ import annotations

import pytest


@pytest.fixture
def project_folder(tmp_path, monkeypatch):
    """An empty project, which is the current folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    return folder
