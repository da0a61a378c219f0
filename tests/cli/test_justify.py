"""`whysafe justify`: the block that is written, what is refused, and that the rest of the file stays as it was."""

from __future__ import annotations

import codecs
import datetime as dt
import stat
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whysafe import checker
from whysafe.cli.main import main
from whysafe.config import Settings
from whysafe.justifications.state import State

TODAY = "2026-11-24"
REASON = "only the developer who starts this program chooses the text"
CODE = "import pickle\n\n\nclass Store:\n    def read(self, stream):\n        return pickle.load(stream)\n"


class Input:
    def __init__(self, terminal):
        self.terminal = terminal

    def isatty(self):
        return self.terminal


@pytest.fixture
def justify(monkeypatch, capsys):
    """Run `whysafe justify`, on a terminal unless told otherwise; status, standard output, standard error."""
    monkeypatch.setenv("WHYSAFE_AUTHOR", "A. Jansen")

    def run(place, *more, rule="pickle-load", decision="accepted", reason=REASON, terminal=True):
        monkeypatch.setattr(sys, "stdin", Input(terminal))
        options = ["--rule", rule, "--decision", decision, "--reason", reason, "--today", TODAY]
        status = main(["justify", place, *options, *more])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def app(project_folder):
    path = project_folder / "app.py"
    path.write_text(CODE, encoding="utf-8")
    return path


def shown(text):
    return checker.check(text, Settings(), dt.date(2026, 11, 24), None).shown


def test_the_block_is_written_above_the_code_and_printed(app, justify):
    status, out, err = justify("app.py:6", "--who", "M. Smit", "--ref", "SEC-42")
    text = app.read_text(encoding="utf-8")
    block = [
        "# justified[pickle-load] accepted: only the developer who starts this program",
        "#   chooses the text",
    ]
    assert (status, err) == (0, "")
    lines = text.splitlines()
    assert [line.strip() for line in lines[5:7]] == block
    sign = lines[7].strip()
    assert sign.startswith("#   -- M. Smit, 2026-11-24, review by 2027-05-23, ref SEC-42, code ")
    assert lines[:5] + lines[8:] == CODE.splitlines()
    assert out.splitlines() == ["app.py:6: written for app.py:6", *(f"  {line}" for line in (*block, sign))]
    assert [one.state for one in shown(text)] == [State.VALID]


def test_the_place_is_that_of_the_block_where_an_empty_line_stands_above_it(project_folder, justify):
    (project_folder / "app.py").write_text("import pickle\nx = pickle.load(y)\n", encoding="utf-8")
    _, out, _ = justify("app.py:2", reason="TODO why this may stay")
    first, *_, last = out.splitlines()
    lines = (project_folder / "app.py").read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[1], lines[2][:12]) == ("import pickle", "", "# justified[")
    assert first == "app.py:3: written for app.py:2"
    assert last.startswith("It does not count yet: The reason is still to be written")


@pytest.mark.parametrize("place", ["app.py:6", "app.py:6:16", "app.py:6:16:", "./app.py:6"])
def test_a_place_is_taken_as_check_prints_it(app, justify, place):
    assert justify(place)[0] == 0
    assert "justified[pickle-load]" in app.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", ["B301", "b301", "S301", "PICKLE-LOAD"])
def test_another_tools_id_is_understood_and_our_name_written(app, justify, rule):
    assert justify("app.py:6", rule=rule)[0] == 0
    assert "justified[pickle-load]" in app.read_text(encoding="utf-8")


@pytest.mark.parametrize("decision", ["accepted", "mitigated", "deferred", "false-alarm"])
def test_every_decision_is_written_and_counts(app, justify, decision):
    status, out, _ = justify("app.py:6", "--ref", "SEC-1", decision=decision)
    (finding,) = shown(app.read_text(encoding="utf-8"))
    assert (status, finding.state, finding.block.decision.value) == (0, State.VALID, decision)
    assert "does not count" not in out


