"""Messages between the main process and the worker."""

import datetime as dt
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis.finding import Confidence, Finding, Fix, Gap, Severity, Step
from whysafe.config import Settings
from whysafe.config.settings import PathRule, Switch
from whysafe.justifications.comment import Block, Decision, Placed
from whysafe.lsp import messages, wire
from whysafe.report import Facts
from whysafe.syntax.position import Edit, Position, Span, span

texts = st.text(st.characters(), max_size=20)
numbers = st.integers(0, 10_000)
positions = st.builds(Position, numbers, numbers)
spans = st.builds(Span, positions, positions)
edits = st.builds(Edit, spans, texts)


def tuples(of):
    return st.lists(of, max_size=3).map(tuple)


findings = st.builds(
    Finding,
    rule=texts,
    message=texts,
    span=spans,
    anchor=spans,
    severity=st.sampled_from(Severity),
    confidence=st.sampled_from(Confidence),
    steps=tuples(st.builds(Step, spans, texts)),
    fixes=tuples(st.builds(Fix, texts, tuples(edits), st.booleans())),
    carried=st.booleans(),
)
optional_texts = st.none() | texts
blocks = st.builds(
    Block,
    span=spans,
    ids=tuples(texts),
    decision=st.none() | st.sampled_from(Decision),
    reason=texts,
    who=optional_texts,
    date=st.none() | st.dates(),
    program_type=optional_texts,
    review_by=st.none() | st.dates(),
    ref=optional_texts,
    ok_by=optional_texts,
    code=optional_texts,
    problems=tuples(texts),
    trailing=st.booleans(),
)
all_facts = st.builds(
    Facts,
    findings=tuples(findings),
    blocks=tuples(st.builds(Placed, blocks, st.none() | spans, optional_texts)),
    gaps=tuples(st.builds(Gap, spans, texts)),
    test_like=st.booleans(),
)


def sent(message):
    """The message after its way through a pipe."""
    pipe = io.BytesIO()
    wire.write_frame(pipe, messages.pack(message))
    pipe.seek(0)
    return messages.unpack(wire.read_frame(pipe))


@given(all_facts)
def test_facts_arrive_as_they_were_sent(facts):
    message = messages.Analysed(7, facts, 0)
    assert sent(message) == message


@given(texts, tuples(edits))
def test_texts_and_edits_arrive_as_they_were_sent(text, some):
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert sent(messages.Open(1, "untitled:a", 2, joined)).text == joined
    change = messages.Change(id=1, uri="u", base=1, revision=2, length=3, edits=())
    assert sent(change) == change
    assert len(sent(messages.Written(1, (messages.Outcome(edits=some),))).outcomes[0].edits) == len(some)


def test_settings_arrive_as_they_were_sent():
    inner = Settings(select=("ALL",), given=("select",))
    settings = Settings(
        ignore=(Switch("assert-used", "why"),), per_path=(PathRule("tests/*", "/root", inner),), author="é", root="/r"
    )
    orders = (messages.Order("justify", Position(1, 2), "eval-used", "accepted"),)
    write = messages.Write(id=3, uri="u", revision=4, orders=orders, settings=settings, today=dt.date(2026, 11, 24))
    assert sent(write) == write


@pytest.mark.parametrize(
    "data",
    [
        None,
        5,
        [],
        ["Analysed"],
        ["Nothing", []],
        ["Lost", []],
        ["Lost", [1, 2]],
        ["Analysed", [1, [[["x"]], [], [], False], 0]],
        ["Analysed", [1, [[], [], [[[1, 2], "gap"]], False], 0]],
        [["Lost"], [1]],
    ],
)
def test_what_is_no_message_is_refused(data):
    with pytest.raises(wire.WireError):
        messages.unpack(data)


@pytest.mark.parametrize("data", [b"\x00\x00\x00\x02{]", b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xff"])
def test_what_is_no_frame_is_refused(data):
    with pytest.raises(wire.WireError):
        wire.read_frame(io.BytesIO(data))


@pytest.mark.parametrize("data", [b"", b"\x00\x00", b"\x00\x00\x00\x05abc"])
def test_a_stream_that_ends_early_has_no_more_frames(data):
    assert wire.read_frame(io.BytesIO(data)) is None


def test_objects_of_other_kinds_do_not_cross():
    with pytest.raises(TypeError, match="crosses"):
        wire.encode(object())
    with pytest.raises(wire.WireError):
        wire.decode(object, [])


def test_frames_are_ascii():
    pipe = io.BytesIO()
    wire.write_frame(pipe, ["\ud800é"])
    assert json.loads(pipe.getvalue()[4:].decode("ascii")) == ["\ud800é"]


def test_severities_keep_their_order_on_the_way():
    facts = Facts(findings=(), blocks=(), gaps=(Gap(span(0, 0, 0, 1), "x"),), test_like=True)
    assert sent(messages.Analysed(1, facts, 5)).facts.gaps[0].span < span(0, 0, 0, 2)


@given(st.lists(st.lists(texts, max_size=3), max_size=5), st.integers(1, 30))
def test_messages_come_back_however_the_stream_is_cut(sent, size):
    stream, incoming = b"".join(map(wire.frame, sent)), wire.Incoming()
    parts = (stream[start : start + size] for start in range(0, len(stream), size))
    assert [message for part in parts for message in incoming.feed(part)] == sent


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\0\0\0\1{", b"\0\0\0\0"])
def test_a_stream_of_anything_else_is_refused(data):
    with pytest.raises(wire.WireError):
        list(wire.Incoming().feed(data))
