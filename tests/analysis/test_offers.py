"""What a piece can bind, told from its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis import unit as units
from whysafe.analysis.offers import defined_names, may_bind_member, module_names
from whysafe.analysis.unit import bound_names, new_unit
from whysafe.rules import CATALOGUE
from whysafe.syntax import words
from whysafe.syntax.split import Piece, split
from whysafe.syntax.words import words_of

MODULE = [
    "def f(): pass",
    "# first\n\n@decorate(\n    'def g'\n)\nasync def f(x=(y := 1)):\n    global a, b\n    a = b = z = 1",
    "class C(B): pass",
    "def f():\n    '''\ndef g\n    '''\n    return [w for w in x if (v := w)]",
    "x, (y, *z) = 1, 2",
    "if (a := 1):\n    import b.c as d\nelse:\n    from e import *",
    "with f() as g, h() as (i, j): pass",
    "def f():\n    def g():\n        nonlocal x\n        global y\n        y = 1",
    "ｆ = 1",
    "def ｆ(): pass",
]


@pytest.mark.parametrize("text", MODULE)
def test_module_names(text):
    unit = new_unit(split(text)[0])
    offered = {name for name in bound_names(unit, CATALOGUE) if not name.startswith((".", "*"))}
    assert offered <= module_names(text, words_of(text), in_class=False)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(): pass", {"f"}),
        ("    @a\n    @b\n    def f(self):\n        def g(): ...", {"f"}),
        ("# c\n\nasync  def f(): pass", {"f"}),
        ("x = 1", None),
    ],
)
def test_defined_names(text, names):
    assert defined_names(text) == names


STATEMENTS = [
    "self.a = 1",
    "self.b, self.c = x",
    "(self.d, [self.e]) = x",
    "for self.f in x: pass",
    "with y(1) as self.g: pass",
    "with y() as (self.h, z): pass",
    "self.i: int = 1",
    "if x: self.j: int = 1",
    "x = [1 for self.k in y]",
    "z(1 for self.l in y)",
    "self.m += 1",
    "x = self.n = 1",
    "x = f'{{'; self.o = 1",
    "z(x).y, self.p = 1, 2",
    "(\n    self.q,\n) = x",
    "z(self.r, x=1)",
    "x = self.s",
    "x = y[self.t : 1]",
    "if self.u: pass",
    "z(self.v)",
]


@given(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=4))
def test_attributes(statements):
    """Whatever the walk binds to `self` is a name that the text is said to bind."""
    body = "\n".join("        " + line.replace("\n", "\n        ") for line in statements)
    text = f"class C:\n    def method(self, x, y, z):\n{body}\n"
    member = split(text)[1]
    unit = new_unit(member)
    bound = {name[1:] for name in bound_names(unit, CATALOGUE) if name.startswith(".")}
    assert all(may_bind_member(member.text, name) for name in bound)


@pytest.mark.parametrize("text", ["z(self.v, x=1)", "x = y[self.v : 1]", "if self.v: pass", "self.v == 1"])
def test_a_use_binds_nothing(text):
    assert not may_bind_member(f"    def method(self):\n        {text}\n", "v")


METHOD = [
    "    def f(self):\n",
    "        self.a = 1\n",
    "        (self.\n",
    "          b) = 2\n",
    "        x = self.c\n",
    "        for self.d in x: pass\n",
    "\n",
    "        self.e[1] += 2\n",
    "        # é\n",
    "        (self.g := 1)\n",
    "        del self.h\n",
]
LINES = st.lists(st.sampled_from(METHOD), max_size=12)


@given(LINES, st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.lists(st.sampled_from(METHOD), max_size=2))))
def test_what_an_edited_piece_tells_is_what_its_text_tells(lines, edits):
    """Its words exactly, and no member less; none that is no word of it."""

    def piece_of(lines):
        text = METHOD[0] + "".join(lines)
        return Piece(text, (4,), header=False, lines=text.count("\n"), kinds="c")

    unit = new_unit(piece_of(lines))
    for place, count, new in edits:
        lines = [*lines[:place], *new, *lines[place + count :]]
        unit = new_unit(piece_of(lines), (unit,))
        fresh = new_unit(unit.piece)
        assert unit.words == fresh.words
        assert unit.offers == fresh.offers
        assert fresh.members <= unit.members <= unit.words


def test_a_keystroke_reads_its_lines_only(monkeypatch):
    read = []
    monkeypatch.setattr(words, "words_of", lambda text: [read.append(text), words_of(text)][1])
    monkeypatch.setattr(units, "words_of", words.words_of)
    text = METHOD[0] + "".join(METHOD[1:5]) * 200
    unit = new_unit(Piece(text, (4,), header=False, lines=801, kinds="c"))
    assert read == [text]
    for typed in ("v", "va", "val"):
        changed = text.replace("x = ", f"x{typed} = ", 1)
        unit = new_unit(Piece(changed, (4,), header=False, lines=801, kinds="c"), (unit,))
    assert max(map(len, read[1:])) < 30
    assert {"xva", "xv"} & unit.words == set()
    assert "xval" in unit.words
