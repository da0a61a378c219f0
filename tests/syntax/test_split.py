"""Pieces: where they begin and end, and that edits leave exactly the pieces of the new text."""

import random
import re
from itertools import pairwise

import libcst as cst
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whysafe.syntax import lexer
from whysafe.syntax import outline as outlines
from whysafe.syntax.position import Edit, span
from whysafe.syntax.source import line_starts
from whysafe.syntax.split import Piece, first_lines, resplit, split
from whysafe.syntax.tree import Tree, children, parse

CASES = {
    "statements": (
        ["# first\n\nimport a\n", "x = (\n  1,\n)\n\n# about y\n", "y = 2; z = 3\n"],
        [(), (), ()],
    ),
    "decorators": (["@a\n@b(\n)\n\n# c\ndef f(): pass\n", "@c\nclass A: pass\n", "x\n"], [(), (), ()]),
    "compounds": (
        ["if a:\n  b\nelif c:\n  d\nelse:\n  e\n", "try:\n  a\nexcept b:\n  c\nfinally:\n  d\n", "x\n"],
        [(), (), ()],
    ),
    "members": (
        [
            "class A(\n  B):\n  # c\n",
            '  """Doc."""\n\n',
            "  x = 1\n",
            "  @d\n  def f(self):\n    if a:\n      b\n    else:\n      c\n\n",
            "y\n",
        ],
        [(), (2,), (2,), (2,), ()],
    ),
    "nested classes": (
        [
            "class A:\n",
            "  class B:\n",
            "    x\n",
            "    class C:\n",
            "       y\n",
            "    z\n",
            "  def f(self): pass\n",
            "class D: pass\n",
        ],
        [(), (2,), (2, 4), (2, 4), (2, 4, 7), (2, 4), (2,), ()],
    ),
    "decorated class": (["@a\n# b\n@c\nclass A:\n", "\tx\n", "\ty\n"], [(), (8,), (8,)]),
    "class within compounds": (
        ["if a:\n", "  class B:\n", "    x\n", "    y\n", "def f():\n  class C:\n    x\n    y\n"],
        [(), (2,), (2, 4), (2, 4), ()],
    ),
    "definitions within compounds": (
        ["if a:\n", "  def f(): pass\n", "  x\n", "else:\n  y\n", "for b in c:\n  d\n  def g(): pass\n"],
        [(), (2,), (2,), (), ()],
    ),
    "compounds in a class": (
        ["class A:\n", "  if a:\n    b\n  else:\n    c\n", "  try:\n    a\n  finally:\n    b\n"],
        [(), (2,), (2,)],
    ),
    "one-line class": (["class A: pass\n", "x\n"], [(), ()]),
    "wrong indentation": (["class A:\n", "    x\n  y\n", "    z\n", "w\n"], [(), (4,), (4,), ()]),
    "indented start": (["  x\ny\n", "z\n"], [(), ()]),
    "else after a class body": (["class A:\n", "  x\n", "else:\n  y\n"], [(), (2,), ()]),
    "stray brackets": (["x = f(a))\n)\n", "y\n"], [(), ()]),
    "open bracket": (["x = f(a\n", "def g():\n  pass\n"], [(), ()]),
    "open bracket in a class": (
        ["class A(b:\n", "  def f(self): pass\n", "  x = [\n", "  def g(self): pass\n"],
        [(), (2,), (2,), (2,)],
    ),
    "open quotes": (["x = '''a\ny\nclass A:\n  z\n"], [()]),
    "tabs and form feeds": (
        ["\x0cclass A:\n", "\tx\n", "        y\n", "\x0c\tz\n", "\x0cw\n"],
        [(), (8,), (8,), (8,), ()],
    ),
    "line ends": (["class A:\r\n", "  x\r\n", "  y\r", "z\r", "w"], [(), (2,), (2,), (), ()]),
    "continued indentation": (["class A:\n", "  x\n", "  \\\n    y\n", "  z\n"], [(), (2,), (2,), (2,)]),
    "byte order mark": (["\ufeffclass A:\n", "  x\n", "  y\n"], [(), (2,), (2,)]),
    "only comments": (["# a\n  # b\n\n"], [()]),
    "class names": (["classes = 1\n", "class_ = 2\n  x\n"], [(), ()]),
    "empty": ([], []),
}


@pytest.mark.parametrize("name", CASES)
def test_boundaries(name):
    texts, indents = CASES[name]
    pieces = split("".join(texts))
    assert [piece.text for piece in pieces] == texts
    assert [piece.indents for piece in pieces] == indents


def test_a_header_is_a_class_whose_members_are_pieces():
    pieces = split("class A:\n  class B:\n    x\n  class C: pass\nclass D(\n): x\n")
    assert [piece.header for piece in pieces] == [True, True, False, False, False]


def test_pieces_count_line_ends():
    assert [piece.lines for piece in split("x\r\n\r\n# c\ry\rz")] == [3, 1, 0]


