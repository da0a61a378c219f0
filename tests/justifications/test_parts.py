"""The parts of a justification by their places, and the part that is being written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.justifications.parts import Kind, part_at, part_being_written, parts
from whysafe.syntax.position import Position
from whysafe.syntax.source import split_lines

HEAD = "    # justified[eval-use, B307] accepted: the reason, for example\n"
SIGN = "    #   -- M. Smit, 2026-11-24, for cli, review by 2027-05-24, ref SEC-42, ok by A. Jansen, code 0aa19f23\n"


def read(line):
    return [(part.kind, part.text) for part in parts([line], 0)]


def test_the_parts_of_the_first_line():
    assert read(HEAD) == [
        (Kind.WORD, "justified"),
        (Kind.RULE, "eval-use"),
        (Kind.RULE, "B307"),
        (Kind.DECISION, "accepted"),
    ]


def test_the_parts_of_the_sign_line():
    assert read(SIGN) == [
        (Kind.WHO, "M. Smit"),
        (Kind.DATE, "2026-11-24"),
        (Kind.PROGRAM_TYPE, "cli"),
        (Kind.REVIEW, "2027-05-24"),
        (Kind.REF, "SEC-42"),
        (Kind.OK, "A. Jansen"),
        (Kind.CODE, "0aa19f23"),
    ]


def test_the_parts_of_a_signature_of_several_lines():
    lines = [
        HEAD,
        "    #   -- M. Smit,\n",
        "    #   2026-11-24,\n",
        "    #   review by 2027-05-24, soon\n",
        "    #   x\n",
    ]
    found = [[(part.kind, part.text) for part in parts(lines, number)] for number in range(1, 5)]
    assert found == [
        [(Kind.WHO, "M. Smit")],
        [(Kind.DATE, "2026-11-24")],
        [(Kind.REVIEW, "2027-05-24"), (Kind.FIELD, "soon")],
        [],
    ]
    assert parts(["#   prose,\n", "#   2026-11-24\n"], 1) == ()
    assert parts([HEAD.replace("example", "example,"), "#   2026-11-24\n"], 1) == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#   more of the reason\n", []),
        ("# prose\n", []),
        ("#   -- \n", []),
        ("#   -- M. Smit, soon\n", [(Kind.WHO, "M. Smit"), (Kind.FIELD, "soon")]),
        ("#   -- M. Smit, review by\n", [(Kind.WHO, "M. Smit"), (Kind.REVIEW, "")]),
        ("# justified[]\n", [(Kind.WORD, "justified")]),
    ],
)
def test_parts_of_what_is_not_finished(line, expected):
    assert read(line) == expected


@given(st.sampled_from([HEAD, SIGN]), st.integers(0, 120))
def test_a_place_is_in_one_part_or_none(line, column):
    place = Position(0, min(column, len(line) - 1))
    part = part_at([line], place)
    holding = [each for each in parts([line], 0) if each.span.start <= place <= each.span.end]
    assert part == (holding[0] if holding else None)
    if part is not None:
        written = line[part.span.start.column : part.span.end.column]
        assert written.endswith(part.text)


def being_written(text):
    """The part at the `|` of a text: its kind, and what is written of it."""
    lines = split_lines(text.replace("|", ""))
    before = text[: text.index("|")]
    line = before.count("\n")
    place = Position(line, len(before) - (before.rfind("\n") + 1))
    part = part_being_written(lines or [""], place)
    if part is None:
        return None
    assert part.span.end == place
    assert part.span.start == Position(line, place.column - len(part.text))
    return part.kind, part.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# j|\n", (Kind.WORD, "j")),
        ("  #just|\n", (Kind.WORD, "just")),
        ("# Justi|\n", (Kind.WORD, "Justi")),
        ("# jest|\n", None),
        ("# |\n", None),
        ("x  # j|\n", None),
        ("# justified[|\n", (Kind.RULE, "")),
        ("# justified[eval-use, su|]\n", (Kind.RULE, "su")),
        ("# justified[eval|-use] accepted: x\n", (Kind.RULE, "eval")),
        ("# justified[eval-use]|\n", (Kind.DECISION, "")),
        ("# justified[eval-use] false-al|\n", (Kind.DECISION, "false-al")),
        ("# justified[eval-use] accepted: because|\n", None),
        ("# justified[a] accepted: x\n#   -- M. Sm|\n", None),
        ("# justified[a] accepted: x\n#   -- M. Smit, 20|\n", (Kind.DATE, "20")),
        ("# justified[a] accepted: x\n#   -- M. Smit, 2026-11-24, re|\n", (Kind.FIELD, "re")),
        ("# justified[a] accepted: x\n#   more\n#   -- M. Smit, 2026-11-24, review by 2|\n", (Kind.REVIEW, "2")),
        ("# justified[a] accepted: x\n#   -- M. Smit, 2026-11-24, for |\n", (Kind.PROGRAM_TYPE, "")),
        ("# justified[a] accepted: x\n#   -- M. Smit, 2026-11-24, ref SE|\n", (Kind.REF, "SE")),
        ("# justified[a] accepted: x\n#   -- M. Smit,\n#   20|\n", (Kind.DATE, "20")),
        ("# justified[a] accepted: x\n#   -- M. Smit, 2026-11-24,\n#   re|\n", (Kind.FIELD, "re")),
        ("# justified[a] accepted: x\n#   -- M. Smit, 2026-11-24,\n#   for cli, review by |\n", (Kind.REVIEW, "")),
        ("# justified[a] accepted: x\n#   -- M. Smit, 2026-11-24\n#   re|\n", None),
        ("# prose\n#   -- M. Smit, 20|\n", None),
        ("# justified[a] accepted: x\n\n#   -- M. Smit, 20|\n", None),
    ],
)
def test_what_is_being_written(text, expected):
    assert being_written(text) == expected


@given(st.text(st.sampled_from("# justified[]-,:ab\t"), max_size=40), st.integers(0, 40))
def test_whatever_is_written_raises_nothing(line, column):
    place = Position(0, min(column, len(line)))
    part = part_being_written([line], place)
    assert part is None or (part.span.end == place and line[part.span.start.column : place.column] == part.text)
