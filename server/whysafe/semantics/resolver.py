"""Following an expression to what it stands for: the state, the limits, and the way through scopes.

The answer is a tuple of candidates; one of them is `Unknown` where anything else is possible too. Every name that was
asked of the module or of a class is recorded, whether it was found or not, so that a change of a binding leads to
exactly the pieces that asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import libcst as cst

from whysafe.semantics import fold
from whysafe.semantics.known import CONSTANTS, canonical
from whysafe.semantics.scopes import Binding, BindingKind, Scope, ScopeKind
from whysafe.semantics.values import UNKNOWN, Constant, LocalClass, Symbol, Values, join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from whysafe.semantics.scopes import PieceScopes

DEEPEST = 40
"""How deep a value is followed; deeper would be a riddle, not code."""
MOST_STEPS = 2_000
"""How much work one question is worth: code can be written that doubles it with each line."""
CIRCLE_STEPS = 5
"""As how much work it counts that a binding leads back to another one: each of many may lead back to all of them."""
FEW_BINDINGS = 4
"""What so many bindings give a name is put together again each time."""

STAR = "*"
BUILTIN_NAMES = frozenset(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__) | {
    "raw_input",
    "execfile",
    "unicode",
    "reload",
}


class World(Protocol):
    """What lies outside of a piece: the other pieces of the document, and what star imports bring."""

    def module_bindings(self, name: str) -> Sequence[Binding]:
        """Candidates for a module-level name, from every piece."""

    def class_of(self, scope: Scope) -> LocalClass | None:
        """The split class that a piece's top scope belongs to."""

    def class_bindings(self, of: cst.ClassDef, name: str) -> Sequence[Binding]:
        """Candidates for an attribute of a split class, from its members and their `self.name` assignments."""

    def exports(self, module: str) -> frozenset[str]:
        """The names of a module that rules know of, for star imports."""

    def rests(self, root: PieceScopes, asked: AbstractSet[str]) -> None:
        """Take note that `root.known` holds values which were found by asking for these names."""


@dataclass(slots=True)
class Resolver:
    """The state of following values: what was asked, what is being followed, what is known already."""

    world: World
    asked: set[str] = field(default_factory=set)
    following: set[Binding] = field(default_factory=set)
    depth: int = 0
    steps: int = 0
    """Work done for the outermost question so far."""
    lookups: int = 0
    """How often a name was looked up: without that, an answer rests on the syntax of one statement alone."""
    incomplete: int = 0
    """How often a value was not followed to its end, because of a circle or of too many steps."""
    unfinished: dict[Binding, tuple[Values, set[str]]] = field(default_factory=dict)
    """Answers that hold for the outermost question only."""
    followed: dict[int, tuple[Sequence[Binding], Values, frozenset[str]]] = field(default_factory=dict)
    """What many bindings together give a name, and the names asked on the way; by the identity of the sequence."""


Handler = Callable[[cst.CSTNode, Scope, Resolver], Values]
HANDLERS: dict[type[cst.CSTNode], Handler] = {}
"""How an expression of each class is followed; `expressions` and `indirection` fill it."""
BOUND: dict[BindingKind, Callable[[Binding, Resolver], Values]] = {}
"""What a binding of each kind gives its name; `bindings` fills it."""


