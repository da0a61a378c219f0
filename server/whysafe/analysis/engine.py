"""Run all rules over one piece: from the nodes that the walk listed to findings in the piece's own coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import Assignment, Imported, Place
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.hearing import listen, note
from whysafe.analysis.rule import Evidence, Verdict
from whysafe.semantics.calls import Call, Expression, callees
from whysafe.semantics.fold import literal
from whysafe.semantics.resolve import Resolver, evaluate, lookup, paths
from whysafe.semantics.scopes import Seen, dotted
from whysafe.semantics.values import Instance, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.detectors import Nodes
    from whysafe.analysis.following import Following
    from whysafe.analysis.gate import Awake
    from whysafe.analysis.rule import Answer, Rule
    from whysafe.semantics.scopes import PieceScopes

BASE_KINDS: frozenset[type[cst.CSTNode]] = frozenset({cst.Call, cst.Assign, cst.AnnAssign, cst.Import, cst.ImportFrom})
"""The node classes that the engine itself needs to see."""

_ASKING = "getattr hasattr isinstance issubclass callable id type repr print staticmethod classmethod"
_NO_REFERENCE = frozenset(
    {
        "functools.partial",
        "functools.wraps",
        "functools.update_wrapper",
        *(f"builtins.{name}" for name in _ASKING.split()),
    }
)
"""Callees whose arguments are not callbacks: what they lead to is resolved, or they call nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A finding before its nodes have positions."""

    rule: Rule
    verdict: Verdict
    at: cst.CSTNode
    anchor: cst.CSTNode
    evidence: tuple[Evidence, ...]


def kinds(of: Catalogue) -> frozenset[type[cst.CSTNode]]:
    """The node classes that the walk has to list."""
    return BASE_KINDS | frozenset(of.nodes)


@dataclass(frozen=True, slots=True, eq=False)
class _Asking:
    """What answers are found with. `awake` is what can be triggered in this document (see `gate`); None: everything."""

    of: Catalogue
    resolver: Resolver
    leads: Following
    awake: Awake | None


def able(of: Catalogue, awake: Awake | None, words: AbstractSet[str]) -> frozenset[Nodes]:
    """The detectors of nodes that can match in a piece with these words, where this is awake; None: everything is."""
    detectors = {detector for entries in of.nodes.values() for _, detector in entries}
    return frozenset(detectors) if awake is None else of.gate.able(detectors, words, awake)


def run(
    scopes: PieceScopes, of: Catalogue, resolver: Resolver, leads: Following, awake: Awake | None
) -> tuple[Candidate, ...]:
    """All findings of the rules in one piece, at most one for each rule and anchor, in order of the walk.

    `awake` is what can be triggered in this document (see `gate`), and `leads` tells what can lead there; nothing else
    is followed. None: everything is. The segments of `scopes` keep which nodes need not be asked again.
    """
    found: dict[tuple[str, cst.CSTNode], Candidate] = {}
    asking = _Asking(of, resolver, leads, awake)
    listed, new = listen(scopes, leads.leading)
    loud: set[Seen] = set()
    for kind, ask in (*_QUESTIONS, *((kind, _node) for kind in of.nodes)):
        for seen in listed.get(kind, ()):
            before = resolver.lookups
            candidates = list(ask(seen, asking))
            if candidates or resolver.lookups != before:
                loud.add(seen)
            for candidate in candidates:
                found.setdefault((candidate.rule.name, candidate.anchor), candidate)
    note(new, leads.leading, loud)
    return tuple(found.values())


def _node(seen: Seen, asking: _Asking) -> Iterator[Candidate]:
    for rule, detector in asking.of.nodes[type(seen.node)]:
        if detector not in asking.leads.able:
            continue
        answer = detector.when(Place(seen.node, seen, asking.resolver))
        yield from _answered(rule, answer, seen.node, seen.node)


def _answered(rule: Rule, answer: Answer, at: cst.CSTNode, anchor: cst.CSTNode) -> Iterator[Candidate]:
    if answer:
        verdict = answer if isinstance(answer, Verdict) else Verdict()
        yield Candidate(rule, verdict, verdict.at or at, verdict.anchor or anchor, verdict.evidence)


def _doubtful(candidates: Iterator[Candidate]) -> Iterator[Candidate]:
    """The candidates with less confidence: the name can also mean something else."""
    for candidate in candidates:
        confidence = min(candidate.verdict.confidence, Confidence.MEDIUM)
        yield replace(candidate, verdict=replace(candidate.verdict, confidence=confidence))


def severity(candidate: Candidate) -> Severity:
    return candidate.rule.severity if candidate.verdict.severity is None else candidate.verdict.severity


# --- calls and references --------------------------------------------------------------------------------------------


def _call(seen: Seen, asking: _Asking) -> Iterator[Candidate]:
    of, resolver, leads = asking.of, asking.resolver, asking.leads
    node = seen.node
    assert isinstance(node, cst.Call)
    # What `functools.partial` wraps is called, too.
    matters = leads(node.func) or (bool(node.args) and leads(node.args[0].value))
    found = list(callees(seen, resolver)) if matters else []
    for call in found:
        for rule, detector in of.calls.get(call.name, ()):
            if call.bound and _bound_already(rule, call, of, resolver):
                continue
            answer: Answer = detector.when(call) if detector.when is not None else True
            candidates = _answered(rule, answer, node.func, node)
            for candidate in candidates if call.exact else _doubtful(candidates):
                yield replace(candidate, evidence=candidate.evidence + _stands_for(call))
        if call.name == "builtins.setattr":
            yield from _setattr(call, of)
    if isinstance(node.func, cst.Attribute):
        name = node.func.attr.value
        for rule, method in of.methods.get(name, ()):
            yield from _answered(rule, method.when(Call(node, name, seen, resolver)), node.func, node)
    yield from _references(node, seen, of, resolver, leads)


def _bound_already(rule: Rule, call: Call, of: Catalogue, resolver: Resolver) -> bool:
    """Whether the `functools.partial` behind a call is a finding of the same rule: one problem, one finding."""
    if not call.bound:
        return False
    arg, scope = call.bound[0]
    del arg
    for value in evaluate(call.node.func, call.scope, resolver):
        node = getattr(value, "node", None)
        if isinstance(node, cst.Call):
            there = Seen(node, scope, call.seen.statement, call.seen.parent)
            for bound in callees(there, resolver):
                for other, detector in of.calls.get(bound.name, ()):
                    if bound.partial and other is rule and (detector.when is None or detector.when(bound)):
                        return True
    return False


def _references(node: cst.Call, seen: Seen, of: Catalogue, resolver: Resolver, leads: Following) -> Iterator[Candidate]:
    for arg in node.args:
        if arg.star or not isinstance(arg.value, (cst.Name, cst.Attribute)) or not leads(arg.value):
            continue
        expression = Expression(arg.value, seen.scope, resolver)
        values = expression.values
        named = [path for path in paths(values) if path in of.references]
        if named and not _NO_REFERENCE.isdisjoint(call.name for call in callees(seen, resolver)):
            return
        for path in named:
            for rule, detector in of.references[path]:
                answer: Answer = detector.reference(expression) if detector.reference is not None else None
                candidates = _answered(rule, answer, arg.value, arg.value)
                yield from candidates if len(values) == 1 else _doubtful(candidates)


def _stands_for(call: Call) -> tuple[Evidence, ...]:
    """Where the callee got its meaning, when its own text does not say it."""
    written = dotted(call.node.func)
    spelled = call.name.removeprefix("builtins.")
    if written is None or written == spelled:
        return ()
    root = written.split(".", 1)[0]
    for binding in lookup(root, call.scope, call.resolver) or ():
        if binding.owner is not None:
            return (
                Evidence(binding.owner, binding.scope, f"`{root}` gets its meaning here: `{written}` is `{spelled}`."),
            )
    return ()


# --- assignments -----------------------------------------------------------------------------------------------------


def _assign(seen: Seen, asking: _Asking) -> Iterator[Candidate]:
    of, resolver = asking.of, asking.resolver
    node = seen.node
    if isinstance(node, cst.Assign):
        targets: list[cst.BaseExpression] = [target.target for target in node.targets]
    else:
        assert isinstance(node, cst.AnnAssign)
        targets = [node.target]
    if node.value is None:
        return
    for target in targets:
        for name in _target_names(target, seen, of, resolver, asking.awake):
            value = Expression(node.value, seen.scope, resolver)
            yield from _assigned(Assignment(name, target, value, seen, resolver), target, target, of)


def _target_names(
    target: cst.BaseExpression, seen: Seen, of: Catalogue, resolver: Resolver, awake: Awake | None
) -> Iterator[str]:
    if isinstance(target, cst.Attribute):
        name = target.attr.value
        if name in of.attributes and (awake is None or name in awake.words):
            yield from (
                f"{value.path}.{name}"
                for value in evaluate(target.value, seen.scope, resolver)
                if isinstance(value, (Symbol, Instance))
            )
    elif isinstance(target, cst.Subscript) and len(target.slice) == 1:
        base = target.value
        named = isinstance(base, cst.Attribute) and base.attr.value in of.attributes
        if not named and not isinstance(base, cst.Name):
            return
        index = target.slice[0].slice
        if isinstance(index, cst.Index):
            key = literal(index.value)
            if key not in of.items:
                return
            for value in evaluate(base, seen.scope, resolver):
                if isinstance(value, Symbol) and isinstance(key, str):
                    yield f"{value.path}[{key}]"


def _assigned(assignment: Assignment, at: cst.CSTNode, anchor: cst.CSTNode, of: Catalogue) -> Iterator[Candidate]:
    for rule, detector in of.assigns.get(assignment.name, ()):
        yield from _answered(rule, detector.when(assignment), at, anchor)


def _setattr(call: Call, of: Catalogue) -> Iterator[Candidate]:
    owner, name, value = (call.argument(position=number) for number in range(3))
    if owner is None or name is None or value is None or name.text is None:
        return
    for base in owner.values:
        if path := getattr(base, "path", None):
            assignment = Assignment(f"{path}.{name.text}", call.node, value, call.seen, call.resolver)
            yield from _assigned(assignment, call.node, call.node, of)


# --- imports ---------------------------------------------------------------------------------------------------------


def _import(seen: Seen, asking: _Asking) -> Iterator[Candidate]:
    for name, at in _imported(seen.node):
        for rule, detector in asking.of.imports:
            if any(name == module or name.startswith(module + ".") for module in detector.modules):
                answer: Answer = (
                    True if detector.when is None else detector.when(Imported(name, at, seen, asking.resolver))
                )
                yield from _answered(rule, answer, at, seen.node)


def _imported(node: cst.CSTNode) -> Iterator[tuple[str, cst.CSTNode]]:
    if isinstance(node, cst.Import):
        for alias in node.names:
            yield dotted(alias.name) or "", alias
    elif isinstance(node, cst.ImportFrom) and not node.relative and node.module is not None:
        module = dotted(node.module) or ""
        if isinstance(node.names, cst.ImportStar):
            yield module, node.module
            return
        for alias in node.names:
            yield f"{module}.{dotted(alias.name) or ''}", alias


_QUESTIONS: tuple[tuple[type[cst.CSTNode], Callable[[Seen, _Asking], Iterator[Candidate]]], ...] = (
    (cst.Call, _call),
    (cst.Assign, _assign),
    (cst.AnnAssign, _assign),
    (cst.Import, _import),
    (cst.ImportFrom, _import),
)
