"""The tree of one piece, or why there is none."""

from __future__ import annotations

import ast
import dataclasses
import re
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeGuard

import libcst as cst

from whysafe.syntax.graft import WRAPPER, Graft, Refused, graft
from whysafe.syntax.guard import guard
from whysafe.syntax.lexer import LINE, scan
from whysafe.syntax.position import Position, Span
from whysafe.syntax.source import count_line_ends, line_starts, split_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from whysafe.syntax.outline import Outline
    from whysafe.syntax.split import Piece

CLASS_WRAPPER: Final = "class _:\n"
_LINE_NUMBER: Final = re.compile(r" (?:\(detected at line \d+\)|on line \d+)")  # counted from the start of the piece
_BLANK_CONTINUATION: Final = re.compile(r"(?:\A|[\r\n])[ \t\f]*\\[\r\n]")
_LINE_END: Final = re.compile(r"\r|\n")
_INDENT: Final = re.compile(r"[ \t\f]*")
_NEW_LINE: Final = re.compile(r"\r\n?|\n")
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
    (
        *("lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "start", "end"),
        *("comma", "semicolon", "colon", "first_colon", "second_colon", "dot", "equal", "separator", "trailing_comma"),
        *("star", "conversion", "indent", "header", "footer", "newline", "leading_lines", "lines_after_decorators"),
        *("trailing_whitespace", "leading_whitespace", "encoding"),
        *("default_indent", "default_newline", "has_trailing_newline"),
    )
)


def _is_node(kind: object) -> TypeGuard[type[cst.CSTNode]]:
    """Whether it is a class of nodes. Abstract classes, asked by `issubclass`, look through all of their subclasses."""
    return isinstance(kind, type) and cst.CSTNode in kind.__mro__ and dataclasses.is_dataclass(kind)


