"""What a valid text is made of is what the lexer finds in it."""

import random
import sys
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.syntax import layout as layouts
from whysafe.syntax.layout import interleaved, layout
from whysafe.syntax.lexer import COMMENT, LINE, STRING, scan
from whysafe.syntax.source import split_lines
from whysafe.syntax.validity import accepts

STRINGS = [
    *('"a"', "'b'", '""', "''", '"""c"""', "'''d\ne\n'''", '""""f"""', "'''g''h'''", '"""i\\""""', "'\\''", '"\\\\"'),
    *('b"a"', "Rb'\\''", 'rB"\\\\"', 'u"a"', 'r"\\"b"', '"#"', "'('", '"\'"', '"\\\nb"', "'''#\\\n'''", '"\\x41"'),
    *('f""', 'f"{x}"', "F'({x!r:>{y}}'", 'f"{{{x}}}"', 'f"}}{{"', 'f"{x:%H}"', 'rf"\\{x}"', 'fR"\\d{x}"', 'f"\\n{x}"'),
    *(
        "f'''{x}\"'''",
        'f"""\n{x}\n[\n"""',
        "f\"{d['k']}\"",
        "f'{\"}\"}'",
        'f"\\N{BULLET}{x}"',
        'f"{x=}"',
        'f"{(lambda: 1)()}"',
    ),
    *('f"{x:\\n}"', "f'{x:#x}'", 'f"{ {1: 2}[1] }"', 'f"""{x + \n1}"""', "f'''{d[\"\"\"k\"\"\"]}'''", 'f"a\\\n{x}"'),
]
NESTED = ['f"{"a"}"', "f'{f'{x}'}'", 'f"{x # {\n}"', 'f"{[\n"("]}"', 'f"{"}"}"', 'f"{x:{"a"}}"', "f'{'''\n'''}'"]
"""Of PEP 701."""
CODE = [
    *(
        "x",
        "y",
        "x + ",
        "not",
        "1if",
        "else",
        " in",
        "and ",
        "lambda: ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ": ",
        " = ",
    ),
    *("\n", "\n", "\n    ", "\n\t", "\r\n", "\\\n", "\\\r\n  ", "\f", " ", "# a\n", "# 'b\n", '# ("""\n', "  # \\\n"),
    *(
        "if x:\n    ",
        "def f():\n    ",
        "class A:\n  ",
        "@d\n",
        "pass\n",
        "return ",
        "f(",
        "x = (\n",
        ")\n",
        "import a\n",
    ),
    *("for x in ", "print(", ":=", ";", "...", "\ufeff", "é", "\n \\\n"),
]


def by_lexer(text):
    tokens = list(scan(text))
    lines = [(start, first) for kind, start, first in tokens if kind == LINE]
    return [token for token in tokens if token[0] in {COMMENT, STRING}], lines


def by_layout(found):
    marks, place = [], 0
    for number, (code, mark) in enumerate(zip(found.between, found.marks, strict=False)):
        start = place + len(code)
        place = start + len(mark)
        if number in found.formatted:
            quotes = 3 if mark.startswith(('"""', "'''")) else 1
            marks.append((STRING, start, start + quotes))
            marks += [(kind, start + begin, start + end) for kind, begin, end in found.formatted[number]]
        else:
            marks.append((COMMENT if mark.startswith("#") else STRING, start, place))
    return marks, list(zip(*found.logical_lines(), strict=True))


def is_as_the_lexer_says(text):
    """Whether a valid text was not left to the lexer; if not, the answers are the same."""
    found = layout(text)
    if found is None:
        return False
    assert interleaved(found.between, found.marks) == text
    assert by_layout(found) == by_lexer(text)
    return True


@pytest.mark.parametrize(
    "around", ["{}\n", "x = {}", "x = ({}, 'a') # '\ny = 1\n", "if x:\n  y = [\n{}]\n  z\n", "x = 1 if {}else 2\n"]
)
@pytest.mark.parametrize("string", [*STRINGS, *(NESTED if sys.version_info >= (3, 12) else [])])
def test_a_string(string, around):
    text = around.format(string)
    assert accepts(text)
    assert is_as_the_lexer_says(text)
    assert is_as_the_lexer_says(text.replace("\r\n", "\n").replace("\n", "\r\n"))


