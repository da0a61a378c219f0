import datetime as dt
import time

import pytest
from whysafe.justifications.comment import Block, Decision, parse_blocks
from whysafe.syntax.comments import comments
from whysafe.syntax.position import span

CODE = "f()\n"


def parsed(text):
    return parse_blocks(comments(text))


def only(text):
    (block,) = parsed(text)
    return block


def test_reads_every_part():
    text = (
        "# justified[subprocess-shell-true, B602] accepted: cmd is a literal and argparse\n"
        "#   limits name to its keys; a rewrite costs more.\n"
        "#   -- M. Smit, 2026-11-24, for cli, review by 2027-05-24, ref SEC-42, ok by A. Jansen, code 0aa19f23\n" + CODE
    )
    assert only(text) == Block(
        span=span(0, 0, 2, 101),
        ids=("subprocess-shell-true", "B602"),
        decision=Decision.ACCEPTED,
        reason="cmd is a literal and argparse limits name to its keys; a rewrite costs more.",
        who="M. Smit",
        date=dt.date(2026, 11, 24),
        program_type="cli",
        review_by=dt.date(2027, 5, 24),
        ref="SEC-42",
        ok_by="A. Jansen",
        code="0aa19f23",
    )


@pytest.mark.parametrize("word", [decision.value for decision in Decision])
def test_reads_every_decision(word):
    block = only(f"# justified[a] {word}: because it is so\n{CODE}")
    assert (block.decision, block.problems) == (Decision(word), ())


@pytest.mark.parametrize(
    "comment",
    [
        "# ordinary prose",
        "# the justified text is set in two columns",
        "# Justified text alignment",
        "# justified text",
        "# Justification: the layout needs it",
        "# justify(text)",
        "# unjustified[a] accepted: no",
        "# see justified[a] accepted: below",
        "#",
        "# -- a dash and no more",
        "# nosec B602",
    ],
)
def test_other_comments_are_nothing(comment):
    assert parsed(f"{comment}\n{CODE}") == ()


def test_the_middle_of_prose_may_begin_with_any_word():
    assert parsed("# This choice is hard to defend and only\n# justified by the old protocol.\nf()\n") == ()


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# Justified[a] accepted: because it is", "small letters"),
        ("# JUSTIFIED[a] accepted: because it is", "small letters"),
        ("# justify[a] accepted: because it is", "small letters"),
        ("# justfied[a] accepted: because it is", "small letters"),
        ("#   justified[a] accepted: because it is", "one space"),
        ("# justified", "rule is missing"),
        ("# justified: because it is", "rule is missing"),
        ("# justified accepted: because it is", "rule is missing"),
        ("# justified because it is", "rule is missing"),
        ("# justified a, b-rule accepted: because it is", "rule is missing"),
        ("# justified(a) accepted: because it is", "rule is missing"),
        ("# justified[a accepted: because it is", "bracket is not closed"),
        ("# justified[a]", "Decision and reason are missing"),
        ("# justified[a] accepted because it is", "colon"),
        ("# justified[a]: because it is", "decision is missing"),
        ("# justified[] accepted: because it is", "empty rule name"),
        ("# justified[a,] accepted: because it is", "empty rule name"),
        ("# justified[a b] accepted: because it is", "more than one word"),
        ("# justified[a] acepted: because it is", "did you mean `accepted`?"),
        ("# justified[a] Accepted: because it is", "did you mean `accepted`?"),
        ("# justified[a] false-positive: because it is", "did you mean `false-alarm`?"),
        ("# justified[a] whatever: because it is", "`whatever` is no decision"),
    ],
)
def test_what_wants_to_be_a_justification_says_what_is_wrong(comment, message):
    (problem,) = only(f"{comment}\n{CODE}").problems
    assert message in problem


@pytest.mark.parametrize(
    ("sign", "message"),
    [
        ("-- ", "empty"),
        ("-- M. Smit, 24-11-2026", "is no date"),
        ("-- M. Smit, 2026-13-01", "is no date"),
        ("-- M. Smit, 2026-02-30", "is no date"),
        ("-- M. Smit, ٢٠٢٦-11-24", "stands where the date belongs"),
        ("-- M. Smit, tomorrow", "stands where the date belongs"),
        ("-- M. Smit, 2026-11-24, reveiw by 2027-01-01", "did you mean `review by`?"),
        ("-- M. Smit, 2026-11-24, review 2027-01-01", "did you mean `review by`?"),
        ("-- M. Smit, 2026-11-24, until 2027-01-01", "is no field"),
        ("-- M. Smit, 2026-11-24,, code 0aa19f23", "comma too many"),
        ("-- M. Smit, 2026-11-24, code 0aa19f2", "8 hexadecimal digits"),
        ("-- M. Smit, 2026-11-24, code 0aa19f2g", "8 hexadecimal digits"),
        ("-- M. Smit, 2026-11-24, code 0aa19f23, code 0aa19f23", "twice"),
        ("-- M. Smit, 2026-11-24, ref SEC 42", "one word"),
        ("-- M. Smit, 2026-11-24, for", "one word"),
        ("-- M. Smit, 2026-11-24, ok by", "needs a name"),
    ],
)
def test_a_sign_line_says_what_is_wrong(sign, message):
    (problem,) = only(f"# justified[a] accepted: because it is\n#   {sign}\n{CODE}").problems
    assert message in problem


