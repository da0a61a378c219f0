"""Classes of lsprotocol that are made later are those that lsprotocol makes."""

import json
import subprocess
import sys

DESCRIBE = """
import attrs, json, re
from lsprotocol import types
from pygls.protocol import default_converter
converter = default_converter()

def described(cls):
    return [
        [f.name, repr(f.type), repr(f.default), re.sub("0x[0-9a-f]+", "", repr(f.validator)), f.kw_only, f.init]
        for f in attrs.fields(cls)
    ]

names = sorted(name for name, value in vars(types).items() if isinstance(value, type))
classes = {name: getattr(types, name) for name in names}
position = types.Position(3, 4)
params = {"textDocument": {"uri": "a"}, "position": {"line": 3, "character": 4}, "workDoneToken": "t"}
hover = converter.structure({"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": params},
                            types.HoverRequest)
wrong = []
for kind, value in ((types.HoverParams, {"position": {"line": 1}}), (types.Range, {}), (types.HoverParams, params)):
    try:
        wrong.append(repr(converter.structure(value, kind)))
    except Exception as error:
        wrong.append(type(error).__name__)
try:
    types.Position(line="1", character=2)
except ValueError as error:
    wrong.append(str(error))
print(json.dumps({
    "classes": {name: described(cls) if attrs.has(cls) else None for name, cls in classes.items()},
    "names": [[cls.__module__, cls.__qualname__, cls.__doc__] for cls in classes.values()],
    "equal": [position == types.Position(3, 4), position < types.Position(3, 5), position != types.Position(9, 9),
              types.Range(position, position) == types.Range(position, position)],
    "text": [repr(hover), str(types.TextEdit(types.Range(position, position), "x"))],
    "plain": converter.unstructure(hover),
    "wrong": wrong,
}))
"""
LEAN = "from whysafe.lsp import lean_types; lean_types.load()\n"
COUNT = """
import attrs
from lsprotocol import types
print(sum(
    isinstance(vars(value).get("__attrs_attrs__"), lean_types._FirstLook)
    for value in vars(types).values()
    if isinstance(value, type)
))
"""
BREAK = """
from whysafe.lsp import lean_types
lean_types._postpone = {stand_in}
lean_types.load()
"""


def output(program):
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_the_classes_are_those_of_lsprotocol():
    plain, lean = json.loads(output(DESCRIBE)), json.loads(output(LEAN + DESCRIBE))
    assert sum(fields is not None for fields in plain["classes"].values()) > 500
    assert lean == plain


def test_most_classes_are_not_made_by_loading_them():
    assert int(output(LEAN + COUNT)) > 500


def test_another_attrs_or_lsprotocol_than_foreseen_is_loaded_as_always():
    plain = json.loads(output(DESCRIBE))
    for stand_in in ("lambda cls: 1 / 0", "lambda cls: cls", "lambda: None"):
        assert json.loads(output(BREAK.format(stand_in=stand_in) + DESCRIBE)) == plain


def test_loading_twice_changes_nothing():
    assert output(LEAN + "from lsprotocol import types; lean_types.load(); print(types.Position(1, 2))") == "1:2\n"
