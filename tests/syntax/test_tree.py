"""Trees of pieces, their children, and places of errors."""

import ast
import warnings

import libcst as cst
import pytest
from hypothesis import given
from hypothesis import strategies as st
from libcst.metadata import MetadataWrapper, PositionProvider
from whysafe.syntax.locate import locate
from whysafe.syntax.position import Position, Span, span
from whysafe.syntax.split import Piece, split
from whysafe.syntax.tree import Tree, Unparsed, children, parse
from whysafe.syntax.validity import accepts

EVERYTHING = '''
import a.b as c, d
from ..e.f import g as h, (i)
from . import *
@decorator(1)
async def function[T: int = str, *Ts, **P](p, /, q: int = 1, *r: S, s, t=2, **u) -> "v":
    """Doc."""
    global k, l
    nonlocal m
    async with a as b, c(): await d
    async for x, *y in z: yield x
    else: pass
    return (yield from w)
def star(a, *, b): return
class C(A, B[int], *bases, metaclass=M, **words):
    x: int = 1
    y: str
    z = w = 3
    n += 1
    del x, y[0]
if a: b
elif c: d
else: e
while a: break
else: continue
try: a
except (B, C) as d: raise E from f
except: raise
else: g
finally: h
try: a
except* B as c: pass
with (a as b, c as d): pass
assert a, b
type Alias[T] = list[T]
match a, b:
    case [1, *rest] | (2, _) | -1+2j: pass
    case {"k": v, **others} if v: pass
    case C(x, k=y) as z: pass
    case None | "a" "b": pass
    case A.b: pass
x = lambda a, *b, c=1, **d: a if b else c
y = [a for b in c if d if e for f in g] + [*a, b]
z = {a: b for c in d} | {**a, b: c} | {a, *b} | {a for b in c}
w = (a async for b in c)
f"text {a!r:>{b}} {c=}" f'more' "plain" t"{d:x}" rb"e"
a[1:2:3, ..., *b] = not -~+a ** b @ c // d < e <= f is not g not in h and i or j
f(a, *b, c=d, **e)(x := 1).g
a, = b; (c)
'''.replace(' t"{d:x}" rb"e"', "").replace("from ..e.f import g as h, (i)", "from ..e.f import (g as h, i)")
MARKS = (
    *(cst.BaseParenthesizableWhitespace, cst.EmptyLine, cst.Comment, cst.Newline, cst.TrailingWhitespace),
    *(cst.Comma, cst.Semicolon, cst.Colon, cst.AssignEqual, cst.LeftParen, cst.RightParen, cst.LeftSquareBracket),
    *(cst.RightSquareBracket, cst.LeftCurlyBrace, cst.RightCurlyBrace),
)


def piece(text, *, indents=(), header=False):
    return Piece(text, indents, header, text.count("\n"), "c" * len(indents))


def descendants(node):
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed([*children(node)]))


def test_children_leave_out_marks_and_nothing_else():
    module = cst.parse_module(EVERYTHING)
    found = set(descendants(module))

    def missing(node, parent=None):
        is_mark = isinstance(node, MARKS) or (
            isinstance(parent, (cst.Attribute, cst.MatchOrElement)) and isinstance(node, (cst.Dot, cst.BitOr))
        )
        if not is_mark:
            if node not in found:
                yield node
            for child in node.children:
                yield from missing(child, node)

    assert list(missing(module)) == []
    assert not any(isinstance(node, MARKS) for node in found)
    assert len({type(node) for node in found}) > 100


def test_children_come_in_source_order(library):
    for text in (EVERYTHING, *list(library.values())[100::400]):
        positions = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        places = positions.resolve(PositionProvider)
        for node in descendants(positions.module):
            starts = [
                (places[child].start.line, places[child].start.column) for child in children(node) if child in places
            ]
            assert starts == sorted(starts), cst.Module([]).code_for_node(node)


def test_a_piece_is_parsed_as_what_it_is():
    header, member, statement = (parse(found) for found in split("class A(B):\n  # c\n  def f(self): pass\nx = 1\n"))
    assert [type(node) for node in header.body] == [cst.ClassDef]
    assert header.body[0].body.body[0].body[0].deep_equals(cst.Pass())
    assert [type(node) for node in member.body] == [cst.FunctionDef]
    assert [type(node) for node in statement.body] == [cst.SimpleStatementLine]
    assert (header.wrapper, member.wrapper, statement.wrapper) == ("", "class _:\n", "")


