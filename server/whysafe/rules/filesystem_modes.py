"""Permissions that let the group or everybody write or execute."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.arguments import literal as written_text
from whysafe.analysis.arguments import takes
from whysafe.analysis.detectors import Calls, calls, methods
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Answer, Repair, Replace, Rule, Verdict
from whysafe.analysis.standing import written
from whysafe.rules.written import own_argument, trail, underlined
from whysafe.semantics.fold import literal
from whysafe.semantics.resolve import lookup
from whysafe.semantics.scopes import BindingKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from whysafe.analysis.glance import Glance
    from whysafe.semantics.calls import Argument, Call, Expression

_CHANGES = {
    "os.chmod": 1,
    "os.fchmod": 1,
    "os.lchmod": 1,
    "pathlib.Path.chmod": 0,
    "pathlib.PosixPath.chmod": 0,
    "pathlib.Path.lchmod": 0,
    "pathlib.PosixPath.lchmod": 0,
}
"""Where these take the mode, which is set exactly as it is given."""

_CREATES = {
    "os.open": 2,
    "os.mkdir": 1,
    "os.makedirs": 1,
    "os.mknod": 1,
    "os.mkfifo": 1,
    "pathlib.Path.mkdir": 0,
    "pathlib.Path.touch": 0,
    "pathlib.PosixPath.mkdir": 0,
    "pathlib.PosixPath.touch": 0,
}
"""Where these take the mode, from which the umask still takes something away."""

_GROUP_OR_WORLD_EXECUTE = stat.S_IXGRP | stat.S_IXOTH
_DANGEROUS = stat.S_IWOTH | stat.S_IWGRP | _GROUP_OR_WORLD_EXECUTE
_SPECIAL = stat.S_ISUID | stat.S_ISGID
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
MOST_PARTS = 50


@dataclass(frozen=True, slots=True)
class _Mode:
    """What is known of a mode: bits that are certainly set, and whether further ones can be."""

    bits: int
    open_ended: bool = False
    certain: bool = True
    added: bool = False
    """Whether the bits are added to a mode that is not known."""


def _mode(of: Expression) -> _Mode | None:
    """What a mode can be; None where nothing can be granted by it."""
    numbers = [value for value in of.constants if isinstance(value, int) and not isinstance(value, bool)]
    worst = max(numbers, key=lambda number: (_weight(number), number), default=0)
    if worst & _DANGEROUS:
        return _Mode(worst, certain=len(numbers) == len(of.values) and len(set(map(_weight, numbers))) == 1)
    return None if of.is_constant else _computed(of)


def _computed(of: Expression) -> _Mode | None:
    """A mode put together from other modes: `old | S_IXGRP` adds, `old & mask` only takes away."""
    bits, open_ended, todo, seen = 0, False, [of], set[cst.CSTNode]()
    while todo and len(seen) < MOST_PARTS:
        part = todo.pop()
        seen.add(part.node)
        constant = part.constant
        origins = [origin for origin in part.origins() if origin.node not in seen]
        if isinstance(constant, int):
            bits |= constant
        elif (len(origins) == 1 and origins[0].node is not part.node) or (len(origins) > 1 and _is_added_to(part)):
            todo += origins
        elif isinstance(part.node, cst.BinaryOperation) and isinstance(part.node.operator, cst.BitOr):
            todo += (part.at(part.node.left), part.at(part.node.right))
        elif not _is_existing_mode(part):
            open_ended = True
    return _Mode(bits, open_ended, added=True) if bits & _DANGEROUS or open_ended else None


def _is_added_to(of: Expression) -> bool:
    """Whether a name grows by `|=`: then all that it was given is in it."""
    found = lookup(of.node.value, of.scope, of.resolver) or () if isinstance(of.node, cst.Name) else ()
    return any(binding.kind is BindingKind.AUGMENTED for binding in found)


def _is_existing_mode(of: Expression) -> bool:
    """Permissions that something has already, or fewer than those."""
    node = of.node
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitAnd):
        sides = (of.at(node.left), of.at(node.right))
        return any(_takes_away(side) or _is_st_mode(side) for side in sides)
    if isinstance(node, cst.Call) and len(node.args) == 1:
        return of.at(node.func).symbols == ("stat.S_IMODE",) and _is_st_mode(of.at(node.args[0].value))
    return _is_st_mode(of)


def _is_st_mode(of: Expression) -> bool:
    return any(isinstance(o.node, cst.Attribute) and o.node.attr.value == "st_mode" for o in of.origins())


def _takes_away(of: Expression) -> bool:
    """Whether `mode & mask` lets nobody write whom the mode did not let write."""
    if isinstance(of.node, cst.UnaryOperation) and isinstance(of.node.operator, cst.BitInvert):
        return True
    mask = of.constant
    return isinstance(mask, int) and (mask < 0 or not mask & (stat.S_IWGRP | stat.S_IWOTH))


def _weight(bits: int) -> int:
    """How much a mode lets others do: write (2), execute (1), neither (0)."""
    if bits & stat.S_IWOTH:
        return 3
    return 2 if bits & stat.S_IWGRP else int(bool(bits & _GROUP_OR_WORLD_EXECUTE))


def _severity(bits: int, *, created: bool) -> Severity:
    if created and not bits & _SPECIAL:
        # Only what the umask leaves is set, and it takes writing away unless somebody has changed it.
        return Severity.INFORMATION if bits & stat.S_IWOTH else Severity.HINT
    if bits & stat.S_IWOTH:
        # The sticky bit of a folder like /tmp keeps others from replacing files.
        return Severity.WARNING if bits & stat.S_ISVTX else Severity.ERROR
    return Severity.WARNING if bits & (stat.S_IWGRP | _SPECIAL) else Severity.HINT


def _which(known: _Mode) -> str:
    return "What is added to the mode" if known.added else "This mode"


def _who(bits: int) -> str:
    if bits & stat.S_IWOTH:
        return "lets every user of the machine write"
    if bits & stat.S_IWGRP:
        return "lets the group write"
    return "lets the group or every user execute or enter"


def _judge(call: Call, mode: Argument | None, *, created: bool, confidence: Confidence = Confidence.HIGH) -> Answer:
    known = None if mode is None else _mode(mode)
    if mode is None or known is None:
        return None
    if created and not known.certain:
        return None  # A parameter that defaults to what the system defaults to.
    severity = _severity(known.bits, created=created)
    if known.bits & _DANGEROUS:
        return Verdict(
            message=f"{_which(known)} ({known.bits:#o}) {_who(known.bits)}.",
            severity=severity if known.certain else severity.step(-1),
            confidence=confidence if known.certain else Confidence.MEDIUM,
            at=underlined(call, mode),
            anchor=call.node,
            evidence=trail(mode, "The mode comes from here."),
            repairs=_narrower(call, mode),
        )
    if created or not known.open_ended:
        return None
    return Verdict(
        message="Whether this mode lets others in cannot be seen here.",
        severity=Severity.HINT,
        confidence=Confidence.MEDIUM,
        at=underlined(call, mode),
        anchor=call.node,
    )


def _narrower(call: Call, mode: Argument) -> tuple[Repair, ...]:
    arg = own_argument(call, mode)
    value = None if arg is None else literal(arg.value)
    if arg is None or not isinstance(value, int):
        return ()
    text = f"{value & ~_OPEN_TO_OTHERS & ~_SPECIAL & ~stat.S_ISVTX:#o}"
    return (Repair(f"Use `{text}`, for the owner alone", (Replace(arg.value, text),), safe=False),)


def _changes_the_mode(call: Call) -> Answer:
    return _judge(call, call.argument(keyword="mode", position=_CHANGES[call.name]), created=False)


def _creates_with_a_mode(call: Call) -> Answer:
    return _judge(call, call.argument(keyword="mode", position=_CREATES[call.name]), created=True)


def _is_method_of_a_path(call: Call) -> Answer:
    """`(folder / name).chmod(0o777)`: the object is not known, but octal digits are a permission."""
    positional = [argument for argument in call.arguments if argument.arg is not None and argument.arg.keyword is None]
    creates = not call.name.endswith("chmod")
    # Others, such as paramiko's, take a path first.
    mode = call.argument(keyword="mode", position=0 if creates or len(positional) <= 1 else 1)
    if mode is None or not _is_octal(mode):
        return None
    return _judge(call, mode, created=creates, confidence=Confidence.MEDIUM)


def _is_octal(mode: Argument) -> bool:
    constant = mode.constant
    written = any(isinstance(o.node, cst.Integer) and o.node.value.lower().startswith("0o") for o in mode.origins())
    return isinstance(constant, int) and (written or not isinstance(mode.node, cst.Integer))


_NUMBER = re.compile(r"[ \t\f]*(?:0|[1-9][0-9]{0,9}|0[oO][0-7]{1,10})[ \t\f]*\Z")


def _may_let_in(glance: Glance, mode: str) -> bool:
    """Whether the code of a mode can grant anything: a text cannot, and of a plain number its bits tell."""
    if written_text(glance, mode) is not None:
        return False
    return _NUMBER.match(mode) is None or bool(int(mode, 0) & _DANGEROUS)


def _by_position(names: Mapping[str, int], when: Callable[[Call], Answer]) -> tuple[Calls, ...]:
    return tuple(
        calls(
            *(name for name, where in names.items() if where == position),
            when=when,
            sign=takes(position, "mode", may=_may_let_in),
        )
        for position in sorted(set(names.values()))
    )


_GIVES_A_MODE = written(
    r"\bl?chmod\b|\bmode\b|\*\*|\b(?:mkdir|touch)[ \t\f)]*\([ \t\f]*(?!\)|\w+[ \t\f]*=(?!=))[^ \t\f]"
)
"""A mode by keyword, or a first argument without one."""

PERMISSIVE_FILE_MODE = Rule(
    name="permissive-file-mode",
    family="filesystem",
    title="File open to the group or to everybody",
    message="This mode lets the group or every user write or execute.",
    why="Whoever may write to a file decides what the program reads from it, or runs. Whoever may enter a folder can "
    "reach what lies in it.",
    abuse="Another account on the machine, a compromised service for example, changes the file and so what this "
    "program does.",
    fix="Give rights to the owner alone: `0o600` for files, `0o700` for folders and programs. Where others have to "
    "read, add reading only (`0o644`, `0o755`).",
    ask="Which other accounts exist where this runs, and what could they do by changing this file?",
    cwe=(732, 276),
    severity=Severity.WARNING,
    aliases=("B103", "S103", "os.chmod"),
    detect=(
        *_by_position(_CHANGES, _changes_the_mode),
        *_by_position(_CREATES, _creates_with_a_mode),
        methods("chmod", "lchmod", "mkdir", "touch", when=_is_method_of_a_path, sign=_GIVES_A_MODE),
    ),
    bad=(
        'import os\n\nos.chmod("settings.ini", 0o666)',
        "import os\nimport stat\n\nos.chmod(path, stat.S_IRWXU | stat.S_IRWXG)",
        'from pathlib import Path\n\nPath("spool").mkdir(mode=0o777, exist_ok=True)',
        "def share(folder):\n    (folder / 'drop').chmod(0o777)",
    ),
    good=(
        'import os\n\nos.chmod("settings.ini", 0o600)',
        "import os\nimport stat\n\nos.chmod(path, stat.S_IRUSR | stat.S_IWUSR)",
        'from pathlib import Path\n\nPath("spool").mkdir(mode=0o700, exist_ok=True)',
        "import os\nimport stat\n\nos.chmod(path, os.stat(path).st_mode & ~stat.S_IWRITE)",
    ),
    references=(
        "https://docs.python.org/3/library/os.html#os.chmod",
        "https://docs.python.org/3/library/stat.html",
        "https://cwe.mitre.org/data/definitions/732.html",
    ),
)
