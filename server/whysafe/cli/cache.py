"""`whysafe cache`: where what was found out lies, and how to get rid of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.cli.analysing import NO_HOME, cache_folder
from whysafe.cli.console import complain, out
from whysafe.cli.text import visible
from whysafe.scanning.cache import clear

if TYPE_CHECKING:
    import argparse

DONE, FAILED = 0, 2


def run(args: argparse.Namespace) -> int:
    """Do what `args.action` says ("clear" or "dir"); the exit status."""
    folder = cache_folder(args.cache_dir)
    if folder is None:
        complain(f"whysafe cache: {NO_HOME}")
        return FAILED
    if args.action == "dir":
        out(visible(str(folder)))
        return DONE
    try:
        freed = clear(folder)
    except OSError as error:
        complain(visible(f"whysafe cache: {folder} cannot be cleared: {error.strerror}."))
        return FAILED
    out(visible(f"{freed / 1_000_000:.1f} MB were removed from {folder}."))
    return DONE
