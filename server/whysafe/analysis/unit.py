"""A piece of a document with what has been worked out about it: the part that an edit replaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from whysafe.analysis import edits, engine
from whysafe.analysis.catalogue import text_detectors
from whysafe.analysis.finding import Finding, Fix, Step
from whysafe.analysis.following import Following
from whysafe.analysis.given import given_names
from whysafe.analysis.offers import members, members_after, module_names
from whysafe.analysis.rule import Verdict
from whysafe.analysis.standing import occurrences
from whysafe.semantics.bind import bind
from whysafe.semantics.resolve import Resolver, World
from whysafe.semantics.resolver import STAR
from whysafe.semantics.scopes import Binding, PieceScopes, ScopeKind
from whysafe.syntax.locate import locate
from whysafe.syntax.outline import difference
from whysafe.syntax.position import Position, Span
from whysafe.syntax.source import split_lines
from whysafe.syntax.tree import Tree, Unparsed, parse, regrow, wrapper_of
from whysafe.syntax.validity import accepts
from whysafe.syntax.words import words_after, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import libcst as cst

    from whysafe.analysis.catalogue import Catalogue
    from whysafe.analysis.gate import Awake
    from whysafe.analysis.sections import Section
    from whysafe.syntax.graft import Graft
    from whysafe.syntax.split import Piece


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """A step of evidence in the coordinates of the unit that it stands in."""

    unit: Unit
    span: Span
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Findings in the unit's coordinates, their evidence, and every name that was asked of the document."""

    findings: tuple[Finding, ...]
    proofs: tuple[tuple[Proof, ...], ...]
    asked: frozenset[str]
    relies_on: frozenset[Unit] = frozenset()
    given: frozenset[str] = frozenset()
    """Names under which the unit makes something dangerous known to others."""


Signatures = Mapping[str, tuple[str, ...]]
"""How names are bound, as text that two units share only when nobody can tell them apart."""
State = Mapping[str, tuple[tuple[int, ...], ...]]
"""For each name, the units that bind it by number, each with the headers around it; see `DocumentWorld.state`."""


@dataclass(frozen=True, slots=True, eq=False)
class Recalled:
    """A result, and on what it rests: what was awake, and which units answered what it asked."""

    awake: Awake
    state: State
    result: Result


