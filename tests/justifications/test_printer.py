import datetime as dt
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from whysafe.justifications.comment import Block, Decision, Refused, parse_blocks
from whysafe.justifications.printer import print_block
from whysafe.syntax.comments import comments
from whysafe.syntax.position import span

BLOCK = Block(
    span=span(0, 0, 0, 0),
    ids=("weak-hash-stdlib",),
    decision=Decision.FALSE_ALARM,
    reason="cache key only; never compared to a secret.",
    who="A. Jansen",
    date=dt.date(2026, 11, 24),
    review_by=dt.date(2027, 11, 24),
    code="781f9d2a",
)
DATES = st.dates(dt.date(1970, 1, 1), dt.date(9999, 12, 31))
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=12)
TRICKY = st.sampled_from(
    ["--", "--x", "-- M. Smit, 2026-11-24", "#", "# justified[a] accepted: x", "justified[b]", "Justified", "]",
    "[", '"""',
     "'", "\\", ":", ",", "{}", "🦊", "漢字かな", "שלום", "हिन्दी", "TODO", "`", "${1:x}", "-"]
)  # fmt: skip
REASONS = st.lists(st.one_of(WORDS, TRICKY), min_size=1, max_size=30).map(" ".join)


def read_back(lines):
    (block,) = parse_blocks(comments("".join(line + "\n" for line in lines) + "f()\n"))
    return block


def test_two_lines_where_they_fit():
    assert print_block(BLOCK, "    ", 90) == (
        "    # justified[weak-hash-stdlib] false-alarm: cache key only; never compared to a secret.",
        "    #   -- A. Jansen, 2026-11-24, review by 2027-11-24, code 781f9d2a",
    )


def test_longer_reasons_are_wrapped_and_indented():
    block = replace(BLOCK, reason="cache key only, and it is never compared to a secret or shown to anybody at all.")
    lines = print_block(block, "", 60)
    assert lines[:2] == (
        "# justified[weak-hash-stdlib] false-alarm: cache key only,",
        "#   and it is never compared to a secret or shown to anybody",
    )
    assert max(map(len, lines[:-1])) <= 60


def test_wide_characters_count_twice():
    lines = print_block(replace(BLOCK, reason="漢字 " * 30), "", 60)
    assert lines[1] == "#   " + "漢字 " * 10 + "漢字"


@given(
    reason=REASONS,
    ids=st.lists(st.from_regex(r"[a-zA-Z][a-zA-Z0-9-]{0,20}", fullmatch=True), min_size=1, max_size=4).map(tuple),
    decision=st.sampled_from(Decision),
    who=st.none() | WORDS,
    date=st.none() | DATES,
    review_by=st.none() | DATES,
    ref=st.none() | WORDS,
    ok_by=st.none() | WORDS,
    program_type=st.none() | st.sampled_from(["cli", "web-service"]),
    code=st.none() | st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
    indent=st.sampled_from(["", "    ", "\t", "  \t"]),
    width=st.integers(0, 200),
)
@example(
    reason="--", ids=("a",), decision=Decision.ACCEPTED, who=None, date=None, review_by=None, ref=None, ok_by=None,
    program_type=None, code=None, indent="", width=0,
)  # fmt: skip
def test_what_is_printed_reads_back(indent, width, **parts):
    block = Block(span=span(0, 0, 0, 0), **parts)
    try:
        lines = print_block(block, "", width)
    except Refused:
        return
    normal = replace(block, reason=" ".join(part for part in block.reason.split(" ") if part))
    indented = print_block(block, indent, width)
    assert all(line.startswith(indent + "#") for line in indented)
    for printed in (lines, tuple(line.removeprefix(indent) for line in indented)):
        assert replace(read_back(printed), span=block.span) == normal
        signed = any(part is not None for part in signature_of(normal))
        assert sum(line.startswith("#   --") for line in printed[1:]) == signed
        assert all(can_be_no_shorter(line, max(width, 20)) for line in printed)


