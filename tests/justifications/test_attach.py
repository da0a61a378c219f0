import pytest
from whysafe.justifications.attach import attached_line, indentation
from whysafe.justifications.comment import parse_blocks
from whysafe.syntax.comments import comments
from whysafe.syntax.source import split_lines

BLOCK = "# justified[a] accepted: because\n#   -- M. Smit, 2026-11-24\n"


def attached(text):
    found = comments(text)
    (block, *_) = parse_blocks(found)
    return attached_line(block, split_lines(text), {comment.line for comment in found if comment.own_line})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BLOCK + "f()\n", 2),
        (BLOCK + "f()", 2),
        (BLOCK + "# nosemgrep\n# prose\nf()\n", 4),
        (BLOCK + "# justified[b] accepted: another\nf()\n", 3),
        (BLOCK + "\nf()\n", None),
        (BLOCK + "   \nf()\n", None),
        (BLOCK + "\f\nf()\n", None),
        (BLOCK + "# prose\n\nf()\n", None),
        (BLOCK, None),
        (BLOCK + "# the end", None),
        ("def g():\n    pass\n" + BLOCK + "f()\n", 4),
        ("def g():\n" + BLOCK.replace("#", "    #") + "    f()\n", 3),
        ("def g():\n" + BLOCK.replace("#", "\t#") + "\tf()\n", 3),
        ("def g():\n" + BLOCK.replace("#", "\t#") + "        f()\n", None),
        ("def g():\n" + BLOCK + "    f()\n", None),
        ("def g():\n    f()\n" + BLOCK.replace("#", "    #") + "f()\n", None),
        (BLOCK.replace("\n", "\r\n") + "f()\r\n", 2),
        (BLOCK.replace("\n", "\r\n") + "\r\nf()\r\n", None),
        (BLOCK + "\ff()\n", 2),
        ("x = 1\nf()  # justified[a] accepted: because\n", 1),
    ],
)
def test_attached_line(text, line):
    assert attached(text) == line


@pytest.mark.parametrize(
    ("line", "indent"), [("x", ""), ("    x", "    "), ("\t x", "\t "), ("\f  x", "  "), ("\ufeffx", ""), ("", "")]
)
def test_indentation(line, indent):
    assert indentation(line) == indent