def evaluate(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    """The candidates for an expression; `(Unknown(),)` where nothing is known."""
    handler = HANDLERS.get(type(node))
    if resolver.depth == 0 and not resolver.following:
        resolver.steps = 0
        resolver.unfinished.clear()
    resolver.steps += 1
    if resolver.depth >= DEEPEST or resolver.steps > MOST_STEPS:
        resolver.incomplete += 1
        return UNKNOWN
    if handler is None:
        folded = fold.literal(node)
        return UNKNOWN if folded is fold.NOT_CONSTANT else (Constant(folded),)
    resolver.depth += 1
    try:
        return handler(node, scope, resolver)
    finally:
        resolver.depth -= 1


def paths(values: Values) -> tuple[str, ...]:
    """The qualified names among the candidates."""
    return tuple(value.path for value in values if isinstance(value, Symbol))


def lookup(name: str, scope: Scope, resolver: Resolver) -> Sequence[Binding] | None:
    """The bindings of a name as Python's scopes see it; None when only a builtin can be meant."""
    resolver.lookups += 1
    at: Scope | None = scope
    found: Sequence[Binding] | None
    first = True
    while at is not None:
        if name in at.elsewhere:
            target = at.elsewhere[name]
            if target is None:
                break
            at, first = target, True
            continue
        if at.parent is None:
            if first and at.kind is ScopeKind.CLASS and (owner := resolver.world.class_of(at)) is not None:
                resolver.asked.add("." + name)
                if found := resolver.world.class_bindings(owner.node, name):
                    return found
            break
        # Names of a class are seen by its own statements, not by the functions in it.
        if (first or at.kind is not ScopeKind.CLASS) and (found := at.bindings.get(name)):
            return found
        first = first and at.kind is ScopeKind.COMPREHENSION
        at = at.parent
    resolver.asked.add(name)
    return resolver.world.module_bindings(name) or None


def follow(bindings: Sequence[Binding], resolver: Resolver) -> Values:
    """What bindings together give a name. `bindings` are not changed as long as the resolver is used."""
    if len(bindings) <= FEW_BINDINGS:
        return join(*(_bound(binding, resolver) for binding in bindings))
    kept = resolver.followed.get(id(bindings))
    if kept is not None:
        _, values, asked = kept
        resolver.asked |= asked
        return values
    incomplete = resolver.incomplete
    before, resolver.asked = resolver.asked, set()
    try:
        values = join(*_each(bindings, resolver))
        if resolver.incomplete == incomplete:
            resolver.followed[id(bindings)] = bindings, values, frozenset(resolver.asked)
        return values
    finally:
        resolver.asked |= before


def _each(bindings: Sequence[Binding], resolver: Resolver) -> Iterator[Values]:
    for binding in bindings:
        if resolver.steps > MOST_STEPS:
            resolver.incomplete += 1
            yield UNKNOWN
            return
        resolver.steps += 1
        yield _bound(binding, resolver)


def _bound(binding: Binding, resolver: Resolver) -> Values:
    known = binding.scope.root.known
    if binding in known:
        values, asked = known[binding]
        resolver.asked |= asked
        return values
    if binding in resolver.unfinished:
        values, names = resolver.unfinished[binding]
        resolver.asked |= names
        resolver.incomplete += 1
        resolver.steps += CIRCLE_STEPS
        return values
    if binding in resolver.following or len(resolver.following) >= DEEPEST:
        resolver.incomplete += 1
        resolver.steps += CIRCLE_STEPS
        return ()
    outermost = not resolver.following
    depth, steps, incomplete = resolver.depth, resolver.steps, resolver.incomplete
    before, resolver.asked = resolver.asked, set()
    resolver.following.add(binding)
    # The answer must not depend on who asks, or an edit elsewhere could change it.
    if outermost:
        resolver.depth = resolver.steps = 0
        resolver.unfinished.clear()
    try:
        values = BOUND[binding.kind](binding, resolver) if binding.kind in BOUND else UNKNOWN
        # What was found in a circle, or cut short, may lack the part of a binding that was being followed.
        if outermost or resolver.incomplete == incomplete:
            known[binding] = values, frozenset(resolver.asked)
            resolver.world.rests(binding.scope.root, resolver.asked)
        else:
            resolver.unfinished[binding] = values, set(resolver.asked)
        return values
    finally:
        resolver.asked |= before
        resolver.following.discard(binding)
        resolver.depth = depth
        if outermost:
            resolver.steps = steps


def symbol(path: str) -> Values:
    path = canonical(path)
    if path in CONSTANTS:
        return (Constant(CONSTANTS[path]),)
    return (Symbol(path),)
