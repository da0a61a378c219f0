"""A tree that was grown along with edits is the tree of the new text; places in it are those of the new text."""

import random
import sys
from dataclasses import replace

import libcst as cst
import pytest
from whysafe.syntax import brackets, graft_elements
from whysafe.syntax import graft as grafting
from whysafe.syntax import locate as locating
from whysafe.syntax import tree as trees
from whysafe.syntax.locate import locate
from whysafe.syntax.split import Piece, split
from whysafe.syntax.tree import Tree, Unparsed, children, parse, regrow, wrapper_of
from whysafe.syntax.validity import accepts

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


def accepted_by(piece):
    return lambda: accepts(wrapper_of(piece) + piece.text)


def shape(node):
    """What a tree says, without blanks and comments."""
    value = getattr(node, "value", None)
    return type(node).__name__, value if isinstance(value, str) else None, [shape(child) for child in children(node)]


def nodes_of(node):
    yield node
    for child in children(node):
        yield from nodes_of(child)


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
        if isinstance(one, cst.BaseSmallStatement):
            # What a rule writes of a node for a fix has its blanks and comments, too.
            assert code(one) == code(other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locating, "is_unusual", lambda _: True)
        there = locate(fresh, piece.text, theirs)
    here = locate(grown, piece.text, ours)
    assert [here.get(node) for node in ours] == [there.get(node) for node in theirs]
    return True


def edited(text, rng):
    lines = text.split("\n")
    at = rng.randrange(len(text) + 1)
    kind = rng.randrange(6)
    if kind == 0:
        return text[:at] + rng.choice(TYPED) + text[at:]
    if kind == 1:
        return text[:at] + text[at + rng.randrange(1, 9) :]
    number = rng.randrange(len(lines))
    if kind == 2:
        lines[number : number + 1] = []
    elif kind == 5 and not all(map(str.strip, lines)):
        blank = rng.choice([n for n, line in enumerate(lines) if not line.strip()])
        lines[blank] = rng.choice(("", "    ", "        ", "            ")) + rng.choice(TYPED).replace("\n", "")
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
            grown = regrow(piece, former, tree, accepted_by(former))
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
    for text in rng.sample(texts, 16):
        pieces = [piece for piece in split(text) if piece.lines > 20 and not piece.header]
        for former in rng.sample(pieces, min(4, len(pieces))):
            tree = parse(former)
            if not isinstance(tree, Tree):
                continue
            for _ in range(4):
                after = edited(former.text, rng)
                piece = replace(former, text=after, lines=after.count("\n"))
                attempts += 1
                grafts += check(piece, regrow(piece, former, tree, accepted_by(former)))
    assert grafts > attempts / 3


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
    check(piece, regrow(piece, former, tree, accepted_by(former)))


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
        assert parsed == [f"_ = [0,\n    {{'name': x + {number}, 'text': ('a, b', [{number}])}},\n]\n"]
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
    assert parsed == ["_ = (''\n        'text 1000' 'x'\n)\n"]


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
    grown = regrow(piece, former, tree, accepted_by(former))
    assert isinstance(grown, Tree)
    assert parsed == ["if 1:\n        y = 150 + x\n"]


def typed(line, new, former):
    """The piece in which something is typed above a line, and what its former tree makes of it."""
    piece = piece_of(former.text.replace(line, new + line))
    return piece, regrow(piece, former, parse(former), accepted_by(former))


def test_a_decorator_belongs_to_what_follows_it():
    former = piece_of("def f():\n    x = 1\n    def g():\n        pass\n    return 2\n")
    piece, grown = typed("    def g", "    @d\n", former)
    assert not isinstance(grown, Unparsed)
    check(piece, grown)
    assert isinstance(parse(piece), Tree)


