"""Which names a piece can bind for others, told from its text: more than it does, never fewer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from whysafe.analysis.binding import is_argument, line_before, may_bind
from whysafe.analysis.glance import FORMATTED_QUOTE, Glance
from whysafe.analysis.standing import after, before, occurrences, place_after
from whysafe.syntax.words import folded, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.syntax.split import Piece

STAR: Final = "*"
# An attribute that stands where something can be assigned to it.
_TARGET: Final = re.compile(r"\.\s*(\w+)\s*(?:[=:,)\]\\#]|[-+*/%&|^@<>]+=|in\b|$)", re.MULTILINE)
_OWN = re.compile(r"(?:[ \t\f\ufeff]*(?:\#[^\r\n]*)?(?:\r\n?|\n))*([ \t\f]*)(?:@|(?:async[ \t]+)?(?:def|class)\b)")
# Expressions that begin with a word are searched many times as fast as one for the whole line.
_DEFINED = re.compile(r"def[ \t]+(\w+)"), re.compile(r"class[ \t]+(\w+)")
_AHEAD = re.compile(r"\ufeff?([ \t\f]*)(?:async[ \t]+)?")
_WALRUS = re.compile(r"(\w+)[ \t\f]*:=")
_WALRUS_APART = re.compile(r"[\r\n\\][ \t\f]*:=")
_ELSEWHERE = re.compile(r"\b(?:global|nonlocal)\b([^\r\n;\\]*)(\\?)")
_LOOPS = re.compile(r"\bfor\b")
_OWNER = re.compile(r"[\w.]*\Z")


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


def defined_names(text: str) -> frozenset[str] | None:
    """The name of the function or class that a piece defines, perhaps with others; None where it is something else."""
    begins = _OWN.match(text)
    if begins is None:
        return None
    column = len(begins.group(1).expandtabs())
    return frozenset(name for blanks, name in _defined(folded(text)) if len(blanks.expandtabs()) <= column)


def _defined(text: str) -> Iterator[tuple[str, str]]:
    """The name of each definition that begins a line, and the blanks ahead of it."""
    for pattern in _DEFINED:
        past = 0
        for match in pattern.finditer(text):
            end = max(text.rfind("\n", past, match.start()), text.rfind("\r", past, match.start()))
            if end >= 0 or not past:
                ahead = _AHEAD.fullmatch(text, end + 1, match.start())
                if ahead is not None and (end < 0 or text[end + 1] != "\ufeff"):
                    yield ahead.group(1), match.group(1)
            past = match.end()


def may_bind_name(text: str, name: str) -> bool:
    """Whether a piece that offers a name of the module may bind it; `*` for a star import."""
    return defined_names(text) is not None or may_bind(_code_of(text), name)


def may_bind_member(text: str, name: str) -> bool:
    """Whether a member of a class can bind the attribute: by its own name, or by an assignment to `self.name`."""
    own = defined_names(text)
    code = _code_of(text)
    if name in own if own is not None else may_bind(code, name):
        return True
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
    ahead = line_before(code, begin)
    if ahead is None or FORMATTED_QUOTE in ahead or _LOOPS.search(ahead):
        return True
    if is_argument(ahead):
        return False
    # A colon follows a target in an annotation, and where `with` gives its value to it.
    return follows != ":" or " as " in ahead or _OWNER.sub("", ahead).rstrip()[-1:] in {"", ":", ";"}
