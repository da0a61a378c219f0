import dataclasses
from pathlib import Path

import libcst as cst
import pytest
from whysafe.justifications.canonical import canonical
from whysafe.justifications.cover import cover, logical_line
from whysafe.syntax import locate as locating
from whysafe.syntax.source import split_lines
from whysafe.syntax.split import Piece, split
from whysafe.syntax.tree import Tree, parse

TEXT = """\
import os
f(a,
  b=g(c),
  *[d,
    e])
@first
# between
@second(
    x)
def h(p,
      q=1):
    if (a and
        b): os.system(c); d()
    elif e:  # why
        return {
            "k": eval(v),
            **w}
    else:
        pass
class C(
    Base,
):
    x = [
        1,

        (
            2
        ),
    ]
    def m(self): return 1
    try:
        a
    except (
        E
    ) as e:
        b
    finally:
        c
    match a:
        case [
            b, c
        ] if d:
            e
with open(a) as b, \\
     open(c) as d:
    x[
      a:
      b]
    from a import (
        b,
        c as d,
    )
    y = (
        eval(b)
    )
    z = (a
         + b)
"""
LINES = split_lines(TEXT)


def tree_of(text, **parts):
    piece = Piece(text=text, indents=(), header=False, lines=len(split_lines(text)), **parts)
    tree = parse(piece)
    assert isinstance(tree, Tree)
    return tree


def shown(covered, text=TEXT):
    """The covered text."""
    if covered is None:
        return None
    lines = split_lines(text)
    start, end = covered.span.start, covered.span.end
    chosen = lines[start.line : end.line + 1]
    chosen[-1] = chosen[-1][: end.column]
    chosen[0] = chosen[0][start.column :]
    return "".join(chosen)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (0, "import os"),
        (1, "f(a,\n  b=g(c),\n  *[d,\n    e])"),
        (2, "b=g(c)"),
        (3, "*[d,\n    e]"),
        (4, "e"),
        (5, "@first\n# between\n@second(\n    x)\ndef h(p,\n      q=1):"),
        (7, "@first\n# between\n@second(\n    x)\ndef h(p,\n      q=1):"),
        (8, "x"),
        (9, "@first\n# between\n@second(\n    x)\ndef h(p,\n      q=1):"),
        (10, "q=1"),
        (11, "if (a and\n        b): os.system(c); d()"),
        (12, None),
        (13, "elif e:"),
        (14, 'return {\n            "k": eval(v),\n            **w}'),
        (15, '"k": eval(v)'),
        (16, "**w"),
        (17, "else:"),
        (18, "pass"),
        (19, "class C(\n    Base,\n):"),
        (20, "Base"),
        (21, None),
        (22, "x = [\n        1,\n\n        (\n            2\n        ),\n    ]"),
        (23, "1"),
        (24, None),
        (25, "(\n            2\n        )"),
        (26, None),
        (29, "def m(self): return 1"),
        (30, "try:"),
        (31, "a"),
        (32, "except (\n        E\n    ) as e:"),
        (33, None),
        (36, "finally:"),
        (38, "match a"),
        (39, "case [\n            b, c\n        ] if d:"),
        (40, None),
        (43, "with open(a) as b, \\\n     open(c) as d:"),
        (44, "open(c) as d"),
        (45, "x[\n      a:\n      b]"),
        (46, "a:\n      b"),
        (47, None),
        (49, "b"),
        (50, "c as d"),
        (51, None),
        (52, "y = (\n        eval(b)\n    )"),
        (53, None),
        (55, "z = (a\n         + b)"),
        (56, None),
        (57, None),
        (99, None),
    ],
)
def test_cover(line, code):
    assert shown(cover(tree_of(TEXT), TEXT, line)) == code


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (0, "import os"),
        (3, "f(a,\n  b=g(c),\n  *[d,\n    e])"),
        (6, "@first\n# between\n@second(\n    x)\ndef h(p,\n      q=1):"),
        (10, "@first\n# between\n@second(\n    x)\ndef h(p,\n      q=1):"),
        (12, "if (a and\n        b): os.system(c); d()"),
        (13, "elif e:"),
        (16, 'return {\n            "k": eval(v),\n            **w}'),
        (18, "pass"),
        (34, "except (\n        E\n    ) as e:"),
        (44, "with open(a) as b, \\\n     open(c) as d:"),
        (53, "y = (\n        eval(b)\n    )"),
    ],
)
def test_logical_line(line, code):
    assert shown(logical_line(tree_of(TEXT), TEXT, line)) == code


