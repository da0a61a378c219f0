"""Entries of the ledger, what is due, what repeats, and what settings weaken."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe import checker
from whysafe.analysis.finding import Confidence, Severity
from whysafe.config import Override, PathRule, ReviewWithin, Settings, Switch
from whysafe.justifications.comment import Decision
from whysafe.justifications.state import State
from whysafe.ledger import Ledger, Source, due, failing, of_source, repeated, totals, weakened
from whysafe.ledger.entries import SNIPPET_LINES, SNIPPET_WIDTH, snippet
from whysafe.report import ANSWERED, project
from whysafe.syntax.position import span
from whysafe.syntax.source import split_lines

TODAY = dt.date(2026, 11, 24)
REASON = "only the developer who starts this program chooses the text"
PLAIN = "import pickle\nclass Store:\n    def read(self, stream):\n        return pickle.load(stream)\n"


def answered(text=PLAIN, *, decision=Decision.ACCEPTED, reason=REASON, today=TODAY, ref=None, who="M. Smit"):
    """The text with each of the findings that are shown answered."""
    document = checker.Document(text)
    report = project(document.facts(), checker.cards(), Settings(min_severity=Severity.HINT), today, None)
    for finding in reversed([shown.finding for shown in report.shown]):
        written = document.justify(
            finding.span.start, finding.rule, decision, who, today, Settings(), reason=reason, ref=ref
        )
        for edit in written.edits:
            document.edit(edit)
    return document.text


def source(text, settings=None, path="/project/app.py"):
    document = checker.Document(text)
    return Source(
        shown=path.removeprefix("/project/"),
        path=path,
        text=text,
        facts=document.facts(),
        settings=settings or Settings(root="/project"),
        qualified_name=document.qualified_name,
    )


def entries(text, settings=None, path="/project/app.py", today=TODAY):
    found, _ = of_source(source(text, settings, path), checker.cards(), today)
    return found


def ledger(*found, unanswered=0):
    return Ledger(today=TODAY, files=1, entries=tuple(found), unanswered=unanswered)


def test_an_entry_says_everything():
    (entry,) = entries(answered(), today=TODAY + dt.timedelta(days=12))
    assert (entry.rule, entry.cwe[0], entry.severity) == ("pickle-load", 502, Severity.ERROR)
    assert entry.title == checker.cards()["pickle-load"].title
    assert (entry.path, entry.line, entry.block_line, entry.qualified_name) == ("app.py", 6, 3, "Store.read")
    assert entry.snippet == ("return pickle.load(stream)",)
    assert (entry.decision, entry.reason, entry.who) == (Decision.ACCEPTED, REASON, "M. Smit")
    assert (entry.date, entry.age) == (TODAY, 12)
    assert (entry.review_by, entry.days_left) == (TODAY + dt.timedelta(days=180), 168)
    assert (entry.state, entry.holds, entry.findings, entry.remarks) == (State.VALID, True, 1, ())


@pytest.mark.parametrize("ref", ["SEC-42", "a/b?c#d&e", None])
def test_a_ticket_has_the_address_that_the_settings_give_it(ref):
    settings = Settings(ticket_url="https://tickets.example/{ref}/show")
    (entry,) = entries(answered(ref=ref), settings)
    known = {"SEC-42": "SEC-42", "a/b?c#d&e": "a%2Fb%3Fc%23d%26e"}
    assert entry.ticket == (f"https://tickets.example/{known[ref]}/show" if ref else None)
    assert entries(answered(ref=ref))[0].ticket is None


WRONG = {
    State.VALID: lambda text: text,
    State.PLACEHOLDER: lambda text: text.replace("only", "TODO"),
    State.TRIVIAL: lambda text: re.sub(r"accepted: .*?(?=\n *#   --)", "accepted: it is ok", text, flags=re.DOTALL),
    State.UNSIGNED: lambda text: text.replace("M. Smit, ", "TODO-name, "),
    State.MALFORMED: lambda text: text.replace("review by", "reveiw by"),
    State.DUE: lambda text: text.replace("review by 2027-05-23", "review by 2026-12-01"),
    State.EXPIRED: lambda text: text.replace("review by 2027-05-23", "review by 2026-11-23"),
    State.STALE: lambda text: text.replace("load(stream)", "load(self.stream)"),
    State.ORPHAN: lambda text: text.replace("[pickle-load]", "[eval-use]"),
    State.UNKNOWN_RULE: lambda text: text.replace("[pickle-load]", "[pickle-laod]"),
    State.DETACHED: lambda text: text.replace("        return", "\n        return"),
}


def test_every_state_of_a_block_is_tried():
    # Those that come of a setting, or of another tool's marker, are not made by an edit of the block.
    by_other_means = {"open", "too-long", "forbidden", "context-changed", "undocumented", "blanket"}
    assert {state.value for state in State} - {state.value for state in WRONG} <= by_other_means


@pytest.mark.parametrize("state", WRONG, ids=lambda state: state.value)
def test_the_state_is_that_of_the_report_and_the_remark_says_why(state):
    text = WRONG[state](answered())
    (entry,) = entries(text)
    assert entry.state is state
    assert entry.holds == (state in ANSWERED)
    report = project(checker.Document(text).facts(), checker.cards(), Settings(), TODAY, "app.py")
    assert state in {shown.state for shown in report.shown} | {note.state for note in report.notes}
    assert set(entry.remarks) == {note.message for note in report.notes}
    assert bool(entry.remarks) == (state is not State.VALID)


def test_a_block_of_several_rules_is_an_entry_for_each():
    text = answered().replace("[pickle-load]", "[pickle-load, B301, eval-use, no-rule]")
    found = {entry.rule: entry for entry in entries(text)}
    assert {rule: entry.state for rule, entry in found.items()} == {
        "pickle-load": State.VALID,
        "eval-use": State.ORPHAN,
        "no-rule": State.UNKNOWN_RULE,
    }
    assert "eval-use" in found["eval-use"].remarks[0]
    assert found["pickle-load"].remarks == ()
    assert (found["eval-use"].severity, found["no-rule"].severity) == (Severity.ERROR, None)


def test_another_tools_id_is_listed_under_our_name():
    (entry,) = entries(answered().replace("[pickle-load]", "[B301]"))
    assert (entry.rule, entry.state) == ("pickle-load", State.VALID)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(root="/project", ignore=(Switch("pickle-load", "why"),)),
        Settings(root="/project", select=("eval-use",)),
        Settings(
            root="/project",
            per_path=(PathRule("app.py", "/project", Settings(select=("eval-use",), given=("select",))),),
        ),
    ],
)
def test_an_answer_is_listed_where_the_settings_switch_its_rule_off(settings):
    (entry,) = entries(answered(), settings)
    assert (entry.state, entry.severity) == (State.VALID, Severity.ERROR)
    assert "switch this rule off" in entry.remarks[0]


def test_an_answer_in_a_test_is_listed_even_where_tests_are_spared():
    text = answered("assert x\n", decision=Decision.FALSE_ALARM)
    (entry,) = entries(text, path="/project/tests/test_app.py")
    assert (entry.rule, entry.state) == ("assert-used", State.VALID)


def test_the_severity_is_that_of_the_settings():
    lowered = Settings(root="/project", severity=(Override("pickle-load", Severity.HINT, "why"),))
    assert entries(answered(), lowered)[0].severity is Severity.HINT


def test_code_that_was_not_analysed_is_never_said_to_be_answered():
    text = answered() + "def f(:\n    # justified[eval-use] accepted: " + REASON + "\n"
    text += "    #   -- M. Smit, 2026-11-24, review by 2027-05-01, code 00000000\n    eval(x)\n"
    found, _ = of_source(source(text), checker.cards(), TODAY)
    dark = next(entry for entry in found if entry.rule == "eval-use")
    assert not dark.holds


def test_findings_without_answer_are_counted_and_are_no_entries():
    found, unanswered = of_source(source(PLAIN), checker.cards(), TODAY)
    assert (found, unanswered) == ((), 1)
    assert totals(ledger(*found, unanswered=unanswered)).states == ((State.OPEN, 1),)


@pytest.mark.parametrize(
    ("order", "state", "severity"),
    [("nosec B301", State.UNDOCUMENTED, Severity.ERROR), ("nosec", State.BLANKET, Severity.ERROR)],
)
def test_what_only_another_tools_order_answers_is_an_entry_that_does_not_hold(order, state, severity):
    text = PLAIN.replace("(stream)\n", f"(stream)  # {order}\n")
    (entry,), unanswered = of_source(source(text), checker.cards(), TODAY)
    assert (entry.state, entry.holds, entry.severity, unanswered) == (state, False, severity, 0)
    assert (entry.rule, entry.decision, entry.block_line, entry.reason) == ("pickle-load", None, None, "")
    assert entry.remarks[0].startswith("`nosec` hides this")


def test_a_rule_that_nobody_may_justify_is_listed_as_forbidden():
    (entry,) = entries(answered(), Settings(root="/project", never_justify=("pickle-load",)))
    assert (entry.state, entry.holds) == (State.FORBIDDEN, False)
    assert "never-justify" in entry.remarks[0]


def test_a_change_of_the_program_type_shows():
    text = answered().replace(", review by", ", for cli, review by")
    (entry,) = entries(text, Settings(root="/project", program_type="web-service"))
    assert (entry.state, entry.program_type) == (State.CONTEXT_CHANGED, "cli")


def test_several_findings_of_one_statement_are_one_entry():
    text = PLAIN.replace("pickle.load(stream)", "pickle.load(stream), pickle.load(stream)")
    document = checker.Document(text)
    first = next(finding for finding in document.facts().findings if finding.rule == "pickle-load")
    written = document.justify(
        first.span.start, first.rule, Decision.ACCEPTED, "M. Smit", TODAY, Settings(), reason=REASON
    )
    document.edit(written.edits[0])
    (entry,) = entries(document.text)
    assert (entry.findings, entry.state) == (2, State.VALID)


def test_the_order_is_that_of_the_text():
    text = answered("import pickle\n" + "".join(f"a{n} = pickle.load(f{n})\n" for n in range(5)))
    found = entries(text)
    assert len(found) == 5
    assert [entry.line for entry in found] == sorted(entry.line for entry in found)


@pytest.mark.parametrize(("days", "soon"), [(0, True), (30, True), (31, False), (-1, False)])
def test_due_is_what_holds_and_is_reviewed_within_thirty_days(days, soon):
    text = answered().replace("review by 2027-05-23", f"review by {TODAY + dt.timedelta(days=days)}")
    made = ledger(*entries(text))
    assert bool(due(made)) is soon
    assert bool(failing(made)) is (days < 0)


def test_due_has_the_nearest_first_and_leaves_out_what_does_not_hold():
    (entry,) = entries(answered())
    later, nearer, stale = (
        replace(entry, path="a", days_left=20),
        replace(entry, path="b", days_left=3),
        replace(entry, path="c", days_left=1, state=State.STALE),
    )
    made = ledger(later, nearer, stale, replace(entry, days_left=None))
    assert due(made) == (nearer, later)
    assert failing(made) == (stale,)


def test_a_reason_on_three_statements_is_shown_once():
    (entry,) = entries(answered())
    places = [replace(entry, line=line, reason=reason) for line, reason in enumerate(["A b  c", "a B c", "A b c"])]
    assert [one.entries for one in repeated(ledger(*places))] == [tuple(places)]
    twice = [places[0], replace(places[0], rule="another"), places[1]]
    assert repeated(ledger(*twice)) == ()
    unwritten = [replace(one, state=State.PLACEHOLDER) for one in places]
    assert repeated(ledger(*unwritten, *(replace(one, reason="") for one in places))) == ()


def test_totals_count_by_state_decision_rule_and_author():
    (entry,) = entries(answered())
    nameless = replace(entry, who=None, decision=None, rule="", state=State.MALFORMED)
    counted = totals(ledger(nameless, entry, entry, unanswered=4))
    assert counted.states == ((State.OPEN, 4), (State.VALID, 2), (State.MALFORMED, 1))
    assert counted.decisions == ((Decision.ACCEPTED, 2), (None, 1))
    assert counted.rules == (("", 1), ("pickle-load", 2))
    assert counted.authors == (("M. Smit", 2), (None, 1))


def test_a_snippet_is_dedented_and_cut():
    lines = [f"    {'  ' if number % 2 else ''}line {number}\r\n" for number in range(20)]
    found = snippet(lines, span(2, 4, 19, 3))
    assert found == ("line 2", "  line 3", "line 4", "  line 5", "line 6", "  line 7", "…")
    assert len(found) == SNIPPET_LINES + 1
    assert snippet(lines, span(2, 4, 3, 0)) == ("line 2",)
    (cut,) = snippet(["x" * 9_999], span(0, 0, 0, 9_999))
    assert len(cut) == SNIPPET_WIDTH + 1


@given(st.text(st.sampled_from("ab \t\f\n\r#")), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_a_snippet_never_fails(text, first, more, column):
    found = snippet(split_lines(text), span(first, 0, first + more, column))
    assert 1 <= len(found) <= SNIPPET_LINES + 1


def test_what_settings_weaken_is_listed_with_its_reason():
    settings = Settings(
        ignore=(Switch("process", "a build tool"), Switch("eval-use")),
        select=("pickle-load",),
        severity=(Override("pickle-load", Severity.HINT, "old"), Override("assert-used", Severity.ERROR)),
        exclude=(Switch("old/", "goes", "/project"),),
        per_path=(PathRule("docs/*", "/project", Settings(ignore=(Switch("ALL", "examples"),), program_type="test")),),
        confidence=Confidence.HIGH,
        min_severity=Severity.WARNING,
        expiry_grace=90,
        review_within=ReviewWithin(error=400),
    )
    found = [(one.what, one.name, one.files, one.reason, one.keys) for one in weakened(settings, checker.cards())]
    assert found == [
        ("switched off", "process", "", "a build tool", ("ignore", "process")),
        ("switched off", "eval-use", "", "", ("ignore", "eval-use")),
        ("nothing else is checked", "pickle-load", "", "", ("select",)),
        ("lowered", "pickle-load = hint", "", "old", ("severity", "pickle-load")),
        ("excluded", "old/", "", "goes", ("exclude", "old/")),
        ("nothing less sure is shown", "high", "", "", ("confidence",)),
        ("nothing less severe is shown", "warning", "", "", ("min-severity",)),
        ("expired answers go on counting", "90 days", "", "", ("expiry-grace",)),
        ("reviewed later", "error = 400 days", "", "", ("review-within",)),
        ("switched off", "ALL", "docs/*", "examples", ("per-path", "docs/*", "ignore", "ALL")),
        ("judged as tests", "test", "docs/*", "", ("per-path", "docs/*", "program-type")),
    ]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(select=("ALL",)),
        Settings(select=("DEFAULT",), expiry_grace=0, review_within=ReviewWithin(error=30)),
        Settings(confidence=Confidence.LOW, min_severity=Severity.HINT, program_type="critical"),
    ],
)
def test_settings_that_weaken_nothing_are_not_listed(settings):
    assert weakened(settings, checker.cards()) == ()


def test_no_review_horizon_that_is_switched_off_is_overlooked():
    (found,) = weakened(Settings(review_within=ReviewWithin(deferred=None)), checker.cards())
    assert (found.what, found.name) == ("reviewed later", "deferred = never")


def test_the_ledger_loads_no_trees():
    program = "import sys, whysafe.ledger; print('libcst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
