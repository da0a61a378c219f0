"""Lines for the person at the terminal, or for the program that reads from us."""

from __future__ import annotations

import os
import sys


def out(line: str) -> None:
    """Write a line of the result to standard output. Raises BrokenPipeError when nobody reads any more."""
    sys.stdout.write(line + "\n")


def complain(line: str) -> None:
    """Write a line about what went wrong to standard error."""
    sys.stderr.write(line + "\n")


def abandon_output() -> None:
    """Let standard output go nowhere: its reader has enough, and Python would complain once more when it exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