def test_a_header_without_its_body_and_one_with_it():
    tree = tree_of(TEXT)
    (header,) = cover(tree, TEXT, 13).nodes
    assert canonical(header) == "If(test=Name(e);)"
    header, *body = cover(tree, TEXT, 11).nodes
    assert isinstance(header, cst.If)
    assert [type(node) for node in body] == [cst.Expr, cst.Expr]


def test_every_statement_of_a_line_is_covered():
    text = "a(); b()\n"
    found = cover(tree_of(text), text, 0)
    assert shown(found, text) == "a(); b()"
    assert "Name(b)" in canonical(found.nodes[0])


def test_members_of_a_class_are_pieces_of_their_own():
    text = "    @d\n    def m(self,\n          x):\n        f(\n            x)\n"
    tree = parse(Piece(text=text, indents=(4,), header=False, lines=5, kinds="c"))
    assert shown(cover(tree, text, 0), text) == "@d\n    def m(self,\n          x):"
    assert shown(cover(tree, text, 3), text) == "f(\n            x)"
    assert shown(cover(tree, text, 4), text) == "x"


def test_a_header_piece():
    text = "@d\nclass A(B,\n    metaclass=M):\n"
    tree = parse(Piece(text=text, indents=(), header=True, lines=3))
    assert shown(cover(tree, text, 0), text) == "@d\nclass A(B,\n    metaclass=M):"
    assert shown(cover(tree, text, 2), text) == "metaclass=M"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends(end):
    text = TEXT.replace("\n", end)
    assert shown(cover(tree_of(text), text, 15), text) == '"k": eval(v)'
    assert shown(cover(tree_of(text), text, 13), text) == "elif e:"


def test_the_lines_of_the_text_lead_to_what_a_look_at_every_statement_finds(monkeypatch):
    """For lines of the sample and of a module of the library, blank lines and comments among them."""
    pieces = [Piece(TEXT, (), header=False, lines=TEXT.count("\n")), *split(Path(dataclasses.__file__).read_text())]
    trees = [(parse(piece), piece) for piece in pieces]
    asked = [(find, tree, piece.text, line) for tree, piece in trees for line in range(piece.lines) for find in FINDERS]
    asked = asked[:: len(asked) // 400]
    found = [find(*where) for find, *where in asked]
    for tree, _ in trees:
        tree.outlines.clear()
    monkeypatch.setattr(locating, "is_unusual", lambda _: True)
    assert found == [find(*where) for find, *where in asked]
    assert sum(one is not None for one in found) > 150


FINDERS = cover, logical_line


def test_only_the_code_of_the_covered_line_is_generated(monkeypatch):
    text = "def f():\n" + "".join(f"    x = g(\n        {n})\n" for n in range(100))
    tree = tree_of(text)
    generated = []
    places_in_line = locating.places_in_line
    monkeypatch.setattr(locating, "places_in_line", lambda *given: generated.append(given[0]) or places_in_line(*given))
    monkeypatch.setattr(locating, "places_in_module", lambda *_: pytest.fail("the code of the whole piece"))
    statement = tree.body[0].body.body[50]
    assert shown(cover(tree, text, 101), text) == "x = g(\n        50)"
    assert generated == [statement]
    assert shown(cover(tree, text, 102), text) == "50"
    assert generated == [statement] * 3
    assert shown(logical_line(tree, text, 102), text) == "x = g(\n        50)"
    assert generated == [statement] * 4
