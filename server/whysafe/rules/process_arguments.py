"""How calls give a command to a process: the program, its arguments, and whether a shell reads them."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.finding import Confidence
from whysafe.analysis.rule import AddImport, RemoveArgument, Repair, Replace
from whysafe.rules.process_text import OWN_INTERPRETER, is_constant, is_module_or_free, sources
from whysafe.semantics.values import Constant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whysafe.analysis.rule import Change
    from whysafe.semantics.calls import Argument, Call, Expression

SUBPROCESS = (
    "subprocess.Popen",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.run",
)
SHELL_POSITION = 8
"""Of `shell` among the positional arguments of `subprocess.Popen`; the other four pass theirs on to it."""

LONGEST_CHAIN = 50
"""How many lists put together with `+` are followed."""

_POSIX_WORDS = (
    ". : [ alias bg case cd command eval exec exit export fg for function hash if jobs read return set shift source",
    "test times trap type ulimit umask unalias unset until wait while",
)
_WINDOWS_WORDS = (
    "assoc call cls copy date del dir echo erase md mkdir mklink move path pause popd pushd rd rem ren rename rmdir",
    "start time title ver verify vol",
)
SHELL_WORDS = frozenset(word for line in (*_POSIX_WORDS, *_WINDOWS_WORDS) for word in line.split())
"""First words that a shell carries out itself, of POSIX shells and of `cmd.exe`: without a shell they may not exist."""

_SHELL_SYNTAX = re.compile(r"[^\w\s./:,@+=\"'-]", re.ASCII)
_PROGRAM_NAME = re.compile(r"[^/\\]*\Z")
_POSIX_SHELLS = frozenset({"ash", "bash", "csh", "dash", "fish", "ksh", "sh", "tcsh", "zsh"})
_WINDOWS_SHELLS = frozenset({"cmd", "powershell", "pwsh"})
_POSIX_FLAG = re.compile(r"-[a-z]{0,9}c\Z")
_WINDOWS_FLAGS = frozenset({"-c", "-command", "/c", "/k"})
_PLATFORM = ("sys.platform", "os.name", "platform.system", "platform.platform", "platform.machine")


def command_argument(call: Call) -> Argument | None:
    """The command of a function of `subprocess`."""
    return call.argument("args", 0)


def uses_shell(call: Call) -> Confidence | None:
    """Whether a function of `subprocess` is told to use a shell: HIGH if certain, MEDIUM if at times, else None."""
    shell = call.argument("shell", SHELL_POSITION)
    if shell is None:
        return None
    if shell.truth:
        return Confidence.HIGH
    return Confidence.MEDIUM if shell.may_be_true or _asks_platform(shell) else None


def _asks_platform(expression: Expression) -> bool:
    """`shell=os.name == "nt"` and the like: true on some machines."""
    for origin in expression.origins():
        node = origin.node
        compared = node.left if isinstance(node, cst.Comparison) else node.func if isinstance(node, cst.Call) else None
        if compared is None:
            continue
        left = origin.at(compared)
        if any(name.startswith(_PLATFORM) for name in (*left.symbols, *left.instances)):
            return True
    return False


def argv(command: Expression) -> tuple[Expression, ...]:
    """The program and its arguments as far as they are written one by one; a starred or unknown part is one element.

    Of a name with several values the first one counts: what `+=` adds comes after it.
    """
    found: list[Expression] = []
    todo = [command]
    for _ in range(LONGEST_CHAIN):
        if not todo:
            break
        part = todo.pop()
        node = part.node
        if isinstance(node, cst.Name) and (given := sources(part)):
            todo.extend(reversed([other for other in given if other.node is not node] or [part]))
        elif isinstance(node, cst.NamedExpr):
            todo.append(part.at(node.value))
        elif isinstance(node, (cst.List, cst.Tuple)):
            found.extend(part.at(element.value) for element in node.elements)
        elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            todo += (part.at(node.right), part.at(node.left))
        else:
            found.append(part)
    return (*found, *todo)


def is_fixed(part: Expression) -> bool:
    """Whether a program or argument cannot be chosen from outside: constant, this interpreter, a literal split."""
    if is_constant(part) or OWN_INTERPRETER in part.symbols:
        return True
    node = part.node
    if not isinstance(node, cst.Call) or not node.args:
        return False
    callee = part.at(node.func).symbols
    return callee in {("shlex.split",), ("builtins.str",)} and is_fixed(part.at(node.args[0].value))


def shell_command(words: Sequence[Expression]) -> Expression | None:
    """The text that an explicit shell is told to run: the part after `-c` in `["bash", "-c", text]`."""
    for place, word in enumerate(words[:-2]):
        program = word.text
        if program is None:
            return None
        flag = words[place + 1].text
        if flag is not None and _takes_command(program, flag):
            return words[place + 2]
    return None


def _takes_command(program: str, flag: str) -> bool:
    base = program_name(program).removesuffix(".exe").lower()
    if base in _POSIX_SHELLS:
        return _POSIX_FLAG.match(flag) is not None
    return base in _WINDOWS_SHELLS and flag.lower() in _WINDOWS_FLAGS


def program_name(path: str) -> str:
    """The last part of a path, of either system."""
    found = _PROGRAM_NAME.search(path)
    return found.group() if found else path


def first_text(expression: Expression) -> str | None:
    """The constant that a text begins with: all of a constant, the head of an f-string or of a sum."""
    node = expression.node
    for _ in range(LONGEST_CHAIN):
        if (text := expression.at(node).text) is not None:
            return text
        if isinstance(node, cst.FormattedString) and node.parts and isinstance(node.parts[0], cst.FormattedStringText):
            return node.parts[0].value
        if isinstance(node, cst.ConcatenatedString) or (
            isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.Add, cst.Modulo))
        ):
            node = node.left
        else:
            return None
    return None


def words_without_shell(text: str) -> tuple[str, ...] | None:
    """The words of a command that means the same without a shell, or None."""
    if _SHELL_SYNTAX.search(text) or "\n" in text:
        return None
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    if not words or words[0].lower() in SHELL_WORDS or "=" in words[0]:
        return None
    return tuple(words)


def as_list(words: Sequence[str]) -> str:
    """The source of a list of these words."""
    return "[" + ", ".join(repr(word) if '"' in word or not word.isprintable() else f'"{word}"' for word in words) + "]"


def without_shell(call: Call) -> Change | None:
    """The change that takes `shell=True` out of the call, where it is certain and written in this call."""
    executable = call.argument("executable", 2)
    if uses_shell(call) is not Confidence.HIGH or call.partial or not (executable is None or executable.is_none):
        return None
    shell = call.argument("shell", SHELL_POSITION)
    if shell is None or shell.arg is None or shell.arg not in call.node.args or shell.arg.star:
        return None
    if shell.arg.keyword is None:
        return Replace(shell.arg.value, "False")
    return RemoveArgument(call.node, shell.arg)


def list_repair(call: Call) -> tuple[Repair, ...]:
    """Start a program that is given as a list without the shell."""
    command = command_argument(call)
    change = without_shell(call)
    if command is None or change is None or not isinstance(command.node, (cst.List, cst.Tuple)):
        return ()
    program = command.at(command.node.elements[0].value).text if command.node.elements else None
    if program is None or (words := words_without_shell(program)) is None or len(words) != 1:
        return ()
    return (Repair("Remove `shell=True`: the list is started as it is", (change,), safe=_names_a_file(program)),)


def text_repair(call: Call) -> tuple[Repair, ...]:
    """Turn a literal command without shell syntax into a list, and take `shell=True` out."""
    command = command_argument(call)
    change = without_shell(call)
    words = _literal_words(command, call) if command is not None else None
    if command is None or change is None or words is None:
        return ()
    title = "Give the command as a list, and remove `shell=True`"
    return (Repair(title, (Replace(command.node, as_list(words)), change), safe=_names_a_file(words[0])),)


def _names_a_file(program: str) -> bool:
    """Whether a program is given with its path; of others, Windows finds scripts such as `npm.cmd` only by a shell."""
    return "/" in program


def run_repair(call: Call) -> tuple[Repair, ...]:
    """Replace `os.system` of a literal, its status dropped, by `subprocess.run`."""
    command = call.argument("command", 0)
    if call.name != "os.system" or command is None or not call.exact or not isinstance(call.seen.parent, cst.Expr):
        return ()
    words = _literal_words(command, call)
    if words is None or len(call.node.args) != 1 or not is_module_or_free("subprocess", command):
        return ()
    text = f"subprocess.run({as_list(words)}, check=False)"
    return (
        Repair("Use `subprocess.run` with a list", (Replace(call.node, text), AddImport("subprocess")), safe=False),
    )


def _literal_words(command: Argument, call: Call) -> tuple[str, ...] | None:
    """The words of a command that is written as one literal in this very call."""
    if command.arg not in call.node.args or not isinstance(command.node, cst.SimpleString) or command.text is None:
        return None
    return words_without_shell(command.text)


def constant_texts(expression: Expression) -> tuple[str, ...]:
    """All texts among the candidates, when there are nothing but constants."""
    if not is_constant(expression):
        return ()
    return tuple(v.value for v in expression.values if isinstance(v, Constant) and isinstance(v.value, str))
