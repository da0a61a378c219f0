"""A call and its arguments as a rule wants to see them: by name or position, with their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.semantics import fold
from whysafe.semantics.resolve import Resolver, ancestors, evaluate, lookup, paths
from whysafe.semantics.scopes import BindingKind, Scope, Seen, dotted
from whysafe.semantics.values import Constant, Display, Instance, LocalClass, LocalInstance, Partial, Symbol, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whysafe.semantics.values import Values

NOT_CONSTANT = fold.NOT_CONSTANT
LONGEST_TRAIL = 50
"""How many expressions are looked at for the origins of a value."""


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """An expression where it stands, and what is known of its value."""

    node: cst.BaseExpression
    scope: Scope
    resolver: Resolver

    @property
    def values(self) -> Values:
        """All candidates; see `semantics.values`."""
        return evaluate(self.node, self.scope, self.resolver)

    @property
    def constant(self) -> object:
        """The value if it is one constant, else NOT_CONSTANT."""
        values = self.values
        return values[0].value if len(values) == 1 and isinstance(values[0], Constant) else NOT_CONSTANT

    @property
    def constants(self) -> tuple[object, ...]:
        """All constants among the candidates."""
        return tuple(value.value for value in self.values if isinstance(value, Constant))

    @property
    def text(self) -> str | None:
        """The constant, if it is text."""
        constant = self.constant
        return constant if isinstance(constant, str) else None

    @property
    def symbols(self) -> tuple[str, ...]:
        """Qualified names among the candidates."""
        return paths(self.values)

    @property
    def instances(self) -> tuple[str, ...]:
        """Qualified names of the classes (or functions) of which the value can be the result; bases included."""
        found: list[str] = []
        for value in self.values:
            if isinstance(value, Instance):
                found.append(value.path)
            elif isinstance(value, LocalInstance):
                found.extend(ancestors(value.of, self.resolver))
        return tuple(found)

    @property
    def truth(self) -> bool | None:
        """Whether the value is certainly true or false."""
        answers = {bool(value.value) if isinstance(value, Constant) else None for value in self.values}
        return answers.pop() if len(answers) == 1 else None

    @property
    def may_be_true(self) -> bool:
        """Whether a true constant is among the candidates."""
        return any(bool(constant) for constant in self.constants)

    @property
    def is_constant(self) -> bool:
        """Whether the source spells the value out, in every candidate."""
        values = self.values
        return bool(values) and all(isinstance(value, Constant) for value in values)

    @property
    def is_none(self) -> bool:
        return self.constant is None

    def derives_from(self, *names: str) -> bool:
        """Whether a candidate is one of the classes, or a class of this file that derives from one."""
        wanted = set(names)
        return any(
            (isinstance(value, Symbol) and value.path in wanted)
            or (isinstance(value, LocalClass) and not wanted.isdisjoint(ancestors(value, self.resolver)))
            for value in self.values
        )

    def at(self, node: cst.BaseExpression) -> Expression:
        """Another expression of the same scope."""
        return Expression(node, self.scope, self.resolver)

    def origins(self) -> tuple[Expression, ...]:
        """The expressions that the value can come from: this one, or what the names in its place were given.

        Follows assignments, augmented assignments, conditional expressions and walruses inside this file; a name that
        nothing is known of (a parameter) stands for itself.
        """
        found: list[Expression] = []
        seen: set[cst.CSTNode] = set()
        todo: list[tuple[cst.CSTNode, Scope]] = [(self.node, self.scope)]
        while todo and len(seen) < LONGEST_TRAIL:
            node, scope = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            further = list(_sources(node, scope, self.resolver))
            if further:
                todo.extend(reversed(further))
            elif isinstance(node, cst.BaseExpression):
                found.append(Expression(node, scope, self.resolver))
        return tuple(found)


def _sources(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Iterator[tuple[cst.CSTNode, Scope]]:
    if isinstance(node, cst.IfExp):
        yield node.body, scope
        yield node.orelse, scope
    elif isinstance(node, cst.NamedExpr):
        yield node.value, scope
    elif isinstance(node, cst.Name) and node.value not in fold.NAMED:
        followed = {BindingKind.VALUE, BindingKind.AUGMENTED}
        for binding in lookup(node.value, scope, resolver) or ():
            if binding.kind in followed and binding.node is not None:
                yield binding.node, binding.scope


@dataclass(frozen=True, slots=True, eq=False)
class Argument(Expression):
    """An argument of a call. `arg` is None where the value came out of a `**{...}` display."""

    arg: cst.Arg | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call of something that a rule names.

    Attributes:
        name: the qualified name that matched, such as `subprocess.run`, or the bare method name.
        exact: whether it is the only thing that the callee can be.
        partial: whether this is `functools.partial(name, ...)`: further arguments may follow later.
        subclass: the class of this file through which a library class is called.
    """

    node: cst.Call
    name: str
    seen: Seen
    resolver: Resolver
    exact: bool = True
    partial: bool = False
    subclass: cst.ClassDef | None = None
    bound: tuple[tuple[cst.Arg, Scope], ...] = ()

    @property
    def scope(self) -> Scope:
        return self.seen.scope

    @property
    def callee(self) -> Expression:
        return Expression(self.node.func, self.scope, self.resolver)

    @property
    def receiver(self) -> Expression | None:
        """What stands before the dot of `receiver.method(...)`."""
        func = self.node.func
        return Expression(func.value, self.scope, self.resolver) if isinstance(func, cst.Attribute) else None

    @property
    def receiver_name(self) -> str:
        """The last name before the method: `cursor` of `self.cursor.execute(...)`; empty when there is none."""
        func = self.node.func
        value = func.value if isinstance(func, cst.Attribute) else None
        if isinstance(value, cst.Attribute):
            return value.attr.value
        if isinstance(value, cst.Call):
            return (dotted(value.func) or "").rpartition(".")[2]
        return value.value if isinstance(value, cst.Name) else ""

    def argument(self, keyword: str | None = None, position: int | None = None) -> Argument | None:
        """The argument of that keyword or position (from 0), also out of `**{...}` and `*(...)` displays."""
        place = 0
        for arg, scope in self._arguments():
            if arg.star == "**":
                found = self._from_mapping(arg, scope, keyword)
                if found is not None:
                    return found
            elif arg.star == "*":
                elements = self._spread(arg, scope)
                if elements is None:
                    place = -(10**6)  # Nobody knows which positions follow.
                    continue
                if position is not None and place <= position < place + len(elements):
                    return Argument(elements[position - place], scope, self.resolver, arg)
                place += len(elements)
            elif arg.keyword is not None:
                if arg.keyword.value == keyword:
                    return Argument(arg.value, scope, self.resolver, arg)
            else:
                if position is not None and place == position:
                    return Argument(arg.value, scope, self.resolver, arg)
                place += 1
        return None

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """All arguments as they are written, starred ones included."""
        return tuple(Argument(arg.value, scope, self.resolver, arg) for arg, scope in self._arguments())

    @property
    def open_ended(self) -> bool:
        """Whether arguments may be passed that the source does not show: `*args`, `**options`, a partial."""
        return self.partial or any(
            (arg.star == "**" and self._mapping(arg, scope) is None)
            or (arg.star == "*" and self._spread(arg, scope) is None)
            for arg, scope in self._arguments()
        )

    @property
    def target_names(self) -> tuple[str, ...]:
        """Names around the call: what its statement assigns to, then the enclosing functions, innermost first."""
        names: list[str] = []
        statement = self.seen.statement
        targets: Sequence[cst.CSTNode] = ()
        if isinstance(statement, cst.Assign):
            targets = [target.target for target in statement.targets]
        elif isinstance(statement, (cst.AnnAssign, cst.AugAssign)):
            targets = [statement.target]
        for target in targets:
            names.extend(_names_in_target(target))
        names.extend(self.scope.function_names())
        return tuple(names)

    def _arguments(self) -> Iterator[tuple[cst.Arg, Scope]]:
        yield from self.bound
        for arg in self.node.args[1:] if self.partial else self.node.args:
            yield arg, self.scope

    def _mapping(self, arg: cst.Arg, scope: Scope) -> Display | Constant | None:
        values = evaluate(arg.value, scope, self.resolver)
        if len(values) != 1:
            return None
        value = values[0]
        if isinstance(value, Constant):
            return value if isinstance(value.value, dict) else None
        return value if isinstance(value, Display) and isinstance(value.node, cst.Dict) else None

    def _from_mapping(self, arg: cst.Arg, scope: Scope, keyword: str | None) -> Argument | None:
        if keyword is None:
            return None
        for origin in Expression(arg.value, scope, self.resolver).origins():
            found: Argument | None = None
            if isinstance(origin.node, cst.Dict):
                for element in origin.node.elements:
                    if isinstance(element, cst.DictElement) and origin.at(element.key).text == keyword:
                        found = Argument(element.value, origin.scope, self.resolver)
            elif isinstance(origin.node, cst.Call) and origin.at(origin.node.func).symbols == ("builtins.dict",):
                for inner in origin.node.args:
                    if inner.keyword is not None and inner.keyword.value == keyword:
                        found = Argument(inner.value, origin.scope, self.resolver)
            if found is not None:
                return found
        return None

    def _spread(self, arg: cst.Arg, scope: Scope) -> list[cst.BaseExpression] | None:
        origins = Expression(arg.value, scope, self.resolver).origins()
        node = origins[0].node if len(origins) == 1 else None
        if not isinstance(node, (cst.Tuple, cst.List)):
            return None
        if any(isinstance(element, cst.StarredElement) for element in node.elements):
            return None
        return [element.value for element in node.elements]


