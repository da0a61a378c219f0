"""What is not constant in a text that code puts together, and whether a shell could be misled by it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.semantics.calls import Expression
from whysafe.semantics.fold import NAMED
from whysafe.semantics.resolve import lookup
from whysafe.semantics.scopes import BindingKind, ScopeKind, dotted
from whysafe.semantics.values import Constant
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_PARTS = 300
"""A text of more parts than this counts as one unknown part."""

MOST_DEFINITIONS = 32
"""A name that is given more values than this counts as one unknown part: nobody reads through all of them."""

LARGEST_FUNCTION = 20_000
"""How many nodes of a function are searched for what it puts into a list."""

MARK = "\0"
"""Stands for a value that is not constant."""

LONGEST_SHOWN = 40
"""Longer expressions are not repeated in a message."""

QUOTERS = frozenset({"shlex.quote", "shlex.join", "pipes.quote"})
NUMBERS = frozenset(
    {
        "builtins.bool",
        "builtins.float",
        "builtins.hash",
        "builtins.id",
        "builtins.int",
        "builtins.len",
        "builtins.ord",
        "builtins.round",
        "os.cpu_count",
        "os.getgid",
        "os.getpid",
        "os.getppid",
        "os.getuid",
        "time.monotonic",
        "time.time",
    }
)
OWN_INTERPRETER = "sys.executable"

_LAYOUT = frozenset({"textwrap.dedent", "inspect.cleandoc", "builtins.str"})
_LAYOUT_METHODS = frozenset({"encode", "lstrip", "rstrip", "strip"})
_NUMBER_FORMAT = re.compile(r"[^{}]{0,20}[bcdeEfFgGnoxX%]\Z")
_NUMBER_FIELDS = re.compile(r"(?:[^%]|%%|%[-+ #0-9.]{0,9}[cdeEfFgGioxX])*\Z")
_GROWING = frozenset({"append", "extend", "insert"})
_EMPTY = cst.Module([])


def is_constant(expression: Expression) -> bool:
    """Whether the source spells the text out, in every candidate, however it is put together."""
    return _is_spelled_out(expression) or not holes(expression)


def _is_spelled_out(expression: Expression) -> bool:
    """Whether every candidate is one constant, possibly through calls that only lay text out."""
    inner: Expression | None = expression
    while inner is not None:
        values = inner.values
        if values and all(isinstance(value, Constant) for value in values):
            # A list may have grown since it was written, so that its parts have to say.
            return not any(isinstance(value, (list, tuple)) for value in inner.constants) or not any(_parts(inner))
        inner = _laid_out(inner)
    return False


def holes(expression: Expression) -> tuple[Expression, ...]:
    """The parts of a text that are not constant; the whole expression where nothing can be told apart.

    Looks into f-strings, `+`, `%`, `.format`, `.join` and displays, and follows local names.
    """
    found: list[Expression] = []
    seen: set[cst.CSTNode] = set()
    todo = [expression]
    while todo:
        part = todo.pop()
        if part.node in seen:
            continue
        seen.add(part.node)
        if len(seen) > MOST_PARTS:
            return (expression,)
        if _is_spelled_out(part):
            continue
        further = list(_parts(part))
        if not further or any(other.node is part.node for other in further):
            found.append(part)
        todo.extend(reversed(further))
    return tuple(found)


def is_sanitized(expression: Expression) -> bool:
    """Whether everything in a text that is not constant is quoted for the shell, or a number."""
    return all(_is_harmless(hole) for hole in holes(expression))


def shown(node: cst.CSTNode) -> str:
    """The source of a node between backticks; "a computed value" where it is too long for a message."""
    code = _EMPTY.code_for_node(node).strip()
    short = len(code) <= LONGEST_SHOWN and "\n" not in code and "`" not in code
    return f"`{code}`" if short else "a computed value"


def template(expression: Expression) -> str:
    """The text with a mark in place of what is not constant; only the mark for what cannot be taken apart."""
    found: list[str] = []
    todo = [expression]
    for _ in range(MOST_PARTS):
        if not todo:
            break
        part = todo.pop()
        node = part.node
        if (text := part.text) is not None:
            found.append(text)
        elif isinstance(node, cst.FormattedString):
            found.extend(p.value if isinstance(p, cst.FormattedStringText) else MARK for p in node.parts)
        elif isinstance(node, cst.ConcatenatedString) or (
            isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add)
        ):
            todo += (part.at(node.right), part.at(node.left))
        elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
            todo.append(part.at(node.left))
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "format":
            todo.append(part.at(node.func.value))
        elif len(given := sources(part)) == 1:
            todo.append(given[0])
        else:
            found.append(MARK)
    return "".join(found)


def is_module_or_free(name: str, there: Expression) -> bool:
    """Whether a fix may write the name of a module there: it is bound to that module, or to nothing at all."""
    found = lookup(name, there.scope, there.resolver) or ()
    return all(binding.kind is BindingKind.IMPORT and binding.path == name for binding in found)


def sources(expression: Expression) -> tuple[Expression, ...]:
    """What a name was given, one step back; the name itself is among them where it can be something else too.

    Empty when the expression is no name, or nothing is known of it, or too much.
    """
    node, scope, resolver = expression.node, expression.scope, expression.resolver
    if not isinstance(node, cst.Name) or node.value in NAMED:
        return ()
    bindings = lookup(node.value, scope, resolver) or ()
    if len(bindings) > MOST_DEFINITIONS:
        return ()
    found: list[Expression] = []
    for binding in bindings:
        given = binding.node
        if binding.kind in {BindingKind.VALUE, BindingKind.AUGMENTED} and isinstance(given, cst.BaseExpression):
            found.append(Expression(given, binding.scope, resolver))
        elif all(other.node is not node for other in found):
            found.append(expression)
    if all(other.node is node for other in found):
        return ()
    return (*found, *_grown(expression))


def _grown(expression: Expression) -> tuple[Expression, ...]:
    """What the function around a name puts into the list of that name: `name.append(x)`, `name[0] = x`."""
    name, scope = expression.node, expression.scope
    while scope.kind is not ScopeKind.FUNCTION and scope.parent is not None:
        scope = scope.parent
    if not isinstance(name, cst.Name) or not isinstance(scope.node, cst.FunctionDef):
        return ()
    values = _put_into_lists(scope.node).get(name.value, ())
    found = [Expression(value, scope, expression.resolver) for value in values[:MOST_DEFINITIONS]]
    return (*found, expression) if len(values) > MOST_DEFINITIONS else tuple(found)


@lru_cache(maxsize=4)
def _put_into_lists(function: cst.FunctionDef) -> Mapping[str, Sequence[cst.BaseExpression]]:
    """What a function puts into the list of each name, in order; a rule asks for it at each of its calls."""
    todo: list[cst.CSTNode] = [function.body]
    found: dict[str, list[cst.BaseExpression]] = {}
    for _ in range(LARGEST_FUNCTION):
        if not todo:
            break
        node = todo.pop()
        for name, value in _put_into(node):
            found.setdefault(name, []).append(value)
        todo.extend(children(node))
    return {name: values[::-1] for name, values in found.items()}


def _put_into(node: cst.CSTNode) -> Iterator[tuple[str, cst.BaseExpression]]:
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in _GROWING:
        name = dotted(node.func.value)
        if name is not None:
            yield from ((name, arg.value) for arg in node.args[-1:])
    elif isinstance(node, cst.Assign):
        for target in node.targets:
            if isinstance(target.target, cst.Subscript) and (name := dotted(target.target.value)) is not None:
                yield name, node.value


def _parts(part: Expression) -> Iterator[Expression]:
    """The parts that an expression is put together from; nothing where it cannot be taken apart."""
    node = part.node
    if isinstance(node, cst.Name):
        yield from sources(part)
    elif isinstance(node, cst.FormattedString):
        yield from _fields(part, node)
    elif isinstance(node, cst.ConcatenatedString):
        yield part.at(node.left)
        yield part.at(node.right)
    elif isinstance(node, cst.BinaryOperation):
        yield from _operands(part, node)
    elif isinstance(node, cst.BooleanOperation):
        yield part.at(node.left)
        yield part.at(node.right)
    elif isinstance(node, cst.IfExp):
        yield part.at(node.body)
        yield part.at(node.orelse)
    elif isinstance(node, cst.NamedExpr):
        yield part.at(node.value)
    elif isinstance(node, (cst.List, cst.Tuple)):
        yield from (part.at(element.value) for element in node.elements)
    elif isinstance(node, cst.Call):
        yield from _called(part, node)


def _fields(part: Expression, node: cst.FormattedString) -> Iterator[Expression]:
    for field in node.parts:
        if isinstance(field, cst.FormattedStringExpression):
            yield _number(part, field.expression) if _formats_number(field) else part.at(field.expression)


def _formats_number(field: cst.FormattedStringExpression) -> bool:
    spec = "".join(piece.value for piece in field.format_spec or () if isinstance(piece, cst.FormattedStringText))
    return _NUMBER_FORMAT.match(spec) is not None


def _number(part: Expression, node: cst.BaseExpression) -> Expression:
    """The value of a field that only takes numbers."""
    return part.at(cst.Call(cst.Name("float"), [cst.Arg(node)]))


def _operands(part: Expression, node: cst.BinaryOperation) -> Iterator[Expression]:
    if isinstance(node.operator, cst.Add):
        yield part.at(node.left)
        yield part.at(node.right)
    elif isinstance(node.operator, cst.Modulo):
        yield from _filled_in(part, part.at(node.left), node.right)


def _filled_in(part: Expression, pattern: Expression, values: cst.BaseExpression) -> Iterator[Expression]:
    """The parts of `pattern % values`."""
    yield pattern
    given = [e.value for e in values.elements] if isinstance(values, (cst.Dict, cst.Tuple)) else [values]
    numbers = pattern.text is not None and _NUMBER_FIELDS.match(pattern.text) is not None
    yield from (_number(part, value) if numbers else part.at(value) for value in given)


def _called(part: Expression, node: cst.Call) -> Iterator[Expression]:
    inner = _laid_out(part)
    if inner is not None:
        yield inner
        return
    func = node.func
    if not isinstance(func, cst.Attribute) or func.attr.value not in {"format", "join"}:
        return
    template = part.at(func.value)
    if func.attr.value == "format":
        yield template
        yield from (part.at(arg.value) for arg in node.args)
    elif template.text is not None and len(node.args) == 1:
        yield template
        yield _joined(part, node.args[0].value)


def _joined(part: Expression, node: cst.BaseExpression) -> Expression:
    """What is joined: of a comprehension, the element in the comprehension's own scope."""
    if isinstance(node, (cst.GeneratorExp, cst.ListComp)):
        return Expression(node.elt, part.scope.root.by_node.get(node, part.scope), part.resolver)
    return part.at(node)


def _laid_out(expression: Expression) -> Expression | None:
    """The text that is only indented, stripped or encoded by a call."""
    node = expression.node
    if not isinstance(node, cst.Call):
        return None
    if isinstance(node.func, cst.Attribute) and node.func.attr.value in _LAYOUT_METHODS:
        return expression.at(node.func.value)
    if len(node.args) == 1 and not node.args[0].star and not _LAYOUT.isdisjoint(expression.at(node.func).symbols):
        return expression.at(node.args[0].value)
    return None


def _is_harmless(hole: Expression) -> bool:
    node = hole.node
    if OWN_INTERPRETER in hole.symbols:
        return True
    if not isinstance(node, cst.Call):
        return False
    names = hole.at(node.func).symbols
    if "builtins.map" in names and node.args:
        names = hole.at(node.args[0].value).symbols
    return bool(names) and all(name in QUOTERS or name in NUMBERS for name in names)
