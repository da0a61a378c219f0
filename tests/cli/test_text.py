"""The text format: what is shown, how it is cut, and that nothing in it commands the terminal."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.cli.text import style_for, visible, width


def test_a_finding_has_its_place_its_line_and_a_mark(project_folder, whysafe_check):
    (project_folder / "a.py").write_text("def f():\n\tx = eval(y)  # note\n", encoding="utf-8")
    assert whysafe_check().out.splitlines() == [
        "a.py:2:6: error eval-use eval-use is used.",
        "  2 | x = eval(y)  # note",
        "    |     ^^^^",
        "",
        "1 finding (1 error), in 1 file",
    ]


def test_verbose_says_why_and_how_to_fix_it(project_folder, whysafe_check):
    (project_folder / "a.py").write_text("md5()\n", encoding="utf-8")
    ran = whysafe_check("--verbose")
    assert "why why md5-use is weak" in ran.out
    assert "fix how md5-use is fixed" in ran.out


def test_the_mark_stands_below_wide_characters(project_folder, whysafe_check):
    (project_folder / "a.py").write_text("'\u6f22\u5b57e\u0301', eval(x)\n", encoding="utf-8")
    lines = whysafe_check().out.splitlines()
    assert width(lines[1][: lines[1].index("eval")]) == lines[2].index("^")


def test_a_long_line_is_cut_around_the_finding(project_folder, whysafe_check):
    (project_folder / "a.py").write_text(
        "x = [" + "1, " * 100_000 + "eval(x)" + ", 1" * 100_000 + "]\n", encoding="utf-8"
    )
    lines = whysafe_check().out.splitlines()
    assert len(lines[1]) < 200
    assert lines[1][lines[2].index("^") :].startswith("eval(x)")


def test_the_summary_counts_everything(project_folder, whysafe_check):
    (project_folder / "a.py").write_text("eval(x)\nmd5(x)\nmd5(y)\nrandom()\n", encoding="utf-8")
    (project_folder / "b.py").write_text("BROKEN\nBROKEN\n", encoding="utf-8")
    (project_folder / "old.py").write_text("eval(x)\n", encoding="utf-8")
    (project_folder / "made.py").write_text("eval(x)\n", encoding="utf-8")
    (project_folder / ".gitignore").write_text("made.py\n", encoding="utf-8")
    (project_folder / "whysafe.toml").write_text(
        "[ignore]\ninput-use = 'a command line'\n[exclude]\n'old.py' = 'goes next month'\n", encoding="utf-8"
    )
    assert whysafe_check().out.splitlines()[-2:] == [
        "4 findings (1 error, 2 warnings, 1 information), 1 file not fully analysed, in 2 files",
        (
            "1 rule off, 1 path excluded, "
            "2 files and folders skipped (1 excluded by the settings, 1 ignored by .gitignore)."
        ),
    ]
    assert "goes next month" in whysafe_check("--verbose").out


def test_names_and_code_do_not_command_the_terminal(project_folder, whysafe_check):
    (project_folder / "a\x1b[2J.py").write_text("'\x1b[31m\u202e'; eval(x)\n", encoding="utf-8")
    out = whysafe_check().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "a\\x1b[2J.py" in out


@given(st.text())
def test_visible_text_is_printable_and_printable_text_is_unchanged(text):
    assert visible(text).isprintable()
    printable = "".join(character for character in text if character.isprintable())
    assert visible(printable) == printable


@given(st.text(st.characters(categories=["Ll", "Lo", "Mn"]), max_size=20))
def test_combining_characters_take_no_column(text):
    assert width(text) <= 2 * sum(not unicodedata.combining(character) for character in text)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colours_only_on_a_terminal_that_wants_them(monkeypatch, stream, environment, expected):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert style_for(stream).colours is expected
    assert bool(re.search("\x1b", style_for(stream).paint("x", "1"))) is expected
