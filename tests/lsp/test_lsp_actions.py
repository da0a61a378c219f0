"""Actions, diagnostics and hovers, made of reports without a server."""

import dataclasses
import datetime as dt

import pytest
from whysafe.analysis.finding import Card, Confidence, Finding, Fix, Gap, InTests, Rank, Severity, Step
from whysafe.justifications.comment import Block, Decision
from whysafe.justifications.markers import Marker
from whysafe.justifications.state import State
from whysafe.lsp.actions import FIX_ALL, fix_all, plan, to_client
from whysafe.lsp.convert import Encoding
from whysafe.lsp.diagnostics import View, diagnostics
from whysafe.lsp.hover import hover, plain
from whysafe.lsp.messages import Order
from whysafe.lsp.reports import Entry
from whysafe.lsp.session import Capabilities
from whysafe.lsp.targets import Target, data_of, order_of, workspace_edit
from whysafe.report import Note, Report, Shown
from whysafe.syntax.position import Edit, Position, span

TODAY = dt.date(2026, 11, 24)
URI = "file:///a.py"
LINES = ["# one\n", "é𝄞 = eval(x)\n", "eval(y)\n", ""]
FULL = Capabilities(
    related_information=True,
    code_description=True,
    unnecessary_tag=True,
    literal_actions=True,
    preferred_actions=True,
    markdown_hover=True,
)
CARD = Card(
    name="eval-used",
    family="dynamic-code",
    title="Evaluated text",
    why="Text runs as code.",
    abuse="Send code.",
    fix="Parse it.",
    ask="Who writes the text?",
    cwe=(95,),
    severity=Severity.ERROR,
    rank=Rank.CONSTANT,
    in_tests=InTests.SAME,
    default=True,
    aliases=("B307",),
    bad=("eval(text)",),
    good=("ast.literal_eval(text)",),
    references=("https://docs.python.org/3/library/functions.html#eval",),
)
BLOCK = Block(
    span=span(0, 0, 0, 5),
    ids=("eval-used",),
    decision=Decision.ACCEPTED,
    reason="constant text",
    who="M. Smit",
    date=TODAY,
    review_by=dt.date(2027, 5, 24),
)
SAFE = Fix("Use ast.literal_eval", (Edit(span(2, 0, 2, 4), "ast.literal_eval"),), safe=True)
UNSAFE = Fix("Delete it", (Edit(span(2, 0, 2, 7), ""),), safe=False)


def shown(line=2, column=0, state=State.OPEN, block=None, severity=Severity.ERROR, **more):
    place = span(line, column, line, column + 4)
    finding = Finding(
        rule="eval-used",
        message="`eval` runs text.",
        span=place,
        anchor=place,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        **more,
    )
    return Shown(finding=finding, severity=severity, full=Severity.ERROR, state=state, block=block)


def note(state, **more):
    fields = {"span": BLOCK.span, "severity": Severity.WARNING, "message": "No such finding.", "unnecessary": False}
    return Note(state=state, block=BLOCK, **(fields | more))


def entry(*items, notes=(), gaps=(), since=()):
    report = Report(shown=items, notes=notes, gaps=gaps)
    return Entry(report=report, revision=1, items=diagnostics(report, view()), since=list(since))


def view(client=FULL):
    return View(uri=URI, lines=LINES, cards={"eval-used": CARD}, client=client)


def target(client=FULL):
    return Target(uri=URI, version=3, revision=1, lines=LINES, client=client)


def titles(found, place=None, only=None, client=FULL):
    return [action.title for action in plan(found, place or span(2, 1, 2, 1), only=only, client=client)]


def test_an_open_finding_offers_its_safe_fix_first_and_four_answers():
    assert titles(entry(shown(fixes=(UNSAFE, SAFE)))) == [
        "Use ast.literal_eval",
        "Justify eval-used as accepted...",
        "Justify eval-used as a false alarm...",
        "Justify eval-used as mitigated...",
        "Justify eval-used as deferred...",
        "Delete it",
    ]


def test_only_what_is_under_the_cursor_is_offered():
    both = entry(shown(line=1, column=5), shown())
    assert titles(both, span(0, 0, 0, 0)) == []
    assert len(titles(both, span(1, 6, 1, 6))) == 4


