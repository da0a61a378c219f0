"""The lexer: marks of complete and broken text, and f-strings as PEP 701 has them."""

import libcst as cst
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.syntax.lexer import CLOSE, COMMENT, LINE, OPEN, OPERATOR, STRING, WORD, scan
from whysafe.syntax.split import split

NAMES = {LINE: "line", COMMENT: "comment", STRING: "string", OPEN: "open", CLOSE: "close", WORD: "word", OPERATOR: "op"}


def shown(text, *, words=False):
    """Tokens as (kind, text), a logical line by the rest of its physical line."""
    return [
        (NAMES[kind], text[end:].splitlines()[0] if kind == LINE else text[begin:end])
        for kind, begin, end in scan(text, words=words)
    ]


def lines(text):
    return [found for kind, found in shown(text) if kind == "line"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\ny\n", ["x = 1", "y"]),
        ("\n\n  # c\nx\n", ["x"]),
        ("x\r\ny\rz\n", ["x", "y", "z"]),
        ("f(a,\nb)\nc\n", ["f(a,", "c"]),
        ("x = \\\n1\ny\n", ["x = \\", "y"]),
        ("x = \\\r\n1\r\ny\r\n", ["x = \\", "y"]),
        ("if a:\n  x\n  \\\n  y\n", ["if a:", "x", "y"]),
        ("x\n  \\\n\ny\n", ["x", "y"]),
        ("x\n\\\n# c\ny\n", ["x", "y"]),
        ("'''a\nb\n'''\nc\n", ["'''a", "c"]),
        ("'a\nb\n", ["'a", "b"]),
        ("'a\\\nb'\nc\n", ["'a\\", "c"]),
        ("'a\\\r\nb'\nc\n", ["'a\\", "c"]),
        ("'''a\nb\n", ["'''a"]),
        ("'''a\\'''\nb'''\nc\n", ["'''a\\'''", "c"]),
        ("'a\\'\nb\n", ["'a\\'", "b"]),
        ("r'a\\'\nb\n", ["r'a\\'", "b"]),
        ("''\nb\n''''''\nc\n", ["''", "b", "''''''", "c"]),
        ('"a\x0bb\u2028c"\nd\n', ['"a', "d"]),
        ("\x0cx\n", ["x"]),
        (")\n]\nx\n", [")", "]", "x"]),
    ],
)
def test_logical_lines(text, expected):
    assert lines(text) == expected


STATEMENT_KEYWORDS = """
    def class import with return raise while try del assert global nonlocal pass break continue except finally elif
"""


@pytest.mark.parametrize("keyword", STATEMENT_KEYWORDS.split())
@pytest.mark.parametrize("opened", ["f(", "x = [1,", "f('{'", "f'{a", "f'{a(", "t'{a:{b"])
def test_a_statement_keyword_shows_that_a_bracket_was_left_open(keyword, opened):
    assert lines(f"{opened}\n  {keyword} x\ny\n")[1:] == [f"{keyword} x", "y"]


@pytest.mark.parametrize(
    "word", ["if", "for", "else", "lambda", "not", "await", "in", "is", "and", "or", "from", "None", "yield"]
)
def test_other_keywords_may_stand_inside_brackets(word):
    assert lines(f"f(\n{word} x\n)\ny\n") == ["f(", "y"]


@pytest.mark.parametrize("name", ["definition", "classes", "passing", "async_def", "with_", "assert2", "delé"])
def test_names_that_begin_like_keywords_recover_nothing(name):
    assert lines(f"f(\n{name}\n)\ny\n") == ["f(", "y"]


@pytest.mark.parametrize(("text", "count"), [("async def f(): 0", 2), ("async with a: 0", 2), ("async for a in b", 1)])
def test_async_recovers_before_def_and_with(text, count):
    assert len(lines(f"f(\n{text}\n")) == count


def test_a_template_in_a_triple_quoted_f_string_is_not_torn_apart():
    text = 'x = f"""f() {\n  return x\n}"""\ny\n'
    assert lines(text) == ['x = f"""f() {', "y"]


@pytest.mark.parametrize(
    "string",
    [
        'f"{x["a"]}"',
        "f'{x['a']}'",
        'f"{x!r:^{w}}"',
        'f"\\N{DASH}{x}"',
        'rf"\\N{x}"',
        'f"\\{x}"',
        'fr"\\{x}"',
        'f"{{x}}{{"',
        'f"{x:=5}"',
        'f"{(x:=5)}"',
        'f"{x:{{y}}}"',
        'f"{\n x # c }"\n}"',
        "f'''{\nx:\n}'''",
        'f"{x:\\N{DASH}>10}"',
        'f"{f\'{f"{1}"}\'}"',
        'f"{"\'\'\'"}"',
        'f"{x!=y}"',
        'f"{x:%H:%M}"',
        "f'{x:{'a'}}'",
        "f'''{x:a'b}'''",
        "f'''a'b{x}'''",
        'f"{ {1: 2}[1] }"',
        'f"{a:{b:{c:{d}}}}"',
        'f"{x=!r:>5}"',
        'f"{(lambda x: {x: 1})}"',
        't"{x}"',
        'Rt"{x}\\d"',
        'rT"{x}"',
        'F"{x}" u"{" U"{" r"{"',
        'b"{" Rb"{" bR"{"',
        'f"a\\\nb{x}"',
        'f""',
        'f""""""',
        "f''''{x}'''",
    ],
)
def test_f_strings_that_the_parser_accepts_end_where_they_end(string):
    text = f"x = {string}\ny = 1\n"
    cst.parse_module(text)
    assert lines(text)[-1] == "y = 1"
    assert [piece.text for piece in split(text)] == [f"x = {string}\n", "y = 1\n"]