@dataclass(slots=True, eq=False)
class Unit:
    """`tree`, `scopes` and `result` are filled in when somebody needs them, and never change afterwards."""

    piece: Piece
    read: frozenset[str] | None = None
    """Its words, once somebody has asked for them."""
    tree: Tree | Unparsed | None = None
    scopes: PieceScopes | None = None
    result: Result | None = None
    recalled: tuple[Recalled, ...] = ()
    """Results that it had, the latest first."""
    number: int = field(default_factory=count().__next__)
    """Which unit it is, for those who must not keep it alive."""
    grown_from: int | None = None
    """The lineage of the unit that its tree was grown from, if it was."""
    held: tuple[Finding, ...] = ()
    """Findings that rest on names whose bindings do not parse now."""
    lost: frozenset[str] = frozenset()
    """Of a unit that does not parse: the names that its text bound when it last did."""
    gated: tuple[Awake, bool] | None = None
    """What was awake when the gate was last asked about the text, and whether it passed."""
    places: dict[cst.CSTNode, Span] = field(default_factory=dict)
    """Positions that were needed before."""
    accepted: bool | None = None
    """Whether Python accepts the piece, or the document that it was a part of; None until somebody asks."""
    excerpted: bool = False
    """Whether its result comes of an excerpt, so that nobody has needed its tree."""
    valid: bool | None = None
    """Whether Python's word proves the piece valid; None as long as nobody has asked."""
    text_findings: tuple[Finding, ...] | None = None
    offers: frozenset[str] | None = None
    """The names of the module that the text can bind, once somebody has asked; see `offered`."""
    members: frozenset[str] | None = None
    """The same of the names of its class; see `offered_members`."""
    signatures: Signatures | None = None
    """What it binds and how, once somebody has needed it."""
    ancestors: tuple[Unit, ...] = ()
    """The parsed units that it was before edits, as long as it has no scopes of its own."""
    codes: dict[cst.CSTNode, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """The code of nodes by which its signatures are told, and the names in it."""
    former_codes: Mapping[cst.CSTNode, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """The same of the unit that its tree was grown from, until its own signatures are known."""
    section: Section | None = None
    """Where it stands in the document; see `sections`."""
    memo: dict[str, Any] = field(default_factory=dict)
    """What layers above have worked out about the text."""

    @property
    def words(self) -> frozenset[str]:
        """The words of its text; most units are never asked for them."""
        if self.read is None:
            self.read = words_of(self.piece.text)
        return self.read

    @property
    def lineage(self) -> int:
        """The number of the unit that its tree was first parsed for: units of one lineage share nodes."""
        return self.number if self.grown_from is None else self.grown_from

    @property
    def broken(self) -> bool:
        return isinstance(self.tree, Unparsed)


def new_unit(piece: Piece, ancestors: tuple[Unit, ...] = ()) -> Unit:
    """A unit for a piece; what its text tells is taken from the first of its ancestors where few lines have changed."""
    words, found = (None, None) if not ancestors else _read_on(piece, ancestors[0])
    return Unit(piece, words, members=found, ancestors=ancestors)


def has_word(unit: Unit, word: str) -> bool:
    """Whether a unit has a word; not all of them are read for that."""
    text = unit.piece.text
    if unit.read is not None or not text.isascii():
        return word in unit.words
    return word in text and next(occurrences(text, word), None) is not None


def offered(unit: Unit) -> frozenset[str]:
    """The names of the module that the text of a unit can bind; `*` for a star import."""
    if unit.offers is None:
        text = unit.piece.text
        found = module_names(text, in_class=unit.piece.in_class)
        star = (STAR,) if "*" in text and "import" in text else ()
        unit.offers = unit.words.union(star) if found is None else found
    return unit.offers


def offered_members(unit: Unit) -> frozenset[str]:
    """The names of its class that the text of a unit can bind."""
    if unit.members is None:
        found = members(unit.piece)
        unit.members = unit.words if found is None else found
    return unit.members


def _read_on(piece: Piece, former: Unit) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """The words and the members of a piece from those of its former text; None for what has to be read as a whole."""
    text, before = piece.text, former.piece.text
    begin, end, more = difference(before, text)
    if 2 * max(end - begin, end - begin + more) > len(text):
        return None, None
    words = words_after(former.words, before[begin:end], text[begin : end + more], text)
    if not former.piece.in_class or former.members is None or former.members is former.words:
        return words, None
    return words, members_after(former.members, begin, end + more, piece, words)


def is_accepted(unit: Unit) -> bool:
    """Whether the piece is certainly valid: a cheap question that spares the tree."""
    if unit.accepted is None:
        piece = unit.piece
        unit.accepted = not piece.header and not piece.joins and accepts(wrapper_of(piece) + piece.text)
    return unit.accepted


def ensure_tree(unit: Unit) -> Tree | Unparsed:
    if unit.tree is None:
        unit.tree = _regrown(unit)
    if unit.tree is None:
        unit.tree = parse(unit.piece)
        if not unit.broken:
            unit.ancestors = ()
    return unit.tree


def _regrown(unit: Unit) -> Tree | Unparsed | None:
    """The tree of a unit from that of the unit that it was before an edit, with the places that are known there."""
    for former in unit.ancestors:
        if not isinstance(former.tree, Tree):
            continue
        tree = regrow(unit.piece, former.piece, former.tree, partial(is_accepted, former))
        if isinstance(tree, Tree) and tree.graft is not None:
            unit.places.update(_kept_places(former.places, tree.graft, unit.piece.lines - former.piece.lines))
            unit.former_codes, unit.grown_from = former.codes, former.lineage
            unit.ancestors = (former,)
            if former.accepted and accepts(tree.graft.wrapper + tree.graft.text):
                unit.accepted = True
        if tree is not None:
            return tree
    return None


def _kept_places(places: Mapping[cst.CSTNode, Span], graft: Graft, more: int) -> Iterator[tuple[cst.CSTNode, Span]]:
    """The places of a former tree that hold for one that was grown from it, in a piece of so many lines more."""
    first, last = Position(graft.line, graft.column), graft.line + graft.replaced
    for node, span in places.items():
        if span.end <= first:
            yield node, span
        elif span.start.line >= last:
            yield node, span.shifted(more)
    for node, twin in graft.rebuilt:
        around = places.get(twin)
        if around and around.start < first and around.end.line >= last:
            yield node, Span(around.start, Position(around.end.line + more, around.end.column))


def ensure_scopes(unit: Unit, of: Catalogue) -> PieceScopes | None:
    """The scopes of a unit; None when it does not parse."""
    tree = ensure_tree(unit)
    if isinstance(tree, Unparsed):
        return None
    if unit.scopes is None:
        former = next((other for other in unit.ancestors if other.scopes is not None), None)
        known, unit.ancestors = None, ()
        if former is not None:
            known, former.scopes = former.scopes, None
        unit.scopes = bind(tree.body, engine.kinds(of), in_class=unit.piece.in_class, module=tree.module, former=known)
        unit.scopes.unit = unit
    return unit.scopes


def analyse(unit: Unit, of: Catalogue, world: World, awake: Awake | None = None) -> Result:
    """Run the rules over a unit; see `engine.run`.

    The result holds as long as no binding of a name in `asked` changes, and no word of the unit wakes up.
    """
    scopes = ensure_scopes(unit, of)
    if scopes is None:
        return Result((), (), frozenset())
    resolver = Resolver(world)
    leads = Following(awake, scopes, of.calls, engine.able(of, awake, unit.words))
    candidates = engine.run(scopes, of, resolver, leads, awake)
    given = frozenset[str]() if awake is None else given_names(bound_names(unit, of), of, resolver, leads, awake)
    if not candidates:
        return Result((), (), frozenset(resolver.asked), given=given)
    wanted: set[cst.CSTNode] = set()
    for candidate in candidates:
        wanted.update((candidate.at, candidate.anchor))
        for repair in candidate.verdict.repairs:
            wanted.update(edits.nodes_of(repair))
    spans, lines = places(unit, wanted), split_lines(unit.piece.text)
    findings: list[Finding] = []
    proofs: list[tuple[Proof, ...]] = []
    for candidate in candidates:
        repairs = (edits.fix(repair, spans, lines) for repair in candidate.verdict.repairs)
        findings.append(
            Finding(
                rule=candidate.rule.name,
                message=candidate.verdict.message or candidate.rule.message,
                span=spans[candidate.at],
                anchor=spans[candidate.anchor],
                severity=engine.severity(candidate),
                confidence=candidate.verdict.confidence,
                fixes=tuple(fix for fix in repairs if fix is not None),
            )
        )
        proofs.append(tuple(_proofs(candidate)))
    order = sorted(range(len(findings)), key=lambda number: (findings[number].span, findings[number].rule))
    return Result(
        tuple(findings[number] for number in order),
        tuple(proofs[number] for number in order),
        frozenset(resolver.asked),
        frozenset(proof.unit for each in proofs for proof in each),
        given,
    )


def analyse_excerpt(unit: Unit, text: str, of: Catalogue, world: World, awake: Awake) -> Result | None:
    """The same result from an excerpt of the unit's text, where that tells; None where it does not parse."""
    stand_in = Unit(replace(unit.piece, text=text), unit.words)
    scopes = ensure_scopes(stand_in, of)
    if scopes is None:
        return None
    scopes.unit = unit
    return analyse(stand_in, of, world, awake)


def places(unit: Unit, nodes: Collection[cst.CSTNode]) -> dict[cst.CSTNode, Span]:
    """Where nodes of a unit stand in it; the unit has a tree."""
    missing = [node for node in nodes if node not in unit.places]
    if missing:
        assert isinstance(unit.tree, Tree)
        unit.places.update(locate(unit.tree, unit.piece.text, missing))
    return unit.places


def _proofs(candidate: engine.Candidate) -> Iterable[Proof]:
    for evidence in candidate.evidence:
        unit = evidence.scope.root.unit
        if isinstance(unit, Unit):
            span = places(unit, [evidence.node])[evidence.node]
            yield Proof(unit, _first_line(span, unit.piece.text), evidence.message)


def _first_line(span: Span, text: str) -> Span:
    """Evidence points at a line; a whole class or function would bury the point."""
    if span.start.line == span.end.line:
        return span
    line = split_lines(text)[span.start.line].rstrip("\r\n")
    return Span(span.start, Position(span.start.line, max(len(line), span.start.column)))


def texts(unit: Unit, of: Catalogue) -> tuple[Finding, ...]:
    """What rules find in the raw text, parsed or not."""
    if unit.text_findings is None:
        found: list[Finding] = []
        for rule, detector in text_detectors(of, unit.words):
            for match in detector.pattern.finditer(unit.piece.text):
                answer = True if detector.when is None else detector.when(match)
                if answer:
                    verdict = answer if isinstance(answer, Verdict) else Verdict()
                    span = _offsets(unit.piece.text, match.start(), match.end())
                    found.append(
                        Finding(
                            rule=rule.name,
                            message=verdict.message or rule.message,
                            span=span,
                            anchor=span,
                            severity=rule.severity if verdict.severity is None else verdict.severity,
                            confidence=verdict.confidence,
                        )
                    )
        unit.text_findings = tuple(found)
    return unit.text_findings


def _offsets(text: str, start: int, end: int) -> Span:
    return Span(_place(text, start), _place(text, end))


def _place(text: str, offset: int) -> Position:
    head = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return Position(head.count("\n"), len(head) - head.rfind("\n") - 1)


# --- what a unit offers to others ------------------------------------------------------------------------------------


def bound_names(unit: Unit, of: Catalogue) -> dict[str, list[Binding]]:
    """What other units can ask a unit for: module-level names as they are, names of classes with a dot before them."""
    scopes = ensure_scopes(unit, of)
    if scopes is None:
        return {}
    offered: dict[str, list[Binding]] = {name: list(found) for name, found in scopes.module.items()}
    classes = [scope for scope in scopes.by_node.values() if scope.kind is ScopeKind.CLASS]
    if scopes.top.kind is ScopeKind.CLASS:
        classes.append(scopes.top)
    for scope in classes:
        for table in (scope.bindings, scope.attributes):
            for name, found in table.items():
                offered.setdefault("." + name, []).extend(found)
    return offered


def as_carried(finding: Finding, steps: tuple[Step, ...] = ()) -> Finding:
    """A finding that was seen before the text broke. Its fixes are gone: they were made for other text."""
    none: tuple[Fix, ...] = ()
    return Finding(
        rule=finding.rule,
        message=finding.message,
        span=finding.span,
        anchor=finding.anchor,
        severity=finding.severity,
        confidence=finding.confidence,
        steps=steps,
        fixes=none,
        carried=True,
    )
