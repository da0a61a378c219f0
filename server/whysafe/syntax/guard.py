"""What must not be handed to the parser, because it would hang or crash on it."""

from __future__ import annotations

from typing import Final

from whysafe.syntax.lexer import CLOSE, OPEN, scan

BRACKETS: Final = 100


def guard(text: str) -> str | None:
    """Why `text` must not be parsed, or None. Linear, and never raises."""
    if text.count("(") + text.count("[") + text.count("{") <= BRACKETS:
        return None
    depth = 0
    for kind, _, _ in scan(text):
        if kind == OPEN:
            depth += 1
            if depth > BRACKETS:
                return f"Brackets are nested more than {BRACKETS} deep; this statement is not analysed."
        elif kind == CLOSE:
            depth -= 1
    return None
