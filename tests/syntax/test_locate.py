"""Places of nodes: those of the library's own provider where its code is the source, exact where it is not."""

import random
from contextlib import contextmanager

import libcst as cst
import pytest
from libcst._nodes.internal import CodegenState
from libcst.metadata import MetadataWrapper, PositionProvider
from whysafe.syntax import locate as locating
from whysafe.syntax.locate import locate
from whysafe.syntax.position import Position, Span, span
from whysafe.syntax.source import line_starts
from whysafe.syntax.split import Piece, split
from whysafe.syntax.tree import Tree, children, parse


def descendants(*nodes):
    stack = [*reversed(nodes)]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed([*children(node)]))


def places_by_provider(module):
    """The class and place of every node but the frames, which pieces share between them."""
    provided = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    for node in outside_frames(module.body):
        start, end = provided[node].start, provided[node].end
        yield type(node), span(start.line - 1, start.column, end.line - 1, end.column)


def places_by_piece(text):
    line = 0
    for piece in split(text):
        tree = parse(piece)
        nodes = list(outside_frames(tree.body))
        if piece.header:
            # The body of a header is not in the text: a line and a `pass`.
            nodes = [node for node in nodes[:-2] if node not in {tree.body[0], tree.body[0].body}]
        places = locate(tree, piece.text, nodes)
        yield from ((type(node), places[node].shifted(line)) for node in nodes)
        line += piece.lines


def outside_frames(statements):
    """Nodes in source order, without frames, classes and their bodies, the contents of which are kept."""
    left_out = set(frames(statements))
    left_out.update(node.body for node in frames(statements))
    for node in descendants(*statements):
        if isinstance(node, cst.ClassDef):
            left_out.add(node.body)
        elif node not in left_out:
            yield node


def frames(statements):
    """Classes, and compound statements around definitions, that are not within a function."""
    for statement in statements:
        node = statement
        while node is not None:
            block = getattr(node, "body", None)
            if not isinstance(block, cst.IndentedBlock) or not isinstance(
                node, (cst.ClassDef, cst.If, cst.Else, cst.For, cst.While, cst.With)
            ):
                break
            if not isinstance(node, cst.ClassDef) and not isinstance(block.body[0], (cst.FunctionDef, cst.ClassDef)):
                break
            yield node
            yield from frames(block.body)
            node = getattr(node, "orelse", None)


def test_places_are_those_of_the_provider(library, on_big_stack):
    def compare():
        compared = 0
        for path, text in list(library.items())[11::180]:
            try:
                module = cst.parse_module(text)
            except cst.ParserSyntaxError:
                continue
            if module.code == text:
                found = list(places_by_piece(text))
                assert found == list(places_by_provider(module)), path
                compared += len(found)
        return compared

    assert on_big_stack(compare) > 20_000


def texts_of_calls(text):
    """The text at the place of each call of `mark`, and the places, found piece by piece."""
    lines = line_starts(text)
    first = 0
    for piece in split(text):
        tree = parse(piece)
        assert isinstance(tree, Tree), (piece, tree)
        nodes = [node for node in descendants(*tree.body) if isinstance(node, cst.Call)]
        for node in nodes:
            place = locate(tree, piece.text, [node])[node].shifted(first)
            start, end = (lines[at.line] + at.column for at in (place.start, place.end))
            yield text[start:end], start
        first += piece.lines


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n\x0cx = mark(1)\n",
        "if a:\n\x0c  x = mark(1)\n  mark(2)\n",
        "class A:\n\x0c  def f(self):\n\x0c    mark(1)\n  x = mark(2)\n",
        "class A:\n  \x0c  x = mark(1)\n",
        "try:\n  a\nexcept E :\n  mark(1)\nexcept (F) as g  : mark(2)\n",
        "if a:\n  x=1\n  \\\n  y=2\nz=mark(1)\n",
        "if a:\n  x=1\n  \\\n  \\\n  y=mark(1)\n  mark(2)\n",
        "if a:\n  x=1\n\\\n  y=mark(1)\n",
        "if a:\n  \\\n  mark(1)\n  \\\n\\\n  x = mark(2)\n",
        "class A:\r  \\\r  x = mark(1)\r  \\\r  y = mark(2)\r",
        "\\\nmark(1)\n\\\n  \\\n\nmark(2)\n",
        "class A:\n  x = 1\n  \\\n  y = mark(1)\n  z = mark(2)\n",
        "x = 1\ry = mark(1)\r",
        "class A:\r  x = mark(1)\r  y = '\\\r', mark(2)\r",
        "\ufeffmark(1)\n",
        "\ufeffclass A:\n  x = mark(1)\n",
        "\ufeff# c\n\x0cif a:\n  \\\n  mark('\ufeff\\\n  ')\n  mark(2)\n",
        "x = '''\r\n\n\r'''; mark(1)\r\nmark(\r\n2)\r\n",
        "x = 'é😀'; mark('😀')\n",
        "  # c\n\n\nmark(1)  # d",
        "x = [\n  mark(\n  1), # mark(2)\n mark(3)]\n",
    ],
)
def test_places_are_exact_where_generated_code_is_not_the_source(text):
    found = list(texts_of_calls(text))
    assert found
    expected = sorted(
        start for start in range(len(text)) if text.startswith("mark(", start) and text[start - 2 : start] != "# "
    )
    assert sorted(start for _, start in found) == expected
    assert all(part.startswith("mark(") and part.endswith(")") and part.count("(") == 1 for part, _ in found)


