"""The code of a text as the gate sees it."""

import inspect
import re
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis import glance as glances
from whysafe.analysis.glance import FORMATTED_QUOTE, QUOTE, Glance, readings
from whysafe.syntax import lexer
from whysafe.syntax.split import split
from whysafe.syntax.words import words_of


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


def parts(text):
    """The glance of each piece, taken from that of the whole text, and one of the piece alone."""
    whole = Glance(text)
    assert whole.code is not None
    start = 0
    for piece in split(text, whole.lines):
        words = words_of(piece.text)
        yield whole.part(piece.text, start, words), Glance(piece.text, words)
        start += len(piece.text)


def seen(glance):
    """The code and strings of a glance, with each string in the place of its number."""
    code = re.sub(f"{QUOTE}([0-9]+){QUOTE}", lambda found: repr(glance.string(int(found.group(1)))), glance.code)
    return code, glance.strings, glance.words


@given(
    st.lists(
        st.sampled_from(
            [
                "x = 'a'\n",
                "def f():\n",
                "    y('b', 'c')\n",
                "(",
                ")",
                "'",
                '"""',
                "f'{x}'\n",
                "# no\n",
                "\\\n",
                "\r\n",
                "\0",
                "é",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_a_part_is_seen_as_by_itself(text):
    for part, alone in parts(text):
        assert seen(part) == seen(alone)


def test_parts_of_a_module_are_not_read_again(monkeypatch):
    text = Path(inspect.getsourcefile(inspect)).read_text(encoding="utf-8")
    known = [(seen(part), seen(alone)) for part, alone in parts(text)]
    assert len(known) > 100
    assert all(part == alone for part, alone in known)
    scans = []
    monkeypatch.setattr(glances, "scan", lambda text: scans.append(text) or lexer.scan(text))
    assert all(part.code is not None for part, _ in parts(text))
    assert scans == [text]


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