@pytest.mark.parametrize(
    "new", ["y = = 1", "y = (", "y = f(a,", "y = 'a", "print y", "if y", "y = f(b c)", "for y in", "1 = y", "y = f'{a"]
)
def test_an_error_is_placed_by_its_statement_alone(new, monkeypatch):
    """It is the one that Python finds in the whole."""
    asked = []
    parse_with_python = trees._ast_parse
    former = piece_of(
        "def f():\n" + "".join(f"    if a:\n        x{n} = g(1)\n" for n in range(200)) + "    return x\n"
    )
    with monkeypatch.context() as patch:
        patch.setattr(trees, "_ast_parse", lambda text: [asked.append(text), parse_with_python(text)][1])
        piece, grown = typed("        x100", f"        {new}\n", former)
    assert isinstance(grown, Unparsed)
    assert grown == parse(piece)
    assert grown.span.start.line == 202
    assert grown.by_python
    assert len(asked) == 1
    assert len(asked[0]) < 100


@pytest.mark.parametrize("new", ["        if y:\n", "        try:\n            z\n", "        for y in z:\n"])
def test_an_error_behind_a_statement_is_placed_in_the_whole(new):
    former = piece_of("def f():\n    if a:\n        x = 1\n        y = 2\n    return x\n")
    piece, grown = typed("        y", new, former)
    assert grown == parse(piece)


def test_what_python_has_not_accepted_is_asked_as_a_whole():
    """What it refuses first stands above the statement that the parser refuses."""
    newer = "    type Pair[T] = tuple[T, T]\n" if sys.version_info < (3, 12) else "    print `x`\n"
    former = piece_of(f"def f():\n{newer}    if a:\n        x = 1\n    return x\n")
    if isinstance(parse(former), Tree):
        piece, grown = typed("        x", "        y = = 1\n", former)
        assert grown == parse(piece)
        assert grown.span.start.line == 1


@pytest.mark.parametrize(
    ("new", "parsed"),
    [
        ("", []),
        ("        ", []),
        ("    # about it", []),
        ("\n", []),
        ("        x", ["if 1:\n        x\n\n    # c\n"]),
        ("    x = 1  # c\n", ["if 1:\n    x = 1  # c\n\n\n    # c\n"]),
        ("        x\n        y", ["if 1:\n        x\n        y\n\n    # c\n"]),
        ("        return (\n    )", ["if 1:\n        return (\n    )\n\n    # c\n"]),
    ],
)
def test_what_is_typed_between_statements_is_parsed_alone(new, parsed, monkeypatch):
    """However long the statement above it is; comments and blank lines are not parsed at all."""
    long = "".join(f"        z{n} = {n}\n" for n in range(200))
    former = piece_of(f"def f():\n    if a:\n{long}  \n\n    # c\n    return x\n")
    piece = piece_of(former.text.replace("\n  \n", f"\n{new}\n"))
    tree, texts, parse_module = parse(former), [], cst.parse_module
    with monkeypatch.context() as patch:
        patch.setattr(grafting.cst, "parse_module", lambda text: [texts.append(text), parse_module(text)][1])
        grown = regrow(piece, former, tree, accepted_by(former))
    assert texts == parsed
    assert check(piece, grown)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("def f():\n    '''a\n\n    b'''\n    x\n", "a\n\n", "a\n  \n"),
        ("def f():\n    x = [\n\n    1]\n    x\n", "[\n\n", "[\n    # c\n"),
        ("def f():\n    if a:\n        b\n\n    else:\n        c\n", "b\n\n", "b\n    d\n"),
        ("def f():\n    a\n\n    z\n    y\n", "a\n\n", "a\n    x = \\\n"),
        ("def f():\n    a\n\n    # ''' z\n    y\n", "a\n\n", "a\n    x = '''\n"),
        ("def f():\n    if a:\n        b\n\n    @d\n    def g(): pass\n", "b\n\n", "b\n    @e\n"),
        ("def f():\n    if a:\n        b\n\n    c\n", "b\n\n", "b\n      d\n"),
    ],
)
def test_what_only_seems_to_stand_between_statements(text, before, after):
    former = piece_of(text)
    assert before in text
    piece = piece_of(text.replace(before, after))
    check(piece, regrow(piece, former, parse(former), accepted_by(former)))


def test_the_old_tree_stays_as_it_was():
    former = piece_of(FUNCTION)
    tree = parse(former)
    before = tree.module.code
    regrow(piece_of(FUNCTION.replace("print(each)", "print(each, 2)")), former, tree, accepted_by(former))
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
