import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis.finding import Card, InTests, Rank, Severity
from whysafe.justifications.audit import OPEN, Answer, Names, Policy, State, Subject, audit, demoted, names
from whysafe.justifications.comment import Block, Decision, Placed
from whysafe.syntax.position import Position, span

TODAY = dt.date(2026, 11, 24)
KNOWN = Names(
    {
        "weak-hash": frozenset({"weak-hash"}),
        "eval-use": frozenset({"eval-use"}),
        "B303": frozenset({"weak-hash"}),
    },
    {"weak-hash": "Weak hash function", "eval-use": "eval() runs a string as code"},
)
CODE = "1aa19f23"
REASON = "cache key only, never compared to a secret"
VALID = Block(
    span=span(0, 0, 1, 60),
    ids=("weak-hash",),
    decision=Decision.ACCEPTED,
    reason=REASON,
    who="A. Jansen",
    date=TODAY,
    review_by=TODAY + dt.timedelta(days=100),
    code=CODE,
)
IN_80_DAYS = TODAY + dt.timedelta(days=80)
BELOW = span(2, 0, 2, 40)
HASH = Subject("weak-hash", Position(2, 6), Severity.WARNING)
EVAL = Subject("eval-use", Position(2, 20), Severity.ERROR)


def run(*blocks, subjects=(HASH,), **options):
    placed = [block if isinstance(block, Placed) else Placed(block, BELOW, CODE) for block in blocks]
    return audit(placed, subjects, KNOWN, TODAY, **options)


def test_without_blocks_everything_is_open():
    assert run().answers == (OPEN,)


@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.MITIGATED, Decision.FALSE_ALARM])
def test_a_valid_block_answers(decision):
    block = replace(VALID, decision=decision)
    audited = run(block)
    assert (audited.answers, audited.remarks) == ((Answer(State.VALID, block),), ((),))
    assert demoted(HASH.severity, audited.answers[0]) is Severity.HINT


def test_what_is_deferred_stays_visible():
    (answer,) = run(replace(VALID, decision=Decision.DEFERRED, ref="SEC-42", review_by=IN_80_DAYS)).answers
    assert answer.state is State.VALID
    assert demoted(Severity.ERROR, answer) is Severity.INFORMATION
    assert demoted(Severity.HINT, answer) is Severity.HINT


