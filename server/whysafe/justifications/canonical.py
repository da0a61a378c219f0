"""The canonical form of code: what it means, without how it is laid out.

Two statements that differ in white space, comments, quotes, parentheses, trailing commas, the spelling of numbers and
strings, or the order of imported names have one form. It is derived from the libcst tree alone, so that every Python
gives the same. The bodies of compound statements are left out: a form is that of a simple statement, a header, or an
expression.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from whysafe.justifications.literals import Text, number, quote, text_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whysafe.justifications.literals import Field

# A form is put together from pieces of text and from nodes that still have to be written.
Part: TypeAlias = "str | cst.CSTNode"

_COMPOUND = (
    cst.If, cst.For, cst.While, cst.With, cst.Try, cst.TryStar, cst.ExceptHandler, cst.ExceptStarHandler, cst.Else,
    cst.Finally, cst.FunctionDef, cst.ClassDef, cst.Match, cst.MatchCase,
)  # fmt: skip
_BODIES = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})
_LAYOUT = frozenset(
    {
        "colon", "comma", "dot", "equal", "first_colon", "footer", "header", "indent", "lbrace", "lbracket",
        "leading_lines", "lines_after_decorators", "lpar", "posonly_ind", "rbrace", "rbracket", "rpar", "second_colon",
        "semicolon", "separator", "star", "trailing_comma", "trailing_whitespace",
    }
)  # fmt: skip
_IMPORTS = (cst.Import, cst.ImportFrom, cst.LazyImport, cst.LazyImportFrom)
_STRINGS = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString, cst.TemplatedString)


def canonical(node: cst.CSTNode) -> str:
    """The canonical form of a statement, header or expression: one line of text, the same on every Python."""
    written: list[str] = []
    todo: list[Part] = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            written.append(part)
        else:
            todo.extend(reversed(_parts(part)))
    return "".join(written)


def identifier(name: str) -> str:
    """A name as Python reads it (NFKC): eval in full-width letters is eval."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def _parts(node: cst.CSTNode) -> list[Part]:
    """The form of a node, its children still to be written."""
    if isinstance(node, cst.Name):
        return [f"Name({identifier(node.value)})"]
    if isinstance(node, (cst.Integer, cst.Float, cst.Imaginary)):
        return [number(node.value)]
    if isinstance(node, _STRINGS):
        return _string(node)
    if isinstance(node, cst.SimpleStatementLine):
        return _list(node.body) if len(node.body) > 1 else list(node.body)
    if isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString)):
        return ["Docstring(", *_words(text_parts(node.value)), ")"]
    if isinstance(node, _IMPORTS):
        return _import(node)
    if isinstance(node, cst.Subscript):
        return _subscript(node)
    return _generic(node)


def _generic(node: cst.CSTNode) -> list[Part]:
    kind = type(node)
    parts: list[Part] = [_KINDS.get(kind, kind.__name__), "("]
    for name in _fields(kind):
        value = getattr(node, name)
        # What is absent is left out, so that a field that a later libcst adds changes no form.
        if isinstance(value, cst.CSTNode):
            parts += [name, "=", value, ";"]
        elif isinstance(value, (list, tuple)) and value:
            parts += [name, "=", *_list(value), ";"]
        elif isinstance(value, str) and value:
            parts += [name, "=", quote(value), ";"]
    if isinstance(node, (cst.Arg, cst.Index)) and node.star:
        parts += ["star=", quote(node.star), ";"]
    if isinstance(node, cst.TypeParam) and node.star == "*":
        parts.append("star=*;")
    parts.append(")")
    return parts


# Square brackets and parentheses mean the same in a pattern.
_KINDS: dict[type[cst.CSTNode], str] = {cst.MatchList: "MatchSequence", cst.MatchTuple: "MatchSequence"}


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    left_out = _LAYOUT | _BODIES if kind in _COMPOUND else _LAYOUT
    names = [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []
    return tuple(name for name in names if name not in left_out and not name.startswith("whitespace"))


def _list(items: Sequence[cst.CSTNode]) -> list[Part]:
    parts: list[Part] = ["["]
    for item in items:
        parts += [item, ","]
    parts.append("]")
    return parts


def _import(node: cst.Import | cst.ImportFrom | cst.LazyImport | cst.LazyImportFrom) -> list[Part]:
    names = node.names if isinstance(node.names, (list, tuple)) else ()
    listed = ",".join(sorted(canonical(name) for name in names)) or "*"
    kind = type(node).__name__
    if isinstance(node, (cst.Import, cst.LazyImport)):
        return [f"{kind}({listed})"]
    module = canonical(node.module) if node.module else ""
    return [f"{kind}({'.' * len(node.relative)}{module};{listed})"]


def _subscript(node: cst.Subscript) -> list[Part]:
    """A comma behind a single index makes a tuple of it, so here it is no layout."""
    kind = "Subscript"
    if len(node.slice) == 1 and isinstance(node.slice[0].comma, cst.Comma):
        kind = "SubscriptTuple"
    return [kind, "(", node.value, ";", *_list(tuple(node.slice)), ")"]


def _string(node: cst.CSTNode) -> list[Part]:
    """Strings by value, adjacent ones merged; fields of f-strings and t-strings as nodes between the text."""
    parts = text_parts(node)
    if len(parts) == 1 and isinstance(parts[0], Text):
        return [f"{parts[0].kind}({quote(parts[0].value)})"]
    written: list[Part] = ["joined("]
    for part in parts:
        written += [f"{part.kind}({quote(part.value)})"] if isinstance(part, Text) else _field(part)
        written.append(",")
    written.append(")")
    return written


def _field(field: Field) -> list[Part]:
    kind = "field" if isinstance(field, cst.FormattedStringExpression) else "template-field"
    parts: list[Part] = [kind, "(", field.expression, ";"]
    if field.conversion:
        parts += ["!", field.conversion, ";"]
    if field.equal:
        # With `=` the text of the expression itself is part of the value.
        source = cst.Module([])
        shown = [field.whitespace_before_expression, field.expression, field.equal]
        text = "".join(source.code_for_node(part) for part in shown)
        parts += ["=", quote(text.replace("\\", "\\\\")), ";"]
    if field.format_spec:
        parts.append(":")
        for part in text_parts(field):
            parts += [f"{part.kind}({quote(part.value)})"] if isinstance(part, Text) else _field(part)
            parts.append(",")
    parts.append(")")
    return parts


def _words(parts: Sequence[Text | Field]) -> list[Part]:
    """The words of a string that stands alone: formatters indent and strip its lines, and nothing depends on that."""
    return [quote(" ".join("".join(part.value for part in parts if isinstance(part, Text)).split()))]
