"""The values of literals, read from the text of the tree alone: the same on every Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Sequence

Field: TypeAlias = "cst.FormattedStringExpression | cst.TemplatedStringExpression"


@dataclass(frozen=True, slots=True)
class Text:
    """Characters of a string, backslashes written twice: `kind` is str, bytes or template."""

    kind: str
    value: str


# Beyond this many characters a number is compared as it is written: converting it would take quadratic time.
_LONG = 1000


def number(text: str) -> str:
    """The canonical form of a number: 0xFF and 255 are equal, 1 and 1.0 are not."""
    plain = text.replace("_", "").lower()
    if len(plain) > _LONG:
        return f"Number({plain})"
    if plain.endswith("j") and not plain.startswith("0x"):
        return f"Imaginary({float(plain[:-1])!r})"
    if plain[:2] in {"0x", "0o", "0b"}:
        return f"Integer({int(plain, 0):x})"
    if plain.isdigit():
        return f"Integer({int(plain):x})"
    return f"Float({float(plain)!r})"


def quote(text: str) -> str:
    """The text, its backslashes written twice, between quotes and on one line, so that no two texts look alike."""
    escaped = text.replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def text_parts(node: cst.CSTNode) -> list[Text | Field]:
    """The text and the fields of a string, or of the format specification of a field, text of one kind merged.

    Without any content the list holds an empty text, so that the kind is known.
    """
    merged: list[Text | Field] = []
    for part in _pieces(node):
        last = merged[-1] if merged else None
        if isinstance(part, Text) and isinstance(last, Text) and part.kind == last.kind:
            merged[-1] = Text(last.kind, last.value + part.value)
        elif not (isinstance(part, Text) and part.value == "" and merged):
            merged.append(part)
    if len(merged) > 1:
        merged = [part for part in merged if not (isinstance(part, Text) and part.value == "")] or merged[:1]
    return merged


def _pieces(node: cst.CSTNode) -> list[Text | Field]:
    pieces: list[Text | Field] = []
    todo = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, cst.ConcatenatedString):
            todo += [part.right, part.left]
        elif isinstance(part, cst.SimpleString):
            pieces.append(_simple(part))
        elif isinstance(part, (cst.FormattedString, cst.TemplatedString)):
            pieces += _formatted(part)
        elif isinstance(part, (cst.FormattedStringExpression, cst.TemplatedStringExpression)):
            pieces += _contents(part.format_spec or (), raw=False, braces=False)
    return pieces


def _simple(node: cst.SimpleString) -> Text:
    prefix = node.prefix.lower()
    quotes = len(node.quote)
    body = node.value[len(node.prefix) + quotes : len(node.value) - quotes]
    kind = "bytes" if "b" in prefix else "str"
    return Text(kind, _value(body, raw="r" in prefix, is_bytes="b" in prefix))


def _formatted(node: cst.FormattedString | cst.TemplatedString) -> list[Text | Field]:
    start = node.start.lower()
    kind = "template" if "t" in start.rstrip("\"'") else "str"
    return [Text(kind, ""), *_contents(node.parts, raw="r" in start, braces=True, kind=kind)]


def _contents(parts: Sequence[cst.CSTNode], *, raw: bool, braces: bool, kind: str = "str") -> list[Text | Field]:
    contents: list[Text | Field] = []
    for part in parts:
        if isinstance(part, (cst.FormattedStringText, cst.TemplatedStringText)):
            text = part.value.replace("{{", "{").replace("}}", "}") if braces else part.value
            contents.append(Text(kind, _value(text, raw=raw, is_bytes=False)))
        elif isinstance(part, (cst.FormattedStringExpression, cst.TemplatedStringExpression)):
            contents.append(part)
    return contents


_LINE_END = re.compile(r"\r\n?")
_ESCAPE = re.compile(
    r"\\(?:(?P<line>\n)|(?P<one>[\\'\"abfnrtv])|(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9a-fA-F]{2})"
    r"|(?P<wide>u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|(?P<name>N\{[^{}]*\})|)"
)
_ONE = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_BACKSLASH = "\\\\"


def _value(body: str, *, raw: bool, is_bytes: bool) -> str:
    """The characters that the text between the quotes stands for; line ends count as LF.

    A backslash is written twice, so that it cannot be taken for the beginning of a character's name.
    """
    body = _LINE_END.sub("\n", body)
    if "\\" not in body:
        return body
    if raw:
        return body.replace("\\", _BACKSLASH)
    return _ESCAPE.sub(_byte if is_bytes else _character, body)


def _character(escape: re.Match[str]) -> str:
    if escape["name"]:
        # Which character it is depends on the Unicode version of the Python that looks; the name does not.
        return "\\" + escape["name"].upper()
    if escape["wide"]:
        code = int(escape["wide"][1:], 16)
        return _doubled(chr(code)) if code <= 0x10FFFF else _BACKSLASH + escape["wide"]
    return _byte(escape)


def _byte(escape: re.Match[str]) -> str:
    if escape["line"]:
        return ""
    if escape["one"]:
        return _doubled(_ONE[escape["one"]])
    if escape["octal"]:
        return _doubled(chr(int(escape["octal"], 8)))
    if escape["hex"]:
        return _doubled(chr(int(escape["hex"], 16)))
    return _BACKSLASH + escape[0][1:]


def _doubled(character: str) -> str:
    return _BACKSLASH if character == "\\" else character