def test_the_author_is_the_users_own(app, justify):
    justify("app.py:6")
    assert "-- A. Jansen, " in app.read_text(encoding="utf-8")


def test_a_comma_or_an_address_does_not_break_the_signature(app, justify):
    assert justify("app.py:6", "--who", "Smit, M. <m@example.org>")[0] == 0
    (finding,) = shown(app.read_text(encoding="utf-8"))
    assert (finding.state, finding.block.who) == (State.VALID, "Smit M.")


def test_without_a_terminal_the_block_is_not_signed(app, justify):
    status, out, err = justify("app.py:6", "--who", "M. Smit", terminal=False)
    (finding,) = shown(app.read_text(encoding="utf-8"))
    assert (status, finding.state) == (0, State.UNSIGNED)
    assert "M. Smit" not in app.read_text(encoding="utf-8")
    assert "not signed" in err
    assert "does not count yet" in out


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "TODO write this down properly"}, "still to be written"),
        ({"reason": "fine"}, "too little"),
        ({"decision": "deferred"}, "ref TODO"),
    ],
)
@pytest.mark.usefixtures("app")
def test_what_keeps_a_block_from_counting_is_said(justify, changes, words):
    status, out, _ = justify("app.py:6", **changes)
    assert status == 0
    assert "It does not count yet" in out
    assert words in out


REFUSED = [
    ({"reason": "  "}, "reason is empty"),
    ({"reason": "two\nlines of reason"}, "U+000A"),
    ({"reason": "carriage\rreturn in here"}, "U+000D"),
    ({"reason": "a tab\tin the reason"}, "U+0009"),
    ({"reason": "turns \u202e the direction"}, "U+202E"),
    ({"reason": "silenced by # nosec for now"}, "order to another tool"),
    ({"rule": "eval-use"}, "What is found on this line is `pickle-load`"),
]


@pytest.mark.parametrize(("changes", "words"), REFUSED)
def test_a_refusal_says_why_and_writes_nothing(app, justify, changes, words):
    before = app.stat()
    status, out, err = justify("app.py:6", **changes)
    assert (status, out) == (1, "")
    assert words in err
    assert "Nothing was written." in err
    assert app.read_text(encoding="utf-8") == CODE
    assert app.stat().st_ino == before.st_ino


def test_a_ref_of_two_words_is_refused(app, justify):
    assert justify("app.py:6", "--ref", "SEC 42")[0] == 1
    assert app.read_text(encoding="utf-8") == CODE


@pytest.mark.parametrize(("place", "words"), [("app.py:5", "There is on line 6."), ("app.py:6:1", "`pickle-load`")])
@pytest.mark.usefixtures("app")
def test_a_place_without_the_finding_is_refused_with_where_it_is(justify, place, words):
    status, _, err = justify(place)
    assert status == 1
    assert words in err


def test_what_is_answered_already_is_refused(app, justify):
    justify("app.py:6")
    once = app.read_text(encoding="utf-8")
    status, _, err = justify("app.py:9")
    assert status == 1
    assert "already" in err
    assert app.read_text(encoding="utf-8") == once


@pytest.mark.usefixtures("app")
def test_a_finding_that_the_settings_hide_is_not_answered(project_folder, justify):
    (project_folder / "whysafe.toml").write_text("[ignore]\npickle-load = 'why'\n", encoding="utf-8")
    status, _, err = justify("app.py:6")
    assert status == 1
    assert "under these settings" in err