def test_the_parentheses_and_blanks_around_a_node_are_left_out():
    text = "x = ( (a) + b )  # c\n"
    piece = Piece(text, (), header=False, lines=1)
    tree = parse(piece)
    value = tree.body[0].body[0].value
    places = locate(tree, text, [value, value.left, tree.body[0]])
    assert places == {value: span(0, 6, 0, 13), value.left: span(0, 7, 0, 8), tree.body[0]: span(0, 0, 0, 15)}


def test_decorated_definitions_and_statements_begin_where_they_begin():
    text = "# c\n\n@a\n\n# d\ndef f():\n    # e\n    return 1  # f\n\n\n"
    piece = Piece(text, (), header=False, lines=9)
    tree = parse(piece)
    function = tree.body[0]
    places = locate(tree, text, [function, function.decorators[0], function.body.body[0], function.name])
    assert places[function.decorators[0]] == span(2, 0, 2, 2)
    assert places[function.name] == span(5, 4, 5, 5)
    assert places[function.body.body[0]] == span(7, 4, 7, 12)
    assert places[function].end == Position(7, 12)


def test_a_body_that_is_not_in_the_text_stands_at_its_end():
    piece = split("class A(B):\n  x\n")[0]
    tree = parse(piece)
    body = tree.body[0].body.body[0]
    assert locate(tree, piece.text, [body])[body] == Span(Position(1, 0), Position(1, 0))


def test_nodes_of_other_trees_are_left_out():
    piece = split("x = 1\n")[0]
    assert locate(parse(piece), piece.text, []) == {}
    assert locate(parse(piece), piece.text, [cst.Name("x")]) == {}


# --- by the logical lines of the nodes, and by the whole piece --------------------------------------------------------


@contextmanager
def generated_code():
    """The code that is generated meanwhile, in parts and without indentation."""
    tokens = []
    add_token = CodegenState.add_token

    def noted(state, value):
        tokens.append(value)
        add_token(state, value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CodegenState, "add_token", noted)
        yield tokens


def nodes_and_line_ends(*nodes):
    """All nodes, and what ends the headers among them."""
    for node in descendants(*nodes):
        yield node
        if isinstance(node, cst.IndentedBlock):
            yield node.header


def compare_ways(pieces, rng):
    """Compare both ways for all nodes and for a few; how many nodes there are, and how many are not found by lines."""
    compared, missed = 0, []
    by_piece = locating._by_piece
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locating, "_by_piece", lambda *given: missed.extend(given[-1]) or by_piece(*given))
        for piece in pieces:
            tree = parse(piece)
            if not isinstance(tree, Tree):
                continue
            nodes = [*nodes_and_line_ends(*tree.body)]
            expected = by_piece(tree, piece.text, set(nodes))
            assert locate(tree, piece.text, nodes) == expected, piece
            for count in (1, 3):
                few = rng.sample(nodes, min(count, len(nodes)))
                assert locate(tree, piece.text, few) == {node: expected[node] for node in few}, (piece, few)
            compared += len(nodes)
    return compared, len(missed)


def test_both_ways_give_equal_places(library, on_big_stack):
    pieces = [piece for text in [*library.values()][5::35] for piece in split(text) if not piece.header]
    compared, missed = on_big_stack(compare_ways, pieces, random.Random(1))
    assert compared > 60_000
    assert missed < compared / 100


