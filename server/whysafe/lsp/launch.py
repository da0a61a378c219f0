"""Start of the worker process: `python -I launch.py FOLDER [FOLDER...]`.

Python runs isolated: neither the current folder nor PYTHONPATH is searched, so that nothing which lies in an analysed
workspace is imported. The package is loaded from beside this file, whatever else is installed; the folders are where
the main process found the libraries, for installations that an isolated Python does not search (`pip install --user`).
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def run(folders: list[str]) -> None:
    """Load whysafe from beside this file and serve until the main process closes the pipe."""
    sys.path.extend(folder for folder in folders if folder not in sys.path)
    package = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location(
        package.name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise SystemExit(f"{package} is no Python package; reinstall whysafe")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    importlib.import_module(f"{package.name}.lsp.worker_main").main()


if __name__ == "__main__":
    run(sys.argv[1:])