def test_the_settings_of_the_project_hold(project_folder, app, justify):
    (project_folder / "whysafe.toml").write_text(
        "program-type = 'cli'\n[review-within]\nerror = 10\n", encoding="utf-8"
    )
    assert justify("app.py:6")[0] == 0
    assert "for cli, review by 2026-12-04" in app.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("place", "more", "words"),
    [
        ("app.py", [], "is no place"),
        ("app.py:0", [], "is no place"),
        ("app.py:six", [], "is no place"),
        ("nowhere.py:1", [], "cannot be opened"),
        (".:1", [], "regular"),
        ("app.py:6", ["--rule", "pickle-laod"], "Did you mean pickle-load"),
        ("app.py:6", ["--who", "<a@b.c>"], "no name"),
    ],
)
def test_wrong_usage_ends_with_2_and_writes_nothing(app, justify, place, more, words):
    status, out, err = justify(place, *more)
    assert (status, out) == (2, "")
    assert words in err
    assert app.read_text(encoding="utf-8") == CODE


@pytest.mark.parametrize("option", ["--reason", "--rule", "--decision"])
def test_rule_decision_and_reason_are_owed(capsys, option):
    given = {"--reason": REASON, "--rule": "pickle-load", "--decision": "accepted"}
    given.pop(option)
    with pytest.raises(SystemExit) as left:
        main(["justify", "app.py:6", *(word for pair in given.items() for word in pair)])
    assert left.value.code == 2
    assert option in capsys.readouterr().err


BODY = "import pickle\nname = 'é'\nx = pickle.load(y)\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("mark", "head", "encoding"),
    [
        (b"", "", "utf-8"),
        (codecs.BOM_UTF8, "", "utf-8"),
        (codecs.BOM_UTF8, "# -*- coding: utf-8 -*-\n", "utf-8"),
        (b"", "#!/usr/bin/python\n# -*- coding: latin-1 -*-\n", "latin-1"),
        (b"", "# -*- coding: cp1252 -*-\n", "cp1252"),
    ],
)
def test_encoding_mark_and_line_ends_stay(project_folder, justify, end, mark, head, encoding):
    path = project_folder / "a.py"
    before = mark + (head + BODY).replace("\n", end).encode(encoding)
    path.write_bytes(before)
    line = head.count("\n") + 3
    assert justify(f"a.py:{line}", reason=REASON + " é")[0] == 0
    after = path.read_bytes()
    lines = after.decode(encoding).split(end)
    assert [number for number, text in enumerate(lines) if text.startswith("#   -- ")] == [line + 1]
    assert end.join(lines[: line - 1] + lines[line + 2 :]).encode(encoding) == before
    assert end == "\r\n" or b"\r\n" not in after


def test_what_the_encoding_lacks_is_refused(project_folder, justify):
    path = project_folder / "a.py"
    path.write_bytes(b"# coding: latin-1\nimport pickle\nx = pickle.load(y)  # \xe9\n")
    before = path.read_bytes()
    status, _, err = justify("a.py:3", reason=REASON + " 漢")
    assert status == 1
    assert "U+6F22" in err
    assert path.read_bytes() == before


def test_permissions_and_links_stay(project_folder, app, justify):
    app.chmod(0o750)
    link = project_folder / "link.py"
    link.symlink_to(app)
    assert justify("link.py:6")[0] == 0
    assert link.is_symlink()
    assert "justified" in app.read_text(encoding="utf-8")
    assert stat.S_IMODE(app.stat().st_mode) == 0o750
    assert sorted(each.name for each in project_folder.iterdir()) == [".git", "app.py", "link.py"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_reason_is_written_as_it_is_or_refused(app, justify, text):
    app.write_text(CODE, encoding="utf-8")
    status, _, err = justify("app.py:6", reason="reason: " + text)
    if status == 1:
        assert app.read_text(encoding="utf-8") == CODE
        assert "refused" in err
    else:
        (finding,) = shown(app.read_bytes().decode("utf-8"))
        assert finding.block.reason.split() == ("reason: " + text).split()


def test_a_reason_of_ten_thousand_letters_reads_back(app, justify):
    reason = " ".join(["wort"] * 2_000)
    assert justify("app.py:6", reason=reason)[0] == 0
    (finding,) = shown(app.read_text(encoding="utf-8"))
    assert finding.block.reason == reason
