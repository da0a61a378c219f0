"""Rules are asked again about what may answer differently; what they say is what a fresh analysis says."""

from __future__ import annotations

import random

import pytest
from whysafe.analysis import engine
from whysafe.checker import CATALOGUE, Document
from whysafe.semantics import bind, scopes
from whysafe.semantics.scopes import Scope
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.source import split_lines

TEXT = """\
import os
import ssl
import subprocess
from helpers import give


def call(command, shell=False):
    run = give
    text = "ls " + command
    for part in command:
        run(part)
        start(text)
    if shell:
        subprocess.run(text, shell=shell)
    def inner():
        run(text)
        return start
    password = give()
    context = ssl.create_default_context()
    context.check_hostname = shell
    return [run(part) for part in command], {"password": password}


class Runner:
    def __init__(self, command):
        self.command = command
        self.run = give

    def go(self, cursor):
        self.run(self.command)
        cursor.execute("select " + self.command)
        map(self.run, self.command)
"""
TYPED = [
    "run = os.system\n",
    "run = start\n",
    "start = run\n",
    "start = os.popen\n",
    "self.run = eval\n",
    "self.run = start\n",
    "self.command = 'ls'\n",
    "text = 'ls'\n",
    "text += command\n",
    "run(text)\n",
    "eval(text)\n",
    "shell = True\n",
    "give = eval\n",
    "global run\n",
    "nonlocal run\n",
    "from os import system as start\n",
    "from os import *\n",
    "import pickle; pickle.loads(text)\n",
    "password = 'geheim123'\n",
    "def run(x): eval(x)\n",
    "for run in (os.system, eval): run(text)\n",
    "getattr(os, 'system')(text)\n",
    "run = {'a': eval}.get('a')\n",
    "def call(eval):\n",
    "class Runner:\n",
    "try: pass\nexcept: pass\n",
    "# nothing\n",
    "x = 1\n",
]


@pytest.mark.parametrize("seed", range(20))
def test_edits_of_what_leads_to_danger(seed: int) -> None:
    rng = random.Random(seed)
    document = Document(TEXT)
    document.facts()
    undo: list[Edit] = []
    for _ in range(25):
        lines = split_lines(document.text)
        number = rng.randrange(len(lines))
        blanks = len(lines[number]) - len(lines[number].lstrip())
        choice = rng.random()
        if undo and choice < 0.3:
            document.edit(undo.pop(rng.choice((-1, -1, 0))))
        elif choice < 0.8:
            new = " " * blanks + rng.choice(TYPED).replace("\n", "\n" + " " * blanks).removesuffix(" " * blanks)
            document.edit(Edit(Span(Position(number, 0), Position(number, 0)), new))
            undo.append(Edit(Span(Position(number, 0), Position(number + new.count("\n"), 0)), ""))
        else:
            document.edit(Edit(Span(Position(number, 0), Position(number + 1, 0)), ""))
            undo.append(Edit(Span(Position(number, 0), Position(number, 0)), lines[number]))
        found = [finding for finding in document.facts().findings if not finding.carried]
        assert found == list(Document(document.text).facts().findings)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many nodes the rules are asked about, one entry for each run."""
    found: list[int] = []
    listen = engine.listen

    def counting(*arguments):
        listed, new = listen(*arguments)
        found.append(sum(map(len, listed.values())))
        return listed, new

    monkeypatch.setattr(engine, "listen", counting)
    return found


@pytest.mark.parametrize("statements", [50, 500])
@pytest.mark.parametrize("typed", ["y = other", "start", "start = os.system; start"])
def test_a_keystroke_asks_about_what_is_new_and_what_was_loud(asked: list[int], statements: int, typed: str) -> None:
    text = "import os\n\n\ndef f(x):\n    os.system(x)\n" + "    y = g(x, [1, 'a'])\n" * statements
    document = Document(text)
    document.facts()
    assert asked.pop() > statements * 3
    for number in range(3):
        document.edit(Edit(Span(Position(20, 4), Position(20, 4)), f"{typed}{number}(x)\n    "))
        asked.clear()
        assert document.facts().findings == Document(document.text).facts().findings
        assert 0 < asked[0] < 20


def test_a_name_that_begins_to_lead_somewhere_is_heard_where_it_stands(asked: list[int]) -> None:
    text = "import os\n\n\ndef f(x):\n    run = g\n    eval(x)\n" + "    y = g(x)\n" * 50 + "    run(x)\n"
    document = Document(text)
    document.facts()
    asked.clear()
    document.edit(Edit(Span(Position(4, 10), Position(4, 11)), "os.system"))
    assert [finding.span.start.line for finding in document.facts().findings] == [5, 56]
    assert asked.pop() < 10


def test_a_rule_learns_of_its_surroundings_by_looking_up_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a node could be quiet although its answer rests on another statement."""
    reads = 0

    class Watched(Scope):
        """A scope that counts how often its contents are read."""

        def __getattribute__(self, name: str) -> object:
            nonlocal reads
            reads += name in {"bindings", "attributes", "elsewhere", "node", "root"}
            return super().__getattribute__(name)

    def watched(ask):
        def asking(seen, given):
            before = reads, given.resolver.lookups
            candidates = list(ask(seen, given))
            assert candidates or given.resolver.lookups > before[1] or reads == before[0]
            return candidates

        return asking

    monkeypatch.setattr(bind, "Scope", Watched)
    monkeypatch.setattr(scopes, "Scope", Watched)
    monkeypatch.setattr(engine, "_QUESTIONS", tuple((kind, watched(ask)) for kind, ask in engine._QUESTIONS))
    monkeypatch.setattr(engine, "_node", watched(engine._node))
    for rule in CATALOGUE.rules.values():
        for text in (*rule.bad, *rule.good):
            wrapped = "def around(it):\n" + "".join(f"    {line}\n" for line in text.split("\n"))
            Document(text, gated=False).facts()
            Document(wrapped, gated=False).facts()
    assert reads > 1_000
