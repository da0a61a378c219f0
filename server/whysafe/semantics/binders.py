"""What statements and targets do to the names of a scope, each as a step that can be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.semantics.scopes import Binding, BindingKind, Scope, ScopeKind, add, do, dotted, identifier

if TYPE_CHECKING:
    from collections.abc import Iterator


def bind_target(target: cst.CSTNode, binding: Binding, scope: Scope) -> None:
    """Bind a name, an attribute of self, or each of several targets to its part of the value."""
    todo: list[tuple[cst.CSTNode, Binding]] = [(target, binding)]
    while todo:
        part, bound = todo.pop()
        if isinstance(part, cst.Name):
            do(scope, add, scope, part.value, bound)
        elif isinstance(part, (cst.Tuple, cst.List)):
            for number, element in enumerate(part.elements):
                todo.append((element.value, _part_of(bound, number, starred=isinstance(element, cst.StarredElement))))
        elif isinstance(part, cst.Attribute) and isinstance(part.value, cst.Name):
            do(scope, _add_attribute, scope, identifier(part.value.value), identifier(part.attr.value), bound)


def _add_attribute(scope: Scope, owner: str, name: str, binding: Binding) -> None:
    """Bind `owner.name` in the class whose instance the owner is, if it is one."""
    home = _class_of_self(owner, scope)
    if home is not None:
        home.attributes.setdefault(name, []).append(binding)


def _part_of(binding: Binding, number: int, *, starred: bool) -> Binding:
    if starred or binding.kind not in {BindingKind.VALUE, BindingKind.ELEMENT}:
        return Binding(BindingKind.OPAQUE, binding.scope, owner=binding.owner)
    return Binding(
        BindingKind.ELEMENT, binding.scope, binding.node, index=(*binding.index, number), owner=binding.owner
    )


def _class_of_self(name: str, scope: Scope | None) -> Scope | None:
    while scope is not None:
        for binding in scope.bindings.get(name, ()):
            return binding.scope if binding.kind is BindingKind.SELF else None
        scope = scope.parent
    return None


def _bind_assign(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.Assign)
    binding = Binding(BindingKind.VALUE, scope, node.value, owner=node)
    for target in node.targets:
        bind_target(target.target, binding, scope)


def _bind_annotated(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.AnnAssign)
    if node.value is None:
        bind_target(node.target, Binding(BindingKind.TYPED, scope, node.annotation.annotation, owner=node), scope)
    else:
        bind_target(node.target, Binding(BindingKind.VALUE, scope, node.value, owner=node), scope)


def _bind_augmented(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.AugAssign)
    bind_target(node.target, Binding(BindingKind.AUGMENTED, scope, node.value, owner=node), scope)


def _bind_walrus(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    assert isinstance(node, cst.NamedExpr)
    bind_target(node.target, Binding(BindingKind.VALUE, scope, node.value, owner=statement), scope)


def _bind_for(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.For)
    bind_target(node.target, Binding(BindingKind.ITERATED, scope, node.iter, owner=node), scope)


def _bind_with(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.With)
    for item in node.items:
        if item.asname is not None:
            bind_target(item.asname.name, Binding(BindingKind.VALUE, scope, item.item, owner=node), scope)


def _bind_except(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    assert isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler))
    if node.name is not None:
        bind_target(node.name.name, Binding(BindingKind.OPAQUE, scope, owner=statement), scope)


def _bind_import(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.Import)
    for alias in node.names:
        path = dotted(alias.name)
        if path is None:
            continue
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            do(scope, add, scope, alias.asname.name.value, Binding(BindingKind.IMPORT, scope, alias, path, owner=node))
        else:
            first = path.split(".", 1)[0]
            do(scope, add, scope, first, Binding(BindingKind.IMPORT, scope, alias, first, owner=node))


def _bind_import_from(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.ImportFrom)
    module = "." * len(node.relative) + (dotted(node.module) or "")
    if isinstance(node.names, cst.ImportStar):
        do(scope, add, scope, "*", Binding(BindingKind.STAR, scope, node, module, owner=node))
        return
    for alias in node.names:
        name = dotted(alias.name)
        bound = alias.asname.name if alias.asname is not None else alias.name
        if name is not None and isinstance(bound, cst.Name):
            do(
                scope,
                add,
                scope,
                bound.value,
                Binding(BindingKind.IMPORT, scope, alias, f"{module}.{name}", owner=node),
            )


def _bind_global(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, (cst.Global, cst.Nonlocal))
    do(scope, _declare, node, scope)


def _declare(node: cst.Global | cst.Nonlocal, scope: Scope) -> None:
    for item in node.names:
        name = identifier(item.name.value)
        target: Scope | None = None
        if isinstance(node, cst.Nonlocal):
            target = scope.parent
            while target is not None and not (target.kind is ScopeKind.FUNCTION and name in target.bindings):
                target = target.parent
        # Assignments that stand above the declaration are a syntax error, so none has been bound here yet.
        scope.elsewhere[name] = target


def _bind_pattern(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    assert isinstance(node, (cst.MatchAs, cst.MatchStar, cst.MatchMapping))
    name = node.rest if isinstance(node, cst.MatchMapping) else node.name
    if name is not None:
        do(scope, add, scope, name.value, Binding(BindingKind.OPAQUE, scope, owner=statement))


def _bind_type_alias(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.TypeAlias)
    do(scope, add, scope, node.name.value, Binding(BindingKind.OPAQUE, scope, owner=node))


def bind_parameters(parameters: cst.Parameters, inner: Scope, outer: Scope, *, method: bool) -> None:
    for number, parameter in enumerate(all_parameters(parameters)):
        own = number == 0 and method and parameter.star not in {"*", "**"}
        binding = (
            Binding(BindingKind.SELF, outer, owner=parameter)
            if own
            else Binding(BindingKind.PARAMETER, outer, parameter, owner=parameter)
        )
        do(inner, add, inner, parameter.name.value, binding)


def all_parameters(parameters: cst.Parameters) -> Iterator[cst.Param]:
    """Every parameter in the order of the source, `*args` and `**kwargs` included."""
    yield from parameters.posonly_params
    yield from parameters.params
    if isinstance(parameters.star_arg, cst.Param):
        yield parameters.star_arg
    yield from parameters.kwonly_params
    if parameters.star_kwarg is not None:
        yield parameters.star_kwarg


BINDERS = {
    cst.Assign: _bind_assign,
    cst.AnnAssign: _bind_annotated,
    cst.AugAssign: _bind_augmented,
    cst.NamedExpr: _bind_walrus,
    cst.For: _bind_for,
    cst.With: _bind_with,
    cst.ExceptHandler: _bind_except,
    cst.ExceptStarHandler: _bind_except,
    cst.Import: _bind_import,
    cst.ImportFrom: _bind_import_from,
    cst.Global: _bind_global,
    cst.Nonlocal: _bind_global,
    cst.MatchAs: _bind_pattern,
    cst.MatchStar: _bind_pattern,
    cst.MatchMapping: _bind_pattern,
    cst.TypeAlias: _bind_type_alias,
}
