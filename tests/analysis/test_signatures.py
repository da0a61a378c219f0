"""A function is known by its signature, so that an edit in its body does not reach those who call it."""

from __future__ import annotations

import random

import libcst as cst
import pytest
from whysafe.analysis.signatures import signatures
from whysafe.analysis.unit import Unit, ensure_tree, new_unit
from whysafe.checker import Document
from whysafe.rules import CATALOGUE
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.split import split
from whysafe.syntax.tree import Tree


@pytest.mark.parametrize(
    "signature",
    ["(cmd)", "(cmd: str)", "(cmd) -> None", "(cmd: str = '', *rest: int, **more) -> dict[str, int]", "(cmd, /, *, b)"],
)
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_function_with_any_signature_can_be_edited(kind: str, signature: str) -> None:
    document = Document(f"import os\n\n\n{kind} run{signature}:\n    os.system(cmd)\n")
    document.facts()
    document.fill()

    document.edit(Edit(Span(Position(4, 0), Position(4, 0)), "    # a comment\n"))

    assert document.facts() == Document(document.text).facts()


def unit_of(text: str, former: Unit | None = None) -> Unit:
    (piece,) = split(text)
    return new_unit(piece, () if former is None else (former,))


def rows(count: int) -> str:
    return "".join(f"    {{'name': n{n}, 'value': ({n}, 'x')}},\n" for n in range(count))


@pytest.mark.parametrize(
    "table",
    [
        "[\n%s]",
        "(\n%s)",
        "f(\n%s)",
        "[1, {'a': f(\n*[\n%s], b=2)}]",
        "{'a': 1, **{'b': (1,\n[\n%s])}}",
        "{x, f(a=[\n%s])}",
    ],
)
def test_of_a_long_table_only_the_code_of_changed_elements_is_made(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it says what the table says when it is read for the first time."""
    unit = unit_of(f"TABLE = {table}\n".replace("%s", rows(600)))
    signatures(unit, CATALOGUE)
    made: list[int] = []
    code = cst.Module.code_for_node
    monkeypatch.setattr(
        cst.Module, "code_for_node", lambda self, node: (made.append(len(found := code(self, node))), found)[1]
    )
    edits = [("n300,", "# c\n    1,"), ("n20,", "x(1),  # d\n\n    **y,"), ("n1,", "yy,"), ("yy,", "n1,")]
    told = [unit.signatures]
    for old, new in edits:
        unit = unit_of(unit.piece.text.replace(old, new, 1), unit)
        told.append(signatures(unit, CATALOGUE))
        assert 0 < sum(made) < 1000
        assert told[-1] == signatures(unit_of(unit.piece.text), CATALOGUE)
        made.clear()
    assert [told.index(each) for each in told] == [0, 1, 2, 3, 2]


def test_signatures_of_long_tables_are_equal_exactly_when_their_code_is() -> None:
    rng = random.Random(1)
    more = "0, " * 18
    elements = (
        "1,",
        "1, ",
        "(1),",
        "[1],",
        f"[{more}1, 2, 1],",
        f"[{more}1, 2,], 1,",
        f"f({more}1)(2, 3),",
        "'1, 2',",
        "*x,",
    )
    seen: dict[str, object] = {}
    for _ in range(600):
        opening, closing = rng.choice((("[", "]"), ("[ ", "]"), ("[", " ]"), ("(", ")"), ("f(", ")"), ("[f(", ")]")))
        inner = "".join(rng.choice(elements) for _ in range(rng.randrange(1, 5)))
        text = f"x = {opening}{more}{inner}{closing}"
        unit = unit_of(text + "\n")
        assert isinstance(ensure_tree(unit), Tree)
        seen[text] = signatures(unit, CATALOGUE)["x"]
        assert seen[text] == signatures(unit_of(text + "\n"), CATALOGUE)["x"]
    assert len(set(seen.values())) == len(seen) > 300
