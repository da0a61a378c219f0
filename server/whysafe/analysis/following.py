"""Which expressions of a piece can stand for something that a rule looks for: the gate, at the level of an expression.

Following a value can lead through the whole file, so it is only begun where it can arrive. A value comes from a trigger
word, from a name that the file is known to give to such a thing, or out of what the piece itself binds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detours import LEADING
from whysafe.semantics.known import canonical
from whysafe.semantics.scopes import Binding, BindingKind, ScopeKind, identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.detectors import Nodes
    from whysafe.analysis.gate import Awake
    from whysafe.semantics.scopes import PieceScopes

MOST_ROUNDS = 10
"""How often the names of a piece are gone through; beyond, all of them are taken to lead somewhere."""

_VALUES = frozenset({BindingKind.VALUE, BindingKind.ELEMENT, BindingKind.ITERATED, BindingKind.CLASS})


@dataclass(frozen=True, slots=True, eq=False)
class Leading:
    """What can be triggered in a piece, and what leads there. As long as that is the same, it is the same object."""

    awake: Awake
    able: AbstractSet[Nodes]
    """The detectors of nodes that can match in the piece."""
    own: tuple[AbstractSet[str], AbstractSet[str]]
    """Names and attributes that the piece binds to something that leads on."""
    names: AbstractSet[str]
    attributes: AbstractSet[str]


_Source = tuple[set[str], set[str]] | bool
"""The names and attributes that a value can come out of; or whether it leads somewhere, where the file decides that."""


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What a piece keeps for its next walk."""

    leading: Leading
    sources: dict[Binding, _Source]


class Following:
    """Tells of an expression of a piece whether it can lead to something; certain where the answer is no.

    `awake` None stands for everything; `able` are the detectors of nodes that can match in the piece.
    """

    def __init__(
        self, awake: Awake | None, scopes: PieceScopes, sinks: Mapping[str, object], able: AbstractSet[Nodes]
    ) -> None:
        self.able = able
        self._known = None
        if awake is not None:
            before = scopes.memo if isinstance(scopes.memo, _Known) and scopes.memo.leading.awake is awake else None
            self._known = scopes.memo = _known(awake, scopes, sinks, able, before)

    @property
    def leading(self) -> Leading | None:
        """What the answers follow from, besides the expression; None where everything can lead somewhere."""
        return None if self._known is None else self._known.leading

    def __call__(self, node: cst.CSTNode) -> bool:
        if self._known is None:
            return True
        leading = self._known.leading
        return any(name in (leading.attributes if dotted else leading.names) for name, dotted in _mentions(node))

    def binding(self, binding: Binding) -> bool:
        """Whether what a binding of this piece gives can lead to something."""
        return self._known is None or _comes(self._known.sources[binding], *self._known.leading.own)


def mentioned(node: cst.CSTNode) -> Iterator[str]:
    """The names on which it depends whether an expression can lead to something."""
    return (name for name, _ in _mentions(node))


def _known(
    awake: Awake,
    scopes: PieceScopes,
    sinks: Mapping[str, object],
    able: AbstractSet[Nodes],
    before: _Known | None,
) -> _Known:
    tables = _tables(scopes)
    known = {} if before is None else before.sources
    sources: dict[Binding, _Source] = {}
    flows: list[tuple[str, _Source, bool]] = []
    for name, found, dotted in tables:
        for binding in found:
            source = known.get(binding)
            if source is None:
                source = _source(binding, awake, sinks)
            sources[binding] = source
            if source is not False:
                flows.append((name, source, dotted))
    own = _own(flows) or ({name for name, _, _ in tables}, {name for name, _, _ in tables})
    if before is not None and before.leading.own == own and before.leading.able == able:
        return _Known(before.leading, sources)
    return _Known(Leading(awake, able, own, awake.names | own[0], awake.attributes | own[1]), sources)


def _own(flows: Sequence[tuple[str, _Source, bool]]) -> tuple[set[str], set[str]] | None:
    """The names and attributes to which something flows that leads on; None where that is too long a way to tell."""
    names, attributes = set[str](), set[str]()
    for _ in range(MOST_ROUNDS):
        new = [
            (name, dotted)
            for name, source, dotted in flows
            if name not in (attributes if dotted else names) and _comes(source, names, attributes)
        ]
        if not new:
            return names, attributes
        names.update(name for name, _ in new)
        attributes.update(name for name, dotted in new if dotted)
    return None


def _source(binding: Binding, awake: Awake, sinks: Mapping[str, object]) -> _Source:
    node = binding.node
    if binding.kind is BindingKind.IMPORT:
        path = canonical(binding.path)
        return path in sinks or path in LEADING
    if binding.kind is BindingKind.STAR:
        return True
    if binding.kind is BindingKind.PARAMETER:
        node = node.default if isinstance(node, cst.Param) else None
    elif binding.kind not in _VALUES:
        return False
    if node is None:
        return False
    names, attributes = set[str](), set[str]()
    for name, dotted in _mentions(node):
        (attributes if dotted else names).add(name)
    if not names.isdisjoint(awake.names) or not attributes.isdisjoint(awake.attributes):
        return True
    return (names, attributes) if names or attributes else False


def _comes(source: _Source, names: AbstractSet[str], attributes: AbstractSet[str]) -> bool:
    """Whether a value comes out of one of the names and attributes."""
    if isinstance(source, bool):
        return source
    return not source[0].isdisjoint(names) or not source[1].isdisjoint(attributes)


def _tables(scopes: PieceScopes) -> list[tuple[str, Iterable[Binding], bool]]:
    """Every name that the piece binds, its bindings, and whether it can be reached as an attribute."""
    found: list[tuple[str, Iterable[Binding], bool]] = []
    for scope in (*scopes.by_node.values(), scopes.top):
        found.extend((name, own, scope.kind is ScopeKind.CLASS) for name, own in scope.bindings.items())
        found.extend((name, own, True) for name, own in scope.attributes.items())
    found.extend((name, own, False) for name, own in scopes.module.items() if scopes.module is not scopes.top.bindings)
    return found


def _mentions(node: cst.CSTNode) -> Iterator[tuple[str, bool]]:
    """The names that the value of an expression can come out of, each with whether it stands behind a dot."""
    todo = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, cst.Name):
            yield identifier(part.value), False
        elif isinstance(part, cst.Attribute):
            name = identifier(part.attr.value)
            yield name, True
            if name == "get":  # Of a dict display, which may hold anything.
                todo.append(part.value)
        else:
            further = _PARTS.get(type(part))
            if further is not None:
                todo.extend(further(part))


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
