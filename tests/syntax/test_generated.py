"""Places in one logical line, and none where the source does not say what the tree says."""

import libcst as cst
import pytest
from whysafe.syntax.generated import places_in_line

MODULE = cst.parse_module("if a:\n    x = f(1)\nelse : y\n")
BRANCH = MODULE.body[0]
LINE = BRANCH.body.body[0]


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("x = f(1)\n", (4, 8)),
        ("x = f(1)", (4, 8)),
        ("x = f(1)\n\n  # c\n", (4, 8)),
        ("x = \\\n  f(1)\n", (8, 12)),
        ("x  = f( 1 ) \n# c\n", (5, 11)),
    ],
)
def test_the_place_of_a_node_in_its_line(source, place):
    call = LINE.body[0].value
    assert places_in_line(LINE, MODULE, "    ", source, [call])[call] == place


@pytest.mark.parametrize("source", ["x = f(2)\n", "x = f(1)(2)\n", "x = f(1); y\n", "x = f(\n# c\n1)\n", "x = f", ""])
def test_none_where_the_source_says_something_else(source):
    assert places_in_line(LINE, MODULE, "    ", source, [LINE.body[0].value]) == {}


def test_a_header_has_no_place_but_what_stands_in_it_has():
    assert places_in_line(BRANCH, MODULE, "", "if a:\n", [BRANCH, BRANCH.test]) == {BRANCH.test: (3, 4)}
    assert places_in_line(BRANCH, MODULE, "", "elif a:\n", [BRANCH.test]) == {BRANCH.test: (5, 6)}


def test_what_stands_behind_its_colon_belongs_to_a_header():
    other = BRANCH.orelse
    assert places_in_line(other, MODULE, "", "else : y\n", [other, other.body]) == {other: (0, 8), other.body: (7, 8)}
