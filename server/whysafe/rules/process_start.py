"""Programs that are started without a shell, on this machine or on another, and processes that are copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls, imports, methods
from whysafe.analysis.finding import Confidence, Rank, Severity
from whysafe.analysis.rule import Rule, Verdict
from whysafe.rules.process_arguments import (
    SUBPROCESS,
    argv,
    command_argument,
    is_fixed,
    shell_command,
    uses_shell,
)
from whysafe.rules.process_text import is_constant, is_sanitized, shown
from whysafe.rules.types import EXPOSED
from whysafe.semantics.calls import Expression, unresolved

if TYPE_CHECKING:
    from whysafe.analysis.rule import Answer
    from whysafe.semantics.calls import Call

_SUBPROCESS_DOCS = "https://docs.python.org/3/library/subprocess.html"
_PROCESS_DOCS = "https://docs.python.org/3/library/os.html#process-management"
_CWE_78 = "https://cwe.mitre.org/data/definitions/78.html"


# --- subprocess without a shell --------------------------------------------------------------------------------------


def _starts_computed(call: Call) -> Answer:
    if uses_shell(call) is not None or call.partial:
        return None
    command = command_argument(call)
    if command is None:
        return Verdict(severity=Severity.INFORMATION) if call.open_ended else None
    words = argv(command)
    text = shell_command(words)
    if (text is not None and not is_constant(text)) or all(is_fixed(word) for word in words):
        return None
    program = words[0]
    if not is_fixed(program):
        message = f"`{call.name}` starts a program that {shown(program.node)} decides on."
        return Verdict(message=message, severity=Severity.INFORMATION)
    argument = next(word for word in words if not is_fixed(word))
    return Verdict(message=f"`{call.name}` passes {shown(argument.node)} to a program.")


SUBPROCESS_DYNAMIC_ARGS = Rule(
    name="subprocess-dynamic-args",
    family="process",
    title="Program start with non-constant arguments",
    message="A program is started with arguments that are not constant.",
    why=(
        "Without a shell no further command can be slipped in. But the program itself interprets its arguments: "
        "a value that begins with `-` is an option, and some options run programs or write files."
    ),
    abuse="Somebody who chooses the value passes `--upload-pack=...` to git or `-o ProxyCommand=...` to ssh and has a "
    "program of their choice run.",
    fix=(
        "Put `--` before values from outside, check them against what they may look like, and keep the program "
        "constant."
    ),
    ask="Who chooses the values, and what does the program do with one that begins with `-`?",
    cwe=(78, 88),
    severity=Severity.HINT,
    by_program_type=EXPOSED,
    default=False,
    aliases=("B603", "S603", *SUBPROCESS),
    detect=calls(*SUBPROCESS, when=_starts_computed),
    bad=(
        'import subprocess\n\n\ndef clone(url):\n    subprocess.run(["/usr/bin/git", "clone", url])',
        "import subprocess\n\n\ndef start(tool):\n    return subprocess.Popen([tool])",
        "import subprocess\n\n\ndef start(*command):\n    return subprocess.call(*command)",
    ),
    good=(
        'import subprocess\n\nsubprocess.run(["/usr/bin/git", "fetch"])',
        'import subprocess\nimport sys\n\nsubprocess.run([sys.executable, "-m", "venv", ".venv"])',
        'import shlex\nimport subprocess\n\nsubprocess.run(shlex.split("/usr/bin/git fetch --all"))',
    ),
    references=(
        f"{_SUBPROCESS_DOCS}#security-considerations",
        "https://cwe.mitre.org/data/definitions/88.html",
        _CWE_78,
    ),
)


# --- os.exec and os.spawn --------------------------------------------------------------------------------------------

EXEC_NAMES = (
    *("os.execl", "os.execle", "os.execlp", "os.execlpe", "os.execv", "os.execve", "os.execvp", "os.execvpe"),
    *("os.spawnl", "os.spawnle", "os.spawnlp", "os.spawnlpe", "os.spawnv", "os.spawnve", "os.spawnvp", "os.spawnvpe"),
    *("os.posix_spawn", "os.posix_spawnp"),
)
_START_NAMES = (*EXEC_NAMES, "os.startfile")


def started_program(call: Call) -> Expression | None:
    """The program of an `os.exec*`, `os.spawn*` or `os.startfile`."""
    place = 1 if call.name.startswith("os.spawn") else 0
    given = (call.argument(keyword, place) for keyword in ("path", "file", "filepath"))
    return next((argument for argument in given if argument is not None), None)


def _started_arguments(call: Call) -> tuple[Expression, ...]:
    """What the program is given, its own name first; a part that is not written one by one is one element."""
    kind = call.name.removeprefix("os.")
    place = 1 if kind.startswith("spawn") else 0
    if kind == "startfile":
        return tuple(argument for argument in [call.argument("arguments", 2)] if argument is not None)
    if kind.startswith(("execl", "spawnl")):
        rest = call.arguments[place + 1 :]
        return rest[:-1] if kind.endswith("e") else rest
    given = call.argument("args", place + 1) or call.argument("argv")
    return () if given is None else argv(given)


def _starts_program(call: Call) -> Answer:
    program, arguments = started_program(call), _started_arguments(call)
    if program is None:
        return Verdict(severity=Severity.WARNING) if call.open_ended else None
    text = shell_command((program, *arguments[1:]))
    if text is not None and not is_constant(text):
        message = f"`{call.name}` starts a shell that runs a command with {shown(text.node)} in it."
        return Verdict(message=message, severity=Severity.WARNING)
    if not is_fixed(program):
        message = f"`{call.name}` starts a program that {shown(program.node)} decides on."
        return Verdict(message=message, severity=Severity.WARNING)
    if not all(is_fixed(argument) for argument in arguments):
        return Verdict(message=f"`{call.name}` starts a program with arguments that are not constant.")
    return Verdict(message=f"`{call.name}` starts a constant program.", severity=Severity.HINT)


def _passes_starter(reference: Expression) -> Answer:
    return Verdict(message=f"{shown(reference.node)} is passed on here: it starts whatever program it is called with.")


OS_EXEC_SPAWN = Rule(
    name="os-exec-spawn",
    family="process",
    title="Process image replaced or spawned without a shell",
    message="A program is started by a low-level function of `os`.",
    why=(
        "These functions start what they are given, with all open file descriptors that are inheritable and all "
        "rights of this process, and check nothing. The `exec` ones also end this program without any clean-up."
    ),
    abuse="Somebody who decides on the path, or on an argument that the program takes for an option, runs a program of "
    "their choice in place of this one.",
    fix="Use `subprocess.run` with a list and a constant program, and check values that come from outside first.",
    ask="Can anybody but the operator of this program influence the path or the arguments?",
    cwe=(78,),
    severity=Severity.INFORMATION,
    aliases=("B606", "S606", *(name for name in EXEC_NAMES if name.startswith("os.exec"))),
    detect=calls(*_START_NAMES, when=_starts_program, reference=_passes_starter),
    bad=(
        "import os\n\n\ndef become(program, options):\n    os.execv(program, [program, *options])",
        'import os\n\n\ndef edit(path):\n    os.spawnlp(os.P_WAIT, "/usr/bin/vim", "vim", path)',
        'import os\n\nos.execl("/usr/bin/id", "id", "-u")',
        "import os\n\n\ndef show(document):\n    os.startfile(document)",
    ),
    good=(
        'import subprocess\n\nsubprocess.run(["/usr/bin/id", "-u"], check=True)',
        'import webbrowser\n\nwebbrowser.open("https://docs.python.org/")',
    ),
    references=(_PROCESS_DOCS, _CWE_78),
)


# --- import ----------------------------------------------------------------------------------------------------------

SUBPROCESS_IMPORT = Rule(
    name="subprocess-import",
    family="process",
    title="subprocess imported",
    message="`subprocess` is imported: this file can start other programs.",
    why=(
        "The module is no weakness. Its import tells where a project starts other programs, for a review that "
        "wants to see all of these places."
    ),
    abuse=(
        "Nobody gains anything from the import. What counts is how the commands are put together where the "
        "functions are called."
    ),
    fix=(
        "Nothing needs to be done here: look at the calls. Prefer the library of a program over the program, "
        "where there is one."
    ),
    ask="Does this file need to start other programs at all?",
    cwe=(78,),
    severity=Severity.HINT,
    rank=Rank.IMPORT,
    default=False,
    aliases=("B404", "S404"),
    detect=imports("subprocess"),
    bad=("import subprocess", "from subprocess import Popen, PIPE", "def start():\n    import subprocess as sp"),
    good=("import shutil", "import asyncio"),
    references=(_SUBPROCESS_DOCS, _CWE_78),
)


# --- other machines --------------------------------------------------------------------------------------------------

_REMOTE = (
    "paramiko.SSHClient.exec_command",
    "paramiko.Channel.exec_command",
    "asyncssh.SSHClientConnection.create_process",
    "asyncssh.SSHClientConnection.run",
    *(
        f"fabric.{kind}.{way}"
        for kind in ("Connection", "Group", "SerialGroup", "ThreadingGroup")
        for way in ("run", "sudo")
    ),
)


def _runs_remotely(call: Call) -> Answer:
    command = call.argument("command", 0)
    if command is None or is_constant(command):
        return None
    severity = Severity.INFORMATION if is_sanitized(command) else None
    message = f"`{call.name.rpartition('.')[2]}` has the shell of another machine run {shown(command.node)}."
    return Verdict(message=message, severity=severity)


def _opens_remote_shell(call: Call) -> Answer:
    del call
    message = "A shell is opened on another machine: everything that is sent to it is taken for commands."
    return Verdict(message=message, severity=Severity.INFORMATION)


def _may_run_remotely(call: Call) -> Answer:
    """`exec_command` of something unknown, in a file that imports paramiko."""
    receiver, command = call.receiver, call.argument("command", 0)
    if receiver is None or command is None or is_constant(command) or not unresolved(receiver.values):
        return None
    if receiver.at(cst.Name("paramiko")).symbols != ("paramiko",):
        return None
    message = f"`exec_command` may have the shell of another machine run {shown(command.node)}."
    return Verdict(message=message, confidence=Confidence.LOW)


PARAMIKO_EXEC_COMMAND = Rule(
    name="paramiko-exec-command",
    family="process",
    title="Dynamic command on a remote host",
    message="A command that is put together at run time is run on another machine.",
    why=(
        "SSH passes one text to the shell of the account on the other side, and there is no form with a list. "
        "That shell takes `;`, `|`, `$` and line breaks in inserted values for instructions."
    ),
    abuse=(
        "Somebody who chooses a part of the command, such as a file name or a version, appends commands of their "
        "own and runs them on the other machine with the rights of the account that logged in."
    ),
    fix="Put `shlex.quote()` around each inserted value, or let a constant script on the other machine read the values "
    "from its standard input.",
    ask="Who can influence the command, and what may the account on the other machine do?",
    cwe=(78,),
    severity=Severity.WARNING,
    aliases=("B601", "S601"),
    detect=(
        calls(*_REMOTE, when=_runs_remotely),
        calls("paramiko.SSHClient.invoke_shell", "paramiko.Channel.invoke_shell", when=_opens_remote_shell),
        methods("exec_command", when=_may_run_remotely),
    ),
    bad=(
        (
            "import paramiko\n\n\ndef restart(host, unit):\n    client = paramiko.SSHClient()\n"
            '    client.connect(host)\n    client.exec_command(f"systemctl restart {unit}")'
        ),
        (
            "import asyncssh\n\n\nasync def size(host, path):\n"
            "    async with asyncssh.connect(host) as connection:\n"
            '        return await connection.run("du -s " + path)'
        ),
        (
            "from fabric import Connection\n\n\ndef deploy(host, tag):\n    with Connection(host) as connection:\n"
            '        connection.sudo("deploy " + tag)'
        ),
    ),
    good=(
        (
            "import paramiko\n\n\ndef restart(host):\n    client = paramiko.SSHClient()\n    client.connect(host)\n"
            '    client.exec_command("systemctl restart web")'
        ),
        'from fabric import Connection\n\n\ndef uptime(host):\n    return Connection(host).run("uptime")',
        "def ask(panel, command):\n    panel.exec_command(command)",
    ),
    references=(
        "https://docs.paramiko.org/en/stable/api/client.html",
        "https://docs.python.org/3/library/shlex.html#shlex.quote",
        _CWE_78,
    ),
)


# --- fork ------------------------------------------------------------------------------------------------------------

_THREADS = (
    "threading",
    "Thread",
    "Lock",
    "RLock",
    "Event",
    "Timer",
    "Condition",
    "ThreadPoolExecutor",
    "_thread",
    "concurrent",
)
_THREAD_MODULES = (
    "threading",
    "_thread",
    "concurrent.futures.thread",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent",
)


def _forks(call: Call) -> Answer:
    threads = (call.callee.at(cst.Name(name)).symbols for name in _THREADS)
    if any(symbol.startswith(_THREAD_MODULES) for symbols in threads for symbol in symbols):
        message = (
            f"`{call.name}` in a file that uses threads: the copy keeps the locks of threads that it does not have."
        )
        return Verdict(message=message, severity=Severity.WARNING)
    return Verdict(message=f"`{call.name}` copies this process with everything that it holds open.")


def _chooses_fork(call: Call) -> Answer:
    method = call.argument("method", 0)
    if method is None or method.text != "fork":
        return None
    return Verdict(
        message="Worker processes are copies of this one, with everything that it holds open.", severity=Severity.HINT
    )


PROCESS_FORK = Rule(
    name="process-fork",
    family="process",
    title="Raw fork",
    message="The process is copied with everything that it holds open.",
    why=(
        "The copy has the same open files, sockets, secrets in memory and state of random generators, but only "
        "the thread that called. A lock that another thread held stays locked for ever."
    ),
    abuse=(
        "The copy hangs at random, or serves a connection that it should not have: whoever reaches the child "
        "reaches what the parent had open."
    ),
    fix='Use `subprocess`, or `multiprocessing` with the start method `"spawn"` or `"forkserver"`.',
    ask="Is this process certainly single-threaded here, and may the child have everything that is open?",
    cwe=(362, 404),
    severity=Severity.INFORMATION,
    by_program_type=EXPOSED,
    aliases=("os.fork", "os.forkpty"),
    detect=(
        calls("os.fork", "os.forkpty", "pty.fork", when=_forks),
        calls("multiprocessing.get_context", "multiprocessing.set_start_method", when=_chooses_fork),
    ),
    bad=(
        "import os\n\npid = os.fork()",
        "import pty\nimport threading\n\nwatcher = threading.Thread()\npid, terminal = pty.fork()",
        'import multiprocessing\n\nmultiprocessing.set_start_method("fork")',
    ),
    good=(
        "import multiprocessing\n\nworker = multiprocessing.Process(target=print)",
        'import multiprocessing\n\nmultiprocessing.set_start_method("spawn")',
    ),
    references=("https://docs.python.org/3/library/os.html#os.fork", "https://cwe.mitre.org/data/definitions/362.html"),
)

RULES: tuple[Rule, ...] = (
    SUBPROCESS_DYNAMIC_ARGS,
    OS_EXEC_SPAWN,
    SUBPROCESS_IMPORT,
    PARAMIKO_EXEC_COMMAND,
    PROCESS_FORK,
)
