"""Other tools' orders to look away: what is read of them, and how far each reaches."""

import json
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.justifications.foreign import foreign_word
from whysafe.justifications.marked import Place, concerning
from whysafe.justifications.markers import WHOLE_FILE, limited, may_have_markers, meant, parse_markers
from whysafe.justifications.names import Names
from whysafe.syntax.comments import comments, remarks
from whysafe.syntax.source import split_lines

KNOWN = Names(
    {
        name: frozenset({rule})
        for rule, known in {
            "eval-use": ("eval-use", "B307", "S307"),
            "exec-use": ("exec-use", "B102", "S102"),
            "subprocess-shell-true": ("subprocess-shell-true", "B602", "S602"),
            "partial-executable-path": ("B607", "S607"),
        }.items()
        for name in known
    }
)


def read(text):
    return limited(parse_markers(comments(text), split_lines(text)))


SPECIFIC = {
    "# nosec B307": ("nosec", {"eval-use"}, ""),
    "#nosec B307,B602": ("nosec", {"eval-use", "subprocess-shell-true"}, ""),
    "# nosec: B307 - cmd is a literal": ("nosec", {"eval-use"}, "cmd is a literal"),
    "# nosec eval, exec_used see foo()": ("nosec", {"eval-use", "exec-use"}, "see foo()"),
    "# noqa: S307": ("noqa", {"eval-use"}, ""),
    "# NoQA:E501,S602 fixed words": ("noqa", {"subprocess-shell-true"}, "fixed words"),
    "# noqa : s307": ("noqa", {"eval-use"}, ""),
    "# type: ignore[x]  # noqa: S307": ("noqa", {"eval-use"}, ""),
    "# ruff: ignore[S602, S607] why": ("ruff", {"subprocess-shell-true", "partial-executable-path"}, "why"),
    "# ruff: ignore[suspicious-eval-usage]": ("ruff", {"eval-use"}, ""),
    "# nosemgrep: python.lang.security.audit.eval-detected.eval-detected": ("nosemgrep", {"eval-use"}, ""),
    "# nosem: subprocess-shell-true": ("nosemgrep", {"subprocess-shell-true"}, ""),
    "# pylint: disable=eval-used, line-too-long": ("pylint", {"eval-use"}, ""),
    "# pylint: disable=W0122": ("pylint", {"exec-use"}, ""),
}


@pytest.mark.parametrize(("comment", "expected"), SPECIFIC.items())
def test_an_order_that_names_rules(comment, expected):
    (marker,) = read(f"eval(x)  {comment}\n")
    assert (marker.tool, meant(marker, KNOWN), marker.text) == expected
    assert not marker.blanket
    assert (marker.first, marker.last) == (0, 0)


BLANKETS = [
    "# nosec", "#nosec because it is fine", "# noqa", "# NOQA", "# noqa:", "# NOSONAR", "# nosemgrep", "# nosem",
    "# sast-ignore", "# ignore-sast", "# Security-Ignore", "# ignore-security", "# a false-positive, really",
    "# falsepositive", "# risk-accepted (M. Smit)", "# security-accepted", "# security-reviewed",
    "# security-exception", "# see: nosec", "# type: ignore noqa",
]  # fmt: skip


@pytest.mark.parametrize("comment", BLANKETS)
def test_an_order_that_names_none(comment):
    (marker,) = read(f"eval(x)  {comment}\n")
    assert marker.blanket
    assert not meant(marker, KNOWN)
    assert foreign_word(comment) is not None


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: E501", "# pylint: disable=line-too-long", "# ruff: ignore", "# ruff: ignore[]", "# nosecret",
        "# a false alarm", "# ruff: disable[S307]", "# ruff: enable[S307]", "# ruff: disable[]", "# type: ignore",
        "# fmt: off", "# noqaX", "# risk accepted", "# security",
    ],
)  # fmt: skip
def test_what_is_no_order_about_security(comment):
    assert read(f"eval(x)  {comment}\n") == ()


def test_ids_of_sonar_are_not_those_of_ruff():
    (marker,) = read("eval(x)  # NOSONAR(S307) fixed\n")
    assert (marker.names, meant(marker, KNOWN), marker.blanket) == (("S307",), frozenset(), False)


