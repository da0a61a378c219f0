"""How `check` and `ledger` analyse: what their arguments say of processes and of the cache."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from whysafe.cli.console import complain
from whysafe.cli.text import visible
from whysafe.scanning.cache import Cache
from whysafe.scanning.cache_folder import default_folder
from whysafe.scanning.examine import Analysis
from whysafe.scanning.processors import usable_processors

if TYPE_CHECKING:
    import argparse

NO_HOME = "The cache is not used: this user has no home folder. Choose a folder with --cache-dir."


def analysis_of(args: argparse.Namespace, command: str) -> Analysis:
    """The analysis that the arguments ask for; `command` says who complains where there is no folder for a cache."""
    folder = None if args.no_cache else cache_folder(args.cache_dir)
    if folder is None and not args.no_cache:
        complain(f"{command}: {NO_HOME}")
    return Analysis(jobs=args.jobs or usable_processors(), cache=None if folder is None else Cache(folder))


def cache_folder(given: str | None) -> Path | None:
    """The folder of the cache, absolute: the given one, or the user's; None where there is none."""
    return default_folder() if given is None else Path(given).absolute()


def complain_of_cache(analysis: Analysis, command: str) -> None:
    """Say what was wrong with the cache, if anything was."""
    if analysis.cache is not None and analysis.cache.trouble is not None:
        complain(visible(f"{command}: {analysis.cache.trouble}"))
