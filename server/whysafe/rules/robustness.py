"""Checks that vanish and errors that nobody hears of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import Needs, Place, nodes
from whysafe.analysis.finding import InTests, Severity
from whysafe.analysis.glance import FORMATTED_QUOTE, QUOTE
from whysafe.analysis.rule import AddImport, Answer, Repair, Replace, Rule, Verdict
from whysafe.analysis.standing import Use, before, followed_by, occurrences
from whysafe.rules.common import word_set
from whysafe.rules.secret_names import words_of
from whysafe.rules.types import SHIPPED
from whysafe.semantics.fold import NOT_CONSTANT, literal
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.analysis.glance import Glance

# --- assert-used -----------------------------------------------------------------------------------------------------

_GUARDS = word_set(
    "auth authenticated authenticate authorized authorised authorize authorise permission permissions permitted "
    "privileged admin superuser staff csrf password passwd secret credential credentials acl"
)
"""Words of conditions that decide who may do something."""
_ACTORS = word_set("user account session member owner role roles perm perms login")
_CHECKED = word_set("valid validate validated verify verified check checked allowed expired")
_GRANTED = _CHECKED | word_set("is can may has owner id")
"""Words that make a condition about an actor a decision; a token is often one of a grammar, so it takes more."""
_NARROWING = frozenset({"isinstance", "issubclass", "callable", "hasattr"})
_INVERTED: dict[type[cst.BaseCompOp], type[cst.BaseCompOp]] = {
    cst.Equal: cst.NotEqual,
    cst.NotEqual: cst.Equal,
    cst.Is: cst.IsNot,
    cst.IsNot: cst.Is,
    cst.In: cst.NotIn,
    cst.NotIn: cst.In,
}
MOST_NODES = 500


def _can_vanish(place: Place) -> Answer:
    node = place.node
    assert isinstance(node, cst.Assert)
    if literal(node.test) is not NOT_CONSTANT:
        return None  # `assert False` marks a place that is never reached.
    # The parentheses of a condition are not part of its position: the finding would start below the statement.
    at = node if node.test.lpar else node.test
    if _decides_access(node.test):
        message = "This check of who may do something is left out under `python -O`."
        return Verdict(
            message=message, severity=Severity.WARNING, at=at, anchor=node, repairs=_raise_instead(place, node)
        )
    return Verdict(at=at, anchor=node, repairs=_raise_instead(place, node))


def _decides_access(test: cst.BaseExpression) -> bool:
    """Whether the words of a condition are about rights; a type check or a check for None only narrows a type."""
    if _only_narrows(test):
        return False
    words = {word for name in _identifiers(test) for word in words_of(name)}
    if not _GUARDS.isdisjoint(words):
        return True
    if "token" in words and not _CHECKED.isdisjoint(words):
        return True
    return not _ACTORS.isdisjoint(words) and not _GRANTED.isdisjoint(words - _ACTORS)


def _only_narrows(test: cst.BaseExpression) -> bool:
    if isinstance(test, cst.Call) and isinstance(test.func, cst.Name):
        return test.func.value in _NARROWING
    if isinstance(test, cst.Comparison):
        return any(isinstance(c.comparator, cst.Name) and c.comparator.value == "None" for c in test.comparisons)
    return isinstance(test, cst.BooleanOperation) and _only_narrows(test.left) and _only_narrows(test.right)


def _identifiers(node: cst.CSTNode) -> Iterator[str]:
    todo, looked = [node], 0
    while todo and looked < MOST_NODES:
        part = todo.pop()
        looked += 1
        if isinstance(part, cst.Name):
            yield part.value
        elif isinstance(part, cst.Attribute):
            yield part.attr.value
            todo.append(part.value)
        else:
            todo.extend(children(part))


def _raise_instead(place: Place, node: cst.Assert) -> tuple[Repair, ...]:
    """Only for a statement with a line of its own: an `if` cannot follow a semicolon or a colon."""
    line = place.parent
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return ()
    code = cst.Module([]).code_for_node
    raised = "AssertionError" if node.msg is None else f"AssertionError({code(node.msg)})"
    text = f"if {code(_inverted(node.test))}: raise {raised}"
    return (Repair("Raise `AssertionError` in every mode", (Replace(node, text),), safe=False),)


def _inverted(test: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return test.expression
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        target = test.comparisons[0]
        other = _INVERTED.get(type(target.operator))
        if other is not None:
            return test.with_changes(comparisons=[target.with_changes(operator=other())])
    simple = isinstance(test, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)) or bool(test.lpar)
    inner = test if simple else test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.UnaryOperation(cst.Not(), inner)


_HAS_CHECK = followed_by(r"(?![ \t\f]+(?:False|True|None|[01])[ \t\f]*(?:[,;\n]|\Z))")
"""An `assert` whose condition is no plain constant."""

ASSERT_USED = Rule(
    name="assert-used",
    family="robustness",
    title="Check that vanishes under -O",
    message="This check is left out when Python runs with `-O` or PYTHONOPTIMIZE.",
    why="`assert` is a note for developers: in optimised mode Python does not even compile it. What the following "
    "lines take for granted then holds no longer.",
    abuse="Where the condition keeps somebody out, for example one about rights or lengths, it keeps nobody out in a "
    "program that is started with `-O`.",
    fix="Check what can happen in use with `if` and raise an exception that fits. Keep `assert` for what cannot be "
    "false unless the program has a defect.",
    ask="Can this condition be false because of data, users or the environment, or only because of a defect in this "
    "code?",
    cwe=(617, 703),
    severity=Severity.HINT,
    by_program_type=SHIPPED,
    in_tests=InTests.OFF,
    aliases=("B101", "S101", "assert"),
    detect=nodes(cst.Assert, when=_can_vanish, words=("assert",), use=Use.WRITTEN, sign=_HAS_CHECK, needs=Needs.NODE),
    bad=(
        "def withdraw(balance, amount):\n    assert amount <= balance\n    return balance - amount",
        "def remove(user, page):\n    assert user.is_admin\n    page.delete()",
        'def area(shape):\n    assert isinstance(shape, Circle), "only circles"\n    return shape.area',
    ),
    good=(
        (
            "def withdraw(balance, amount):\n    if amount > balance:\n        raise ValueError(amount)\n"
            "    return balance - amount"
        ),
        'def name(kind):\n    if kind == "a":\n        return "first"\n    assert False, "no other kind exists"',
    ),
    references=(
        "https://docs.python.org/3/reference/simple_stmts.html#the-assert-statement",
        "https://docs.python.org/3/using/cmdline.html#cmdoption-O",
        "https://cwe.mitre.org/data/definitions/617.html",
    ),
)


# --- try-except-pass -------------------------------------------------------------------------------------------------

_BROAD = frozenset(
    {"builtins.Exception", "builtins.BaseException", "builtins.BaseExceptionGroup", "builtins.ExceptionGroup"}
)
_LOG = "logging.getLogger(__name__).exception({text})"


def _swallows(place: Place) -> Answer:
    node = place.node
    assert isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler))
    statements = list(_statements(node.body))
    if not statements or not all(map(_does_nothing, statements)):
        return None
    at = node if node.type is None else node.type
    repairs = _log_instead(statements)
    if node.type is None or _is_broad(place, node.type):
        return Verdict(message="Whatever goes wrong here, nobody hears of it.", at=at, anchor=node, repairs=repairs)
    return Verdict(message="This error is dropped.", severity=Severity.HINT, at=at, anchor=node, repairs=repairs)


def _statements(body: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    for part in body.body:
        if isinstance(part, cst.SimpleStatementLine):
            yield from part.body
        else:
            yield part


def _does_nothing(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.Expr):
        return isinstance(statement.value, (cst.Ellipsis, cst.SimpleString, cst.ConcatenatedString))
    return isinstance(statement, cst.Pass)


def _is_broad(place: Place, caught: cst.BaseExpression) -> bool:
    parts = [element.value for element in caught.elements] if isinstance(caught, cst.Tuple) else [caught]
    return any(not _BROAD.isdisjoint(place.expression(part).symbols) for part in parts)


def _log_instead(statements: list[cst.CSTNode]) -> tuple[Repair, ...]:
    if len(statements) != 1:
        return ()
    text = _LOG.format(text='"Ignored an error"')
    return (Repair("Log the error", (AddImport("logging"), Replace(statements[0], text)), safe=False),)


_LINE_ENDS = frozenset(("", "\ufeff"))
_RAW_HANDLER = re.compile(
    r"except\b"
    r"(?:[^\r\n]*:(?:[ \t\f\r\n\\(]|\#[^\r\n]*)*(?:pass\b|\.\.\.|\w{0,2}[\"'])|[^:\r\n]*(?:[\r\n]|\Z)|[^\r\n]*\#)"
)
"""A handler that may be idle, or whose header does not end on its first line."""
_IDLE_HANDLER = re.compile(rf"except\b[^\n]*:[ \t\f]*\n?[ \t\f(]*(?:pass\b|\.\.\.|\w{{0,2}}[{QUOTE}{FORMATTED_QUOTE}])")
"""The first statement of a handler is `pass`, `...` or a string."""


def _may_have_idle_handler(glance: Glance, _word: str) -> bool:
    return (glance.is_read or _has_handler(glance.text, _RAW_HANDLER)) and _has_handler(glance.code, _IDLE_HANDLER)


def _has_handler(code: str, form: re.Pattern[str]) -> bool:
    """Whether a line begins with a handler of that form; to look for its keyword first is several times as fast."""
    return any(
        form.match(code, begin) is not None
        for begin in occurrences(code, "except")
        if before(code, begin) in _LINE_ENDS
    )


TRY_EXCEPT_PASS = Rule(
    name="try-except-pass",
    family="robustness",
    title="Error swallowed",
    message="An error is dropped without a trace.",
    why="The program goes on as if nothing had happened: a failed check counts as passed, half-written data as "
    "complete. Nobody can find out later, because nothing was logged.",
    abuse="Somebody who can make the step fail, with odd input or by filling the disk, gets past what it was there "
    "for, and leaves no trace.",
    fix="Catch only the exception that is expected here (`contextlib.suppress(FileNotFoundError)` says so), and log "
    "the others or let them pass.",
    ask="Which errors can arise here, and is the program still right and safe after each of them?",
    cwe=(703, 390),
    severity=Severity.INFORMATION,
    aliases=("B110", "S110", "pass"),
    detect=nodes(
        cst.ExceptHandler,
        cst.ExceptStarHandler,
        when=_swallows,
        words=("except",),
        use=Use.WRITTEN,
        sign=_may_have_idle_handler,
        needs=Needs.NAMES,
    ),
    bad=(
        "def close(connection):\n    try:\n        connection.close()\n    except Exception:\n        pass",
        "def remove(path):\n    try:\n        path.unlink()\n    except FileNotFoundError:\n        ...",
        "def load(reader):\n    try:\n        reader.load()\n    except:\n        pass",
    ),
    good=(
        (
            "import logging\n\n\ndef close(connection):\n    try:\n        connection.close()\n"
            '    except Exception:\n        logging.exception("The connection did not close")'
        ),
        (
            "import contextlib\n\n\ndef remove(path):\n    with contextlib.suppress(FileNotFoundError):\n"
            "        path.unlink()"
        ),
    ),
    references=(
        "https://docs.python.org/3/tutorial/errors.html#handling-exceptions",
        "https://docs.python.org/3/library/contextlib.html#contextlib.suppress",
        "https://cwe.mitre.org/data/definitions/390.html",
    ),
)

RULES: tuple[Rule, ...] = (ASSERT_USED, TRY_EXCEPT_PASS)