@pytest.mark.parametrize(
    ("change", "state", "severity", "words"),
    [
        ({"reason": f"{REASON} TODO"}, State.PLACEHOLDER, Severity.WARNING, "`TODO`"),
        (
            {"reason": "TODO Who can reach this? What else could they do?"},
            State.PLACEHOLDER,
            Severity.WARNING,
            "written",
        ),
        ({"reason": f"TBD, {REASON}"}, State.PLACEHOLDER, Severity.WARNING, "`TBD`"),
        ({"reason": f"(FIXME) {REASON}"}, State.PLACEHOLDER, Severity.WARNING, "`FIXME`"),
        ({"reason": f"todo: {REASON}"}, State.PLACEHOLDER, Severity.WARNING, "`todo`"),
        ({"reason": "<please specify a reason>"}, State.PLACEHOLDER, Severity.WARNING, "backquotes"),
        ({"reason": f"{REASON} <...>"}, State.PLACEHOLDER, Severity.WARNING, "`<...>`"),
        ({"decision": Decision.DEFERRED, "ref": "TODO"}, State.PLACEHOLDER, Severity.WARNING, "`ref TODO`"),
        ({"reason": ""}, State.TRIVIAL, Severity.WARNING, "says nothing"),
        ({"reason": "it is fine"}, State.TRIVIAL, Severity.WARNING, "8 letters"),
        ({"reason": "!!!!!!!!!! 1234567890 ----------"}, State.TRIVIAL, Severity.WARNING, "says nothing"),
        ({"reason": "Weak hash function."}, State.TRIVIAL, Severity.WARNING, "title"),
        ({"who": None}, State.UNSIGNED, Severity.WARNING, "a name"),
        ({"who": "TODO-name"}, State.UNSIGNED, Severity.WARNING, "a name"),
        ({"date": None}, State.UNSIGNED, Severity.WARNING, "the date"),
        ({"code": None}, State.UNSIGNED, Severity.WARNING, "`code`"),
        ({"review_by": None}, State.UNSIGNED, Severity.WARNING, "review by"),
        ({"who": None, "date": None, "code": None}, State.UNSIGNED, Severity.WARNING, "a name, the date and the"),
        ({"decision": Decision.DEFERRED}, State.TOO_LONG, Severity.WARNING, "`ref`"),
        ({"review_by": TODAY + dt.timedelta(days=367)}, State.TOO_LONG, Severity.WARNING, "`review by 2027-11-24`"),
        ({"program_type": "cli"}, State.CONTEXT_CHANGED, Severity.WARNING, "what this program is now"),
        ({"problems": ("X is wrong.", "Y too.")}, State.MALFORMED, Severity.ERROR, "X is wrong."),
        ({"date": TODAY + dt.timedelta(days=2)}, State.MALFORMED, Severity.ERROR, "future"),
        ({"review_by": TODAY - dt.timedelta(days=1)}, State.EXPIRED, Severity.WARNING, "was due by 2026-11-23"),
        ({"review_by": None, "unreadable_review": "next year"}, State.EXPIRED, Severity.WARNING, "no date"),
        ({"code": "1bbbbbbb"}, State.STALE, Severity.WARNING, "not the code this was written for"),
    ],
)
def test_an_answer_that_does_not_count(change, state, severity, words):
    block = replace(VALID, **change)
    audited = run(block)
    (answer,), (remarks,) = audited.answers, audited.remarks
    assert (answer, remarks[0].state, remarks[0].severity) == (Answer(state, block), state, severity)
    assert words in remarks[0].message
    assert "justified" not in remarks[0].message.lower()
    assert not remarks[0].unnecessary
    assert demoted(HASH.severity, answer) is HASH.severity


@pytest.mark.parametrize(
    "reason",
    [
        "todo el código es de prueba",
        "escapes `<script>` before it is shown",
        "a < b and the list is short > 3",
        "уже проверено выше",
        "安全検査済みです入力は固定",
        "METHODOLOGY of the other team",
        "eval() runs a string as code",
    ],
)
def test_reasons_that_count(reason):
    assert run(replace(VALID, reason=reason)).answers[0].state is State.VALID


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (-1, State.EXPIRED, "was due"),
        (0, State.DUE, "today"),
        (1, State.DUE, "tomorrow"),
        (30, State.DUE, "in 30 days"),
        (31, State.VALID, ""),
    ],
)
def test_dates_are_inclusive(days, state, words):
    audited = run(replace(VALID, review_by=TODAY + dt.timedelta(days=days)))
    assert audited.answers[0].state is state
    assert words in " ".join(remark.message for remark in audited.remarks[0])
    good = state in {State.DUE, State.VALID}
    assert demoted(Severity.WARNING, audited.answers[0]) is (Severity.HINT if good else Severity.WARNING)


def test_due_is_only_information():
    ((remark,),) = run(replace(VALID, review_by=TODAY)).remarks
    assert (remark.state, remark.severity) == (State.DUE, Severity.INFORMATION)


def test_a_signature_of_tomorrow_is_another_time_zone():
    assert run(replace(VALID, date=TODAY + dt.timedelta(days=1))).answers[0].state is State.VALID


@pytest.mark.parametrize(
    ("decision", "severity", "state"),
    [
        (Decision.ACCEPTED, Severity.ERROR, State.UNSIGNED),
        (Decision.MITIGATED, Severity.WARNING, State.UNSIGNED),
        (Decision.ACCEPTED, Severity.INFORMATION, State.VALID),
        (Decision.MITIGATED, Severity.HINT, State.VALID),
        (Decision.FALSE_ALARM, Severity.ERROR, State.VALID),
        (Decision.DEFERRED, Severity.HINT, State.UNSIGNED),
    ],
)
def test_who_owes_a_review_date(decision, severity, state):
    block = replace(VALID, decision=decision, review_by=None, ref="SEC-42")
    assert run(block, subjects=[HASH._replace(severity=severity)]).answers[0].state is state


