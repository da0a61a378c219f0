"""A tree that was grown along with edits is the tree of the new text; places in it are those of the new text."""

import random

import libcst as cst
import pytest
from grown import check, piece_of
from whysafe.syntax import graft as grafting
from whysafe.syntax import locate as locating
from whysafe.syntax.locate import locate
from whysafe.syntax.split import split
from whysafe.syntax.tree import Tree, parse, regrow

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
