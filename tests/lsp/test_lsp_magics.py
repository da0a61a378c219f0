"""IPython's syntax as Python of the same length."""

import ast
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.lsp.documents import split
from whysafe.lsp.magics import mask, order_lines, separator
from whysafe.syntax.lexer import LINE, scan


@pytest.mark.parametrize(
    ("cell", "masked"),
    [
        ("x = 1\n", "x = 1\n"),
        ("%matplotlib inline\nx = 1", "0                 \nx = 1"),
        ("!pip install x  # quiet's\nx = (a\n%2)", "0                        \nx = (a\n%2)"),
        ("!!ls\n!a", "0   \n0 "),
        ("!", "0"),
        ("?", "0"),
        ("?len\nlen?\nnp.a*??\n%time?\nx[0].y?  ", "0   \n0   \n0      \n0     \n0        "),
        ("if a:\n    !ls\n    %cd ..\nelse:\n\t?x", "if a:\n    0  \n    0     \nelse:\n\t0 "),
        ("x = !ls -l", "x = _     "),
        ("a, *b = %sql select", "a, *b = _          "),
        ('x.y["k"][0] =!ls', 'x.y["k"][0] =_  '),
        ("x = %time eval(y)", "x =       eval(y)"),
        ("%time x = eval(y)", "0    ;x = eval(y)"),
        ("%timeit -n 10 -r3 f(x)", "0                ;f(x)"),
        ("%timeit", "0      "),
        ("!ls \\\n  -l\nx", "0    \n    \nx"),
        ("x = !ls \\\r\n  -l\r\nx", "x = _    \r\n    \r\nx"),
        ("%%bash\necho 'it'\n", "      \n         \n"),
        ("\n  \n%%html\n<b>", "\n  \n      \n   "),
        ("%%time\neval(x)\n", "0     \neval(x)\n"),
        ("%%capture out --no-stderr\neval(x)", "0                        \neval(x)"),
        ("x = 1\n%%bash\ny", "x = 1\n0     \ny"),
        (",f a b\n;g a\n/h 1", "0     \n0   \n0   "),
        ('"""\n%x\n"""', '"""\n%x\n"""'),
        ("x = a \\\n% b", "x = a \\\n% b"),
        ("x = f(a\n  %b)\n!ls", "x = f(a\n  %b)\n0  "),
        ("print(f'{x=!r}')", "print(f'{x=!r}')"),
        ("x != y\nz == y\na %= 2", "x != y\nz == y\na %= 2"),
        ("s = 'ok?'\n# why?\n", "s = 'ok?'\n# why?\n"),
        ("s = '%x' % x", "s = '%x' % x"),
        ("!echo é漢𝄞", "0        "),
    ],
)
def test_what_is_no_python_is_masked(cell, masked):
    assert mask(cell) == masked
    ast.parse(masked.lstrip())


CELLS = st.text(st.sampled_from("%!?=\\\"'()[]{}#;,/ \t\n\rabf0é𝄞"), max_size=60)


@given(CELLS)
def test_nothing_moves(cell):
    masked = mask(cell)
    assert [len(line) for line in split(masked)] == [len(line) for line in split(cell)]
    assert [line[len(line.rstrip("\r\n")) :] for line in split(masked)] == [
        line[len(line.rstrip("\r\n")) :] for line in split(cell)
    ]


@given(CELLS)
def test_masked_text_has_nothing_left_to_mask_at_its_first_line(cell):
    assert not mask(cell).lstrip(" \t\r\n").startswith(("%", "!", "?"))


@pytest.mark.parametrize(("cell", "lines"), [("x", 0), ("%%time\nx", 1), ("\n\n%%bash\nx", 3), ("%time\n", 0), ("", 0)])
def test_an_order_for_a_cell_keeps_the_first_lines(cell, lines):
    assert order_lines(cell) == lines


@pytest.mark.parametrize(
    "cell",
    [
        "x = 1",
        "x = (1,",
        "x = {1: [2, f(",
        'x = """abc',
        "x = '''abc\n\n",
        'x = f"""{a} b',
        'x = f"""{a',
        "x = f'''{a:{b",
        "x = 'abc",
        'x = """a""" + """b',
        "if x:",
        "# justified[x] accepted: y",
        "",
    ],
)
def test_the_next_cell_begins_a_statement_whatever_the_last_one_left_open(cell):
    body = cell + "\n" + separator(cell + "\n")
    starts = [begin for kind, begin, _ in scan(body + "below = 1\n") if kind == LINE]
    assert len(body) in starts


@pytest.mark.parametrize("piece", ["%x ", "a?", "x = !", "[", "a.", "\\\n", "%time ", "=", '"""', "-n 1 ", "'"])
def test_masking_takes_linear_time(piece):
    def seconds(size):
        text = "x" + piece * (size // len(piece))
        return min(_timed(text) for _ in range(3))

    def _timed(text):
        began = time.process_time()
        separator(mask(text))
        return time.process_time() - began

    assert seconds(200_000) < 0.05 + 16 * seconds(25_000)