# The fields of each class of nodes that may hold meaningful nodes.
_FIELDS: Final[dict[type[cst.CSTNode], tuple[str, ...]]] = {
    kind: _SOURCE_ORDER.get(kind.__name__)
    or tuple(
        field.name
        for field in dataclasses.fields(kind)
        if field.type not in {str, "str"} and field.name not in _MEANINGLESS and not field.name.startswith("whitespace")
    )
    for kind in vars(cst).values()
    if _is_node(kind)
}
NODES: Final = frozenset(_FIELDS)
"""All classes of nodes."""
LEAVES: Final = frozenset(kind for kind, fields in _FIELDS.items() if not fields)
"""The classes of nodes that have no `children`: names, numbers, operators and the like."""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """The syntax tree of a piece: the module that was parsed, and in it the statements of the piece itself.

    A header has a body that is not in the text: one `pass`. `wrapper` is what was parsed before the text of the piece.
    After a graft, comments and blank lines of the module are not those of the text.
    """

    module: cst.Module
    body: tuple[cst.BaseStatement, ...]
    wrapper: str
    graft: Graft | None = None
    """What was parsed last, if most of the tree is that of a former text."""
    outlines: list[Outline] = field(default_factory=list)
    """The logical lines of the piece, once somebody has read them."""


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Why a piece has no tree, for the user; `span` is within the piece, its lines from 0."""

    span: Span
    message: str
    by_python: bool = False
    """Whether the running Python certainly refuses it as well."""


def parse(piece: Piece) -> Tree | Unparsed:
    """The tree of a piece, parsed as what it is: a member within a class, a header with a body. Never raises."""
    reason = guard(piece.text)
    if reason:
        return _torn(piece) or Unparsed(_whole(piece.text), reason)
    wrapper = wrapper_of(piece)
    text = wrapper + piece.text + (_header_body(piece) if piece.header else "")
    try:
        module = cst.parse_module(_without_blank_continuations(text))
    except (cst.ParserSyntaxError, *_REFUSALS) as error:
        return _unparsed(piece, text, error)
    except BaseException as error:
        # A panic of the native parser has a class that cannot be imported, and that is no Exception. Others come of
        # nodes that check themselves and have not thought of a line end (`[x async` and `for` on the next line).
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        return Unparsed(_whole(piece.text), "The parser failed on this statement; it is not analysed.")
    body: tuple[cst.BaseStatement, ...] = tuple(module.body)
    if piece.indents:
        body = _inside(body)
    if piece.joins:
        body = _joined(body)
    if body or not wrapper:
        return Tree(module, body, wrapper, outlines=piece.outlines)
    return Unparsed(_whole(piece.text), "The indentation does not fit what stands around it; this is not analysed.")


def wrapper_of(piece: Piece) -> str:
    """What a piece is parsed behind, so that it stands in the text as it stands in the document."""
    around = CLASS_WRAPPER if piece.indents else ""
    if not piece.joins:
        return around
    indent = _indent(piece)
    return f"{around}{indent}if 1:\n{indent} pass\n"


def _inside(body: tuple[cst.BaseStatement, ...]) -> tuple[cst.BaseStatement, ...]:
    """What stands in the class that is the only statement; nothing where there is more."""
    outer = body[0] if len(body) == 1 else None
    if isinstance(outer, cst.ClassDef) and isinstance(outer.body, cst.IndentedBlock):
        return tuple(outer.body.body)
    return ()


def _joined(body: tuple[cst.BaseStatement, ...]) -> tuple[cst.BaseStatement, ...]:
    """The branch that continues the `if` which is the only statement; nothing where there is more."""
    outer = body[0] if len(body) == 1 else None
    branch = outer.orelse if isinstance(outer, cst.If) else None
    return () if branch is None else (branch,)  # type: ignore[return-value]


def regrow(piece: Piece, former: Piece, tree: Tree, accepted: Callable[[], bool]) -> Tree | Unparsed | None:
    """What `parse` says of a piece, from the tree of its former text; None where `parse` has to do it. Never raises.

    `accepted` tells whether the running Python accepts the former text.
    """
    if piece.header or piece.joins or _standing(piece) != _standing(former):
        return None
    newline = tree.module.default_newline
    first = _NEW_LINE.search(tree.wrapper + piece.text)
    if first and first.group() != newline:
        return None
    tables = tree.graft.tables if tree.graft else ()
    grown = graft(tree.body, former.text, former.outline, piece.text, piece.outline, newline, tables)
    if grown is None:
        return None
    if isinstance(grown, Refused):
        return _placed(piece, grown, accepted) or _unparsed(piece, tree.wrapper + piece.text, grown.error)
    body: Sequence[cst.BaseStatement] = grown.body
    if tree.wrapper:
        outer = tree.module.body[0]
        assert isinstance(outer, cst.ClassDef)
        body = [outer.with_changes(body=outer.body.with_changes(body=grown.body))]
    return Tree(tree.module.with_changes(body=body), grown.body, tree.wrapper, grown.graft, piece.outlines)


def _standing(piece: Piece) -> tuple[object, ...]:
    return piece.header, piece.joins, piece.indents, piece.kinds


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes directly below `node` that carry meaning, in source order: no whitespace, comments or punctuation."""
    for name in _FIELDS[node.__class__]:
        value = getattr(node, name)
        kind = value.__class__
        if kind in _FIELDS:
            yield value
        elif kind is list or kind is tuple:
            yield from value


def _header_body(piece: Piece) -> str:
    """A body for a header, one blank deeper than its first line."""
    return (_indent(piece) if piece.indents else "") + " pass\n"


def _indent(piece: Piece) -> str:
    found = _INDENT.match(piece.text)
    return found.group() if found else ""


def _without_blank_continuations(text: str) -> str:
    """Leave out the lines that hold a continuing backslash and nothing else, where they begin a logical line.

    The parser refuses them at the start of a block. It never keeps them in its tree, so places are no worse for it.
    """
    if not _BLANK_CONTINUATION.search(text):
        return text
    parts: list[str] = []
    place = 0
    for kind, start, first in scan(text):
        if kind == LINE and "\\" in text[start:first]:
            blanks = re.split(r"\\(?:\r\n?|\n)", text[start:first])
            parts += (text[place:start], next(filter(None, blanks), ""))
            place = first
    return "".join([*parts, text[place:]])


