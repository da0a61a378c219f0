"""What a binding gives its name, by the kind of the binding."""

from __future__ import annotations

import libcst as cst

from whysafe.semantics import fold
from whysafe.semantics.known import RETURNS
from whysafe.semantics.resolver import BOUND, Resolver, evaluate, paths, symbol
from whysafe.semantics.scopes import Binding, BindingKind, Scope
from whysafe.semantics.values import (
    UNKNOWN,
    Constant,
    Display,
    Function,
    Instance,
    LocalClass,
    LocalInstance,
    Symbol,
    Value,
    Values,
    join,
)


def _bound_import(binding: Binding, resolver: Resolver) -> Values:
    del resolver
    return symbol(binding.path)


def _bound_value(binding: Binding, resolver: Resolver) -> Values:
    return evaluate(_node(binding), binding.scope, resolver)


def _bound_element(binding: Binding, resolver: Resolver) -> Values:
    todo: list[tuple[cst.CSTNode, Scope]] = [(_node(binding), binding.scope)]
    for index in binding.index:
        node, scope = todo.pop()
        element = fold.element_at(node, index)
        if element is None:
            values = evaluate(node, scope, resolver)
            if len(values) == 1 and isinstance(values[0], Constant) and isinstance(values[0].value, (tuple, list)):
                container = values[0].value
                return (Constant(container[index]),) if index < len(container) and len(binding.index) == 1 else UNKNOWN
            if len(values) == 1 and isinstance(values[0], Instance) and values[0].path == "multiprocessing.Pipe":
                return (Instance("multiprocessing.connection.Connection"),)
            if len(values) == 1 and isinstance(values[0], Instance) and values[0].path == "socket.socket.accept":
                return (Instance("socket.socket"),) if index == 0 else UNKNOWN
            if len(values) != 1 or not isinstance(values[0], Display):
                return UNKNOWN
            element = fold.element_at(values[0].node, index)
            scope = values[0].scope
            if element is None:
                return UNKNOWN
        todo.append((element, scope))
    node, scope = todo.pop()
    return evaluate(node, scope, resolver)


def _bound_iterated(binding: Binding, resolver: Resolver) -> Values:
    parts: list[Values] = []
    for value in evaluate(_node(binding), binding.scope, resolver):
        if isinstance(value, Constant) and isinstance(value.value, (tuple, list, set)) and value.value:
            parts.append(tuple(Constant(item) for item in value.value))
        elif isinstance(value, Display) and not isinstance(value.node, cst.Dict):
            parts.extend(evaluate(element.value, value.scope, resolver) for element in value.node.elements)
        else:
            parts.append(UNKNOWN)
    return join(*parts)


def _bound_parameter(binding: Binding, resolver: Resolver) -> Values:
    parameter = binding.node
    assert isinstance(parameter, cst.Param)
    values: Values = ()
    if parameter.annotation is not None and parameter.star not in {"*", "**"}:
        values = _typed(parameter.annotation.annotation, binding.scope, resolver)
    if parameter.default is not None:
        values = join(values, evaluate(parameter.default, binding.scope, resolver))
    return join(values, UNKNOWN)


def _bound_typed(binding: Binding, resolver: Resolver) -> Values:
    return _typed(_node(binding), binding.scope, resolver) or UNKNOWN


def _typed(annotation: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    """Instances of the classes that an annotation names; `X | None` and `Optional[X]` are X."""
    if isinstance(annotation, cst.BinaryOperation):
        return join(_typed(annotation.left, scope, resolver), _typed(annotation.right, scope, resolver))
    if isinstance(annotation, cst.SimpleString):
        return ()
    if isinstance(annotation, cst.Subscript):
        named = paths(evaluate(annotation.value, scope, resolver))
        inner = annotation.slice[0].slice if len(annotation.slice) == 1 else None
        optional = named and named[0] in {"typing.Optional", "typing.Annotated"}
        return _typed(inner.value, scope, resolver) if optional and isinstance(inner, cst.Index) else ()
    made: list[Value] = []
    for value in evaluate(annotation, scope, resolver):
        if isinstance(value, Symbol) and not value.path.startswith("builtins."):
            made.append(Instance(RETURNS.get(value.path, value.path)))
        elif isinstance(value, LocalClass):
            made.append(LocalInstance(value))
    return tuple(made)


def _bound_self(binding: Binding, resolver: Resolver) -> Values:
    owner = _enclosing_class(binding.scope, resolver)
    return UNKNOWN if owner is None else (LocalInstance(owner),)


def _enclosing_class(scope: Scope, resolver: Resolver) -> LocalClass | None:
    if isinstance(scope.node, cst.ClassDef):
        return LocalClass(scope.node, scope.parent or scope)
    return resolver.world.class_of(scope)


def _bound_function(binding: Binding, resolver: Resolver) -> Values:
    del resolver
    node = binding.node
    assert isinstance(node, cst.FunctionDef)
    return (Function(node, binding.scope),)


def _bound_class(binding: Binding, resolver: Resolver) -> Values:
    del resolver
    node = binding.node
    assert isinstance(node, cst.ClassDef)
    return (LocalClass(node, binding.scope),)


def _node(binding: Binding) -> cst.CSTNode:
    assert binding.node is not None
    return binding.node


BOUND.update(
    {
        BindingKind.IMPORT: _bound_import,
        BindingKind.VALUE: _bound_value,
        BindingKind.ELEMENT: _bound_element,
        BindingKind.ITERATED: _bound_iterated,
        BindingKind.PARAMETER: _bound_parameter,
        BindingKind.TYPED: _bound_typed,
        BindingKind.SELF: _bound_self,
        BindingKind.FUNCTION: _bound_function,
        BindingKind.CLASS: _bound_class,
    }
)
