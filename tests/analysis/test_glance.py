"""The code of a text as the gate sees it."""

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis.glance import FORMATTED_QUOTE, QUOTE, Glance, readings


@pytest.mark.parametrize(
    ("text", "code", "strings"),
    [
        ("x = 1  # eval\n", "\nx = 1  ", ()),
        ("f('a',\n  b'c')\n", f"\nf({QUOTE}0{QUOTE},   b{QUOTE}1{QUOTE})", ("a", "c")),
        ("if x:\n    y()\n", "\nif x:\n    y()", ()),
        ('"""a\nb"""\nx\n', f"\n{QUOTE}0{QUOTE}\nx", ("a\nb",)),
        ("x = 1 + \\\n  2\n", "\nx = 1 +    2", ()),
        ("ｅｖａｌ(x)\n", "\neval(x)", ()),
        ("f'a{b}'\n", f"\nf{FORMATTED_QUOTE}a{{b}}'", ()),
    ],
)
def test_code(text, code, strings):
    glance = Glance(text)
    assert re.sub(r" +(?=\n|\Z)", "", glance.code) == code.rstrip()
    assert glance.strings == strings


def test_a_string_is_found_by_its_place():
    glance = Glance("f('a', 'b')")
    assert glance.string_at(glance.code.rindex(QUOTE, 0, glance.code.rindex(QUOTE))) == "b"
    assert glance.string_at(0) is None


@given(st.text(alphabet="ab'\"#\\\n({[f:}])", max_size=60))
def test_no_text_is_too_broken(text):
    glance = Glance(text)
    assert isinstance(glance.code, str)
    assert all(part in text for part in glance.strings)


@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        ("a", ("a",)),
        (r"\x61", (r"\x61", "a")),
        (r"\"q\'", (r"\"q\'", "\"q'")),
        (r"\d", (r"\d", r"\d")),
        (r"\x", (r"\x",)),
    ],
)
def test_readings_of_a_string(raw, texts):
    """Nothing is said of escapes that mean nothing: the code is somebody else's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert readings(raw) == texts
