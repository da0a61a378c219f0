"""Clients of the real server process."""

import sys
from pathlib import Path

import pytest

# The helpers beside this file are imported by name.
sys.path.append(str(Path(__file__).parent))

from lsp_client import SERVER, RawClient


@pytest.fixture
def start_client():
    """Start a server process and get a client for it; all are ended after the test."""
    clients = []

    def start(command=SERVER, cwd=None):
        clients.append(RawClient(command, cwd))
        return clients[-1]

    yield start
    for client in clients:
        client.close()
