"""Which assignments of a local name can still hold at a statement: later ones of the same block replace earlier ones.

Inside one function only. Branches join, a loop leads back to its own beginning; what is not understood reaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import libcst as cst

from whysafe.semantics.scopes import BindingKind, Scope, ScopeKind
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whysafe.semantics.scopes import Binding

MOST_NODES: Final = 20_000
_LOOPS: Final = (cst.For, cst.While)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a statement stands: its number in source order, and the blocks around it from the outside in."""

    number: int
    blocks: tuple[cst.CSTNode, ...]
    loops: tuple[cst.CSTNode, ...]


def reaching(bindings: Sequence[Binding], statement: cst.CSTNode | None, scope: Scope) -> Sequence[Binding]:
    """The bindings of a name that can hold where `statement` uses it, in source order.

    All of them where the name is not local to the function of `scope`.
    """
    if len(bindings) < 2 or statement is None or any(binding.scope is not scope for binding in bindings):
        return bindings
    if scope.kind is not ScopeKind.FUNCTION or not isinstance(scope.node, cst.FunctionDef):
        return bindings
    places = _places(scope.node)
    here = places.get(statement)
    known = [(binding, places[binding.owner]) for binding in bindings if binding.owner in places]
    if here is None or not known:
        return bindings
    before = [(binding, place) for binding, place in known if place.number < here.number]
    last = max(
        (
            place.number
            for binding, place in before
            if binding.kind is BindingKind.VALUE and _always_passed(place, here)
        ),
        default=-1,
    )
    found = [binding for binding in bindings if binding.owner not in places and last < 0]
    for binding, place in known:
        later = place.number >= here.number and _comes_around(place, here, last, places)
        if last <= place.number < here.number or later:
            found.append(binding)
    return found


def _always_passed(place: _Place, here: _Place) -> bool:
    """Whether the way to `here` leads through the other statement: it stands in one of the blocks around `here`."""
    return here.blocks[: len(place.blocks)] == place.blocks


def _comes_around(place: _Place, here: _Place, last: int, places: dict[cst.CSTNode, _Place]) -> bool:
    """Whether a loop leads from a later statement back to `here` without passing the assignment numbered `last`."""
    common = [loop for loop in place.loops if loop in here.loops]
    return any(last < places[loop].number for loop in common)


@lru_cache(maxsize=4)
def _places(function: cst.FunctionDef) -> dict[cst.CSTNode, _Place]:
    """Where the statements of a function stand; a rule asks for them at each of its calls."""
    places: dict[cst.CSTNode, _Place] = {}
    stack: list[tuple[cst.CSTNode, tuple[cst.CSTNode, ...], tuple[cst.CSTNode, ...]]] = [(function.body, (), ())]
    looked = 0
    while stack and looked < MOST_NODES:
        node, blocks, loops = stack.pop()
        looked += 1
        if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            places[node] = _Place(len(places), blocks, loops)
            if isinstance(node, (cst.BaseSmallStatement, cst.FunctionDef, cst.ClassDef)):
                continue
        if isinstance(node, _LOOPS):
            loops = (*loops, node)
        elif isinstance(node, cst.BaseSuite):
            blocks = (*blocks, node)
        stack.extend((child, blocks, loops) for child in reversed(list(children(node))))
    return places
