"""Scopes and bindings of one piece of a document, and the nodes that rules want to see.

Bindings of a name are candidates that stand beside each other: a later one never replaces an earlier one, because
branches, loops and other functions decide at run time which of them holds.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    SELF = enum.auto()  # the first parameter of a method; the scope is that of the class
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

    def clear(self) -> None:
        self.bindings.clear()
        self.attributes.clear()
        self.elsewhere.clear()

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


Step = tuple[Callable[..., None], tuple[Any, ...]]


@dataclass(slots=True, eq=False)
class Segment:
    """What a walk finds from the beginning of a statement, or of a part of one that has a block, to the next beginning.

    `scope`, `statement` and `parent` are those in which `node`, the one that begins here, was walked.
    """

    node: cst.CSTNode
    scope: Scope
    statement: cst.CSTNode
    parent: cst.CSTNode
    length: int = 1
    """How many segments the node spans, this one included."""
    seen: list[Seen] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    """What was done to scopes: functions with their arguments, to be repeated in this order."""
    memo: Any = None
    """What layers above have worked out about it."""


class Former:
    """The segments of a walk by the nodes that they are of."""

    def __init__(self, segments: list[Segment]) -> None:
        self._segments = segments
        self._numbers = {id(segment.node): number for number, segment in enumerate(segments)}

    def of(self, node: cst.CSTNode) -> Sequence[Segment]:
        """All segments that the node spans; none where it begins no segment."""
        number = self._numbers.get(id(node))
        return () if number is None else self._segments[number : number + self._segments[number].length]


@dataclass(slots=True, eq=False)
class PieceScopes:
    """The skeleton of one piece. `top` is a module scope, or a class scope for a member of a split class."""

    segments: list[Segment] = field(default_factory=list)
    """What the walk found, in its order."""
    former: Former | None = None
    """What the walk before found, while one lasts that may take it over."""
    by_node: dict[cst.CSTNode, Scope] = field(default_factory=dict)
    module: dict[str, list[Binding]] = field(default_factory=dict)
    """Module-level bindings, by `global` declarations included."""
    known: dict[Binding, tuple[Values, frozenset[str]]] = field(default_factory=dict)
    """What bindings of this piece were found to mean, and the names that were asked on the way."""
    rests_on: set[str] = field(default_factory=set)
    """All names that were ever asked for what is in `known`."""
    unit: object = None
    """Whoever keeps the piece puts itself here, so that a binding leads back to it."""
    memo: Any = None
    """What layers above have worked out about it."""
    _top: Scope | None = None
    _seen: dict[type[cst.CSTNode], list[Seen]] | None = None

    @property
    def top(self) -> Scope:
        assert self._top is not None
        return self._top

    @property
    def seen(self) -> dict[type[cst.CSTNode], list[Seen]]:
        """The nodes that rules may want to look at, by class, in order of the walk."""
        if self._seen is None:
            self._seen = {}
            for segment in self.segments:
                for seen in segment.seen:
                    self._seen.setdefault(type(seen.node), []).append(seen)
        return self._seen

    def begin(self, kind: ScopeKind) -> None:
        """Make ready for a walk: nothing is bound, and what the walk before found is in `former`."""
        self.former, self.segments = Former(self.segments) if self.segments else None, []
        self.by_node.clear()
        self.known.clear()
        self._seen = None
        if self._top is None:
            self._top = Scope(kind, None, None, self)
            if kind is ScopeKind.MODULE:
                self.module = self._top.bindings
        self._top.clear()
        self.module.clear()

    def repeat(self, segments: Sequence[Segment]) -> None:
        """Take over segments of a walk before, and do again what was done there."""
        self.segments.extend(segments)
        for segment in segments:
            for action, arguments in segment.steps:
                action(*arguments)


def identifier(name: str) -> str:
    """A name as Python sees it: full-width and other look-alike letters are folded (language reference, 2.3)."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def do(scope: Scope, action: Callable[..., None], *arguments: Any) -> None:
    """Do something to scopes of a piece, and note it with the segment that is being walked."""
    scope.root.segments[-1].steps.append((action, arguments))
    action(*arguments)


def open_scope(scope: Scope, node: cst.CSTNode) -> None:
    """Begin with the scope of a node, in which nothing is bound yet."""
    scope.node = node
    scope.clear()
    scope.root.by_node[node] = scope


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
