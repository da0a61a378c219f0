"""A tree that was grown along with edits is the tree of the new text; places in it are those of the new text."""

import random
import sys
from dataclasses import replace

import libcst as cst
import pytest
from grown import accepted_by, check, piece_of
from whysafe.syntax import graft as grafting
from whysafe.syntax import locate as locating
from whysafe.syntax import tree as trees
from whysafe.syntax.locate import locate
from whysafe.syntax.split import split
from whysafe.syntax.tree import Tree, Unparsed, parse, regrow

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
    grown = regrow(piece_of(text), former, parse(former), accepted_by(former))
    assert isinstance(grown, Tree)
    monkeypatch.setattr(locating.cst, "parse_module", lambda _: pytest.fail("a fresh parse"))
    first, branch, *_, last = grown.body[0].body.body
    places = locate(grown, text, [first, branch, last])
    assert [places[node].start.line for node in (first, branch, last)] == [1, 2, text.count("\n") - 1]
    assert places[branch].end.line == 12
