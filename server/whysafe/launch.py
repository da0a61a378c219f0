"""Processes of whysafe's own: `python -I launch.py MODULE FOLDER...` runs the function `main` of a module of whysafe.

Python runs isolated: neither the current folder nor PYTHONPATH is searched, so that nothing which lies in an analysed
workspace is imported. The package is loaded from beside this file, whatever else is installed; the folders are where
the parent found the libraries, for installations that an isolated Python does not search (`pip install --user`).
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

LIBRARIES = ("libcst", "pathspec", "tomli")


def command(module: str) -> list[str]:
    """The command that runs `main` of a module of whysafe ("lsp.worker_main") in a process of this installation."""
    return [sys.executable, *_options(), str(Path(__file__)), module, *library_folders()]


def _options() -> list[str]:
    """Isolated, which also means without Python's environment variables; where compiled files are kept is passed on.

    Else the process would not find what was compiled before, and compile everything at each start.
    """
    return ["-I"] if sys.pycache_prefix is None else ["-I", "-X", f"pycache_prefix={sys.pycache_prefix}"]


def library_folders() -> list[str]:
    """Where the libraries of the engine are installed, each folder once. They are looked up, not imported."""
    folders: dict[str, None] = {}
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            folders[str(Path(spec.origin).resolve().parent.parent)] = None
    return list(folders)


def run(module: str, folders: list[str]) -> None:
    """Load whysafe from beside this file and run the module's `main`."""
    sys.path.extend(folder for folder in folders if folder not in sys.path)
    package = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        package.name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise SystemExit(f"{package} is no Python package; reinstall whysafe")
    whysafe = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = whysafe
    spec.loader.exec_module(whysafe)
    importlib.import_module(f"{package.name}.{module}").main()


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2:])
