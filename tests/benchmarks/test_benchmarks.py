"""The benchmarks measure what they say: the inputs, the table, the plot, and one small run with the real servers."""

import ast
import json
import math
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import inputs
import keystrokes
import plot
import pytest
import run
import scans
from client import Client
from results import Effort, Row, markdown, number

SMALL = Effort(rounds=1, strokes=6, quick=True)
POINTS = [
    {"lines": lines, "ruff p50": ours * 4, "ruff p99": ours * 5, "whysafe p50": ours, "whysafe p99": ours * 1.01}
    for lines, ours in ((200, 1.0), (20_000, 2.5))
]


@pytest.mark.parametrize("count", keystrokes.PLOTTED)
def test_texts_have_the_length_that_they_are_named_for_and_parse(count):
    text = inputs.lines(count)
    ast.parse(text)
    assert count * 0.8 <= text.count("\n") <= count * 1.2
    if count >= 10_000:
        assert text.count("\n") == count
    rows = text.split("\n")
    assert len({rows[place] for place in inputs.places(text)}) == 1
    assert len(inputs.places(text)) == inputs.PLACES


def test_what_is_missing_is_named_with_the_way_to_get_it():
    with pytest.raises(inputs.MissingInputError, match="pip install no_such_package"):
        inputs.package("no_such_package")
    with pytest.raises(inputs.MissingInputError, match="pip install no_such_tool"):
        inputs.tool("no_such_tool")
    with pytest.raises(inputs.MissingInputError, match="no_such_module"):
        inputs.module("no_such_module")


@pytest.mark.parametrize(
    ("row", "met", "ratio"),
    [
        (Row.ratio("m", "p", 10, 1, "ms", 0.35, 0.15), "moonshot", "0.1"),
        (Row.ratio("m", "p", 10, 3.5, "ms", 0.35, 0.15), "yes", "0.35"),
        (Row.ratio("m", "p", 10, 3.6, "ms", 0.35, 0.15), "no", "0.36"),
        (Row.ratio("m", "p", 10, 3.6, "ms", None, None), "", "0.36"),
        (Row.alone("m", 80, "ms", 250, 80), "moonshot", ""),
        (Row.alone("m", 81, "ms", 250, 80), "yes", ""),
        (Row.alone("m", 251, "ms", 250, 80), "no", ""),
        (Row(metric="m", theirs=5, ours=500, unit="ms", target=700, moonshot=400, absolute=True), "yes", "100"),
        (Row.missing("m", "it rains"), "", ""),
    ],
)
def test_a_row_says_whether_its_target_is_met(row, met, ratio):
    assert row.met == met
    assert row.cells()[4] == ratio
    assert row.cells()[7] == met


def test_the_table_and_the_figures_say_what_was_not_measured():
    rows = [Row.missing("m", "it rains"), Row.ratio("n", "p", 1234, 617, "ms", 0.5, 0.1)]
    table = markdown(rows).splitlines()
    assert table[2] == "| m |  |  | not measured: it rains |  |  |  |  |"
    assert table[3] == "| n | p | 1,234 ms | 617 ms | 0.5 | 0.5 | 0.1 | yes |"
    assert {line.count("|") for line in table} == {9}
    about = {"date": "2026-01-01"}
    plain = json.loads(run.as_json({"about": about, "rows": rows, "points": POINTS}))
    assert plain["date"] == "2026-01-01"
    assert [(row["note"], row["value"]) for row in plain["rows"]] == [("it rains", None), ("", 0.5)]


@pytest.mark.parametrize(("value", "text"), [(0.0312, "0.0312"), (9.876, "9.88"), (99.94, "99.9"), (6192.3, "6,192")])
def test_figures_have_the_digits_that_matter(value, text):
    assert number(value) == text


def test_the_plot_is_svg_with_every_series_in_the_picture():
    root = ET.fromstring(plot.svg(POINTS, "a < b & c"))
    name = "{http://www.w3.org/2000/svg}"
    texts = ["".join(text.itertext()) for text in root.iter(f"{name}text")]
    assert {"ruff server, p50", "ruff server, p99", "whysafe, p50", "whysafe, p99", "20,000", "lines of the file"} <= {
        *texts
    }
    assert "milliseconds; a < b & c" in texts
    lines = list(root.iter(f"{name}polyline"))
    assert len(lines) == 4
    for line in lines:
        for x, y in (map(float, pair.split(",")) for pair in line.get("points").split()):
            assert plot.LEFT <= x <= plot.WIDTH - plot.RIGHT
            assert plot.TOP <= y <= plot.HEIGHT - plot.BOTTOM
    assert "prefers-color-scheme: dark" in plot.STYLE


