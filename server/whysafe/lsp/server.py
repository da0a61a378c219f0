"""Start of the language server; `features` lists what it does.

The worker process starts first: its libraries load on another processor while this process loads its own.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

from whysafe.loading import no_collection
from whysafe.lsp.worker import Worker, command

if TYPE_CHECKING:
    import argparse

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def main(args: argparse.Namespace) -> int:
    """Serve one client on standard input and output, and return the exit status of the process.

    `args.log_level` is a level of `logging` ("warning") and `args.log_file` a path; both may be missing or None.
    The status is 1 after an `exit` without `shutdown`, else 0.
    """
    log_to(getattr(args, "log_file", None), getattr(args, "log_level", None))
    incoming, outgoing = protect_standard_streams()
    try:
        worker = Worker(command())
    except OSError as error:
        logging.getLogger(__name__).warning("the analysis process cannot be started: %s", error)
        worker = None

    with no_collection():
        from whysafe.lsp import lean_types  # noqa: PLC0415 - what takes long to load is loaded while the worker starts

        lean_types.load()
        from whysafe.lsp import features  # noqa: PLC0415 - as above

    return features.serve(incoming, outgoing, worker)


def protect_standard_streams() -> tuple[int, int]:
    """File descriptors for the protocol, of which nobody else knows: what is printed goes to standard error."""
    sys.stdout.flush()
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def log_to(path: str | None, level: str | None) -> None:
    """Write the log to standard error or to a file. The libraries log whole messages, code included: not below WARNING.

    A file that cannot be written is said on standard error, and is no reason not to serve.
    """
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    trouble = None
    if path is not None:
        try:
            handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            trouble = error
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("pygls").setLevel(logging.ERROR)
    logging.getLogger("whysafe").setLevel(getattr(logging, str(level or "warning").upper(), logging.WARNING))
    if trouble is not None:
        logging.getLogger(__name__).error("the log file %s cannot be written: %s", path, trouble)
