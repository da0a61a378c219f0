"""What each process loads: no parser in the main process, no protocol in the worker, nothing needless in either.

Names are counted and not milliseconds, so that a slow machine says the same.
"""

import os
import subprocess
import sys

import pytest
from whysafe.lsp.worker import command

PROGRAM = "import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
NEEDLESS = {"argparse", "email", "importlib.metadata", "multiprocessing", "pydoc", "rich", "unittest", "xml", "yaml"}
MOST_MODULES = 400
"""Some 300 are loaded by each process; a heavy library brings a hundred."""


def loaded_by(module):
    command = [sys.executable, "-c", PROGRAM.format(module=module)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split())


def names_in(profile):
    """The modules that were loaded, from what `-X importtime` writes to standard error."""
    lines = [line for line in profile.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize("module", ["whysafe.lsp.features", "whysafe.lsp.server"])
def test_the_main_process_does_not_load_the_parser(module):
    assert not loaded_by(module) & {"libcst", "yaml"}


def test_the_start_of_the_server_does_not_wait_for_the_protocol_library():
    assert not loaded_by("whysafe.lsp.server") & {"pygls", "lsprotocol", "libcst", "asyncio", "attrs", "attr"}


def test_the_worker_does_not_load_the_protocol_library():
    assert not loaded_by("whysafe.lsp.worker_engine") & {"pygls", "lsprotocol"}


def test_a_session_loads_nothing_that_its_first_answer_does_not_need(start_client, monkeypatch):
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    client = start_client()
    client.initialize()
    client.open("untitled:a.py", "eval(input())\n")
    assert client.diagnostics("untitled:a.py", 1)
    assert client.leave() == 0
    names = names_in(client.all_errors())
    assert {"pygls.lsp.server", "whysafe.lsp.features"} <= names
    # The command line's own arguments are read by it.
    assert not names & (NEEDLESS | {"libcst"}) - {"argparse"}
    assert len(names) < MOST_MODULES


def test_a_worker_loads_nothing_that_its_first_answer_does_not_need():
    python, *rest = command()
    process = subprocess.run(
        [python, "-X", "importtime", *rest], input=b"", capture_output=True, check=True, timeout=60
    )
    names = names_in(process.stderr.decode())
    assert {"libcst.native", "whysafe.checker"} <= names
    assert not names & (NEEDLESS | {"asyncio", "attr", "lsprotocol", "pygls", "libcst.matchers", "libcst.codemod"})
    assert len(names) < MOST_MODULES


def test_a_worker_uses_the_compiled_files_of_the_main_process(tmp_path):
    program = "from whysafe.lsp.worker import command; print(*command(), sep='\\n')"
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    words = run.stdout.splitlines()
    assert words[1:4] == ["-I", "-X", f"pycache_prefix={tmp_path}"]
