import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["comment", "printer", "audit", "attach", "author", "writer", "foreign", "names"])
def test_the_grammar_and_the_audit_load_no_trees(module):
    code = f"import sys, whysafe.justifications.{module}; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