def test_an_unreadable_review_date_is_kept_as_it_is_written():
    block = only(f"# justified[a] accepted: because\n#   -- M. Smit, 2026-11-24, review by 2027-2-1\n{CODE}")
    assert (block.review_by, block.unreadable_review, block.problems) == (None, "2027-2-1", ())


@pytest.mark.parametrize(
    ("sign", "who", "date"),
    [
        ("-- M. Smit", "M. Smit", None),
        ("-- M. Smit, code 0aa19f23", "M. Smit", None),
        ("-- 2026-11-24, code 0aa19f23", None, dt.date(2026, 11, 24)),
        ("-- , 2026-11-24", None, dt.date(2026, 11, 24)),
        ("-- Ελένη 🦊 Παπα, 2026-11-24", "Ελένη 🦊 Παπα", dt.date(2026, 11, 24)),
    ],
)
def test_what_a_signature_lacks_is_none_and_no_problem(sign, who, date):
    block = only(f"# justified[a] accepted: because\n#   {sign}\n{CODE}")
    assert (block.who, block.date, block.problems) == (who, date, ())


def test_a_signature_may_be_missing():
    block = only(f"# justified[a] accepted: because\n#   it is\n{CODE}")
    assert (block.reason, block.who, block.date, block.problems) == ("because it is", None, None, ())


def test_a_block_ends_at_its_sign_line():
    text = "# justified[a] accepted: because\n#   -- M. Smit, 2026-11-24\n#   more\n# nosemgrep\nf()\n"
    assert only(text).span == span(0, 0, 1, 26)


