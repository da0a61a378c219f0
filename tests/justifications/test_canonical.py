import libcst as cst
import pytest
from whysafe.justifications.canonical import canonical


def form(code):
    return canonical(cst.parse_module(code + "\n").body[0])


EQUAL = [
    ["f(a,b)", "f( a, b )", "f(\n    a,  # first\n    b,\n)", "(f)((a), b,)"],
    [
        "x = 'a'",
        'x = "a"',
        'x = """a"""',
        "x = u'a'",
        "x = ('a')",
        "x = r'a'",
        "x = '\\x61'",
        "x = '\\141'",
        "x = '\\u0061'",
    ],
    ["x = 'ab'", "x = 'a' 'b'", "x = ('a'\n     'b')", "x = 'a\\\nb'", "x = f'ab'", "x = f'a' 'b'", "x = '' 'ab'"],
    ["x = b'ab'", "x = B'a' b'b'", "x = rb'ab'", "x = Rb'ab'", "x = b'\\x61b'"],
    [
        "x = f'a{b}c'",
        "x = 'a' f'{b}c'",
        "x = f'a{ b }' 'c'",
        'x = f"a{b}" f"" f"c"',
        "x = f'\\x61{b}c'",
        "x = F'a{(b)}c'",
    ],
    ["x = f'{{{a}}}'", "x = '{' f'{a}' '}'"],
    ["x = f'{a:>{w}}'", "x = f'{a:>{ w }}'", 'x = f"{a:{">"}{w}}"'][:2],
    ["x = f'{a[\"b\"]}'", "x = f\"{a['b']}\""],
    ["x = f'{a!r:x}'", "x = f'{ a!r:x}'"],
    ["x = 255", "x = 0xFF", "x = 0xff", "x = 0o377", "x = 0b1111_1111", "x = 2_55", "x = (255)"],
    ["x = 0", "x = 00", "x = 0_0"],
    ["x = 1.5", "x = 1.50", "x = 15e-1", "x = 1_5E-1", "x = 0.15e1"],
    ["x = 2j", "x = 2J", "x = 2.0j"],
    ["from a import b, c as d", "from a import (c as d, b,)", "from a import (\n    b,\n    c as d,\n)"],
    ["import b, a", "import a,b"],
    ["x = 'é'", "x = '\\xe9'", "x = '\\u00e9'"],
    ["return_ = (yield_,)", "return_ = yield_,"],
    ["for (a, b) in (c): pass", "for a, b in c:\n    other()"],
    ["with (a as b, c): pass", "with a as b, c:\n    x\n"],
    ["class A: pass", "class A():\n    x = 1", "class A:\n    def f(self): ..."],
    ["def f(a, *, b=1) -> (int): pass", "def f(\n    a,\n    *,\n    b=1,\n) -> int:\n    return 2"],
    ["if a:\n    b\nelse:\n    c", "if (a): d"],
    ["try:\n    a\nexcept B:\n    c", "try: x\nfinally: y"],
    ["match (a):\n    case 1: pass", "match a:\n    case 2:\n        b"],
    ["x[a, b]", "x[a,b,]", "x[a, b,]"],
    ["x[a:b]", "x[a : b :]", "x[(a):b]"],
    ["f(a); g(b)", "f(a);g(b);"],
    ["@d\ndef f(): pass", "@d\n# why\ndef f():\n    x"],
    ['"""Some\n    text."""', "'Some text.'", '"""  Some\n\ttext.\n\n"""'],
    ["del (a, b)", "del a, b"],
    ["assert a, (b)", "assert (a), b"],
    ["ｅｖａｌ(x)", "eval(x)"],  # an identifier in full-width letters is what is tested
    ["lambda a , b = 1 : (a)", "lambda a, b=1: a"],
    ["x = a if b else c", "x = (a) if (b) else (c)"],
    ["x = 'a\\r\\nb'", "x = 'a\\x0d\\x0ab'"],
    ["x = t'a{b}'", "x = t'\\x61{ b }'"],
    ["print(*a, **b)", "print(* a, ** b)"],
    ["a != b", "(a) != (b)"],
]
DIFFERENT = [
    "x = 1", "x = 1.0", "x = 1j", "x = True", "y = 1", "x: int = 1", "x += 1", "x == 1", "x = '1'", "x = b'1'",
    "x = t'1'",
    "x = -1", "x = +1", "x = ~1", "x = not 1", "x = f'{1}'", "x = t'{1}'", "x = f'{1!r}'", "x = f'{1!s}'",
    "x = f'{1:x}'",
    "x = f'{1=}'", "x = f'{1 = }'", "x = f'{1}x'", "x = f'x{1}'", "x = r'\\n'", "x = '\\n'", "x = '\\\\N{DASH}'",
    "x = '\\N{DASH}'", "x = [1]", "x = (1,)", "x = {1}", "x = {1: 1}", "x = {**a}", "x = [*a]", "x = [a for a in b]",
    "x = {a for a in b}", "x = (a for a in b)", "x = [a async for a in b]", "x = {a: a for a in b}", "x[a]",
    "x[a,]", "x[a, b]",
    "x[*a]", "x[a:b]", "x[a:]", "x[:a]", "x[::a]", "x[:]", "f(a)", "f(*a)", "f(**a)", "f(a=a)", "f(a, b)",
    "f(b, a)", "f", "f.a",
    "a.f", "import a", "import a.b", "import a as b", "from a import b", "from . import b", "from .. import b",
    "from .a import b",
    "from a import *", "from a import b as c", "raise a", "raise a from b", "assert a", "assert a, b", "del a",
    "global a",
    "x = yield_", "x = lambda: a", "x = lambda a: a", "x = lambda *a: a", "x = lambda a, /: a", "x = lambda *, a: a",
    "x = lambda a=b: a", "def f(): pass", "async def f(): pass", "def f(a): pass", "def f(a, /): pass",
    "def f(*, a): pass",
    "def f(*a): pass", "def f(**a): pass", "def f(a=b): pass", "def f(a: b): pass", "def f() -> b: pass",
    "@a\ndef f(): pass",
    "def f[T](): pass", "def f[*T](): pass", "def f[**T](): pass", "def f[T: b](): pass", "def f[T = b](): pass",
    "class A: pass", "class A(b): pass", "class A(b=b): pass", "class A(*b): pass", "if a: pass", "while a: pass",
    "for a in b: pass", "with a: pass", "with a as b: pass", "with a, b: pass", "with (a, b) as c: pass",
    "try:\n a\nfinally:\n b",
    "match a:\n case _: pass", "type A = b", "pass", "break", "continue", "...", "'text'", "x = a or b",
    "x = a and b",
    "x = a or b or c", "x = a or (b or c)", "x = a + b + c", "x = a + (b + c)", "x = a < b < c", "x = (a < b) < c",
    "x = a in b",
    "x = a not in b", "x = a is b", "x = a is not b", "x = not a in b or c", "x = (y := 1)", "x = await_",
    "f(a); g(b)", "f(a, 'b')",
    "x = y = 1", "x, y = 1", "x = 1, 2", "x = (1, (2,))", "x = 'a\"b'", "x = 'a\\'b'", "x = 'a\\\\nb'",
    "x = '\\ud800'", "x = 'a,b'",
]  # fmt: skip


