"""What the tests of the syntax package share: helpers, modules of the standard library, a thread that can parse."""

import sys
import sysconfig
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from whysafe.syntax.source import SourceError, read_source

sys.path.append(str(Path(__file__).parent))

LIBRARY = Path(sysconfig.get_paths()["stdlib"])


@pytest.fixture(scope="session")
def library():
    """Every module of the running standard library: its path and text."""
    texts, refused = {}, []
    for path in sorted(LIBRARY.rglob("*.py")):
        if "site-packages" not in path.parts:
            try:
                texts[path] = read_source(path)
            except SourceError:
                refused.append(path)
    assert len(texts) > 500
    # The library's own tests hold a few files that are wrong on purpose.
    assert all({"test", "tests"} & set(path.parts) for path in refused), refused
    return texts


@pytest.fixture
def on_big_stack():
    """Run a function on a thread with room for deep trees, as the analysis does, and hand its result back."""

    def run(function, *arguments):
        limit, size = sys.getrecursionlimit(), threading.stack_size(512 << 20)
        sys.setrecursionlimit(50_000)
        try:
            with ThreadPoolExecutor(1) as pool:
                return pool.submit(function, *arguments).result()
        finally:
            threading.stack_size(size)
            sys.setrecursionlimit(limit)

    return run
