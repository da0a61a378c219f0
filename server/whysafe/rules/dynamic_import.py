"""Modules that are chosen while the program runs: by a computed name, or from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls, methods
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Rule, Verdict
from whysafe.rules.allow_list import is_allow_listed
from whysafe.rules.process_text import is_constant, shown
from whysafe.semantics.values import Symbol

if TYPE_CHECKING:
    from whysafe.analysis.rule import Answer
    from whysafe.semantics.calls import Call, Expression

_IMPORTLIB = "https://docs.python.org/3/library/importlib.html"
_CWE_470 = "https://cwe.mitre.org/data/definitions/470.html"
_CWE_829 = "https://cwe.mitre.org/data/definitions/829.html"


# --- by name ---------------------------------------------------------------------------------------------------------


def _imports_by_name(call: Call) -> Answer:
    name = call.argument("name", 0)
    if name is None:
        return bool(call.open_ended)
    called = call.name.removeprefix("builtins.")
    if is_constant(name):
        return Verdict(
            message=f"`{called}` imports a constant module; an import statement says the same.", severity=Severity.HINT
        )
    if is_allow_listed(name, call):
        return None
    return Verdict(message=f"`{called}` imports whatever module {shown(name.node)} names.")


def _passes_importer(reference: Expression) -> Answer:
    return Verdict(message=f"{shown(reference.node)} is passed on here: it imports whatever module it is called with.")


def _reloads(call: Call) -> Answer:
    """A module that an import statement names is no computed name."""
    module = call.argument("module", 0)
    if module is None:
        return bool(call.open_ended)
    if any(isinstance(value, Symbol) for value in module.values):
        return None
    return Verdict(message=f"`{call.name.removeprefix('builtins.')}` runs the code of {shown(module.node)} again.")


_WHY = (
    "Importing a module runs its code. A computed name can lead to any module on `sys.path`, and that often "
    "includes the current folder and folders that others can write to."
)
_ABUSE = (
    "Somebody who chooses the name has a module imported that nobody meant: one with side effects, or a file "
    "of their own that they could store in a folder on the path."
)
_FIX = (
    "Look the name up in a dictionary of the modules that are meant, or compare it with a literal list "
    "before importing."
)
_ASK = "Who can choose the name, and which modules can be imported with it?"

DYNAMIC_IMPORT_DUNDER = Rule(
    name="dynamic-import-dunder",
    family="dynamic-code",
    title="__import__ with a computed module name",
    message="`__import__` imports a module by name.",
    why=_WHY,
    abuse=_ABUSE,
    fix=_FIX,
    ask=_ASK,
    cwe=(470, 706),
    severity=Severity.WARNING,
    aliases=("__import__",),
    detect=calls("builtins.__import__", when=_imports_by_name, reference=_passes_importer),
    bad=(
        "def load(name):\n    return __import__(name)",
        'json = __import__("json")',
        "def load_all(names):\n    return [*map(__import__, names)]",
    ),
    good=(
        (
            'import csv\nimport json\n\nREADERS = {"csv": csv, "json": json}\n\n\ndef load(name):\n'
            "    return READERS[name]"
        ),
        (
            'def load(name):\n    if name not in {"csv", "json"}:\n        raise ValueError(name)\n'
            "    return __import__(name)"
        ),
    ),
    references=("https://docs.python.org/3/library/functions.html#import__", _CWE_470),
)

DYNAMIC_IMPORT_MODULE = Rule(
    name="dynamic-import-module",
    family="dynamic-code",
    title="importlib.import_module with a computed name",
    message="A module is imported by a name that is chosen at run time.",
    why=_WHY,
    abuse=_ABUSE,
    fix=_FIX,
    ask=_ASK,
    cwe=(470, 706),
    severity=Severity.WARNING,
    aliases=("importlib.import_module",),
    detect=(
        calls(
            "importlib.__import__",
            "importlib.import_module",
            "pkgutil.resolve_name",
            when=_imports_by_name,
            reference=_passes_importer,
        ),
        calls("builtins.reload", "imp.reload", "importlib.reload", when=_reloads),
    ),
    bad=(
        "import importlib\n\n\ndef load(name):\n    return importlib.import_module(name)",
        'from importlib import import_module\n\n\ndef plugin(name):\n    return import_module(f"plugins.{name}")',
        'import importlib\n\njson = importlib.import_module("json")',
        "import pkgutil\n\n\ndef handler(path):\n    return pkgutil.resolve_name(path)",
    ),
    good=(
        (
            'import csv\nimport json\n\nREADERS = {"csv": csv, "json": json}\n\n\ndef load(name):\n'
            "    return READERS[name]"
        ),
        (
            'import importlib\n\nMODULES = {"a": "tool.a", "b": "tool.b"}\n\n\ndef load(name):\n'
            "    return importlib.import_module(MODULES[name])"
        ),
        "import importlib\nimport settings\n\nimportlib.reload(settings)",
    ),
    references=(f"{_IMPORTLIB}#importlib.import_module", _CWE_470),
)


# --- from a file -----------------------------------------------------------------------------------------------------

_LOADERS = tuple(
    f"importlib.machinery.{kind}" for kind in ("ExtensionFileLoader", "SourceFileLoader", "SourcelessFileLoader")
)
_SPEC_FROM_FILE = "importlib.util.spec_from_file_location"
_FIND_SPEC = ("importlib.util.find_spec", "importlib.machinery.PathFinder.find_spec")
_PATHS = frozenset(
    {
        "builtins.str",
        "os.fspath",
        "os.path.abspath",
        "os.path.dirname",
        "os.path.join",
        "os.path.normpath",
        "os.path.realpath",
        "pathlib.Path",
        "pathlib.PurePath",
    }
)
_PATH_METHODS = frozenset({"absolute", "joinpath", "resolve", "with_name", "with_suffix"})
_MOST_STEPS = 100


def _is_fixed_path(path: Expression) -> bool:
    """Whether a path is constant, or put together from constants and the place of this file."""
    todo = [path]
    for _ in range(_MOST_STEPS):
        if not todo:
            return True
        part = todo.pop()
        if is_constant(part) or (isinstance(part.node, cst.Name) and part.node.value == "__file__"):
            continue
        further = _path_parts(part)
        if not further:
            return False
        todo += further
    return False


def _path_parts(part: Expression) -> list[Expression]:
    node = part.node
    if isinstance(node, cst.Name):
        return [origin for origin in part.origins() if origin.node is not node]
    if isinstance(node, cst.Attribute):
        return [part.at(node.value)] if node.attr.value in {"parent", "parents"} else []
    if isinstance(node, cst.Subscript):
        return [part.at(node.value)] if isinstance(node.value, cst.Attribute) else []
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.Divide, cst.Add)):
        return [part.at(node.left), part.at(node.right)]
    if not isinstance(node, cst.Call):
        return []
    arguments = [part.at(arg.value) for arg in node.args]
    if not _PATHS.isdisjoint(part.at(node.func).symbols):
        return arguments
    if isinstance(node.func, cst.Attribute) and node.func.attr.value in _PATH_METHODS:
        return [part.at(node.func.value), *arguments]
    return []


def _verdict(call: Call, path: Expression | None) -> Verdict:
    name = call.name.removeprefix("builtins.")
    if path is None:
        return Verdict(message=f"`{name}` runs code from a file.")
    if _is_fixed_path(path):
        return Verdict(message=f"`{name}` runs code from a fixed file or module.", severity=Severity.INFORMATION)
    return Verdict(message=f"`{name}` runs code from the file or module that {shown(path.node)} names.")


def _describes_file(call: Call) -> Answer:
    return _verdict(call, call.argument("location", 1))


def _runs_path(call: Call) -> Answer:
    return _verdict(call, call.argument("path_name", 0) or call.argument("mod_name") or call.argument("filename"))


def _loads_source(call: Call) -> Answer:
    return _verdict(call, call.argument("pathname", 1))


def _comes_from(expression: Expression | None, *names: str) -> cst.Call | None:
    """The call of one of the functions that a value results from."""
    for origin in expression.origins() if expression is not None else ():
        node = origin.node
        if isinstance(node, cst.Call) and not set(names).isdisjoint(origin.at(node.func).symbols):
            return node
    return None


def _makes_module(call: Call) -> Answer:
    """One finding for a spec and its module: the spec of a file is reported where it is made."""
    spec = call.argument("spec", 0)
    if _comes_from(spec, _SPEC_FROM_FILE) is not None:
        return None
    found = _comes_from(spec, *_FIND_SPEC)
    if spec is not None and found is not None and found.args:
        return _verdict(call, spec.at(found.args[0].value))
    return Verdict(message=f"`{call.name}` makes a module of a spec whose file is not known here.")


def _loads_with_loader(call: Call) -> Answer:
    module = call.argument("module", 0)
    if _comes_from(module, "importlib.util.module_from_spec") is not None:
        return None
    made = _comes_from(call.receiver, *_LOADERS)
    receiver = call.receiver
    if made is None or receiver is None or len(made.args) < 2:
        return Verdict()
    return _verdict(call, receiver.at(made.args[1].value))


def _may_load(call: Call) -> Answer:
    """`exec_module` of a loader that nothing is known of."""
    module, receiver = call.argument("module", 0), call.receiver
    if module is None or receiver is None or receiver.symbols or receiver.instances:
        return None
    if _comes_from(module, "importlib.util.module_from_spec") is not None:
        return None
    return Verdict(message="`exec_module` runs the code of a module.", confidence=Confidence.LOW)


IMPORT_FROM_FILE = Rule(
    name="import-from-file",
    family="dynamic-code",
    title="Loading a module from an arbitrary file",
    message="Code is loaded from a file and run.",
    why=(
        "Loading a module runs the whole file with all rights of this program. The path decides which code that "
        "is, and nothing checks who wrote it."
    ),
    abuse=(
        "Somebody who can choose the path, or write to the file or its folder, has their own code run inside "
        "this program."
    ),
    fix=(
        "Install plug-ins as packages and find them with `importlib.metadata.entry_points`. Otherwise allow only "
        "files in a folder that nobody but the operator can write to."
    ),
    ask="Who can write to this file and the folders above it, and who chooses the path?",
    cwe=(94, 829),
    severity=Severity.WARNING,
    aliases=("importlib.util.spec_from_file_location", "importlib.util.module_from_spec"),
    detect=(
        calls(_SPEC_FROM_FILE, when=_describes_file),
        calls("importlib.util.module_from_spec", when=_makes_module),
        calls("runpy.run_path", "runpy.run_module", "builtins.execfile", when=_runs_path),
        calls("imp.load_compiled", "imp.load_dynamic", "imp.load_module", "imp.load_source", when=_loads_source),
        calls(
            *(f"{loader}.{way}" for loader in _LOADERS for way in ("exec_module", "load_module")),
            when=_loads_with_loader,
        ),
        methods("exec_module", when=_may_load),
    ),
    bad=(
        (
            "import importlib.util\n\n\ndef load(path):\n"
            '    spec = importlib.util.spec_from_file_location("plugin", path)\n'
            "    module = importlib.util.module_from_spec(spec)\n    spec.loader.exec_module(module)\n"
            "    return module"
        ),
        "import runpy\n\n\ndef run(path):\n    return runpy.run_path(path)",
        (
            "from importlib.machinery import SourceFileLoader\n\n\ndef load(path):\n"
            '    return SourceFileLoader("plugin", path).load_module()'
        ),
        'import runpy\n\nrunpy.run_module("tool.main")',
    ),
    good=(
        (
            "from importlib.metadata import entry_points\n\n"
            'plugins = [entry.load() for entry in entry_points(group="tool.plugins")]'
        ),
        'import importlib.util\n\nhas_yaml = importlib.util.find_spec("yaml") is not None',
    ),
    references=(
        f"{_IMPORTLIB}#importing-a-source-file-directly",
        "https://docs.python.org/3/library/runpy.html",
        _CWE_829,
    ),
)

RULES: tuple[Rule, ...] = (DYNAMIC_IMPORT_DUNDER, DYNAMIC_IMPORT_MODULE, IMPORT_FROM_FILE)
