"""The simulated editing, in short: memory, latency, diagnostics and processes are watched as in the long run."""

import cProfile
import pstats
import random
import sys

import editing
import inputs
import pytest
from editing import Sample, Session, Text
from whysafe import checker
from whysafe.syntax.position import Edit, Position, Span

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory and processes are read under /proc")


def test_a_short_session_leaves_memory_diagnostics_and_processes_as_they_should_be():
    told = []
    found = editing.session(("shelve", "tempfile", "pickle"), 200, 7, told.append)
    assert len(found.times) == 200
    assert found.samples[-1].keystrokes == 200
    assert len(found.samples[-1].held) == 2
    assert found.growth <= editing.GROWTH_BUDGET
    assert not found.changed
    assert not found.left_after_leaving
    assert not found.left_after_killing
    assert told


def test_the_same_seed_edits_the_same():
    ends = []
    for _ in range(2):
        text, rng = Text("untitled:a", inputs.module("shelve")), random.Random(3)
        edits = [editing.keystroke(text, rng, 5) for _ in range(100)]
        ends.append((text.lines, edits))
    assert ends[0] == ends[1]


def test_edits_are_in_units_of_the_wire_and_can_be_taken_back():
    text = Text("untitled:a", "a\U0001f600b\nlast")
    params = text.replace((0, 3), (0, 4), "c\nd")
    assert text.lines == ["a\U0001f600c", "d", "last"]
    assert params["contentChanges"][0]["range"]["start"] == {"line": 0, "character": 3}
    assert text.restore()["contentChanges"][0]["range"]["end"] == {"line": 2, "character": 4}
    assert "\n".join(text.lines) == text.original


def session_with(**more):
    calm = {
        "times": [1.0] * 100,
        "worked": [1.0] * 100,
        "samples": [Sample(10, [40.0, 60.0]), Sample(100, [40.0, 61.0])],
        "changed": [],
        "left_after_leaving": [],
        "left_after_killing": [],
    }
    return Session(**(calm | more))


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"samples": [Sample(10, [40.0, 60.0]), Sample(100, [40.0, 160.0])]}, "memory grew by 100 MB"),
        ({"worked": [1.0] * 90 + [2.0] * 10}, "a keystroke cost 2.0 ms of work at the end and 1.0 ms at the beginning"),
        ({"changed": ["shelve"]}, "other diagnostics for the same text: shelve"),
        ({"left_after_leaving": [5]}, "a process was left behind"),
        ({"left_after_killing": [5]}, "a process was left behind"),
    ],
)
def test_what_exceeds_a_budget_is_said(more, fault):
    assert not session_with().faults()
    (said,) = session_with(**more).faults()
    assert said.startswith(fault)
    assert fault in editing.words(session_with(**more))


def test_a_process_that_has_ended_is_not_there():
    assert editing.is_alive(1)
    assert editing.still_there([2**22 + 1]) == []


def calls_for(document, text, seed):
    """How many functions the engine calls for thirty keystrokes, after which the text is the original again."""
    rng, profile = random.Random(seed), cProfile.Profile()
    for _ in range(30):
        params = editing.keystroke(text, rng, 100)
        profile.enable()
        apply(document, params)
        profile.disable()
    apply(document, text.restore())
    return pstats.Stats(profile).total_calls


def apply(document, params):
    (change,) = params["contentChanges"]
    start, end = (Position(*change["range"][end].values()) for end in ("start", "end"))
    document.edit(Edit(Span(start, end), change["text"]))
    document.facts()


def test_a_keystroke_costs_the_same_work_after_hundreds_of_others():
    text = Text("untitled:a", inputs.module("tempfile"))
    document = checker.Document(text.original)
    calls_for(document, text, 5)
    before = calls_for(document, text, 5)
    rng = random.Random(1)
    for _ in range(12):
        line = rng.randrange(len(text.lines))
        for _ in range(25):
            apply(document, editing.keystroke(text, rng, line))
        apply(document, text.restore())
    calls_for(document, text, 5)
    assert calls_for(document, text, 5) <= before * 1.02
