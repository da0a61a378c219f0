"""One walk over a piece: scopes, bindings, and the nodes that rules want to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.semantics.scopes import Binding, BindingKind, PieceScopes, Scope, ScopeKind, Seen, add, dotted, identifier
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def bind(
    body: Sequence[cst.CSTNode], keep: frozenset[type[cst.CSTNode]], *, in_class: bool, module: cst.CSTNode
) -> PieceScopes:
    """Walk the statements of a piece once; iterative, so that no nesting exhausts the stack.

    Args:
        body: the statements of the piece itself, without a wrapper.
        keep: the node classes to list in `seen`.
        in_class: whether the piece is a member of a class whose members are pieces.
        module: the parent to report for the statements themselves.
    """
    pieces = PieceScopes()
    top = pieces.open_top(ScopeKind.CLASS if in_class else ScopeKind.MODULE)
    stack: list[tuple[cst.CSTNode, Scope, cst.CSTNode, cst.CSTNode]] = [
        (node, top, node, module) for node in reversed(body)
    ]
    while stack:
        node, scope, statement, parent = stack.pop()
        kind = type(node)
        if kind in _STATEMENTS:
            statement = node
        if kind in keep:
            pieces.seen.setdefault(kind, []).append(Seen(node, scope, statement, parent))
        opener = _OPENERS.get(kind)
        if opener is not None:
            stack.extend(reversed(list(opener(node, scope, statement))))
            continue
        binder = _BINDERS.get(kind)
        if binder is not None:
            binder(node, scope, statement)
        stack.extend([(child, scope, statement, node) for child in reversed(list(children(node)))])
    return pieces


# --- nodes that open a scope -----------------------------------------------------------------------------------------

_Todo = tuple[cst.CSTNode, Scope, cst.CSTNode, cst.CSTNode]


def _open_function(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    del statement
    assert isinstance(node, cst.FunctionDef)
    add(scope, node.name.value, Binding(BindingKind.FUNCTION, scope, node, owner=node))
    inner = Scope(ScopeKind.FUNCTION, scope, node, scope.root, node.name.value)
    scope.root.by_node[node] = inner
    names = {d.decorator.value for d in node.decorators if isinstance(d.decorator, cst.Name)}
    _bind_parameters(node.params, inner, scope, method=scope.kind is ScopeKind.CLASS and "staticmethod" not in names)
    for decorator in node.decorators:
        yield decorator.decorator, scope, node, decorator
    yield from _parameter_parts(node.params, scope, node)
    if node.returns is not None:
        yield node.returns.annotation, scope, node, node.returns
    yield node.body, inner, node, node


def _open_lambda(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    assert isinstance(node, cst.Lambda)
    inner = Scope(ScopeKind.FUNCTION, scope, node, scope.root)
    scope.root.by_node[node] = inner
    _bind_parameters(node.params, inner, scope, method=False)
    yield from _parameter_parts(node.params, scope, statement)
    yield node.body, inner, statement, node


def _open_class(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    del statement
    assert isinstance(node, cst.ClassDef)
    add(scope, node.name.value, Binding(BindingKind.CLASS, scope, node, owner=node))
    inner = Scope(ScopeKind.CLASS, scope, node, scope.root, node.name.value)
    scope.root.by_node[node] = inner
    for decorator in node.decorators:
        yield decorator.decorator, scope, node, decorator
    for argument in (*node.bases, *node.keywords):
        yield argument, scope, node, node
    yield node.body, inner, node, node


def _open_comprehension(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    assert isinstance(node, cst.BaseComp)
    inner = Scope(ScopeKind.COMPREHENSION, scope, node, scope.root)
    scope.root.by_node[node] = inner
    clause: cst.CompFor | None = node.for_in
    outer = scope
    while clause is not None:
        _bind_target(clause.target, Binding(BindingKind.ITERATED, outer, clause.iter, owner=statement), inner)
        yield clause.iter, outer, statement, clause
        for condition in clause.ifs:
            yield condition.test, inner, statement, condition
        clause, outer = clause.inner_for_in, inner
    if isinstance(node, cst.DictComp):
        yield node.key, inner, statement, node
        yield node.value, inner, statement, node
    elif isinstance(node, cst.BaseSimpleComp):
        yield node.elt, inner, statement, node


_OPENERS = {
    cst.FunctionDef: _open_function,
    cst.Lambda: _open_lambda,
    cst.ClassDef: _open_class,
    cst.GeneratorExp: _open_comprehension,
    cst.ListComp: _open_comprehension,
    cst.SetComp: _open_comprehension,
    cst.DictComp: _open_comprehension,
}


def all_parameters(parameters: cst.Parameters) -> Iterator[cst.Param]:
    """Every parameter in the order of the source, `*args` and `**kwargs` included."""
    yield from parameters.posonly_params
    yield from parameters.params
    if isinstance(parameters.star_arg, cst.Param):
        yield parameters.star_arg
    yield from parameters.kwonly_params
    if parameters.star_kwarg is not None:
        yield parameters.star_kwarg


def _parameter_parts(parameters: cst.Parameters, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    for parameter in all_parameters(parameters):
        if parameter.annotation is not None:
            yield parameter.annotation.annotation, scope, statement, parameter
        if parameter.default is not None:
            yield parameter.default, scope, statement, parameter


def _bind_parameters(parameters: cst.Parameters, inner: Scope, outer: Scope, *, method: bool) -> None:
    for number, parameter in enumerate(all_parameters(parameters)):
        if number == 0 and method and parameter.star not in {"*", "**"}:
            own = Binding(BindingKind.SELF, outer, outer.node, owner=parameter)
            inner.bindings.setdefault(identifier(parameter.name.value), []).append(own)
        else:
            inner.bindings.setdefault(identifier(parameter.name.value), []).append(
                Binding(BindingKind.PARAMETER, outer, parameter, owner=parameter)
            )


# --- nodes that bind names -------------------------------------------------------------------------------------------


def _bind_target(target: cst.CSTNode, binding: Binding, scope: Scope) -> None:
    """Bind a name, an attribute of self, or each of several targets to its part of the value."""
    todo: list[tuple[cst.CSTNode, Binding]] = [(target, binding)]
    while todo:
        part, bound = todo.pop()
        if isinstance(part, cst.Name):
            add(scope, part.value, bound)
        elif isinstance(part, (cst.Tuple, cst.List)):
            for number, element in enumerate(part.elements):
                todo.append((element.value, _part_of(bound, number, starred=isinstance(element, cst.StarredElement))))
        elif isinstance(part, cst.Attribute) and isinstance(part.value, cst.Name):
            home = _class_of_self(identifier(part.value.value), scope)
            if home is not None:
                home.attributes.setdefault(identifier(part.attr.value), []).append(bound)


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
        _bind_target(target.target, binding, scope)


def _bind_annotated(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.AnnAssign)
    if node.value is None:
        _bind_target(node.target, Binding(BindingKind.TYPED, scope, node.annotation.annotation, owner=node), scope)
    else:
        _bind_target(node.target, Binding(BindingKind.VALUE, scope, node.value, owner=node), scope)


def _bind_augmented(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.AugAssign)
    _bind_target(node.target, Binding(BindingKind.AUGMENTED, scope, node.value, owner=node), scope)


def _bind_walrus(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    assert isinstance(node, cst.NamedExpr)
    _bind_target(node.target, Binding(BindingKind.VALUE, scope, node.value, owner=statement), scope)


def _bind_for(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.For)
    _bind_target(node.target, Binding(BindingKind.ITERATED, scope, node.iter, owner=node), scope)


def _bind_with(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.With)
    for item in node.items:
        if item.asname is not None:
            _bind_target(item.asname.name, Binding(BindingKind.VALUE, scope, item.item, owner=node), scope)


def _bind_except(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    assert isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler))
    if node.name is not None:
        _bind_target(node.name.name, Binding(BindingKind.OPAQUE, scope, owner=statement), scope)


def _bind_import(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.Import)
    for alias in node.names:
        path = dotted(alias.name)
        if path is None:
            continue
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            add(scope, alias.asname.name.value, Binding(BindingKind.IMPORT, scope, alias, path, owner=node))
        else:
            first = path.split(".", 1)[0]
            add(scope, first, Binding(BindingKind.IMPORT, scope, alias, first, owner=node))


def _bind_import_from(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.ImportFrom)
    module = "." * len(node.relative) + (dotted(node.module) or "")
    if isinstance(node.names, cst.ImportStar):
        add(scope, "*", Binding(BindingKind.STAR, scope, node, module, owner=node))
        return
    for alias in node.names:
        name = dotted(alias.name)
        bound = alias.asname.name if alias.asname is not None else alias.name
        if name is not None and isinstance(bound, cst.Name):
            add(scope, bound.value, Binding(BindingKind.IMPORT, scope, alias, f"{module}.{name}", owner=node))


def _bind_global(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, (cst.Global, cst.Nonlocal))
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
        add(scope, name.value, Binding(BindingKind.OPAQUE, scope, owner=statement))


def _bind_type_alias(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> None:
    del statement
    assert isinstance(node, cst.TypeAlias)
    add(scope, node.name.value, Binding(BindingKind.OPAQUE, scope, owner=node))


_BINDERS = {
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

_STATEMENTS = frozenset(
    kind
    for kind in vars(cst).values()
    if isinstance(kind, type) and issubclass(kind, (cst.BaseSmallStatement, cst.BaseCompoundStatement))
)
