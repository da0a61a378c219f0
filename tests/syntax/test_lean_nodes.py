"""Lean nodes of libcst are those of libcst, but for what nobody uses."""

import subprocess
import sys
import sysconfig

import pytest

DESCRIBE = """
import dataclasses, sys
import libcst as cst
for name in ("shelve", "tempfile", "typing"):
    text = open(sys.argv[1] + "/" + name + ".py", encoding="utf-8").read()
    module = cst.parse_module(text)
    assert module.code == text
    print(module)
    print(cst.ensure_type(module.body[0], cst.CSTNode).deep_equals(module.body[0].deep_clone()))
name = cst.Name("a")
print(name == cst.Name("a"), name == name, len({name, cst.Name("a")}), name.with_changes(value="b").value)
print([[field.name for field in dataclasses.fields(cls)] for cls in (cst.Call, cst.FunctionDef, cst.Module)])
@dataclasses.dataclass(frozen=True)
class Ours:
    number: int
try:
    print(Ours(1), Ours(1) == Ours(1))
    Ours(1).number = 2
except dataclasses.FrozenInstanceError:
    print("frozen")
"""
LEAN = "from whysafe.syntax import lean_nodes; lean_nodes.load()\n"
# A node can be changed, and what is built is not validated.
MADE_LEAN = "import libcst; name = libcst.Name(''); name.value = 'b'; print(name.value)"
BREAK = """
from whysafe.syntax import lean_nodes
lean_nodes._lean = lambda cls=None, **options: 1 / 0
lean_nodes.load()
"""


def output(program):
    command = [sys.executable, "-c", program, sysconfig.get_paths()["stdlib"]]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture(scope="module")
def plain():
    return output(DESCRIBE)


def test_trees_are_those_of_libcst(plain):
    assert output(LEAN + DESCRIBE) == plain


def test_the_nodes_are_lean():
    assert output(LEAN + MADE_LEAN) == "b\n"


def test_another_libcst_than_foreseen_is_loaded_as_always(plain):
    assert output(BREAK + DESCRIBE) == plain
