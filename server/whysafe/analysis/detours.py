"""Words by which code reaches things without naming them: `getattr`, `globals`, `__dict__` and the like.

Such a word matters only where it can lead to something that a rule looks for: the name that it is given is a trigger
word, or is not written there while the file can reach something dangerous. What `import_module` or `sys.modules` give
needs no entry here: a sink below a module is written as an attribute, which is a trigger of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whysafe.analysis.arguments import bounds
from whysafe.analysis.binding import is_parameter, may_bind, parameters
from whysafe.analysis.glance import QUOTE
from whysafe.analysis.standing import after, is_only_imported, is_target, occurrences, place_after
from whysafe.syntax.words import folded

if TYPE_CHECKING:
    from collections.abc import Callable

    from whysafe.analysis.gate import Awake
    from whysafe.analysis.glance import Glance

_NAME = re.compile(r"[ \t\f]*([^\W\d]\w*)[ \t\f]*[,)]")
_CALLED = re.compile(r"[ \t\f]*\(")
_LITERAL = re.compile(rf"[ \t\f]*{QUOTE}([0-9]+){QUOTE}[ \t\f]*")


def leads_on(glance: Glance, word: str, awake: Awake) -> bool:
    """Whether a word of indirection can lead to something dangerous in this text; certain where the answer is no."""
    if word in _MODULES and _MODULES.isdisjoint(awake.roots):
        return False
    if not glance.is_read and word in _TAKES_NAME and not _may_take(folded(glance.text), word, awake):
        return False
    way = DETOURS[word]
    code = glance.code
    return any(way(glance, begin, begin + len(word), awake) for begin in occurrences(code, word))


UNWRITTEN = frozenset(("getattr", "setattr", "attrgetter", "__dict__"))
"""Of these words the ones that can take a name from elsewhere, which only matters where that can be a trigger word."""


def names_for(word: str, awake: Awake) -> frozenset[str]:
    """The names that matter where a word of indirection takes them."""
    return awake.attributes if word == "getattr" else awake.words


_TAKES_NAME = frozenset(("getattr", "setattr"))
_MODULES = frozenset(("builtins", "__builtin__", "__builtins__"))
_RAW_NAME = re.compile(r"[ \t]*\([ \t]*[\w.]+[ \t]*,[ \t]*(?:([\"'])(\w+)\1[ \t]*[,)]|([A-Za-z_][\w.]*)[ \t]*[,)])")


def _may_take(text: str, word: str, awake: Awake) -> bool:
    """Whether `getattr(owner, name)` in raw text can matter: the usual forms, on one line, are told from the others."""
    names = names_for(word, awake)
    for begin in occurrences(text, word):
        found = _RAW_NAME.match(text, begin + len(word))
        if found is None or (awake.reaches if found.group(3) else found.group(2) in names):
            return True
    return False


def literal_at(glance: Glance, place: int, ends: str) -> str | None:
    """The plain string that is the whole of an expression beginning at `place` and ended by one of the characters."""
    found = _LITERAL.match(glance.code, place)
    if found is None or glance.code[found.end() : found.end() + 1] not in tuple(ends):
        return None
    text = glance.string_at(found.start(1) - 1)
    return None if text is None or "\\" in text else text


def _name_matters(glance: Glance, place: int, ends: str, awake: Awake, *, otherwise: bool) -> bool:
    """Whether the name that stands at `place` is one that matters; `otherwise` where it is not written there."""
    name = literal_at(glance, place, ends)
    return otherwise if name is None else any(part in awake.words for part in name.split("."))


def _get_attribute(glance: Glance, begin: int, end: int, awake: Awake) -> bool:
    """`getattr(owner, name)`; passed on or renamed, it can do anything."""
    code = glance.code
    if not _CALLED.match(code, end):
        return not _is_inert(code, begin, end)
    starts, _ = bounds(code, place_after(code, end))
    if len(starts) < 2:
        return awake.reaches  # `getattr(*pair)`, or too long to read.
    name = literal_at(glance, starts[1], ",)")
    if name is not None:
        return not names_for(code[begin:end], awake).isdisjoint(name.split("."))
    return awake.reaches and not _is_unknown_name(code, starts[1])


def _is_unknown_name(code: str, place: int) -> bool:
    """Whether the argument that begins there is a parameter to which the function gives no value itself."""
    found = _NAME.match(code, place)
    if found is None or "lambda" in code or not is_parameter(code, found.group(1)):
        return False  # A lambda may have a parameter of that name, with a default.
    body = parameters(code)[1]
    return place >= body and not may_bind(code, found.group(1), body)


def _getter(glance: Glance, begin: int, end: int, awake: Awake) -> bool:
    """`attrgetter(name)`."""
    if not _CALLED.match(glance.code, end):
        return awake.reaches and not _is_inert(glance.code, begin, end)
    return _name_matters(glance, place_after(glance.code, end) + 1, ",)", awake, otherwise=awake.reaches)


def _namespace_call(glance: Glance, begin: int, end: int, awake: Awake) -> bool:
    """`globals()`, `locals()`, `vars(owner)`: what stands behind the call says which name is taken out."""
    if not _CALLED.match(glance.code, end):
        return not _is_inert(glance.code, begin, end)
    _, closed = bounds(glance.code, place_after(glance.code, end))
    return closed is None or _namespace(glance, closed, awake, otherwise=True)


def _dictionary(glance: Glance, begin: int, end: int, awake: Awake) -> bool:
    """`owner.__dict__`."""
    del begin
    return _namespace(glance, end, awake, otherwise=awake.reaches)


def _namespace(glance: Glance, end: int, awake: Awake, *, otherwise: bool) -> bool:
    follows = after(glance.code, end)
    if follows == "[":
        return _name_matters(glance, place_after(glance.code, end) + 1, "]", awake, otherwise=otherwise)
    return otherwise and follows != "."


def _builtins(glance: Glance, begin: int, end: int, awake: Awake) -> bool:
    """The module itself: its attributes are triggers of their own, so renaming it and subscripts are left."""
    follows = after(glance.code, end)
    if follows == "[":
        return _name_matters(glance, place_after(glance.code, end) + 1, "]", awake, otherwise=True)
    return follows != "." and not _is_inert(glance.code, begin, end)


def _is_inert(code: str, begin: int, end: int) -> bool:
    return is_target(code, end) or is_only_imported(code, begin, end)


LEADING = frozenset(
    (
        "builtins",
        "builtins.getattr",
        "builtins.globals",
        "builtins.locals",
        "builtins.setattr",
        "builtins.vars",
        "importlib",
        "importlib.import_module",
        "operator.attrgetter",
        "sys.modules",
    )
)
"""What a name can be given so that it becomes a trigger word, beside the sinks of rules."""
DETOURS: dict[str, Callable[[Glance, int, int, Awake], bool]] = {
    "getattr": _get_attribute,
    "setattr": _get_attribute,
    "attrgetter": _getter,
    "globals": _namespace_call,
    "locals": _namespace_call,
    "vars": _namespace_call,
    "__dict__": _dictionary,
    "builtins": _builtins,
    "__builtins__": _builtins,
    "__builtin__": _builtins,
}
"""Word of indirection -> whether it matters where it stands."""
