"""What an expression stands for: names through scopes, imports and rebinding, and indirection with constant names.

The answer is a tuple of candidates; one of them `Unknown` where anything else is possible too. Every name that was asked
of the module or of a class is recorded, whether it was found or not, so that a change of a binding leads to exactly
the pieces that asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import libcst as cst

from whysafe.semantics import fold
from whysafe.semantics.known import CONSTANTS, RETURNS, canonical
from whysafe.semantics.scopes import Binding, BindingKind, Scope, ScopeKind
from whysafe.semantics.values import (
    UNKNOWN,
    AttributeGetter,
    Constant,
    Display,
    DisplayGet,
    Function,
    Instance,
    LocalClass,
    LocalInstance,
    Namespace,
    Partial,
    Symbol,
    Unknown,
    Value,
    Values,
    join,
)

DEEPEST = 40
"""How many steps a value is followed; more would be a riddle, not code."""

STAR = "*"
BUILTIN_NAMES = frozenset(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__) | {
    "raw_input",
    "execfile",
    "unicode",
    "reload",
}


class World(Protocol):
    """What lies outside of a piece: the other pieces of the document, and what star imports bring."""

    def module_bindings(self, name: str) -> Sequence[Binding]:
        """Candidates for a module-level name, from every piece."""

    def class_of(self, scope: Scope) -> LocalClass | None:
        """The split class that a piece's top scope belongs to."""

    def class_bindings(self, of: cst.ClassDef, name: str) -> Sequence[Binding]:
        """Candidates for an attribute of a split class, from its members and their `self.name` assignments."""

    def exports(self, module: str) -> frozenset[str]:
        """The names of a module that rules know of, for star imports."""


@dataclass(slots=True)
class Resolver:
    """The state of following values: what was asked, what is being followed, what is known already."""

    world: World
    asked: set[str] = field(default_factory=set)
    following: set[Binding] = field(default_factory=set)
    depth: int = 0
    incomplete: int = 0
    """How often a value was not followed to its end, because of a circle or of too many steps."""