@pytest.mark.parametrize(
    ("decision", "severity", "days", "state"),
    [
        (Decision.ACCEPTED, Severity.ERROR, 181, State.VALID),
        (Decision.ACCEPTED, Severity.ERROR, 182, State.TOO_LONG),
        (Decision.MITIGATED, Severity.WARNING, 366, State.VALID),
        (Decision.MITIGATED, Severity.WARNING, 367, State.TOO_LONG),
        (Decision.ACCEPTED, Severity.INFORMATION, 5_000, State.VALID),
        (Decision.FALSE_ALARM, Severity.ERROR, 5_000, State.VALID),
        (Decision.DEFERRED, Severity.HINT, 91, State.VALID),
        (Decision.DEFERRED, Severity.HINT, 92, State.TOO_LONG),
    ],
)
def test_how_late_a_review_may_be(decision, severity, days, state):
    """A day more than the policy says is another time zone's, and six calendar months have up to 181 days."""
    block = replace(VALID, decision=decision, ref="SEC-42", review_by=TODAY + dt.timedelta(days=days))
    assert run(block, subjects=[HASH._replace(severity=severity)]).answers[0].state is state


def test_the_policy_of_the_project_says_how_late():
    policy = Policy(horizons={"warning": 10, "information": 5})
    for days, severity, state in [
        (11, Severity.WARNING, State.DUE),
        (12, Severity.WARNING, State.TOO_LONG),
        (7, Severity.INFORMATION, State.TOO_LONG),
        (3_000, Severity.ERROR, State.VALID),
    ]:
        block = replace(VALID, review_by=TODAY + dt.timedelta(days=days))
        audited = run(block, subjects=[HASH._replace(severity=severity)], policy=policy)
        assert audited.answers[0].state is state, (days, severity)
    assert (
        run(replace(VALID, review_by=None), subjects=[HASH._replace(severity=Severity.INFORMATION)], policy=policy)
        .answers[0]
        .state
        is State.UNSIGNED
    )


def test_a_date_at_the_end_of_time_is_too_long_and_breaks_nothing():
    block = replace(VALID, date=dt.date(9999, 12, 31), review_by=dt.date.max)
    audited = audit([Placed(block, BELOW, CODE)], (HASH,), KNOWN, dt.date(9999, 12, 31))
    assert audited.answers[0].state in {State.DUE, State.VALID}
    assert run(replace(VALID, review_by=dt.date.max)).answers[0].state is State.TOO_LONG


@pytest.mark.parametrize(
    ("written", "now", "state"),
    [
        ("cli", ("cli",), State.VALID),
        ("test", ("cli", "test"), State.VALID),
        ("cli", ("web-service",), State.CONTEXT_CHANGED),
        ("cli", (), State.CONTEXT_CHANGED),
        (None, ("web-service",), State.VALID),
        ("test", ("cli",), State.CONTEXT_CHANGED),
    ],
)
def test_an_answer_holds_for_its_type_of_program(written, now, state):
    audited = run(replace(VALID, program_type=written), policy=Policy(program_types=now))
    assert audited.answers[0].state is state
    assert [remark.state for remark in audited.remarks[0]] == ([] if state is State.VALID else [state])


def test_nobody_answers_a_rule_that_is_never_to_be_answered():
    policy = Policy(never=frozenset({"eval-use"}))
    both = replace(VALID, ids=("weak-hash", "eval-use"))
    audited = run(both, subjects=[HASH, EVAL], policy=policy)
    assert [answer.state for answer in audited.answers] == [State.VALID, State.FORBIDDEN]
    ((remark,),) = audited.remarks
    assert (remark.state, remark.severity) == (State.FORBIDDEN, Severity.ERROR)
    assert "`eval-use`" in remark.message
    assert "weak-hash" not in remark.message
    assert demoted(EVAL.severity, audited.answers[1]) is EVAL.severity


