"""Comments: where they stand, and that text in strings is none."""

import libcst as cst
import pytest
from whysafe.syntax.comments import Comment, comments


def test_places_and_kinds():
    assert comments("# a\nx = '# no'  # b\r\n\t# c\rf(  # d\n  # e\n)\n'''\n# no\n'''  # f") == (
        Comment(0, 0, "# a", own_line=True),
        Comment(1, 12, "# b", own_line=False),
        Comment(2, 1, "# c", own_line=True),
        Comment(3, 4, "# d", own_line=False),
        Comment(4, 2, "# e", own_line=True),
        Comment(8, 5, "# f", own_line=False),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("#", ["#"]),
        ("x", []),
        ("f'{x # a\n}'", ["# a"]),
        ("f'{x:#>3}#' # b", ["# b"]),
        ("'unclosed # no\n# yes", ["# yes"]),
        ("'''unclosed # no\n# no", []),
        ("f(\n# a\ndef g(: # b\n", ["# a", "# b"]),
        ("x = 1 \\\n# a\n", ["# a"]),
        ("# a\u2028b\x0cc\x0b\n", ["# a\u2028b\x0cc\x0b"]),
        ("'\\\n# no'  # yes", ["# yes"]),
        ("#!/usr/bin/python\n# coding: utf-8\n", ["#!/usr/bin/python", "# coding: utf-8"]),
    ],
)
def test_texts(text, expected):
    assert [comment.text for comment in comments(text)] == expected


def test_a_byte_order_mark_stands_before_no_code():
    assert comments("\ufeff# a\n") == (Comment(0, 1, "# a", own_line=True),)


def test_comments_of_the_library_are_those_of_the_parser(library):
    for path, text in list(library.items())[::60]:
        try:
            module = cst.parse_module(text)
        except cst.ParserSyntaxError:
            continue
        assert [comment.text for comment in comments(text)] == [node.value for node in comment_nodes(module)], path


def comment_nodes(module):
    stack = [module]
    while stack:
        node = stack.pop()
        if isinstance(node, cst.Comment):
            yield node
        stack.extend(reversed(node.children))
