"""Settings: read from files and mappings, checked, merged; every problem at its place."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis.finding import Confidence, Severity
from whysafe.config import ReviewWithin, Settings, Switch, Vocabulary, for_path, from_mapping, load, merge

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = Vocabulary(
    rules=frozenset({"assert-used", "eval-use", "weak-hash-stdlib"}),
    families=frozenset({"style", "crypto"}),
    aliases={"B307": ("eval-use",), "B303": ("weak-hash-stdlib", "eval-use")},
)


def write(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


FULL = """
[tool.whysafe]
select = ["DEFAULT", "crypto", "B307"]
program-type = "web-service"
confidence = "low"
min-severity = "hint"
expiry-grace = 7
ticket-url = "https://tracker.example/browse/{ref}"
required-version = ">=0.1, <99"

[tool.whysafe.ignore]
assert-used = "an internal tool, run without -O"

[tool.whysafe.severity]
weak-hash-stdlib = { level = "hint", reason = "checksums only" }

[tool.whysafe.exclude]
"vendor/" = "reviewed upstream"

[tool.whysafe.review-within]
error = 30
deferred = 14

[tool.whysafe.per-path."scripts/*.py"]
program-type = "script"
ignore = { eval-use = "a calculator" }
"""


def test_every_setting_of_a_file_is_read_without_complaint(tmp_path):
    write(tmp_path, FULL)
    settings, problems = load(tmp_path / "below" / "it", KNOWN)
    assert problems == ()
    assert settings.select == ("DEFAULT", "crypto", "eval-use")
    assert settings.program_type == "web-service"
    assert settings.confidence is Confidence.LOW
    assert settings.min_severity is Severity.HINT
    assert settings.grace_days == 7
    assert settings.ticket_url == "https://tracker.example/browse/{ref}"
    assert settings.ignore == (Switch("assert-used", "an internal tool, run without -O"),)
    assert settings.severity[0].severity is Severity.HINT
    assert settings.exclude == (Switch("vendor/", "reviewed upstream", str(tmp_path)),)
    assert settings.review_within == ReviewWithin(error=30, deferred=14)
    assert settings.root == str(tmp_path)


WIDTHS = {
    "[tool.whysafe]\nline-length = 100\n[tool.black]\nline-length = 99\n": 100,
    "[tool.whysafe]\n[tool.black]\nline-length = 99\n[tool.ruff]\nline-length = 120\n": 99,
    "[tool.ruff]\nline-length = 120\n": 120,
    "[tool.black]\nline_length = 70\n": 70,
    "[tool.black]\nline-length = 'wide'\n[tool.ruff]\nline-length = 110\n": 110,
    "[tool.ruff]\nline-length = -1\n": 88,
    "[tool.whysafe]\n": 88,
    "[tool]\nblack = 3\n": 88,
    "line-length = [\n": 88,
    "tool = 'line'\n": 88,
}


@pytest.mark.parametrize(("text", "columns"), WIDTHS.items())
def test_justifications_are_as_wide_as_the_code(tmp_path, text, columns):
    write(tmp_path, text)
    below = tmp_path / "below"
    below.mkdir()
    assert load(below)[0].columns == columns


def test_the_formatter_counts_beside_a_settings_file_of_our_own_too(tmp_path):
    write(tmp_path, "[tool.ruff]\nline-length = 120\n")
    write(tmp_path, "program-type = 'cli'\n", "whysafe.toml")
    settings, _ = load(tmp_path)
    assert (settings.columns, settings.program_type) == (120, "cli")
    assert merge(settings, from_mapping({"line-length": 60}, "editor")[0]).columns == 60
    assert merge(settings, from_mapping({"confidence": "low"}, "editor")[0]).columns == 120


def test_never_justify_and_foreign_markers_take_effect(tmp_path):
    write(tmp_path, "[tool.whysafe]\nnever-justify = ['eval-use', 'crypto']\nforeign-markers = 'report'\n")
    settings, problems = load(tmp_path, KNOWN)
    assert problems == ()
    assert (settings.never_justify, settings.foreign_markers) == (("eval-use", "crypto"), "report")


def test_path_rules_hold_for_their_files_only(tmp_path):
    write(tmp_path, FULL)
    settings, _ = load(tmp_path, KNOWN)
    inside = for_path(settings, str(tmp_path / "scripts" / "a.py"))
    assert inside.program_type == "script"
    assert [switch.name for switch in inside.ignore] == ["assert-used", "eval-use"]
    assert for_path(settings, str(tmp_path / "src" / "a.py")) == settings
    assert for_path(settings, "scripts/a.py").program_type == "script"
    assert for_path(settings, None) == settings


def test_without_a_file_the_defaults_hold(tmp_path):
    settings, problems = load(tmp_path, KNOWN)
    assert problems == ()
    assert (settings.confidence, settings.min_severity) == (Confidence.MEDIUM, Severity.INFORMATION)
    assert settings.grace_days == 30
    assert from_mapping({"program-type": "critical"}, "editor settings")[0].grace_days == 0


PROBLEMS = [
    ("[tool.whysafe]\nselct = ['ALL']\n", 1, 0, "Did you mean `select`?"),
    ("[tool.whysafe]\nselect = [\n  'eval-use',\n  'evl-use',\n]\n", 3, 2, "Did you mean `eval-use`?"),
    ("[tool.whysafe]\nselect = 3\n", 1, 0, "must be a list of texts"),
    ("[tool.whysafe]\nprogram-type = 'web-servce'\n", 1, 15, "Did you mean `web-service`?"),
    ("[tool.whysafe]\nconfidence = 2\n", 1, 0, "must be one of low, medium, high"),
    ("[tool.whysafe]\nexpiry-grace = -1\n", 1, 0, "whole number of days from 0"),
    ("[tool.whysafe]\nexpiry-grace = true\n", 1, 0, "whole number of days"),
    ("[tool.whysafe]\nticket-url = 'javascript:{ref}'\n", 1, 0, "must be a web address"),
    ("[tool.whysafe]\nrequired-version = '>=99'\n", 1, 0, "wants whysafe >=99"),
    ("[tool.whysafe]\nrequired-version = 'new'\n", 1, 0, "list of conditions"),
    ("[tool.whysafe]\nauthor = 'M. Smit'\n", 1, 0, "one name would sign for everybody"),
    ("[tool.whysafe]\nforeign-markers = 'hide'\n", 1, 18, "must be one of show, report"),
    ("[tool.whysafe]\nnever-justify = ['evl-use']\n", 1, 17, "Did you mean `eval-use`?"),
    ("[tool.whysafe]\nline-length = 0\n", 1, 0, "number of columns from 1"),
    ("[tool.whysafe]\nline-length = true\n", 1, 0, "number of columns from 1"),
    ("[tool.whysafe]\nignore = ['assert-used']\n", 1, 10, "without a reason"),
    ("[tool.whysafe.ignore]\nassert-used = ''\n", 1, 0, "without a reason"),
    ("[tool.whysafe.severity]\neval-use = 'hint'\n", 1, 0, "without a reason"),
    ("[tool.whysafe.severity]\neval-use = 'fatal'\n", 1, 11, "must be one of hint"),
    ("[tool.whysafe.exclude]\n'*a*b*c*d*e*f*g*' = 'slow'\n", 1, 0, "matching it could take seconds"),
    ("[tool.whysafe.review-within]\nserious = 3\n", 1, 0, "is no severity"),
    ("[tool.whysafe.per-path.'a/*']\nexclude = ['x']\n", 1, 0, "is not a setting of a path"),
    ("[tool]\nwhysafe = 3\n", 0, 0, "must be a table"),
    ("[tool.whysafe]\nselect = [\n", 2, 0, "not valid TOML"),
    ("[tool.whysafe]\nselect = = 3\n", 1, 9, "not valid TOML"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), PROBLEMS)
def test_a_mistake_is_reported_once_at_its_place(tmp_path, text, line, column, message):
    path = write(tmp_path, text)
    _, problems = load(tmp_path, KNOWN)
    assert [(problem.path, problem.line, problem.column) for problem in problems] == [(str(path), line, column)]
    assert message in problems[0].message


def test_what_is_right_beside_a_mistake_applies(tmp_path):
    write(tmp_path, "[tool.whysafe]\nselct = 1\nselect = ['nothing-such', 'eval-use']\nconfidence = 'high'\n")
    settings, problems = load(tmp_path, KNOWN)
    assert len(problems) == 2
    assert settings.select == ("eval-use",)
    assert settings.confidence is Confidence.HIGH


def test_the_nearest_file_wins_and_an_own_file_beats_pyproject(tmp_path):
    write(tmp_path, "[tool.whysafe]\nconfidence = 'low'\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    write(tmp_path / "a", "[tool.other]\n")
    assert load(below)[0].confidence is Confidence.LOW
    write(tmp_path / "a", "confidence = 'high'\n", "whysafe.toml")
    assert load(below)[0].confidence is Confidence.HIGH
    write(below, "[tool.whysafe]\nconfidence = 'medium'\n")
    write(below, "confidence = 'low'\n", ".whysafe.toml")
    assert load(below)[0].confidence is Confidence.LOW


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_place_of_a_settings_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pyproject.toml")
    _, problems = load(tmp_path)
    assert "not a regular file" in problems[0].message


HOSTILE = {
    "dotted key": "[tool.whysafe]\n" + ".".join(["a"] * 100_000) + " = 1\n",
    "dotted header": "[" + ".".join(["a"] * 100_000) + "]\n",
    "nested arrays": "[tool.whysafe]\nselect = " + "[" * 100_000,
    "huge": "#" * 2_000_000,
    "number": "[tool.whysafe]\nexpiry-grace = " + "9" * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_one_problem_within_seconds(tmp_path, text):
    write(tmp_path, text)
    start = time.process_time()
    _, problems = load(tmp_path)
    assert len(problems) == 1
    assert time.process_time() - start < 5


def test_long_dotted_text_in_a_value_is_no_key(tmp_path):
    write(tmp_path, '[project]\ndescription = """\n' + "." * 500 + '\n"""\n[tool.whysafe]\nconfidence = "low"\n')
    assert load(tmp_path) == (Settings(confidence=Confidence.LOW, root=str(tmp_path), given=("confidence",)), ())


def test_a_person_needs_no_reasons_and_may_sign_and_write_camel_case():
    data = {"programType": "cli", "ignore": ["assert-used"], "author": "M. Smit", "interpreter": ["python"]}
    settings, problems = from_mapping(data, "editor settings", KNOWN)
    assert problems == ()
    assert (settings.program_type, settings.author) == ("cli", "M. Smit")
    assert settings.ignore == (Switch("assert-used"),)


def test_an_id_of_another_tool_means_all_rules_that_carry_it():
    assert from_mapping({"select": "B303"}, "x", KNOWN)[0].select == ("weak-hash-stdlib", "eval-use")


def test_a_later_layer_wins_and_lists_of_exceptions_are_joined():
    file, _ = from_mapping(
        {"ignore": {"assert-used": "a"}, "confidence": "low", "exclude": {"x/": "r"}}, "x", root="/r"
    )
    person, _ = from_mapping({"ignore": ["eval-use"], "program-type": "cli"}, "y", root="/s")
    merged = merge(file, person)
    assert [switch.name for switch in merged.ignore] == ["assert-used", "eval-use"]
    assert (merged.confidence, merged.program_type, merged.root) == (Confidence.LOW, "cli", "/r")
    assert merged.exclude == (Switch("x/", "r", "/r"),)


def test_a_later_select_drops_earlier_ignores():
    file, _ = from_mapping({"ignore": {"assert-used": "a"}}, "x")
    person, _ = from_mapping({"select": ["assert-used"]}, "y")
    assert merge(file, person).ignore == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from([
    "select", "ignore", "severity", "program-type", "per-path", "exclude", "review-within", "expiry-grace",
    "never-justify", "foreign-markers", "ticket-url", "confidence", "required-version", "min-severity", "author",
])  # fmt: skip


@given(st.dictionaries(KEYS | st.text(), JSON))
def test_no_value_raises_and_the_answer_can_be_hashed(data):
    settings, problems = from_mapping(data, "editor settings", KNOWN)
    assert isinstance(hash(settings), int)
    assert all(problem.message for problem in problems)
