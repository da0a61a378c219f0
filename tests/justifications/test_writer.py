import ast
import datetime as dt
import random
import re
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
from formatted import blackened, ruffened
from whysafe.analysis.finding import Severity
from whysafe.justifications.audit import Names, State, Subject, audit
from whysafe.justifications.comment import Decision, Refused, parse_blocks
from whysafe.justifications.cover import logical_line
from whysafe.justifications.foreign import foreign_word
from whysafe.justifications.writer import Request, Signing, author, reconfirm, remove, review_date, sign, todo
from whysafe.syntax.comments import comments
from whysafe.syntax.position import Position
from whysafe.syntax.source import split_lines
from written import REASON, REVIEW, TODAY, apply, justified, placed_in, tree_of, written

HEAD = f"# justified[a-rule] accepted: {REASON}"
SIGN = "#   -- M. Smit, 2026-11-24, review by 2027-05-24, code "
KNOWN = Names({"a-rule": frozenset({"a-rule"}), "b-rule": frozenset({"b-rule"})})
# In these texts the finding stands where `eval(` does, and `>` marks the lines above which the block is expected.
PLACES = {
    "statement": ">eval(x)\n",
    "no line end": ">eval(x)",
    "in a function": "def f():\n    y = 1\n>    return eval(x)\n",
    "tabs": "def f():\n>\treturn eval(x)\n",
    "mixed indentation": "class A:\n  def f():\n>  \treturn eval(x)\n",
    "argument on a later line": "def f():\n>    g(\n        1,\n        eval(x),\n    )\n",
    "in a string that spans lines": 'def f():\n>    q = f"""\n  {eval(x)}\n"""\n',
    "behind a backslash": "def f():\n>    a = 1 + \\\n        eval(x)\n",
    "decorator": "class A:\n>    @first\n    # prose\n    @second(eval(x))\n    def f(): pass\n",
    "default value": ">def f(\n    a=eval(x),\n): pass\n",
    "one line": "if a: pass\n>if x: eval(x)\nelse: pass\n",
    "else on one line": "if a: pass\n>else: eval(x)\n",
    "elif": "if a:\n    pass\n>elif eval(x):\n    pass\n",
    "except": "try:\n    pass\n>except eval(x):\n    pass\n",
    "second statement": ">a = 1; eval(x)\n",
    "below prose": "# what follows is ours\n>eval(x)\n",
    "below prose and above a pragma": "# prose\n># nosemgrep: a.b\neval(x)\n",
    "above several pragmas": "a\n># pylint: disable-next=eval-used\n# nosec B307\neval(x)\n",
    "a pragma with a blank line": "# nosemgrep\n\n>eval(x)\n",
    "below shebang and encoding": "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n>eval(x)\n",
    "below a docstring": '"""Text."""\n>eval(x)\n',
    "carriage returns": "a = 1\r\n>eval(x)\r\n",
    "old carriage returns": "a = 1\r>eval(x)\r",
    "the line's own end": "a = 1\n>eval(x)\r\nb = 1\n",
    "last line without end": "a = 1\r\n>eval(x)",
    "form feed": "a = 1\n>\feval(x)\n",
    "match": "match a:\n>    case b if eval(x):\n        pass\n",
    "with": "def f():\n>    with (a,\n          eval(x)):\n        pass\n",
    "comprehension": "def f():\n>    return [\n        y\n        for y in eval(x)\n    ]\n",
}


def place_of(text, needle="eval("):
    before = text[: text.index(needle)]
    lines = split_lines(before + "|")
    return Position(len(lines) - 1, len(lines[-1]) - 1)


def states(text, rule="a-rule", severity=Severity.ERROR, needle="eval("):
    audited = audit(placed_in(text), [Subject(rule, place_of(text, needle), severity)], KNOWN, TODAY)
    return audited.answers[0].state, [remark.state for remarks in audited.remarks for remark in remarks]


@pytest.mark.parametrize("marked", PLACES.values(), ids=PLACES)
def test_where_a_block_goes(marked):
    text = marked.replace(">", "", 1)
    after = justified(text, place_of(text).line)
    mark = marked.index(">")
    indent = re.match(r"\f?([ \t]*)", marked[mark + 1 :])[1]
    (end,) = {
        line[len(line.rstrip("\r\n")) :] for line in split_lines(marked) if ">" in line and line[-1:] in "\r\n"
    } or {"\r\n" if "\r\n" in marked else "\n"}
    start = text[:mark]
    rest = text[mark:]
    assert after.startswith(f"{start}{indent}{HEAD}{end}{indent}{SIGN}")
    assert after.endswith(end + rest)
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(text))
    assert states(after) == (State.VALID, [])


