"""The statements of a module and what binds their names, for comparing a module before and after a formatter."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict

import black
import libcst as cst
from whysafe.justifications.fingerprint import fingerprint
from whysafe.syntax.tree import children

LINES = (cst.SimpleStatementLine, cst.SimpleStatementSuite)
HEADERS = (cst.BaseCompoundStatement, cst.ExceptHandler, cst.ExceptStarHandler, cst.Else, cst.Finally, cst.MatchCase)
BODIES = (cst.BaseSuite, *HEADERS)


def statements(module):
    """Simple statements and headers in source order."""
    found, todo = [], list(reversed(module.body))
    while todo:
        node = todo.pop()
        if isinstance(node, LINES):
            found += node.body
        else:
            if isinstance(node, HEADERS):
                found.append(node)
            todo += reversed(
                [child for child in children(node) if isinstance(child, (*BODIES, cst.SimpleStatementLine))]
            )
    return found


def fingerprints(text):
    """The fingerprint of every statement, its names bound by all statements that write to a name of that spelling."""
    nodes = statements(cst.parse_module(text))
    bound = defaultdict(list)
    for node in nodes:
        for name in _names_written(node):
            bound[name].append(node)
    return [fingerprint([node], lambda name: bound.get(name, ())) for node in nodes]


def _names_written(node):
    if isinstance(node, cst.Assign):
        return [target.target.value for target in node.targets if isinstance(target.target, cst.Name)]
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        return [node.name.value]
    if isinstance(node, (cst.Import, cst.ImportFrom)) and not isinstance(node.names, cst.ImportStar):
        return [(alias.asname.name if alias.asname else alias.name).value for alias in node.names if _is_plain(alias)]
    return []


def _is_plain(alias):
    return isinstance(alias.asname.name if alias.asname else alias.name, cst.Name)


def blackened(text, *, preview):
    return black.format_str(text, mode=black.Mode(preview=preview, unstable=preview))


def ruffened(text, *, preview):
    command = [sys.executable, "-m", "ruff", "format", "--isolated", *(["--preview"] if preview else []), "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=60)
    return done.stdout.decode()
