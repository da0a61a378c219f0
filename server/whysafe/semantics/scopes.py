"""Scopes and bindings of one piece of a document, and the nodes that rules want to see.

Bindings of a name are candidates that stand beside each other: a later one never replaces an earlier one, because
branches, loops and other functions decide at run time which of them holds.
"""

from __future__ import annotations

import enum
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.semantics.values import Values


class ScopeKind(enum.Enum):
    MODULE = enum.auto()
    CLASS = enum.auto()
    FUNCTION = enum.auto()
    COMPREHENSION = enum.auto()


class BindingKind(enum.Enum):
    """How a name gets its value; says what `Binding.node` is."""

    IMPORT = enum.auto()  # path says what
    STAR = enum.auto()  # path is the module
    VALUE = enum.auto()  # node is the expression
    ELEMENT = enum.auto()  # node is an expression whose element at `index` is bound
    ITERATED = enum.auto()  # node is an expression whose elements are bound one after another
    AUGMENTED = enum.auto()  # node is the right side of an augmented assignment
    PARAMETER = enum.auto()  # node is the cst.Param
    SELF = enum.auto()  # the first parameter of a method; node is the cst.ClassDef, or None in a split class
    FUNCTION = enum.auto()  # node is the cst.FunctionDef
    CLASS = enum.auto()  # node is the cst.ClassDef
    TYPED = enum.auto()  # node is the annotation of a name without a value
    OPAQUE = enum.auto()  # anything else


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One way in which a name gets a value: `node`, evaluated in `scope`; `owner` is the statement it stands in."""

    kind: BindingKind
    scope: Scope
    node: cst.CSTNode | None = None
    path: str = ""
    index: tuple[int, ...] = ()
    owner: cst.CSTNode | None = None


@dataclass(slots=True, eq=False)
class Scope:
    kind: ScopeKind
    parent: Scope | None
    node: cst.CSTNode | None
    root: PieceScopes
    name: str = ""
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)
    """Of a class: what its methods assign to `self.name`."""
    elsewhere: dict[str, Scope | None] = field(default_factory=dict)
    """Names that `global` and `nonlocal` place in another scope; None is the module's."""

    def function_names(self) -> Iterator[str]:
        """Names of the enclosing functions, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            if scope.kind is ScopeKind.FUNCTION and scope.name:
                yield scope.name
            scope = scope.parent


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A node that rules may want to look at, where it stands."""

    node: cst.CSTNode
    scope: Scope
    statement: cst.CSTNode
    parent: cst.CSTNode


@dataclass(slots=True, eq=False)
class PieceScopes:
    """The skeleton of one piece. `top` is a module scope, or a class scope for a member of a split class."""

    seen: dict[type[cst.CSTNode], list[Seen]] = field(default_factory=dict)
    by_node: dict[cst.CSTNode, Scope] = field(default_factory=dict)
    module: dict[str, list[Binding]] = field(default_factory=dict)
    """Module-level bindings, by `global` declarations included."""
    known: dict[Binding, tuple[Values, frozenset[str]]] = field(default_factory=dict)
    """What bindings of this piece were found to mean, and the names that were asked on the way."""
    rests_on: set[str] = field(default_factory=set)
    """All names that were ever asked for what is in `known`."""
    unit: object = None
    """Whoever keeps the piece puts itself here, so that a binding leads back to it."""
    _top: Scope | None = None

    @property
    def top(self) -> Scope:
        assert self._top is not None
        return self._top

    def open_top(self, kind: ScopeKind) -> Scope:
        """The outermost scope of the piece, made once."""
        self._top = Scope(kind, None, None, self)
        if kind is ScopeKind.MODULE:
            self.module = self._top.bindings
        return self._top


def identifier(name: str) -> str:
    """A name as Python sees it: full-width and other look-alike letters are folded (language reference, 2.3)."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def add(scope: Scope, name: str, binding: Binding) -> None:
    """Bind a name where Python would: here, or where `global` or `nonlocal` says."""
    name = identifier(name)
    if name in scope.elsewhere:
        target = scope.elsewhere[name]
        table = scope.root.module if target is None else target.bindings
        table.setdefault(name, []).append(binding)
        return
    while scope.kind is ScopeKind.COMPREHENSION and binding.kind is BindingKind.VALUE and scope.parent is not None:
        scope = scope.parent  # A walrus in a comprehension binds in the function around it.
    scope.bindings.setdefault(name, []).append(binding)


def dotted(node: cst.BaseExpression | None) -> str | None:
    """`a.b.c` of a chain of names, or None."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(identifier(node.attr.value))
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    parts.append(identifier(node.value))
    return ".".join(reversed(parts))
