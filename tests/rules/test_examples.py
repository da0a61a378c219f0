"""Every example in a rule is run: a bad one gives exactly one finding, of its own rule; a good one none at all."""

import datetime as dt
import textwrap

import pytest
from whysafe import checker
from whysafe.analysis.catalogue import cards
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.glance import Glance
from whysafe.config import Settings
from whysafe.rules import CATALOGUE

RULES = list(CATALOGUE.rules.values())
TODAY = dt.date(2026, 11, 24)


def found(text, rule):
    """The findings of the rule and of all that are on by default, whatever their severity and confidence."""
    settings = Settings(select=("DEFAULT", rule.name), min_severity=Severity.HINT, confidence=Confidence.LOW)
    report = checker.check(text + "\n", settings, TODAY, None)
    assert not report.gaps, text
    return [shown.finding for shown in report.shown]


@pytest.mark.parametrize(
    ("rule", "text"), [pytest.param(r, t, id=f"{r.name}-{n}") for r in RULES for n, t in enumerate(r.bad)]
)
def test_bad(rule, text):
    assert [finding.rule for finding in found(text, rule)] == [rule.name]


@pytest.mark.parametrize(
    ("rule", "text"), [pytest.param(r, t, id=f"{r.name}-{n}") for r in RULES for n, t in enumerate(r.good)]
)
def test_good(rule, text):
    assert found(text, rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_explains_itself(rule):
    for part in (rule.title, rule.message, rule.why, rule.abuse, rule.fix, rule.ask):
        assert part.strip() == part, "a part of the explanation begins or ends with white space"
        assert part, "a part of the explanation is empty"
    assert rule.message.endswith(".")
    assert rule.ask.endswith("?")
    assert rule.cwe
    assert rule.references
    assert all(reference.startswith("https://") for reference in rule.references)
    assert rule.bad
    assert rule.good
    assert rule.name == rule.name.lower().replace("_", "-").replace(" ", "-")


@pytest.mark.parametrize(
    ("rule", "text"), [pytest.param(r, t, id=f"{r.name}-{n}") for r in RULES for n, t in enumerate(r.bad)]
)
def test_a_fix_removes_its_finding_and_keeps_the_program_whole(rule, text):
    for finding in found(text, rule):
        for fix in finding.fixes:
            document = checker.Document(text + "\n")
            for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
                document.edit(edit)
            left = document.facts()
            assert not left.gaps, document.text
            same = [f for f in left.findings if f.rule == rule.name and f.severity >= finding.severity]
            assert not fix.safe or not same, document.text


@pytest.mark.parametrize("above", range(4))
@pytest.mark.parametrize(
    ("rule", "text"), [pytest.param(r, t, id=f"{r.name}-{n}") for r in RULES for n, t in enumerate(r.bad)]
)
def test_the_gate_passes_it_among_other_texts(rule, text, above):
    """In a function, too, whose strings are not the first of the file and not the only ones."""
    strings = "".join(f'A{number} = "q"\n' for number in range(above))
    inside = f'def around():\n{textwrap.indent(text, "    ")}\n    log("done", "127", "x")\n'
    for whole in (f'{strings}{text}\nlog("done", "127", "x")\n', strings + inside):
        glance = Glance(whole)
        assert glance.code
        # What has been read as a whole is not read again for its pieces.
        document = checker.Document(whole, glance=glance)
        assert document.facts().findings == checker.Document(whole, gated=False).facts().findings, rule.name


def test_names_are_used_once_and_cards_tell_all():
    assert len(cards(CATALOGUE)) == len(RULES)
