"""Answers written into real modules: formatters leave them valid; an edit of the code makes them stale."""

import datetime as dt
import importlib.util
import json
import subprocess
import sys
import sysconfig
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from whysafe import checker
from whysafe.analysis.finding import Severity
from whysafe.config import Settings
from whysafe.justifications.comment import Decision, parse_blocks
from whysafe.justifications.state import State
from whysafe.report import project
from whysafe.syntax.comments import comments
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.source import decode, split_lines

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
MODULES = (
    "bdb.py",
    "cProfile.py",
    "code.py",
    "multiprocessing/connection.py",
    "shelve.py",
    "site.py",
    "socketserver.py",
    "tempfile.py",
    "timeit.py",
    "webbrowser.py",
)
TODAY = dt.date(2026, 11, 24)
REASON = "the value comes from the table above and is never chosen by a user of the program"
WANTED = 25
FORMATTERS = {
    "black": [sys.executable, "-m", "black", "--quiet", "-"],
    "ruff": [sys.executable, "-m", "ruff", "format", "--isolated", "-"],
}


EVERYTHING = Settings(min_severity=Severity.HINT, program_type="web-service")
SERVICE = Settings(program_type="web-service")


def report(text):
    return checker.check(text, EVERYTHING, TODAY, None)


def answered(text):
    """The text with every finding answered as an editor would write it; and how many there are."""
    number = 0
    for decision in Decision:
        document = checker.Document(text)
        shown = [each for each in report(text).shown if each.state is State.OPEN]
        if not shown:
            break
        # Each round answers a quarter of what is open, from below, so that places above stay what they are.
        for each in sorted(shown, key=lambda each: each.finding.span, reverse=True)[
            :: 4 - list(Decision).index(decision)
        ]:
            finding = each.finding
            ref = "SEC-42" if decision is Decision.DEFERRED else None
            written = document.justify(
                finding.span.start, finding.rule, decision, "M. Smit", TODAY, SERVICE, reason=REASON, ref=ref
            )
            (edit,) = written.edits
            document.edit(edit)
            number += 1
        text = document.text
    return text, number


def formatted(text, command):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, encoding="utf-8").stdout


@pytest.fixture(scope="module")
def real_files():
    """Of each module its text, and that with every finding answered."""
    found, total = {}, 0
    for name in MODULES:
        bare = decode((LIBRARY / name).read_bytes())
        text, number = answered(bare)
        if number:
            found[name] = bare, text
            total += number
    assert total >= WANTED
    return found


@cache
def states(text):
    return [shown.state for shown in report(text).shown]


def test_every_answer_is_valid(real_files):
    for name, (_, text) in real_files.items():
        assert set(states(text)) == {State.VALID}, name
        assert report(text).notes == (), name


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_formatters_leave_answers_valid(real_files, formatter):
    for name, (_, text) in real_files.items():
        after = formatted(text, FORMATTERS[formatter])
        assert states(after) == states(text), name
        assert blocks(after) == blocks(text), name


def ruff(folder):
    """Commented-out code (ERA) and TODO comments (TD, FIX) among all that it knows, and its security rules (S)."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--preview"]
    found = subprocess.run(
        [*command, "--select=ALL", "--output-format=json", "."], cwd=folder, capture_output=True, check=True
    )
    return [(Path(one["filename"]).name, one["code"], one["location"]["row"]) for one in json.loads(found.stdout)]


def bandit(folder):
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--exit-zero", "--format=json", "."]
    found = json.loads(subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout)
    return [(Path(one["filename"]).name, one["test_id"], one["line_number"]) for one in found["results"]]


def codeaudit(folder):
    from codeaudit.api_interfaces import filescan

    found = []
    for path in sorted(folder.iterdir()):
        todo = [filescan(str(path))]
        while todo:
            part = todo.pop()
            if isinstance(part, dict) and {"line", "validation"} <= part.keys():
                found.append((path.name, part["validation"], int(part["line"])))
            else:
                todo += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return found


# The least of each that real code has; those that are not installed have nothing to say.
SECURITY = {ruff: WANTED, bandit: WANTED, codeaudit: WANTED}
PEERS = [peer for peer in SECURITY if importlib.util.find_spec(peer.__name__)]


@pytest.mark.parametrize("peer", PEERS)
def test_other_tools_say_the_same_with_and_without_answers(real_files, tmp_path, peer):
    """Answers wake no rule of theirs, and silence none: what is justified here they still report."""
    lines = {}
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
    for number, (bare, text) in enumerate(real_files.values()):
        name = f"module_{number}.py"
        lines[name] = lines_before(bare, text)
        (tmp_path / "before" / name).write_text(bare, encoding="utf-8", newline="")
        (tmp_path / "after" / name).write_text(text, encoding="utf-8", newline="")
    before = peer(tmp_path / "before")
    after = [(name, code, lines[name].get(line, -line)) for name, code, line in peer(tmp_path / "after")]
    assert Counter(after) == Counter(before)
    security = [code for _, code, _ in before if peer is not ruff or code.startswith("S")]
    assert len(security) >= SECURITY[peer]


def lines_before(bare, text):
    """For each line of an answered text, from 1, that was there before: which it was."""
    old, new = split_lines(bare), split_lines(text)
    spans = [block.span for block in parse_blocks(comments(text))]
    added = {line for span in spans for line in range(span.start.line, span.end.line + 1)}
    found = {}
    for number, line in enumerate(new):
        if number not in added and len(found) < len(old) and line == old[len(found)]:
            found[number + 1] = len(found) + 1
    assert len(found) == len(old)
    return found


def blocks(text):
    """The lines of all blocks without their indentation, which a formatter may change with the code's."""
    document = checker.Document(text)
    lines = text.splitlines()
    return [
        [line.strip() for line in lines[placed.block.span.start.line : placed.block.span.end.line + 1]]
        for placed in document.facts().blocks
    ]


def test_an_edit_of_the_call_makes_the_answer_stale(real_files):
    changed = 0
    for name, (_, text) in real_files.items():
        document = checker.Document(text)
        lines = split_lines(text)
        for placed in document.facts().blocks:
            called = [f.span.end for f in document.facts().findings if placed.covers.contains(f.span.start)]
            place = next((end for end in called if lines[end.line][end.column :].startswith("(")), None)
            if place is None:
                continue  # What is weak here is no call.
            inside = Position(place.line, place.column + 1)
            document.edit(Edit(Span(inside, inside), "*changed, "))
            now = project(document.facts(), checker.cards(), EVERYTHING, TODAY, None)
            said = {note.state for note in now.notes if note.block.span == placed.block.span}
            assert said & {State.STALE, State.ORPHAN}, (name, place)
            changed += State.STALE in said
            document.edit(Edit(Span(inside, Position(inside.line, inside.column + len("*changed, "))), ""))
        assert document.text == text
    assert changed >= WANTED
