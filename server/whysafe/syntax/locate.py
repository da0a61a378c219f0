"""Where nodes stand in the text of their piece.

The parser gives no places. They come from generating code again, for the logical lines in which the wanted nodes stand:
`parts` finds these lines in the text. Where it does not, the code of the whole piece is generated. A node's own
parentheses and the blanks around it are left out, as in the library's PositionProvider.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import libcst as cst

from whysafe.syntax.generated import places_in_line, places_in_module
from whysafe.syntax.graft import is_unusual
from whysafe.syntax.outline import FAR, outline
from whysafe.syntax.parts import parts, statements_of, within
from whysafe.syntax.position import Position, Span
from whysafe.syntax.source import line_starts
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from whysafe.syntax.outline import Outline
    from whysafe.syntax.parts import Part
    from whysafe.syntax.tree import Tree

_FEW: Final = 16
"""So many nodes are looked for by a word of each; for more, every line is looked at."""
_COMPARED: Final = 4
"""Of so many words of a node the rarest is looked for: `self` stands everywhere."""
_WORDS: Final[dict[type[cst.CSTNode], str]] = {
    cst.Pass: "pass",
    cst.Break: "break",
    cst.Continue: "continue",
    cst.Ellipsis: "...",
}


def locate(tree: Tree, text: str, nodes: Iterable[cst.CSTNode]) -> dict[cst.CSTNode, Span]:
    """The spans of `nodes` of `tree` in `text`, the text of the piece it was parsed from.

    Lines count from the start of the piece. Nodes that are not in the tree are left out; of the class body that a
    header was given, nothing is in the text, and such nodes stand at its end.
    """
    wanted = set(nodes)
    if not wanted:
        return {}
    found = _by_lines(tree, text, wanted)
    missing = wanted - found.keys()
    if missing:
        found.update(_by_piece(tree, text, missing))
    return found


def begins_line(tree: Tree, text: str, line: int) -> cst.CSTNode | None:
    """What begins the logical line that holds a line of the piece, or the last one above it.

    A simple statement, a decorator, or a compound statement or branch of it by its header. None where the logical lines
    of the text do not tell.
    """
    lines, starts = _outlined(tree, text), line_starts(text)
    if lines is None or line >= len(starts):
        return None
    index = bisect_right(lines.starts, starts[line]) - 1
    found, _ = _visit(tree, lines, frozenset(), [index]) if index >= 0 else ([], {})
    return found[0].node if found else None


# --- by the logical lines in which nodes stand -----------------------------------------------------------------------


def _by_lines(tree: Tree, text: str, wanted: AbstractSet[cst.CSTNode]) -> dict[cst.CSTNode, Span]:
    """The spans of the wanted nodes, without those whose lines are not found in the text."""
    lines = _outlined(tree, text)
    if lines is None or not lines.starts:
        return {}
    starts = line_starts(text)
    begins = [*lines.starts, len(text)]
    visited, ending = _visit(tree, lines, wanted, _lines_of_words(wanted, text, begins))
    missing = set(wanted).difference(node for nodes in ending.values() for node, _ in nodes)
    found: dict[cst.CSTNode, Span] = {}
    for part in visited:
        held = [node for node in within(part.node) if node in missing] if missing else []
        if not held and part.line not in ending:
            continue
        begin = lines.firsts[part.line]
        indent, source = text[begins[part.line] : begin], text[begin : begins[part.line + 1]]
        places = places_in_line(part.node, tree.module, indent, source, [part.node, *held])
        spans = {node: _span(begin + start, begin + end, starts) for node, (start, end) in places.items()}
        found.update((node, spans[node]) for node in held if node in spans)
        missing.difference_update(held)
        if part.node in spans:
            for node, first in ending.get(part.line, ()):
                found[node] = Span(_position(lines.firsts[first], starts), spans[part.node].end)
    return found


def _outlined(tree: Tree, text: str) -> Outline | None:
    """The logical lines of a piece; None where columns cannot be trusted."""
    if text.startswith("\ufeff") or is_unusual(text):
        return None
    if not tree.outlines:
        tree.outlines.append(outline(text))
    lines = tree.outlines[0]
    return None if lines.torn or FAR in lines.columns else lines


def _visit(
    tree: Tree, outlined: Outline, wanted: AbstractSet[cst.CSTNode], lines: Iterable[int]
) -> tuple[list[Part], dict[int, list[tuple[cst.CSTNode, int]]]]:
    """What begins logical lines, of which the indices in the outline are given.

    Besides, by the last logical line of each, the wanted nodes that begin a logical line themselves, with that line.
    What begins their last lines is visited too.
    """
    targets = {*lines}
    in_order = sorted(targets)
    found: list[Part] = []
    ending: dict[int, list[tuple[cst.CSTNode, int]]] = defaultdict(list)
    todo: list[tuple[Sequence[cst.CSTNode], int, int]] = [(tree.body, 0, len(outlined.starts))]
    while todo:
        nodes, first, last = todo.pop()
        for part in parts(nodes, outlined, first, last, in_order):
            for node, line, end in _extents(part):
                if node in wanted:
                    ending[end - 1].append((node, line))
                    if end - 1 not in targets:
                        targets.add(end - 1)
                        insort(in_order, end - 1)
            if part.line in targets:
                found.append(part)
            if part.stop > part.line + 1:
                todo.append((statements_of(part.node), part.line + 1, part.stop))
    return found, ending


def _extents(part: Part) -> Iterator[tuple[cst.CSTNode, int, int]]:
    """A part and its indented body: the logical lines with which they begin, and before which they end."""
    yield part.node, part.line, part.end
    body = getattr(part.node, "body", None)
    if isinstance(body, cst.IndentedBlock):
        # A decorated definition begins with its `def`.
        yield body, part.line + 1 + len(getattr(body.body[0], "decorators", ())), part.stop


def _lines_of_words(nodes: Collection[cst.CSTNode], text: str, begins: Sequence[int]) -> Collection[int]:
    """The logical lines, which begin at these offsets, that can lead to the nodes: those that hold a word of each.

    All lines where a node has no word, and where there are many nodes.
    """
    words = {min(_words(node), key=text.count, default="") for node in nodes} if len(nodes) <= _FEW else {""}
    if "" in words:
        return range(len(begins) - 1)
    found: set[int] = set()
    for word in words:
        place = text.find(word, begins[0])
        while place >= 0:
            line = bisect_right(begins, place) - 1
            found.add(line)
            place = text.find(word, begins[line + 1])
    return found


def _words(node: cst.CSTNode) -> list[str]:
    """The first names, numbers, strings and words without a value in the code of a node."""
    found: list[str] = []
    todo = [node]
    while todo and len(found) < _COMPARED:
        part = todo.pop()
        value = _WORDS.get(part.__class__) or getattr(part, "value", None)
        if not isinstance(value, str):
            todo.extend(reversed([*children(part)]))
        elif value:
            found.append(value)
    return found


# --- by the code of the whole piece ----------------------------------------------------------------------------------


def _by_piece(tree: Tree, text: str, wanted: AbstractSet[cst.CSTNode]) -> dict[cst.CSTNode, Span]:
    """The spans of the wanted nodes that are in the tree."""
    if tree.graft is None:
        return _in_module(tree.module, tree.wrapper, text, wanted)
    piece = tree.graft
    near = _in_module(piece.module, piece.wrapper, piece.text, wanted)
    found = {node: span.shifted(piece.line) for node, span in near.items()}
    missing = wanted - found.keys()
    if missing:
        # What was taken over from the former text is found in a tree of the whole text, which has the same shape.
        whole = cst.parse_module(tree.wrapper + text)
        twins = _twins(tree.module, whole, missing)
        places = _in_module(whole, tree.wrapper, text, twins.values())
        found.update((node, places[twin]) for node, twin in twins.items() if twin in places)
    return found


def _twins(tree: cst.Module, other: cst.Module, wanted: Collection[cst.CSTNode]) -> dict[cst.CSTNode, cst.CSTNode]:
    """The nodes of another tree of the same shape that stand where the wanted ones stand."""
    found: dict[cst.CSTNode, cst.CSTNode] = {}
    todo: list[tuple[cst.CSTNode, cst.CSTNode]] = [(tree, other)]
    while todo:
        node, twin = todo.pop()
        if node in wanted:
            found[node] = twin
        if isinstance(node, cst.IndentedBlock) and isinstance(twin, cst.IndentedBlock):
            # What follows the colon of a header up to the end of its line has no meaning, but ends the header.
            todo.append((node.header, twin.header))
        todo.extend(zip(children(node), children(twin), strict=True))
    return found


def _in_module(module: cst.Module, wrapper: str, text: str, nodes: Collection[cst.CSTNode]) -> dict[cst.CSTNode, Span]:
    """The spans in `text` of nodes of a module that was parsed from the wrapper and the text."""
    starts = line_starts(text)
    places = places_in_module(module, wrapper + text, nodes)

    def offset(place: int) -> int:
        return min(max(place - len(wrapper), 0), len(text))

    return {node: _span(offset(places[node][0]), offset(places[node][1]), starts) for node in nodes if node in places}


def _span(begin: int, end: int, starts: Sequence[int]) -> Span:
    """The span of offsets in a text whose lines start at `starts`."""
    return Span(_position(begin, starts), _position(end, starts))


def _position(offset: int, starts: Sequence[int]) -> Position:
    line = bisect_right(starts, offset) - 1
    return Position(line, offset - starts[line])
