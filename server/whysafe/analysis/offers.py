"""Which names a piece can bind for others, told from its text: more than it does, never fewer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from whysafe.analysis.binding import LONGEST_LINE, is_argument, line_before, may_bind
from whysafe.analysis.glance import FORMATTED_QUOTE, Glance
from whysafe.analysis.standing import after, before, occurrences, place_after
from whysafe.syntax.words import folded, words_of

if TYPE_CHECKING:
    from whysafe.syntax.split import Piece

# An attribute that stands where something can be assigned to it.
_TARGET: Final = re.compile(r"\.\s*(\w+)\s*(?:[=:,)\]\\#]|[-+*/%&|^@<>]+=|in\b|$)", re.MULTILINE)
_OWN = re.compile(r"(?:[ \t\f\ufeff]*(?:\#[^\r\n]*)?(?:\r\n?|\n))*([ \t\f]*)(?:@|(?:async[ \t]+)?(?:def|class)\b)")
_DEFINED = re.compile(r"def[ \t]+(\w+)|class[ \t]+(\w+)")
_BEFORE_DEFINED = re.compile(r"\ufeff?([ \t\f]*)(?:async[ \t]+)?")
_WALRUS = re.compile(r"(\w+)[ \t\f]*:=")
_WALRUS_APART = re.compile(r"[\r\n\\][ \t\f]*:=")
_ELSEWHERE = re.compile(r"\b(?:global|nonlocal)\b([^\r\n;\\]*)(\\?)")
_LOOPS = re.compile(r"\bfor\b")
_OWNER = re.compile(r"[\w.]*\Z")


def module_names(text: str, *, in_class: bool) -> frozenset[str] | None:
    """The words of a piece that can be module-level names which it binds; None for all of them."""
    plain = folded(text)
    found = set(_WALRUS.findall(plain)) if ":=" in plain else set()
    if found and _WALRUS_APART.search(plain):
        return None
    if "global" in plain or "nonlocal" in plain:
        for names, continued in _ELSEWHERE.findall(plain):
            if continued:
                return None
            found |= words_of(names)
    own = frozenset[str]() if in_class else defined_names(plain)
    return None if own is None else own | found


def members(piece: Piece) -> frozenset[str] | None:
    """The words of a member of a class that can be names of the class which it binds; None for all of them.

    See `may_bind_member`.
    """
    if not piece.in_class:
        return frozenset()
    own = defined_names(piece.text)
    if own is None or ":=" in piece.text or not piece.text.isascii():
        return None
    return own.union(_TARGET.findall(piece.text))


def members_after(
    former: frozenset[str], begin: int, end: int, piece: Piece, words: frozenset[str]
) -> frozenset[str] | None:
    """The same of a piece in which lines have been put in place of others, perhaps with more; it had the `former` ones.

    None where more than these lines, which stand between the offsets, has to be read.
    """
    if not piece.in_class:
        return frozenset()
    text = piece.text
    # An attribute may be named on the line behind its dot.
    begin = text.rfind("\n", 0, len(text[:begin].rstrip())) + 1
    came = text[begin:end]
    if ":=" in text or not text.isascii() or came.rstrip().endswith(".") or not _OWN.match(text, 0, begin):
        return None
    defined = (name for names in _DEFINED.findall(came) for name in names)
    return words & former.union(defined, _TARGET.findall(came))


def defined_names(text: str) -> frozenset[str] | None:
    """The name of the function or class that a piece defines, perhaps with others; None where it is something else."""
    begins = _OWN.match(text)
    if begins is None:
        return None
    column = len(begins.group(1).expandtabs())
    plain = folded(text)
    return frozenset(
        defined.group(1) or defined.group(2)
        for defined in _DEFINED.finditer(plain)
        if _stands_at(plain, defined.start(), column)
    )


def _stands_at(text: str, place: int, column: int) -> bool:
    """Whether a definition may begin its line at a column, or above one."""
    floor = max(0, place - LONGEST_LINE)
    start = max(text.rfind("\n", floor, place), text.rfind("\r", floor, place)) + 1
    if not start and floor:
        return True
    if start and text.startswith("\ufeff", start):
        return False  # A byte order mark stands at the beginning of a text only.
    ahead = _BEFORE_DEFINED.fullmatch(text, start, place)
    return ahead is not None and len(ahead.group(1).expandtabs()) <= column


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
