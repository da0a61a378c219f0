"""What has changed in facts, and the facts that come of it."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis.finding import Confidence, Finding, Fix, Gap, Severity, Step
from whysafe.checker import Document
from whysafe.lsp import messages
from whysafe.lsp.renewal import renewal, renewed
from whysafe.report import Facts
from whysafe.syntax.position import Edit, span

NONE = Facts(findings=(), blocks=(), gaps=())


def finding(line, rule="eval-use"):
    place = span(line, 4, line, 8)
    return Finding(
        rule=rule,
        message="A message.",
        span=place,
        anchor=place,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        steps=(Step(span(line, 0, line, 1), "here"),),
        fixes=(Fix("Fix it", (Edit(place, "safe"),), safe=True),),
    )


def facts(lines, gaps=()):
    return Facts(findings=tuple(finding(line) for line in sorted(lines)), blocks=(), gaps=tuple(gaps))


def sent(change):
    """What arrives at the other end of the pipe."""
    return messages.unpack(json.loads(json.dumps(messages.pack(messages.Renewed(1, change, 0))))).change


line_sets = st.sets(st.integers(0, 30), max_size=12)


@given(line_sets, line_sets, st.integers(-3, 3), st.booleans())
def test_the_change_of_facts_makes_the_new_ones(before, after, shift, broken):
    old = facts(before)
    gaps = [Gap(span(1, 0, 1, 4), "Syntax error.")] if broken else []
    new = facts(
        {line for line in before if line < 10} | {line + shift + 40 for line in before if line > 20} | after, gaps
    )
    assert renewed(old, sent(renewal(old, new))) == new


def test_what_moved_is_not_sent_again():
    old = facts(range(0, 100, 2))
    new = dataclasses.replace(
        old, findings=(*old.findings[:20], finding(40, "other"), *(one.shifted(3) for one in old.findings[20:]))
    )
    change = renewal(old, new)
    assert (change.above, change.below, change.lines, len(change.findings)) == (20, 30, 3, 1)
    assert change.gaps is None


def test_a_new_line_moves_what_is_below_it_and_not_where_an_import_goes():
    text = "import random\n\nRUN = eval\n" + "".join(
        f"\n\ndef token{number}(x):\n    RUN(x)\n    return random.choice(x)\n" for number in range(40)
    )
    document = Document(text)
    known = old = document.facts()
    assert any(fix.edits[-1].span.start.line == 0 for finding in old.findings for fix in finding.fixes)
    assert any(step.span.start.line == 2 for finding in old.findings for step in finding.steps)
    for place, new in ((span(50, 0, 50, 0), "\n\n"), (span(50, 0, 52, 0), "")):
        document.edit(Edit(place, new))
        change = renewal(old, document.facts())
        old = document.facts()
        assert change.findings == ()
        assert len(json.dumps(messages.pack(messages.Renewed(1, change, 0)))) < 100
        known = renewed(known, sent(change))
        assert known == old


def test_nothing_new_is_next_to_nothing():
    old = facts(range(50))
    assert len(json.dumps(messages.pack(messages.Renewed(1, renewal(old, old), 0)))) < 100


def test_a_change_of_other_facts_is_refused():
    with pytest.raises(ValueError, match="other facts"):
        renewed(NONE, renewal(facts([1]), facts([1, 2])))
