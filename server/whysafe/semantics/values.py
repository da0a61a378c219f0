"""What an expression can stand for, as far as one file tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from whysafe.semantics.scopes import Scope


@dataclass(frozen=True, slots=True)
class Symbol:
    """A module, class, function or method by its qualified name, such as `subprocess.run`."""

    path: str


@dataclass(frozen=True, slots=True)
class Instance:
    """What calling the class (or function) of that qualified name returns."""

    path: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that the source spells out; containers of constants are tuples, lists, sets or dicts of them."""

    value: object

    def __hash__(self) -> int:
        return hash(repr(self.value))

    def __eq__(self, other: object) -> bool:
        # True == 1 in Python, but they are different answers here.
        return isinstance(other, Constant) and type(self.value) is type(other.value) and self.value == other.value


@dataclass(frozen=True, slots=True, eq=False)
class Display:
    """A list, tuple, set or dict display whose elements are not all constants."""

    node: cst.List | cst.Tuple | cst.Set | cst.Dict
    scope: Scope


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function or lambda that this file defines."""

    node: cst.FunctionDef | cst.Lambda
    scope: Scope


@dataclass(frozen=True, slots=True)
class LocalClass:
    """A class that this file defines, seen from the scope that its definition stands in."""

    node: cst.ClassDef
    scope: Scope

    def __hash__(self) -> int:
        return hash(id(self.node))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalClass) and self.node is other.node


@dataclass(frozen=True, slots=True)
class LocalInstance:
    """An object of a class that this file defines."""

    of: LocalClass


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """`functools.partial(target, ...)`: the call that bound the arguments, and the scope it stands in."""

    node: cst.Call
    scope: Scope


@dataclass(frozen=True, slots=True)
class AttributeGetter:
    """`operator.attrgetter(name)`."""

    name: str


@dataclass(frozen=True, slots=True)
class Namespace:
    """A mapping from names to values: `globals()`, `vars(x)`, `x.__dict__`; of this module when `of` is None."""

    of: Value | None


@dataclass(frozen=True, slots=True, eq=False)
class DisplayGet:
    """The bound method `get` of a dict display."""

    of: Display


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything: a parameter, a result of unknown code."""


Value = (
    Symbol
    | Instance
    | Constant
    | Display
    | Function
    | LocalClass
    | LocalInstance
    | Partial
    | AttributeGetter
    | Namespace
    | DisplayGet
    | Unknown
)
Values = tuple[Value, ...]

UNKNOWN: Values = (Unknown(),)
MOST_CANDIDATES = 16
"""Beyond so many candidates, nothing useful is known."""


def join(*many: Values) -> Values:
    """All candidates once each, in order of first appearance."""
    joined = tuple(dict.fromkeys(value for values in many for value in values))
    return joined if len(joined) <= MOST_CANDIDATES else (*joined[: MOST_CANDIDATES - 1], Unknown())
