"""What people and tools do to justifications by mistake: the finding stays visible, and somebody says what is wrong."""

from __future__ import annotations

import datetime as dt
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis.finding import Severity
from whysafe.checker import Document, check
from whysafe.config import Settings
from whysafe.justifications.author import NOBODY, author
from whysafe.justifications.comment import Decision
from whysafe.justifications.state import State
from whysafe.report import ANSWERED

TODAY = dt.date(2026, 11, 24)
CODE = "def f(x):\n    return eval(x)\n"
REASON = "the caller passes constants of this module and nothing else"
SETTINGS = Settings(program_type="cli", line_length=60)


def answered(who="M. Smit", reason=REASON):
    document = Document(CODE)
    (finding,) = document.facts().findings
    written = document.justify(
        finding.span.start, "eval-use", Decision.ACCEPTED, who, TODAY, SETTINGS, reason=reason, ref="SEC-42"
    )
    document.edit(written.edits[0])
    return document.text


VALID = answered()
(CODE_DIGITS,) = re.findall("code ([0-9a-f]{8})", VALID)


def seen(text):
    """The finding in a text, and the remarks on its justifications."""
    report = check(text, SETTINGS, TODAY, None)
    (shown,) = [one for one in report.shown if one.finding.rule == "eval-use"]
    return shown, report.notes


def test_the_block_that_is_spoilt_below_is_in_order():
    shown, notes = seen(VALID)
    assert (shown.state, shown.severity, notes) == (State.VALID, Severity.HINT, ())
    assert VALID.count("#   -- ") == 1
    assert VALID.count("\n") > 5, "its signature takes two lines"


# What is written in place of what, the state, and what is said: what is wrong, and how it is repaired.
SPOILT = {
    "no bracket": ("[eval-use]", " eval-use", State.MALFORMED, "name it in brackets"),
    "bracket not closed": ("[eval-use]", "[eval-use", State.MALFORMED, "bracket is not closed"),
    "other brackets": ("[eval-use]", "(eval-use)", State.MALFORMED, "name it in brackets"),
    "no rule": ("[eval-use]", "[]", State.MALFORMED, "empty rule name"),
    "rules without comma": ("[eval-use]", "[eval-use exec-use]", State.MALFORMED, "separate rule names by commas"),
    "capital letter": ("# justified", "# Justified", State.MALFORMED, "in small letters"),
    "misspelt word": ("# justified", "# justfied", State.MALFORMED, "in small letters"),
    "no decision": (" accepted:", ":", State.MALFORMED, "write accepted, mitigated, deferred or false-alarm"),
    "misspelt decision": ("accepted", "acepted", State.MALFORMED, "did you mean `accepted`?"),
    "other tool's decision": ("accepted", "false-positive", State.MALFORMED, "did you mean `false-alarm`?"),
    "no colon": ("accepted:", "accepted", State.MALFORMED, "colon"),
    "date the wrong way round": ("2026-11-24", "24-11-2026", State.MALFORMED, "write it as YYYY-MM-DD"),
    "no such day": ("2026-11-24", "2026-02-30", State.MALFORMED, "write it as YYYY-MM-DD"),
    "signed next week": ("2026-11-24", "2026-12-01", State.MALFORMED, "in the future"),
    "misspelt field": ("review by", "reveiw by", State.MALFORMED, "did you mean `review by`?"),
    "unknown field": (
        "ref SEC-42",
        "until 2027",
        State.MALFORMED,
        "the fields are for, review by, ref, ok by and code",
    ),
    "field twice": ("ref SEC-42", "ref SEC-42, ref SEC-43", State.MALFORMED, "keep one of them"),
    "comma too many": ("ref SEC-42,", "ref SEC-42,,", State.MALFORMED, "remove it"),
    "code cut short": (CODE_DIGITS, CODE_DIGITS[:-1], State.MALFORMED, "sign the block again"),
    "one space": ("#   --", "# --", State.MALFORMED, "needs two spaces"),
    "no code": (f", code {CODE_DIGITS}", "", State.UNSIGNED, "Sign the block"),
    "no name": ("M. Smit", "", State.UNSIGNED, "lacks a name"),
    "name to be filled in": ("M. Smit", "TODO-name", State.UNSIGNED, "lacks a name"),
    "other code": (CODE_DIGITS, "1" + "0" * 7, State.STALE, "re-confirm or remove"),
    "no such review day": ("2027-05-23", "2027-13-23", State.EXPIRED, "write it as YYYY-MM-DD"),
    "reason to be written": (REASON[:10], "TODO", State.PLACEHOLDER, "write why this code may stay"),
}


