"""What the checker writes on demand: answers, conversions and moves, each followed by a new check of the text."""

from __future__ import annotations

import datetime as dt

import pytest
from whysafe.checker import Document, cards, check
from whysafe.config import Settings, from_mapping
from whysafe.justifications.comment import Decision, Refused
from whysafe.justifications.state import State
from whysafe.report import project
from whysafe.syntax.position import Edit, Position, Span

TODAY = dt.date(2026, 11, 25)


def settings(**wishes):
    found, problems = from_mapping({key.replace("_", "-"): value for key, value in wishes.items()}, "test")
    assert problems == ()
    return found


PLAIN = Settings()


def applied(text, edits):
    document = Document(text)
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        document.edit(edit)
    return document.text


def only_finding(text, rule="eval-use"):
    (found,) = (finding for finding in Document(text).facts().findings if finding.rule == rule)
    return found


def states(text, wishes=PLAIN):
    report = check(text, wishes, TODAY, None)
    return [shown.state for shown in report.shown], [note.state for note in report.notes]


def justified(text, rule="eval-use", wishes=PLAIN, **more):
    place = only_finding(text, rule).span.start
    written = Document(text).justify(place, rule, Decision.ACCEPTED, "M. Smit", TODAY, wishes, **more)
    return applied(text, written.edits)


REASON = "only administrators can reach this line, and they may run anything"


def test_lines_are_as_long_as_the_project_wants_them():
    for columns in (60, 110):
        lines = justified("eval(x)\n", wishes=settings(line_length=columns), reason=REASON * 3).splitlines()
        assert columns - 40 < max(map(len, lines[:-2])) <= columns


@pytest.mark.parametrize(
    ("wishes", "days"),
    [
        ({}, 180),
        ({"severity": {"eval-use": "warning"}}, 365),
        ({"review-within": {"error": 20}}, 20),
        ({"severity": {"eval-use": "hint"}}, None),
    ],
)
def test_a_new_answer_is_valid_under_the_settings_that_it_was_written_for(wishes, days):
    wanted = settings(**wishes, min_severity="hint")
    text = justified("eval(x)\n", wishes=wanted, reason=REASON)
    expected = None if days is None else f"review by {TODAY + dt.timedelta(days=days)}"
    assert ("review by" not in text) if expected is None else (expected in text)
    report = project(Document(text).facts(), cards(), wanted, TODAY, None)
    assert report.shown[0].state in {State.VALID, State.DUE}


def test_what_may_never_be_answered_is_refused():
    with pytest.raises(Refused, match="never-justify"):
        justified("eval(x)\n", wishes=settings(never_justify=["eval-use"]))


CONVERSIONS = {
    "eval(x)  # nosec B307 - only literals\n": ("TODO confirm: only literals", "eval(x)  # nosec B307\n"),
    "eval(x)  # nosec only literals\n": ("TODO confirm: only literals", "eval(x)  # nosec B307\n"),
    "eval(x)  # nosec\n": ("TODO Who can reach this", "eval(x)  # nosec B307\n"),
    "eval(x)  # noqa: S307\n": ("TODO Who can reach this", "eval(x)  # noqa: S307\n"),
    "eval(x)  # noqa\n": ("TODO Who can reach this", "eval(x)  # noqa\n"),
    "eval(x)  # noqa: S307 checked above  # nosec B307\n": (
        "TODO confirm: checked above",
        "eval(x)  # noqa: S307  # nosec B307\n",
    ),
    "# nosemgrep: a.eval-detected\neval(x)\n": ("TODO Who can reach this", "# nosemgrep: a.eval-detected\neval(x)\n"),
    "eval(x)  # a false-positive, see nosec\n": (
        "TODO confirm: a false alarm, see no-sec",
        "eval(x)  # a false-positive, see nosec\n",
    ),
    "eval(x)  # see nosec above\n": ("TODO confirm: see no-sec above", "eval(x)  # see nosec above\n"),
    "def f(x):\n    return (\n        eval(x)  # NOSONAR: trust me\n    )\n": (
        "TODO confirm: trust me",
        "    return (\n        eval(x)  # NOSONAR\n    )\n",
    ),
}


