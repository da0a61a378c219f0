"""What a rule can look for. Each detector is data: what it matches, a predicate, and the words that can trigger it.

The words serve the gate: text without any of them cannot have a finding of that detector, so it need not be parsed.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whysafe.analysis.standing import Sign, Use
from whysafe.semantics.calls import Call, Expression
from whysafe.semantics.known import canonical
from whysafe.syntax.words import WordTest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import libcst as cst

    from whysafe.analysis.rule import Answer
    from whysafe.semantics.resolve import Resolver
    from whysafe.semantics.scopes import Scope, Seen


class Needs(enum.Enum):
    """What a rule must see of a piece to judge one of its nodes."""

    PIECE = enum.auto()  # all of it
    NAMES = enum.auto()  # the node, what it stands in, and what the names in the line of its word mean
    NODE = enum.auto()  # the node and what it stands in; no name is followed


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A node of one of the classes that a rule asked for, where it stands."""

    node: cst.CSTNode
    seen: Seen
    resolver: Resolver

    @property
    def scope(self) -> Scope:
        return self.seen.scope

    @property
    def parent(self) -> cst.CSTNode:
        return self.seen.parent

    @property
    def statement(self) -> cst.CSTNode:
        return self.seen.statement

    def expression(self, node: cst.BaseExpression) -> Expression:
        return Expression(node, self.scope, self.resolver)

    def call(self) -> Call:
        """The node, a `cst.Call`, as a call with no matched name."""
        return Call(self.node, "", self.seen, self.resolver)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """`target = value` (or `setattr`) where the target is an attribute or item that a rule names."""

    name: str
    target: cst.CSTNode
    value: Expression
    seen: Seen
    resolver: Resolver


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """An imported module or name. `at` is the part of the statement that names it."""

    name: str
    at: cst.CSTNode
    seen: Seen
    resolver: Resolver


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """Calls of a function, class or method by its qualified name, however it is reached.

    `sign` tells from the text whether a piece can have such a call that matters, or gives the function a further name.
    """

    names: frozenset[str]
    when: Callable[[Call], Answer] | None
    reference: Callable[[Expression], Answer] | None
    sign: Sign | None


@dataclass(frozen=True, slots=True, eq=False)
class Methods:
    """Calls `x.name(...)` by the method's name alone; the predicate looks at the receiver.

    `sign` tells from the text, without a tree, whether a piece can have such a call that matters.
    """

    names: frozenset[str]
    when: Callable[[Call], Answer]
    sign: Sign | None


@dataclass(frozen=True, slots=True, eq=False)
class Assigns:
    """Assignments to attributes (`ssl.SSLContext.verify_mode`) or items (`flask.Flask.config[DEBUG]`)."""

    names: frozenset[str]
    when: Callable[[Assignment], Answer]


@dataclass(frozen=True, slots=True, eq=False)
class Imports:
    """Imports of modules, or of anything below them."""

    modules: frozenset[str]
    when: Callable[[Imported], Answer] | None


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Syntax nodes by class. `words` or `pattern` (searched in each identifier, case ignored) can trigger it.

    They count only where they stand as `use` says, where one of the libraries `roots` is imported (any file where there
    are none), and where `sign` does not exclude it. Each of them must be certain where it says no.
    """

    kinds: tuple[type[cst.CSTNode], ...]
    when: Callable[[Place], Answer]
    words: frozenset[str]
    pattern: str
    use: Use
    roots: frozenset[str]
    sign: Sign | None
    needs: Needs = Needs.PIECE
    """What `when` looks at; with less than the piece, it gives no evidence, and a word stands in the node's line."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Matches in the raw text: strings and comments of every kind. Needs no tree.

    Only a text with a word that `words` matches is searched.
    """

    pattern: re.Pattern[str]
    words: WordTest
    when: Callable[[re.Match[str]], Answer] | None


Detector = Calls | Methods | Assigns | Imports | Nodes | Texts


def _everywhere(expression: Expression) -> Answer:
    del expression
    return True


def calls(
    *names: str,
    when: Callable[[Call], Answer] | None = None,
    reference: bool | Callable[[Expression], Answer] = False,
    sign: Sign | None = None,
) -> Calls:
    """Calls by qualified name (`builtins.eval`, `subprocess.run`, `requests.Session.get`).

    Args:
        names: qualified names; `semantics.known` maps second names to these first.
        when: what must hold; every call matches when None.
        reference: report also where the function is passed on uncalled, as in `map(eval, lines)`.
        sign: see `Calls`; certain where it says no.
    """
    check = reference if callable(reference) else _everywhere if reference else None
    return Calls(frozenset(canonical(name) for name in names), when, check, sign)


def methods(*names: str, when: Callable[[Call], Answer], sign: Sign | None = None) -> Methods:
    """Calls by a method's name; see `Methods`."""
    return Methods(frozenset(names), when, sign)


def assigns(*names: str, when: Callable[[Assignment], Answer]) -> Assigns:
    return Assigns(frozenset(names), when)


def imports(*modules: str, when: Callable[[Imported], Answer] | None = None) -> Imports:
    return Imports(frozenset(modules), when)


def nodes(  # noqa: PLR0913 - each of them narrows down where trees are needed
    *kinds: type[cst.CSTNode],
    when: Callable[[Place], Answer],
    words: Iterable[str] = (),
    pattern: str = "",
    use: Use = Use.ANY,
    roots: Iterable[str] = (),
    sign: Sign | None = None,
    needs: Needs = Needs.PIECE,
) -> Nodes:
    """Nodes by class; give the words or the pattern of identifiers without which there cannot be a finding."""
    if not words and not pattern:
        raise ValueError("nodes() needs words or a pattern: a detector without them would have every file parsed.")
    return Nodes(kinds, when, frozenset(words), pattern, use, frozenset(roots), sign, needs)


def texts(
    pattern: str,
    *,
    words: str | Callable[[str], object] = "",
    when: Callable[[re.Match[str]], Answer] | None = None,
) -> Texts:
    """Raw text by a regular expression, which must be linear on any input; `words` holds for a word of every such text.

    There are no nodes, so of a verdict only message, severity and confidence count.
    """
    return Texts(re.compile(pattern), WordTest(words), when)