def test_a_menu_has_at_most_six_entries_the_safe_fixes_first_and_the_gravest_before_the_others():
    low = shown()
    low = dataclasses.replace(low, full=Severity.HINT, finding=dataclasses.replace(low.finding, rule="low"))
    both = entry(low, shown(fixes=(SAFE,)), shown(line=3))
    assert titles(both, span(2, 1, 3, 1)) == [
        "Use ast.literal_eval",
        *(title for title in titles(entry(shown()))),
        "Justify eval-used as accepted...",
    ]
    assert titles(both)[-1] == "Justify low as accepted..."
    assert len(titles(both, only=["", "source.fixAll"])) == 7


@pytest.mark.parametrize(
    ("named", "cursor", "offered"),
    [
        ([("eval-used", span(2, 0, 2, 4))], span(2, 7, 2, 7), True),
        ([("eval-used", span(2, 0, 2, 4))], span(1, 0, 1, 0), False),
        ([("other", span(2, 0, 2, 4))], span(2, 7, 2, 7), False),
        ([("eval-used", span(2, 6, 2, 7))], span(2, 7, 2, 7), False),
        ([], span(2, 7, 2, 7), False),
    ],
)
def test_a_finding_that_the_client_names_on_the_line_counts_as_under_the_cursor(named, cursor, offered):
    found = plan(entry(shown()), cursor, only=None, client=FULL, lines=LINES, named=named)
    assert bool(found) is offered


def test_a_note_that_the_client_names_offers_what_its_block_needs():
    stale = entry(shown(line=5, state=State.STALE, block=BLOCK), notes=[note(State.STALE)])
    place = BLOCK.span
    named = [("justification-stale", place)]
    cursor = span(place.end.line, place.end.column + 4, place.end.line, place.end.column + 4)
    assert plan(stale, cursor, only=None, client=FULL, lines=LINES) == []
    assert plan(stale, cursor, only=None, client=FULL, lines=LINES, named=named)


def test_carried_findings_offer_nothing():
    assert titles(entry(shown(carried=True, fixes=(SAFE,)))) == []


def test_explain_is_offered_where_a_hover_shows_no_links():
    assert titles(entry(shown()), client=dataclasses.replace(FULL, markdown_hover=False))[-1] == "Explain eval-used"


def test_a_client_without_actions_gets_none():
    assert titles(entry(shown()), client=Capabilities()) == []


@pytest.mark.parametrize(
    ("state", "tasks"),
    [
        (State.VALID, ["Re-confirm", "Remove"]),
        (State.DUE, ["Re-confirm"]),
        (State.STALE, ["Re-confirm", "Remove"]),
        (State.EXPIRED, ["Re-confirm", "Remove"]),
        (State.CONTEXT_CHANGED, ["Re-confirm"]),
        (State.UNSIGNED, ["Sign"]),
        (State.TOO_LONG, ["Shorten"]),
        (State.PLACEHOLDER, []),
        (State.TRIVIAL, []),
        (State.FORBIDDEN, []),
        (State.MALFORMED, []),
    ],
)
def test_an_answered_finding_offers_what_its_block_needs(state, tasks):
    found = entry(shown(state=state, block=BLOCK, fixes=(SAFE,)))
    for place in (None, span(0, 2, 0, 2)):
        offered = titles(found, place)
        assert [title.partition(" the justification of eval-used")[0] for title in offered] == tasks
    assert not any(action.preferred for action in plan(found, span(0, 2, 0, 2), only=None, client=FULL))


def test_an_orphan_can_be_removed():
    whole = note(State.ORPHAN, unnecessary=True)
    assert titles(entry(notes=(whole,)), span(0, 0, 0, 0)) == ["Remove the justification of eval-used"]


def test_a_detached_one_can_be_attached():
    found = titles(entry(notes=(note(State.DETACHED),)), span(0, 0, 0, 0))
    assert found == ["Attach the justification of eval-used to the code below it"]


def test_an_answer_behind_code_can_be_moved_above_it():
    block = dataclasses.replace(BLOCK, trailing=True)
    found = entry(shown(state=State.VALID, block=block))
    assert titles(found)[-1] == "Move the justification of eval-used above its statement"


