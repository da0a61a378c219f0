"""What is offered while a justification is written, made of a report without a server."""

import datetime as dt

import pytest
from whysafe.checker import cards, check
from whysafe.config import from_mapping
from whysafe.lsp.completion import complete
from whysafe.lsp.diagnostics import View
from whysafe.lsp.lens import lenses
from whysafe.lsp.reports import Entry
from whysafe.lsp.session import Capabilities
from whysafe.lsp.targets import Target
from whysafe.syntax.position import Edit, Position, span
from whysafe.syntax.source import split_lines

TODAY = dt.date(2026, 11, 25)
NEVER, _ = from_mapping({"never-justify": ["eval-use"]}, "test")
PLAIN, _ = from_mapping({}, "test")


def offered(text, settings=PLAIN, since=()):
    """The labels that are offered at the `|` of a text."""
    lines = split_lines(text.replace("|", ""))
    before = text[: text.index("|")]
    place = Position(before.count("\n"), len(before) - (before.rfind("\n") + 1))
    report = check("".join(lines) if not since else since[0], settings, TODAY, None)
    entry = Entry(report=report, revision=1, since=list(since[1:]))
    view = View(uri="file:///a.py", lines=lines, cards=cards(), client=Capabilities())
    return [item["label"] for item in complete(entry, place, view, settings, TODAY)]


SIGN = "#   -- M. Smit, 2026-11-25, review by |\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# justified[|\neval(exec(x))\n", ["eval-use", "exec-use"]),
        ("# justified[eval-use, |\neval(exec(x))\n", ["exec-use"]),
        ("# justified[|\nprint(\n    eval(x),\n)\nexec(y)\n", ["eval-use"]),
        ("# justified[|\nif eval(x):\n    exec(y)\n", ["eval-use"]),
        ("# justified[|\n# justified[exec-use] accepted: fine\neval(exec(x))\n", ["eval-use", "exec-use"]),
        ("# justified[|\nprint(x)\neval(x)\n", []),
        ("# justified[|\n\neval(x)\n", []),
        ("# justified[|", []),
        ("# j|\neval(x)\n", ["justified[eval-use]"]),
        ("# j|\nprint(x)\n", []),
        ("# justified[eval-use] |\neval(x)\n", ["accepted", "mitigated", "deferred", "false-alarm"]),
        ("# justified[eval-use] accepted: x\n#   -- M. Smit, |\neval(x)\n", ["2026-11-25"]),
        (f"# justified[eval-use] accepted: x\n{SIGN}eval(x)\n", ["2027-05-24", "2027-02-23", "2026-12-25"]),
        (f"# justified[eval-use] deferred: x\n{SIGN}eval(x)\n", ["2027-02-23", "2026-12-25"]),
        ("# justified[eval-use] accepted: because |\neval(x)\n", []),
        ("x = 1  # justified[|\n", []),
    ],
)
def test_what_is_offered(text, expected):
    assert offered(text) == expected


def test_what_may_never_be_answered_is_not_offered():
    assert offered("# justified[|\neval(exec(x))\n", NEVER) == ["exec-use"]


def test_what_was_typed_since_the_report_moves_what_is_offered():
    typed = Edit(span(0, 0, 0, 0), "import os\n# justified[\n")
    assert offered("import os\n# justified[|\neval(x)\n", since=("eval(x)\n", typed)) == ["eval-use"]


def test_a_client_that_applies_no_edits_gets_lenses_that_only_say_so():
    text = "# justified[eval-use] accepted: the caller passes constants only\neval(x)\n"
    entry = Entry(report=check(text, PLAIN, TODAY, None), revision=1)
    target = Target(uri="file:///a.py", version=1, revision=1, lines=split_lines(text), client=Capabilities())
    (lens,) = lenses(entry, target, can_apply=False)
    assert lens["command"] == {"title": "eval-use: unsigned", "command": ""}
    assert [one["command"]["title"] for one in lenses(entry, target, can_apply=True)][1:] == ["sign"]
