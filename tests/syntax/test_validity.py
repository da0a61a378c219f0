"""Python's word that a text is valid."""

import ast
import sysconfig
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.syntax.validity import accepts, is_plain


def parses(text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


@given(
    st.lists(
        st.sampled_from(["x", "=", "1", "\n", " ", "(", ")", ":", "if", "'", "# c", "\\", "return", "\f"]), max_size=12
    )
)
def test_says_what_the_parser_says(parts):
    text = "".join(parts)
    assert accepts(text) is parses(text)


@pytest.mark.parametrize("name", ["ast.py", "typing.py", "tarfile.py", "this.py"])
def test_real_modules_are_valid_and_broken_ones_are_not(name):
    text = (Path(sysconfig.get_paths()["stdlib"]) / name).read_text(encoding="utf-8")
    assert accepts(text)
    assert not accepts(text + "\nx = (\n")


@pytest.mark.parametrize(
    "text",
    [
        "from __future__ import braces\n",
        "from __future__ import annotations\nx: int\n",
        "return\n",
        "def f(a, a): ...\n",
    ],
)
def test_only_the_syntax_counts(text):
    """What a compiler refuses later on is still a text that can be read."""
    assert accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".b" * 100_000,
        "a" + "()" * 100_000,
        "1" + "+1" * 100_000,
        "not " * 20_000 + "x",
        "(" * 199 + ")" * 199,
        "match x:\n case " + "[" * 150 + "a" + "]" * 150 + ": pass\n",
        "x = " + "[" * 100_000,
        "if a: pass\n" + "elif a: pass\n" * 20_000,
    ],
)
def test_hostile_texts_take_no_time(text):
    before = time.process_time()
    accepts(text)
    assert time.process_time() - before < 5


@pytest.mark.parametrize(("text", "plain"), [("x = 1\n", True), ("\tx\n", False), ("x = 1 + \\\n 2\n", False)])
def test_where_parsers_can_disagree(text, plain):
    assert is_plain(text) is plain
