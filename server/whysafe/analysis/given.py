"""Under which names a unit makes something dangerous known to others, so that the gate has to wake up for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detours import LEADING
from whysafe.semantics.resolve import ancestors, follow
from whysafe.semantics.scopes import BindingKind
from whysafe.semantics.values import (
    AttributeGetter,
    Display,
    DisplayGet,
    Function,
    LocalClass,
    Namespace,
    Partial,
    Symbol,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.following import Following
    from whysafe.analysis.gate import Awake
    from whysafe.semantics.resolve import Resolver
    from whysafe.semantics.scopes import Binding


def given_names(
    offered: Mapping[str, Sequence[Binding]], of: Catalogue, resolver: Resolver, leads: Following, awake: Awake
) -> frozenset[str]:
    """The names among those that a unit offers which stand for something dangerous, as far as they are not awake."""
    given: set[str] = set()
    for name, found in offered.items():
        bare = name.removeprefix(".")
        led = [binding for binding in found if bare not in awake.given and leads.binding(binding)]
        if any(_leads_on(value, of, resolver) for value in _given(led, resolver)):
            given.add(bare)
    return frozenset(given)


def _leads_on(value: Value, of: Catalogue, resolver: Resolver) -> bool:
    if isinstance(value, Symbol):
        return value.path in of.calls or value.path in LEADING
    if isinstance(value, LocalClass):
        return any(path in of.calls for path in ancestors(value, resolver))
    if isinstance(value, Function):
        return isinstance(value.node, cst.Lambda)
    return isinstance(value, (Partial, Display, AttributeGetter, Namespace, DisplayGet))


def _given(found: Sequence[Binding], resolver: Resolver) -> Iterator[Value]:
    for binding in found:
        if binding.kind is not BindingKind.FUNCTION:
            yield from follow([binding], resolver)