@pytest.mark.parametrize(("state", "names"), [(State.UNDOCUMENTED, ("B307",)), (State.BLANKET, ())])
def test_an_order_to_another_tool_can_be_converted(state, names):
    marker = Marker(
        span=span(2, 9, 2, 20), order_end=Position(2, 20), tool="nosec", names=names, text="", first=2, last=2
    )
    what = dataclasses.replace(shown(state=state, fixes=(UNSAFE, SAFE)), marker=marker)
    assert titles(entry(what)) == [
        "Use ast.literal_eval",
        "Convert nosec of eval-used as accepted...",
        "Convert nosec of eval-used as a false alarm...",
        "Convert nosec of eval-used as mitigated...",
        "Convert nosec of eval-used as deferred...",
        "Delete it",
    ]
    assert bool(fix_all(entry(what).report)) is (state is State.BLANKET)


def test_what_may_never_be_answered_offers_no_answer():
    what = dataclasses.replace(shown(fixes=(SAFE,)), answerable=False)
    assert titles(entry(what)) == ["Use ast.literal_eval"]


def test_names_are_corrected_without_the_worker():
    lines = ["# justified[evl-used, other] accepted: constant text\n", *LINES[1:]]
    block = dataclasses.replace(BLOCK, ids=("evl-used", "other"), span=span(0, 0, 0, 52))
    notes = (
        dataclasses.replace(note(State.UNKNOWN_RULE), block=block, ids=("evl-used",), instead="eval-used"),
        dataclasses.replace(note(State.ORPHAN), block=block, ids=("other",)),
    )
    found = plan(entry(notes=notes), span(0, 0, 0, 0), only=None, client=FULL, lines=lines)
    assert [(action.title, action.edits) for action in found] == [
        (
            "Rename evl-used to eval-used in the justification",
            (Edit(span(0, 12, 0, 20), "eval-used"),),
        ),
        ("Drop other from the justification", (Edit(span(0, 12, 0, 27), "evl-used"),)),
    ]


@pytest.mark.parametrize(
    ("only", "count"),
    [(["quickfix"], 5), (["refactor"], 1), ([""], 7), (["source.fixAll"], 1), (["source.fixAll.other"], 0), ([], 0)],
)
def test_the_kinds_that_the_client_wants_decide(only, count):
    assert len(titles(entry(shown(fixes=(SAFE, UNSAFE))), only=only)) == count


def test_fix_all_takes_safe_fixes_of_open_findings_that_do_not_overlap():
    wide = Fix("Wide", (Edit(span(2, 2, 2, 6), ""),), safe=True)
    first = Fix("First", (Edit(span(1, 5, 1, 9), "f"),), safe=True)
    report = Report(
        shown=(
            shown(fixes=(SAFE,)),
            shown(fixes=(wide,)),
            shown(line=1, column=5, fixes=(first,)),
            shown(fixes=(UNSAFE,)),
            shown(state=State.VALID, block=BLOCK, fixes=(first,)),
        ),
        notes=(),
        gaps=(),
    )
    assert fix_all(report) == (first.edits[0], SAFE.edits[0])


def test_no_recorded_decision_is_preferred_or_part_of_fix_all():
    everything = plan(entry(shown(fixes=(SAFE,))), span(2, 0, 2, 0), only=[""], client=FULL)
    for action in everything:
        if action.order is not None:
            assert not action.preferred
            assert action.kind != FIX_ALL
    assert [action.title for action in everything if action.preferred] == ["Use ast.literal_eval"]