def test_too_long_does_not_hide_that_it_has_expired():
    block = replace(VALID, date=dt.date(2020, 1, 1), review_by=TODAY - dt.timedelta(days=1))
    audited = run(block)
    assert audited.answers[0].state is State.EXPIRED
    assert [remark.state for remark in audited.remarks[0]] == [State.EXPIRED, State.TOO_LONG]


@pytest.mark.parametrize("days", [400, -5])
def test_what_lets_a_build_pass_must_be_for_known_code(days):
    block = replace(VALID, review_by=TODAY + dt.timedelta(days=days))
    assert run(block).answers[0].state in {State.TOO_LONG, State.EXPIRED}
    assert run(Placed(block, BELOW, None)).answers == (OPEN,)


def test_stale_points_at_the_code():
    ((remark,),) = run(replace(VALID, code="1bbbbbbb")).remarks
    assert remark.related[0].span == BELOW


def test_every_fault_is_told_and_the_gravest_counts():
    audited = run(
        replace(VALID, reason="TODO", who="TODO-name", code="1bbbbbbb", review_by=TODAY - dt.timedelta(days=1))
    )
    assert [remark.state for remark in audited.remarks[0]] == [
        State.PLACEHOLDER,
        State.UNSIGNED,
        State.STALE,
        State.EXPIRED,
    ]
    assert audited.answers[0].state is State.PLACEHOLDER


def test_orphan():
    audited = run(VALID, subjects=[EVAL])
    ((remark,),) = audited.remarks
    assert audited.answers == (OPEN,)
    assert (remark.state, remark.severity, remark.unnecessary) == (State.ORPHAN, Severity.WARNING, True)


def test_a_list_may_be_orphan_in_part():
    audited = run(replace(VALID, ids=("weak-hash", "eval-use")))
    ((remark,),) = audited.remarks
    assert audited.answers[0].state is State.VALID
    assert (remark.state, remark.unnecessary) == (State.ORPHAN, False)
    assert "drop `eval-use`" in remark.message


def test_a_finding_elsewhere_is_not_answered():
    audited = run(VALID, subjects=[HASH._replace(place=Position(3, 0)), HASH._replace(place=BELOW.end), HASH])
    assert [answer.state for answer in audited.answers] == [State.OPEN, State.OPEN, State.VALID]


def test_a_rule_that_did_not_run_makes_no_orphan():
    assert run(VALID, subjects=[], unchecked={"weak-hash"}).remarks == ((),)


@pytest.mark.parametrize("gap", [span(2, 0, 3, 0), span(0, 0, 9, 0), span(2, 10, 2, 12)])
def test_in_a_gap_nothing_is_orphan_and_nothing_is_valid(gap):
    assert run(VALID, subjects=[], gaps=[gap]).remarks == ((),)
    assert run(VALID, gaps=[gap]).answers == (OPEN,)
    assert run(Placed(VALID, None, None), gaps=[gap]).remarks == ((),)


def test_a_gap_elsewhere_changes_nothing():
    gaps = [span(3, 0, 9, 0), span(0, 0, 0, 0)]
    assert run(VALID, gaps=gaps).answers[0].state is State.VALID
    assert run(VALID, subjects=[], gaps=gaps).remarks[0][0].state is State.ORPHAN


def test_code_that_could_not_be_read_is_not_verified():
    audited = run(Placed(VALID, BELOW, None))
    assert (audited.answers, audited.remarks) == ((OPEN,), ((),))


@pytest.mark.parametrize(
    ("name", "hint"),
    [("weak-hsh", "did you mean `weak-hash`?"), ("b303", "did you mean `B303`?"), ("quite-other", "whysafe rules")],
)
def test_unknown_rules(name, hint):
    ((remark,),) = run(replace(VALID, ids=(name,))).remarks
    assert (remark.state, remark.severity) == (State.UNKNOWN_RULE, Severity.WARNING)
    assert hint in remark.message


