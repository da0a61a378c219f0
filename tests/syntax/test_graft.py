"""A tree that was grown along with edits is the tree of the new text; places in it are those of the new text."""

import random

import libcst as cst
import pytest
from whysafe.syntax import brackets, graft_elements
from whysafe.syntax import graft as grafting
from whysafe.syntax import locate as locating
from whysafe.syntax.locate import locate
from whysafe.syntax.split import Piece, split
from whysafe.syntax.tree import Tree, Unparsed, children, parse, regrow

FUNCTION = '''\
def f(a, b):  # note
    """Text."""
    if a:
        x = 1
        # about y
        y = g(x)
    elif b:
        for each in b:
            print(each)
        else:
            return 2
    else: pass

    @decorated
    def inner():
        try:
            return (
                1,
                2,
            )
        except ValueError as error:
            raise KeyError from error
        finally:
            done()
    with open(a) as file:
        file.read()
    # the end
    return x
'''
TYPED = [
    "x",
    "y = (",
    ")",
    "    ",
    "\n",
    "# c",
    "else:",
    "if a:\n",
    '"""',
    "'",
    "@d\n",
    "return",
    "\\",
    "\t",
    "{",
    "print(1)\n        print(2)\n",
    "  ",
    ":",
    "match a:\n        case 1:\n            pass\n",
]


def piece_of(text, indents=()):
    return Piece(text, indents, header=False, lines=text.count("\n"))


def shape(node):
    """What a tree says, without blanks and comments."""
    value = getattr(node, "value", None)
    return type(node).__name__, value if isinstance(value, str) else None, [shape(child) for child in children(node)]


def nodes_of(node):
    yield node
    for child in children(node):
        yield from nodes_of(child)


def in_header(statement):
    return [part for part in children(statement) if isinstance(part, (cst.BaseExpression, cst.WithItem))]


def check(piece, grown):
    """Compare with what parsing anew says; whether there was a graft."""
    if grown is None:
        return False
    fresh = parse(piece)
    if isinstance(grown, Unparsed):
        assert grown == fresh
        return True
    assert isinstance(fresh, Tree)
    assert [shape(node) for node in grown.body] == [shape(node) for node in fresh.body]
    ours = [node for statement in grown.body for node in nodes_of(statement)]
    theirs = [node for statement in fresh.body for node in nodes_of(statement)]
    code = cst.Module([]).code_for_node
    for one, other in zip(ours, theirs, strict=True):
        # What a rule writes of a node for a fix has its blanks and comments, too.
        if isinstance(one, cst.BaseSmallStatement):
            assert code(one) == code(other)
        elif isinstance(one, cst.BaseCompoundStatement):
            assert [code(part) for part in in_header(one)] == [code(part) for part in in_header(other)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locating, "outline", lambda _: None)
        there = locate(fresh, piece.text, theirs)
    here = locate(grown, piece.text, ours)
    assert [here.get(node) for node in ours] == [there.get(node) for node in theirs]
    return True


def edited(text, rng):
    lines = text.split("\n")
    at = rng.randrange(len(text) + 1)
    kind = rng.randrange(5)
    if kind == 0:
        return text[:at] + rng.choice(TYPED) + text[at:]
    if kind == 1:
        return text[:at] + text[at + rng.randrange(1, 9) :]
    number = rng.randrange(len(lines))
    if kind == 2:
        lines[number : number + 1] = []
    elif kind == 3:
        indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
        lines.insert(number, indent + rng.choice(("x = 1", "call(2)", "pass", "for i in x: pass", "# c", "")))
    else:
        lines[number] = lines[number].replace("1", "(2)").replace("x", "yy")
    return "\n".join(lines)


def test_random_edits():
    """From the last text that parsed to each of the next, as the program does it."""
    rng = random.Random(1)
    grafts = attempts = 0
    for _ in range(40):
        former = piece_of(FUNCTION)
        tree = parse(former)
        for _ in range(12):
            piece = piece_of(edited(former.text, rng))
            grown = regrow(piece, former, tree)
            attempts += 1
            grafts += check(piece, grown)
            after = grown or parse(piece)
            if isinstance(after, Tree) and len(piece.text) > 200:
                former, tree = piece, after
    assert grafts > attempts / 4


def test_random_edits_of_the_library(library):
    """Functions of real modules, methods included."""
    rng = random.Random(1)
    texts = [text for path, text in sorted(library.items()) if "test" not in path.parts]
    grafts = attempts = 0
    for text in rng.sample(texts, 12):
        pieces = [piece for piece in split(text) if piece.lines > 20 and not piece.header]
        for former in rng.sample(pieces, min(4, len(pieces))):
            tree = parse(former)
            if not isinstance(tree, Tree):
                continue
            for _ in range(4):
                piece = piece_of(edited(former.text, rng), former.indents)
                attempts += 1
                grafts += check(piece, regrow(piece, former, tree))
    assert grafts > attempts / 6


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
    grown = regrow(piece, former, tree)
    check(piece, grown)
    return grown, isinstance(grown, Tree) and bool(grown.graft.tables)


def test_random_edits_of_elements(monkeypatch):
    monkeypatch.setattr(graft_elements, "SHORTEST", 0)
    rng = random.Random(1)
    found = refused = 0
    for _ in range(400):
        former = piece_of(rng.choice(STATEMENTS).replace("%s", display(rng)))
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
    check(piece, regrow(piece, former, tree))


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
        tree = regrow(piece, former, tree)
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
    assert isinstance(regrow(piece_of(former.text.replace("t 1000'", "t 1000' 'x'")), former, tree), Tree)
    assert parsed == ["if 1:\n    _ = (''\n        'text 1000' 'x'\n'')\n"]


def test_only_the_changed_statements_are_parsed(monkeypatch):
    parsed = []
    parse_module = cst.parse_module

    def spy(text):
        parsed.append(text)
        return parse_module(text)

    former = piece_of("def f():\n" + "".join(f"    if x{n}:\n        y = {n}\n        z = 1\n" for n in range(300)))
    tree = parse(former)
    monkeypatch.setattr(grafting.cst, "parse_module", spy)
    piece = piece_of(former.text.replace("y = 150", "y = 150 + x"))
    grown = regrow(piece, former, tree)
    assert isinstance(grown, Tree)
    assert parsed == ["if 1:\n        y = 150 + x\n"]


def test_the_old_tree_stays_as_it_was():
    former = piece_of(FUNCTION)
    tree = parse(former)
    before = tree.module.code
    regrow(piece_of(FUNCTION.replace("print(each)", "print(each, 2)")), former, tree)
    assert tree.module.code == before == FUNCTION


def test_places_in_a_grown_tree_are_found_without_another_parse(monkeypatch):
    """Above the graft, around it and below it."""
    former = piece_of(FUNCTION)
    text = FUNCTION.replace("return 2", "x = 3\n            return 2")
    grown = regrow(piece_of(text), former, parse(former))
    assert isinstance(grown, Tree)
    monkeypatch.setattr(locating.cst, "parse_module", lambda _: pytest.fail("a fresh parse"))
    first, branch, *_, last = grown.body[0].body.body
    places = locate(grown, text, [first, branch, last])
    assert [places[node].start.line for node in (first, branch, last)] == [1, 2, text.count("\n") - 1]
    assert places[branch].end.line == 12
