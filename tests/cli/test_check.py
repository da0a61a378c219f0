"""`whysafe check`: exit statuses, options, the two formats, and files that cannot be checked."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from pathlib import PurePath

import jsonschema
import pytest
from whysafe import __version__
from whysafe.cli import json_output

BAD = "x = eval(y)\n"


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        ("x = 1\n", [], 0),
        (BAD, [], 1),
        (BAD, ["--exit-zero"], 0),
        ("random()\n", [], 0),
        ("random()\n", ["--fail-on", "information"], 1),
        ("input()\n", ["--select", "ALL", "--fail-on", "hint"], 1),
        ("md5()\n", ["--fail-on", "error"], 0),
        ("md5()\n", ["--fail-on", "error", "--program-type", "critical"], 1),
        (BAD, ["--ignore", "eval-use"], 0),
        (BAD, ["--ignore", "B307"], 0),
        (BAD, ["--select", "md5-use,random-use"], 0),
        (BAD, ["--select", "md5-use", "--select", "words"], 1),
        ("BROKEN\n", [], 2),
        (BAD + "BROKEN\n", ["--exit-zero"], 2),
        ("CRASH\n", [], 2),
        (BAD, ["--select", "no-such-rule"], 2),
    ],
)
def test_the_exit_status(project_folder, whysafe_check, text, options, status):
    (project_folder / "a.py").write_text(text, encoding="utf-8")
    assert whysafe_check(*options).status == status
    assert whysafe_check(*options, "--format", "json").status == status


def test_a_wrong_name_gets_a_proposal_and_nothing_is_checked(whysafe_check):
    ran = whysafe_check("--select", "evil-use")
    assert (ran.status, ran.out) == (2, "")
    assert "Did you mean `eval-use`?" in ran.err


@pytest.mark.parametrize("option", [["--today", "tomorrow"], ["--format", "xml"], ["--min-severity", "fatal"]])
def test_a_wrong_option_is_a_usage_error(whysafe_check, option, capsys):
    with pytest.raises(SystemExit) as left:
        whysafe_check(*option)
    assert left.value.code == 2
    assert option[1] in capsys.readouterr().err


def test_a_path_that_does_not_exist_is_an_error_and_the_others_are_checked(project_folder, whysafe_check):
    (project_folder / "a.py").write_text(BAD, encoding="utf-8")
    ran = whysafe_check("nowhere", "a.py", "--format", "json")
    found = json.loads(ran.out)
    assert ran.status == 2
    assert [error["path"] for error in found["errors"]] == ["nowhere"]
    assert [finding["path"] for finding in found["findings"]] == ["a.py"]


def test_the_json_is_one_object_of_a_fixed_shape(project_folder, whysafe_check):
    (project_folder / "b.py").write_text("\u6f22 = '\U0001d11e'; eval(x)\n", encoding="utf-8")
    (project_folder / "a.py").write_text("fine = 1\n", encoding="utf-8")
    found = json.loads(whysafe_check("--format", "json", "--today", "2026-11-24").out)
    assert found == {
        "version": 1,
        "tool": {"name": "whysafe", "version": __version__},
        "today": "2026-11-24",
        "files": 2,
        "findings": [
            {
                "path": "b.py",
                "rule": "eval-use",
                "aliases": ["B307", "S307"],
                "message": "eval-use is used.",
                "severity": "error",
                "full_severity": "error",
                "confidence": "high",
                "cwe": [95],
                "start": {"line": 1, "column": 10},
                "end": {"line": 1, "column": 14},
                "state": "open",
                "justification": None,
                "marker": None,
            }
        ],
        "remarks": [],
        "errors": [],
        "summary": {
            "findings": 1,
            "answered": 0,
            "findings_by_state": {"open": 1},
            "remarks_by_state": {},
            "rules_off": [],
            "switched_off": [],
            "severities_lowered": [],
            "paths_excluded": [],
            "skipped": [],
        },
    }
    jsonschema.validate(found, json_output.schema(), cls=jsonschema.Draft202012Validator)


UNREADABLE = {
    "invalid UTF-8": b"x = '\xff'\n",
    "unknown cookie": b"# coding: no-such-codec\n",
    "NUL": b"x = 1\n\x00\n",
    "broken": b"ok = 1\nBROKEN\n",
    "crash": b"CRASH\n",
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_checked_is_an_error_that_says_how_to_settle_it(project_folder, whysafe_check, content):
    (project_folder / "bad.py").write_bytes(content)
    (project_folder / "good.py").write_text(BAD, encoding="utf-8")
    ran = whysafe_check("--format", "json")
    found = json.loads(ran.out)
    assert ran.status == 2
    assert found["files"] == 2
    (error,) = found["errors"]
    assert error["path"] == "bad.py"
    assert 'write `"/bad.py" = "why it need not be checked"` below `[tool.whysafe.exclude]`' in error["message"]
    assert [finding["path"] for finding in found["findings"]] == ["good.py"]
    text = whysafe_check().out
    assert "not analysed" in text
    assert '"/bad.py" = "why' in text
    assert "1 file not fully analysed" in text


def test_the_exclude_line_settles_it(project_folder, whysafe_check):
    folder = project_folder / "odd [name]"
    folder.mkdir()
    (folder / "b*d.py").write_text("CRASH", encoding="utf-8")
    (folder / "bad.py").write_text("fine = 1\n", encoding="utf-8")
    message = json.loads(whysafe_check("--format", "json").out)["errors"][0]["message"]
    line, table = re.findall("`([^`]*)`", message)
    (project_folder / "pyproject.toml").write_text(f"{table}\n{line}\n", encoding="utf-8")
    ran = whysafe_check("--format", "json")
    assert (ran.status, json.loads(ran.out)["files"], ran.err) == (0, 1, "")


def test_a_crash_says_that_it_is_a_defect_of_ours(project_folder, whysafe_check):
    (project_folder / "bad.py").write_text("CRASH\n", encoding="utf-8")
    assert "RuntimeError: the engine fell over). This is a defect of whysafe" in whysafe_check().out


def test_a_gap_has_its_line(project_folder, whysafe_check):
    (project_folder / "bad.py").write_text("x = 1\nBROKEN\neval(x)\n", encoding="utf-8")
    ran = whysafe_check()
    assert "bad.py: not analysed line 2: this cannot be parsed" in ran.out
    assert "bad.py:3:1: error eval-use" in ran.out


def test_standard_input(whysafe_check, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    found = json.loads(whysafe_check("-", "--stdin-filename", "pkg/a.py", "--format", "json").out)
    assert (found["files"], found["findings"][0]["path"]) == (1, "pkg/a.py")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    assert whysafe_check("-").status == 2
    assert whysafe_check("-", "a.py").status == 2


def test_settings_hold_for_their_folder_and_the_command_line_wins(project_folder, whysafe_check):
    for name in ("one", "two"):
        (project_folder / name).mkdir()
        (project_folder / name / "a.py").write_text("eval(x)\nmd5(x)\n", encoding="utf-8")
    (project_folder / "pyproject.toml").write_text("[tool.whysafe.ignore]\neval-use = 'r'\n", encoding="utf-8")
    (project_folder / "two" / "whysafe.toml").write_text("[ignore]\nmd5-use = 'r'\n", encoding="utf-8")

    def rules(*options):
        found = json.loads(whysafe_check("--format", "json", *options).out)["findings"]
        return [(PurePath(finding["path"]).parent.name, finding["rule"]) for finding in found]

    assert rules() == [("one", "md5-use"), ("two", "eval-use")]
    assert rules("--no-config", "--ignore", "md5-use") == [("one", "eval-use"), ("two", "eval-use")]
    assert rules("--select", "eval-use") == [("one", "eval-use"), ("two", "eval-use")]
    assert rules("--ignore", "md5-use") == [("two", "eval-use")]


def test_problems_of_settings_go_to_standard_error_with_their_place(project_folder, whysafe_check):
    (project_folder / "pyproject.toml").write_text("[tool.whysafe]\nselct = 'x'\n", encoding="utf-8")
    (project_folder / "a.py").write_text("x = 1\n", encoding="utf-8")
    ran = whysafe_check("--format", "json")
    assert ran.status == 0
    assert (
        f"{project_folder / 'pyproject.toml'}:2:1: settings: `selct` is not a setting. Did you mean `select`?"
        in ran.err
    )
    assert json.loads(ran.out)["errors"] == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_is_named_is_an_error_and_nobody_waits_for_it(project_folder, whysafe_check):
    os.mkfifo(project_folder / "pipe.py")
    ran = whysafe_check("pipe.py", "--format", "json")
    assert ran.status == 2
    assert "regular file" in json.loads(ran.out)["errors"][0]["message"]
