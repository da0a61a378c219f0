"""Files: archives that write outside of their folder, guessable temporary names, permissions that are too wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls, methods
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import AddArgument, Answer, Repair, Replace, Rule, Verdict
from whysafe.rules.filesystem_modes import PERMISSIVE_FILE_MODE
from whysafe.rules.written import own_argument, underlined
from whysafe.semantics.resolve import lookup
from whysafe.semantics.scopes import BindingKind

if TYPE_CHECKING:
    from whysafe.analysis.glance import Glance
    from whysafe.semantics.calls import Argument, Call

# --- tarfile-unsafe-extract ------------------------------------------------------------------------------------------

_SAFE_FILTERS = frozenset({"data", "tar"})
_SAFE_FUNCTIONS = frozenset({"tarfile.data_filter", "tarfile.tar_filter"})
_TAR_NAMES = frozenset({"tar", "tf", "tgz", "tarball", "tar_file", "tarfile", "tar_archive", "tar_obj", "tar_ref"})
_OTHER_ARCHIVES = frozenset({"zipfile", "rarfile", "py7zr", "libarchive", "pyzipper"})


def _extracts_without_a_filter(call: Call) -> Answer:
    if call.subclass is not None and _class_body_mentions(call.subclass, "extraction_filter"):
        return None
    return _judge_filter(call, Confidence.LOW if call.open_ended else Confidence.HIGH)


def _names_a_tar_file(glance: Glance, _word: str) -> bool:
    return not _TAR_NAMES.isdisjoint(map(str.lower, glance.words))


def _looks_like_a_tar_file(call: Call) -> Answer:
    """An object of which only the name is known, in a file that works with tarfile."""
    receiver = call.receiver
    if (
        receiver is None
        or call.receiver_name.lower() not in _TAR_NAMES
        or any(path.split(".", 1)[0] in _OTHER_ARCHIVES for path in (*receiver.symbols, *receiver.instances))
    ):
        return None
    found = lookup("tarfile", call.scope, call.resolver) or ()
    imported = any(binding.kind is BindingKind.IMPORT and binding.path == "tarfile" for binding in found)
    return _judge_filter(call, Confidence.MEDIUM if imported and not call.open_ended else Confidence.LOW)


def _judge_filter(call: Call, confidence: Confidence) -> Answer:
    chosen = call.argument(keyword="filter")
    if chosen is None or chosen.is_none:
        return Verdict(
            message=f"`{_method(call)}` writes wherever the archive says, unless Python is 3.14 or later.",
            severity=_by_members(call),
            confidence=confidence,
            repairs=_add_filter(call, chosen, confidence),
        )
    if "fully_trusted" not in chosen.constants and "tarfile.fully_trusted_filter" not in chosen.symbols:
        return None
    if not _SAFE_FILTERS.isdisjoint(map(str, chosen.constants)) or not _SAFE_FUNCTIONS.isdisjoint(chosen.symbols):
        confidence = min(confidence, Confidence.MEDIUM)
    return Verdict(
        message="This filter lets the archive write wherever it says.",
        severity=_by_members(call),
        confidence=confidence,
        at=underlined(call, chosen),
        repairs=_replace_filter(call, chosen, safe=False),
    )


def _method(call: Call) -> str:
    return call.name.rpartition(".")[2]


def _by_members(call: Call) -> Severity | None:
    """One step down where somebody has looked at the members, or names one; None: as the rule says."""
    if _method(call) == "extractall":
        members = call.argument(keyword="members", position=1)
        return Severity.WARNING if members is not None and not members.is_none else None
    member = call.argument(keyword="member", position=0)
    return Severity.WARNING if member is not None and member.is_constant else None


def _add_filter(call: Call, chosen: Argument | None, confidence: Confidence) -> tuple[Repair, ...]:
    if chosen is not None:
        return _replace_filter(call, chosen, safe=True)
    if confidence is Confidence.LOW:
        return ()
    return (Repair('Add `filter="data"`', (AddArgument(call.node, 'filter="data"'),), safe=True),)


def _replace_filter(call: Call, chosen: Argument, *, safe: bool) -> tuple[Repair, ...]:
    arg = own_argument(call, chosen)
    return () if arg is None else (Repair('Use `filter="data"`', (Replace(arg.value, '"data"'),), safe=safe),)


def _class_body_mentions(node: cst.ClassDef, name: str) -> bool:
    for statement in node.body.body:
        for part in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(part, cst.Assign) and any(
                isinstance(to.target, cst.Name) and to.target.value == name for to in part.targets
            ):
                return True
    return False


TARFILE_UNSAFE_EXTRACT = Rule(
    name="tarfile-unsafe-extract",
    family="filesystem",
    title="Tar archive extracted without a filter",
    message="The archive decides where its files are written.",
    why="An archive can hold members named `../../x` or `/etc/x`, links that lead out of the folder, and devices. "
    "Before Python 3.14 they are all created as they are, unless a filter is given.",
    abuse="Whoever made the archive overwrites files of this user, for example `~/.ssh/authorized_keys` or a module "
    "that the program imports next.",
    fix='Pass `filter="data"` (Python 3.12 and later, and the security releases of 3.8 to 3.11). It refuses what '
    "leaves the destination, and it ignores owners and dangerous modes.",
    ask="Who can make or exchange this archive, and is it verified before it is extracted?",
    cwe=(22,),
    severity=Severity.ERROR,
    aliases=("B202", "S202", "tarfile.TarFile"),
    detect=(
        calls("tarfile.TarFile.extractall", "tarfile.TarFile.extract", when=_extracts_without_a_filter),
        methods("extractall", "extract", when=_looks_like_a_tar_file, sign=_names_a_tar_file),
    ),
    bad=(
        "import tarfile\n\nwith tarfile.open(path) as archive:\n    archive.extractall(target)",
        'import tarfile\n\ntarfile.open(path).extractall(target, filter="fully_trusted")',
        (
            "import tarfile\n\narchive = tarfile.TarFile(path)\nfor member in archive:\n"
            "    archive.extract(member, target)"
        ),
    ),
    good=(
        'import tarfile\n\nwith tarfile.open(path) as archive:\n    archive.extractall(target, filter="data")',
        "import tarfile\nimport zipfile\n\nwith zipfile.ZipFile(path) as archive:\n    names = archive.namelist()",
        "import tarfile\n\nwith tarfile.open(path) as tar:\n    tar.extractall(target, filter=tarfile.data_filter)",
    ),
    references=(
        "https://docs.python.org/3/library/tarfile.html#extraction-filters",
        "https://peps.python.org/pep-0706/",
        "https://cwe.mitre.org/data/definitions/22.html",
    ),
)


# --- tempfile-mktemp -------------------------------------------------------------------------------------------------


def _names_without_creating(call: Call) -> Verdict:
    message = f"`{call.name}` returns a name that somebody else can take before the file is created."
    return Verdict(message=message, repairs=_make_the_file(call))


def _make_the_file(call: Call) -> tuple[Repair, ...]:
    """Only a call written as `tempfile.mktemp(...)` shows under which name the module is known."""
    func = call.node.func
    if call.name != "tempfile.mktemp" or not isinstance(func, cst.Attribute) or call.partial or call.bound:
        return ()
    if call.callee.at(func.value).symbols != ("tempfile",):
        return ()
    made = call.node.with_changes(func=func.with_changes(attr=cst.Name("mkstemp")), lpar=(), rpar=())
    text = f"{cst.Module([]).code_for_node(made)}[1]"
    return (Repair("Create the file too: `tempfile.mkstemp`", (Replace(call.node, text),), safe=False),)


TEMPFILE_MKTEMP = Rule(
    name="tempfile-mktemp",
    family="filesystem",
    title="Temporary name without a file",
    message="A temporary name is made, but not the file, so that somebody else can create it first.",
    why="Between choosing the name and opening the file there is time in which another user of the machine can "
    "create a file or a link of that name in the shared folder.",
    abuse="A local user puts a link there, and the program overwrites a file that the link leads to, or reads data "
    "that the other user has prepared.",
    fix="Use `tempfile.NamedTemporaryFile`, `tempfile.TemporaryDirectory` or `tempfile.mkstemp`, which create what "
    "they name and let nobody else in.",
    ask="Can any other user or process write to the folder in which the name is used?",
    cwe=(377, 367),
    severity=Severity.WARNING,
    aliases=("B306", "S306", "tempfile.mktemp"),
    detect=calls("tempfile.mktemp", "os.tempnam", "os.tmpnam", when=_names_without_creating, reference=True),
    bad=(
        'import tempfile\n\npath = tempfile.mktemp(suffix=".txt")',
        'from tempfile import mktemp\n\npath = mktemp(prefix="report-")',
        "import os\n\npath = os.tempnam()",
    ),
    good=(
        'import tempfile\n\nhandle, path = tempfile.mkstemp(suffix=".txt")',
        "import tempfile\n\nwith tempfile.NamedTemporaryFile() as file:\n    file.write(data)",
    ),
    references=(
        "https://docs.python.org/3/library/tempfile.html#tempfile.mktemp",
        "https://cwe.mitre.org/data/definitions/377.html",
    ),
)

RULES: tuple[Rule, ...] = (TARFILE_UNSAFE_EXTRACT, TEMPFILE_MKTEMP, PERMISSIVE_FILE_MODE)