def test_the_first_lines_of_pieces():
    assert first_lines(split("a\n\nb\nc(\n)\n")) == [0, 2, 3]


def test_pieces_of_the_library_are_its_text(library):
    for path, text in library.items():
        pieces = split(text)
        assert "".join(piece.text for piece in pieces) == text, path
        assert sum(piece.lines for piece in pieces) == len(line_starts(text)) - 1, path
        assert not any(after.text.startswith(("\r", "\n")) for _, after in pairwise(pieces)), path


def outline(node):
    """Classes of nodes and their words, in source order."""
    stack = [node]
    while stack:
        node = stack.pop()
        value = getattr(node, "value", None)
        yield type(node).__name__, value if isinstance(value, str) else None
        stack.extend(reversed([*children(node)]))


def piece_outline(piece, tree):
    for index, statement in enumerate(tree.body):
        found = list(outline(statement))
        # The body of a header is not in the text.
        yield from found[:-2] if piece.header and index == len(tree.body) - 1 else found


def test_trees_of_pieces_are_the_tree_of_the_library(library, on_big_stack):
    def compare():
        compared = 0
        for path, text in list(library.items())[::40]:
            pieces = split(text)
            trees = [parse(piece) for piece in pieces]
            try:
                module = cst.parse_module(text)
            except cst.ParserSyntaxError:
                assert not all(isinstance(tree, Tree) for tree in trees), path
                continue
            assert all(isinstance(tree, Tree) for tree in trees), path
            expected = [word for statement in module.body for word in outline(statement)]
            found = [word for piece, tree in zip(pieces, trees, strict=True) for word in piece_outline(piece, tree)]
            assert found == expected, path
            compared += 1
        return compared

    assert on_big_stack(compare) > 20


FRAGMENTS = [
    *("'", '"', "'''", '"""', 'f"', "f'{", 'f"""{', "rf'{x:", "{", "}", "{{", "(", ")", "[", "]", ":", "!r", "\\N{"),
    *(
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\t",
        "\x0c",
        " ",
        "    ",
        "\\\n",
        "\\\r\n",
        ";",
        "\ufeff",
        "\u2028",
        "\x0b",
        "é",
        "\0",
        "\ud800",
    ),
    *(
        "class A:\n",
        "    class B:\n",
        "\tclass C(x):\n",
        "def f():\n",
        "  def g(self): pass\n",
        "async def h():\n",
        "@d\n",
        "    @d\n",
    ),
    *(
        "if a:\n",
        "else:\n",
        "    else:\n",
        "elif b:\n",
        "try:\n",
        "except c:\n",
        "finally:\n",
        "import x\n",
        "return\n",
    ),
    *(
        "x = 1\n",
        "    y = 2\n",
        "if a:\n",
        "else:\n",
        "    def f(): pass\n",
        "for b in c:\n",
        "  elif d:\n",
        "        z\n",
        "  ",
        "# c\n",
        "    # d\n",
        "pass\n",
    ),
]
places = st.tuples(st.integers(0, 30), st.integers(0, 12))
edits = st.tuples(places, places, st.lists(st.sampled_from(FRAGMENTS), max_size=4).map("".join))


def offset(text, line, column):
    starts = line_starts(text)
    if line >= len(starts):
        return len(text)
    line_end = re.compile("[\r\n]|\\Z").search(text, starts[line]).start()
    return min(starts[line] + column, line_end)


def apply(text, pieces, start, end, new):
    """Apply one edit to the text and to its pieces, and compare them."""
    begin = offset(text, *start)
    changed = text[:begin] + new + text[max(begin, offset(text, *end)) :]
    patch = resplit(tuple(pieces), Edit(span(*start, *end), new))
    patch.apply(pieces)
    assert pieces == split(changed)
    return changed, patch


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join), st.lists(edits, min_size=1, max_size=8))
@settings(max_examples=300)
def test_edited_pieces_are_those_of_the_new_text(text, changes):
    pieces = split(text)
    assert "".join(piece.text for piece in pieces) == text
    for one, other, new in changes:
        text, _ = apply(text, pieces, min(one, other), max(one, other), new)


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_edited_pieces_of_the_library(library, data):
    text = data.draw(
        st.sampled_from([text for path, text in library.items() if "test" not in path.parts and len(text) < 80_000])
    )
    pieces = split(text)
    for seed in data.draw(st.lists(st.integers(0, 1 << 32), min_size=1, max_size=6)):
        chance = random.Random(seed)
        line = chance.randrange(len(line_starts(text)) + 1)
        start = (line, chance.choice([0, 4, 8, chance.randrange(80)]))
        end = chance.choice(
            [start, start, (line + chance.randrange(3), chance.randrange(80)), (line + chance.randrange(60), 0)]
        )
        text, _ = apply(text, pieces, start, max(start, end), chance.choice([*FRAGMENTS, ""]))


