"""The indented blocks of a statement, and the statement with other statements in one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Sequence


def blocks_of(node: cst.CSTNode) -> list[tuple[tuple[str | int, ...], cst.IndentedBlock]]:
    """The indented blocks of a statement in source order, and how to come to them."""
    found: list[tuple[tuple[str | int, ...], cst.IndentedBlock]] = []
    todo: list[tuple[tuple[str | int, ...], cst.CSTNode | None]] = [((), node)]
    while todo:
        path, part = todo.pop()
        if isinstance(part, cst.IndentedBlock):
            found.append((path, part))
            continue
        inner: list[tuple[tuple[str | int, ...], cst.CSTNode | None]] = []
        for name in _BODIES.get(type(part), ()):
            value = getattr(part, name)
            if name == "handlers":
                inner.extend(((*path, name, number), handler) for number, handler in enumerate(value))
            else:
                inner.append(((*path, name), value))
        todo.extend(reversed(inner))
    return found


_BODIES: Final[dict[type, tuple[str, ...]]] = {
    cst.FunctionDef: ("body",),
    cst.ClassDef: ("body",),
    cst.With: ("body",),
    cst.If: ("body", "orelse"),
    cst.For: ("body", "orelse"),
    cst.While: ("body", "orelse"),
    cst.Try: ("body", "handlers", "orelse", "finalbody"),
    cst.TryStar: ("body", "handlers", "orelse", "finalbody"),
    cst.ExceptHandler: ("body",),
    cst.ExceptStarHandler: ("body",),
    cst.Else: ("body",),
    cst.Finally: ("body",),
}


def with_body(node: Any, path: Sequence[str | int], body: Sequence[cst.CSTNode]) -> Any:
    """The node with other statements in the block at the end of a path; what it was is not changed."""
    if not path:
        return node.with_changes(body=body)
    name, *rest = path
    value = getattr(node, str(name))
    if rest and isinstance(rest[0], int):
        number = rest[0]
        changed = [*value[:number], with_body(value[number], rest[1:], body), *value[number + 1 :]]
        return node.with_changes(**{str(name): changed})
    return node.with_changes(**{str(name): with_body(value, rest, body)})
