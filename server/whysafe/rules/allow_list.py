"""Whether code compares a value with a literal list before it uses it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.semantics.scopes import ScopeKind, dotted
from whysafe.semantics.values import Constant
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whysafe.semantics.calls import Call, Expression

LARGEST_FUNCTION = 20_000
"""How many nodes of a function are looked at; a check in a larger one is not found."""

_LEAVES = (cst.Raise, cst.Return, cst.Continue, cst.Break)
_CONTAINERS = frozenset({"builtins.frozenset", "builtins.set", "builtins.tuple", "builtins.list"})


def is_allow_listed(value: Expression, call: Call) -> bool:
    """Whether the value comes out of a literal table, or the call stands behind a comparison with a literal list.

    Seen are `table[name]`, `if name in LIST: call`, `call if name in LIST else ...` and, above the call in its
    function, `if name not in LIST: raise` (or return, continue, break).
    """
    if _comes_from_table(value):
        return True
    name = dotted(value.node)
    function = _function_around(call)
    if name is None or function is None:
        return False
    path = _path_to(call.node, function.body)
    return any(_guards(above, below, name, value) for above, below in pairwise(path))


def _comes_from_table(value: Expression) -> bool:
    """`MODULES[name]` or `MODULES.get(name)` with a table of constants."""
    for origin in value.origins():
        node = origin.node
        table: cst.BaseExpression | None = None
        if isinstance(node, cst.Subscript):
            table = node.value
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "get":
            table = node.func.value if all(origin.at(arg.value).is_constant for arg in node.args[1:]) else None
        if table is None or not _is_literal_list(origin.at(table)):
            return False
    return True


def _is_literal_list(expression: Expression) -> bool:
    """A container that the source spells out; text is none, as `in` searches in it."""
    node = expression.node
    if (
        isinstance(node, cst.Call)
        and len(node.args) == 1
        and not _CONTAINERS.isdisjoint(expression.at(node.func).symbols)
    ):
        return _is_literal_list(expression.at(node.args[0].value))
    if isinstance(node, cst.Name):
        origins = [origin for origin in expression.origins() if origin.node is not node]
        if origins and all(isinstance(origin.node, cst.Call) for origin in origins):
            return all(_is_literal_list(origin) for origin in origins)
    values = expression.values
    return bool(values) and all(
        isinstance(value, Constant) and isinstance(value.value, (dict, frozenset, list, set, tuple)) for value in values
    )


def _function_around(call: Call) -> cst.FunctionDef | None:
    scope = call.scope
    while scope.kind is not ScopeKind.FUNCTION and scope.parent is not None:
        scope = scope.parent
    return scope.node if isinstance(scope.node, cst.FunctionDef) else None


def _path_to(wanted: cst.CSTNode, root: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """The nodes from the root down to the wanted one; empty when it is not found."""
    parents: dict[cst.CSTNode, cst.CSTNode] = {}
    todo = [root]
    while todo and len(parents) < LARGEST_FUNCTION:
        node = todo.pop()
        if node is wanted:
            return tuple(reversed(list(_upwards(node, parents))))
        for child in children(node):
            parents[child] = node
            todo.append(child)
    return ()


def _upwards(node: cst.CSTNode, parents: dict[cst.CSTNode, cst.CSTNode]) -> Iterator[cst.CSTNode]:
    at: cst.CSTNode | None = node
    while at is not None:
        yield at
        at = parents.get(at)


def _guards(above: cst.CSTNode, below: cst.CSTNode, name: str, there: Expression) -> bool:
    """Whether what stands in `below` is reached only with a name of the list."""
    if isinstance(above, (cst.If, cst.IfExp)) and above.body is below:
        return _implies(above.test, name, there, inside=True)
    if isinstance(above, (cst.If, cst.IfExp)) and above.orelse is below:
        return _implies(above.test, name, there, inside=False)
    if isinstance(above, cst.IndentedBlock):
        return any(
            isinstance(statement, cst.If)
            and _leaves(statement.body)
            and _implies(statement.test, name, there, inside=False)
            for statement in _before(below, above.body)
        )
    return False


def _before(node: cst.CSTNode, statements: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    for statement in statements:
        if statement is node:
            return
        yield statement


def _leaves(body: cst.BaseSuite) -> bool:
    """Whether a block ends by leaving what is around it."""
    last = body.body[-1] if body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, _LEAVES)


def _implies(test: cst.BaseExpression, name: str, there: Expression, *, inside: bool) -> bool:
    """Whether the test being true (`inside`), or false, means that the name is one of a literal list."""
    todo: list[tuple[cst.BaseExpression, bool]] = [(test, inside)]
    while todo:
        node, holds = todo.pop()
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
            todo.append((node.expression, not holds))
        elif isinstance(node, cst.BooleanOperation):
            # Of `a and b` being true both are true; of `a or b` being false both are false.
            if holds is isinstance(node.operator, cst.And):
                todo += ((node.left, holds), (node.right, holds))
        elif isinstance(node, cst.Comparison) and _compares(node, name, there, holds=holds):
            return True
    return False


def _compares(node: cst.Comparison, name: str, there: Expression, *, holds: bool) -> bool:
    if len(node.comparisons) != 1 or dotted(node.left) != name:
        return False
    target = node.comparisons[0]
    if isinstance(target.operator, (cst.In, cst.NotIn)):
        return holds is isinstance(target.operator, cst.In) and _is_literal_list(there.at(target.comparator))
    if isinstance(target.operator, (cst.Equal, cst.NotEqual)):
        return holds is isinstance(target.operator, cst.Equal) and there.at(target.comparator).text is not None
    return False
