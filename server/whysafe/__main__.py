"""`python -m whysafe`: the same as the command `whysafe`.

Python puts the current folder first on its search path for `-m`. That folder may be the code under analysis, so it is
taken off before anything else is imported; even `from __future__` would look for a file there.
"""

import sys

if not getattr(sys.flags, "safe_path", sys.flags.isolated):
    del sys.path[0]

from whysafe.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