def test_the_branches_around_definitions_are_pieces():
    text = (
        "if a:\n    # c\n    def f(): pass\n    x = 1\nelif b:\n    class C:\n        y = 2\n        z = 3\n"
        "else:\n    w = 4\nclass D:\n  for e in g:\n    @h\n    def m(self): pass\n  else:\n    i = 5\n"
    )
    pieces = split(text)
    assert [(found.text.split("\n")[0].strip(), found.kinds, found.header, found.joins) for found in pieces] == [
        ("if a:", "", True, False),
        ("def f(): pass", "b", False, False),
        ("x = 1", "b", False, False),
        ("elif b:", "", True, True),
        ("class C:", "b", True, False),
        ("y = 2", "bc", False, False),
        ("z = 3", "bc", False, False),
        ("else:", "", False, True),
        ("class D:", "", True, False),
        ("for e in g:", "c", True, False),
        ("@h", "cl", False, False),
        ("else:", "c", False, True),
    ]
    trees = [parse(found) for found in pieces]
    assert [type(tree.body[0]).__name__ for tree in trees] == [
        *("If", "FunctionDef", "SimpleStatementLine", "If", "ClassDef", "SimpleStatementLine", "SimpleStatementLine"),
        *("Else", "ClassDef", "For", "FunctionDef", "Else"),
    ]
    assert "".join(found.text for found in pieces) == text
    places = locate(trees[7], pieces[7].text, [trees[7].body[0].body.body[0]])
    assert [*places.values()] == [span(1, 4, 1, 9)]


@pytest.mark.parametrize(
    "text",
    [
        "if a:\n    x\nelse:\n    def f(): pass\n",
        "with a:\n    def f(): pass\nelse:\n    x\n",
        "if a:\n    def f(): pass\nelse:\n    x\nelif b:\n    y\n",
        "try:\n    def f(): pass\nexcept A:\n    x\n",
    ],
)
def test_what_does_not_fit_together_is_no_branch(text):
    """Only what Python accepts is split so that all of it parses."""
    valid = accepts(text)
    assert all(isinstance(parse(found), Tree) for found in split(text)) is valid


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n\tclass B:\n\t\tx = 1\n\t\ty = 2\n",
        "class A:\r\n    x\r\n\r\n    y\r\n",
        "class A:\r  x\r  y\rz",
        "class A:\n  @a\n  # b\n  class B(\n): # c\n    x\n# d\n    # e\n  y\n",
        "\ufeffclass A:\n  x\n  y",
        "\x0cclass A:\n\x0c  x\n\x0c  y\n",
        "# coding: rot13\nx = 1\n",
        "# coding: latin-1\nx = '\u20ac'\n",
        "x = '\u2028\x85\x0c'\n",
        "x = 1",
        "  # only\n",
        "class A:\n  x\n  \\\n  y\n",
        "async def f(): await a\n",
        "return\nyield\nawait x\n",
    ],
)
def test_every_piece_of_valid_text_has_a_tree(text):
    trees = [parse(found) for found in split(text)]
    assert all(isinstance(tree, Tree) for tree in trees), trees


