"""Wildcards in commands: the shell puts the names of files in their place, and a name can look like an option."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Repair, Replace, Rule, Verdict
from whysafe.rules.process_arguments import SUBPROCESS, command_argument, constant_texts, program_name, uses_shell
from whysafe.rules.process_shell import OS_SHELL, shell_text
from whysafe.rules.process_text import template

if TYPE_CHECKING:
    from whysafe.analysis.rule import Answer
    from whysafe.semantics.calls import Call, Expression

_TAKES_OPTIONS = frozenset({"chmod", "chown", "rsync", "tar"})
_NEXT_COMMAND = re.compile(r"[|;&\n]+")
_BARE_WILDCARD = re.compile(r"(?<=\s)(?=[*?])")


def _wildcard_program(text: str) -> str | None:
    """The program whose arguments begin with a wildcard: such an argument can come out as an option."""
    for part in _NEXT_COMMAND.split(text):
        words = iter(part.split())
        program = next((name for word in words if (name := program_name(word)) in _TAKES_OPTIONS), None)
        for word in words if program else ():
            if word == "--":
                break
            if word[0] in "*?":
                return program
    return None


def _expands_wildcard(command: Expression | None, certainty: Confidence = Confidence.HIGH) -> Answer:
    if command is None:
        return None
    for text in constant_texts(command) or (template(command),):
        program = _wildcard_program(text)
        if program is not None:
            message = (
                f"A file whose name begins with `-` is an option for `{program}` when the shell expands the wildcard."
            )
            return Verdict(message=message, confidence=certainty, repairs=_anchored(command, safe=program != "tar"))
    return None


def _anchored(command: Expression, *, safe: bool) -> tuple[Repair, ...]:
    """Begin the wildcard with `./`; not the same for tar, as the names in the archive would begin so, too."""
    node = command.node
    if not isinstance(node, cst.SimpleString):
        return ()
    text = _BARE_WILDCARD.sub("./", node.value)
    return (Repair("Write `./*`, so that no file name is taken for an option", (Replace(node, text),), safe=safe),)


def _expands_in_subprocess(call: Call) -> Answer:
    certainty = uses_shell(call)
    return None if certainty is None else _expands_wildcard(command_argument(call), certainty)


def _expands_in_shell(call: Call) -> Answer:
    return _expands_wildcard(shell_text(call))


SHELL_WILDCARD_INJECTION = Rule(
    name="shell-wildcard-injection",
    family="process",
    title="Wildcard in a command that takes options from file names",
    message="A file whose name begins with `-` is taken for an option when the shell expands the wildcard.",
    why=(
        "The shell puts the names of all files in place of `*` before the program starts, and the program cannot "
        "tell a file named `--checkpoint-action=exec=sh x.sh` from an option."
    ),
    abuse=(
        "Somebody who may create files in that folder makes one whose name is an option of `tar`, `chown`, "
        "`chmod` or `rsync`: to run a program, or to copy owner and mode from a file of their choice."
    ),
    fix="Write `./*` instead of `*`, or put `--` before it where the program understands that.",
    ask="Who can create files in the folder in which this command runs?",
    cwe=(155, 78),
    severity=Severity.WARNING,
    aliases=("B609", "S609"),
    detect=(calls(*SUBPROCESS, when=_expands_in_subprocess), calls(*OS_SHELL, when=_expands_in_shell)),
    bad=(
        'import os\n\nos.system("/bin/chown backup *")',
        'import subprocess\n\nsubprocess.run("cd /srv/data && tar czf /backup/data.tgz *", shell=True)',
    ),
    good=(
        'import pathlib\nimport shutil\n\nfor path in pathlib.Path(".").iterdir():\n    shutil.chown(path, "backup")',
        'import subprocess\n\nsubprocess.run(["/bin/tar", "czf", "/backup/data.tgz", "-C", "/srv/data", "."])',
    ),
    references=(
        "https://cwe.mitre.org/data/definitions/155.html",
        "https://www.gnu.org/software/tar/manual/html_node/checkpoints.html",
    ),
)

RULES: tuple[Rule, ...] = (SHELL_WILDCARD_INJECTION,)
