"""Ways from a node to one below it, and nodes in which something else stands at the end of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Fields, and indices of the lists in them, that lead from a node to one below it."""


def node_at(node: Any, path: Path) -> Any:
    """The node to which a path leads."""
    for step in path:
        node = node[step] if isinstance(step, int) else getattr(node, step)
    return node


def along(node: Any, path: Path) -> Iterator[cst.CSTNode]:
    """The nodes on a path, from its first to its last."""
    yield node
    for step in path:
        node = node[step] if isinstance(step, int) else getattr(node, step)
        if isinstance(node, cst.CSTNode):
            yield node


def replaced(node: Any, path: Path, value: object) -> Any:
    """A node with another value at the end of a path; what it was is not changed."""
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        return [*node[:step], replaced(node[step], tuple(rest), value), *node[step + 1 :]]
    return node.with_changes(**{step: replaced(getattr(node, step), tuple(rest), value)})
