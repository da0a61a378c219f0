"""Small helpers for messages; load no libcst."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHOWN = 60


def quoted(text: str) -> str:
    """`text` between backquotes, shortened, and without characters that cannot be seen."""
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "`" + "".join(character if character.isprintable() else "�" for character in shown) + "`"


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` was most likely meant to be, if any is near; small and capital letters count as equal."""
    if len(word) > _SHOWN:
        return None
    by_folded = {choice.casefold(): choice for choice in choices}
    near = get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[near[0]] if near else None


def listed(words: Sequence[str]) -> str:
    """The words as a sentence lists them: "a", "a and b", "a, b and c"."""
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)
