"""What all tests share: none uses the cache of the person who runs them, or leaves a limit to those after it."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHYSAFE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def _own_limits():
    """Code that is made for a process of its own limits that process: the system would end the tests halfway."""
    if sys.platform == "win32":
        yield
        return
    import resource

    kinds = (resource.RLIMIT_CPU, resource.RLIMIT_AS)
    before = [resource.getrlimit(kind) for kind in kinds]
    yield
    for kind, limit in zip(kinds, before, strict=True):
        resource.setrlimit(kind, limit)
