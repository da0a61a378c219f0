"""IPython's own syntax in the cells of notebooks, as Python of the same length, so that every place stays where it is.

A command of the shell or of IPython becomes `0` and spaces. What one returns is data from outside and becomes `_`, a
name that nothing is known of. A cell whose first line hands it to another program (`%%bash`) becomes blank; a cell or
line that is only timed, captured or debugged stays, without the order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from whysafe.syntax.lexer import LINE, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON_CELLS: Final = frozenset(
    {
        "capture", "debug", "heat", "ipytest", "lprun", "memit", "mprun", "memprof", "prun", "pypy", "pyinstrument",
        "python", "python2", "python3", "scalene", "snakeviz", "time", "timeit",
    }
)  # fmt: skip
"""The orders for a whole cell after which the cell goes on in Python. What another one does with it is not known."""

SEPARATORS: Final = ("pass\n", '"""\n', "'''\n", '}"""\n', "}'''\n")
"""Lines that can stand between two cells, the usual one first; the others close a string that was left open."""

_CELL_ORDER: Final = re.compile(r"\s*%%(\w*)[^\r\n]*")
_MAY_HAVE: Final = re.compile(r"(?:\A|[\r\n])[ \t\f]*[%!?,;/]|\?[ \t]*(?=[\r\n]|\Z)|=[ \t]*[%!]")
_ORDER: Final = re.compile(r"[%!?,;/]")
_HELP: Final = re.compile(r"%{0,2}[^\W\d][\w.*\[\]]*\?{1,2}[ \t]*(?=[\r\n]|\Z)")
_ASSIGNED: Final = re.compile(r"""(?:[\w.,* \t]|\[(?:"[^"\r\n]*"|'[^'\r\n]*'|[\w.:-]*)\])+=[ \t]*(?=[%!])""")
_TIMED: Final = re.compile(r"%(?:time|timeit)[ \t]+(?:-\w+[ \t]+(?:\d+[ \t]+)?)*(?=[^\s-])")
# Up to the end of the line; a backslash there carries an order on.
_REST: Final = re.compile(r"(?:[^\r\n\\]|\\(?:\r\n|[\s\S])?)*")
_LINE_END: Final = re.compile(r"\r\n|\r|\n|\Z")
_CONTENT: Final = re.compile(r"[^\r\n]")


def mask(text: str) -> str:
    """The text of a cell with IPython's syntax replaced; of the same length, with the line ends where they were."""
    if is_foreign(text):
        return _CONTENT.sub(" ", text)
    if _MAY_HAVE.search(text) is None:
        return text
    parts: list[str] = []
    done = 0
    for start, end, instead in _orders(text):
        parts += text[done:start], instead + _CONTENT.sub(" ", text[start + len(instead) : end])
        done = end
    return "".join((*parts, text[done:]))


def is_foreign(text: str) -> bool:
    """Whether the first line of a cell hands it to another program."""
    cell = _CELL_ORDER.match(text)
    return cell is not None and cell[1] not in PYTHON_CELLS


def order_lines(text: str) -> int:
    """How many lines at the start of a cell must stay the first ones, because an order for the cell stands there."""
    cell = _CELL_ORDER.match(text)
    return 0 if cell is None else len(re.findall(r"\r\n|\r|\n", text[: cell.end()])) + 1


def separator(text: str) -> str:
    """The line to put below the (masked) text of a cell so that what the cell leaves open ends there.

    An open bracket ends at the usual one, because it begins with a keyword.
    """
    body = text if text.endswith("\n") else text + "\n"
    if '"""' not in body and "'''" not in body:
        return SEPARATORS[0]
    for line in SEPARATORS:
        closed = body if line is SEPARATORS[0] else body + line
        if any(kind == LINE and begin == len(closed) for kind, begin, _ in scan(closed + SEPARATORS[0])):
            return line
    return SEPARATORS[0]


def _orders(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of what is not Python, and what its first characters become; the others become spaces."""
    place = 0
    while (found := _next(text, place)) is not None:
        start, end, instead = found
        yield start, end, instead
        line_end = _LINE_END.search(text, end)
        place = len(text) if line_end is None else line_end.end()


def _next(text: str, place: int) -> tuple[int, int, str] | None:
    """The first order on a line that begins a statement, from the line start `place` on."""
    for kind, _, first in scan(text, place):
        if kind != LINE:
            continue
        if timed := _TIMED.match(text, first):
            return first, timed.end(), "0" + " " * (timed.end() - first - 2) + ";"
        if _ORDER.match(text, first):
            return first, _end(text, first), "0"
        if helped := _HELP.match(text, first):
            return first, helped.end(), "0"
        if assigned := _ASSIGNED.match(text, first):
            start = assigned.end()
            if timed := _TIMED.match(text, start):
                return start, timed.end(), ""
            return start, _end(text, start), "_"
    return None


def _end(text: str, start: int) -> int:
    rest = _REST.match(text, start)
    return len(text) if rest is None else rest.end()
