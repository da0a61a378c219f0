"""Corrections of a block that decide nothing."""

import datetime as dt

import pytest
from whysafe.justifications.comment import Refused, parse_blocks
from whysafe.justifications.mending import add_ticket, drop, next_code, rename, repair, shorten, unwritten
from whysafe.syntax.comments import comments
from whysafe.syntax.source import split_lines
from written import apply

HEAD = "# justified[a] accepted: w\n"
SIGN = "#   -- M. Smit, 2026-11-24, for cli, review by 2027-05-24, ref SEC-42, code 0aa19f23\n"


def block_of(text):
    (block,) = parse_blocks(comments(text))
    return block


def after(text, edits):
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = apply(text, edit)
    return text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("# justified[a] acepted: fine words\n" + SIGN, "# justified[a] accepted: fine words\n" + SIGN),
        ("# justified[a] false-positive: words\n" + SIGN, "# justified[a] false-alarm: words\n" + SIGN),
        ("#justify[a, b] Mitigated:words\n" + SIGN, "# justified[a, b] mitigated: words\n" + SIGN),
        ("# justified(a) accepted: words\n" + SIGN, "# justified[a] accepted: words\n" + SIGN),
        ("# justified[a accepted: words\n" + SIGN, None),
        ("# justified[a] nonsense: words\n" + SIGN, None),
        (HEAD + SIGN.replace("review by", "reveiw by"), HEAD + SIGN),
        (HEAD + SIGN.replace("ref SEC", "reff SEC"), HEAD + SIGN),
        (HEAD + SIGN.replace("#   --", "# --"), HEAD + SIGN),
        (HEAD + SIGN.replace("2026-11-24", "2026-13-24"), None),
        (HEAD.replace("accepted", "acepted") + SIGN.replace("2026-11-24", "2026-13-24"), None),
        (
            "  # justified[a] acepted: fine\r\n  # more\r\n  " + SIGN,
            "  # justified[a] accepted: fine\r\n  #   more\r\n  " + SIGN,
        ),
        (
            HEAD + "#   -- M. Smit, 2026-11-24,\n#   reveiw by 2027-05-24,\n#   cod 0aa19f23,\n",
            HEAD + "#   -- M. Smit, 2026-11-24,\n#   review by 2027-05-24,\n#   code 0aa19f23\n",
        ),
        (HEAD + "#   -- M. Smit, 2026-11-24,\n", HEAD + "#   -- M. Smit, 2026-11-24\n"),
    ],
)  # fmt: skip
def test_repair_corrects_slips_and_nothing_else(wrong, right):
    text = wrong + "eval(x)\n"
    block = block_of(text)
    assert block.problems
    edits = repair(block, split_lines(text))
    if right is None:
        assert edits == ()
        return
    mended = after(text, edits)
    assert mended == right + "eval(x)\n"
    assert block_of(mended).problems == ()


def test_what_is_in_order_is_not_repaired():
    text = "# justified[a] accepted: words\n" + SIGN
    assert repair(block_of(text), split_lines(text)) == ()


def test_a_name_is_renamed_in_the_brackets_alone():
    text = "# justified[evl-use, evl] accepted: evl is fine\n" + SIGN
    edits = rename(block_of(text), split_lines(text), "evl", "eval-use")
    assert after(text, edits) == "# justified[evl-use, eval-use] accepted: evl is fine\n" + SIGN
    assert rename(block_of(text), split_lines(text), "fine", "eval-use") == ()


def test_names_are_dropped_and_the_last_one_takes_the_block_along():
    text = "x\n# justified[a, b,c] accepted: words\n" + SIGN + "eval(x)\n"
    block, lines = block_of(text), split_lines(text)
    assert after(text, drop(block, lines, ["b"])) == text.replace("a, b,c", "a, c")
    assert after(text, drop(block, lines, ["a", "b", "c"])) == "x\neval(x)\n"


