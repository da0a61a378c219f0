"""The tree of one piece, or why there is none."""

from __future__ import annotations

import ast
import dataclasses
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import libcst as cst

from whysafe.syntax.guard import guard
from whysafe.syntax.position import Position, Span
from whysafe.syntax.source import line_starts, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whysafe.syntax.split import Piece

CLASS_WRAPPER: Final = "class _:\n"
_INDENT: Final = re.compile(r"[ \t\f]*")
_REFUSALS: Final = (SyntaxError, ValueError, LookupError, RecursionError, MemoryError, OverflowError, SystemError)

# Fields in source order, for the classes that declare them in another one.
_SOURCE_ORDER: Final = {
    "Arg": ("keyword", "value"),
    "ClassDef": ("decorators", "name", "type_parameters", "bases", "keywords", "body"),
    "CompFor": ("asynchronous", "target", "iter", "ifs", "inner_for_in"),
    "ExceptHandler": ("type", "name", "body"),
    "ExceptStarHandler": ("type", "name", "body"),
    "For": ("asynchronous", "target", "iter", "body", "orelse"),
    "FunctionDef": ("decorators", "asynchronous", "name", "type_parameters", "params", "returns", "body"),
    "IfExp": ("body", "test", "orelse"),
    "ImportFrom": ("relative", "module", "names"),
    "LazyImportFrom": ("relative", "module", "names"),
    "MatchCase": ("pattern", "guard", "body"),
    "Parameters": ("posonly_params", "posonly_ind", "params", "star_arg", "kwonly_params", "star_kwarg"),
    "TypeAlias": ("name", "type_parameters", "value"),
    "With": ("asynchronous", "items", "body"),
}
# What only says how code is written, and what is text rather than a node.
_MEANINGLESS: Final = frozenset(
    "lpar rpar lbracket rbracket lbrace rbrace comma semicolon colon first_colon second_colon dot equal separator"
    " trailing_comma star conversion start end value_ indent header footer newline leading_lines lines_after_decorators"
    " trailing_whitespace leading_whitespace encoding default_indent default_newline has_trailing_newline".split()
)


@dataclass(frozen=True, slots=True)
class Tree:
    """The syntax tree of a piece: the module that was parsed, and in it the statements of the piece itself.

    A class header has a body that is not in the text: one `pass`. `wrapped` counts the lines of the parsed text that
    stand before the piece.
    """

    module: cst.Module
    body: tuple[cst.BaseStatement, ...]
    wrapped: int


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Why a piece has no tree, for the user; `span` is within the piece, its lines from 0."""

    span: Span
    message: str


def parse(piece: Piece) -> Tree | Unparsed:
    """The tree of a piece, parsed as what it is: a member within a class, a header with a body. Never raises."""
    reason = guard(piece.text)
    if reason:
        return Unparsed(_whole(piece.text), reason)
    wrapper = CLASS_WRAPPER if piece.indents else ""
    text = wrapper + piece.text + (_header_body(piece) if piece.header else "")
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, *_REFUSALS) as error:
        return _unparsed(piece.text, wrapper, text, error)
    except BaseException as error:
        # A panic of the native parser has a class that cannot be imported, and that is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        return Unparsed(_whole(piece.text), "The parser failed on this statement; it is not analysed.")
    if not wrapper:
        return Tree(module, tuple(module.body), 0)
    outer = module.body[0] if len(module.body) == 1 else None
    if isinstance(outer, cst.ClassDef) and isinstance(outer.body, cst.IndentedBlock):
        return Tree(module, tuple(outer.body.body), 1)
    return Unparsed(_whole(piece.text), "The indentation does not fit the class around it; this is not analysed.")


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes directly below `node` that carry meaning, in source order: no whitespace, comments or punctuation."""
    for name in _fields(node.__class__):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from value


def accepts(text: str) -> bool:
    """Whether the running Python accepts `text` as a module: a cheap proof that every piece is valid. Never raises."""
    if guard(text):
        return False
    try:
        _ast_parse(text.removeprefix("\ufeff"))
    except _REFUSALS:
        return False
    return True


_FIELDS: Final[dict[type[cst.CSTNode], tuple[str, ...]]] = {}


def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a node class that may hold meaningful nodes; worked out once for each class."""
    known = _FIELDS.get(kind)
    if known is None:
        names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
        known = _SOURCE_ORDER.get(kind.__name__) or tuple(
            name for name in names if name not in _MEANINGLESS and not name.startswith("whitespace")
        )
        _FIELDS[kind] = known
    return known


def _header_body(piece: Piece) -> str:
    """A body for a class header, one blank deeper than its first line."""
    indent = _INDENT.match(piece.text)
    return (indent.group() if indent and piece.indents else "") + " pass\n"


def _ast_parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _unparsed(piece_text: str, wrapper: str, text: str, refusal: BaseException) -> Unparsed:
    """Locate with the running Python what the parser refused, whose own places cannot be trusted."""
    if isinstance(refusal, UnicodeEncodeError):
        return Unparsed(
            _whole(piece_text), "A lone surrogate stands here, which is no character; it cannot be analysed."
        )
    try:
        _ast_parse(text if wrapper else text.removeprefix("\ufeff"))
    except SyntaxError as error:
        lines = split_lines(piece_text) or [""]
        line = (error.lineno or 1) - 1 - wrapper.count("\n")
        return Unparsed(_place(lines, line, error), f"Syntax error: {error.msg}. This statement is not analysed.")
    except _REFUSALS:
        pass
    return Unparsed(_whole(piece_text), "Syntax error. This statement is not analysed.")


def _place(lines: Sequence[str], line: int, error: SyntaxError) -> Span:
    """One token's place of a syntax error, kept within the lines of the piece."""
    if not 0 <= line < len(lines):
        line = min(max(line, 0), len(lines) - 1)
        start, end = 0, len(lines[line])
    else:
        start = max((error.offset or 1) - 1, 0)
        end = (error.end_offset or 0) - 1 if error.end_lineno == error.lineno else start
    content = len(lines[line].rstrip("\r\n"))
    start = min(start, max(content - 1, 0))
    return Span(Position(line, start), Position(line, min(max(end, start + 1), max(content, start))))


def _whole(text: str) -> Span:
    """From the first character of a piece to its last that is not blank."""
    end = text.rstrip()
    starts = line_starts(end)
    return Span(Position(0, 0), Position(len(starts) - 1, len(end) - starts[-1]))