@pytest.mark.parametrize(("text", "expected"), CONVERSIONS.items())
def test_a_conversion_keeps_the_order_and_asks_for_the_reason(text, expected):
    assert states(text)[0][0] in {State.UNDOCUMENTED, State.BLANKET}
    place = only_finding(text).span.start
    written = Document(text).convert(place, "eval-use", Decision.FALSE_ALARM, "M. Smit", TODAY, PLAIN)
    after = applied(text, written.edits)
    said = " ".join(line.strip().lstrip("#").strip() for line in after.splitlines())
    reason, rest = expected
    assert reason in said if reason.startswith("TODO confirm") else "false-alarm: TODO" in said
    assert after.endswith(rest)
    assert states(after) == ([State.PLACEHOLDER], [State.PLACEHOLDER])


def test_there_is_nothing_to_convert_without_an_order():
    with pytest.raises(Refused, match="No other tool"):
        Document("eval(x)\n").convert(Position(0, 0), "eval-use", Decision.ACCEPTED, "M. Smit", TODAY, PLAIN)


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n# prose\n", "\n# nosemgrep: x.y\n"])
def test_a_detached_answer_is_attached(gap):
    whole = justified("def f(x):\n    eval(x)\n", reason=REASON)
    text = whole.replace("    eval(x)", gap.replace("#", "    #") + "    eval(x)")
    assert states(text) == ([State.OPEN], [State.DETACHED])
    after = applied(text, Document(text).attach(Position(1, 5)))
    assert states(after) == ([State.VALID], [])


def test_attaching_takes_the_indentation_of_the_code():
    whole = justified("eval(x)\n", reason=REASON)
    text = "if x:\n" + whole.replace("eval(x)", "    eval(x)")
    assert states(text)[1] == [State.DETACHED]
    after = applied(text, Document(text).attach(Position(1, 0)))
    assert [line.startswith("    ") for line in after.splitlines()] == [False, *[True] * (len(after.splitlines()) - 1)]


def test_an_answer_behind_code_is_moved_above():
    whole = justified("def f(x):\n    eval(x)\n", reason=REASON)
    block = Document(whole).facts().blocks[0].block
    sign = f"-- {block.who}, {block.date}, review by {block.review_by}, code {block.code}"
    text = f"def f(x):\n    eval(x)  # justified[eval-use] accepted: {REASON} {sign}\n"
    assert states(text) == ([State.VALID], [])
    after = applied(text, Document(text).move_above(Position(1, 15), PLAIN))
    assert after == whole
    with pytest.raises(Refused, match="no justification behind code"):
        Document(whole).move_above(Position(1, 5), PLAIN)


def test_a_review_that_is_too_late_is_brought_forward():
    text = justified("eval(x)\n", reason=REASON)
    late = text.replace(str(TODAY + dt.timedelta(days=180)), "2029-01-01")
    assert states(late) == ([State.TOO_LONG], [State.TOO_LONG])
    assert applied(late, Document(late).shorten(Position(0, 0), PLAIN)) == text


def test_re_confirming_makes_an_answer_hold_for_the_program_as_it_is_now():
    text = justified("eval(x)\n", wishes=settings(program_type="cli"), reason=REASON)
    service = settings(program_type="web-service")
    assert states(text, settings(program_type="cli")) == ([State.VALID], [])
    assert states(text, service) == ([State.CONTEXT_CHANGED], [State.CONTEXT_CHANGED])
    edit = Document(text).reconfirm(Position(0, 0), "M. Smit", TODAY, service)
    assert states(applied(text, [edit]), service) == ([State.VALID], [])


def test_orders_of_other_tools_follow_edits_as_in_a_fresh_text():
    text = "eval(x)  # nosec B307\n\n\ndef f(y):\n    eval(y)  # noqa\n\n# pylint: disable=exec-used\n\nexec(z)\n"
    document = Document(text)
    assert len(document.facts().markers) == 3
    for edit_text, place in (("import os\n", 0), ("# pylint: enable=all\n", 9), ("x = 1\n", 1)):
        document.edit(Edit(Span(Position(place, 0), Position(place, 0)), edit_text))
        assert document.facts().markers == Document(document.text).facts().markers
