"""What a piece can bind, told from its text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis.offers import defined_names, may_bind_member, module_names
from whysafe.analysis.unit import bound_names, new_unit
from whysafe.rules import CATALOGUE
from whysafe.syntax.split import split
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
