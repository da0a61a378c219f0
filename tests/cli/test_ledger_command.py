"""`whysafe ledger` with the real engine: what it collects, how it ends, where it writes."""

from __future__ import annotations

import importlib.util
import json
import stat
import subprocess
import sys

import jsonschema
import pytest
from whysafe.cli import ledger as command
from whysafe.cli import ledger_json
from whysafe.cli.main import main, parser
from whysafe.justifications.comment import Decision
from whysafe.justifications.state import State
from whysafe.scanning.examine import Analysis

TODAY = "2026-11-24"
HEAD = "# justified[{rule}] {decision}: {reason}\n#   -- {who}, 2026-11-12, review by {review}, code {code}\n"
REASON = "only the developer who starts this program chooses the text"
OPEN_CODE = "import pickle\nx = pickle.load(y)\n"


@pytest.fixture
def ledger(project_folder, capsys):  # noqa: ARG001 - it makes the project the current folder
    """Run `whysafe ledger` in the project; status, standard output, standard error."""

    def run(*arguments):
        status = main(["ledger", "--today", TODAY, *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def answered(project_folder, monkeypatch, capsys):
    """Write a file and answer its line 2 by `whysafe justify`."""

    class Terminal:
        def isatty(self):
            return True

    def write(name, text=OPEN_CODE, rule="pickle-load", reason=REASON, who="M. Smit", decision="accepted"):
        path = project_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", Terminal())
        options = ["--rule", rule, "--decision", decision, "--reason", reason, "--who", who, "--today", "2026-11-12"]
        assert main(["justify", f"{path}:2", *options]) == 0
        capsys.readouterr()
        return path

    return write


def test_an_empty_project_has_an_empty_ledger(ledger):
    status, out, err = ledger()
    assert (status, err) == (0, "")
    assert out == (f"0 answers in 0 files on {TODAY}: 0 hold, 0 do not; 0 findings without an answer.\n")


def test_the_text_lists_each_answer_and_the_totals(ledger, answered):
    answered("app/main.py")
    status, out, err = ledger()
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "1 answer in 1 file on 2026-11-24: 1 holds, 0 do not; 0 findings without an answer.",
        "",
        "app/main.py:6: valid: pickle-load (CWE-502, error)",
        "  | x = pickle.load(y)",
        "  accepted by M. Smit on 2026-11-12 (12 days ago), review by 2027-05-11 (168 days left)",
        f"    {REASON}",
        "",
        "Totals",
        "  by state: 1 valid",
        "  by decision: 1 accepted",
        "  by rule: 1 pickle-load",
        "  by author: 1 M. Smit",
    ]


def test_the_order_is_that_of_the_paths_whatever_the_arguments(ledger, answered):
    for name in ("b/z.py", "a.py", "b/a.py", "c.py"):
        answered(name)
    listed = [entry["path"] for entry in json.loads(ledger("--format", "json")[1])["entries"]]
    assert listed == ["a.py", "b/a.py", "b/z.py", "c.py"]
    for form in ("text", "markdown", "json", "html"):
        assert ledger("--format", form, "c.py", "b", "a.py")[1] == ledger("--format", form, "a.py", "b", "c.py")[1]


@pytest.mark.parametrize("form", ["text", "markdown", "json", "html"])
def test_what_could_not_be_read_is_said_in_the_ledger_and_ends_with_2(project_folder, ledger, form):
    (project_folder / "broken.py").write_text("def f(:\n    pass\n", encoding="utf-8")
    (project_folder / "bytes.py").write_bytes(b"x = '\xff'\n")
    status, out, err = ledger("--format", form, ".", "nowhere")
    assert status == 2
    for name in ("broken.py", "bytes.py", "nowhere"):
        assert name in out.replace("\\", "")
        assert name in err
    assert ("not complete" in out) is (form != "json")
    if form == "json":
        assert json.loads(out)["complete"] is False


def test_settings_that_cannot_be_read_make_the_ledger_incomplete(project_folder, ledger, answered):
    answered("a.py")
    (project_folder / "whysafe.toml").write_text("[ignore\n", encoding="utf-8")
    status, out, _ = ledger("--format", "json")
    assert status == 2
    (error,) = json.loads(out)["errors"]
    assert (error["path"], error["line"]) == ("whysafe.toml", 1)


def test_a_defect_of_the_engine_is_an_error_and_the_rest_is_listed(project_folder, capsys, engine):
    (project_folder / "a.py").write_text("CRASH\n", encoding="utf-8")
    (project_folder / "b.py").write_text("x = 1\n", encoding="utf-8")
    args = parser().parse_args(["ledger", "--format", "json"])
    assert command.run_with(args, Analysis(load=lambda: engine)) == 2
    out = json.loads(capsys.readouterr().out)
    assert [(error["path"], out["files"]) for error in out["errors"]] == [("a.py", 2)]
    assert "the engine fell over" in out["errors"][0]["message"]


def test_weakening_settings_are_listed_with_reason_and_place(project_folder, ledger):
    (project_folder / "a.py").write_text("x = 1\n", encoding="utf-8")
    (project_folder / "pyproject.toml").write_text(
        '[tool.whysafe.ignore]\nassert-used = "none checks input"\n'
        '[tool.whysafe.exclude]\n"old.py" = ""\n'
        '[tool.whysafe.per-path."docs/*".ignore]\nprocess = "examples"\n',
        encoding="utf-8",
    )
    (project_folder / "old.py").write_text("x = 1\n", encoding="utf-8")
    status, out, err = ledger("--format", "json")
    data = json.loads(out)
    assert status == 0
    found = [
        (one["name"], one["files"], one["reason"], one["path"], one["line"]) for one in data["weakened_by_settings"]
    ]
    assert found == [
        ("assert-used", None, "none checks input", "pyproject.toml", 2),
        ("old.py", None, None, "pyproject.toml", 4),
        ("process", "docs/*", "examples", "pyproject.toml", 6),
    ]
    assert data["skipped"] == [{"why": "excluded by the settings", "count": 1}]
    assert "without a reason" in data["settings_problems"][0]["message"]
    assert "without a reason" in err
    text = ledger()[1]
    assert "pyproject.toml:2: switched off: assert-used: none checks input" in text
    assert "pyproject.toml:4: excluded: old.py: no reason given" in text
    assert "pyproject.toml:6: switched off: process, for files docs/*: examples" in text


def test_due_failing_and_repeated_are_summed_up(project_folder, ledger, answered):
    for name in ("a.py", "b.py", "c.py"):
        answered(name)
    (project_folder / "a.py").write_text(
        (project_folder / "a.py").read_text(encoding="utf-8").replace("2027-05-11", "2026-12-01"), encoding="utf-8"
    )
    (project_folder / "b.py").write_text(
        (project_folder / "b.py").read_text(encoding="utf-8").replace("load(y)", "load(z)"), encoding="utf-8"
    )
    data = json.loads(ledger("--format", "json")[1])
    assert (data["due"], data["not_holding"]) == ([1], [2])
    assert data["repeated_reasons"] == [{"reason": REASON, "entries": [1, 2, 3]}]
    assert [entry["state"] for entry in data["entries"]] == ["due", "stale", "valid"]
    text = ledger()[1]
    assert "Does not hold\n  b.py:6: stale: pickle-load\n" in text
    assert "To be reviewed within 30 days\n  a.py:6: due: pickle-load: 2026-12-01\n" in text
    assert f"on three or more statements\n  {REASON} (a.py:6, b.py:6, c.py:6)\n" in text


def everything(project_folder, answered):
    """Files that fill every part of a ledger."""
    for name in ("a.py", "b.py", "c.py", "sub/d.py"):
        answered(name)
    path = project_folder / "b.py"
    path.write_text(
        path.read_text(encoding="utf-8").replace("[pickle-load]", "[pickle-load, no-rule]"), encoding="utf-8"
    )
    path = project_folder / "c.py"
    path.write_text(path.read_text(encoding="utf-8").replace("M. Smit, 2026-11-12", "Nobody"), encoding="utf-8")
    (project_folder / "open.py").write_text(OPEN_CODE + "z = pickle.load(w)  # nosec\n", encoding="utf-8")
    (project_folder / "bad.py").write_text("# justified[]: \nx = (\n# justified[eval-use accepted\n", encoding="utf-8")
    (project_folder / "whysafe.toml").write_text("[ignore]\neval-use = ''\n[exclude]\n'x/' = 'y'\n", encoding="utf-8")


def test_the_json_follows_its_schema(project_folder, ledger, answered):
    schema = ledger_json.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    everything(project_folder, answered)
    status, out, _ = ledger("--format", "json")
    data = json.loads(out)
    jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)
    assert status == 2
    for part in ("entries", "not_holding", "repeated_reasons", "weakened_by_settings", "errors", "settings_problems"):
        assert data[part], part
    jsonschema.validate(json.loads(ledger("--format", "json", "a.py")[1]), schema)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("entries"),
        lambda data: data.update(version=2),
        lambda data: data.update(more=1),
        lambda data: data["entries"][0].update(state="fine"),
        lambda data: data["entries"][0].update(line=0),
        lambda data: data["entries"][0].pop("reason"),
        lambda data: data["totals"]["states"].update(fine=1),
    ],
)
def test_the_schema_refuses_what_it_does_not_describe(ledger, answered, change):
    answered("a.py")
    data = json.loads(ledger("--format", "json")[1])
    jsonschema.validate(data, ledger_json.schema())
    change(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, ledger_json.schema())


