"""The indented blocks of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import libcst as cst

if TYPE_CHECKING:
    from whysafe.syntax.paths import Path


def blocks_of(node: cst.CSTNode) -> list[tuple[Path, cst.IndentedBlock]]:
    """The indented blocks of a statement in source order, and how to come to them."""
    found: list[tuple[Path, cst.IndentedBlock]] = []
    todo: list[tuple[Path, cst.CSTNode | None]] = [((), node)]
    while todo:
        path, part = todo.pop()
        if isinstance(part, cst.IndentedBlock):
            found.append((path, part))
            continue
        inner: list[tuple[Path, cst.CSTNode | None]] = []
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
