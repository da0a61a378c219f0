"""The command `whysafe`: its arguments, and which function does each command. Imports nothing heavy by itself."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from whysafe import __version__
from whysafe.cli.console import abandon_output
from whysafe.deep_stack import run_deep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CLEAN, INTERRUPTED = 0, 130
STDERR = 2
JOBS_LIMIT = 256
SEVERITIES = ("hint", "information", "warning", "error")
CONFIDENCES = ("low", "medium", "high")
DECISIONS = ("accepted", "mitigated", "deferred", "false-alarm")
PROGRAM_TYPES = ("library", "cli", "web-service", "script", "notebook", "critical", "test")

CHECK_TEXT = """
What is shown without options: the rules that are on by default, at least medium confidence, severity information and
above. Findings with a justification that counts are left out of the text (--verbose shows them) and are in the JSON.

Exit status: 0 nothing at or above --fail-on is unanswered, 1 something is, 2 wrong usage, or a file could not be read,
decoded or parsed. A file that could not be analysed never counts as clean.
"""


LEDGER_TEXT = """
Exit status: 0 the ledger is complete, 2 wrong usage, or something could not be read or parsed. What is missing is named
in the ledger and never counts as clean. The HTML format needs the extra `whysafe[html]`.
"""

JUSTIFY_TEXT = """
Without a terminal on standard input the block is left unsigned: a person signs, not a script.

Exit status: 0 written, 1 refused (nothing is written, the message says why), 2 wrong usage, or the file cannot be read
or written.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; `argv` without the program's name, default `sys.argv[1:]`."""
    args = parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        abandon_output()
        return CLEAN
    except KeyboardInterrupt:
        _leave_at_once()
    return status