@pytest.mark.parametrize(
    ("above", "gap"),
    [
        ("import a\n", True),
        ("import a  # why\n", True),
        ("from .a import (  # why\n    b,\n    c,\n)\n", True),
        ("from . import a\n", True),
        ("\ufeffimport a\n", True),
        ("f(\n    a,\n)\n", False),
        ("from_a = 1\n", False),
        ("import a\n\n", False),
        ("import a\n# prose\n", False),
        ("if x:\n    import a\n", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("code", ["import m\n", "from m import n\n", "m()\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_behind_an_import_stands_an_empty_line_as_formatters_want_it(above, gap, code, end):
    text = (above + code).replace("\n", end)
    lead = above.replace("\n", end)
    after = justified(text, len(split_lines(above)))
    assert after.startswith(lead + (end if gap else "") + HEAD)
    if end == "\n" and code == "import m\n" and text.isascii() and blackened(text, preview=False) == text:
        assert blackened(after, preview=False) == after
        assert ruffened(after, preview=False) == after
    (placed,) = placed_in(after)
    assert placed.code == placed.block.code


# Old carriage returns and form feeds are no line ends and no blanks to the formatters.
FORMATTED = {name: marked for name, marked in PLACES.items() if name not in {"old carriage returns", "form feed"}}


@pytest.mark.parametrize("marked", FORMATTED.values(), ids=FORMATTED)
@pytest.mark.parametrize("formatter", [blackened, ruffened])
def test_formatters_leave_it_and_its_place(marked, formatter):
    text = justified(marked.replace(">", "", 1), place_of(marked.replace(">", "", 1)).line)
    after = formatter(text, preview=False)
    state, remarks = states(after)
    if re.search(r"(if x|else): eval|; eval", text):
        # Formatters put the call on a line of its own: the block stays where it is and says that it is not the code.
        assert state is State.OPEN
        assert set(remarks) <= {State.STALE, State.ORPHAN}
        assert remarks
    else:
        assert (state, remarks) == (State.VALID, [])


def test_a_byte_order_mark_stays_first():
    after = justified("\ufeffeval(x)\n", 0)
    assert after.startswith(f"\ufeff{HEAD}\n{SIGN}")
    lines = [*split_lines(after)]
    assert lines[-1] == "eval(x)\n"


def test_nothing_is_written_below_a_backslash():
    text = "if a:\n    pass\n\\\neval(x)\n"
    with pytest.raises(Refused, match="backslash"):
        justified(text, 3)


def test_an_encoding_declaration_is_refused_at_the_top_only():
    with pytest.raises(Refused, match="encoding"):
        justified("eval(x)\n", 0, reason="the coding: is fixed by us")
    assert justified("a\nb\neval(x)\n", 2, reason="the coding: is fixed by us")


def test_decisions_are_stacked_and_never_merged():
    text = "def f():\n    eval(x)\n"
    once = justified(text, 1)
    twice = justified(once, 3, ids=("b-rule",), decision=Decision.MITIGATED)
    assert [block.ids for block in parse_blocks(comments(twice))] == [("a-rule",), ("b-rule",)]
    assert twice.startswith(once[: once.index("    eval")])
    assert states(twice)[0] is State.VALID
    assert states(twice, rule="b-rule")[0] is State.VALID


def test_an_id_is_not_written_twice():
    once = justified("eval(x)\n", 0)
    with pytest.raises(Refused, match="Line 1 names `a-rule`"):
        justified(once, 2)
    both = justified(once, 2, ids=("a-rule", "b-rule", "b-rule"))
    assert [block.ids for block in parse_blocks(comments(both))] == [("a-rule",), ("b-rule",)]
    elsewhere = justified(once + "eval(y)\n", 3)
    assert elsewhere.count("a-rule") == 2


def test_todo_is_a_placeholder_for_every_decision():
    for decision in Decision:
        reason = todo(decision, ["Who can write this document?", "Who can write this document?"])
        assert reason.startswith("TODO ")
        assert reason.count("document") == 1
        text = justified("eval(x)\n", 0, decision=decision, reason=reason)
        assert states(text)[0] is State.PLACEHOLDER


def test_a_question_wakes_no_other_tool():
    assert foreign_word(todo(Decision.ACCEPTED, ["Is it marked nosec? A false-positive?"])) is None


def test_deferred_asks_for_a_ticket():
    text = justified("eval(x)\n", 0, decision=Decision.DEFERRED, review_by=TODAY + dt.timedelta(days=90))
    assert ", ref TODO, code" in text
    assert states(text)[0] is State.PLACEHOLDER
    assert states(text.replace("ref TODO", "ref SEC-42"))[0] is State.VALID


def test_without_a_name_it_is_unsigned():
    assert states(justified("eval(x)\n", 0, who=author(None, {"PATH": ""})))[0] is State.UNSIGNED


@pytest.mark.parametrize(
    ("decision", "severity", "days"),
    [
        (Decision.ACCEPTED, Severity.ERROR, 180),
        (Decision.FALSE_ALARM, Severity.WARNING, 365),
        (Decision.MITIGATED, Severity.INFORMATION, None),
        (Decision.ACCEPTED, Severity.HINT, None),
        (Decision.DEFERRED, Severity.ERROR, 90),
        (Decision.DEFERRED, Severity.HINT, 90),
    ],
)
def test_review_date(decision, severity, days):
    expected = None if days is None else TODAY + dt.timedelta(days=days)
    assert review_date(decision, severity, TODAY) == expected


def test_the_snippet_is_the_text_with_tab_stops():
    reason = todo(Decision.DEFERRED, ["Costs it $5 or {7} \\ more than the fix, and who decides that it is worth it?"])
    result = written("def f():\n    eval(x)\n", 1, decision=Decision.DEFERRED, reason=reason, who="TODO-name")
    assert re.findall(r"(?<!\\)\$\{(\d):", result.snippet) == ["1", "2", "3"]
    plain = re.sub(r"(?<!\\)\$\{\d:((?:[^\\}]|\\.)*)\}", r"\1", result.snippet)
    assert re.sub(r"\\([$}\\])", r"\1", plain) == result.edits[0].text
    assert "${2:TODO-name}" in result.snippet
    assert "ref ${3:TODO}" in result.snippet
    assert "\\$5 or {7\\} \\\\ more" in result.snippet


def test_the_snippet_of_a_known_name_has_one_tab_stop():
    snippet = written("eval(x)\n", 0).snippet
    assert f"accepted: ${{1:{REASON}}}\n#   -- M. Smit, 2026" in snippet


def test_sign_adds_the_missing_line():
    text = "def f():\r\n    # justified[a-rule] accepted: the table above limits it\r\n    eval(x)\r\n"
    (placed,) = placed_in(text)
    assert states(text)[0] is State.UNSIGNED
    after = apply(text, sign(placed.block, split_lines(text), Signing("M. Smit", TODAY, placed.code, REVIEW)))
    assert after.startswith(text[: text.index("    eval")] + "    " + SIGN)
    assert after.endswith("\r\n    eval(x)\r\n")
    assert states(after) == (State.VALID, [])


def test_sign_keeps_what_is_said_already():
    text = f"{HEAD}\n#   -- TODO-name, review by 2027-01-01, ref SEC-42, ok by A. Jansen\neval(x)\n"
    (placed,) = placed_in(text)
    after = apply(text, sign(placed.block, split_lines(text), Signing("M. Smit", TODAY, placed.code, REVIEW)))
    line = f"#   -- M. Smit, 2026-11-24, review by 2027-01-01, ref SEC-42, ok by A. Jansen,\n#   code {placed.code}"
    assert after == f"{HEAD}\n{line}\neval(x)\n"
    assert states(after) == (State.VALID, [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_signature_of_several_lines_is_signed_and_re_confirmed_as_one(end):
    more = {"review_by": REVIEW, "ref": "SEC-42", "program_type": "web-service", "ids": ("a-rule",)}
    text = justified(f"def f():{end}    if x:{end}        eval(x){end}", 2, width=60, **more)
    assert text.count("#   ") == 3
    (placed,) = placed_in(text)
    for act, width, count in ((reconfirm, 60, 2), (sign, 60, 2), (reconfirm, 120, 1)):
        signing = Signing("A. Jansen", TODAY, placed.code, REVIEW, "web-service", width)
        after = apply(text, act(placed.block, split_lines(text), signing))
        assert after.count("#   ") == 1 + count
        assert after.startswith(text[: text.index("#   --")])
        assert after.endswith(f"{placed.code}{end}        eval(x){end}")
        assert [after.count(mark) for mark in "\r\n"] == [end.count(mark) * (5 + count) for mark in "\r\n"]
        (again,) = placed_in(after)
        assert replace(again, block=replace(again.block, span=placed.block.span), covers=placed.covers) == replace(
            placed, block=replace(placed.block, who="A. Jansen")
        )


def test_a_snippet_has_its_tab_stops_where_the_signature_is_wrapped():
    options = {"reason": "TODO why: because", "who": "TODO-name", "decision": Decision.DEFERRED, "width": 40}
    snippet = written("eval(x)\n", 0, ids=("subprocess-shell-true",), **options).snippet
    assert snippet.splitlines()[:5] == [
        "# justified[subprocess-shell-true] deferred:",
        "#   ${1:TODO why: because}",
        "#   -- ${2:TODO-name}, 2026-11-24,",
        "#   review by 2027-05-24, ref ${3:TODO},",
        "#   code " + snippet[-9:-1],
    ]


def test_re_confirming_is_for_the_type_that_the_program_has_now():
    text = justified("eval(x)\n", 0, program_type="cli")
    (placed,) = placed_in(text)
    lines = split_lines(text)
    for now, expected in (("web-service", "for web-service, "), (None, "")):
        signing = Signing("M. Smit", TODAY, placed.code, REVIEW, now)
        assert f"2026-11-24, {expected}review by" in reconfirm(placed.block, lines, signing).text
    signing = Signing("A. Jansen", TODAY, placed.code, REVIEW, "web-service")
    assert ", for cli, " in sign(placed.block, lines, signing).text


def test_reconfirm_touches_the_sign_line_alone():
    text = justified("def f():\n    eval(x)\n", 1, ref="SEC-42").replace("eval(x)", "eval(y)").replace("the", "the  ")
    (placed,) = placed_in(text)
    assert states(text)[0] is State.STALE
    later = dt.date(2026, 12, 1)
    after = apply(text, reconfirm(placed.block, split_lines(text), Signing("A. Jansen", later, placed.code, REVIEW)))
    changed = [(old, new) for old, new in zip(split_lines(text), split_lines(after), strict=True) if old != new]
    sign_line = f"    #   -- A. Jansen, 2026-12-01, review by 2027-05-24, ref SEC-42, code {placed.code}\n"
    assert [new for _, new in changed] == [sign_line]


def test_reconfirm_renews_an_unreadable_date_and_drops_the_approval_of_another():
    text = f"{HEAD}\n#   -- M. Smit, 2026-11-24, review by soon, ok by A. Jansen, code 10000000\neval(x)"
    (placed,) = placed_in(text)
    after = apply(text, reconfirm(placed.block, split_lines(text), Signing("M. Smit", TODAY, placed.code, REVIEW)))
    assert "Jansen" not in after
    assert states(after) == (State.VALID, [])


def test_a_trailing_block_cannot_be_signed():
    text = "eval(x)  # justified[a-rule] accepted: the table above limits it\n"
    (placed,) = placed_in(text)
    with pytest.raises(Refused, match="lines of its own"):
        sign(placed.block, split_lines(text), Signing("M. Smit", TODAY, placed.code, REVIEW))


def test_the_one_line_form_covers_its_line():
    text = "g(\n    eval(x),  # type: ignore  # justified[a-rule] false-alarm: the table limits it -- M. Smit, {}\n)\n"
    signed = text.replace("{}", "2026-11-24, code 10000000")
    (placed,) = placed_in(signed)
    assert states(signed.replace("10000000", placed.code)) == (State.VALID, [])


@pytest.mark.parametrize("marked", PLACES.values(), ids=PLACES)
def test_remove_is_the_opposite_of_write(marked):
    text = marked.replace(">", "", 1)
    after = justified(text, place_of(text).line)
    (block,) = parse_blocks(comments(after))
    assert apply(after, remove(block, split_lines(after))) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()  # justified[a-rule] accepted: because\n", "f()\n"),
        ("f()  # type: ignore  # justified[a-rule] accepted: because\n", "f()  # type: ignore\n"),
        ("f()  # justified[a-rule] accepted: it -- M. Smit, 2026-11-24, code 10000000  # nosec\n", "f()  # nosec\n"),
        ("# justified[a-rule] accepted: the end", ""),
    ],
)
def test_remove_leaves_the_code_and_other_comments(before, after):
    (block,) = parse_blocks(comments(before))
    assert apply(before, remove(block, split_lines(before))) == after


def test_it_is_no_code_that_was_commented_out():
    text = "import os\n"
    for index, decision in enumerate(Decision):
        text += f"os.system(a{index})\n"
        text = justified(
            text, len(split_lines(text)) - 1, decision=decision, reason=f"print({index}); x = 1, y[2]: int"
        )
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "ERA001", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.parametrize("name", ["shlex.py", "cmd.py"])
@pytest.mark.parametrize("formatter", [None, blackened, ruffened])
def test_real_modules(name, formatter):
    """Blocks above random logical lines of real code change nothing of it, are valid, and survive formatters.

    All but those above a compound statement on one line, see `test_formatters_leave_it_and_its_place`.
    """
    text = (Path(sysconfig.get_path("stdlib")) / name).read_text("utf-8")
    tree, chance = tree_of(text), random.Random(7)
    count = len(split_lines(text))
    found = {logical_line(tree, text, chance.randrange(count)) for _ in range(40)} - {None}
    lines = sorted({covered.span.start.line for covered in found if len(covered.nodes) == 1}, reverse=True)
    after = text
    for line in lines:
        after = justified(after, line)
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(text))
    formatted = after if formatter is None else formatter(after, preview=False)
    placed = placed_in(formatted)
    assert len(placed) == len(lines) > 20
    assert [each.block.problems for each in placed] == [()] * len(placed)
    assert [each.code for each in placed] == [each.block.code for each in placed]


def test_a_request_says_what_it_needs():
    with pytest.raises(TypeError):
        Request(line=0)