def test_names_at_the_ends_of_lines_do_not_cover_each_other():
    assert plot.apart([10, 11, 60], 17) == [10, 27, 60]
    assert [plot.step(most) for most in (0.9, 5, 24, 650)] == [0.2, 1, 5, 200]


def test_the_table_goes_between_the_markers_of_the_readme():
    text = f"before\n{run.BEGIN}\nold\n{run.END}\nafter\n"
    assert run.with_table(text, "new") == f"before\n{run.BEGIN}\nnew\n{run.END}\nafter\n"
    for wrong in ("nothing", run.BEGIN, f"{run.END}{run.BEGIN}"):
        with pytest.raises(ValueError, match="the README has no lines"):
            run.with_table(wrong, "new")


def test_the_readme_has_a_place_for_the_table():
    readme = run.README.read_text(encoding="utf-8")
    assert run.with_table(readme, "the table") != readme


def test_the_peer_is_asked_for_its_security_rules_alone(tmp_path):
    client = Client(inputs.servers()["ruff"])
    client.start(tmp_path.as_uri())
    uri = (tmp_path / "a.py").as_uri()
    client.open(uri, 1, "import os, pickle\nassert pickle.loads(input())\nl = 1\nundefined_name\n")
    client.send("textDocument/didChange", keystrokes.change(uri, 2, (2, 0), (2, 0), "assert 1\n"))
    _, items = client.diagnostics(uri, 2)
    client.stop()
    assert {item["code"][0] for item in items} == {"S"}
    assert len([item for item in items if item["code"] == "S101"]) == 2


def test_keystrokes_are_measured_with_both_servers():
    times = keystrokes.compare(inputs.lines(200), SMALL)
    assert set(times) == {"whysafe", "ruff"}
    for of in times.values():
        assert len(of.opening) == len(of.worked) == 1
        assert len(of.strokes) == inputs.PLACES * SMALL.strokes
        assert 0 < of.p50 <= of.p99
        assert math.isfinite(of.p99)


def test_scans_take_turns_and_a_program_that_fails_is_named(tmp_path):
    (tmp_path / "a.py").write_text("eval(input())\n", encoding="utf-8")
    took = scans.in_turns({"ours": scans.check(tmp_path), "nothing": [sys.executable, "-c", ""]}, 1)
    assert took["ours"].worked > took["nothing"].worked > -1e-6
    with pytest.raises(RuntimeError, match=f"{Path(sys.executable).name} failed with status 3: sorry"):
        scans.spent([sys.executable, "-c", "import sys; print('sorry', file=sys.stderr); sys.exit(3)"])


PADDED = """
import sys, types
sys.path.insert(0, sys.argv[1])
stand_in = types.ModuleType("padded")

def catalogue_of(count):
    from whysafe.analysis.catalogue import catalogue
    from whysafe.rules import CATALOGUE
    return catalogue(rule for rule in CATALOGUE.rules.values() if rule.name == "eval-use" and count == 220)

stand_in.catalogue_of = catalogue_of
sys.modules["padded"] = stand_in
import padded_check
del sys.argv[1]
sys.exit(padded_check.main())
"""


def test_a_scan_with_another_catalogue_finds_what_that_catalogue_knows(tmp_path):
    (tmp_path / "a.py").write_text("import os\neval(x)\nos.system(x)\n", encoding="utf-8")
    alone = ("--no-cache", "--jobs", "1")
    arguments = [str(Path(__file__).parent), "220", *scans.check(tmp_path / "a.py", *alone)[3:]]
    process = subprocess.run(
        [sys.executable, "-c", PADDED, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert "eval-use" in process.stdout, process.stderr
    assert "os-system" not in process.stdout
    plain = subprocess.run(
        scans.check(tmp_path / "a.py", *alone), capture_output=True, text=True, timeout=60, check=True
    )
    assert plain.stdout.count('"rule"') > process.stdout.count('"rule"') == 1
