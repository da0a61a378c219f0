"""How names, attributes, subscripts and operations are followed; calls are in `indirection`."""

from __future__ import annotations

import libcst as cst

from whysafe.semantics import fold
from whysafe.semantics.known import canonical
from whysafe.semantics.resolver import (
    BUILTIN_NAMES,
    DEEPEST,
    HANDLERS,
    STAR,
    Resolver,
    evaluate,
    follow,
    lookup,
    symbol,
)
from whysafe.semantics.scopes import Binding, BindingKind, Scope, identifier
from whysafe.semantics.values import (
    UNKNOWN,
    Constant,
    Display,
    DisplayGet,
    Function,
    Instance,
    LocalClass,
    LocalInstance,
    Namespace,
    Symbol,
    Value,
    Values,
    join,
)


def _name(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.Name)
    name = identifier(node.value)
    if name in fold.NAMED:
        return (Constant(fold.NAMED[name]),)
    found = lookup(name, scope, resolver)
    if found is None:
        return _unbound(name, resolver)
    values = follow(found, resolver)
    if name in BUILTIN_NAMES and all(_conditional(binding) for binding in found):
        values = join(values, (Symbol(f"builtins.{name}"),))
    return values


def _conditional(binding: Binding) -> bool:
    """Whether a builtin may still be meant although the name is bound: a compatibility import in a branch."""
    return binding.kind is BindingKind.IMPORT and canonical(binding.path).startswith("builtins.")


def _unbound(name: str, resolver: Resolver) -> Values:
    resolver.asked.add(STAR)
    starred = [
        Symbol(canonical(f"{star.path}.{name}"))
        for star in resolver.world.module_bindings(STAR)
        if name in resolver.world.exports(canonical(star.path))
    ]
    if starred:
        return tuple(starred)
    if name == "__builtins__":
        return (Symbol("builtins"),)
    return (Symbol(f"builtins.{name}"),) if name in BUILTIN_NAMES else UNKNOWN


# --- attributes ------------------------------------------------------------------------------------------------------


def _attribute(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.Attribute)
    return join(
        *(attribute(value, identifier(node.attr.value), resolver) for value in evaluate(node.value, scope, resolver))
    )


def attribute(value: Value, name: str, resolver: Resolver) -> Values:
    if isinstance(value, (Symbol, Instance)):
        return (Namespace(value),) if name == "__dict__" else symbol(f"{value.path}.{name}")
    if isinstance(value, LocalClass):
        return (Namespace(value),) if name == "__dict__" else class_attribute(value, name, resolver)
    if isinstance(value, LocalInstance):
        return class_attribute(value.of, name, resolver)
    if value == Constant(None):
        return ()  # None stands for a module that may be missing; it has nothing to call.
    if isinstance(value, Display) and isinstance(value.node, cst.Dict) and name == "get":
        return (DisplayGet(value),)
    return UNKNOWN


def class_attribute(of: LocalClass, name: str, resolver: Resolver) -> Values:
    """An attribute of a class of this file: its own, what its methods assign to self, else its bases'."""
    resolver.asked.update((of.node.name.value, "." + name))
    scope = of.scope.root.by_node.get(of.node)
    own = [] if scope is None else [*scope.bindings.get(name, ()), *scope.attributes.get(name, ())]
    others = resolver.world.class_bindings(of.node, name)
    if found := [*own, *others] if own else others:
        return follow(found, resolver)
    if resolver.depth >= DEEPEST:
        # A class can be written as its own ancestor.
        resolver.incomplete += 1
        return UNKNOWN
    resolver.depth += 1
    try:
        values = join(*(attribute(base, name, resolver) for base in bases(of, resolver)))
    finally:
        resolver.depth -= 1
    return values or UNKNOWN


def bases(of: LocalClass, resolver: Resolver) -> Values:
    """Candidates for the direct bases of a class of this file."""
    if resolver.depth >= DEEPEST:
        return ()
    resolver.depth += 1
    try:
        return join(*(evaluate(base.value, of.scope, resolver) for base in of.node.bases if not base.star))
    finally:
        resolver.depth -= 1


def ancestors(of: LocalClass, resolver: Resolver) -> tuple[str, ...]:
    """The qualified names of all library classes that a class of this file derives from."""
    found: dict[str, None] = {}
    seen: set[LocalClass] = set()
    todo = [of]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        resolver.asked.add(current.node.name.value)
        for base in bases(current, resolver):
            if isinstance(base, Symbol):
                found[base.path] = None
            elif isinstance(base, LocalClass):
                todo.append(base)
    return tuple(found)


# --- subscripts and mappings -----------------------------------------------------------------------------------------