def test_several_orders_in_one_comment_keep_their_own_text():
    one, two, three = read("eval(x)  # noqa: S307 first  # nosec B307 second # nosemgrep: a.eval-use\n")
    assert [marker.text for marker in (one, two, three)] == ["first", "second", ""]
    assert "eval(x)  # noqa: S307 first  # nosec B307 second # nosemgrep"[: one.span.end.column].endswith("first")
    assert one.order_end.column == len("eval(x)  # noqa: S307")


def test_text_in_strings_is_no_order():
    assert read('x = "# nosec"\n') == ()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("eval(x)  # nosec\n", (0, 0)),
        ("# nosec\neval(x)\n", (0, 0)),
        ("# noqa\neval(x)\n", (0, 0)),
        ("# false-positive\neval(x)\n", (0, 0)),
        ("# nosemgrep\neval(x)\n", (0, 1)),
        ("# ruff: ignore[S307]\n\n# prose\neval(x)\n", (3, 3)),
        ("# pylint: disable-next=eval-used\neval(x)\n", (1, 1)),
        ("# pylint: disable=eval-used\neval(x)\n", (0, None)),
        ("if x:\n    # pylint: disable=eval-used\n    eval(x)\n\n    eval(y)\neval(z)\n", (1, 4)),
        ("# pylint: disable=eval-used\nx\ny\n# pylint: enable=eval-used\neval(z)\n", (0, 2)),
        ("# pylint: disable=eval-used\nx\n# pylint: enable=all\neval(z)\n", (0, 1)),
        ("# pylint: disable=eval-used\nx\n# pylint: enable=exec-used\neval(z)\n", (0, None)),
        ("# ruff: disable[S307]\neval(x)\n", (0, None)),
        ("# ruff: disable[S307]\neval(x)\n# ruff: enable[S307] from here on\neval(z)\n", (0, 2)),
        ("#ruff:disable[suspicious-eval-usage]\nx\n# ruff: enable[ suspicious-eval-usage ]\n", (0, 2)),
        ("# ruff: disable[S307, S102]\nx\n# ruff: enable[S307]\n# ruff: enable[S102, S307]\n", (0, None)),
        ("# ruff: disable[S307]\nif x:\n    y\n    # ruff: enable[S307]\n", (0, None)),
        ("if x:\n    # ruff: disable[S307]\n    eval(x)\n\n    eval(y)\neval(z)\n# ruff: enable[S307]\n", (1, 4)),
        ("if x:\n    # ruff: disable[S307]\n    x\nif y:\n    # ruff: enable[S307]\n    eval(z)\n", (1, 2)),
        ("x\n# ruff: noqa: S307\n", (WHOLE_FILE, None)),
        ("x\n# flake8: noqa\n", (WHOLE_FILE, None)),
        ("x\n# ruff: file-ignore[S307]\n", (WHOLE_FILE, None)),
    ],
)
def test_how_far_an_order_reaches(text, lines):
    (marker,) = read(text)
    assert (marker.first, marker.last) == lines
    moved = marker.shifted(10)
    assert moved.first == (lines[0] if lines[0] == WHOLE_FILE else lines[0] + 10)
    assert moved.last == (None if lines[1] is None else lines[1] + 10)


def test_ranges_of_ruff_are_nested():
    begin, end = "# ruff: disable[S307]\n", "# ruff: enable[S307]\n"
    assert [(one.first, one.last) for one in read(f"{begin}{begin}x\n{end}eval(x)\n")] == [(0, None), (1, 3)]
    assert [(one.first, one.last) for one in read(f"{begin}x\n{end}{begin}x\n{end}")] == [(0, 2), (3, 5)]
    assert read(f"x\n{end}") == ()
    assert [one.tool for one in read(begin)] == ["ruff"]