def _leave_at_once() -> NoReturn:
    """End the process, whatever the analysis is doing; a progress bar may have hidden the cursor."""
    # The bar also stands in for `sys.stderr`, so that this goes past it.
    if os.isatty(STDERR):
        os.write(STDERR, b"\x1b[?25h\n")
    os._exit(INTERRUPTED)


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="whysafe",
        description="Asks of every security weakness in Python code: fixed, or why is it safe?",
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"whysafe {__version__}")
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    _add_check(commands)
    _add_ledger(commands)
    _add_justify(commands)
    _add_pages(commands)
    _add_cache(commands)
    _add_server(commands)
    return whole


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser(
        "check",
        help="show the weaknesses in files and folders",
        description="Show the security weaknesses in Python files, and which of them are answered.",
        epilog=CHECK_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    check.add_argument(
        "paths", nargs="*", metavar="PATH", help="files or folders; `-` reads one file from standard input"
    )
    check.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    check.add_argument("--verbose", action="store_true", help="with why and fix, answered findings, what was skipped")
    check.add_argument(
        "--select", action="append", default=[], metavar="NAMES", help="only these: ALL, families, rules"
    )
    check.add_argument("--ignore", action="append", default=[], metavar="NAMES", help="without these families or rules")
    check.add_argument("--min-severity", choices=SEVERITIES, help="show nothing below it; default: information")
    check.add_argument("--min-confidence", choices=CONFIDENCES, help="show nothing less sure; default: medium")
    check.add_argument("--program-type", choices=PROGRAM_TYPES, help="what kind of program this is")
    check.add_argument(
        "--fail-on", choices=SEVERITIES, default="warning", help="exit with 1 from here; default: warning"
    )
    check.add_argument("--exit-zero", action="store_true", help="exit with 0 instead of 1 where there are findings")
    check.add_argument("--today", type=_date, metavar="YYYY-MM-DD", help="the day that review dates are compared with")
    check.add_argument("--no-config", action="store_true", help="read no settings files")
    check.add_argument("--stdin-filename", metavar="PATH", help="what the file from standard input is called")
    _add_analysis(check)
    check.set_defaults(run=_check)


def _add_ledger(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ledger = commands.add_parser(
        "ledger",
        help="list every justification with its state, for a reviewer",
        description="List every justification in Python files: rule, decision, reason, author, dates, and if it holds.",
        epilog=LEDGER_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    ledger.add_argument("paths", nargs="*", metavar="PATH", help="files or folders; default: the current folder")
    ledger.add_argument("--format", choices=("text", "markdown", "json", "html"), default="text", help="default: text")
    ledger.add_argument("--output", metavar="FILE", help="write the ledger there instead of to standard output")
    ledger.add_argument("--today", type=_date, metavar="YYYY-MM-DD", help="the day for which the ledger is made")
    _add_analysis(ledger)
    ledger.set_defaults(run=_ledger)


def _add_analysis(command: argparse.ArgumentParser) -> None:
    """The options about how files are analysed; none of them changes what is found."""
    command.add_argument(
        "--jobs", type=_jobs, metavar="N", help="analyse in N processes; 1: in this one; default: one per processor"
    )
    command.add_argument("--no-cache", action="store_true", help="analyse every file anew, and keep nothing")
    _add_cache_dir(command)


def _add_cache_dir(command: argparse.ArgumentParser) -> None:
    command.add_argument("--cache-dir", metavar="DIR", help="keep what was found out there; default: WHYSAFE_CACHE_DIR")


def _add_cache(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    cache = commands.add_parser(
        "cache",
        help="remove what earlier scans have kept, or say where it lies",
        description="Scans keep what they found out about a text, so that a text is analysed once.",
        allow_abbrev=False,
    )
    cache.add_argument("action", choices=("clear", "dir"), help="clear: remove all of it; dir: say where it lies")
    _add_cache_dir(cache)
    cache.set_defaults(run=_cache)


def _add_justify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    justify = commands.add_parser(
        "justify",
        help="write a justification above a finding",
        description="Answer a finding: write a justification, with its reason, above the code.",
        epilog=JUSTIFY_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    justify.add_argument("place", metavar="PATH:LINE", help="where the finding begins, as `whysafe check` prints it")
    justify.add_argument("--rule", required=True, metavar="NAME", help="the rule that is answered")
    justify.add_argument("--decision", required=True, choices=DECISIONS, help="how it is answered")
    justify.add_argument("--reason", required=True, metavar="TEXT", help="why this code may stay as it is")
    justify.add_argument("--ref", metavar="REF", help="the ticket; a deferred answer owes one")
    justify.add_argument("--who", metavar="NAME", help="who signs; default: WHYSAFE_AUTHOR, or git's global user.name")
    justify.add_argument("--today", type=_date, metavar="YYYY-MM-DD", help="the day of the signature")
    justify.set_defaults(run=_justify)


def _add_pages(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    explain = commands.add_parser("explain", help="explain a rule: why, how it is abused, how to fix it")
    explain.add_argument("rule", metavar="RULE", help="a rule's name, or another tool's id such as B602 or S602")
    explain.set_defaults(run=_explain)
    rules = commands.add_parser("rules", help="list the rules")
    rules.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")
    rules.set_defaults(run=_rules)


def _add_server(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    server = commands.add_parser("server", aliases=["lsp"], help="run the language server on standard input and output")
    server.add_argument("--stdio", action="store_true", help="talk over standard input and output; this is the default")
    server.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="warning")
    server.add_argument("--log-file", metavar="PATH", help="write the log there instead of to standard error")
    server.set_defaults(run=_server)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as YYYY-MM-DD") from None


@contextlib.contextmanager
def _loading() -> Iterator[None]:
    """Load the engine the quick way."""
    from whysafe.loading import no_collection  # noqa: PLC0415 - `whysafe --help` needs none of it
    from whysafe.syntax import lean_nodes  # noqa: PLC0415 - as above

    with no_collection():
        lean_nodes.load()
        yield


def _jobs(text: str) -> int:
    try:
        jobs = int(text)
    except ValueError:
        jobs = 0
    if not 1 <= jobs <= JOBS_LIMIT:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; write one from 1 to {JOBS_LIMIT}")
    return jobs


def _check(args: argparse.Namespace) -> int:
    from whysafe.cli.check import run  # noqa: PLC0415 - loads what a scan needs

    return run(args)


def _ledger(args: argparse.Namespace) -> int:
    from whysafe.cli.ledger import run  # noqa: PLC0415 - loads what a scan needs

    return run(args)


def _justify(args: argparse.Namespace) -> int:
    with _loading():
        from whysafe.cli.justify import run  # noqa: PLC0415 - loads the engine

    return run_deep(lambda: run(args))


def _cache(args: argparse.Namespace) -> int:
    from whysafe.cli.cache import run  # noqa: PLC0415 - other commands need none of it

    return run(args)


def _explain(args: argparse.Namespace) -> int:
    with _loading():
        from whysafe.cli.pages import explain  # noqa: PLC0415 - loads the engine

    return explain(args)


def _rules(args: argparse.Namespace) -> int:
    with _loading():
        from whysafe.cli.pages import rules  # noqa: PLC0415 - loads the engine

    return rules(args)


def _server(args: argparse.Namespace) -> int:
    from whysafe.lsp.server import main as serve  # noqa: PLC0415 - loads the protocol library

    return serve(args)
