"""What of a call stands in the source in a form that a fix can change without changing anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.rule import Evidence, RemoveArgument
from whysafe.semantics.fold import NOT_CONSTANT, literal

if TYPE_CHECKING:
    from whysafe.analysis.finding import Severity
    from whysafe.semantics.calls import Argument, Call, Expression


def member(of: Expression, owner: str, name: str) -> cst.Name | None:
    """The `name` node of an expression written as `owner.name`, `owner` under any name that it has in the file.

    None when it is written in another way: an imported name, a variable or an attribute of something else cannot be
    renamed alone.
    """
    node = of.node
    if isinstance(node, cst.Attribute) and node.attr.value == name and of.at(node.value).symbols == (owner,):
        return node.attr
    return None


def own_argument(call: Call, argument: Argument) -> cst.Arg | None:
    """The argument as it stands in this very call; None when it comes from `*`, `**` or a partial."""
    arg = argument.arg
    if arg is None or arg.star or not any(arg is written for written in call.node.args):
        return None
    return arg


def removal(call: Call, argument: Argument) -> tuple[RemoveArgument, ...]:
    """Take a keyword argument with a literal value out of its call; empty where that is not possible."""
    arg = own_argument(call, argument)
    if arg is None or arg.keyword is None or literal(argument.node) is NOT_CONSTANT:
        return ()
    return (RemoveArgument(call.node, arg),)


def underlined(call: Call, argument: Argument) -> cst.CSTNode | None:
    """The argument of this call to underline; None, which is the callee, when it is written elsewhere."""
    return own_argument(call, argument)


def trail(of: Expression, message: str) -> tuple[Evidence, ...]:
    """Where a value comes from, when it is not written in its place."""
    return tuple(
        Evidence(origin.node, origin.scope, message)
        for origin in of.origins()
        if origin.node is not of.node and origin.is_constant
    )


def milder_for_constant(severity: Severity, data: Expression | None) -> Severity:
    """One step down for data that the source itself spells out: nobody else can change it."""
    return severity.step(-1) if data is not None and data.is_constant else severity
