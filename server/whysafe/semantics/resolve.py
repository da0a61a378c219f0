"""What an expression stands for: names through scopes, imports and rebinding, and indirection with constant names."""

from whysafe.semantics import bindings, indirection
from whysafe.semantics.expressions import ancestors, attribute, bases, class_attribute
from whysafe.semantics.resolver import MOST_STEPS, Resolver, World, evaluate, follow, lookup, paths, symbol

__all__ = [
    "MOST_STEPS",
    "Resolver",
    "World",
    "ancestors",
    "attribute",
    "bases",
    "bindings",
    "class_attribute",
    "evaluate",
    "follow",
    "indirection",
    "lookup",
    "paths",
    "symbol",
]
