"""The report of a document that is edited is what `project` says, and costs what has changed."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whysafe import checker
from whysafe.config import Settings, Switch
from whysafe.config.settings import PathRule
from whysafe.lsp import projection
from whysafe.lsp.projection import Projection
from whysafe.lsp.renewal import renewal, renewed
from whysafe.report import project
from whysafe.syntax.position import Edit, Position, Span

LINES = [
    "import os",
    "import pytest",
    "os.system(x)",
    "os.system(x)  # nosec",
    "eval(x)",
    "eval(x)  # noqa: S307",
    "# justified[eval-use] accepted: only a test",
    "#   -- me, 2026-11-20, review by 2026-12-01, code 00000000",
    "assert x",
    "f(",
    ")",
    "",
]
WISHES = [
    Settings(),
    Settings(select=("ALL",)),
    Settings(ignore=(Switch("eval-use"),), program_type="critical"),
    Settings(foreign_markers="report", never_justify=("eval-use",)),
    Settings(per_path=(PathRule("a.py", "/p", Settings(select=("eval-use",), given=("select",))),), root="/p"),
]
DAYS = [dt.date(2026, 11, 24), dt.date(2026, 12, 24)]
PATHS = [None, "/p/a.py", "/p/test_a.py"]

steps = st.tuples(
    st.integers(0, 8),
    st.integers(0, 2),
    st.sampled_from(LINES),
    st.booleans(),
    st.sampled_from(WISHES),
    st.sampled_from(DAYS),
    st.sampled_from(PATHS),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=8), st.lists(steps, min_size=1, max_size=8))
def test_the_report_is_that_of_project(lines, edits):
    document = checker.Document("\n".join(lines))
    facts = document.facts()
    asked = Projection()
    around = checker.cards(), WISHES[0], DAYS[0], PATHS[0]
    for line, removed, text, same, *other in edits:
        assert asked(facts, *around) == project(facts, *around)
        around = around if same else (checker.cards(), *other)
        assert asked(facts, *around) == project(facts, *around)
        document.edit(Edit(Span(Position(line, 0), Position(line + removed, 0)), text + "\n"))
        facts = renewed(facts, renewal(facts, document.facts()))
    assert asked(facts, *around) == project(facts, *around)


@pytest.fixture
def worked(monkeypatch):
    """What had to be worked out, by name, in order."""
    names = []

    def watch(name):
        function = getattr(projection, name)

        def watched(*arguments, **options):
            names.append(name)
            return function(*arguments, **options)

        monkeypatch.setattr(projection, name, watched)

    watch("project_under")
    watch("circumstances")
    return names


def test_what_has_not_changed_is_not_projected_again(worked):
    document = checker.Document("import os\n\n\ndef f(x):\n    os.system(x)\n\n\ndef g(x):\n    return x\n")
    facts, asked = document.facts(), Projection()
    around = checker.cards(), Settings(), DAYS[0], "a.py"
    report = asked(facts, *around)
    assert worked == ["circumstances", "project_under"]
    worked.clear()
    place = Position(8, 4)
    for text, gaps in (("x = 1; ", 0), ("(", 1)):
        document.edit(Edit(Span(place, place), text))
        facts = renewed(facts, renewal(facts, document.facts()))
        after = asked(facts, *around)
        assert (after is report) is not bool(gaps)
        assert after.shown is report.shown
        assert len(after.gaps) == gaps
    assert worked == []
    asked(dataclasses.replace(facts, findings=()), *around)
    assert worked == ["project_under"]
    asked(dataclasses.replace(facts, findings=()), around[0], Settings(), *around[2:])
    assert worked == ["project_under", "circumstances", "project_under"]