@pytest.mark.parametrize(
    "text", ['if"{":\n  x\n', 'x = 0or"{"\n', 'prof"{"\n', '_f"{"\n', 'éf"{"\n', '1if"{"else"{"\n']
)
def test_a_name_that_ends_like_a_prefix_is_none(text):
    assert "open" not in dict(shown(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('f"{a', ['f"{a', "b"]),
        ('f"{a"', ['f"{a"', "b"]),
        ('f"{a:', ['f"{a:', "b"]),
        ('f"{a:{c:', ['f"{a:{c:', "b"]),
        ('f"', ['f"', "b"]),
        ('f"{a:"', ['f"{a:"', "b"]),
        ('f"}', ['f"}', "b"]),
    ],
)
def test_an_unclosed_f_string_ends_with_its_line_or_the_next_statement(text, expected):
    assert lines(f"{text}\ndel b\n") == [expected[0], "del b"]


def test_words_and_operators_on_demand():
    assert shown('a.b**=f"{c!r}"  # d', words=True) == [
        ("line", 'a.b**=f"{c!r}"  # d'),
        ("word", "a"),
        ("op", "."),
        ("word", "b"),
        ("op", "**"),
        ("op", "="),
        ("word", "f"),
        ("string", '"'),
        ("open", "{"),
        ("word", "c"),
        ("op", "!"),
        ("word", "r"),
        ("close", "}"),
        ("comment", "# d"),
    ]


def test_scanning_may_begin_at_any_line_start():
    text = "'''\nx = 1  # c\n"
    assert list(scan(text, 4)) == [(LINE, 4, 4), (COMMENT, 11, 14)]


names = st.sampled_from(["x", "é", "long_name", "0xff", "1.5"])
blanks = st.sampled_from(["", " ", "\n", " # {'\"\n", "\t", "\r\n", "\\\n"])


def strings(expressions):
    """Plain strings, and f- and t-strings with fields that hold any expression, also with their own quotes."""

    @st.composite
    def build(draw):
        quote = draw(st.sampled_from(["'", '"', "'''", '"""']))
        prefix = draw(st.sampled_from(["", "r", "b", "Rb", "u"] + 2 * ["f", "t", "rf", "fR", "rT"]))
        other = {"'": '"', '"': "'"}[quote[0]]
        literal = [
            " ",
            "a",
            "é" if "b" not in prefix.lower() else "e",
            other,
            "#",
            "(",
            "]",
            ":",
            "!",
            "\\\\",
            f"\\{quote[0]}",
        ]
        if len(quote) == 3:
            literal += ["\n", other * 3, f"{quote[0]} "]
        if not {"f", "t"} & set(prefix.lower()):
            return prefix + quote + "".join(draw(st.lists(st.sampled_from([*literal, "{", "}"]), max_size=4))) + quote
        parts = draw(st.lists(st.one_of(st.sampled_from([*literal, "{{", "}}"]), fields(expressions)), max_size=4))
        return prefix + quote + "".join(parts) + quote

    return build()


def fields(expressions):
    nested = st.builds("{{{}}}".format, expressions.map(lambda inner: f"({inner})"))
    spec = st.lists(st.one_of(st.sampled_from([">", "10", ".", ":"]), nested), max_size=3).map("".join)
    return st.builds(
        "{{{}({}{}){}{}{}}}".format,
        blanks,
        blanks,
        expressions,
        st.sampled_from(["", "=", " "]),
        st.sampled_from(["", "!r", "!s"]),
        st.one_of(st.just(""), spec.map(":{}".format)),
    )


def compounds(inner):
    return st.one_of(
        strings(inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("f({}{}, k={})".format, blanks, inner, inner),
        st.builds("(lambda: {})".format, inner),
        st.builds("{} != ({})".format, names, inner),
    )


@given(st.recursive(names, compounds, max_leaves=12))
def test_generated_expressions_are_one_piece_with_the_comments_of_the_tree(expression):
    text = f"a = ({expression})  # end\nb = 1\n"
    module = cst.parse_module(text)
    assert [piece.text for piece in split(text)] == [f"a = ({expression})  # end\n", "b = 1\n"]
    found = [text[begin:end] for kind, begin, end in scan(text) if kind == COMMENT]
    assert found == [node.value for node in all_nodes(module) if isinstance(node, cst.Comment)]


def all_nodes(root):
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


@given(st.text(alphabet="'\"{}()[]\\\n\r\t fFrtb#:!xN=.,"))
def test_tokens_of_any_text_are_in_order_and_apart(text):
    place = 0
    for kind, begin, end in scan(text, words=True):
        assert place <= begin <= end <= len(text)
        assert begin < end or kind == LINE
        place = end