def test_an_unknown_rule_beside_a_known_one_takes_nothing_away():
    audited = run(replace(VALID, ids=("nonsense", "weak-hash")))
    assert audited.answers[0].state is State.VALID
    assert [remark.state for remark in audited.remarks[0]] == [State.UNKNOWN_RULE]


def test_aliases_of_other_tools_are_understood():
    assert run(replace(VALID, ids=("B303",))).answers[0].state is State.VALID


def test_detached():
    audited = run(Placed(VALID, None, None))
    ((remark,),) = audited.remarks
    assert (audited.answers, remark.state) == ((OPEN,), State.DETACHED)


def test_several_blocks_for_one_statement():
    other = replace(VALID, ids=("eval-use",), decision=Decision.MITIGATED)
    audited = run(VALID, other, subjects=[EVAL, HASH])
    assert audited.answers == (Answer(State.VALID, other), Answer(State.VALID, VALID))


def test_of_two_answers_the_one_that_counts_is_taken_and_then_the_one_that_hides_less():
    stale = replace(VALID, code="1bbbbbbb")
    deferred = replace(VALID, decision=Decision.DEFERRED, ref="SEC-42", review_by=IN_80_DAYS)
    assert run(stale, VALID).answers == (Answer(State.VALID, VALID),)
    assert run(VALID, deferred).answers == (Answer(State.VALID, deferred),)
    assert run(VALID, stale).remarks[1][0].state is State.STALE


def test_names_of_cards():
    card = Card(
        name="weak-hash", family="crypto", title="Weak", why="", abuse="", fix="", ask="", cwe=(327,),
        severity=Severity.WARNING, rank=Rank.CONSTANT, in_tests=InTests.SAME, default=True, aliases=("B303", "B324"),
        bad=(), good=(), references=(),
    )  # fmt: skip
    found = names([card, replace(card, name="B324", aliases=("B303",))])
    assert found.rules["B303"] == {"weak-hash", "B324"}
    assert found.rules["B324"] == {"B324"}
    assert found.titles["weak-hash"] == "Weak"


BLOCKS = st.builds(
    replace,
    st.just(VALID),
    ids=st.lists(st.sampled_from(["weak-hash", "eval-use", "B303", "nonsense"]), max_size=3).map(tuple),
    decision=st.sampled_from([None, *Decision]),
    reason=st.sampled_from(["", "TODO", REASON]),
    who=st.sampled_from([None, "TODO-name", "M. Smit"]),
    date=st.sampled_from([None, TODAY, dt.date(2030, 1, 1)]),
    review_by=st.sampled_from([None, dt.date(2020, 1, 1), TODAY, dt.date(2027, 3, 1)]),
    code=st.sampled_from([None, CODE, "1bbbbbbb"]),
    program_type=st.sampled_from([None, "cli", "web-service"]),
    problems=st.sampled_from([(), (), ("It is wrong.",)]),
)
PLACED = st.builds(Placed, BLOCKS, st.sampled_from([None, BELOW, BELOW]), st.sampled_from([None, CODE, CODE]))


@given(st.lists(PLACED, max_size=4), st.lists(st.sampled_from([HASH, EVAL]), max_size=3))
def test_only_a_block_in_order_lowers_anything(placed, subjects):
    policy = Policy(never=frozenset({"eval-use"}), program_types=("cli",))
    audited = audit(placed, subjects, KNOWN, TODAY, policy=policy)
    assert (len(audited.answers), len(audited.remarks)) == (len(subjects), len(placed))
    for subject, answer in zip(subjects, audited.answers, strict=True):
        if demoted(subject.severity, answer) < subject.severity:
            block = answer.block
            assert not block.problems
            assert block.who == "M. Smit"
            assert block.date == TODAY
            assert block.reason == REASON
            assert block.code == CODE
            assert block.review_by is None or block.review_by >= TODAY
            assert block.program_type in {None, "cli"}
            assert subject.rule != "eval-use"
