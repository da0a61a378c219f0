"""Other programs: how they are found and started. The rules stand in `process_*` and here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.analysis.detectors import calls
from whysafe.analysis.finding import Rank, Severity
from whysafe.analysis.rule import Rule, Verdict
from whysafe.rules import process_shell, process_start, process_wildcard
from whysafe.rules.process_arguments import SHELL_WORDS, SUBPROCESS, argv, command_argument, uses_shell
from whysafe.rules.process_text import MARK, template

if TYPE_CHECKING:
    from whysafe.analysis.rule import Answer
    from whysafe.semantics.calls import Call, Expression

_SEPARATORS = ("/", "\\")
_SEARCHES_PATH = frozenset({"p", "pe"})


def _names_no_place(program: str) -> bool:
    return bool(program) and MARK not in program and not any(mark in program for mark in _SEPARATORS)


def _bare_in_shell(command: Expression | None) -> str | None:
    """The first word of a text for the shell, if it is a program without a path."""
    words = template(command).split() if command is not None else []
    word = words[0] if words else ""
    is_program = _names_no_place(word) and word.lower() not in SHELL_WORDS and "=" not in word and word.isprintable()
    return word if is_program and word[0].isalnum() else None


def _bare_in_list(command: Expression | None) -> str | None:
    """The program of a list, if it is a constant without a path."""
    words = argv(command) if command is not None else ()
    program = words[0].text if words else None
    return program if program is not None and _names_no_place(program) else None


def _found_through_path(call: Call) -> Answer:
    executable = call.argument("executable", 2)
    if executable is not None and not executable.is_none:
        return _verdict(_bare_in_list(executable))
    command = command_argument(call)
    return _verdict(_bare_in_list(command) if uses_shell(call) is None else _bare_in_shell(command))


def _found_by_shell(call: Call) -> Answer:
    return _verdict(_bare_in_shell(process_shell.shell_text(call)))


def _found_by_exec(call: Call) -> Answer:
    program = _bare_in_list(process_start.started_program(call))
    if program is None or call.name.rpartition(".")[2].removeprefix("exec").removeprefix("spawn")[1:] in _SEARCHES_PATH:
        return _verdict(program)
    if call.name == "os.posix_spawnp":
        return _verdict(program)
    return Verdict(message=f"`{program}` has no path, so that it is taken from the current folder.")


def _verdict(program: str | None) -> Answer:
    return (
        None
        if program is None
        else Verdict(message=f"`{program}` has no path, so that `PATH` decides which file is started.")
    )


PARTIAL_EXECUTABLE_PATH = Rule(
    name="partial-executable-path",
    family="process",
    title="Program found through PATH",
    message="A program is named without its path, so that `PATH` decides which file is started.",
    why="The system searches the folders in `PATH` for the name, on Windows the current folder and that of the running "
    "program first. Which file is started is therefore decided by the environment.",
    abuse=(
        "Somebody who can write to one of these folders, or set the environment of a program with more rights "
        "than their own, puts a file of that name there and has it started."
    ),
    fix="Write the full path, or find the program once with `shutil.which` and a `path=` that you trust.",
    ask="Does this run with more rights than whoever can set its environment or write to its current folder?",
    cwe=(426, 427),
    severity=Severity.HINT,
    rank=Rank.CONSTANT,
    default=False,
    aliases=("B607", "S607"),
    detect=(
        calls(*SUBPROCESS, when=_found_through_path),
        calls(*process_shell.OS_SHELL, when=_found_by_shell),
        calls(*process_start.EXEC_NAMES, when=_found_by_exec),
    ),
    bad=(
        'import subprocess\n\nsubprocess.run(["make", "clean"])',
        'import subprocess\n\nsubprocess.run("git", shell=False)',
    ),
    good=(
        'import subprocess\n\nsubprocess.run(["/usr/bin/make", "clean"])',
        'import subprocess\nimport sys\n\nsubprocess.run([sys.executable, "setup.py"])',
    ),
    references=(
        "https://docs.python.org/3/library/subprocess.html#popen-constructor",
        "https://cwe.mitre.org/data/definitions/426.html",
    ),
)

RULES: tuple[Rule, ...] = (*process_shell.RULES, *process_wildcard.RULES, *process_start.RULES, PARTIAL_EXECUTABLE_PATH)