def evaluate(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    """The candidates for an expression; `(Unknown(),)` where nothing is known."""
    handler = _HANDLERS.get(type(node))
    if resolver.depth >= DEEPEST:
        resolver.incomplete += 1
        return UNKNOWN
    if handler is None:
        folded = fold.literal(node)
        return UNKNOWN if folded is fold.NOT_CONSTANT else (Constant(folded),)
    resolver.depth += 1
    try:
        return handler(node, scope, resolver)
    finally:
        resolver.depth -= 1


def paths(values: Values) -> tuple[str, ...]:
    """The qualified names among the candidates."""
    return tuple(value.path for value in values if isinstance(value, Symbol))


# --- names -----------------------------------------------------------------------------------------------------------


def lookup(name: str, scope: Scope, resolver: Resolver) -> Sequence[Binding] | None:
    """The bindings of a name as Python's scopes see it; None when only a builtin can be meant."""
    at: Scope | None = scope
    first = True
    while at is not None:
        if name in at.elsewhere:
            target = at.elsewhere[name]
            if target is None:
                break
            at, first = target, True
            continue
        if at.parent is None:
            if first and at.kind is ScopeKind.CLASS and (owner := resolver.world.class_of(at)) is not None:
                resolver.asked.add("." + name)
                if found := resolver.world.class_bindings(owner.node, name):
                    return found
            break
        # Names of a class are seen by its own statements, not by the functions in it.
        if (first or at.kind is not ScopeKind.CLASS) and (found := at.bindings.get(name)):
            return found
        first = first and at.kind is ScopeKind.COMPREHENSION
        at = at.parent
    resolver.asked.add(name)
    return resolver.world.module_bindings(name) or None


def follow(bindings: Sequence[Binding], resolver: Resolver) -> Values:
    return join(*(_bound(binding, resolver) for binding in bindings))


def _name(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.Name)  # noqa: S101 - the table below says so
    name = node.value
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


def _bound(binding: Binding, resolver: Resolver) -> Values:
    known = binding.scope.root.known
    if binding in known:
        values, asked = known[binding]
        resolver.asked |= asked
        return values
    if binding in resolver.following or len(resolver.following) >= DEEPEST:
        resolver.incomplete += 1
        return ()
    outermost = not resolver.following
    depth, incomplete = resolver.depth, resolver.incomplete
    before, resolver.asked = resolver.asked, set()
    resolver.following.add(binding)
    # The answer must not depend on who asks, or an edit elsewhere could change it.
    resolver.depth = 0 if outermost else depth
    try:
        values = _BOUND.get(binding.kind, _opaque)(binding, resolver)
        # What was found in a circle, or cut short, may lack the part of a binding that was being followed.
        if outermost or resolver.incomplete == incomplete:
            known[binding] = values, frozenset(resolver.asked)
        return values
    finally:
        resolver.asked |= before
        resolver.following.discard(binding)
        resolver.depth = depth


def _opaque(binding: Binding, resolver: Resolver) -> Values:
    del binding, resolver
    return UNKNOWN


def _bound_import(binding: Binding, resolver: Resolver) -> Values:
    del resolver
    return symbol(binding.path)


def symbol(path: str) -> Values:
    path = canonical(path)
    if path in CONSTANTS:
        return (Constant(CONSTANTS[path]),)
    return (Symbol(path),)


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
    assert isinstance(parameter, cst.Param)  # noqa: S101 - the walk says so
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
    assert isinstance(node, cst.FunctionDef)  # noqa: S101 - the walk says so
    return (Function(node, binding.scope),)


def _bound_class(binding: Binding, resolver: Resolver) -> Values:
    del resolver
    node = binding.node
    assert isinstance(node, cst.ClassDef)  # noqa: S101 - the walk says so
    return (LocalClass(node, binding.scope),)


def _node(binding: Binding) -> cst.CSTNode:
    assert binding.node is not None  # noqa: S101 - bindings of these kinds always have one
    return binding.node


_BOUND = {
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


# --- attributes ------------------------------------------------------------------------------------------------------


def _attribute(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.Attribute)  # noqa: S101 - the table below says so
    return join(*(attribute(value, node.attr.value, resolver) for value in evaluate(node.value, scope, resolver)))


def attribute(value: Value, name: str, resolver: Resolver) -> Values:
    if isinstance(value, (Symbol, Instance)):
        return (Namespace(value),) if name == "__dict__" else symbol(f"{value.path}.{name}")
    if isinstance(value, LocalClass):
        return (Namespace(value),) if name == "__dict__" else class_attribute(value, name, resolver)
    if isinstance(value, LocalInstance):
        return class_attribute(value.of, name, resolver)
    if isinstance(value, Display) and isinstance(value.node, cst.Dict) and name == "get":
        return (DisplayGet(value),)
    return UNKNOWN


def class_attribute(of: LocalClass, name: str, resolver: Resolver) -> Values:
    """An attribute of a class of this file: its own, what its methods assign to self, else its bases'."""
    resolver.asked.update((of.node.name.value, "." + name))
    scope = of.scope.root.by_node.get(of.node)
    found = [] if scope is None else [*scope.bindings.get(name, ()), *scope.attributes.get(name, ())]
    found.extend(resolver.world.class_bindings(of.node, name))
    if found:
        return follow(found, resolver)
    values = join(*(attribute(base, name, resolver) for base in bases(of, resolver)))
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
    assert isinstance(node, cst.Subscript)  # noqa: S101 - the table below says so
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
    assert isinstance(display.node, cst.Dict)  # noqa: S101 - the callers looked
    found: list[Values] = []
    for element in display.node.elements:
        if not isinstance(element, cst.DictElement):
            found.append(UNKNOWN)
            continue
        if keys is not None:
            candidates = evaluate(element.key, display.scope, resolver)
            if not any(not isinstance(key, Constant) or Constant(wanted) == key for key in candidates for wanted in keys):
                continue
        found.append(evaluate(element.value, display.scope, resolver))
    return join(*found)


# --- calls -----------------------------------------------------------------------------------------------------------


def _call(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.Call)  # noqa: S101 - the table below says so
    return join(*(_returned(value, node, scope, resolver) for value in evaluate(node.func, scope, resolver)))


def _returned(callee: Value, node: cst.Call, scope: Scope, resolver: Resolver) -> Values:
    if isinstance(callee, Symbol):
        special = _RETURNED.get(callee.path)
        if special is not None:
            return special(node, scope, resolver)
        if callee.path.startswith("builtins."):
            return UNKNOWN
        if callee.path.endswith(".__enter__") or callee.path.endswith(".__aenter__"):
            return (Instance(callee.path.rpartition(".")[0]),)
        return (Instance(RETURNS.get(callee.path, callee.path)),)
    if isinstance(callee, LocalClass):
        return (LocalInstance(callee),)
    if isinstance(callee, Function) and isinstance(callee.node, cst.Lambda):
        inner = callee.scope.root.by_node.get(callee.node, callee.scope)
        return evaluate(callee.node.body, inner, resolver)
    if isinstance(callee, Partial):
        target = _first(callee.node)
        return UNKNOWN if target is None else join(
            *(_returned(value, node, scope, resolver) for value in evaluate(target, callee.scope, resolver))
        )
    if isinstance(callee, AttributeGetter):
        owner = _first(node)
        if owner is None:
            return UNKNOWN
        values = evaluate(owner, scope, resolver)
        for name in callee.name.split("."):
            values = join(*(attribute(value, name, resolver) for value in values))
        return values
    if isinstance(callee, DisplayGet):
        key = _first(node)
        if key is not None:
            found = item(callee.of, evaluate(key, scope, resolver), resolver)
            rest = [evaluate(argument.value, scope, resolver) for argument in node.args[1:2]]
            return join(found, *rest) or UNKNOWN
    return UNKNOWN


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
        evaluate(node.args[1].value, scope, resolver) if len(node.args) == 2 else UNKNOWN  # noqa: PLR2004 - cast(type, value)
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


# --- other expressions -----------------------------------------------------------------------------------------------


def _either(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.IfExp)  # noqa: S101 - the table below says so
    return join(evaluate(node.body, scope, resolver), evaluate(node.orelse, scope, resolver))


def _boolean(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, cst.BooleanOperation)  # noqa: S101 - the table below says so
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
    assert isinstance(node, (cst.NamedExpr, cst.Await))  # noqa: S101 - the table below says so
    return evaluate(node.value if isinstance(node, cst.NamedExpr) else node.expression, scope, resolver)


def _lambda(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    del resolver
    assert isinstance(node, cst.Lambda)  # noqa: S101 - the table below says so
    return (Function(node, scope),)


def _operation(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    folded = fold.fold(node, lambda part: _single(part, scope, resolver))
    return UNKNOWN if folded is fold.NOT_CONSTANT else (Constant(folded),)


def _display(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> Values:
    assert isinstance(node, (cst.List, cst.Tuple, cst.Set, cst.Dict))  # noqa: S101 - the table below says so
    folded = fold.fold(node, lambda part: _single(part, scope, resolver))
    return (Display(node, scope),) if folded is fold.NOT_CONSTANT else (Constant(folded),)


def _single(node: cst.CSTNode, scope: Scope, resolver: Resolver) -> object:
    values = evaluate(node, scope, resolver)
    if len(values) == 1 and isinstance(values[0], Constant):
        return values[0].value
    return fold.NOT_CONSTANT


_HANDLERS = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Subscript: _subscript,
    cst.Call: _call,
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