HEADS = [
    *("def f():\n", "@d\ndef f(a,\n   b):\n", "async def g():\n", "if x:\n", "class A:\n", "for a in b:\n", "try:\n"),
    *("x = [\n", "while 1:\n", "@d\n@e\n\nclass B(x):\n", "def f():\n    if a:\n"),
]
BODY = [
    *(
        "    x = 1\n",
        "    y = (\n        1,\n    )\n",
        "    if a:\n        b\n    else:\n        c\n",
        "\n",
        "    # c\n",
    ),
    *("    '''text\n    more'''\n", "    z = 1 + \\\n        2\n", "    @d\n    def g():\n        pass\n", "# out\n"),
    *("    return [\n  1]\n", "    try:\n        a\n    except B:\n        c\n", "        deep\n", "    \\\n    odd\n"),
    *("    f'''{x}\n{y:{z}}'''\n", "    with a as b:\n        import x\n", "    class C:\n        x = 1\n"),
]
TYPED = [*FRAGMENTS, *BODY, *HEADS, "", "", "x", "    x\n", "\n"]


@pytest.mark.parametrize("seed", range(8))
def test_edits_of_large_functions(seed):
    """Most are told from the logical lines around them; the pieces and their logical lines are those of the text."""
    chance = random.Random(seed)
    near = total = 0
    for _ in range(25):
        heads = chance.randrange(1, 4)
        text = "".join(
            chance.choice(HEADS) + "".join(chance.choices(BODY, k=chance.randrange(40))) for _ in range(heads)
        )
        line_end = chance.choice(["\n", "\n", "\r\n", "\r"])
        text = text.replace("\n", line_end)
        pieces = split(text)
        for _ in range(12):
            line = chance.randrange(len(line_starts(text)) + 1)
            start = (line, chance.choice([0, 4, 8, chance.randrange(20)]))
            end = chance.choice([start, start, (line + chance.randrange(2), chance.randrange(20)), (line + 3, 0)])
            new = chance.choice(TYPED).replace("\n", chance.choice([line_end, "\n"]))
            text, patch = apply(text, pieces, start, max(start, end), new)
            near += any(piece.outlines for piece in patch.added)
            total += 1
            for piece in pieces:
                assert piece.outline == outlines.outline(piece.text)
    assert near > total / 3


def test_a_keystroke_reads_the_logical_lines_around_it(monkeypatch):
    """However long the function is; also where a bracket or a short string is left open."""
    text = "def f(a):\n" + "    x = g(a, [1, 2])\n" * 3000 + "    return x\n\n\ny = 1\n"
    pieces = split(text)
    assert pieces[0].outline.torn == []
    read = []

    def spy(*arguments):
        for token in lexer.scan(*arguments):
            read.append(token)
            yield token

    monkeypatch.setattr(outlines, "scan", spy)
    for place, new in (((1500, 0), "    z"), ((1500, 5), " = 'a"), ((1500, 10), "'"), ((2990, 10), "(")):
        text, patch = apply(text, pieces, place, place, new)
        assert (patch.first, patch.removed, len(patch.added)) == (0, 1, 1)
    assert pieces[0].outline.torn
    assert len(read) < 200


def test_a_keystroke_changes_one_piece():
    text = "".join(
        f"class A{index}:\n    def f(self):\n        return {index}\n\n    x = 1\n\n" for index in range(500)
    )
    pieces = split(text)
    _, patch = apply(text, pieces, (1502, 15), (1502, 15), "1")
    assert (patch.first, patch.removed, len(patch.added)) == (751, 1, 1)
    assert patch.added[0] == Piece("    def f(self):\n        return 1250\n\n", (4,), header=False, lines=3, kinds="c")


def test_opening_and_closing_quotes_swallows_and_gives_back():
    text = "".join(f"x{index} = 1\n" for index in range(1000))
    pieces = split(text)
    opened, patch = apply(text, pieces, (500, 0), (500, 0), '"""')
    assert (len(pieces), patch.first, patch.removed, len(patch.added)) == (501, 500, 500, 1)
    closed, patch = apply(opened, pieces, (500, 3), (500, 3), '"""')
    assert closed == text.replace("x500", '""""""x500')
    assert len(pieces) == 1000


def test_editing_a_line_end_that_two_characters_make():
    pieces = split("a\rb\n")
    text, _ = apply("a\rb\n", pieces, (1, 0), (1, 1), "")
    assert text == "a\r\n"
    apply(text, pieces, (1, 0), (1, 0), "\n")


def test_the_first_edit_of_an_empty_document():
    pieces = []
    resplit(pieces, Edit(span(0, 0, 0, 0), "a\nb\n")).apply(pieces)
    assert pieces == split("a\nb\n")
    resplit(pieces, Edit(span(0, 0, 9, 0), "")).apply(pieces)
    assert pieces == []


def test_a_place_behind_the_last_line_is_in_the_first_line_of_its_piece():
    """A word that proves a bracket unclosed begins a piece, and does so no longer when letters follow it."""
    text = "x = (\ndef"
    pieces = split(text)
    assert len(pieces) == 2
    apply(text, pieces, (2, 0), (2, 0), "ine\n")
    assert len(pieces) == 1
