"""The statements of a piece that a rule about single statements needs, and what is saved by reading no others."""

import re
import sysconfig
from pathlib import Path

import pytest
from whysafe.analysis.excerpt import FEWEST_LINES, excerpt
from whysafe.checker import Document
from whysafe.rules import CATALOGUE
from whysafe.syntax.outline import outline
from whysafe.syntax.split import split

LONE, NAMED = CATALOGUE.gate.lone, CATALOGUE.gate.named
LIBRARY = Path(sysconfig.get_paths()["stdlib"])
FILLER = "".join(f"    step_{number}(value)\n" for number in range(40))


def kept(text):
    """The lines of the excerpt of a function that hold something, by their numbers; None where there is none."""
    shown = excerpt(text, outline(text), LONE, NAMED)
    if shown is None:
        return None
    assert shown.count("\n") == text.count("\n")
    return {number: line for number, line in enumerate(shown.split("\n")) if line.strip()}


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("    assert value\n", "    assert value\n"),
        (
            "    try:\n        go()\n        stop()\n    except E:\n        pass\n",
            "    try:\n        0\n    except E:\n        pass\n",
        ),
        (
            "    try:\n        assert a\n    except E:\n        go(1)\n        end()\n    finally:\n        end()\n",
            "    try:\n        assert a\n    except E:\n        go(1)\n        end()\n    finally:\n        0\n",
        ),
        (
            "    if a:\n        go()\n    elif b:\n        stop()\n    else:\n        assert a, (\n            1)\n",
            "    if a:\n        0\n    elif b:\n        0\n    else:\n        assert a, (\n            1)\n",
        ),
        (
            "    with a as b:\n        for c in d:\n            go()\n            assert c\n",
            "    with a as b:\n        for c in d:\n            assert c\n",
        ),
        ("    @g\n    class C:\n        x = 1\n        assert x\n", "    class C:\n        assert x\n"),
    ],
)
def test_what_is_kept(body, lines):
    text = f'def f(value):\n    """What it does."""\n{FILLER}{body}{FILLER}'
    found = kept(text)
    assert "\n".join(line for _, line in sorted(found.items())) + "\n" == "def f(value):\n" + lines
    rows = text.split("\n")
    assert all(rows[number] == line for number, line in found.items() if line.strip() != "0")


@pytest.mark.parametrize(
    "line",
    [
        "E = Exception",
        "E, b = 1, 2",
        "for E in a: pass",
        "import E",
        "from a import b as E",
        "from a import (\n        E)",
        "with a as (b, E): pass",
        "global E",
        "class E: pass",
        "def E(): pass",
        "x = (E := Exception)",
        "E: type = Exception",
    ],
)
def test_nothing_is_left_out_that_may_bind_a_name_of_the_handler(line):
    handler = "    try:\n        go()\n    except E:\n        pass\n"
    text = f"def f(value):\n{FILLER}    {line}\n{handler}"
    assert kept(text) is None
    assert kept(text.replace("except E", "except G")) is not None


@pytest.mark.parametrize("line", ["raise E", "go(E.code, a.E)", "x = E.code", "'E = 1'", "g()  # E = 1", "x = E(1)"])
def test_what_only_uses_the_name_is_left_out(line):
    assert kept(f"def f(value):\n{FILLER}    {line}\n    try:\n        go()\n    except E:\n        pass\n") is not None


@pytest.mark.parametrize(
    "text",
    [
        "def f(value):\n\tassert value\n" + FILLER.replace("    ", "\t"),
        "def f(value):\n" + "    assert value\n" * 20,
        "if value:\n" + FILLER + "    from a import *\ntry:\n    a()\nexcept E:\n    pass\n",
    ],
)
def test_no_excerpt_where_it_would_not_tell(text):
    assert kept(text) is None


def test_a_finding_in_a_long_function_costs_no_tree_of_it():
    function = f"def f(value):\n{FILLER}    try:\n        go()\n    except E:\n        pass\n{FILLER}    assert value\n"
    document, whole = (Document(f"import logging\n\n\n{function}", gated=gated) for gated in (True, False))
    assert document.facts() == whole.facts()
    assert {finding.rule for finding in document.facts().findings} == {"assert-used", "try-except-pass"}
    import_unit, unit = document.program.units
    assert unit.tree is None
    assert import_unit.tree is not None
    assert (document.program.world.parsed, whole.program.world.parsed) == (1, 2)


def test_excerpts_of_real_modules_are_much_shorter_and_parse():
    long = [
        piece
        for path in sorted(LIBRARY.glob("*.py"))[::4]
        for piece in split(path.read_text(encoding="utf-8"))
        if piece.lines >= FEWEST_LINES and re.search(r"(?m)^ +(?:assert |except\b)", piece.text)
    ]
    found = [(piece, shown) for piece in long if (shown := excerpt(piece.text, piece.outline, LONE, NAMED)) is not None]
    assert len(found) > len(long) / 3
    for piece, shown in found:
        compile("if 1:\n" * bool(piece.indents) + shown, "", "exec")
    left = sum(len([line for line in shown.split("\n") if line.strip()]) for _, shown in found)
    assert left < sum(piece.lines for piece, _ in found) / 2