def test_edits_speak_the_language_of_the_client():
    edits = [Edit(span(1, 5, 1, 9), "f")]
    plain_edit = workspace_edit(edits, target(), "f${1:x}")
    assert plain_edit == {
        "changes": {
            URI: [
                {"range": {"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 10}}, "newText": "f"}
            ]
        }
    }
    documents = dataclasses.replace(FULL, document_changes=True)
    versioned = workspace_edit(edits, target(documents), "f${1:x}")["documentChanges"][0]
    assert versioned["textDocument"] == {"uri": URI, "version": 3}
    assert versioned["edits"][0]["newText"] == "f"
    snippets = dataclasses.replace(documents, snippet_edits=True)
    edit = workspace_edit(edits, target(snippets), "f${1:x}")["documentChanges"][0]["edits"][0]
    assert edit["snippet"] == {"kind": "snippet", "value": "f${1:x}"}
    assert "newText" not in edit


def test_an_order_survives_its_way_to_the_client_and_back():
    order = Order("justify", Position(2, 0), "eval-used", "deferred")
    assert order_of(data_of(order, target())) == (URI, 1, order)
    for damaged in (None, {}, [], {"uri": URI}, data_of(order, target()) | {"place": "here"}):
        with pytest.raises(ValueError):  # noqa: PT011 - any ValueError means: refused
            order_of(damaged)


def test_an_action_names_its_diagnostic():
    found = entry(shown(fixes=(SAFE,)))
    (action, *_) = plan(found, span(2, 0, 2, 0), only=None, client=FULL)
    answer = to_client(action, found, target())
    assert answer["isPreferred"] is True
    assert answer["diagnostics"] == [found.items[0]]
    assert "isPreferred" not in to_client(action, found, target(dataclasses.replace(FULL, preferred_actions=False)))


def test_a_diagnostic_says_all_that_its_client_understands():
    steps = (Step(span(1, 0, 1, 1), "comes from here"),)
    justified = shown(1, 5, State.VALID, BLOCK, Severity.HINT, steps=steps)
    (item,) = diagnostics(Report(shown=(justified,), notes=(), gaps=()), view())
    assert item["range"] == {"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 10}}
    assert item["severity"] == 4
    assert item["message"] == "Justified (accepted by M. Smit until 2027-05-24): `eval` runs text."
    assert item["code"] == "eval-used"
    assert item["codeDescription"]["href"].endswith("/95.html")
    assert [info["message"] for info in item["relatedInformation"]] == [
        "comes from here",
        "The justification, which is valid.",
    ]
    (bare,) = diagnostics(Report(shown=(justified,), notes=(), gaps=()), view(Capabilities()))
    assert "relatedInformation" not in bare
    assert "codeDescription" not in bare


def test_invalid_answers_and_carried_findings_never_read_as_justified():
    found = (shown(state=State.STALE, block=BLOCK), shown(carried=True))
    stale, carried = diagnostics(Report(shown=found, notes=(), gaps=()), view())
    assert stale["message"] == "`eval` runs text."
    assert carried["message"].endswith("(last seen before the text broke)")


def test_only_orphans_are_faded():
    notes = (note(State.ORPHAN, unnecessary=True), note(State.STALE))
    gap = Gap(span(1, 0, 1, 3), "invalid syntax")
    orphan, stale, missing = diagnostics(Report(shown=(), notes=notes, gaps=(gap,)), view())
    assert orphan["tags"] == [1]
    assert "tags" not in stale
    assert missing["message"] == "not analysed: invalid syntax"
    assert missing["severity"] == 2


@pytest.mark.parametrize("encoding", Encoding)
def test_the_hover_is_found_through_edits_since(encoding):
    client = dataclasses.replace(FULL, encoding=encoding)
    found = entry(shown(line=1, column=0), since=[Edit(span(0, 0, 0, 0), "new\n")])
    lines = ["new\n", "\n", "eval(x)"]
    answer = hover(found, Position(2, 2), dataclasses.replace(view(client), lines=lines), today=TODAY)
    assert "Evaluated text" in answer["contents"]["value"]
    assert answer["range"]["start"] == {"line": 2, "character": 0}
    assert hover(found, Position(0, 2), view(client), today=TODAY) is None


def test_the_hover_on_a_block_says_its_state():
    found = entry(shown(1, 5, State.VALID, BLOCK))
    text = hover(found, Position(0, 3), view(), today=TODAY)["contents"]["value"]
    assert "This answer holds." in text
    assert "181 days left" in text


def test_a_client_without_markdown_gets_plain_text():
    client = dataclasses.replace(FULL, markdown_hover=False)
    contents = hover(entry(shown()), Position(2, 0), view(client), today=TODAY)["contents"]
    assert contents["kind"] == "plaintext"
    assert "**" not in contents["value"]
    assert plain("**a** `b` \\* c") == "a b * c"