@pytest.mark.parametrize("text", ["if'a':\n x\n", "x = not'(' # '\n", "x = 1or'#'\n", "x = 1if'f'else'f' ''\n"])
def test_a_word_is_no_prefix(text):
    assert accepts(text)
    assert is_as_the_lexer_says(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("x\n\n# a\ny\n", [0, 3]),
        ("x = (\n1)\ny\n", [0, 2]),
        ("x = '''\n'''\ny\n", [0, 1]),
        ("x = 1 + \\\n  2\ny\n", [0, 2]),
        ("x = 1 + \\\r\n  2\r\ny\r\n", [0, 2]),
        ("x = f(']', # (\n '['\n)\n  \n\fy\n", [0, 4]),
        ("x = f'({x}'\ny\n", [0, 1]),
        ("if x:\n\ty; z\n", [0, 1]),
        ("", []),
    ],
)
def test_with_which_lines_logical_lines_begin(text, numbers):
    found = layout(text)
    assert found is not None
    assert found.begins == numbers
    assert is_as_the_lexer_says(text)


@pytest.mark.parametrize("text", ["\ufeffx\n", "x\ry\n", "é = 1\n", "\\\nx\n", "if x:\n    \\\n  y\n", "x = '\r'\n"])
def test_what_is_unusual_is_left_to_the_lexer(text):
    assert layout(text) is None


@given(st.lists(st.sampled_from([*STRINGS, *NESTED, *CODE]), max_size=8).map("".join))
def test_what_python_accepts(text):
    if accepts(text):
        is_as_the_lexer_says(text)


@given(st.lists(st.sampled_from([*STRINGS, *NESTED, *CODE]), max_size=20).map("".join))
def test_no_text_is_too_broken(text):
    found = layout(text)
    assert found is None or interleaved(found.between, found.marks) == text


def test_the_modules_of_the_standard_library(library):
    same = [is_as_the_lexer_says(text) for text in list(library.values())[::3] if accepts(text)]
    assert sum(same) > 0.98 * len(same)


def test_edited_modules(library):
    """Of each edit that leaves some lines of a module valid."""
    rng = random.Random(0)
    texts, same = list(library.values()), 0
    for _ in range(8_000):
        lines = split_lines(rng.choice(texts))
        first = rng.randrange(len(lines) + 1)
        text = dedent("".join(lines[first : first + rng.randrange(60)]))
        for _ in range(rng.randrange(3)):
            place = rng.randrange(len(text) + 1)
            text = text[:place] + rng.choice([*STRINGS, *NESTED, *CODE]) + text[place + rng.choice((0, 0, 1, 3)) :]
        same += accepts(text) and is_as_the_lexer_says(text)
    assert same > 800


def test_the_lexer_is_asked_about_f_strings_that_hold_strings_only(monkeypatch):
    asked = []
    scan_string = layouts.scan_string
    monkeypatch.setattr(layouts, "scan_string", lambda text, quote: asked.append(quote) or scan_string(text, quote))
    plain = "x = f('a', \"b\\n\", '''c\\'''', rb'd', f'{x}', f\"\"\"\n'{y!r:>4}' {{}} \\n\"\"\")  # 'e'\n"
    assert is_as_the_lexer_says(plain * 50)
    assert asked == []
    inner = "f\"{d['k']}\""
    assert is_as_the_lexer_says((plain + "x = " + inner + "\n") * 50)
    assert len(asked) == 50


def test_many_escapes_are_left_to_the_lexer():
    """The expression would have to remember each of them."""
    assert is_as_the_lexer_says("x = '" + "\\n" * 3_000 + "'\ny = '''" + "\\'" * 3_000 + "'''\nz\n")
    assert is_as_the_lexer_says("x = f'" + "{x}" * 3_000 + "'\nz\n")
