"""The guard: what kills or hangs the parser is refused at once, and ordinary code is let through."""

import time

import pytest
from whysafe.syntax.guard import BRACKETS, ELIFS, TOKENS, guard
from whysafe.syntax.split import Piece, split
from whysafe.syntax.tree import Tree, Unparsed, parse


def nested(opened, inner, closed, depth):
    return opened * depth + inner + closed * depth


def case(pattern):
    return f"match x:\n  case {pattern}:\n    pass\n"


KILLERS = {
    "parentheses": nested("(", "a", ")", 3000),
    "unclosed parentheses": "(" * 3000,
    "lists": nested("[", "a", "]", 1000),
    "dictionaries": nested("{1:", "a", "}", 1000),
    "calls": nested("f(", "a", ")", 1000),
    "subscripts": nested("a[", "b", "]", 300),
    "brackets given up line by line": ("(" * 60 + "\n  pass\n") * 40,
    "fields": nested('f"{', "a", '}"', 300),
    "fields in format specifications": 'f"' + nested("{a:", "", "}", 300) + '"',
    "brackets in fields": 'f"{' + nested("[", "a", "]", 300) + '}"',
    "list patterns": case(nested("[", "a", "]", 25)),
    "tuple patterns": case(nested("(", "a", ",)", 25)),
    "parenthesised patterns": case(nested("(", "a", ")", 25)),
    "class patterns": case(nested("A(", "a", ")", 25)),
    "keyword patterns": case(nested("A(k=", "a", ")", 25)),
    "mapping patterns": case(nested("{1:", "a", "}", 10)),
    "broken patterns": case(nested("(", "1 2", ")", 12)),
    "mixed patterns": case(nested("[{1:(", "a", ")}]", 4)),
    "many patterns": "match x:\n" + f"  case {nested('(', 'a', ')', 7)}: pass\n" * 100,
    "sums": "a+" * 5000 + "a",
    "conditions": "a if b else " * 5000 + "c",
    "lambdas": "lambda: " * 5000 + "a",
    "lambdas with commas": "lambda a, b: " * 5000 + "a",
    "lambdas with memberships": "lambda a=b in c, d: " * 5000 + "a",
    "loops": "[a " + "for a, b in c " * 5000 + "]",
    "minus": "-" * 3000 + "a",
    "not": "not " * 5000 + "a",
    "power": "a**" * 5000 + "a",
    "or": "a or " * 5000 + "a",
    "calls in a row": "a" + "()" * 3000,
    "methods": "a" + ".b(1)" * 3000,
    "attributes": "a" + ".b" * 5000,
    "subscripts in a row": "a" + "[1]" * 3000,
    "strings": "x = (" + '"a" ' * 5000 + ")",
    "f-strings": "x = (" + 'f"{a}" ' * 5000 + ")",
    "await": "async def f():\n  await " + "await " * 3000 + "a",
    "elif": "if a:\n  b\n" + "elif a:\n  b\n" * 2000,
    "elif in elif": "if a:\n  b\n" + "elif a:\n  b\n" * 600 + "  if a:\n    b\n" + "  elif a:\n    b\n" * 600,
    "chains in brackets": "(" * 90 + "a" + (")" + "+a" * 30) * 90,
    "deep calls in every line": "def f():\n" + f"  {nested('f(', 'a', ')', 60)}\n" * 200,
    "deep around long": nested("[", "a, " * 20_000, "]", 90),
    "unary before long": "-" * 2000 + "[" + "a, " * 20_000 + "]",
    "too long": "x = [" + "a, " * 200_000 + "]",
}


@pytest.mark.parametrize("name", KILLERS)
def test_killers_are_refused_at_once(name, on_big_stack):
    text = KILLERS[name]
    start = time.thread_time()
    assert guard(text)
    assert time.thread_time() - start < 2
    refusal = on_big_stack(parse, Piece(text, (), header=False, lines=text.count("\n")))
    assert isinstance(refusal, Unparsed)
    assert refusal.message.endswith("not analysed.")