def _names_in_target(target: cst.CSTNode) -> Iterator[str]:
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, cst.Attribute):
        yield target.attr.value
    elif isinstance(target, cst.Subscript):
        for element in target.slice:
            if isinstance(element.slice, cst.Index):
                key = fold.literal(element.slice.value)
                if isinstance(key, str):
                    yield key
    elif isinstance(target, (cst.Tuple, cst.List)):
        for part in target.elements:
            yield from _names_in_target(part.value)


def callees(seen: Seen, resolver: Resolver) -> Iterator[Call]:
    """Everything that a call can be a call of, by qualified name; a partial object as what it wraps."""
    node = seen.node
    assert isinstance(node, cst.Call)
    values = evaluate(node.func, seen.scope, resolver)
    exact = len(values) == 1
    for value in values:
        yield from _callees_of(value, node, seen, resolver, exact=exact)


def _callees_of(value: object, node: cst.Call, seen: Seen, resolver: Resolver, *, exact: bool) -> Iterator[Call]:
    if isinstance(value, Symbol):
        yield Call(node, value.path, seen, resolver, exact)
        if value.path == "functools.partial" and node.args and not node.args[0].star:
            for target in evaluate(node.args[0].value, seen.scope, resolver):
                if isinstance(target, Symbol):
                    yield Call(node, target.path, seen, resolver, exact, partial=True)
    elif isinstance(value, LocalClass):
        for name in ancestors(value, resolver):
            yield Call(node, name, seen, resolver, exact, subclass=value.node)
    elif isinstance(value, Partial) and value.node.args:
        bound = tuple((arg, value.scope) for arg in value.node.args[1:])
        for target in evaluate(value.node.args[0].value, value.scope, resolver):
            if isinstance(target, Symbol):
                yield Call(node, target.path, seen, resolver, exact, bound=bound)


def unresolved(values: Values) -> bool:
    """Whether nothing at all is known of a value."""
    return all(isinstance(value, Unknown) for value in values)
