"""Which expressions of a piece can stand for something that a rule looks for: the gate, at the level of an expression.

Following a value can lead through the whole file, so it is only begun where it can arrive. A value comes from a trigger
word, from a name that the file is known to give to such a thing, or out of what the piece itself binds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detours import LEADING
from whysafe.semantics.known import canonical
from whysafe.semantics.scopes import Binding, BindingKind, ScopeKind, identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.gate import Awake
    from whysafe.semantics.scopes import PieceScopes

MOST_ROUNDS = 10
"""How often the names of a piece are gone through; beyond, all of them are taken to lead somewhere."""

_VALUES = frozenset({BindingKind.VALUE, BindingKind.ELEMENT, BindingKind.ITERATED, BindingKind.CLASS})


class Following:
    """Tells of an expression of a piece whether it can lead to something; certain where the answer is no.

    `awake` None stands for everything.
    """

    def __init__(self, awake: Awake | None, scopes: PieceScopes, sinks: Mapping[str, object]) -> None:
        self._awake = awake
        self._scopes = scopes
        self._sinks = sinks
        self._names: AbstractSet[str] | None = None
        self._attributes: AbstractSet[str] = frozenset()

    def __call__(self, node: cst.CSTNode) -> bool:
        if self._awake is None:
            return True
        if self._names is None:
            self._names, self._attributes = self._own(self._awake)
        return _leads(node, self._names, self._attributes)

    def binding(self, binding: Binding) -> bool:
        """Whether what a binding of this piece gives can lead to something."""
        if self._awake is None:
            return True
        if self._names is None:
            self._names, self._attributes = self._own(self._awake)
        return self._gives(binding, self._names, self._attributes)

    def _own(self, awake: Awake) -> tuple[AbstractSet[str], AbstractSet[str]]:
        """Names and attributes that lead somewhere: those of the file, and what the piece binds to any of them."""
        names, attributes = set(awake.names), set(awake.attributes)
        own = _tables(self._scopes)
        for _ in range(MOST_ROUNDS):
            new = [
                (name, is_attribute)
                for name, found, is_attribute in own
                if (name not in attributes if is_attribute else name not in names)
                and any(self._gives(binding, names, attributes) for binding in found)
            ]
            if not new:
                return names, attributes
            for name, is_attribute in new:
                names.add(name)
                if is_attribute:
                    attributes.add(name)
        return names.union(name for name, _, _ in own), attributes.union(name for name, _, _ in own)

    def _gives(self, binding: Binding, names: AbstractSet[str], attributes: AbstractSet[str]) -> bool:
        node = binding.node
        if binding.kind is BindingKind.IMPORT:
            path = canonical(binding.path)
            return path in self._sinks or path in LEADING
        if binding.kind is BindingKind.STAR:
            return True
        if binding.kind is BindingKind.PARAMETER:
            default = node.default if isinstance(node, cst.Param) else None
            return default is not None and _leads(default, names, attributes)
        return node is not None and binding.kind in _VALUES and _leads(node, names, attributes)


def _tables(scopes: PieceScopes) -> list[tuple[str, Iterable[Binding], bool]]:
    """Every name that the piece binds, its bindings, and whether it can be reached as an attribute."""
    found: list[tuple[str, Iterable[Binding], bool]] = []
    for scope in (*scopes.by_node.values(), scopes.top):
        found.extend((name, own, scope.kind is ScopeKind.CLASS) for name, own in scope.bindings.items())
        found.extend((name, own, True) for name, own in scope.attributes.items())
    found.extend((name, own, False) for name, own in scopes.module.items() if scopes.module is not scopes.top.bindings)
    return found


def _leads(node: cst.CSTNode, names: AbstractSet[str], attributes: AbstractSet[str]) -> bool:
    todo = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, cst.Name):
            if identifier(part.value) in names:
                return True
        elif isinstance(part, cst.Attribute):
            name = identifier(part.attr.value)
            if name in attributes:
                return True
            if name == "get":  # Of a dict display, which may hold anything.
                todo.append(part.value)
        else:
            further = _PARTS.get(type(part))
            if further is not None:
                todo.extend(further(part))
    return False


def _elements(node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    assert isinstance(node, (cst.List, cst.Tuple, cst.Set, cst.Dict))
    return [element.value for element in node.elements]


_PARTS: dict[type[cst.CSTNode], Callable[..., Iterable[cst.CSTNode]]] = {
    cst.Call: lambda node: (node.func, *(arg.value for arg in node.args)),
    cst.Subscript: lambda node: (node.value,),
    cst.IfExp: lambda node: (node.body, node.orelse),
    cst.BooleanOperation: lambda node: (node.left, node.right),
    cst.NamedExpr: lambda node: (node.value,),
    cst.Await: lambda node: (node.expression,),
    cst.Lambda: lambda node: (node.body,),
    cst.List: _elements,
    cst.Tuple: _elements,
    cst.Set: _elements,
    cst.Dict: _elements,
    cst.ClassDef: lambda node: [base.value for base in node.bases],
}
"""The parts of an expression that its value can come out of."""