@pytest.mark.parametrize("indent", ["", "    ", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_signature_that_ends_with_a_comma_goes_on_in_the_next_line(indent, end):
    lines = [
        "# justified[a] accepted: because, as said,",
        "#   it is",
        "#   -- M. Smit, 2026-11-24,",
        "#   for web-service,  ",
        "#  review by 2027-05-24, ref SEC-42,",
        "#\t\tok by A. Jansen, code 0aa19f23",
        "#   more",
        "f()",
    ]
    block = only("if x:" + end + "".join(indent + line + end for line in lines) if indent else end.join(lines))
    assert (block.reason, block.who, block.date) == ("because, as said, it is", "M. Smit", dt.date(2026, 11, 24))
    assert (block.program_type, block.review_by) == ("web-service", dt.date(2027, 5, 24))
    assert (block.ref, block.ok_by, block.code, block.problems) == ("SEC-42", "A. Jansen", "0aa19f23", ())
    assert block.span.end.line - block.span.start.line == 5


@pytest.mark.parametrize(
    ("further", "message"),
    [
        ("#   reveiw by 2027-05-24", "did you mean `review by`?"),
        ("#   code 0aa19f23,", "comma too many"),
        ("#   code 0aa19f23,\n# nosemgrep", "comma too many"),
        ("#   code 0aa19f23,\n#\n#   for cli", "comma too many"),
        ("#   code 0aa19f23,\n#   -- A. Jansen, 2026-11-24", "comma too many"),
        ("#   ref SEC-42,\n#   ref SEC-43", "twice"),
        ("", "comma too many"),
    ],
)
def test_a_signature_of_several_lines_says_what_is_wrong(further, message):
    block = parsed(f"# justified[a] accepted: because it is\n#   -- M. Smit, 2026-11-24,\n{further}\n{CODE}")[0]
    (problem,) = block.problems
    assert message in problem


def test_stacked_blocks_are_read_apart():
    text = (
        "    # justified[a] accepted: one\n    #   reason\n    # justified[b] mitigated: other\n"
        "    #   -- M. Smit, 2026-11-24\n    # justified[c] deferred: third\n"
    )
    blocks = parsed(f"if x:\n{text}    f()\n")
    assert [(block.ids, block.reason, block.span.start.line) for block in blocks] == [
        (("a",), "one reason", 1),
        (("b",), "other", 3),
        (("c",), "third", 5),
    ]


def test_prose_and_pragmas_below_are_no_part_of_the_reason():
    assert only("# justified[a] accepted: because\n# pylint: disable-next=x\nf()\n").reason == "because"


@pytest.mark.parametrize("slip", ["# of the table above", "#", "# -- M. Smit, 2026-11-24"])
def test_a_line_without_two_spaces_is_a_slip_where_the_sign_line_follows(slip):
    sign = "" if "--" in slip else "#   -- M. Smit, 2026-11-24\n"
    block = only(f"# justified[a] accepted: because\n{slip}\n{sign}f()\n")
    assert block.date == dt.date(2026, 11, 24)
    assert block.problems == ("Line 2 of this justification needs two spaces after `#`.",)


def test_lines_of_another_column_or_behind_a_gap_are_no_part():
    assert only("if x:\n    # justified[a] accepted: because\n#   it is\n    f()\n").reason == "because"
    assert only("# justified[a] accepted: because\n\n#   it is\nf()\n").reason == "because"


def test_a_sign_line_alone_is_told():
    for sign in ("2026-11-24, code 0aa19f23", "2026-11-24,\n#   code 0aa19f23", "2026-11-24, for cli,\n#   ref A"):
        (problem,) = only(f"#   -- M. Smit, {sign}\nf()\n").problems
        assert "without its first line" in problem


def test_text_in_strings_is_nothing():
    assert parsed('x = """\n# justified[a] accepted: no\n"""\ny = "# justified[a] accepted: no"\n') == ()


def test_a_byte_order_mark_takes_a_column():
    comments_found = comments("# justified[a] accepted: because\n#   -- M. Smit, 2026-11-24\nf()\n")
    first = type(comments_found[0])(0, 1, comments_found[0].text, own_line=True)
    (block,) = parse_blocks((first, *comments_found[1:]))
    assert (block.who, block.span) == ("M. Smit", span(0, 1, 1, 26))


def test_the_one_line_form_behind_code():
    text = (
        "f()  # type: ignore  # justified[a] accepted: a -- b, c -- M. Smit, 2026-11-24, code 0aa19f23  # nosec B602\n"
    )
    block = only(text)
    assert (block.trailing, block.reason, block.who, block.code) == (True, "a -- b, c", "M. Smit", "0aa19f23")
    assert text[block.span.start.column : block.span.end.column].endswith("code 0aa19f23")
    assert text[block.span.start.column : block.span.end.column].startswith("# justified[")


def test_the_one_line_form_without_signature():
    block = only("f()  # justified[a] accepted: one -- two\n")
    assert (block.reason, block.who, block.problems) == ("one -- two", None, ())


def test_a_long_word_is_not_shown_in_full():
    (problem,) = only(f"# justified[a] {'x' * 100_000}: because\n{CODE}").problems
    assert len(problem) < 200


HOSTILE = {
    "spaces behind the word": lambda count: [f"# justified{' ' * count}x"],
    "spaces behind the bracket": lambda count: [f"# justified[a]{' ' * count}x"],
    "an endless decision": lambda count: [f"# justified[a] {'x' * count}"],
    "brackets": lambda count: [f"# justified{'[' * count}"],
    "colons": lambda count: [f"# justified[a] accepted{':' * count}"],
    "dashes and spaces": lambda count: [f"f()  # justified[a] accepted: -- 2026-11-24{' ' * count}x"],
    "commas": lambda count: ["# justified[a] accepted: x", f"#   -- {',' * count}"],
    "ids": lambda count: [f"# justified[{'a,' * count}] accepted: x"],
    "a stray sign line": lambda count: [f"#   -- a, 2026-11-24{' code' * count}"],
    "heads": lambda count: ["# justified[a] accepted: x"] * (count // 20),
    "a long block": lambda count: ["# justified[a] accepted: x", *["#   more"] * (count // 20)],
    "a long signature": lambda count: ["# justified[a] accepted: x", "#   -- a,", *["#   b,"] * (count // 20)],
    "stray signatures": lambda count: ["#   -- a, 2026-11-24,", ""] * (count // 20),
    "words before a decision": lambda count: [f"# justified{' a' * count}", f"# justified {'accepted ' * count}"],
    "prose below a head": lambda count: ["# justified[a] accepted: x", *["# prose"] * (count // 20)],
}


def seconds(lines):
    found = comments("\n".join(lines) + "\nf()\n")
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        parse_blocks(found)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_reading_takes_time_in_proportion(make):
    assert seconds(make(80_000)) < 12 * seconds(make(10_000)) + 0.05