@pytest.mark.parametrize("name", SPOILT)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_spoilt_block_hides_nothing_and_says_how_it_is_repaired(name, end):
    old, new, state, words = SPOILT[name]
    assert VALID.count(old) == 1 or name == "signed next week" or old in {"2026-11-24", "accepted"}
    shown, notes = seen(VALID.replace(old, new, 1).replace("\n", end))
    assert (shown.severity, shown.full) == (Severity.ERROR, Severity.ERROR)
    said = [note for note in notes if note.state is state]
    assert said, notes
    assert any(words in note.message for note in said), said
    assert said[0].severity is (Severity.ERROR if state is State.MALFORMED else Severity.WARNING)


@given(
    st.integers(0, VALID.index("    return") - 1),
    st.integers(0, 3),
    st.text(st.sampled_from("#-,:[] \n\tx1"), max_size=2) | st.characters(exclude_categories=["Cs"]),
)
def test_an_answer_that_counts_says_everything_whatever_happened_to_its_text(start, length, instead):
    text = VALID[:start] + instead + VALID[start + length :]
    report = check(text, SETTINGS, TODAY, None)
    for shown in report.shown:
        if shown.state in ANSWERED:
            block = shown.block
            assert "eval-use" in block.ids
            assert block.decision in Decision
            assert block.code == CODE_DIGITS
            assert block.who
            assert block.date <= TODAY + dt.timedelta(days=1)
            assert block.program_type in {None, "cli"}
            assert block.review_by >= TODAY
        elif not shown.finding.carried:
            assert shown.severity is shown.full


NAMES = {
    "comma": ("Smit, M.", "Smit M."),
    "brackets": ("M. [Smit] (dev) {x}", "M. [Smit] (dev) {x}"),
    "length": ("x" * 300, "x" * 200),
    "control characters": ("M.\x00\x1b[31m\r\nSm\tit\x7f", "M. [31m Sm it"),
    "direction": ("M. \u202eSmit\u2069", "M. Smit"),
    "address": ("M. Smit <m.smit@example.org>", "M. Smit"),
    "hash mark": ("M. Smit # noqa", "M. Smit noqa"),
    "script": ("Ελένη Παπαδοπούλου 漢字 🦊", "Ελένη Παπαδοπούλου 漢字 🦊"),
    "dashes": ("-- M. Smit --", "-- M. Smit --"),
    "dollar": ("M. $Smit} \\ ${1:x}", "M. $Smit} \\ ${1:x}"),
}


@pytest.mark.parametrize("name", NAMES)
def test_any_name_signs(name):
    wanted, written = NAMES[name]
    who = author(wanted, {})
    assert who == written
    if name == "hash mark":
        return  # The order to another tool that is left of it is refused, as in a reason.
    shown, notes = seen(answered(who=who))
    assert (shown.state, notes, shown.block.who) == (State.VALID, (), written)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[user\nname=", b"[user]\n\tname = \xff\n", b"", None])
def test_settings_of_git_that_cannot_be_read_sign_for_nobody(tmp_path, content):
    """Neither those of the workspace, which are not asked, nor those of the user, here a broken file or a folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(content or b"[user]\n\tname = Somebody else\n")
    broken = tmp_path / "gitconfig"
    if content is None:
        broken.mkdir()
    else:
        broken.write_bytes(content)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": str(broken)}
    who = author(None, environ, tmp_path)
    assert who in {NOBODY, "\N{REPLACEMENT CHARACTER}"}
    shown, notes = seen(answered(who=who))
    assert shown.state is (State.UNSIGNED if who == NOBODY else State.VALID)
    assert len(notes) == (who == NOBODY)
