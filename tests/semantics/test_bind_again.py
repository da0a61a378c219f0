"""What a walk over a changed tree takes over from the walk before is what a walk of its own finds."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from whysafe.analysis import engine
from whysafe.checker import CATALOGUE, Document
from whysafe.semantics import bind as walks
from whysafe.semantics.bind import bind
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.source import decode, split_lines
from whysafe.syntax.tree import Tree

if TYPE_CHECKING:
    from whysafe.semantics.scopes import Binding, PieceScopes, Scope

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
TEXT = """\
import os


def outer(self, first, *rest, key=lambda k: k + 1):
    run = os.system
    count = 0

    def inner(second):
        nonlocal count
        count = count + 1
        self.found = second
        return [x for x in rest if (seen := x)]

    class Local:
        run = os.popen

        def __init__(self, value):
            self.value = value
            self.call = run

            def deepest():
                self.late = value

            deepest()

        def go(self):
            for part in self.value:
                self.call(part)
            else:
                self.call("")

    try:
        with open(first) as file:
            text = file.read()
    except OSError as error:
        text = str(error)
    except ValueError:
        raise
    else:
        run(text)
    finally:
        done = True
    if first:
        run(first)
    elif rest:
        global known
        known = {key: value for key, value in rest}
    elif key:
        while done:
            done = run(key)
    else:
        print(*(y for y in rest))
    match first:
        case {"cmd": cmd, **more} if cmd:
            run(cmd)
        case [one, *others]:
            run(one)
        case str() as name:
            run(name)
    return inner, Local, f"{text!r}" % count


class Split:
    def method(self, x):
        self.x = x
        return lambda y: self.x + y

    def other(self):
        def inner():
            self = make()
            self.y = 1
        self.z = inner
"""
TYPED = [
    "x = 1\n",
    "run(x)\n",
    "self = x\n",
    "self.value, (self.other, *rest) = x\n",
    "global run, count\n",
    "nonlocal run\n",
    "count = run = 0\n",
    "def inner(self): self.a = 1\n",
    "def inner(second):\n",
    "class Local:\n",
    "class Local: a = b = 1\n",
    "if x:\n",
    "else:\n",
    "elif y:\n",
    "try:\n",
    "except A as count:\n",
    "finally:\n",
    "for run in rest: pass\n",
    "with a as self: pass\n",
    "return {k: (v := k) for k in rest}\n",
    "import a.b as run, c.d\n",
    "from x import *\n",
    "del run; run: int = 1; run += 1\n",
    "@staticmethod\n",
    "    ",
    "pass\n",
]


def described(scopes: PieceScopes) -> tuple[object, ...]:
    """Everything that scopes say, with scopes known by the nodes that open them."""
    every = [scopes.top, *scopes.by_node.values()]
    return (
        {kind: [(s.node, _path(s.scope), s.statement, s.parent) for s in seen] for kind, seen in scopes.seen.items()},
        [(node, _path(scope)) for node, scope in scopes.by_node.items()],
        _table(scopes.module),
        [
            (_path(scope), scope.kind, scope.name, _table(scope.bindings), _table(scope.attributes), _declared(scope))
            for scope in every
        ],
        [(segment.node, segment.length) for segment in scopes.segments],
        {id(scope.root) for scope in every} == {id(scopes)},
    )


def _table(table: dict[str, list[Binding]]) -> list[tuple[object, ...]]:
    return [
        (name, [(b.kind, _path(b.scope), b.node, b.path, b.index, b.owner) for b in found])
        for name, found in table.items()
    ]


def _declared(scope: Scope) -> list[tuple[object, ...]]:
    return [(name, None if target is None else _path(target)) for name, target in scope.elsewhere.items()]


def _path(scope: Scope) -> tuple[object, ...]:
    found: list[object] = []
    at: Scope | None = scope
    while at is not None:
        found.append(at.node)
        at = at.parent
    return tuple(found)


def check(document: Document) -> None:
    for unit in document.program.units:
        if unit.scopes is not None and isinstance(unit.tree, Tree):
            fresh = bind(unit.tree.body, engine.kinds(CATALOGUE), in_class=unit.piece.in_class, module=unit.tree.module)
            assert described(unit.scopes) == described(fresh)


def edited(document: Document, rng: random.Random, undo: list[tuple[Edit, Edit]]) -> None:
    """Type a statement or delete lines, or take back one of the last edits."""
    if undo and rng.random() < 0.3:
        document.edit(undo.pop()[1])
        return
    lines = split_lines(document.text)
    number = rng.randrange(len(lines))
    blanks = len(lines[number]) - len(lines[number].lstrip())
    if rng.random() < 0.75:
        new = rng.choice(TYPED)
        new += " " * blanks if new.endswith("\n") else ""
        place = Position(number, blanks)
        end = Position(number + new.count("\n"), len(new) - new.rfind("\n") - 1 + (0 if "\n" in new else blanks))
        there, back = Edit(Span(place, place), new), Edit(Span(place, end), "")
    else:
        last = min(number + rng.choice((1, 1, 2, 4)), len(lines) - 1)
        gone = "".join(lines[number:last])
        place = Position(number, 0)
        there, back = Edit(Span(place, Position(last, 0)), ""), Edit(Span(place, place), gone)
    document.edit(there)
    undo.append((there, back))


@pytest.mark.parametrize("seed", range(12))
def test_every_statement_that_binds(seed: int) -> None:
    rng = random.Random(seed)
    document = Document(TEXT)
    while document.fill():
        pass
    undo: list[tuple[Edit, Edit]] = []
    for _ in range(40):
        edited(document, rng, undo)
        if rng.random() < 0.8:
            document.facts()
        check(document)


@pytest.mark.parametrize("name", ["subprocess.py", "tarfile.py", "tempfile.py", "argparse.py", "_pydecimal.py"])
def test_edits_of_real_modules(name: str) -> None:
    rng = random.Random(name)
    document = Document(decode((LIBRARY / name).read_bytes()))
    document.facts()
    undo: list[tuple[Edit, Edit]] = []
    for _ in range(15):
        edited(document, rng, undo)
        document.facts()
    check(document)


def test_a_keystroke_walks_what_was_parsed_and_what_is_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[object] = []
    children = walks.children
    monkeypatch.setattr(walks, "children", lambda node: walked.append(node) or children(node))
    for statements in (50, 500):
        document = Document("def f(x):\n" + "    if x:\n        y = g(x, [1, 2])\n" * statements)
        while document.fill():
            pass
        walked.clear()
        place = Position(statements, 12)
        document.edit(Edit(Span(place, place), "1 + "))
        document.facts()
        assert 0 < len(walked) < 30
        walked.clear()
        document.edit(Edit(Span(place, Position(statements, 16)), ""))
        document.facts()
        assert len(walked) < 30
        check(document)
