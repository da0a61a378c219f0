"""Constants that the source spells out, folded without running any of it.

Sizes are bounded, so that an expression such as `"a" * 10 ** 9` costs nothing.
"""

from __future__ import annotations

import operator
import warnings
from typing import TYPE_CHECKING, Any, Final

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class _NotConstant:
    def __repr__(self) -> str:
        return "NOT_CONSTANT"


NOT_CONSTANT: Final = _NotConstant()
NAMED: Final[dict[str, object]] = {"True": True, "False": False, "None": None}
LONGEST_TEXT = 100_000
LONGEST_DISPLAY = 1_000
WIDEST_NUMBER = 1 << 128


def literal(node: cst.CSTNode) -> object:
    """The value of a literal, or NOT_CONSTANT."""
    if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        return text_of(node)
    if isinstance(node, (cst.Integer, cst.Float, cst.Imaginary)):
        try:
            return node.evaluated_value
        except (ValueError, SyntaxError, MemoryError):
            return NOT_CONSTANT  # For example an integer of more digits than Python converts.
    if isinstance(node, cst.Ellipsis):
        return ...
    if isinstance(node, cst.Name) and node.value in NAMED:
        return NAMED[node.value]
    return NOT_CONSTANT


def _value_of(string: cst.SimpleString) -> str | bytes:
    """The value of a string; Python warns of escapes that it does not know, which is nothing that is asked here."""
    if "\\" not in string.value:
        return string.evaluated_value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return string.evaluated_value


def text_of(node: cst.SimpleString | cst.ConcatenatedString) -> object:
    """The value of a plain or concatenated string; NOT_CONSTANT when a part of it is formatted."""
    parts: list[str | bytes] = []
    todo: list[cst.BaseString] = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, cst.ConcatenatedString):
            todo += (part.right, part.left)
        elif isinstance(part, cst.SimpleString):
            try:
                parts.append(_value_of(part))
            except (ValueError, SyntaxError):
                return NOT_CONSTANT
        else:
            return NOT_CONSTANT
    if all(isinstance(part, str) for part in parts):
        return "".join(part for part in parts if isinstance(part, str))
    if all(isinstance(part, bytes) for part in parts):
        return b"".join(part for part in parts if isinstance(part, bytes))
    return NOT_CONSTANT


def fold(node: cst.CSTNode, resolve: Callable[[cst.CSTNode], object]) -> object:
    """The value of an expression whose parts `resolve` knows, or NOT_CONSTANT."""
    if isinstance(node, cst.BinaryOperation):
        return _binary(node, resolve)
    if isinstance(node, cst.UnaryOperation):
        return _unary(node, resolve)
    if isinstance(node, cst.FormattedString):
        return _formatted(node, resolve)
    if isinstance(node, cst.Dict):
        return _dict(node, resolve)
    if isinstance(node, (cst.List, cst.Tuple, cst.Set)):
        return _display(node, resolve)
    return literal(node)


def element_at(node: cst.CSTNode, index: int) -> cst.BaseExpression | None:
    """The expression at an index of a list or tuple display without stars before it."""
    if not isinstance(node, (cst.List, cst.Tuple)) or index >= len(node.elements):
        return None
    if any(isinstance(element, cst.StarredElement) for element in node.elements[: index + 1]):
        return None
    return node.elements[index].value


def subscript(container: object, key: object) -> object:
    """`container[key]`, or NOT_CONSTANT where that fails."""
    if not isinstance(container, (str, bytes, tuple, list, dict)):
        return NOT_CONSTANT
    at: Callable[[Any], Any] = container.__getitem__
    try:
        return at(key)
    except (LookupError, TypeError):
        return NOT_CONSTANT


_MAKERS: dict[str, Callable[..., object]] = {
    "str": str,
    "int": int,
    "bool": bool,
    "chr": chr,
    "tuple": tuple,
    "list": list,
    "bytes": bytes,
}


def call(name: str, arguments: Sequence[object], keywords: Sequence[str | None]) -> object:
    """A call of a builtin type with constant arguments."""
    if name == "dict" and len(arguments) <= LONGEST_DISPLAY and all(keyword is not None for keyword in keywords):
        return dict(zip(keywords, arguments, strict=True))
    maker = _MAKERS.get(name)
    if maker is None or any(keywords) or len(arguments) > 2:
        return NOT_CONSTANT
    if name in {"bytes", "tuple", "list"} and (
        len(arguments) != 1 or not isinstance(arguments[0], (bytes, tuple, list))
    ):
        return NOT_CONSTANT  # bytes(n) would make n zero bytes.
    try:
        return maker(*arguments)
    except (TypeError, ValueError, OverflowError):
        return NOT_CONSTANT


