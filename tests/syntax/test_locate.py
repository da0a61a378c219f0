"""Places of nodes: those of the library's own provider where its code is the source, exact where it is not."""

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider
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
