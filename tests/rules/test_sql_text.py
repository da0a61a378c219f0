"""How texts are spelled out: what is known of them, and which holes are left."""

import dataclasses

import libcst as cst
import pytest
from whysafe.analysis.catalogue import catalogue
from whysafe.analysis.detectors import calls
from whysafe.analysis.program import Program
from whysafe.rules import CATALOGUE
from whysafe.rules.sql_text import HOLE, spell

MODULE = "import sink\n\nNAME = 'users'\n\n\ndef work(a, b, n, rows, flag):\n    {}\n"


def spelled(body):
    """The text that the call of `sink.run` in a function with these statements gets."""
    found = []

    def look(call):
        found.append(spell(call.argument(position=0), call.seen.statement))

    rule = dataclasses.replace(CATALOGUE.rules["sql-execute-formatted"], detect=calls("sink.run", when=look))
    Program(MODULE.format(body.replace("\n", "\n    ")), catalogue([rule])).findings()
    assert len(found) == 1
    return found[0]


def holes(of):
    return [cst.Module([]).code_for_node(hole.node) for hole in of.holes]


TEXTS = [
    ("sink.run('x')", "x", []),
    ("sink.run('x' 'y')", "xy", []),
    ("sink.run(b'x')", "x", []),
    ("sink.run(NAME)", "users", []),
    ("sink.run(f'x {NAME} {{}}')", "x users {}", []),
    ("sink.run(a)", HOLE, ["a"]),
    ("sink.run(f'x {a}')", f"x {HOLE}", ["a"]),
    ("sink.run('x ' f'{a}')", f"x {HOLE}", ["a"]),
    ("sink.run(f'x {n:d} {n:05.2f}')", "x 1 1", []),
    ("sink.run(f'x {a!r:>10}')", f"x {HOLE}", ["a"]),
    ("sink.run('x ' + a + ' y ' + b)", f"x {HOLE} y {HOLE}", ["a", "b"]),
    ("sink.run('x %s %d %%' % (a, n))", f"x {HOLE} {HOLE} %", ["a"]),
    ("sink.run('x %(k)s' % {'k': a, 'l': b})", f"x {HOLE}", ["a"]),
    ("sink.run('x %s' % a)", f"x {HOLE}", ["a"]),
    ("sink.run('x {} {k}'.format(a, k=b))", f"x {HOLE} {HOLE}", ["a", "b"]),
    ("sink.run('x ' + str(int(a)) + str(len(b)))", "x 11", []),
    ("sink.run(('x ' + a).strip().encode())", f"x {HOLE}", ["a"]),
    ("sink.run(', '.join(['x', a]))", f"x, {HOLE}", ["a"]),
    ("sink.run('x ' + ', '.join('?' * n))", "x 1", []),
    ("sink.run('x ' + ', '.join('?' for _ in rows))", "x ?", []),
    ("sink.run('x ' + ', '.join(map(int, rows)))", "x 1", []),
    ("sink.run('x ' + ', '.join(rows))", f"x {HOLE}", ["rows"]),
    ("sink.run('x ' + quote_name(a))", "x 1", []),
    ("sink.run('x ' + (a if flag else 'y'))", f"x {HOLE}", ["a"]),
    ("sink.run('x ' + ('z' if flag else 'y'))", "x z", []),
    ("q = 'x ' + a\nsink.run(q)", f"x {HOLE}", ["a"]),
    ("q = 'x'\nq += a\nsink.run(q)", f"x {HOLE}", ["a"]),
    ("q = 'x'\nq += ' y'\nsink.run(q)", "x  y", []),
    ("q = 'x' + a\nq = 'y'\nsink.run(q)", "y", []),
    ("q = 'x'\nsink.run(q)\nq = 'y' + a", "x", []),
    ("q = 'x'\nif flag:\n    q = 'y ' + a\nsink.run(q)", f"y {HOLE}", ["a"]),
    ("q = 'x'\nfor r in rows:\n    sink.run(q)\n    q = 'y ' + r", f"y {HOLE}", ["r"]),
    ("for r in rows:\n    q = 'x'\n    sink.run(q)\n    q = 'y ' + r", "x", []),
    ("q = 'x'\nq = q + a\nsink.run(q)", f"x{HOLE}", ["a"]),
    ("for r in ('a', 'b'):\n    sink.run('x ' + r)", "x a", []),
    ("q = q\nsink.run(q)", HOLE, ["q"]),
]


@pytest.mark.parametrize(("body", "text", "left"), TEXTS)
def test_spell(body, text, left):
    found = spelled(body)
    assert (found.text, holes(found)) == (text, left)
    assert found.is_formatted is bool(left and text != HOLE)


def test_a_long_chain_is_followed_to_its_end():
    assert holes(spelled("sink.run(" + " + ".join(["'x'"] * 300 + ["a"]) + ")")) == ["a"]
