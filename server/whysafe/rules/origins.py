"""Where the object behind a name or an attribute was made, as far as this file tells."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import libcst as cst

from whysafe.semantics.calls import Expression
from whysafe.semantics.resolve import evaluate, lookup
from whysafe.semantics.scopes import Binding, BindingKind
from whysafe.semantics.values import LocalInstance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_MAKERS: Final = 50
"""How many origins of a value are looked at for the calls that made it."""


def bindings(of: Expression) -> Sequence[Binding]:
    """How a name, or an attribute of an object of this file, gets its value."""
    node = of.node
    if isinstance(node, cst.Name):
        return lookup(node.value, of.scope, of.resolver) or ()
    if not isinstance(node, cst.Attribute):
        return ()
    found: list[Binding] = []
    for owner in evaluate(node.value, of.scope, of.resolver):
        if isinstance(owner, LocalInstance):
            scope = owner.of.scope.root.by_node.get(owner.of.node)
            found.extend(scope.attributes.get(node.attr.value, ()) if scope is not None else ())
            of.resolver.asked.update((owner.of.node.name.value, "." + node.attr.value))
            found.extend(of.resolver.world.class_bindings(owner.of.node, node.attr.value))
    return found


def origins(of: Expression) -> Iterator[Binding]:
    """The bindings at which the value appears first: plain rebindings are followed to what they bind again."""
    todo = list(bindings(of))
    seen: set[Binding] = set()
    while todo:
        binding = todo.pop()
        if binding in seen:
            continue
        seen.add(binding)
        if binding.kind is BindingKind.VALUE and isinstance(binding.node, (cst.Name, cst.Attribute)):
            todo.extend(bindings(Expression(binding.node, binding.scope, of.resolver)))
        else:
            yield binding


def makers(of: Expression) -> Iterator[tuple[cst.Call, Expression]]:
    """The calls that the value can be the result of, each with its callee; not all of very many."""
    if isinstance(of.node, cst.Call):
        yield of.node, of.at(of.node.func)
    for binding in islice(origins(of), MOST_MAKERS):
        if binding.kind is BindingKind.VALUE and isinstance(binding.node, cst.Call):
            yield binding.node, Expression(binding.node.func, binding.scope, of.resolver)
