"""From the changes of a repair, which speak of nodes, to edits of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.finding import Fix
from whysafe.analysis.rule import AddArgument, AddImport, RemoveArgument, RemoveStatement, Repair, Replace
from whysafe.syntax.position import Edit, Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from whysafe.analysis.rule import Change


def nodes_of(repair: Repair) -> Iterator[cst.CSTNode]:
    """The nodes whose positions the edits of a repair need."""
    for change in repair.changes:
        if isinstance(change, Replace):
            yield change.node
        elif isinstance(change, AddArgument):
            yield change.call
            yield from change.call.args[-1:]
        elif isinstance(change, RemoveArgument):
            yield change.call
            yield from change.call.args
        elif isinstance(change, RemoveStatement):
            yield change.statement


def fix(repair: Repair, spans: Mapping[cst.CSTNode, Span], lines: list[str]) -> Fix | None:
    """The repair as edits of a text; None where it cannot be done without losing something.

    `lines` are those of the text, with their ends; they are given, because many repairs concern one text.
    An import is an edit at line -1: the document, which knows where its imports stand, places it.
    """
    edits: list[Edit] = []
    for change in repair.changes:
        edit = _edit(change, spans, lines)
        if edit is None:
            return None
        edits.append(edit)
    return Fix(repair.title, tuple(edits), repair.safe)


IMPORT_LINE = -1


def _edit(change: Change, spans: Mapping[cst.CSTNode, Span], lines: list[str]) -> Edit | None:
    if isinstance(change, AddImport):
        place = Position(IMPORT_LINE, 0)
        return Edit(Span(place, place), change.module)
    try:
        if isinstance(change, Replace):
            return Edit(spans[change.node], change.text)
        if isinstance(change, AddArgument):
            return _add_argument(change, spans)
        if isinstance(change, RemoveArgument):
            return _remove_argument(change, spans, lines)
        return _remove_statement(spans[change.statement], lines)
    except KeyError:
        return None


def _add_argument(change: AddArgument, spans: Mapping[cst.CSTNode, Span]) -> Edit | None:
    args = change.call.args
    if not args:
        end = spans[change.call].end
        place = Position(end.line, end.column - 1)
        return Edit(Span(place, place), change.text)
    if len(args) == 1 and isinstance(args[0].value, cst.GeneratorExp) and not args[0].value.lpar:
        return None
    place = spans[args[-1]].end
    return Edit(Span(place, place), f", {change.text}")


def _remove_argument(change: RemoveArgument, spans: Mapping[cst.CSTNode, Span], lines: list[str]) -> Edit | None:
    args = list(change.call.args)
    index = next((number for number, arg in enumerate(args) if arg is change.argument), None)
    if index is None:
        return None
    if index > 0:
        gone = Span(spans[args[index - 1]].end, spans[args[index]].end)
    elif len(args) > 1:
        gone = Span(spans[args[0]].start, spans[args[1]].start)
    else:
        end = spans[change.call].end
        gone = Span(spans[args[0]].start, Position(end.line, end.column - 1))
    # A comment between the arguments would be lost without a word.
    return None if "#" in _text(gone, lines) else Edit(gone, "")


def _remove_statement(span: Span, lines: list[str]) -> Edit | None:
    before = lines[span.start.line][: span.start.column]
    after = lines[span.end.line][span.end.column :]
    if before.strip() or after.strip():
        return Edit(span, "pass")  # It shares its line with something.
    return (
        Edit(span, "pass")
        if _alone(span, lines)
        else Edit(Span(Position(span.start.line, 0), Position(span.end.line + 1, 0)), "")
    )


def _alone(span: Span, lines: list[str]) -> bool:
    """Whether the statement may be the only one of its body: judged by the indentation of its neighbours."""
    before = next((line for line in reversed(lines[: span.start.line]) if line.strip()), "")
    after = next((line for line in lines[span.end.line + 1 :] if line.strip()), "")
    return _indent(lines[span.start.line]) not in {_indent(line) for line in (before, after) if line}


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def _text(span: Span, lines: list[str]) -> str:
    if span.start.line == span.end.line:
        return lines[span.start.line][span.start.column : span.end.column]
    middle = lines[span.start.line + 1 : span.end.line]
    return "".join((lines[span.start.line][span.start.column :], *middle, lines[span.end.line][: span.end.column]))
