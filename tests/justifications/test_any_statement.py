"""An answer above any statement of real code is valid, and a change of that code or of what it reads makes it stale."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from any_statement import answered, judged, modules, sample, statement_lines
from mutations import bindings_read, mutations, tokens
from whysafe.checker import Document
from whysafe.justifications.state import State
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.source import split_lines

MODULES, EACH = 200, 6


def test_an_answer_above_any_statement_is_valid():
    total = 0
    for name, text in modules(MODULES):
        after, count, refused = answered(text, sample(name, statement_lines(text), EACH))
        assert refused == [], name
        found = judged(Document(after))
        assert [(state, said) for _, state, said in found] == [(State.VALID, [])] * count, name
        total += count
    assert total >= MODULES * EACH * 3 // 4


def only_block(document):
    ((placed, state, _),) = judged(document)
    return placed, state


def replaced(text, old, new):
    """The edit that puts `new` in the place of `old`."""
    before = text[: text.index(old)]
    place = Position(before.count("\n"), len(before) - before.rfind("\n") - 1)
    return Edit(Span(place, Position(place.line, place.column + len(old))), new)


# The answer stands above the line with `eval(`; where "one" becomes "two", a name that this line reads changes.
DEFINITIONS = {
    "module": "SRC = 'one'\ndef f():\n    return eval(SRC)\n",
    "parameter": "def f(src='one'):\n    return eval(src)\n",
    "function around": "def f():\n    src = 'one'\n    def g():\n        return eval(src)\n",
    "method around": (
        "class A:\n    def f(self):\n        src = 'one'\n        def g():\n            return eval(src)\n"
    ),
    "global": "SRC = 0\ndef g():\n    global SRC\n    SRC = 'one'\ndef f():\n    return eval(SRC)\n",
    "nonlocal": (
        "def f():\n    src = 0\n    def h():\n        nonlocal src\n        src = 'one'\n"
        "    def g():\n        return eval(src)\n"
    ),
    "class": "class A:\n    SRC = 'one'\n    value = eval(SRC)\n",
    "class, default value": "class A:\n    SRC = 'one'\n    def f(self, x=eval(SRC)):\n        pass\n",
    "class, decorator": "class A:\n    SRC = 'one'\n    @eval(SRC)\n    def f(self):\n        pass\n",
    "class in a function": "def f():\n    class A:\n        SRC = 'one'\n        value = eval(SRC)\n",
    "for": "def f():\n    for src in ['one']:\n        eval(src)\n",
    "with": "with open('one') as src:\n    eval(src)\n",
    "walrus": "if (src := 'one'):\n    eval(src)\n",
    "augmented": "src = ''\nsrc += 'one'\neval(src)\n",
    "annotated": "src: 'one' = get()\neval(src)\n",
    "except": "try:\n    pass\nexcept one as src:\n    eval(src)\n",
    "except star": "try:\n    pass\nexcept* one as src:\n    eval(src)\n",
    "case": "match x:\n    case {'one': src}:\n        eval(src)\n",
    "import": "import one as m\nm.eval(x)\n",
    "import in a try": "try:\n    import one as m\nexcept ImportError:\n    m = None\nm.eval(x)\n",
    "import from": "from one import m\nm.eval(x)\n",
    "import of everything": "from one import *\neval(SRC)\n",
    "function": "def g(one): pass\neval(g())\n",
    "base class": "class B(one): pass\neval(B())\n",
    "argument on its line": "SRC = 'one'\nf(\n    eval(SRC),\n    1,\n)\n",
}


@pytest.mark.parametrize("bare", DEFINITIONS.values(), ids=DEFINITIONS)
def test_a_change_of_a_definition_that_the_code_reads_makes_it_stale(bare):
    line = bare[: bare.index("eval(")].count("\n")
    text, _, _ = answered(bare, [line])
    document = Document(text)
    assert only_block(document)[1] is State.VALID
    edit = replaced(text, "one", "two")
    document.edit(edit)
    assert only_block(document)[1] is State.STALE
    assert only_block(Document(text.replace("one", "two", 1)))[1] is State.STALE
    document.edit(replaced(document.text, "two", "one"))
    assert only_block(document)[1] is State.VALID


# Of each of these modules some answers, and for each some changes of the code and of the definitions that it reads.
MUTATED, ANSWERS, CHANGES = 45, 3, 3


def test_a_change_of_any_word_makes_an_answer_stale():
    tried: Counter[str] = Counter()
    for name, bare in modules(MUTATED):
        text, _, _ = answered(bare, sample(name, statement_lines(bare), ANSWERS))
        words, lines, document = tokens(text), split_lines(text), Document(text)
        for number, (placed, _, _) in enumerate(judged(document)):
            chance = random.Random(f"{name} {number}")
            of_code = list(mutations(text, words, placed.covers))
            read = bindings_read(text, placed.covers.start.line)
            of_definitions = [change for span in read for change in mutations(text, words, span)]
            for where, found in (("code", of_code), ("definition", of_definitions)):
                for what, edit in chance.sample(found, min(CHANGES, len(found))):
                    place = edit.span.start
                    old = lines[place.line][place.column : edit.span.end.column]
                    document.edit(edit)
                    now = document._answers.placed()[number]
                    assert now.code != now.block.code, (name, placed.block.span, edit)
                    end = Position(place.line, place.column + len(edit.text))
                    document.edit(Edit(Span(place, end), old))
                    tried[where, what] += 1
        assert document.text == text
        assert all(one.code == one.block.code for one in document._answers.placed())
    print(f"{tried.total()} changes: {dict(tried)}")
    assert tried.total() >= 300
    assert set(tried) == {(w, k) for w in ("code", "definition") for k in ("literal", "operator", "name", "argument")}