@pytest.mark.parametrize("codes", EQUAL, ids=lambda codes: codes[0])
def test_one_meaning_has_one_form(codes):
    assert {form(code) for code in codes} == {form(codes[0])}


def test_other_meanings_have_other_forms():
    forms = {}
    for code in DIFFERENT:
        assert forms.setdefault(form(code), code) == code


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(end):
    assert form(f'x = """a{end}b""" + f({end}1)') == form('x = """a\nb""" + f(\n1)')


def test_a_form_is_one_line_of_text():
    assert "\n" not in form('x = """a\nb\rc"""')


@pytest.mark.parametrize("number", ["9" * 100_000, "0x" + "f" * 100_000, "1" * 10_000 + ".5", "1e999"])
def test_huge_numbers(number):
    assert form(f"x = {number}") != form("x = 1")


def test_long_chains():
    assert form("x = " + " + ".join("a" * 300)).count("Name(a)") == 300


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("match a:\n case [b, c]: pass", "match a:\n case (b, c): pass"),
        ("match a:\n case b, c: pass", "match a:\n case (b, c,): pass"),
        ("match a:\n case A(b, c=1) | 2: pass", "match a:\n case (A(b, c=(1)) | (2)): pass"),
        ("match a:\n case {'b': 1, **c} if d: pass", 'match a:\n case {"b": 1, ** c, } if (d): x'),
    ],
)
def test_patterns(one, other):
    first, second = (canonical(cst.parse_module(code).body[0].cases[0]) for code in (one, other))
    assert first == second