# With `>` at the lines on which Ruff says nothing.
RANGES = """\
# ruff: disable[S307]
>eval(x)
# ruff: enable[S307]
eval(x)
def f():
    # ruff: disable[S307, S102]
>    eval(x)
    # ruff: enable[S307]
>    eval(x)
    # ruff: enable[S307, S102]
    eval(x)
def g():
    # ruff: disable[S307]
>    eval(x)
    if x:
>        eval(x)
        # ruff: enable[S307]
>    eval(x)
def h():
    if x:
        # ruff: disable[S307]
>        eval(x)
    eval(x)
    # ruff: enable[S307]
    eval(x)  # ruff: disable[S307]
    eval(x)
"""


def test_ranges_of_ruff_reach_as_far_as_ruff_says(tmp_path):
    path = tmp_path / "ranges.py"
    path.write_text(RANGES.replace(">", ""), encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--select=S307"]
    done = subprocess.run([*command, "--output-format=json", str(path)], capture_output=True, check=True)
    seen = {one["location"]["row"] - 1 for one in json.loads(done.stdout)}
    lines = RANGES.splitlines()
    calls = [number for number, line in enumerate(lines) if "eval(" in line]
    assert seen == {number for number in calls if not lines[number].startswith(">")}
    found = concerning(read(RANGES.replace(">", "")), [Place("eval-use", line, line) for line in calls], KNOWN)
    assert {line for line, marker in zip(calls, found, strict=True) if marker is None} == seen


def test_a_file_level_order_behind_code_is_none():
    assert read("x = 1  # ruff: noqa: S307\n") == ()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("eval-use", 0, 0), "B307"),
        (Place("eval-use", 1, 1), None),
        (Place("eval-use", 2, 2), ""),
        (Place("exec-use", 0, 0), None),
        (Place("exec-use", 0, 2), ""),
        (Place("exec-use", 9, 9), "W0122"),
        (Place("eval-use", 9, 9), None),
    ],
)
def test_which_order_concerns_a_finding(place, expected):
    markers = read("eval(x)  # nosec B307\neval(y)\neval(z)  # noqa\n# pylint: disable=W0122\n")
    (found,) = concerning(markers, [place], KNOWN)
    assert (None if found is None else "".join(found.names)) == expected


PARTS = st.lists(
    st.sampled_from(
        [*(comment.lstrip("# ") for comment in [*SPECIFIC, *BLANKETS]), "#", " ", ",", "[", "]", ":", "x", "S307"]
    ),
    max_size=12,
)


@given(PARTS, st.sampled_from(["# ", "x  # ", "    # "]))
def test_every_order_lies_within_its_comment(parts, before):
    text = before + " ".join(parts) + "\nx\n"
    for marker in read(text):
        assert marker.span.start < marker.order_end <= marker.span.end
        assert marker.span.end.column <= len(split_lines(text)[0].rstrip("\n"))
        assert may_have_markers(remarks(text))
        assert not (marker.blanket and meant(marker, KNOWN))


@pytest.mark.parametrize(
    "word", ["NoSec", "nosem", "noqa", "NOSONAR", "PyLint", "ruff :", "sast-x", "x-SAST", "K-security"]
)
@pytest.mark.parametrize("other", ["", "é", "\u212a"])
def test_a_word_of_a_tool_is_seen_behind_a_hash_in_any_case(word, other):
    assert may_have_markers(remarks(f"x = 1  # {other} {word}\n"))
    assert may_have_markers(remarks(f"'{other}'\r# {word}"))
    assert not may_have_markers(remarks(f"x = '{other} {word}'\n# {other}\n"))


MANY = {
    "one word": lambda size: "# " + "noqa " * size,
    "hash marks": lambda size: "#" * size + " pylint",
    "lines": lambda size: "# ruff: ignore[S602]\n" * (size // 10),
    "ranges": lambda size: "# ruff: disable[S307]\n# ruff: enable[S307]\n" * (size // 40),
    "bodies": lambda size: "if 1:\n  # pylint: disable=eval-used\n" * (size // 10),
    "codes": lambda size: "# noqa: " + "S1 " * size,
    "dots": lambda size: "# nosem:" + "a." * size,
    "blanks": lambda size: "# ruff" + " " * size + "x ruff" * size,
    "brackets": lambda size: "# ruff:ignore[" * size,
}


@pytest.mark.parametrize("make", MANY.values(), ids=MANY)
def test_reading_is_linear(make):
    text = make(50_000)
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 3