def test_the_schema_knows_every_state_and_decision():
    definitions = ledger_json.schema()["$defs"]
    assert {state.value for state in State} <= set(definitions["state"]["enum"])
    assert [one.value for one in Decision] == definitions["entry"]["properties"]["decision"]["enum"][:-1]


@pytest.mark.parametrize("form", ["text", "markdown", "json", "html"])
def test_the_output_goes_to_a_file_whole(project_folder, ledger, answered, form):
    answered("a.py", who="Zoë 漢")
    target = project_folder / "out" / "ledger"
    target.parent.mkdir()
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    status, out, err = ledger("--format", form, "--output", str(target))
    assert (status, out, err) == (0, "", "")
    assert target.read_bytes().decode("utf-8") == ledger("--format", form)[1]
    assert [each.name for each in target.parent.iterdir()] == ["ledger"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_an_output_that_cannot_be_written_is_said(project_folder, ledger):
    status, _, err = ledger("--output", str(project_folder / "no" / "folder"))
    assert status == 2
    assert "cannot be written" in err


def test_without_jinja_the_html_format_says_what_to_install(ledger, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == "jinja2" else real(name))
    status, out, err = ledger("--format", "html")
    assert (status, out) == (2, "")
    assert "pip install 'whysafe[html]'" in err
    assert ledger("--format", "text")[0] == 0


def test_other_formats_do_not_load_jinja(project_folder):
    program = (
        "import sys; from whysafe.cli.main import main\n"
        "main(['ledger', '--output', 'out'])\nprint('jinja2' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True, cwd=project_folder
    )
    assert done.stdout == "False\n"


def test_names_in_the_ledger_do_not_command_the_terminal(ledger, answered):
    answered("a\x1b[2J.py", reason=REASON + " 漢")
    answered("b.py", text="import pickle\nx = pickle.load('\x1b[31m\u202e')\n")
    for form in ("text", "markdown", "html"):
        out = ledger("--format", form)[1]
        assert "\x1b" not in out
        assert "\u202e" not in out
