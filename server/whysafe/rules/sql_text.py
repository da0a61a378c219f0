"""How a text is put together: what the source spells out of it, and which holes are filled at run time.

Follows names inside the function and module, as far as assignments tell. What cannot break out of its place in an SQL
statement (numbers, constants, quoted identifiers, placeholders) is no hole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import libcst as cst

from whysafe.rules.common import word_set
from whysafe.semantics.calls import Expression
from whysafe.semantics.resolve import lookup
from whysafe.semantics.scopes import BindingKind, dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from whysafe.semantics.scopes import Binding

HOLE: Final = "□"
DEEPEST: Final = 12
"""How many steps a text is followed."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text with `HOLE` in place of what is not known.

    Attributes:
        text: what is known of it.
        holes: the expressions that anything can come out of.
        at: where they are put into the text.
    """

    text: str
    holes: tuple[Expression, ...] = ()
    at: Expression | None = None

    @property
    def is_formatted(self) -> bool:
        """Whether known text and unknown text are mixed."""
        return bool(self.holes) and self.text.strip(f"{HOLE} \n\t") != ""


_HARMLESS: Final = Spelled("1")

# --- what is no hole -------------------------------------------------------------------------------------------------

_NUMBERS: Final = frozenset(
    f"builtins.{name}"
    for name in ("int", "float", "len", "bool", "abs", "round", "ord", "hash", "id", "hex", "oct", "bin")
)
_MACHINE_MADE: Final = ("uuid.", "time.time", "time.monotonic", "secrets.token_hex", "random.rand", "os.getpid")
_QUOTES: Final = re.compile(
    r"quote_(?:ident|identifier|name|literal|table|column)|quote|escape|escape_\w+|sql_?escape|mogrify|"
    r"Identifier|Literal|Placeholder|SQL|Composed|quoted_name|literal_column|adapt",
    re.IGNORECASE,
)
_PLACEHOLDERS: Final = re.compile(
    r"(?:^|_)(?:placeholders?|qmarks?|question_?marks?|param_?marks?)(?:$|_)", re.IGNORECASE
)
_CONSTANT_NAME: Final = re.compile(r"_{0,2}[A-Z][A-Z0-9_]+")
_NUMBER_FORMAT: Final = re.compile(r"[^{}]*[bcdeEfFgGnoxX%]")


def _is_harmless(of: Expression) -> bool:
    node = of.node
    if isinstance(node, (cst.Name, cst.Attribute)):
        name = node.value if isinstance(node, cst.Name) else node.attr.value
        if _CONSTANT_NAME.fullmatch(name) or _PLACEHOLDERS.search(name):
            return True
        return isinstance(node, cst.Name) and any(
            binding.kind is BindingKind.VALUE and isinstance(binding.node, cst.Call) and _converts(_at(of, binding))
            for binding in lookup(name, of.scope, of.resolver) or ()
        )
    return isinstance(node, cst.Call) and _converts(of)


def _converts(of: Expression) -> bool:
    """Whether a call returns a number, a quoted name or something that the machine makes up."""
    node = of.node
    if not isinstance(node, cst.Call):
        return False
    last = node.func.attr.value if isinstance(node.func, cst.Attribute) else (dotted(node.func) or "")
    if _QUOTES.fullmatch(last) or _PLACEHOLDERS.search(last):
        return True
    return any(path in _NUMBERS or path.startswith(_MACHINE_MADE) for path in of.at(node.func).symbols)


def is_number_by_annotation(of: Expression) -> bool:
    """Whether a parameter says that it takes a number; nothing holds its callers to that."""
    if not isinstance(of.node, cst.Name):
        return False
    found = lookup(of.node.value, of.scope, of.resolver) or ()
    return any(
        binding.kind is BindingKind.PARAMETER
        and isinstance(binding.node, cst.Param)
        and binding.node.annotation is not None
        and dotted(binding.node.annotation.annotation) in {"int", "float", "bool"}
        for binding in found
    )


# --- how it is put together ------------------------------------------------------------------------------------------


def spell(of: Expression, depth: int = 0) -> Spelled:
    """What is known of a text. An expression that is no text at all is one hole."""
    if of.is_constant:
        return _constant(of)
    handler = _HANDLERS.get(type(of.node))
    if handler is None or depth >= DEEPEST:
        return _hole(of)
    return handler(of, depth + 1)


def _constant(of: Expression) -> Spelled:
    texts = [value.decode("latin-1") if isinstance(value, bytes) else value for value in of.constants]
    return Spelled(next((text for text in texts if isinstance(text, str)), "1"))


def _hole(of: Expression) -> Spelled:
    return _HARMLESS if _is_harmless(of) else Spelled(HOLE, (of,))


def _at(of: Expression, binding: Binding) -> Expression:
    assert isinstance(binding.node, cst.BaseExpression)
    return Expression(binding.node, binding.scope, of.resolver)


def _put_together(of: Expression, parts: Iterable[Spelled], between: str = "") -> Spelled:
    parts = list(parts)
    holes = tuple(hole for part in parts for hole in part.holes)
    return Spelled(between.join(part.text for part in parts), holes, of)


def _worst(alternatives: Iterable[Spelled]) -> Spelled:
    return max(alternatives, key=lambda one: (one.is_formatted, bool(one.holes)), default=_HARMLESS)


def _f_string(of: Expression, depth: int) -> Spelled:
    assert isinstance(of.node, cst.FormattedString)
    parts: list[Spelled] = []
    for part in of.node.parts:
        if isinstance(part, cst.FormattedStringText):
            parts.append(Spelled(part.value.replace("{{", "{").replace("}}", "}")))
        elif isinstance(part, cst.FormattedStringExpression):
            spec = part.format_spec[0] if part.format_spec is not None and len(part.format_spec) == 1 else None
            number = isinstance(spec, cst.FormattedStringText) and _NUMBER_FORMAT.fullmatch(spec.value) is not None
            parts.append(_HARMLESS if number else spell(of.at(part.expression), depth))
    return _put_together(of, parts)


def _adjacent(of: Expression, depth: int) -> Spelled:
    parts: list[Spelled] = []
    todo: list[cst.BaseExpression] = [of.node]
    while todo:
        part = todo.pop()
        if isinstance(part, cst.ConcatenatedString):
            todo += (part.right, part.left)
        else:
            parts.append(spell(of.at(part), depth))
    return _put_together(of, parts)


def _operation(of: Expression, depth: int) -> Spelled:
    node = of.node
    assert isinstance(node, cst.BinaryOperation)
    if isinstance(node.operator, cst.Modulo):
        return _percent(of, spell(of.at(node.left), depth), of.at(node.right), depth)
    if isinstance(node.operator, cst.Multiply):
        sides = (of.at(node.left), of.at(node.right))
        return _HARMLESS if any(isinstance(side.constant, (str, list, tuple)) for side in sides) else _hole(of)
    if not isinstance(node.operator, cst.Add):
        return _hole(of)
    terms: list[cst.BaseExpression] = []
    left: cst.BaseExpression = node
    while isinstance(left, cst.BinaryOperation) and isinstance(left.operator, cst.Add):
        terms.append(left.right)
        left = left.left
    return _put_together(of, (spell(of.at(term), depth) for term in (left, *reversed(terms))))


_CONVERSION: Final = re.compile(
    r"%(?:\((\w+)\))?[#0\- +]{0,5}(?:\*|\d{1,9})?(?:\.(?:\*|\d{1,9}))?([diouxXeEfFgGcrsa%])"
)


def _percent(of: Expression, template: Spelled, values: Expression, depth: int) -> Spelled:
    if not template.text.strip(f"{HOLE} "):
        return _hole(of)
    conversions = [found for found in _CONVERSION.finditer(template.text) if found.group(2) != "%"]
    fillers = _fillers(values)
    holes = list(template.holes)
    for number, found in enumerate(conversions):
        if found.group(2) not in "rsa":
            continue
        key = found.group(1)
        filler = fillers.get(key if key is not None else number, values if None in fillers else None)
        if filler is not None:
            holes.extend(spell(filler, depth).holes)
    text = _CONVERSION.sub(lambda found: "%" if found.group(2) == "%" else HOLE, template.text)
    return Spelled(text, tuple(holes), of)


def _fillers(values: Expression) -> dict[object, Expression | None]:
    """The right side of `%` by place or key; None is a key where they cannot be told apart."""
    for origin in values.origins():
        node = origin.node
        if isinstance(node, cst.Tuple) and not any(isinstance(e, cst.StarredElement) for e in node.elements):
            return {number: origin.at(element.value) for number, element in enumerate(node.elements)}
        if isinstance(node, cst.Dict):
            found: dict[object, Expression | None] = {}
            for element in node.elements:
                if not isinstance(element, cst.DictElement):
                    return {None: None}
                found[origin.at(element.key).text] = origin.at(element.value)
            return found
    return {None: None, 0: values}


def _either(of: Expression, depth: int) -> Spelled:
    node = of.node
    if isinstance(node, cst.IfExp):
        return _worst(spell(of.at(part), depth) for part in (node.body, node.orelse))
    assert isinstance(node, cst.BooleanOperation)
    return _worst(spell(of.at(part), depth) for part in (node.left, node.right))


def _walrus(of: Expression, depth: int) -> Spelled:
    assert isinstance(of.node, cst.NamedExpr)
    return spell(of.at(of.node.value), depth)


def _name(of: Expression, depth: int) -> Spelled:
    assert isinstance(of.node, cst.Name)
    found = lookup(of.node.value, of.scope, of.resolver) or ()
    given = [binding for binding in found if binding.kind is BindingKind.VALUE]
    added = [binding for binding in found if binding.kind is BindingKind.AUGMENTED]
    if not given or _is_harmless(of):
        return _hole(of)
    alternatives = [spell(_at(of, binding), depth) for binding in given]
    if len(given) + len(added) < len(found):
        alternatives.append(_hole(of))
    base = _worst(alternatives)
    if not added:
        return base
    first = base.text if base.text != HOLE else next((one.text for one in alternatives if one.text != HOLE), HOLE)
    further = [_augmented(of, binding, depth) for binding in added]
    whole = _put_together(_at(of, added[0]), (Spelled(first, base.holes, base.at), *further), " ")
    return Spelled(whole.text, whole.holes, base.at if base.is_formatted else whole.at)


def _augmented(of: Expression, binding: Binding, depth: int) -> Spelled:
    return spell(_at(of, binding), depth)


# --- calls -----------------------------------------------------------------------------------------------------------

_SAME_TEXT: Final = word_set(
    "strip lstrip rstrip encode decode lower upper expandtabs removeprefix removesuffix replace"
)
_WRAPPERS: Final = word_set(
    "sqlalchemy.text sqlalchemy.sql.text sqlalchemy.sql.expression.text psycopg.sql.SQL psycopg2.sql.SQL "
    "textwrap.dedent inspect.cleandoc builtins.str"
)
_COMPOSES: Final = frozenset({"psycopg.sql.SQL", "psycopg2.sql.SQL"})
_FIELD: Final = re.compile(r"\{[^{}]*\}")


def _call(of: Expression, depth: int) -> Spelled:
    node = of.node
    assert isinstance(node, cst.Call)
    first = of.at(node.args[0].value) if node.args and not node.args[0].star else None
    if first is not None and not _WRAPPERS.isdisjoint(of.at(node.func).symbols):
        return spell(first, depth)
    if not isinstance(node.func, cst.Attribute) or _is_harmless(of):
        return _hole(of)
    receiver = of.at(node.func.value)
    method = node.func.attr.value
    if method in {"format", "format_map"}:
        return _format(of, receiver, node, depth)
    if method == "join" and first is not None:
        return _join(of, receiver, first, depth)
    return spell(receiver, depth) if method in _SAME_TEXT else _hole(of)


def _format(of: Expression, receiver: Expression, node: cst.Call, depth: int) -> Spelled:
    template = spell(receiver, depth)
    if not template.text.strip(f"{HOLE} "):
        return _hole(of)
    if not _COMPOSES.isdisjoint(path for origin in receiver.origins() for path in origin.instances):
        return template  # What is put into it is quoted.
    filled = [spell(of.at(arg.value), depth) for arg in node.args]
    holes = (*template.holes, *(hole for part in filled for hole in part.holes))
    return Spelled(_FIELD.sub(HOLE, template.text), holes, of)


def _join(of: Expression, receiver: Expression, items: Expression, depth: int) -> Spelled:
    between = receiver.text
    if between is None:
        return _hole(of)
    alternatives: list[Spelled] = []
    for origin in items.origins():
        node = origin.node
        if isinstance(node, (cst.List, cst.Tuple)):
            parts = [spell(origin.at(element.value), depth) for element in node.elements]
            alternatives.append(_put_together(of, parts, between))
        elif isinstance(node, (cst.GeneratorExp, cst.ListComp, cst.SetComp)):
            inner = origin.scope.root.by_node.get(node, origin.scope)
            alternatives.append(_put_together(of, [spell(Expression(node.elt, inner, of.resolver), depth)]))
        elif (
            isinstance(node, cst.Call)
            and node.args
            and origin.at(node.func).symbols in {("builtins.map",), ("itertools.repeat",)}
        ):
            alternatives.append(_mapped(of, origin, node))
        else:
            alternatives.append(spell(origin, depth))
    return _worst(alternatives)


def _mapped(of: Expression, origin: Expression, node: cst.Call) -> Spelled:
    """`map(int, values)` and `repeat("?", n)` make nothing that could break out."""
    function = origin.at(node.args[0].value)
    last = (dotted(function.node) or "").rpartition(".")[2]
    harmless = function.is_constant or not _NUMBERS.isdisjoint(function.symbols) or _QUOTES.fullmatch(last)
    return _HARMLESS if harmless else Spelled(HOLE, (of,))


_HANDLERS: Final[dict[type[cst.CSTNode], Callable[[Expression, int], Spelled]]] = {
    cst.FormattedString: _f_string,
    cst.ConcatenatedString: _adjacent,
    cst.BinaryOperation: _operation,
    cst.IfExp: _either,
    cst.BooleanOperation: _either,
    cst.NamedExpr: _walrus,
    cst.Name: _name,
    cst.Call: _call,
}
