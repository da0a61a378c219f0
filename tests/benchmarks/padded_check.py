"""`python padded_check.py COUNT ARGUMENT...`: the command line, with the catalogue padded to so many rules.

In this process alone: the processes of a pool would load the catalogue that there is.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit status."""
    from whysafe.syntax import lean_nodes

    # As a scan does, before anything else loads libcst.
    lean_nodes.load()
    from padded import catalogue_of
    from whysafe import rules

    rules.CATALOGUE = catalogue_of(int(sys.argv[1]))
    from whysafe.cli import main as command_line

    return command_line.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
