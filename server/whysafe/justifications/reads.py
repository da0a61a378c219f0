"""Which names does code read?"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from whysafe.justifications.canonical import identifier
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator

# A node still to be looked at, the names that are its own (of a lambda or comprehension), and whether it is written to.
_Todo: TypeAlias = "tuple[cst.CSTNode, frozenset[str], bool]"

_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp, cst.StarredDictComp)
_BODIES = (cst.BaseSuite, cst.Else, cst.Finally, cst.ExceptHandler, cst.ExceptStarHandler, cst.MatchCase)
_UNREAD = (cst.Global, cst.Nonlocal, cst.Import, cst.ImportFrom, cst.LazyImport, cst.LazyImportFrom)
# Children that are written to, not read.
_WRITTEN = {
    cst.AssignTarget: "target",
    cst.AnnAssign: "target",
    cst.NamedExpr: "target",
    cst.For: "target",
    cst.CompFor: "target",
    cst.AsName: "name",
    cst.Del: "target",
    cst.MatchAs: "name",
    cst.MatchStar: "name",
    cst.MatchMapping: "rest",
    cst.Param: "name",
    cst.FunctionDef: "name",
    cst.ClassDef: "name",
    cst.TypeAlias: "name",
    cst.TypeVar: "name",
    cst.TypeVarTuple: "name",
    cst.ParamSpec: "name",
}
# Children that are words and no variables.
_WORDS = {cst.Attribute: "attr", cst.Arg: "keyword", cst.MatchKeywordElement: "key"}
# A target is made of these; whatever else stands in it (`x[i] = 1`, `x.y = 1`) is read.
_SPREADING = (cst.Tuple, cst.List, cst.Element, cst.StarredElement)


def names_read(node: cst.CSTNode) -> frozenset[str]:
    """The names whose values a statement, header or expression uses; bodies of compound statements are left out.

    The variables of its own lambdas and comprehensions are not among them.
    """
    return frozenset(_read(node))


def _read(start: cst.CSTNode) -> Iterator[str]:
    todo: list[_Todo] = [(start, frozenset(), False)]
    while todo:
        node, own, written = todo.pop()
        if isinstance(node, cst.Name):
            name = identifier(node.value)
            if not written and name not in own:
                yield name
        elif isinstance(node, _COMPREHENSIONS):
            todo += _of_comprehension(node, own)
        elif isinstance(node, cst.Lambda):
            todo += _of_lambda(node, own)
        elif not isinstance(node, _UNREAD):
            todo += _of_any(node, own, written=written, header=node is start)


def _of_any(node: cst.CSTNode, own: frozenset[str], *, written: bool, header: bool) -> Iterator[_Todo]:
    target = getattr(node, _WRITTEN[type(node)]) if type(node) in _WRITTEN else None
    word = getattr(node, _WORDS[type(node)]) if type(node) in _WORDS else None
    spreads = written and isinstance(node, _SPREADING)
    for child in children(node):
        if child is word or (header and isinstance(child, _BODIES)) or _is_elif(node, child):
            continue
        yield child, own, spreads or child is target


def _is_elif(node: cst.CSTNode, child: cst.CSTNode) -> bool:
    return isinstance(node, cst.If) and child is node.orelse


def _of_comprehension(node: cst.CSTNode, own: frozenset[str]) -> Iterator[_Todo]:
    first = node.for_in  # type: ignore[attr-defined]  # all of them have it
    inner = set(own)
    part: cst.CompFor | None = first
    while part is not None:
        inner |= _names_in(part.target)
        part = part.inner_for_in
    # The first iterable is computed outside.
    yield first.iter, own, False
    for child in children(node):
        if child is not first:
            yield child, frozenset(inner), False
    part = first
    while part is not None:
        yield from ((condition, frozenset(inner), False) for condition in part.ifs)
        yield part.target, frozenset(inner), True
        part = part.inner_for_in
        if part is not None:
            yield part.iter, frozenset(inner), False


def _of_lambda(node: cst.Lambda, own: frozenset[str]) -> Iterator[_Todo]:
    params: list[cst.Param] = [*node.params.posonly_params, *node.params.params, *node.params.kwonly_params]
    params += [star for star in (node.params.star_arg, node.params.star_kwarg) if isinstance(star, cst.Param)]
    yield from ((param.default, own, False) for param in params if param.default is not None)
    yield node.body, own | {identifier(param.name.value) for param in params}, False


def _names_in(target: cst.CSTNode) -> set[str]:
    names: set[str] = set()
    todo = [target]
    while todo:
        node = todo.pop()
        if isinstance(node, cst.Name):
            names.add(identifier(node.value))
        elif isinstance(node, _SPREADING):
            todo += children(node)
    return names
