"""What a call returns, as far as it leads to a function: instances, partials, getattr, imports by name and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.semantics import fold
from whysafe.semantics.expressions import attribute, item
from whysafe.semantics.known import RETURNS
from whysafe.semantics.resolver import DEEPEST, HANDLERS, Resolver, evaluate, symbol
from whysafe.semantics.values import (
    UNKNOWN,
    AttributeGetter,
    Constant,
    DisplayGet,
    Function,
    Instance,
    LocalClass,
    LocalInstance,
    Namespace,
    Partial,
    Symbol,
    Value,
    Values,
    join,
)

if TYPE_CHECKING:
    from whysafe.semantics.scopes import Scope


def _call(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.Call)
    return join(*(_returned(value, node, scope, resolver) for value in evaluate(node.func, scope, resolver)))


def _returned(callee: Value, node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    if isinstance(callee, Symbol):
        return _symbol_returned(callee, node, scope, resolver)
    if isinstance(callee, LocalClass):
        return (LocalInstance(callee),)
    if isinstance(callee, Function) and isinstance(callee.node, cst.Lambda):
        inner = callee.scope.root.by_node.get(callee.node, callee.scope)
        return evaluate(callee.node.body, inner, resolver)
    if isinstance(callee, Partial):
        return _partial_returned(callee, node, scope, resolver)
    if isinstance(callee, AttributeGetter):
        return _attribute_got(callee, node, scope, resolver)
    if isinstance(callee, DisplayGet) and (key := _first(node)) is not None:
        found = item(callee.of, evaluate(key, scope, resolver), resolver)
        rest = [evaluate(argument.value, scope, resolver) for argument in node.args[1:2]]
        return join(found, *rest) or UNKNOWN
    return UNKNOWN


def _symbol_returned(callee: Symbol, node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    special = _RETURNED.get(callee.path)
    if special is not None:
        return special(node, scope, resolver)
    if callee.path.startswith("builtins."):
        return UNKNOWN
    owner, _, method = callee.path.rpartition(".")
    if method in {"__enter__", "__aenter__"}:
        return (Instance(owner),)
    return (Instance(RETURNS.get(callee.path, callee.path)),)


def _partial_returned(callee: Partial, node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    target = _first(callee.node)
    if target is None or resolver.depth >= DEEPEST:
        return UNKNOWN
    # A partial of its own name leads in a circle, so each of them counts as a step down.
    resolver.depth += 1
    try:
        return join(*(_returned(value, node, scope, resolver) for value in evaluate(target, callee.scope, resolver)))
    finally:
        resolver.depth -= 1


def _attribute_got(callee: AttributeGetter, node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    owner = _first(node)
    if owner is None:
        return UNKNOWN
    values = evaluate(owner, scope, resolver)
    for name in callee.name.split("."):
        values = join(*(attribute(value, name, resolver) for value in values))
    return values


def _first(node: cst.Call) -> cst.BaseExpression | None:
    return node.args[0].value if node.args and node.args[0].keyword is None and not node.args[0].star else None


def _text(node: cst.BaseExpression | None, scope: Scope, resolver: Resolver) -> list[str]:
    if node is None:
        return []
    return [v.value for v in evaluate(node, scope, resolver) if isinstance(v, Constant) and isinstance(v.value, str)]


def _getattr(node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    owner = _first(node)
    if owner is None or len(node.args) < 2:
        return UNKNOWN
    names = _text(node.args[1].value, scope, resolver)
    values = evaluate(owner, scope, resolver)
    found = join(*(attribute(value, name, resolver) for value in values for name in names))
    rest = [evaluate(argument.value, scope, resolver) for argument in node.args[2:3]]
    return join(found, *rest) or UNKNOWN


def _dunder_import(node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    # Without a fromlist the top package is returned.
    whole = len(node.args) > 1
    names = _text(_first(node), scope, resolver)
    return join(*(symbol(name if whole else name.split(".", 1)[0]) for name in names)) or UNKNOWN


def _import_module(node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    return join(*(symbol(name) for name in _text(_first(node), scope, resolver))) or UNKNOWN


def _globals(node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    del node, scope, resolver
    return (Namespace(None),)


def _vars(node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    owner = _first(node)
    if owner is None:
        return (Namespace(None),)
    return tuple(Namespace(value) for value in evaluate(owner, scope, resolver))


def _attrgetter(node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    names = _text(_first(node), scope, resolver)
    return tuple(AttributeGetter(name) for name in names) or UNKNOWN


def _partial(node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    del resolver
    return (Partial(node, scope),)


def _same(node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    first = _first(node)
    return UNKNOWN if first is None else evaluate(first, scope, resolver)


def _folded(node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    """`str(x)`, `int(x)` ... of constants, `dict(a=1)` and the like."""
    arguments = [evaluate(argument.value, scope, resolver) for argument in node.args]
    name = node.func.value if isinstance(node.func, cst.Name) else ""
    if any(a.star for a in node.args) or not all(len(a) == 1 and isinstance(a[0], Constant) for a in arguments):
        return UNKNOWN
    constants = [a[0].value for a in arguments if isinstance(a[0], Constant)]
    keywords = [argument.keyword.value if argument.keyword else None for argument in node.args]
    folded = fold.call(name, constants, keywords)
    return UNKNOWN if folded is fold.NOT_CONSTANT else (Constant(folded),)


_RETURNED = {
    "builtins.getattr": _getattr,
    "builtins.__import__": _dunder_import,
    "importlib.__import__": _dunder_import,
    "importlib.import_module": _import_module,
    "builtins.globals": _globals,
    "builtins.locals": _globals,
    "builtins.vars": _vars,
    "operator.attrgetter": _attrgetter,
    "functools.partial": _partial,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "contextlib.closing": _same,
    "contextlib.nullcontext": _same,
    "staticmethod": _same,
    "builtins.staticmethod": _same,
    "typing.cast": lambda node, scope, resolver: (
        evaluate(node.args[1].value, scope, resolver) if len(node.args) == 2 else UNKNOWN
    ),
    "builtins.str": _folded,
    "builtins.bytes": _folded,
    "builtins.int": _folded,
    "builtins.bool": _folded,
    "builtins.dict": _folded,
    "builtins.tuple": _folded,
    "builtins.list": _folded,
    "builtins.chr": _folded,
}


HANDLERS[cst.Call] = _call
