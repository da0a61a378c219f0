"""A function is known by its signature, so that an edit in its body does not reach those who call it."""

from __future__ import annotations

import pytest
from whysafe.checker import Document
from whysafe.syntax.position import Edit, Position, Span


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
