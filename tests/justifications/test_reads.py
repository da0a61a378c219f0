import libcst as cst
import pytest
from whysafe.justifications.reads import names_read


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("f(a, b=c, *d, **e)", "f a c d e"),
        ("x = a", "a"),
        ("x.y = a", "x a"),
        ("x[i], *y = a", "x i a"),
        ("x += a", "x a"),
        ("x: t = a", "t a"),
        ("a.b.c(d)", "a d"),
        ("f'{a!r:>{w}} {b=}'", "a b w"),
        ("t'{a}'", "a"),
        ("del x", ""),
        ("del x[i]", "x i"),
        ("global x", ""),
        ("import a.b as c", ""),
        ("from a import b", ""),
        ("[x for x in xs if x > y]", "xs y"),
        ("[x for x in x]", "x"),
        ("[f(x, y) for x in xs for y in x.ys if z]", "f xs z"),
        ("{k: v for k, v in m}", "m"),
        ("{**x for x in xs}", "xs"),
        ("[x for x in xs] + x", "xs x"),
        ("lambda a, b=c, *d, **e: f(a, b, d, e, g)", "c f g"),
        ("lambda a: [a for b in c]", "c"),
        ("(y := a) + y", "a y"),
        ("@d\ndef f(a: t = b, *c: u) -> r:\n    return hidden", "d t b u r"),
        ("class A(B, metaclass=M):\n    x = hidden", "B M"),
        ("for i in xs:\n    hidden", "xs"),
        ("while a:\n    hidden\nelse:\n    hidden", "a"),
        ("if a:\n    hidden\nelif hidden:\n    hidden", "a"),
        ("with a as b, c as d.e:\n    hidden", "a c d"),
        ("try:\n    hidden\nexcept hidden:\n    hidden", ""),
        ("match a:\n    case hidden: hidden", "a"),
        ("raise a from b", "a b"),
        ("ｅｖａｌ(x)", "eval x"),  # an identifier in full-width letters is what is tested
        ("type A = b", "b"),
    ],
)  # fmt: skip
def test_names_read(code, names):
    node = cst.parse_module(code + "\n").body[0]
    assert names_read(node) == set(names.split())


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("[x, *rest]", ""), ("A(b, c=D.e)", "A D"), ("{'k': v, **r}", ""), ("x as y if g", "g"), ("A() | B.c", "A B")],
)
def test_names_read_by_patterns(pattern, names):
    node = cst.parse_module(f"match a:\n    case {pattern}:\n        hidden\n").body[0].cases[0]
    assert names_read(node) == set(names.split())


def test_names_read_by_handlers():
    node = cst.parse_module("try:\n    hidden\nexcept (A, b.C) as e:\n    hidden\n").body[0].handlers[0]
    assert names_read(node) == {"A", "b"}
