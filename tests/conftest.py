"""What all tests share: none of them reads or writes the cache of the person who runs them."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHYSAFE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield
