"""Of a long display or call only the elements that changed are parsed, and the tree is the one of the new text."""

import random

import libcst as cst
import pytest
from grown import accepted_by, check, piece_of
from whysafe.syntax import brackets, graft_elements
from whysafe.syntax import graft as grafting
from whysafe.syntax.split import split
from whysafe.syntax.tree import Tree, Unparsed, parse, regrow

ELEMENTS = [
    *("1", "x", "'a'", "b'b'", "'a, b'", "f'{x, 1}'", "f'a' 'b'", "lambda a, b: (a, b)", "lambda: 0", "(yield a, b)"),
    *("[i for i in x]", "(i for i in x)", "{i: j for i, j in x}", "x[1, 2]", "f(a, b)", "a if b else c", "not a"),
    *("-1", "x.y", "(a)", "((a, b))", "()", "[]", "{}", "await z", "a + (b, c)", "...", "'a' 'b'", "'a'\n'b'\n  'c'"),
    *("(x := 1)", "x := 1", "*a"),
]
STATEMENTS = [
    *("x = %s\n", "%s\n", "x: T = %s\n", "x += %s\n", "x = y = z, %s\n", "x[%s] = 1\n", "(%s) = 1\n", "del %s\n"),
    *("def g():\n  y = %s\n  return 1\n", "def g():\n    return %s\n", "def g():\n  yield %s\n", "if %s: pass\n"),
    *("for i in %s:\n    pass\n", "while a < %s < b:\n  pass\n", "with %s as q:\n  pass\n", "assert %s, m\n"),
    *("raise E(%s)\n", "x = (%s)\n", "x = ((%s), 1)\n", "import a; x = %s\n", "x = %s; y = 1\n", "x = lambda: %s\n"),
    *("async def g():\n  await %s\n", "x = %s.f(\n  a,\n  b,\n)\n", "@d(%s)\ndef f(): pass\n", "# c\nx = %s\n"),
]
TYPED_IN_ELEMENTS = [
    *(
        "x",
        "1",
        "'",
        '"',
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        ":",
        "=",
        "*",
        "**",
        "x=1,",
        "**k,",
        "*a,",
        "\n",
        " ",
    ),
    *("lambda x, y: 1,", "lambda x,", "for x in y", "yield ", "x := 1", "#", "# c, (d", "\n    'a',\n", "\\\n", "\\"),
    *("f'{x}'", "b'q'", "'s'", "if a else b", ".a", "'''", "x for x in y", "del ", "\r", "\t", "\f", "k: v,", "k: v"),
    *("0,", ",,", "in", "async for x in y", "f'", "rb", "as x", "), (", "], [", "}, {"),
]


def display(rng, depth=0):
    """A display, a call or strings over some lines, with others in it."""
    indent = "    " * (depth + 1)
    elements = [
        display(rng, depth + 1) if depth < 3 and rng.random() < 0.35 else rng.choice(ELEMENTS)
        for _ in range(rng.randrange(1, 6))
    ]
    kind = rng.randrange(5)
    if kind == 0:
        return "(" + "\n".join(rng.choice(("'a'", "'b, c'  # d", "r'x'", "u'e'", "f'g'")) for _ in elements) + ")"
    if kind == 1:
        elements = [rng.choice(("", "", "a=", "*", "**", "b=")) + element for element in elements]
    elif kind == 2:
        elements = [rng.choice(("**", "'k': ", "'k': ")) + element for element in elements]
    ends = ("\n" + indent, "\n" + indent, " ", "\n", "  # c, (d\n" + indent, "\n\n" + indent, " \\\n" + indent)
    text = "".join(element + "," + rng.choice(ends) for element in elements)
    opening, closing = rng.choice(
        (("f(", ")"), ("x[0](", ")")) if kind == 1 else (("{", "}"),) if kind == 2 else BRACKETS
    )
    return opening + rng.choice(("\n" + indent, "", " # t\n")) + text.rstrip(", \n") * rng.randrange(2) + text + closing


BRACKETS = (("[", "]"), ("(", ")"), ("{", "}"))


def grafted(piece, former, tree):
    """What the tree grows to, after a comparison with what parsing anew says; whether elements were parsed for it."""
    grown = regrow(piece, former, tree, accepted_by(former))
    check(piece, grown)
    return grown, isinstance(grown, Tree) and bool(grown.graft.tables)


def test_random_edits_of_elements(monkeypatch):
    monkeypatch.setattr(graft_elements, "SHORTEST", 0)
    rng = random.Random(1)
    found = refused = 0
    for _ in range(400):
        text = rng.choice(STATEMENTS).replace("%s", display(rng))
        former = piece_of(text.replace("\n", rng.choice(("\n", "\n", "\r\n"))))
        tree = parse(former)
        if not isinstance(tree, Tree):
            continue
        for _ in range(8):
            text, at = former.text, rng.randrange(len(former.text) + 1)
            stop = at + rng.choice((0, 0, 0, 1, 3, rng.randrange(40)))
            piece = piece_of(text[:at] + rng.choice(("", *TYPED_IN_ELEMENTS)) + text[stop:])
            grown, of_elements = grafted(piece, former, tree)
            found += of_elements
            refused += isinstance(grown, Unparsed)
            after = grown or parse(piece)
            if isinstance(after, Tree) and piece.text.endswith("\n"):
                former, tree = piece, after
    assert found > 60
    assert refused > 60


def test_random_edits_of_the_tables_of_the_library(library, monkeypatch):
    monkeypatch.setattr(graft_elements, "SHORTEST", 0)
    rng = random.Random(2)
    pieces = [
        piece
        for _, text in rng.sample(sorted(library.items()), 100)
        for piece in split(text)
        if 5 < piece.lines < 120 and not piece.header and not piece.joins and piece.text.count(",\n") > 4
    ]
    found = 0
    for first in rng.sample(pieces, 60):
        former, tree = first, parse(first)
        for _ in range(8 * isinstance(tree, Tree)):
            lines = former.text.split("\n")
            number = rng.choice([number for number, line in enumerate(lines) if line.endswith(",")] or [0])
            number = max(number + rng.randrange(-1, 2), 0)
            at = rng.randrange(len(lines[number]) + 1)
            lines[number : number + rng.choice((1, 1, 1, 2))] = rng.choice(
                (
                    [lines[number][:at] + rng.choice(TYPED_IN_ELEMENTS) + lines[number][at:]],
                    [lines[number][:at] + lines[number][at + 1 :]],
                    [lines[number], rng.choice(lines)],
                    [],
                )
            )
            piece = piece_of("\n".join(lines), former.indents)
            grown, of_elements = grafted(piece, former, tree)
            found += of_elements
            after = grown or parse(piece)
            if isinstance(after, Tree):
                former, tree = piece, after
    assert found > 100


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(\n%sa=1,\nb=2,\n)", "f(\n%sa=1,\n2,\n)"),  # a value behind a name
        ("f(\n%s**a,\nb=2,\n)", "f(\n%s**a,\n*b,\n)"),
        ("f(\n*a,\nb,\n%s)", "f(\n*a,\nb for b in c,\n%s)"),
        ("(\na,\nb,\n%s)", "(\nyield a,\nb,\n%s)"),  # what the parser refuses in an element, but not in the whole
        ("[\na,\nb,\n%s]", "[\nlambda a,\nb: c,\n%s]"),
        ("[\na,\nb in c\n]\n%s", "[\na for a,\nb in c\n]\n%s"),
        ("(\na,\nb\n)\n%s", "(\na\n)\n%s"),  # a tuple no more
        ("f(\na,\nb\n)\n%s", "f(\na for a in b\n)\n%s"),
        ("{\na,\nb,\n%s}", "{\na: b,\nb,\n%s}"),
        ("[\n'a',\n'b',\n%s]", "[\n'a'\n'b',\n%s]"),  # a comma less, and one more
        ("[\n'a'\n'b',\n%s]", "[\n'a',\n'b',\n%s]"),
        ("[\na,\n(b),\n%s]", "[\na\n(b),\n%s]"),
        ("(\n'a'\n'b'\n)\n%s", "(\n'a'\nb'b'\n)\n%s"),
        ("(\n'a'\n'b'\n)\n%s", "(\n'a'\n'b'.c\n)\n%s"),
        ("(\n'a'\n'b'\n)\n%s", "(\n'a'\n)\n%s"),
        ("del (\na,\nb,\n%s)", "del (\n1,\nb,\n%s)"),  # not just any expression
        ("with (\na,\nb,\n%s): pass", "with (\na as c,\nb,\n%s): pass"),
        ("a, (\nb,\nc,\n%s) = d", "a, (\nb,\n2,\n%s) = d"),
        ("[\na, \\\nb,\n%s]", "[\na, \\\n#\nb,\n%s]"),
        ("[\na,\nb,\n%s]", "[\na,\nb, \\\n%s]"),
        (
            "[" * 60 + "\na,\nb,\n" + "]" * 60 + "\n%s",
            "[" * 60 + "\na,\n" + "(" * 50 + ")" * 50 + ",\n" + "]" * 60 + "\n%s",
        ),
    ],
)
def test_elements_by_themselves_do_not_decide(before, after, monkeypatch):
    monkeypatch.setattr(graft_elements, "SHORTEST", 0)
    more = "x,\n" * 12
    former, piece = piece_of(before.replace("%s", more) + "\n"), piece_of(after.replace("%s", more) + "\n")
    tree = parse(former)
    assert isinstance(tree, Tree)
    check(piece, regrow(piece, former, tree, accepted_by(former)))