HARMLESS = {
    "brackets": nested("(", "a", ")", BRACKETS),
    "arguments": "f(" + "a.b(c)[0] + d, " * 2000 + ")",
    "sums of a thousand": "x = " + "a + " * 1000 + "b",
    "text of many lines": "x = (\n" + '  "line"\n' * 3000 + ")",
    "a table": "x = {\n" + "  'key': [1, -2.5, {'a': (1, 2)}],\n" * 3000 + "}",
    "a table of functions": "x = {\n" + "  'key': lambda a, b: a.b + b,\n" * 1000 + "}",
    "statements": "a.b(c).d = -e + f[0]\n" * 3000,
    "statements in a line": "a = b.c; " * 3000,
    "long elif": "if a:\n  b\n" + "elif a:\n  b\n" * ELIFS,
    "many elif in a row": "if a:\n  b\nelif c:\n  d\n" * 2000,
    "comparisons": "x = " + "a < " * 2000 + "b",
    "targets": "a = " * 2000 + "b",
    "patterns": case("{'a': [A(b=C(d, (1 | 2))), *_], **rest}")
    + "  case [1, 2]:\n    f([[[[[[[[[[[[a]]]]]]]]]]]])\n" * 100,
    "a name that is called case": "case = " + nested("[", "a", "]", 40),
    "a guard behind a pattern": "match x:\n  case a if " + nested("f(", "a", ")", 40) + ": pass\n",
    "a string of a megabyte": "x = '" + "a" * 1_000_000 + "'",
    "a line of a megabyte": "#" * 1_000_000,
    "a name of a megabyte": "a" * 1_000_000,
    "brackets in a string": "x = '" + "(" * 1000 + "'",
    "brackets in a comment": "x = 1  # " + "(" * 1000,
    "brackets in literal text": "x = f'" + "(" * 1000 + "{{" * 1000 + "'",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_let_through_is_parsed(name, on_big_stack):
    text = HARMLESS[name]
    start = time.thread_time()
    assert guard(text) is None
    assert time.thread_time() - start < 2
    tree = on_big_stack(parse, Piece(text, (), header=False, lines=text.count("\n")))
    assert isinstance(tree, Tree)


GROWING = {
    "sums": ("x = ", "a+", "a"),
    "calls": ("x = a", "()", ""),
    "methods": ("x = a", ".b(1)", ""),
    "subscripts": ("x = a", "[1]", ""),
    "lambdas": ("x = ", "lambda a, b: ", "a"),
    "minus": ("x = ", "-", "a"),
    "power": ("x = ", "a**", "a"),
    "conditions": ("x = ", "a if b else ", "c"),
    "lines with deep calls": ("", f"x = {nested('f(', 'a', ')', 60)}\n", ""),
    "unary before long": ("x = ", "~", "[" + "a, " * 3000 + "]"),
    "long before sums": ("x = [" + "a, " * 3000 + "]", "+a", ""),
    "broken sums": ("x = ", "a+", ""),
}


@pytest.mark.parametrize("name", GROWING)
def test_the_longest_that_is_let_through_is_parsed_soon(name, on_big_stack):
    before, part, after = GROWING[name]
    low, high = 1, 5000
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (low, middle - 1) if guard(before + part * middle + after) else (middle, high)
    assert 1 < low < 5000

    def seconds():
        start = time.thread_time()
        parse(Piece(before + part * low + after, (), header=False, lines=0))
        return time.thread_time() - start

    # It takes about 0.7 seconds on the machine that the costs were measured on.
    assert on_big_stack(seconds) < 5


def test_no_module_of_the_library_is_refused(library):
    refused = [
        (path, guard(piece.text)) for path, text in library.items() for piece in split(text) if guard(piece.text)
    ]
    assert refused == []


def test_limits_are_counted_exactly():
    assert guard(nested("[", "a", "]", BRACKETS)) is None
    assert f"{BRACKETS} deep" in guard(nested("[", "a", "]", BRACKETS + 1))
    assert guard("a\n" * (TOKENS - 1)) is None
    assert f"{TOKENS:,}" in guard("a\n" * (TOKENS + 1))