_BINARY: dict[type[cst.BaseBinaryOp], Callable[[Any, Any], Any]] = {
    cst.Add: operator.add,
    cst.BitOr: operator.or_,
    cst.BitAnd: operator.and_,
    cst.BitXor: operator.xor,
    cst.Subtract: operator.sub,
    cst.Multiply: operator.mul,
    cst.LeftShift: operator.lshift,
    cst.RightShift: operator.rshift,
    cst.Modulo: operator.mod,
}


def _binary(node: cst.BinaryOperation, resolve: Callable[[cst.CSTNode], object]) -> object:
    apply = _BINARY.get(type(node.operator))
    if apply is None:
        return NOT_CONSTANT
    right = resolve(node.right)
    left = NOT_CONSTANT if right is NOT_CONSTANT else resolve(node.left)
    if left is NOT_CONSTANT or not _small(left, right, node.operator):
        return NOT_CONSTANT
    try:
        return apply(left, right)
    except (TypeError, ValueError, ArithmeticError, LookupError):
        return NOT_CONSTANT


def _small(left: object, right: object, by: cst.BaseBinaryOp) -> bool:
    """Whether the result stays within the bounds of this module."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        if isinstance(by, cst.LeftShift):
            return abs(left) < WIDEST_NUMBER and 0 <= right <= 64
        return abs(left) < WIDEST_NUMBER and abs(right) < WIDEST_NUMBER
    if isinstance(by, cst.Multiply):
        sized, number = (right, left) if isinstance(left, int) else (left, right)
        return (
            isinstance(sized, (str, bytes, tuple, list))
            and isinstance(number, int)
            and len(sized) * number <= LONGEST_DISPLAY
        )
    if isinstance(by, cst.Modulo):
        # A width in the format could ask for any length.
        return isinstance(left, str) and not any(mark in left for mark in ("%*", ".*")) and _plain_format(left)
    sizes = [len(part) for part in (left, right) if isinstance(part, (str, bytes, tuple, list, dict))]
    return sum(sizes) <= LONGEST_TEXT


def _plain_format(template: str) -> bool:
    return all(piece[:1] in {"s", "d", "r", "%", ""} for piece in template.split("%")[1:])


def _unary(node: cst.UnaryOperation, resolve: Callable[[cst.CSTNode], object]) -> object:
    value = resolve(node.expression)
    if isinstance(node.operator, cst.Not):
        return NOT_CONSTANT if value is NOT_CONSTANT else not value
    if not isinstance(value, (int, float)):
        return NOT_CONSTANT
    if isinstance(node.operator, cst.Minus):
        return -value
    if isinstance(node.operator, cst.BitInvert) and isinstance(value, int):
        return ~int(value)
    return value if isinstance(node.operator, cst.Plus) else NOT_CONSTANT


def _formatted(node: cst.FormattedString, resolve: Callable[[cst.CSTNode], object]) -> object:
    parts: list[str] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            parts.append(part.value.replace("{{", "{").replace("}}", "}"))
        elif isinstance(part, cst.FormattedStringExpression):
            if part.format_spec is not None or part.conversion not in {None, "s"} or part.equal is not None:
                return NOT_CONSTANT
            value = resolve(part.expression)
            if not isinstance(value, (str, int, float, bool)):
                return NOT_CONSTANT
            parts.append(str(value))
    text = "".join(parts)
    return text if len(text) <= LONGEST_TEXT else NOT_CONSTANT


def _display(node: cst.List | cst.Tuple | cst.Set, resolve: Callable[[cst.CSTNode], object]) -> object:
    if len(node.elements) > LONGEST_DISPLAY:
        return NOT_CONSTANT
    items: list[object] = []
    for element in node.elements:
        value = resolve(element.value)
        if value is NOT_CONSTANT:
            return NOT_CONSTANT
        if isinstance(element, cst.StarredElement):
            if not isinstance(value, (tuple, list)):
                return NOT_CONSTANT
            items.extend(value)
        else:
            items.append(value)
    if isinstance(node, cst.List):
        return items
    if isinstance(node, cst.Tuple):
        return tuple(items)
    try:
        return set(items)
    except TypeError:
        return NOT_CONSTANT


def _dict(node: cst.Dict, resolve: Callable[[cst.CSTNode], object]) -> object:
    if len(node.elements) > LONGEST_DISPLAY:
        return NOT_CONSTANT
    made: dict[object, object] = {}
    for element in node.elements:
        value = resolve(element.value)
        if isinstance(element, cst.StarredDictElement):
            if not isinstance(value, dict):
                return NOT_CONSTANT
            made.update(value)
            continue
        key = resolve(element.key) if isinstance(element, cst.DictElement) else NOT_CONSTANT
        if key is NOT_CONSTANT or value is NOT_CONSTANT:
            return NOT_CONSTANT
        try:
            made[key] = value
        except TypeError:
            return NOT_CONSTANT
    return made