@pytest.mark.parametrize("statement", ["%s\n", "def f():\n  if a:\n    return g(%s)\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("brackets", ["[]", "()", "{}", "f()"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n   a, # 1\n", "  # 0\n\n a, # 1\n # 2\n"),  # behind the bracket
        ("\n   a, # 1\n", "\n"),
        ("   b, c,\n", "   # 1\n\n b, c,  # 2\n\n  # 3\n"),
        ("   b, c,\n", "\n"),
        ("   b, c,\n", ""),
        ("   b, c,\n\n # 3\n   d, # 4\n", "  # 5\n"),
        ("   d, # 4\n", "   d,\n# 4\n   # 5\n \n"),
        ("\n # 3\n", "# 4\n \n"),
        ("e # 6\n", "e, # 7\n\n"),
        ("e # 6\n", "e, # 7\n x, "),
        ("   e # 6\n", "# 7\n"),  # the last row
    ],
)
def test_what_is_blank_around_new_elements(old, new, brackets, newline, statement, monkeypatch):
    """The second edit tells whether the tables of the first are those of its text."""
    monkeypatch.setattr(graft_elements, "SHORTEST", 0)
    table = "\n   a, # 1\n   b, c,\n\n # 3\n   d, # 4\n   e # 6\n   # 8\n"
    text = statement.replace("%s", brackets[:-1] + table + brackets[-1]).replace("\n", newline)
    former = piece_of(text)
    tree = parse(former)
    assert old in table
    for before, after in ((old, new), (" 8", " 9"), ("a,", "aa, x\n # 2\n\n,")):
        piece = piece_of(former.text.replace(before.replace("\n", newline), after.replace("\n", newline)))
        if piece != former:
            grown, of_elements = grafted(piece, former, tree)
            assert of_elements
            former, tree = piece, grown


def test_new_lines_of_another_kind_are_read_afresh():
    former = piece_of("x = [\n" + "  1,\n" * 12 + "]\n")
    piece = piece_of(former.text.replace("[\n", "[\r\n"))
    assert regrow(piece, former, parse(former), accepted_by(former)) is None


def test_only_the_changed_elements_are_parsed(monkeypatch):
    """Of a long table, and the second time its brackets are known too."""
    rows = "".join(f"    {{'name': {n}, 'text': ('a, b', [{n}])}},\n" for n in range(3000))
    former = piece_of(f"TABLE = [\n{rows}]\n")
    tree = parse(former)
    parsed, scanned = [], []
    parse_module, scan = cst.parse_module, brackets.scan
    monkeypatch.setattr(grafting.cst, "parse_module", lambda text: (parsed.append(text), parse_module(text))[1])
    monkeypatch.setattr(brackets, "scan", lambda text, **how: (scanned.append(len(text)), scan(text, **how))[1])
    for number in (1500, 1501, 20, 2999):
        piece = piece_of(former.text.replace(f"'name': {number},", f"'name': x + {number},"))
        tree = regrow(piece, former, tree, accepted_by(former))
        assert isinstance(tree, Tree)
        former = piece
        row = f"    {{'name': x + {number}, 'text': ('a, b', [{number}])}},\n"
        assert parsed == [f"\n_ = [0,\n{row}{'0' * (number < 2999)}]\n"]
        assert sum(scanned) < (1000 if number != 1500 else len(former.text) + 1000)
        parsed.clear()
        scanned.clear()


def test_only_the_changed_strings_are_parsed(monkeypatch):
    former = piece_of("def f():\n    g(1, (\n" + "".join(f"        'text {n}'\n" for n in range(2000)) + "    ))\n")
    tree = parse(former)
    parsed = []
    parse_module = cst.parse_module
    monkeypatch.setattr(grafting.cst, "parse_module", lambda text: (parsed.append(text), parse_module(text))[1])
    assert isinstance(
        regrow(piece_of(former.text.replace("t 1000'", "t 1000' 'x'")), former, tree, accepted_by(former)), Tree
    )
    assert parsed == ["if 1:\n    _ = (''\n        'text 1000' 'x'\n'')\n"]
