"""The code of a text as the gate sees it."""

import inspect
import random
import re
import textwrap
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis import glance as glances
from whysafe.analysis.glance import FORMATTED_QUOTE, QUOTE, Glance, readings
from whysafe.checker import document_of
from whysafe.syntax import lexer
from whysafe.syntax.split import split
from whysafe.syntax.validity import accepts
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
        ("f'a{b[\"c\"]}', 'd'\n", f"\nf{FORMATTED_QUOTE}a{{b[{QUOTE}0{QUOTE}]}}', {QUOTE}1{QUOTE}", ("c", "d")),
        ('f"""\n{a}\n"""\nx\n', f'\nf{FORMATTED_QUOTE} {{a}} """\nx', ()),
        ("x = (  # '\n  'a'\r\n\n)\ny\n", f"\nx = (     {QUOTE}0{QUOTE}   )\ny", ("a",)),
    ],
)
@pytest.mark.parametrize("accepted", [True, False])
def test_code(text, code, strings, accepted):
    glance = Glance(text, accepted=accepted)
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


def parts(text, *, accepted=False):
    """The glance of each piece, taken from that of the whole text, and one of the piece alone."""
    whole = Glance(text, accepted=accepted)
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
                "\u0301",
                "ﬁ",
                "f'…'",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_a_part_is_seen_as_by_itself(text):
    for part, alone in parts(text):
        assert seen(part) == seen(alone)


@pytest.mark.parametrize("accepted", [True, False])
def test_parts_of_a_module_are_not_read_again(monkeypatch, accepted):
    text = Path(inspect.getsourcefile(inspect)).read_text(encoding="utf-8")
    known = [(seen(part), seen(alone)) for part, alone in parts(text, accepted=accepted)]
    assert len(known) > 100
    assert all(part == alone for part, alone in known)
    scans = []
    monkeypatch.setattr(glances, "scan", lambda text: scans.append(text) or lexer.scan(text))
    assert all(part.code is not None for part, _ in parts(text, accepted=accepted))
    assert scans == ([] if accepted else [text])


TYPED = [
    *("'", '"', '"""', "(", "]", "x = ", "    ", "é", "\n", "\r\n", "\\\n"),
    *("# '(\n", "'a'\n", "f'{x}'", "f'{d[\"k\"]}'"),
]


def read(text, *, accepted):
    """What a glance of a text says of it and its pieces."""
    glance = Glance(text, accepted=accepted)
    pieces = [seen(part) for part, _ in parts(text, accepted=accepted)]
    return glance.code, glance.strings, glance.lines, split(text, glance.lines), pieces


def test_valid_text_is_read_as_any_other():
    """Modules, and what edits of some lines of them leave valid."""
    rng = random.Random(0)
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(inspect.__file__).parent.glob("*.py"))]
    whole = [text for text in rng.sample(texts, 30) if accepts(text)]
    edited = []
    for _ in range(2_500):
        lines = rng.choice(texts).splitlines(keepends=True)
        first = rng.randrange(len(lines) + 1)
        text = textwrap.dedent("".join(lines[first : first + rng.randrange(60)]))
        place = rng.randrange(len(text) + 1)
        edited.append(text[:place] + rng.choice(TYPED) + text[place + rng.choice((0, 0, 1, 3)) :])
    valid = [text for text in edited if accepts(text)]
    assert len(valid) > 200
    for text in (*whole, *(text.replace("\n", "\r\n") for text in whole), *valid):
        assert read(text, accepted=True) == read(text, accepted=False)


def test_python_is_asked_once_about_a_document(monkeypatch):
    asked = []
    monkeypatch.setattr(glances, "accepts", lambda text: asked.append(text) or accepts(text))
    for text in ("x = 1\n", "import os\nos.system(x)\n", "x = 1 # nosec\n", "x = (\n"):
        document = document_of(text)
        if document is not None:
            document.facts()
        assert asked.pop() == text
        assert asked == []


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
