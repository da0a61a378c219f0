"""From facts to what is shown: selection, severities, one problem one diagnostic, states, order."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis.finding import Card, Confidence, Finding, Gap, InTests, Rank, Severity
from whysafe.config import Settings, from_mapping
from whysafe.justifications.comment import Block, Decision, Placed
from whysafe.justifications.markers import Marker
from whysafe.justifications.state import State
from whysafe.report import Facts, Shown, fails, is_test_path, project
from whysafe.syntax.position import Position, span

if TYPE_CHECKING:
    import random

TODAY = dt.date(2026, 11, 24)
LATER = dt.date(2027, 5, 24)


def card(name, **changes):
    base = Card(
        name=name,
        family="process",
        title=f"Title of {name}",
        why="why",
        abuse="abuse",
        fix="fix",
        ask="ask",
        cwe=(78,),
        severity=Severity.WARNING,
        rank=Rank.CONSTANT,
        in_tests=InTests.LOWER,
        default=True,
        aliases=(),
        bad=(),
        good=(),
        references=(),
    )
    return replace(base, **changes)


CARDS = {
    one.name: one
    for one in (
        card("shell-true", aliases=("B602",), rank=Rank.DYNAMIC),
        card("partial-path", aliases=("B607",)),
        card("another-path"),
        card("rare", default=False),
        card("assert-used", family="style", in_tests=InTests.OFF, severity=Severity.INFORMATION),
        card("token", family="secrets", in_tests=InTests.SAME, severity=Severity.ERROR),
    )
}


def finding(rule="shell-true", line=3, **changes):
    place = span(line, 0, line, 10)
    base = Finding(
        rule=rule,
        message=f"{rule} here",
        span=place,
        anchor=span(line, sum(map(ord, rule)), line, 9_999),
        severity=CARDS[rule].severity if rule in CARDS else Severity.WARNING,
        confidence=Confidence.HIGH,
    )
    return replace(base, **changes)


def facts(*findings, blocks=(), gaps=(), test_like=False):
    return Facts(findings=tuple(findings), blocks=tuple(blocks), gaps=tuple(gaps), test_like=test_like)


def settings(**wishes):
    found, problems = from_mapping({key.replace("_", "-"): value for key, value in wishes.items()}, "test")
    assert problems == ()
    return found


DEFAULTS = Settings()


def shown_rules(what, wishes=DEFAULTS, path=None):
    return [shown.finding.rule for shown in project(what, CARDS, wishes, TODAY, path).shown]


ALL = [finding(name) for name in CARDS]


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ({}, {"shell-true", "partial-path", "another-path", "assert-used", "token"}),
        ({"select": "ALL"}, set(CARDS)),
        ({"select": ["DEFAULT", "rare"]}, set(CARDS)),
        ({"select": "secrets"}, {"token"}),
        ({"select": ["secrets", "rare"]}, {"token", "rare"}),
        ({"ignore": ["process"]}, {"assert-used", "token"}),
        ({"ignore": ["process"], "select": ["ALL", "rare"]}, {"rare", "assert-used", "token"}),
        ({"ignore": ["token"], "select": ["token"]}, set()),
        ({"ignore": ["ALL"]}, set()),
        ({"min-severity": "warning"}, {"shell-true", "partial-path", "another-path", "token"}),
        ({"min-severity": "warning", "program-type": "critical"}, set(CARDS) - {"rare"}),
    ],
)
def test_selection(wishes, expected):
    assert set(shown_rules(facts(*ALL), settings(**wishes))) == expected


def test_what_is_known_by_name_only_stays_hidden_until_asked_for():
    unsure = facts(finding(confidence=Confidence.LOW), finding("token", confidence=Confidence.MEDIUM))
    assert shown_rules(unsure) == ["token"]
    assert len(shown_rules(unsure, settings(confidence="low"))) == 2
    assert shown_rules(unsure, settings(confidence="high")) == []


def test_a_rule_that_is_not_in_the_catalogue_is_not_shown():
    assert shown_rules(facts(finding("gone"))) == []


@pytest.mark.parametrize(
    ("wishes", "rule", "expected"),
    [
        ({}, "shell-true", Severity.WARNING),
        ({"program-type": "critical"}, "shell-true", Severity.ERROR),
        ({"program-type": "critical"}, "token", Severity.ERROR),
        ({"severity": {"shell-true": "error"}}, "shell-true", Severity.ERROR),
        ({"severity": {"process": "error", "shell-true": "information"}}, "shell-true", Severity.INFORMATION),
        ({"severity": {"shell-true": "information", "process": "error"}}, "shell-true", Severity.INFORMATION),
        ({"severity": {"shell-true": "information"}, "program-type": "critical"}, "shell-true", Severity.INFORMATION),
    ],
)
def test_severity(wishes, rule, expected):
    (shown,) = project(facts(finding(rule)), CARDS, settings(**wishes), TODAY, None).shown
    assert (shown.severity, shown.full) == (expected, expected)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/app.py", True),
        ("a/tests/b/app.py", True),
        ("a/test_app.py", True),
        ("a/app_test.py", True),
        ("a/conftest.py", True),
        ("/project/tests/app.py", True),
        ("/elsewhere/deep/tests/a/app.py", False),
        ("/elsewhere/tests/app.py", True),
        ("a/testing.py", False),
        ("a/contest.py", False),
        ("a/latest/app.py", False),
        (None, False),
    ],
)
def test_test_files_are_recognised_by_their_place(path, expected):
    assert is_test_path(path, "/project") is expected


@pytest.mark.skipif(sys.platform == "win32", reason="the path is not absolute there")
def test_only_folders_below_the_root_make_a_file_a_test():
    assert not is_test_path("/home/tests/project/app.py", "/home/tests/project")


@pytest.mark.parametrize("how", ["path", "import", "program type", "path rule"])
def test_in_tests_rules_are_off_lower_or_the_same(how):
    wishes = {"min-severity": "hint"}
    if how == "program type":
        wishes["program-type"] = "test"
    if how == "path rule":
        wishes["per-path"] = {"checks/": {"program-type": "test"}}
    path = {"path": "tests/a.py", "path rule": "checks/a.py"}.get(how, "a.py")
    report = project(facts(*ALL, test_like=how == "import"), CARDS, settings(**wishes), TODAY, path)
    severities = {shown.finding.rule: shown.severity for shown in report.shown}
    assert "assert-used" not in severities
    assert severities["shell-true"] is Severity.INFORMATION
    assert severities["token"] is Severity.ERROR


ANCHOR = span(3, 0, 3, 9)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([finding("shell-true", anchor=ANCHOR), finding("partial-path", anchor=ANCHOR)], "shell-true"),
        ([finding("partial-path", anchor=ANCHOR), finding("another-path", anchor=ANCHOR)], "another-path"),
        (
            [
                finding("partial-path", anchor=ANCHOR, severity=Severity.ERROR),
                finding("another-path", anchor=ANCHOR),
            ],
            "partial-path",
        ),
        (
            [finding("shell-true", anchor=ANCHOR, carried=True), finding("partial-path", anchor=ANCHOR)],
            "partial-path",
        ),
        (
            [finding("shell-true", anchor=ANCHOR, confidence=Confidence.LOW), finding("partial-path", anchor=ANCHOR)],
            "partial-path",
        ),
    ],
)
def test_one_problem_is_one_diagnostic(findings, expected):
    assert shown_rules(facts(*findings)) == [expected]
    assert shown_rules(facts(*reversed(findings))) == [expected]


def test_a_rule_that_is_off_hides_no_other():
    both = facts(finding("shell-true", anchor=ANCHOR), finding("partial-path", anchor=ANCHOR))
    assert shown_rules(both, settings(ignore=["shell-true"])) == ["partial-path"]


def placed(line=3, **changes):
    block = Block(
        span=span(line - 2, 0, line - 1, 20),
        ids=("shell-true",),
        decision=Decision.ACCEPTED,
        reason="only administrators can reach this line",
        who="M. Smit",
        date=dt.date(2026, 11, 1),
        review_by=LATER,
        code="01234567",
    )
    return Placed(replace(block, **changes), span(line, 0, line, 30), "01234567")


def one(what, wishes=DEFAULTS) -> Shown:
    (shown,) = project(what, CARDS, wishes, TODAY, None).shown
    return shown


def test_a_valid_justification_lowers_its_finding_and_is_not_filtered_away():
    shown = one(facts(finding(), blocks=[placed()]), settings(**{"min-severity": "warning"}))
    assert (shown.state, shown.severity, shown.full) == (State.VALID, Severity.HINT, Severity.WARNING)
    assert shown.block == placed().block


def test_a_deferred_one_stays_visible():
    block = placed(decision=Decision.DEFERRED, ref="X-1", review_by=dt.date(2027, 1, 20))
    assert one(facts(finding(), blocks=[block])).severity is Severity.INFORMATION


def test_a_stale_one_lowers_nothing_and_is_remarked_on():
    report = project(facts(finding(), blocks=[placed(code="0fffffff")]), CARDS, Settings(), TODAY, None)
    assert (report.shown[0].state, report.shown[0].severity) == (State.STALE, Severity.WARNING)
    assert [(note.state, note.severity) for note in report.notes] == [(State.STALE, Severity.WARNING)]


def test_an_answer_to_a_finding_that_settings_hide_is_no_orphan():
    report = project(facts(finding(), blocks=[placed()]), CARDS, settings(ignore=["shell-true"]), TODAY, None)
    assert (report.shown, report.notes) == ((), ())


def test_an_answer_to_nothing_is_an_orphan():
    report = project(facts(blocks=[placed()]), CARDS, Settings(), TODAY, None)
    assert [(note.state, note.unnecessary) for note in report.notes] == [(State.ORPHAN, True)]


def test_an_answer_to_the_lower_ranked_finding_does_not_silence_the_higher():
    both = [finding("shell-true", anchor=ANCHOR), finding("partial-path", anchor=ANCHOR)]
    assert one(facts(*both, blocks=[placed(ids=("partial-path",))])).state is State.OPEN


@pytest.mark.parametrize(
    ("changes", "wishes", "expected"),
    [
        ({}, {}, False),
        ({"review_by": TODAY}, {}, False),
        ({"code": "0fffffff"}, {}, True),
        ({"reason": "TODO"}, {}, True),
        ({"review_by": TODAY - dt.timedelta(days=30)}, {}, False),
        ({"review_by": TODAY - dt.timedelta(days=31)}, {}, True),
        ({"review_by": TODAY - dt.timedelta(days=1)}, {"program-type": "critical"}, True),
        ({"review_by": TODAY - dt.timedelta(days=1)}, {"expiry-grace": 0}, True),
        ({"code": "0fffffff"}, {"severity": {"shell-true": "information"}}, False),
        ({"review_by": dt.date(2028, 1, 1)}, {}, False),
        ({"review_by": dt.date(2027, 3, 1)}, {"review-within": {"warning": 60}}, False),
        ({"decision": Decision.DEFERRED, "review_by": dt.date(2027, 1, 20)}, {}, False),
        ({"program_type": "cli"}, {"program-type": "cli"}, False),
        ({"program_type": "cli"}, {"program-type": "web-service"}, True),
        ({"program_type": "cli"}, {}, True),
        ({}, {"never-justify": ["shell-true"]}, True),
        ({}, {"never-justify": ["process"]}, True),
        ({}, {"never-justify": ["secrets"]}, False),
        ({"problems": ("It is wrong.",)}, {}, True),
        ({"reason": "fine"}, {}, True),
        ({"who": None}, {}, True),
    ],
)
def test_what_makes_a_check_fail(changes, wishes, expected):
    wanted = settings(**wishes)
    shown = one(facts(finding(), blocks=[placed(**changes)]), wanted)
    assert fails(shown, wanted, TODAY, Severity.WARNING) is expected


def marker(tool="nosec", names=("B602",), line=3, last=3):
    return Marker(
        span=span(line, 40, line, 52),
        order_end=Position(line, 52),
        tool=tool,
        names=names,
        text="",
        first=line,
        last=last,
    )


@pytest.mark.parametrize(
    ("order", "wishes", "state", "severity", "failing"),
    [
        (marker(), {}, State.UNDOCUMENTED, Severity.INFORMATION, False),
        (marker(), {"foreign-markers": "report"}, State.UNDOCUMENTED, Severity.WARNING, True),
        (marker(names=("B607",)), {}, State.OPEN, Severity.WARNING, True),
        (marker(names=()), {}, State.BLANKET, Severity.WARNING, True),
        (marker("noqa", ("S101", "B602")), {}, State.UNDOCUMENTED, Severity.INFORMATION, False),
        (marker(line=4, last=4), {}, State.OPEN, Severity.WARNING, True),
        (marker(line=1, last=None), {}, State.UNDOCUMENTED, Severity.INFORMATION, False),
        (marker(line=0, last=2), {}, State.OPEN, Severity.WARNING, True),
        (marker(), {"never-justify": ["shell-true"]}, State.OPEN, Severity.WARNING, True),
    ],
)
def test_orders_of_other_tools(order, wishes, state, severity, failing):
    wanted = settings(**wishes)
    what = replace(facts(finding(anchor=span(3, 0, 3, 30))), markers=(order,))
    report = project(what, CARDS, wanted, TODAY, None)
    (shown,) = report.shown
    assert (shown.state, shown.severity, shown.full) == (state, severity, Severity.WARNING)
    assert shown.marker == (order if state is not State.OPEN else None)
    assert fails(shown, wanted, TODAY, Severity.WARNING) is failing
    notes = [(note.state, note.severity, note.span) for note in report.notes]
    assert notes == ([(State.BLANKET, Severity.WARNING, order.span)] if state is State.BLANKET else [])


def test_a_block_speaks_louder_than_an_order_of_another_tool():
    what = replace(facts(finding(), blocks=[placed()]), markers=(marker(names=()),))
    report = project(what, CARDS, Settings(), TODAY, None)
    assert (report.shown[0].state, report.shown[0].marker, report.notes) == (State.VALID, None, ())
    stale = replace(facts(finding(), blocks=[placed(code="0fffffff")]), markers=(marker(),))
    assert one(stale).state is State.STALE


def test_a_blanket_where_nothing_is_found_is_nobodys_business():
    assert project(replace(facts(), markers=(marker(names=()),)), CARDS, Settings(), TODAY, None).notes == ()


def test_what_was_last_seen_before_the_text_broke_never_counts():
    shown = one(facts(finding(carried=True)))
    assert shown.finding.carried
    assert not fails(shown, Settings(), TODAY, Severity.HINT)


@given(st.lists(st.builds(finding, st.sampled_from(sorted(CARDS)), st.integers(0, 5)), max_size=12), st.randoms())
def test_the_order_of_the_facts_does_not_matter(findings, source: random.Random):
    gaps = [Gap(span(line, 0, line, 1), "broken") for line in (9, 7)]
    shuffled = findings[:]
    source.shuffle(shuffled)
    first, second = (
        project(facts(*some, gaps=some_gaps), CARDS, settings(select="ALL"), TODAY, None)
        for some, some_gaps in ((findings, gaps), (shuffled, gaps[::-1]))
    )
    assert first == second
    places = [(shown.finding.span, shown.finding.rule) for shown in first.shown]
    assert places == sorted(places)
    assert len({shown.finding.anchor for shown in first.shown}) == len(places)
