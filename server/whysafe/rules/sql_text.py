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
from whysafe.rules.process_text import MOST_DEFINITIONS
from whysafe.rules.reaching import reaching
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


@dataclass(frozen=True, slots=True)
class _Spot:
    """An expression, the statement that it stands in, and how many steps led to it."""

    of: Expression
    statement: cst.CSTNode | None
    depth: int = 0

    @property
    def node(self) -> cst.BaseExpression:
        return self.of.node

    def at(self, node: cst.BaseExpression) -> _Spot:
        return _Spot(self.of.at(node), self.statement, self.depth + 1)

    def to(self, of: Expression) -> _Spot:
        return _Spot(of, self.statement, self.depth + 1)

    def given(self, binding: Binding) -> _Spot:
        """What a binding gives to a name, where it does so."""
        assert isinstance(binding.node, cst.BaseExpression)
        return _Spot(Expression(binding.node, binding.scope, self.of.resolver), binding.owner, self.depth + 1)


_HARMLESS: Final = Spelled("1")

# --- what is no hole -------------------------------------------------------------------------------------------------

_NUMBERS: Final = frozenset(
    f"builtins.{name}"
    for name in ("int", "float", "len", "bool", "abs", "round", "ord", "hash", "id", "hex", "oct", "bin")
)
_MACHINE_MADE: Final = ("uuid.", "time.time", "time.monotonic", "secrets.token_hex", "random.rand", "os.getpid")
_QUOTES: Final = re.compile(
    r"\w*quote\w*|qn|escape|escape_\w+|sql_?escape|mogrify|"
    r"Identifier|Literal|Placeholder|SQL|Composed|literal_column|adapt",
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
            binding.kind is BindingKind.VALUE
            and isinstance(binding.node, cst.Call)
            and _converts(Expression(binding.node, binding.scope, of.resolver))
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


def spell(of: Expression, statement: cst.CSTNode | None) -> Spelled:
    """What is known of a text that a statement uses. An expression that is no text at all is one hole."""
    return _spell(_Spot(of, statement))


def _spell(spot: _Spot) -> Spelled:
    handler = _HANDLERS.get(type(spot.node))
    if spot.of.constants and spot.of.is_constant:  # A name that is only given itself has no value at all.
        return _constant(spot.of)
    return _hole(spot) if handler is None or spot.depth >= DEEPEST else handler(spot)


def _constant(of: Expression) -> Spelled:
    texts = [value.decode("latin-1") if isinstance(value, bytes) else value for value in of.constants]
    return Spelled(next((text for text in texts if isinstance(text, str)), "1"))


def _hole(spot: _Spot) -> Spelled:
    return _HARMLESS if _is_harmless(spot.of) else Spelled(HOLE, (spot.of,))


def _put_together(spot: _Spot, parts: Iterable[Spelled], between: str = "") -> Spelled:
    parts = list(parts)
    holes = tuple(hole for part in parts for hole in part.holes)
    return Spelled(between.join(part.text for part in parts), holes, spot.of)


def _worst(alternatives: Iterable[Spelled]) -> Spelled:
    return max(alternatives, key=lambda one: (one.is_formatted, bool(one.holes)), default=_HARMLESS)


def _f_string(spot: _Spot) -> Spelled:
    assert isinstance(spot.node, cst.FormattedString)
    parts: list[Spelled] = []
    for part in spot.node.parts:
        if isinstance(part, cst.FormattedStringText):
            parts.append(Spelled(part.value.replace("{{", "{").replace("}}", "}")))
        elif isinstance(part, cst.FormattedStringExpression):
            spec = part.format_spec[0] if part.format_spec is not None and len(part.format_spec) == 1 else None
            number = isinstance(spec, cst.FormattedStringText) and _NUMBER_FORMAT.fullmatch(spec.value) is not None
            parts.append(_HARMLESS if number else _spell(spot.at(part.expression)))
    return _put_together(spot, parts)


def _adjacent(spot: _Spot) -> Spelled:
    parts: list[Spelled] = []
    todo: list[cst.BaseExpression] = [spot.node]
    while todo:
        part = todo.pop()
        if isinstance(part, cst.ConcatenatedString):
            todo += (part.right, part.left)
        else:
            parts.append(_spell(spot.at(part)))
    return _put_together(spot, parts)


def _operation(spot: _Spot) -> Spelled:
    node = spot.node
    assert isinstance(node, cst.BinaryOperation)
    if isinstance(node.operator, cst.Modulo):
        return _percent(spot, _spell(spot.at(node.left)), spot.at(node.right))
    if isinstance(node.operator, cst.Multiply):
        sides = (spot.of.at(node.left), spot.of.at(node.right))
        return _HARMLESS if any(isinstance(side.constant, (str, list, tuple)) for side in sides) else _hole(spot)
    if not isinstance(node.operator, cst.Add):
        return _hole(spot)
    terms: list[cst.BaseExpression] = []
    left: cst.BaseExpression = node
    while isinstance(left, cst.BinaryOperation) and isinstance(left.operator, cst.Add):
        terms.append(left.right)
        left = left.left
    return _put_together(spot, (_spell(spot.at(term)) for term in (left, *reversed(terms))))


_CONVERSION: Final = re.compile(
    r"%(?:\((\w+)\))?[#0\- +]{0,5}(?:\*|\d{1,9})?(?:\.(?:\*|\d{1,9}))?([diouxXeEfFgGcrsa%])"
)


def _percent(spot: _Spot, template: Spelled, values: _Spot) -> Spelled:
    if not template.text.strip(f"{HOLE} "):
        return _hole(spot)
    conversions = [found for found in _CONVERSION.finditer(template.text) if found.group(2) != "%"]
    fillers = _fillers(values)
    holes = list(template.holes)
    for number, found in enumerate(conversions):
        if found.group(2) not in "rsa":
            continue
        key = found.group(1)
        filler = fillers.get(key if key is not None else number, values if None in fillers else None)
        if filler is not None:
            holes.extend(_spell(filler).holes)
    text = _CONVERSION.sub(lambda found: "%" if found.group(2) == "%" else HOLE, template.text)
    return Spelled(text, tuple(holes), spot.of)


def _fillers(values: _Spot) -> dict[object, _Spot | None]:
    """The right side of `%` by place or key; None is a key where they cannot be told apart."""
    for origin in map(values.to, values.of.origins()):
        node = origin.node
        if isinstance(node, cst.Tuple) and not any(isinstance(e, cst.StarredElement) for e in node.elements):
            return {number: origin.at(element.value) for number, element in enumerate(node.elements)}
        if isinstance(node, cst.Dict):
            found: dict[object, _Spot | None] = {}
            for element in node.elements:
                if not isinstance(element, cst.DictElement):
                    return {None: None}
                found[origin.of.at(element.key).text] = origin.at(element.value)
            return found
    return {None: None, 0: values}


def _either(spot: _Spot) -> Spelled:
    node = spot.node
    if isinstance(node, cst.IfExp):
        return _worst(_spell(spot.at(part)) for part in (node.body, node.orelse))
    assert isinstance(node, cst.BooleanOperation)
    return _worst(_spell(spot.at(part)) for part in (node.left, node.right))


def _walrus(spot: _Spot) -> Spelled:
    assert isinstance(spot.node, cst.NamedExpr)
    return _spell(spot.at(spot.node.value))


def _name(spot: _Spot) -> Spelled:
    assert isinstance(spot.node, cst.Name)
    every = lookup(spot.node.value, spot.of.scope, spot.of.resolver) or ()
    found = reaching(every, spot.statement, spot.of.scope)
    given = [binding for binding in found if binding.kind is BindingKind.VALUE]
    if len(given) > MOST_DEFINITIONS:
        # The others count as one hole, which says less than a text that is put together here.
        given = sorted(given, key=lambda binding: not isinstance(binding.node, _PUT_TOGETHER))[:MOST_DEFINITIONS]
    added = [binding for binding in found if binding.kind is BindingKind.AUGMENTED][:MOST_DEFINITIONS]
    if not given or _is_harmless(spot.of):
        return _hole(spot)
    alternatives = [_spell(spot.given(binding)) for binding in given]
    if len(given) + len(added) < len(found):
        alternatives.append(_hole(spot))
    base = _worst(alternatives)
    if not added:
        return base
    known = base.text if base.text != HOLE else next((one.text for one in alternatives if one.text != HOLE), HOLE)
    further = [_spell(spot.given(binding)) for binding in added]
    whole = _put_together(spot.given(added[0]), (Spelled(known, base.holes), *further), " ")
    return Spelled(whole.text, whole.holes, base.at if base.is_formatted else whole.at)


_PUT_TOGETHER: Final = (cst.FormattedString, cst.BinaryOperation, cst.Call)

# --- calls -----------------------------------------------------------------------------------------------------------

_SAME_TEXT: Final = word_set(
    "strip lstrip rstrip encode decode lower upper expandtabs removeprefix removesuffix replace"
)
TEXT_METHODS: Final = _SAME_TEXT | {"format", "format_map", "join"}
"""Methods that are followed to the text that they are called on."""
_WRAPPERS: Final = word_set(
    "sqlalchemy.text sqlalchemy.sql.text sqlalchemy.sql.expression.text psycopg.sql.SQL psycopg2.sql.SQL "
    "textwrap.dedent inspect.cleandoc builtins.str"
)
_COMPOSES: Final = frozenset({"psycopg.sql.SQL", "psycopg2.sql.SQL"})
_FIELD: Final = re.compile(r"\{[^{}]*\}")


def _call(spot: _Spot) -> Spelled:
    node = spot.node
    assert isinstance(node, cst.Call)
    first = spot.at(node.args[0].value) if node.args and not node.args[0].star else None
    if first is not None and not _WRAPPERS.isdisjoint(spot.of.at(node.func).symbols):
        return _spell(first)
    if not isinstance(node.func, cst.Attribute) or _is_harmless(spot.of):
        return _hole(spot)
    receiver = spot.at(node.func.value)
    method = node.func.attr.value
    if method in {"format", "format_map"}:
        return _format(spot, receiver, node)
    if method == "join" and first is not None:
        return _join(spot, receiver, first)
    return _spell(receiver) if method in _SAME_TEXT else _hole(spot)


def _format(spot: _Spot, receiver: _Spot, node: cst.Call) -> Spelled:
    template = _spell(receiver)
    if not template.text.strip(f"{HOLE} "):
        return _hole(spot)
    if not _COMPOSES.isdisjoint(path for origin in receiver.of.origins() for path in origin.instances):
        return template  # What is put into it is quoted.
    filled = [_spell(spot.at(arg.value)) for arg in node.args]
    holes = (*template.holes, *(hole for part in filled for hole in part.holes))
    return Spelled(_FIELD.sub(HOLE, template.text), holes, spot.of)


def _join(spot: _Spot, receiver: _Spot, items: _Spot) -> Spelled:
    between = receiver.of.text
    if between is None:
        return _hole(spot)
    alternatives: list[Spelled] = []
    for origin in map(items.to, items.of.origins()):
        node = origin.node
        if isinstance(node, (cst.List, cst.Tuple)):
            parts = [_spell(origin.at(element.value)) for element in node.elements]
            alternatives.append(_put_together(spot, parts, between))
        elif isinstance(node, (cst.GeneratorExp, cst.ListComp, cst.SetComp)):
            inner = origin.of.scope.root.by_node.get(node, origin.of.scope)
            element = Expression(node.elt, inner, spot.of.resolver)
            alternatives.append(_put_together(spot, [_spell(spot.to(element))]))
        elif _is_mapping(origin.of):
            alternatives.append(_mapped(spot, origin.of))
        else:
            alternatives.append(_spell(origin))
    return _worst(alternatives)


def _is_mapping(of: Expression) -> bool:
    node = of.node
    if not isinstance(node, cst.Call) or not node.args:
        return False
    return of.at(node.func).symbols in {("builtins.map",), ("itertools.repeat",)}


def _mapped(spot: _Spot, of: Expression) -> Spelled:
    """`map(int, values)` and `repeat("?", n)` make nothing that could break out."""
    assert isinstance(of.node, cst.Call)
    function = of.at(of.node.args[0].value)
    last = (dotted(function.node) or "").rpartition(".")[2]
    harmless = function.is_constant or not _NUMBERS.isdisjoint(function.symbols) or _QUOTES.fullmatch(last)
    return _HARMLESS if harmless else Spelled(HOLE, (spot.of,))


_HANDLERS: Final[dict[type[cst.CSTNode], Callable[[_Spot], Spelled]]] = {
    cst.FormattedString: _f_string,
    cst.ConcatenatedString: _adjacent,
    cst.BinaryOperation: _operation,
    cst.IfExp: _either,
    cst.BooleanOperation: _either,
    cst.NamedExpr: _walrus,
    cst.Name: _name,
    cst.Call: _call,
}
