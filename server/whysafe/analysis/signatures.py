"""How a unit binds names, as text: what others see of it, so that an edit that nobody can tell reaches nobody.

The text of a long table is put together from that of its elements, which is known of all that an edit has left there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import libcst as cst

from whysafe.analysis.unit import bound_names
from whysafe.semantics.scopes import Binding, BindingKind, Scope, ScopeKind
from whysafe.syntax.elements import elements_of, field_of
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.unit import Signatures, Unit

_FEW: Final = 20
"""How many elements a table has at most whose code is made at once."""

_EMPTY: Final = cst.Module([])
_ANY: Final = cst.Ellipsis()
# What stands for the elements of a table.
_PLACES: Final[dict[type, cst.CSTNode]] = {
    cst.Call: cst.Arg(_ANY),
    cst.Dict: cst.DictElement(_ANY, _ANY),
    cst.List: cst.Element(_ANY),
    cst.Set: cst.Element(_ANY),
    cst.Tuple: cst.Element(_ANY),
}
_ELEMENTS: Final = (cst.Arg, cst.DictElement, cst.Element, cst.StarredDictElement, cst.StarredElement)


def signatures(unit: Unit, of: Catalogue) -> Signatures:
    """What a unit binds and how; of what does not parse, nothing."""
    if unit.signatures is None:
        offered = bound_names(unit, of)
        unit.signatures = {
            name: tuple(signature(binding, unit) for binding in found) for name, found in offered.items()
        }
        unit.former_codes = {}
    return unit.signatures


def signature(binding: Binding, unit: Unit) -> str:
    """Text that is the same for two bindings only when they mean the same to whoever asks."""
    node = binding.node
    head = f"{binding.kind.name} {binding.path} {binding.index} "
    if node is None or binding.kind is BindingKind.IMPORT or binding.kind is BindingKind.STAR:
        return head
    if isinstance(node, cst.Lambda):
        return f"{head}{unit.number}"
    code, names = _read(node, unit)
    parts = [head, code]
    for name in names:
        for inner in _local_bindings(name, binding.scope):
            if inner.kind is not BindingKind.PARAMETER or inner.node is None:
                return f"{head}{unit.number}"  # It may depend on anything in the function, which only this unit has.
            parts.append(_read(inner.node, unit)[0])
    return " ".join(parts)


def _read(node: cst.CSTNode, unit: Unit) -> tuple[str, tuple[str, ...]]:
    """The code of a node, and the names in it; of a definition without its body.

    Of what was taken over by a graft it is known already.
    """
    known = unit.codes.get(node) or unit.former_codes.get(node)
    if known is None:
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            # An annotation is printed by what it belongs to; what it says stands in it.
            said = (part.annotation if isinstance(part, cst.Annotation) else part for part in children(node))
            parts = [part for part in said if part is not node.body]
            known = _together((type(node).__name__, ()), " ", parts, unit)
        elif _is_long(node):
            around, elements = _taken_apart(node)
            # No code holds the character zero, so that the text tells how it was put together.
            head = f"{_EMPTY.code_for_node(around)}\0\0{len(elements)}"
            known = _together((head, tuple(_names(around))), "\0", elements, unit)
        else:
            known = _EMPTY.code_for_node(node), tuple(_names(node))
    unit.codes[node] = known
    return known


def _together(
    head: tuple[str, tuple[str, ...]], separator: str, parts: Sequence[cst.CSTNode], unit: Unit
) -> tuple[str, tuple[str, ...]]:
    """A head and the code of parts, with the names in all of them."""
    read = [head, *(_read(part, unit) for part in parts)]
    return separator.join(code for code, _ in read), tuple(name for _, names in read for name in names)


def _is_long(node: Any) -> bool:
    """Whether a node is a table of many elements, or an element or a table of a few with such a one in it."""
    if isinstance(node, _ELEMENTS):
        return _is_long(node.value)
    if type(node) not in _PLACES:
        return False
    elements = elements_of(node)
    return len(elements) > _FEW or any(map(_is_long, elements))


def _taken_apart(node: Any) -> tuple[cst.CSTNode, Sequence[cst.CSTNode]]:
    """A table without its elements, or an element without its value, and what was left out."""
    if isinstance(node, _ELEMENTS):
        return node.with_changes(value=_ANY), (node.value,)
    return node.with_changes(**{field_of(node): [_PLACES[type(node)]]}), elements_of(node)


def _names(node: cst.CSTNode) -> Iterator[str]:
    todo = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, cst.Name):
            yield part.value
        else:
            todo.extend(children(part))


def _local_bindings(name: str, scope: Scope) -> Iterator[Binding]:
    """The bindings of a name in the functions around a place; not those of `self`."""
    at: Scope | None = scope
    while at is not None and at.kind is not ScopeKind.MODULE and at.kind is not ScopeKind.CLASS:
        yield from (bound for bound in at.bindings.get(name, ()) if bound.kind is not BindingKind.SELF)
        at = at.parent