@pytest.mark.parametrize(
    "text",
    [
        "if a:\n    f()\nelif b:\n    f()\nelif c: f()\nelse:\n    f()\n",
        "if a:\n    if b: f()\n    else: f()\nelse: f()\n",
        "try:\n    f()\nexcept A as a:\n    f()\nexcept (B, C): f()\nelse:\n    f()\nfinally:\n    f()\n",
        "try: f()\nexcept* A: f()\nfinally: f()\n",
        "for x in y:\n    f(x)\nelse:\n    f(x)\n",
        "while f():\n    break\nelse: f()\n",
        "async def g():\n    async with f() as a, f() as b:\n        await f()\n    async for x in f(): f()\n",
        "with (\n    f() as a,\n  f()  as b,\n):\n    f()\n",
        "match f():\n  case [A(b=1), *c] if f():\n    f()\n  case {'a': 1}: f()\n  # c\n  case _:\n    f()\n",
        "@f\n# c\n\n@f(\n    1\n)\n# c\ndef g(\n    a, # c\n    b: int = f(),\n) -> f: # c\n\n    '''d'''\n    # c\n",
        "@f\nclass A(f(), b=f):\n    @f\n    def g(self): return f()\n\n    @f\n    @f\n    async def h(self): ...\n",
        "def g():\n    f(); f() ; f();\n    f()  # c\n    pass;\n",
        "def g():\n    x = 1\n    x = 1\n    if x:\n        x = 1\n    x = 1\n",
        "def g():\n    x = \\\n        f()\n    '''\n  f()\n''' + f'''\n{f(\n1)}'''\n",
        "def g():\n    x = (  # c\n      (f()),\n    # c\n  )\n    f()\n",
        "def g():\n    def h():\n        def i():\n            f()\n            # c\n    # c\n    return h\n",
        "def g():\r\n    f()\r\n    if a:\r\n        f(1,\r\n          2)\r\n    '''\r\n'''\r\n",
        "def g():\n    f()\n    return f()",
        "def g():\n    return  # c",
        "def g(): return lambda a, *b, c=f(): (yield)",
        "def g():\n  if a:\n      f()\n  else :\n   f( a ,  * b )\n",
        "def g[T: f, *U](a: T) -> U:\n    type A[V] = f\n    return f\n",
        "x = f()",
    ],
)
@pytest.mark.parametrize("indent", ["", "  "])
def test_every_form_of_statement_is_located_by_its_lines(text, indent):
    text = "".join(indent + line for line in text.splitlines(keepends=True))
    piece = Piece(text, (0,) if indent else (), header=False, lines=text.count("\n"), kinds="c" if indent else "")
    compared, missed = compare_ways([piece], random.Random(1))
    assert (compared > 0, missed) == (True, 0)


@pytest.mark.parametrize(
    "text",
    [
        "class A(f()):\n    x = f()\n",  # the body that a header was given is not in the text
        "def g():\n\tif a:\n\t\tf()\n",
        "def g():\n    x = 1\n\x0c\n    f()\n",
        "def g():\n    x = 1\n    \\\n    y = 2\n    f()\n",
        "\ufefff()\n",
    ],
)
def test_what_cannot_be_paired_with_lines_is_located_by_the_piece(text):
    _, missed = compare_ways(split(text)[:1], random.Random(1))
    assert missed > 0


def long_function():
    text = "def g():\n" + "".join(f"    if x{n}:\n        y = f({n})\n        z = '''\n{n}'''\n" for n in range(300))
    return text, parse(Piece(text, (), header=False, lines=text.count("\n")))


def test_the_code_of_one_line_is_generated():
    text, tree = long_function()
    node = tree.body[0].body.body[150].body.body[0].body[0].value
    with generated_code() as tokens:
        places = locate(tree, text, [node])
    assert places == {node: span(602, 12, 602, 18)}
    assert "".join(tokens) == "y = f(150)\n"


def test_a_whole_function_is_located_by_its_last_line():
    text, tree = long_function()
    function = tree.body[0]
    with generated_code() as tokens:
        places = locate(tree, text, [function, function.body])
    assert places == {function: span(0, 0, 1200, 6), function.body: span(1, 4, 1200, 6)}
    assert "".join(tokens) == "z = '''\n299'''\n"


def test_a_header_is_generated_without_its_body():
    text = "@d\ndef g(a=f()):  # c\n" + "    x = 1\n" * 100
    tree = parse(Piece(text, (), header=False, lines=102))
    function = tree.body[0]
    default = function.params.params[0].default
    with generated_code() as tokens:
        places = locate(tree, text, [default, function.body.header])
    assert places == {default: span(1, 8, 1, 11), function.body.header: span(1, 13, 2, 0)}
    assert "".join(tokens) == "@d\ndef g(a=f()):  # c\n"


def test_only_lines_that_can_hold_a_node_are_looked_at(monkeypatch):
    text, tree = long_function()
    looked_at = []
    within = locating.within
    monkeypatch.setattr(locating, "within", lambda part: looked_at.append(part) or within(part))
    branch = tree.body[0].body.body[250]
    locate(tree, text, [branch.test, branch.body.body[0].body[0].value])
    assert looked_at == [branch, branch.body.body[0]]
