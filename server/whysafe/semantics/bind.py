"""One walk over a piece: scopes, bindings, and the nodes that rules want to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.semantics.binders import BINDERS, all_parameters, bind_parameters, bind_target
from whysafe.semantics.scopes import (
    Binding,
    BindingKind,
    PieceScopes,
    Scope,
    ScopeKind,
    Seen,
    Segment,
    add,
    do,
    open_scope,
)
from whysafe.syntax.tree import LEAVES, NODES, children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def bind(
    body: Sequence[cst.CSTNode],
    keep: frozenset[type[cst.CSTNode]],
    *,
    in_class: bool,
    module: cst.CSTNode,
    former: PieceScopes | None = None,
) -> PieceScopes:
    """Walk the statements of a piece once; iterative, so that no nesting exhausts the stack.

    Args:
        body: the statements of the piece itself, without a wrapper.
        keep: the node classes to list in `seen`.
        in_class: whether the piece is a member of a class whose members are pieces.
        module: the parent to report for the statements themselves.
        former: what a walk with the same `keep` said of a tree that shares nodes with this one. It is made into the
            answer and holds for that tree no longer. Of statements that were walked then only the steps are repeated.
    """
    top = ScopeKind.CLASS if in_class else ScopeKind.MODULE
    pieces = PieceScopes() if former is None or former.top.kind is not top else former
    pieces.begin(top)
    plain = LEAVES - keep
    stack: list[_Todo] = [(node, pieces.top, node, module) for node in reversed(body)]
    unfinished: list[tuple[int, int]] = []
    while stack:
        node, scope, statement, parent = stack.pop()
        kind = type(node)
        if kind in _BEGIN:
            _finish(unfinished, len(stack), pieces)
            known = pieces.former.of(node) if pieces.former is not None else ()
            if known and _holds(known[0], keep, scope, statement, parent):
                pieces.repeat(known)
                continue
            unfinished.append((len(stack), len(pieces.segments)))
            segment = Segment(node, scope, statement, parent)
            pieces.segments.append(segment)
        if kind in _STATEMENTS:
            statement = node
        if kind in keep:
            segment.seen.append(Seen(node, scope, statement, parent))
        opener = _OPENERS.get(kind)
        if opener is not None:
            stack.extend(reversed(list(opener(node, scope, statement))))
            continue
        binder = BINDERS.get(kind)
        if binder is not None:
            binder(node, scope, statement)
        below = [(child, scope, statement, node) for child in children(node) if type(child) not in plain]
        stack.extend(reversed(below))
    _finish(unfinished, -1, pieces)
    pieces.former = None
    return pieces


def _finish(unfinished: list[tuple[int, int]], height: int, pieces: PieceScopes) -> None:
    """Note the length of the segments of which nothing is on the stack any more, which has this height."""
    while unfinished and unfinished[-1][0] > height:
        _, number = unfinished.pop()
        pieces.segments[number].length = len(pieces.segments) - number


def _holds(
    segment: Segment, keep: frozenset[type[cst.CSTNode]], scope: Scope, statement: cst.CSTNode, parent: cst.CSTNode
) -> bool:
    """Whether a walk that comes to the node of a segment in these surroundings would find the same again."""
    if segment.scope is not scope:
        return False
    kind = type(segment.node)
    closed = kind is cst.SimpleStatementLine or kind in _STATEMENTS  # What stands in it, stands in that statement.
    return (closed and kind not in keep) or (segment.statement is statement and segment.parent is parent)


# --- nodes that open a scope -----------------------------------------------------------------------------------------

_Todo = tuple[cst.CSTNode, Scope, cst.CSTNode, cst.CSTNode]


def _open_function(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    del statement
    assert isinstance(node, cst.FunctionDef)
    do(scope, add, scope, node.name.value, Binding(BindingKind.FUNCTION, scope, node, owner=node))
    inner = _opened(node, scope, ScopeKind.FUNCTION, node.name.value)
    names = {d.decorator.value for d in node.decorators if isinstance(d.decorator, cst.Name)}
    bind_parameters(node.params, inner, scope, method=scope.kind is ScopeKind.CLASS and "staticmethod" not in names)
    for decorator in node.decorators:
        yield decorator.decorator, scope, node, decorator
    yield from _parameter_parts(node.params, scope, node)
    if node.returns is not None:
        yield node.returns.annotation, scope, node, node.returns
    yield node.body, inner, node, node


def _open_lambda(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    assert isinstance(node, cst.Lambda)
    inner = _opened(node, scope, ScopeKind.FUNCTION)
    bind_parameters(node.params, inner, scope, method=False)
    yield from _parameter_parts(node.params, scope, statement)
    yield node.body, inner, statement, node


def _open_class(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    del statement
    assert isinstance(node, cst.ClassDef)
    do(scope, add, scope, node.name.value, Binding(BindingKind.CLASS, scope, node, owner=node))
    inner = _opened(node, scope, ScopeKind.CLASS, node.name.value)
    for decorator in node.decorators:
        yield decorator.decorator, scope, node, decorator
    for argument in (*node.bases, *node.keywords):
        yield argument, scope, node, node
    yield node.body, inner, node, node


def _open_comprehension(node: cst.CSTNode, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    assert isinstance(node, cst.BaseComp)
    inner = _opened(node, scope, ScopeKind.COMPREHENSION)
    clause: cst.CompFor | None = node.for_in
    outer = scope
    while clause is not None:
        bind_target(clause.target, Binding(BindingKind.ITERATED, outer, clause.iter, owner=statement), inner)
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


def _opened(node: cst.CSTNode, scope: Scope, kind: ScopeKind, name: str = "") -> Scope:
    """The scope that a node opens: that of its former self, known by the statements that it still has, or a new one."""
    inner = _former(node, scope) if isinstance(node, (cst.FunctionDef, cst.ClassDef)) else None
    if inner is None or inner.kind is not kind or inner.name != name:
        inner = Scope(kind, scope, node, scope.root, name)
    do(scope, open_scope, inner, node)
    return inner


def _former(node: cst.FunctionDef | cst.ClassDef, scope: Scope) -> Scope | None:
    """The scope of the first statement in a definition that was walked before, if nothing else has taken it over."""
    former = scope.root.former
    if former is None:
        return None
    known = next(filter(None, map(former.of, node.body.body)), None)
    inner = known[0].scope if known else None
    return inner if inner is not None and inner.parent is scope and inner.node not in scope.root.by_node else None


def _parameter_parts(parameters: cst.Parameters, scope: Scope, statement: cst.CSTNode) -> Iterator[_Todo]:
    for parameter in all_parameters(parameters):
        if parameter.annotation is not None:
            yield parameter.annotation.annotation, scope, statement, parameter
        if parameter.default is not None:
            yield parameter.default, scope, statement, parameter


_COMPOUND = frozenset(kind for kind in NODES if cst.BaseCompoundStatement in kind.__mro__)
_STATEMENTS = _COMPOUND.union(kind for kind in NODES if cst.BaseSmallStatement in kind.__mro__)
_BEGIN = frozenset(
    (
        *_COMPOUND,
        *(cst.SimpleStatementLine, cst.ExceptHandler, cst.ExceptStarHandler, cst.Else, cst.Finally, cst.MatchCase),
    )
)
"""The nodes that begin a segment: what is in blocks, and what has blocks."""