def _ast_parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _unparsed(piece: Piece, text: str, refusal: BaseException) -> Unparsed:
    """Locate with the running Python what the parser refused, whose own places cannot be trusted."""
    if isinstance(refusal, UnicodeEncodeError):
        return Unparsed(_whole(piece.text), "A lone surrogate stands here, which is no character; it is not analysed.")
    torn = _torn(piece)
    if torn is not None:
        return torn
    error = _syntax_error(text.removeprefix("\ufeff"))
    if error is None:
        return Unparsed(_whole(piece.text), "Syntax error. This statement is not analysed.")
    return Unparsed(_place(piece.text, error, wrapper_of(piece).count("\n")), _message(error), by_python=True)


def _torn(piece: Piece) -> Unparsed | None:
    """Where a bracket was left open, if one was, as Python sees it that has read no further than that line."""
    torn = piece.outline.torn
    if not torn:
        return None
    text, bracket = piece.text, torn[0]
    line_begin = max(text.rfind(mark, 0, bracket) for mark in "\r\n") + 1
    line, column = count_line_ends(text[:line_begin]), bracket - line_begin
    line_end = _LINE_END.search(text, bracket)
    rest = text[bracket : line_end.start() if line_end else len(text)]
    error = _syntax_error(rest)
    if error is None:
        span, message = Span(Position(0, 0), Position(0, 1)), "Syntax error. This statement is not analysed."
    else:
        span, message = _place(rest, error, 0), _message(error)
    start, end = (Position(line, column + place.column) for place in (span.start, span.end))
    return Unparsed(Span(start, end), message, by_python=True)


def _placed(piece: Piece, refused: Refused, accepted: Callable[[], bool]) -> Unparsed | None:
    """What Python says of the part that the parser refused; None where it might say something else of the whole.

    Before this part it finds nothing, because it has accepted that, and a part that is complete ends as it does in the
    text, as long as nothing is missed behind it.
    """
    if not refused.text or piece.outline.torn or isinstance(refused.error, UnicodeEncodeError) or not accepted():
        return None
    part = refused.text if refused.text.endswith("\n") else refused.text + "\n"
    error = _syntax_error(f"{WRAPPER}{part}{' ' * refused.column}pass\n")
    if error is None or not 2 <= (error.lineno or 0) < part.count("\n") + 2:
        return None
    return Unparsed(_place(part, error, 1).shifted(refused.line), _message(error), by_python=True)


def _syntax_error(text: str) -> SyntaxError | None:
    """What the running Python says against a text, if it is about its syntax."""
    try:
        _ast_parse(text)
    except SyntaxError as error:
        return error
    except _REFUSALS:
        pass
    return None


def _message(error: SyntaxError) -> str:
    reason = _LINE_NUMBER.sub("", error.msg)
    return f"Syntax error: {reason}{'' if reason.endswith('?') else '.'} This statement is not analysed."


def _place(text: str, error: SyntaxError, wrapped: int) -> Span:
    """The token where a syntax error was found, kept within the lines of the piece."""
    lines = split_lines(text) or [""]
    found = (error.lineno or 1) - 1 - wrapped
    line = min(max(found, 0), len(lines) - 1)
    content = len(lines[line].rstrip("\r\n"))
    if line != found:
        return Span(Position(line, 0), Position(line, content))
    mark = len(lines[0]) - len(lines[0].removeprefix("\ufeff")) if line == 0 else 0
    start = min(max((error.offset or 1) - 1, 0) + mark, max(content - 1, 0))
    end = (error.end_offset or 0) - 1 + mark if error.end_lineno == error.lineno else 0
    return Span(Position(line, start), Position(line, min(max(end, start + 1), content)))


def _whole(text: str) -> Span:
    """From the first character of a piece to its last that is not blank."""
    end = text.rstrip()
    starts = line_starts(end)
    return Span(Position(0, 0), Position(len(starts) - 1, len(end) - starts[-1]))
