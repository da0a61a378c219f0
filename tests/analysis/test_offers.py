"""What a piece can bind, told from its text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis import unit as units
from whysafe.analysis.binding import parameters
from whysafe.analysis.glance import Glance
from whysafe.analysis.offers import defined_names, may_bind_member, may_bind_name, module_names
from whysafe.analysis.program import Program
from whysafe.analysis.unit import bound_names, new_unit, offered, offered_members
from whysafe.rules import CATALOGUE
from whysafe.syntax import words
from whysafe.syntax.split import Piece, split
from whysafe.syntax.words import folded, words_of

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
    "(a) = [b, c] = d, = e",
    "(a): int",
    "a: int",
    "a.b: int = (c := 1)",
    "x = [1, (a := 2), f(b := 3)]",
    "x = f'{(a := 1)}'",
    "x = f'''\n{\n(a := 1)}'''",
    "x = 1; a, (b) = 2, 3; c: int",
    "if x: a = 1\nelif (b := 2): c: int\nelse: d += 1",
    "try: pass\nexcept E as a: b = 1\nelse: import c\nfinally: from .d import e as f, g",
    "for a, (b, *c) in x: pass\nelse: d = 1",
    "while (a := f()): b = 1",
    "match x:\n    case [a, *b]: pass\n    case {'k': c, **d}: pass\n    case E(e=f) | g if (h := 1): i = 2",
    "import a.b, c as d, e.f as g",
    "from a import (\n    b,  # c\n    d as e,\n)",
    "from .a import b; from a import c",
    "from a import *",
    "with (f(a) as b, g() as (c, [d])): e = 1",
    "a = \\\n    b = 1",
    "a, \\\n    b = 1, 2",
    "[a, b] = [c, d] = x",
    "a @= b; c >>= 1; d **= 2; e //= 3; f %= 4; g |= 5; h ^= 6",
    "type a[T] = list[T]",
    "x = lambda: (a := 1)",
    "async def f(): pass",
    "del a",
    "print(a, b=1)",
    "x = {a: b, **c}",
    "x[a:b, c] = d = e",
    "x.a, b = c",
    "if a: pass",
    "x = [a for a in b]",
]


@pytest.mark.parametrize("text", MODULE)
def test_module_names(text):
    unit = new_unit(split(text)[0])
    offered = {name for name in bound_names(unit, CATALOGUE) if not name.startswith((".", "*"))}
    assert offered <= (module_names(text, in_class=False) or words_of(text))
    assert all(may_bind_name(text, name) for name in (*offered, *(("*",) if "import *" in text else ())))


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


@given(
    st.lists(
        st.sampled_from(["def ", "class\t", "async ", "de", "x", " ", "\t", "\f", "\n", "\r", "\ufeff", "ｆ"]),
        max_size=14,
    ).map("".join)
)
def test_definitions_are_those_that_begin_a_line(text):
    text = "@x\n" + text
    begin = re.compile(r"(?:\A\ufeff?|[\r\n])([ \t\f]*)(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
    assert defined_names(text) == {name for blanks, name in begin.findall(folded(text)) if not blanks.expandtabs()}


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


@given(st.lists(st.sampled_from([text for text in MODULE if "def" not in text]), min_size=1, max_size=3))
def test_names_of_compound_statements(texts):
    body = "".join("    " + line + "\n" for text in texts for line in text.split("\n"))
    unit = new_unit(split(f"if x:\n{body}")[0])
    offered = {name for name in bound_names(unit, CATALOGUE) if not name.startswith(".")}
    assert all(may_bind_name(unit.piece.text, name) for name in offered)


@pytest.mark.parametrize(
    "text",
    [
        "x = a",
        "x = a(1)",
        "x = f(a, b=1)",
        "x = [a, 2]",
        "x = {a: 1}",
        "x = y[a:2]",
        "x.a = 1",
        "x = a == 1",
        "if a: pass",
        "from a import b",
        "'a = 1'",
        "# a = 1\nx = 2",
        "assert a, 'a = 1'",
        "x += a",
        "a.b = 1",
        "a[0] = 1",
        "a()",
    ],
)
def test_names_that_are_only_used(text):
    assert not may_bind_name(text, "a")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(a, b=1, *c, d, **e): return a", {"a", "d"}),
        ("    @x(1)\n    @y\n    async def f(self, a: int, b: 'x' = 2) -> list[int]:\n        return a", {"self", "a"}),
        ("# first\ndef f(\n    a,  # b\n    b,\n): pass", {"a", "b"}),
        ("def f(a): pass\nx = a", set()),
        ("def f(a): pass\ndef g(b): pass", set()),
        ("def f(a) -> lambda: a: pass", set()),
        ("def f(a) -> g(a): pass", set()),
        ("def f[T](a): pass", set()),
        ("class A:\n    def f(self, a): pass", set()),
        ("x = 1", set()),
    ],
)
def test_parameters(text, names):
    assert parameters(Glance(text).code)[0] == names


def test_what_is_only_used_is_not_parsed_for_a_name():
    """Who asks for a name parses the piece that binds it, and none that mentions it."""
    text = "table = [os, 1]\n'os and *'\nimport os\nother = f(os)\nos.system(x)\n"
    program = Program(text, CATALOGUE)
    assert len(program.findings()) == 1
    assert [unit.piece.text for unit in program.units if unit.tree is not None] == ["import os\n", "os.system(x)\n"]


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
        assert offered(unit) == offered(fresh)
        assert offered_members(fresh) <= offered_members(unit) <= unit.words


def test_a_keystroke_reads_its_lines_only(monkeypatch):
    read = []
    monkeypatch.setattr(words, "words_of", lambda text: [read.append(text), words_of(text)][1])
    monkeypatch.setattr(units, "words_of", words.words_of)
    text = METHOD[0] + "".join(METHOD[1:5]) * 200
    unit = new_unit(Piece(text, (4,), header=False, lines=801, kinds="c"))
    assert read == []
    for typed in ("v", "va", "val"):
        changed = text.replace("x = ", f"x{typed} = ", 1)
        unit = new_unit(Piece(changed, (4,), header=False, lines=801, kinds="c"), (unit,))
    assert read[0] == text
    assert max(map(len, read[1:])) < 30
    assert {"xva", "xv"} & unit.words == set()
    assert "xval" in unit.words