def signature_of(block):
    return (block.who, block.date, block.program_type, block.review_by, block.ref, block.ok_by, block.code)


def can_be_no_shorter(line, width):
    """Whether a line fits, or is a single word or field, with what must stand beside it."""
    if sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line) <= width:
        return True
    first, *rest = line.removeprefix("#").strip(" ").split(" ")
    glued = ("--", "justif", "justfied")
    if all(word.lower().startswith(glued) for word in rest):
        return True
    if line.startswith("# justified["):
        after = line.partition(": ")[2].split(" ")
        return after == [""] or all(word.lower().startswith(glued) for word in after)
    # Name and date, or one field.
    return line.count(", ") <= (first == "--")


DEEP = replace(
    BLOCK, ids=("subprocess-shell-true",), program_type="web-service", ref="SECURITY-1234", ok_by="A. van den Berg"
)


@pytest.mark.parametrize("depth", range(11))
def test_no_line_is_longer_than_the_project_wants_it_however_deep_the_code(depth):
    indent = "    " * depth
    lines = print_block(DEEP, indent, 88)
    assert max(map(len, lines)) <= 88
    assert replace(read_back([line.removeprefix(indent) for line in lines]), span=DEEP.span) == DEEP


def test_a_signature_is_wrapped_behind_a_comma_and_its_date_never_stands_alone():
    assert print_block(DEEP, "", 60)[-3:] == (
        "#   -- A. Jansen, 2026-11-24, for web-service,",
        "#   review by 2027-11-24, ref SECURITY-1234,",
        "#   ok by A. van den Berg, code 781f9d2a",
    )
    assert print_block(DEEP, "", 0)[-6:-4] == ("#   -- A. Jansen, 2026-11-24,", "#   for web-service,")


@given(reason=REASONS)
def test_hardly_any_reason_is_refused(reason):
    block = replace(BLOCK, reason=reason)
    try:
        lines = print_block(block, "", 88)
    except Refused as refused:
        assert "order to another tool" in str(refused) or "U+" in str(refused) or "empty" in str(refused)  # noqa: PT017
    else:
        assert read_back(lines).reason == " ".join(part for part in reason.split(" ") if part)


@pytest.mark.parametrize("reason", ["x" * 10_000, "word " * 2_000, "] " * 5_000, "🦊" * 3_000, "-- " * 3_000])
def test_long_reasons_survive(reason):
    assert read_back(print_block(replace(BLOCK, reason=reason), "    ", 88)).reason == reason.strip()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": ""}, "empty"),
        ({"reason": "   "}, "empty"),
        ({"reason": "a\rb"}, "U\\+000D"),
        ({"reason": "a\nb"}, "U\\+000A"),
        ({"reason": "a\x00b"}, "U\\+0000"),
        ({"reason": "a\u2028b"}, "U\\+2028"),
        ({"reason": "a\ud800b"}, "U\\+D800"),
        ({"reason": "a\u202eb"}, "right-to-left override"),
        ({"reason": "marked nosec before"}, "`nosec` is an order.*For example: marked no-sec before"),
        ({"reason": "a false-positive"}, "false alarm"),
        ({"who": "noqa"}, "order to another tool"),
        ({"who": "Smit, M."}, "reads back"),
        ({"who": "code 12345678"}, "reads back"),
        ({"who": "2026-11-24"}, "reads back"),
        ({"ids": ("a]b",)}, "reads back"),
        ({"ids": ()}, "incomplete"),
        ({"decision": None}, "incomplete"),
        ({"ref": "SEC 42"}, "reads back"),
        ({"code": "xyz"}, "reads back"),
    ],
)
def test_what_cannot_be_written_is_refused(change, message):
    with pytest.raises(Refused, match=message):
        print_block(replace(BLOCK, **change), "", 88)


def test_no_encoding_declaration_in_the_first_two_lines():
    block = replace(BLOCK, reason="the coding: utf-8 is given")
    assert print_block(block, "", 88, first_line=2)
    with pytest.raises(Refused, match="encoding"):
        print_block(block, "", 88, first_line=1)