def _subscript(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.Subscript)
    inner = node.slice[0].slice if len(node.slice) == 1 else None
    if not isinstance(inner, cst.Index):
        return UNKNOWN
    keys = evaluate(inner.value, scope, resolver)
    return join(*(item(value, keys, resolver) for value in evaluate(node.value, scope, resolver))) or UNKNOWN


def item(value: Value, keys: Values, resolver: Resolver) -> Values:
    """What `value[key]` can be."""
    constants = [key.value for key in keys if isinstance(key, Constant)]
    if isinstance(value, Display):
        if isinstance(value.node, cst.Dict):
            return display_item(value, constants if len(constants) == len(keys) else None, resolver)
        return join(*(evaluate(element.value, value.scope, resolver) for element in value.node.elements))
    if value == Instance("multiprocessing.Pipe"):
        return (Instance("multiprocessing.connection.Connection"),)
    if isinstance(value, Constant) and len(constants) == 1:
        folded = fold.subscript(value.value, constants[0])
        return UNKNOWN if folded is fold.NOT_CONSTANT else (Constant(folded),)
    names = [name for name in constants if isinstance(name, str)]
    if not names:
        return UNKNOWN
    if isinstance(value, Symbol) and value.path == "sys.modules":
        return join(*(symbol(name) for name in names))
    if isinstance(value, Symbol) and value.path == "builtins":
        return join(*(symbol(f"builtins.{name}") for name in names))
    if isinstance(value, Namespace):
        return join(*(_namespace_item(value, name, resolver) for name in names))
    return UNKNOWN


def _namespace_item(namespace: Namespace, name: str, resolver: Resolver) -> Values:
    if namespace.of is not None:
        return attribute(namespace.of, name, resolver)
    resolver.asked.add(name)
    found = resolver.world.module_bindings(name)
    if found:
        return follow(found, resolver)
    if name == "__builtins__":
        return (Symbol("builtins"),)
    # globals()["eval"] itself would fail, but it is what people write when they mean the builtin.
    return _unbound(name, resolver)


def display_item(display: Display, keys: list[object] | None, resolver: Resolver) -> Values:
    """The values of a dict display under any of the keys; all of them where the key is unknown."""
    assert isinstance(display.node, cst.Dict)
    found: list[Values] = []
    for element in display.node.elements:
        if not isinstance(element, cst.DictElement):
            found.append(UNKNOWN)
            continue
        if keys is not None:
            candidates = evaluate(element.key, display.scope, resolver)
            if not any(
                not isinstance(key, Constant) or Constant(wanted) == key for key in candidates for wanted in keys
            ):
                continue
        found.append(evaluate(element.value, display.scope, resolver))
    return join(*found)


# --- other expressions -----------------------------------------------------------------------------------------------


def _either(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.IfExp)
    return join(evaluate(node.body, scope, resolver), evaluate(node.orelse, scope, resolver))


def _boolean(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.BooleanOperation)
    left = evaluate(node.left, scope, resolver)
    decided = len(left) == 1 and isinstance(left[0], Constant)
    if decided and isinstance(node.operator, cst.Or) and not _truth(left[0]):
        return evaluate(node.right, scope, resolver)
    if decided and isinstance(node.operator, cst.And) and _truth(left[0]):
        return evaluate(node.right, scope, resolver)
    return left if decided else join(left, evaluate(node.right, scope, resolver))


def _truth(value: Value) -> bool:
    return isinstance(value, Constant) and bool(value.value)


def _inner(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, (cst.NamedExpr, cst.Await))
    return evaluate(node.value if isinstance(node, cst.NamedExpr) else node.expression, scope, resolver)


def _lambda(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    del resolver
    assert isinstance(node, cst.Lambda)
    return (Function(node, scope),)


def _operation(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    folded = fold.fold(node, lambda part: _single(part, scope, resolver))
    return UNKNOWN if folded is fold.NOT_CONSTANT else (Constant(folded),)


def _display(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, (cst.List, cst.Tuple, cst.Set, cst.Dict))
    folded = fold.fold(node, lambda part: _single(part, scope, resolver))
    return (Display(node, scope),) if folded is fold.NOT_CONSTANT else (Constant(folded),)


def _single(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> object:
    values = evaluate(node, scope, resolver)
    if len(values) == 1 and isinstance(values[0], Constant):
        return values[0].value
    return fold.NOT_CONSTANT


HANDLERS.update(
    {
        cst.Name: _name,
        cst.Attribute: _attribute,
        cst.Subscript: _subscript,
        cst.IfExp: _either,
        cst.BooleanOperation: _boolean,
        cst.NamedExpr: _inner,
        cst.Await: _inner,
        cst.Lambda: _lambda,
        cst.BinaryOperation: _operation,
        cst.UnaryOperation: _operation,
        cst.FormattedString: _operation,
        cst.List: _display,
        cst.Tuple: _display,
        cst.Set: _display,
        cst.Dict: _display,
    }
)
