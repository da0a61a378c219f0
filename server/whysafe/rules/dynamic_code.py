"""Code that is made while the program runs: text that is run, input, hooks; imports stand in `dynamic_import`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls
from whysafe.analysis.finding import Rank, Severity
from whysafe.analysis.rule import AddImport, Repair, Replace, Rule, Verdict
from whysafe.rules import dynamic_import
from whysafe.rules.process_text import is_constant, is_module_or_free, shown
from whysafe.rules.types import OWN_INPUT

if TYPE_CHECKING:
    from whysafe.analysis.rule import Answer
    from whysafe.semantics.calls import Call, Expression

_FUNCTIONS = "https://docs.python.org/3/library/functions.html"
_CWE_95 = "https://cwe.mitre.org/data/definitions/95.html"
_CWE_94 = "https://cwe.mitre.org/data/definitions/94.html"
_FALSE_SAFETY = "`eval` runs computed text as code: the empty namespace hides names from it, and is no sandbox."


# --- eval and exec ---------------------------------------------------------------------------------------------------


def _compiled_from(code: Expression) -> tuple[cst.Call, Expression] | None:
    """The `compile(...)` whose result is run, and the source that it is given."""
    for origin in code.origins():
        node = origin.node
        if isinstance(node, cst.Call) and node.args and origin.at(node.func).symbols == ("builtins.compile",):
            return node, origin.at(node.args[0].value)
    return None


def _hides_names(namespace: Expression | None) -> bool:
    """Whether a namespace is written as `{}`, or as one whose `__builtins__` are empty."""
    node = namespace.node if namespace is not None else None
    if namespace is None or not isinstance(node, cst.Dict):
        return False
    hidden = [
        namespace.at(element.value)
        for element in node.elements
        if isinstance(element, cst.DictElement) and namespace.at(element.key).text == "__builtins__"
    ]
    return not node.elements or any(builtins.truth is False for builtins in hidden)


def _runs_text(call: Call) -> Verdict | None:
    name = call.name.removeprefix("builtins.")
    given = call.argument("source", 0)
    if given is None:
        return Verdict(message=f"`{name}` runs whatever text it is given as code.") if call.open_ended else None
    compiled = _compiled_from(given)
    source = compiled[1] if compiled is not None else given
    # The call of compile() is the same problem as the run of its result, where one piece of text shows both.
    anchor = compiled[0] if compiled is not None and source.scope.root is call.scope.root else None
    if is_constant(source):
        message = f"`{name}` runs a constant text as code."
        return Verdict(message=message, severity=Severity.INFORMATION, anchor=anchor)
    return Verdict(message=f"`{name}` runs {shown(source.node)} as code.", anchor=anchor)


def _evaluates(call: Call) -> Answer:
    verdict = _runs_text(call)
    if verdict is None:
        return None
    hidden = verdict.severity is None and _hides_names(call.argument("globals", 1))
    return Verdict(
        message=_FALSE_SAFETY if hidden else verdict.message,
        severity=Severity.INFORMATION if hidden else verdict.severity,
        anchor=verdict.anchor,
        repairs=_literal_eval(call),
    )


def _literal_eval(call: Call) -> tuple[Repair, ...]:
    only = call.node.args[0] if len(call.node.args) == 1 else None
    if only is None or only.star or only.keyword is not None or call.partial or call.bound or not call.exact:
        return ()
    return _parse_literal(call.callee)


def _parse_literal(callee: Expression) -> tuple[Repair, ...]:
    if not isinstance(callee.node, (cst.Name, cst.Attribute)) or not is_module_or_free("ast", callee):
        return ()
    change = Replace(callee.node, "ast.literal_eval")
    return (Repair("Accept only literals, with `ast.literal_eval`", (change, AddImport("ast")), safe=False),)


def _passes_eval(reference: Expression) -> Answer:
    message = f"{shown(reference.node)} is passed on here: it runs each text that it is called with as code."
    return Verdict(message=message, repairs=_parse_literal(reference))


def _passes_exec(reference: Expression) -> Answer:
    return Verdict(
        message=f"{shown(reference.node)} is passed on here: it runs each text that it is called with as code."
    )


EVAL_USE = Rule(
    name="eval-use",
    family="dynamic-code",
    title="eval() runs a string as code",
    message="`eval` runs its text as code.",
    why=(
        "`eval` runs any expression, and an expression can import modules, call functions and read files. Empty "
        "namespaces do not contain it: every object leads to all others through its class."
    ),
    abuse=(
        'Somebody who can choose a part of the text writes `__import__("os").system("...")` and runs commands '
        "with the rights of this program."
    ),
    fix=(
        "Use `ast.literal_eval` or `json.loads` for data, a dictionary of functions for a choice of operations, "
        "and a small parser for formulas."
    ),
    ask="Who can influence the text, and what would they gain that they do not have already?",
    cwe=(95, 94),
    severity=Severity.ERROR,
    by_program_type=OWN_INPUT,
    aliases=("B307", "S307", "eval"),
    detect=calls("builtins.eval", when=_evaluates, reference=_passes_eval),
    bad=(
        "def parse(text):\n    return eval(text)",
        "def parse_all(lines):\n    return list(map(eval, lines))",
        'import builtins\n\n\ndef parse(text):\n    return getattr(builtins, "eval")(text)',
        'def total(name):\n    return eval(f"sum({name})", {})',
    ),
    good=(
        "import ast\n\n\ndef parse(text):\n    return ast.literal_eval(text)",
        "def predict(model, batch):\n    model.eval()\n    return model(batch)",
        "def eval(text):\n    return text.split()\n\n\nwords = eval(open(0).read())",
    ),
    references=(
        f"{_FUNCTIONS}#eval",
        "https://docs.python.org/3/library/ast.html#ast.literal_eval",
        _CWE_95,
        _CWE_94,
    ),
)

EXEC_USE = Rule(
    name="exec-use",
    family="dynamic-code",
    title="exec() runs a string as code",
    message="`exec` runs its text as code.",
    why=(
        "`exec` runs any statements with all rights of this program. Nothing in Python restricts what the text "
        "may do, and no filter for words in it holds."
    ),
    abuse=(
        "Somebody who can influence the text, or the file that it is read from, adds a line of their own and has "
        "it run inside this program."
    ),
    fix="Import code as modules, keep settings as JSON or TOML, and write what varies as functions in a dictionary.",
    ask="Who can change the text or the place that it is read from, and could they run code here anyway?",
    cwe=(95, 94),
    severity=Severity.ERROR,
    by_program_type=OWN_INPUT,
    aliases=("B102", "S102", "exec"),
    detect=calls("builtins.exec", when=_runs_text, reference=_passes_exec),
    bad=(
        "def run(text):\n    exec(text)",
        'with open("settings.py") as file:\n    exec(file.read())',
        'def run(text):\n    code = compile(text, "<cell>", "exec")\n    exec(code, {})',
        "import builtins\n\nrun = builtins.exec\n\n\ndef start(text):\n    run(text)",
        'exec("from os.path import *")',
    ),
    good=(
        'import tomllib\n\nwith open("settings.toml", "rb") as file:\n    settings = tomllib.load(file)',
        "def run(session, query):\n    session.exec(query)",
    ),
    references=(f"{_FUNCTIONS}#exec", _CWE_95, _CWE_94),
)


# --- compile ---------------------------------------------------------------------------------------------------------

_ONLY_AST = 0x400
"""`ast.PyCF_ONLY_AST`."""


def _only_parses(flags: Expression | None) -> bool:
    """Whether the flags, or one of those that are or-ed, ask for a syntax tree instead of code."""
    todo = [] if flags is None else [flags]
    while todo:
        part = todo.pop()
        constant = part.constant
        if isinstance(constant, int) and constant & _ONLY_AST:
            return True
        if isinstance(part.node, cst.BinaryOperation) and isinstance(part.node.operator, cst.BitOr):
            todo += (part.at(part.node.left), part.at(part.node.right))
    return False


def _compiles(call: Call) -> Answer:
    source = call.argument("source", 0)
    if source is None:
        return bool(call.open_ended)
    if _only_parses(call.argument("flags", 3)):
        return Verdict(message="`compile` only parses the text here; nothing of it is run.", severity=Severity.HINT)
    if is_constant(source):
        return Verdict(message="`compile` turns a constant text into code.", severity=Severity.HINT)
    return Verdict(message=f"`compile` turns {shown(source.node)} into code.")


COMPILE_USE = Rule(
    name="compile-use",
    family="dynamic-code",
    title="compile() turns text into a code object",
    message="`compile` turns text into code.",
    why=(
        "A code object is there to be run, by `exec`, `eval` or a function made of it, with all rights of this "
        "program. Compiling alone can also exhaust memory or the stack on deeply nested text."
    ),
    abuse="Somebody who can influence the text has their own statements in the code object, and they run when it does.",
    fix="Where only the structure is wanted, use `ast.parse`, for values `ast.literal_eval`; import code as modules.",
    ask="Where is the code object run, and who can influence the text that it is made of?",
    cwe=(95,),
    severity=Severity.WARNING,
    rank=Rank.CONSTANT,  # Where `exec` or `eval` of the result is seen too, that is the problem to show.
    aliases=("compile",),
    detect=calls("builtins.compile", when=_compiles),
    bad=(
        'def prepare(text):\n    return compile(text, "<rule>", "eval")',
        'import ast\n\n\ndef tree_of(text):\n    return compile(text, "<rule>", "exec", ast.PyCF_ONLY_AST)',
    ),
    good=(
        "import ast\n\n\ndef tree_of(text):\n    return ast.parse(text)",
        'import re\n\nWORD = re.compile(r"\\w+")',
    ),
    references=(f"{_FUNCTIONS}#compile", _CWE_95),
)


# --- input -----------------------------------------------------------------------------------------------------------

INTERACTIVE_INPUT = Rule(
    name="interactive-input",
    family="dynamic-code",
    title="Data read from input() reaches the program unchecked",
    message="The text that is read here is whatever somebody typed or piped in.",
    why=(
        "`input` returns any text of any length, and what is typed is also shown on the screen. In Python 2 it "
        "ran the text as an expression."
    ),
    abuse=(
        "Whoever feeds the standard input sends a text that the code behind it did not expect: a path, an "
        "option, a `;`."
    ),
    fix=(
        "Convert and check the text at once, as with `int(...)` or a comparison with what is allowed, and read "
        "secrets with `getpass.getpass`."
    ),
    ask="Who can feed the standard input of this program, and what happens with a text that nobody expected?",
    cwe=(20,),
    severity=Severity.HINT,
    default=False,
    aliases=("input",),
    detect=calls("builtins.input", "builtins.raw_input", reference=True),
    bad=('name = input("Name: ")', 'for line in iter(input, ""):\n    print(line)'),
    good=("import sys\n\nname = sys.argv[1]", "def ask(form):\n    return form.input()"),
    references=(f"{_FUNCTIONS}#input", "https://cwe.mitre.org/data/definitions/20.html"),
)


# --- hooks -----------------------------------------------------------------------------------------------------------

_READERS = frozenset({"sys.gettrace", "sys.getprofile", "threading.gettrace", "threading.getprofile"})
_TOOLS = ("bdb", "pdb", "coverage", "trace", "cProfile", "profile", "pytest", "unittest")


def _installs_hook(call: Call) -> Answer:
    # Of each of these functions the hook is the last argument or the only one; `sys.call_tracing` calls it at once.
    hook = call.arguments[-1] if call.arguments else None
    if hook is not None and (hook.is_none or _was_installed(hook)):
        return None  # The hook is taken away, or the one that was there before is put back.
    if any(name in call.callee.at(cst.Name(name)).symbols for name in _TOOLS):
        return Verdict(
            message=f"`{call.name}` installs a hook, in a file that works with a debugger or test tool.",
            severity=Severity.HINT,
        )
    return Verdict(message=f"`{call.name}` has a function called on what the interpreter does.")


def _was_installed(hook: Expression) -> bool:
    origins = hook.origins()
    return bool(origins) and all(
        isinstance(origin.node, cst.Call) and not _READERS.isdisjoint(origin.at(origin.node.func).symbols)
        for origin in origins
    )


INTERPRETER_TRACE_HOOKS = Rule(
    name="interpreter-trace-hooks",
    family="dynamic-code",
    title="Interpreter trace or profile hook installed",
    message="A function is installed that the interpreter calls on what it runs.",
    why=(
        "Such a hook sees every call with its local variables, secrets among them, and a trace function can "
        "change them and where a function goes on. It slows everything down and is easily left over from "
        "debugging."
    ),
    abuse="Code that gets its function in here reads passwords and tokens out of the frames of others, unnoticed.",
    fix=(
        "Install hooks in debuggers, profilers and tests only, behind a switch that is off in production, and "
        "take them away with `None`."
    ),
    ask="Does this run in production, and where does what the hook sees end up?",
    cwe=(489, 94),
    severity=Severity.INFORMATION,
    aliases=("sys.call_tracing", "sys.setprofile", "sys.settrace"),
    detect=calls(
        "sys.addaudithook",
        "sys.call_tracing",
        "sys.monitoring.register_callback",
        "sys.setprofile",
        "sys.settrace",
        "threading.setprofile",
        "threading.setprofile_all_threads",
        "threading.settrace",
        "threading.settrace_all_threads",
        when=_installs_hook,
    ),
    bad=(
        "import sys\n\n\ndef watch(hook):\n    sys.settrace(hook)",
        "import threading\n\n\ndef watch(hook):\n    threading.setprofile(hook)",
        "import sys\n\n\ndef watch(hook):\n    sys.addaudithook(hook)",
    ),
    good=(
        "import logging\n\nlogging.basicConfig(level=logging.DEBUG)",
        "import sys\n\nsys.settrace(None)",
    ),
    references=(
        "https://docs.python.org/3/library/sys.html#sys.settrace",
        "https://cwe.mitre.org/data/definitions/489.html",
    ),
)

RULES: tuple[Rule, ...] = (
    EVAL_USE,
    EXEC_USE,
    COMPILE_USE,
    INTERACTIVE_INPUT,
    INTERPRETER_TRACE_HOOKS,
    *dynamic_import.RULES,
)
