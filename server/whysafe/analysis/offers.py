"""Which names a piece can give to others, told from its text alone: more than there are, never fewer.

A piece that cannot bind a name is not parsed when somebody asks for that name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from whysafe.syntax.words import words_of

if TYPE_CHECKING:
    from whysafe.syntax.split import Piece

STAR: Final = "*"
_DEFINES: Final = re.compile(r"[ \t\f]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_BINDS_ELSEWHERE: Final = frozenset({"global", "nonlocal"})
# An attribute that stands where something can be assigned to it.
_TARGET: Final = re.compile(r"\.\s*(\w+)\s*(?:[=:,)\]\\#]|[-+*/%&|^@<>]+=|in\b|$)", re.MULTILINE)
_NOTHING: Final[frozenset[str]] = frozenset()


def module_names(piece: Piece, words: frozenset[str]) -> frozenset[str]:
    """The words of a piece that can be module-level names which it binds; `*` for a star import."""
    if not words.isdisjoint(_BINDS_ELSEWHERE) or ":=" in piece.text:
        return words
    if piece.in_class:
        return _NOTHING
    defined = _DEFINES.match(piece.text)
    if defined is not None:
        return words_of(defined.group(1))
    return words | ({STAR} if "*" in piece.text and "import" in words else _NOTHING)


def member_names(piece: Piece, words: frozenset[str]) -> frozenset[str]:
    """The words of a member of a class that can be names of the class which it binds."""
    if not piece.in_class:
        return _NOTHING
    defined = _DEFINES.match(piece.text)
    if defined is None or ":=" in piece.text or not piece.text.isascii():
        return words
    return frozenset((defined.group(1), *_TARGET.findall(piece.text)))
