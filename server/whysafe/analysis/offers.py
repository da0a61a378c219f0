"""Which names a piece can bind for others, told from its text: more than it does, never fewer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from whysafe.analysis.glance import FORMATTED_QUOTE, Glance
from whysafe.analysis.standing import after, before, occurrences, place_after
from whysafe.syntax.words import folded, words_of

if TYPE_CHECKING:
    from whysafe.syntax.split import Piece

STAR: Final = "*"
# An attribute that stands where something can be assigned to it.
_TARGET: Final = re.compile(r"\.\s*(\w+)\s*(?:[=:,)\]\\#]|[-+*/%&|^@<>]+=|in\b|$)", re.MULTILINE)
_OWN = re.compile(r"(?:[ \t\f\ufeff]*(?:\#[^\r\n]*)?(?:\r\n?|\n))*([ \t\f]*)(?:@|(?:async[ \t]+)?(?:def|class)\b)")
_DEFINITION = r"([ \t\f]*)(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)"
_DEFINED_FIRST = re.compile(r"\ufeff?" + _DEFINITION)
_DEFINED = re.compile(r"[\r\n]" + _DEFINITION)
_WALRUS = re.compile(r"(\w+)[ \t\f]*:=")
_WALRUS_APART = re.compile(r"[\r\n\\][ \t\f]*:=")
_ELSEWHERE = re.compile(r"\b(?:global|nonlocal)\b([^\r\n;\\]*)(\\?)")
_LOOPS = re.compile(r"\bfor\b")
_OWNER = re.compile(r"[\w.]*\Z")
_OPENING, _CLOSING = "([{", ")]}"
LONGEST_LINE = 2_000
"""How far a name may stand from the start of its logical line; beyond, it may be anything."""


def module_names(text: str, words: frozenset[str], *, in_class: bool) -> frozenset[str]:
    """The words of a piece that can be module-level names which it binds; `words` are all that it has."""
    plain = folded(text)
    found = set(_WALRUS.findall(plain)) if ":=" in plain else set()
    if found and _WALRUS_APART.search(plain):
        return words
    if not words.isdisjoint(("global", "nonlocal")):
        for names, continued in _ELSEWHERE.findall(plain):
            if continued:
                return words
            found |= words_of(names)
    own = frozenset[str]() if in_class else defined_names(plain)
    return words if own is None else own | found


def offers(piece: Piece, words: frozenset[str]) -> frozenset[str]:
    """The words of a piece that can be module-level names which it binds; `*` for a star import."""
    found = module_names(piece.text, words, in_class=piece.in_class)
    return found | {STAR} if found is words and "*" in piece.text and "import" in found else found


def members(piece: Piece, words: frozenset[str]) -> frozenset[str]:
    """The words of a member of a class that can be names of the class which it binds; see `may_bind_member`."""
    if not piece.in_class:
        return frozenset()
    own = defined_names(piece.text)
    if own is None or ":=" in piece.text or not piece.text.isascii():
        return words
    return own.union(_TARGET.findall(piece.text))


def members_after(former: frozenset[str], came: str, piece: Piece, words: frozenset[str]) -> frozenset[str] | None:
    """The same of a piece in which lines `came` in place of others, perhaps with more; `former` are those it had.

    None where more than these lines has to be read. The line above has to come with them, for an attribute may be named
    on the line behind its dot.
    """
    if not piece.in_class:
        return frozenset()
    if ":=" in piece.text or not piece.text.isascii() or came.rstrip().endswith("."):
        return None
    own = defined_names(piece.text)
    return None if own is None else words & former.union(own, _TARGET.findall(came))


def defined_names(text: str) -> frozenset[str] | None:
    """The name of the function or class that a piece defines, perhaps with others; None where it is something else."""
    begins = _OWN.match(text)
    if begins is None:
        return None
    column = len(begins.group(1).expandtabs())
    plain = folded(text)
    first = _DEFINED_FIRST.match(plain)
    found = [*([first.groups()] if first else []), *_DEFINED.findall(plain)]
    return frozenset(name for blanks, name in found if len(blanks.expandtabs()) <= column)


def may_bind_member(text: str, name: str) -> bool:
    """Whether a member of a class can bind the attribute: by its own name, or by an assignment to `self.name`."""
    own = defined_names(text)
    if not own or name in own:
        return True
    code = _code_of(text)
    return any(_may_be_target(code, begin, begin + len(name)) for begin in occurrences(code, name))


@lru_cache(maxsize=512)
def _code_of(text: str) -> str:
    return Glance(text, frozenset()).code


def _may_be_target(code: str, begin: int, end: int) -> bool:
    """Whether `owner.name` at a place of the code may be assigned there."""
    if before(code, begin) != ".":
        return False
    follows = after(code, end)
    place = place_after(code, end)
    if code.startswith(("==", "!=", ">=", "<=", "."), place) or follows in {"(", "[", "{", "", "."}:
        return False
    start = code.rfind("\n", max(0, begin - LONGEST_LINE), begin) + 1
    if begin - start > LONGEST_LINE or (not start and begin > LONGEST_LINE):
        return True
    ahead = code[start:begin]
    if FORMATTED_QUOTE in ahead or _LOOPS.search(ahead):
        return True
    if _is_argument(ahead):
        return False
    # A colon follows a target in an annotation, and where `with` gives its value to it.
    return follows != ":" or " as " in ahead or _OWNER.sub("", ahead).rstrip()[-1:] in {"", ":", ";"}


def _is_argument(ahead: str) -> bool:
    """Whether the place behind a part of a logical line is inside the arguments of a call, a subscript or a display."""
    depth = 0
    for at in range(len(ahead) - 1, -1, -1):
        mark = ahead[at]
        if mark in _CLOSING:
            depth += 1
        elif mark in _OPENING:
            if depth:
                depth -= 1
            elif mark == "{" or _is_called(ahead[:at].rstrip()):
                return True
    return False


def _is_called(code: str) -> bool:
    """Whether a bracket behind this code belongs to it; behind these words it begins an expression of its own."""
    return code[-1:].isalnum() or code[-1:] in {"_", ")", "]"} if not code.endswith((" as", "with")) else False