def test_shorten_changes_the_review_date_alone():
    text = "# justified[a] accepted: review by hand\n" + SIGN + "eval(x)\n"
    edits = shorten(block_of(text), split_lines(text), dt.date(2027, 1, 2))
    assert after(text, edits) == text.replace("2027-05-24", "2027-01-02")
    behind = "eval(x)  # justified[a] accepted: words -- M. Smit, 2026-11-24, review by 2029-01-01\n"
    edits = shorten(block_of(behind), split_lines(behind), dt.date(2027, 1, 2))
    assert after(behind, edits) == behind.replace("2029-01-01", "2027-01-02")


def test_shorten_finds_the_review_date_on_a_later_line_of_the_signature():
    text = HEAD + "#   -- M. Smit, 2026-11-24,\n#   review by 2027-05-24, code 0aa19f23\neval(x)\n"
    edits = shorten(block_of(text), split_lines(text), dt.date(2027, 1, 2))
    assert after(text, edits) == text.replace("2027-05-24", "2027-01-02")


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("# justified[a] accepted: TODO who?\n" + SIGN, "TODO who?"),
        ("# justified[a] accepted: it is TODO who\n#   can reach this?  \n" + SIGN, "TODO who"),
        ("# justified[a] accepted: it is\n#   TBD, later\n" + SIGN, "TBD, later"),
        ("# justified[a] accepted:\n#   <a reason>\n" + SIGN, "<a reason>"),
        ("# justified[a] accepted: ok\n" + SIGN, "ok"),
        ("# justified[a] accepted:\n#   ok\n" + SIGN, "ok"),
        ("# justified[a] accepted:\n" + SIGN, ""),
        ("# justified[a] accepted: it is ok", "it is ok"),
        ("# justified[a] deferred: it waits\n" + SIGN.replace("SEC-42", "TODO"), "TODO"),
        ("# justified[a] deferred: it waits\n#   -- M. Smit, 2026-11-24,\n#   ref TBD, for cli\n", "TBD"),
        ("    # justified[a] accepted: TODO\r\n    " + SIGN, "TODO"),
        ("f()  # justified[a] accepted: ok -- M. Smit, 2026-11-24", "ok -- M. Smit, 2026-11-24"),
    ],
)
def test_what_is_still_to_be_written(text, selected):
    place = unwritten(block_of(text + "eval(x)\n"), split_lines(text))
    assert place.start.line == place.end.line
    assert split_lines(text)[place.start.line][place.start.column : place.end.column] == selected


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("#   -- M. Smit, 2026-11-24, code 0aa19f23\n", "#   -- M. Smit, 2026-11-24, ref TODO, code 0aa19f23\n"),
        ("#   -- M. Smit, 2026-11-24\n", "#   -- M. Smit, 2026-11-24, ref TODO\n"),
        (
            "#   -- M. Smit, 2026-11-24,\n#   ok by A. Jansen, code 0aa19f23\n",
            "#   -- M. Smit, 2026-11-24,\n#   ref TODO, ok by A. Jansen, code 0aa19f23\n",
        ),
        (
            "#   -- M. Smit, 2026-11-24, for cli,\n#   review by 2027-01-01\n",
            "#   -- M. Smit, 2026-11-24, for cli,\n#   review by 2027-01-01, ref TODO\n",
        ),
        ("", ""),
    ],
)
def test_a_ticket_to_be_filled_in_is_added_to_the_signature(signature, expected):
    text = "# justified[a] deferred: the parser comes, code 12345678\n" + signature + "eval(x)\n"
    edits = add_ticket(block_of(text), split_lines(text))
    assert after(text, edits) == text.replace(signature, expected)
    assert block_of(after(text, edits)).ref == ("TODO" if signature else None)


def test_what_follows_a_block():
    text = "# justified[a] accepted: words\n\n# prose\n\t\neval(x)\n"
    own = {comment.line: comment for comment in comments(text)}
    assert next_code(block_of(text), split_lines(text), own) == 4
    with pytest.raises(Refused, match="no code below"):
        next_code(block_of(text), split_lines(text)[:4], own)