@pytest.mark.parametrize(
    ("found", "place", "words"),
    [
        (piece("x = (1,\ny = 2\n"), span(0, 4, 0, 5), "never closed"),
        (piece("x = 1\n\n\ny = a b\n"), span(3, 4, 3, 7), ""),
        (piece("    x = 1\n    y = 2 $\n", indents=(4,)), span(1, 10, 1, 11), ""),
        (piece("class A(b c):\n", header=True), span(0, 8, 0, 11), ""),
        (piece("    class A(b c):\n", indents=(4,), header=True), span(0, 12, 0, 15), ""),
        (piece("    @a\n", indents=(4,)), span(0, 5, 0, 6), ""),
        (piece("\ufeffx = (\n"), span(0, 5, 0, 6), "never closed"),
        (piece("é = 'ü' ß\n"), span(0, 8, 0, 9), ""),
        (piece("x\r\ny = $\r\n"), span(1, 4, 1, 5), ""),
        (piece("x = 1 +\r"), span(0, 6, 0, 7), ""),
        (piece('x = """abc\n\n'), span(0, 4, 0, 5), "unterminated"),
        (piece("\0\n"), span(0, 0, 0, 1), ""),
        (piece("x = 1\\"), span(0, 5, 0, 6), ""),
        (piece("x = 1\n  y = 2\n"), span(1, 1, 1, 2), "indent"),
    ],
)
def test_errors_are_located(found, place, words):
    refusal = parse(found)
    assert isinstance(refusal, Unparsed)
    assert refusal.message.startswith("Syntax error")
    assert refusal.message.endswith(" This statement is not analysed.")
    assert words in refusal.message
    assert " line " not in refusal.message
    # Pythons differ by a token in where they see an error, never by a line.
    assert (refusal.span.start.line, refusal.span.end.line) == (place.start.line, place.end.line)
    assert abs(refusal.span.start.column - place.start.column) <= 4


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("x = f(\n  a,\n  [1, 2\ny = 3\n", span(2, 2, 2, 3), "'[' was never closed"),
        ("x = f(a b\ndef g(: pass\n", span(0, 5, 0, 6), "'(' was never closed"),
        ("print('a\n", span(0, 6, 0, 7), "unterminated string literal"),
        ("é = (1a,\n", span(0, 5, 0, 6), "invalid decimal literal"),
    ],
)
def test_a_bracket_that_was_left_open_is_located_by_its_line(text, place, words):
    """What follows it could mean anything, so that what Python says of that would change with every line below."""
    refusal = parse(piece(text))
    assert isinstance(refusal, Unparsed)
    assert words in refusal.message
    assert refusal.span == place
    assert refusal.by_python


@pytest.mark.parametrize("text", ["x = '\ud800'\n\n", "# \udfff\nx\n"])
def test_lone_surrogates_are_said(text):
    refusal = parse(piece(text))
    assert isinstance(refusal, Unparsed)
    assert "surrogate" in refusal.message
    assert refusal.span.start == Position(0, 0)


def test_a_panic_of_the_parser_is_said(monkeypatch):
    panic = type("PanicException", (BaseException,), {})
    monkeypatch.setattr(cst, "parse_module", lambda _: (_ for _ in ()).throw(panic("broken")))
    assert parse(piece("x = 1\n")) == Unparsed(
        span(0, 0, 0, 5), "The parser failed on this statement; it is not analysed."
    )
    monkeypatch.setattr(cst, "parse_module", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        parse(piece("x = 1\n"))


def test_a_node_that_refuses_itself_is_said():
    """The library fails on this valid text where its nodes check themselves; see `lean_nodes`."""
    found = parse(piece("async def f():\n    return [x async\n    for x in y]\n"))
    assert isinstance(found, Tree) or found.message == "The parser failed on this statement; it is not analysed."


@given(st.text(alphabet="'\"{}()[]\\\n\r\t \x0c\0\ufeff\ud800fx=:#.,@1é"))
def test_any_text_has_a_tree_or_a_reason_within_it(text):
    for indents, header in (((), False), ((4,), False), ((), True)):
        result = parse(piece(text, indents=indents, header=header))
        if isinstance(result, Unparsed):
            whole = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            for place in (result.span.start, result.span.end):
                assert place.column <= len(whole[place.line])
            assert isinstance(result.span, Span)
            assert result.span.start <= result.span.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\n", True),
        ("\ufeffx = 1\n", True),
        ("x = '\\d'\nassert (1, 2)\n", True),
        ("return\n", True),
        ("", True),
        ("x = (\n", False),
        ("x = '\ud800'\n", False),
        ("\0", False),
        ("(" * 3000, False),
        ("-" * 100_000 + "a", False),
        ("a" + ".b" * 100_000, True),
    ],
)
def test_what_the_running_python_accepts(text, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert accepts(text) is expected


def test_accepted_modules_have_only_trees(library, on_big_stack):
    def check():
        for path, text in list(library.items())[7::60]:
            if accepts(text):
                ast.parse(text)
                assert all(isinstance(parse(found), Tree) for found in split(text)), path

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        on_big_stack(check)
