"""What each process loads: the main process never parses, and the worker never speaks the protocol."""

import subprocess
import sys

import pytest

PROGRAM = "import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"


def loaded_by(module):
    command = [sys.executable, "-c", PROGRAM.format(module=module)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split())


@pytest.mark.parametrize("module", ["whysafe.lsp.features", "whysafe.lsp.server"])
def test_the_main_process_does_not_load_the_parser(module):
    assert not loaded_by(module) & {"libcst", "yaml"}


def test_the_start_of_the_server_does_not_wait_for_the_protocol_library():
    assert not loaded_by("whysafe.lsp.server") & {"pygls", "lsprotocol", "libcst", "asyncio"}


def test_the_worker_does_not_load_the_protocol_library():
    assert not loaded_by("whysafe.lsp.worker_engine") & {"pygls", "lsprotocol"}
