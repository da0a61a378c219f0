"""Scripts that say the same again and again: work grows with their length, and edits leave what a new analysis finds.

Twice as many statements about one name are twice as much work: each is not asked about all others.
"""

from __future__ import annotations

import random
import sys

import pytest
from whysafe import checker
from whysafe.syntax.position import Edit, Position, Span

FEW, MANY = 70, 140
SCRIPTS = {
    "a name that units only mention": ("", "eval(os.getenv('X{i}'))\n"),
    "a name that is given more and more values": ("", "cmd = f({i})\nos.system(cmd)\n"),
    "a name that is made of itself": ("", "cmd = cmd + str({i})\nos.system(cmd)\n"),
    "names that are exchanged": ("", "a, b = b, a\nos.system(a)\n"),
    "branches": ("", "if x{i}:\n    cmd = y{i}\nelse:\n    cmd = z{i}\nos.system(cmd)\n"),
    "functions that change a global name": ("", "def f{i}():\n    global cmd\n    cmd = input()\n    os.system(cmd)\n"),
    "a local name": ("def f(x):\n", "    x = g(x)\n    os.system(x)\n"),
    "an attribute": ("class C:\n", "    def m{i}(self, a):\n        self.x = a\n        os.system(self.x)\n"),
    "an attribute that grows": (
        "class C:\n",
        "    def m{i}(self, a):\n        self.x += a\n        os.system(self.x)\n",
    ),
    "a statement for a database": ("", "sql = 'SELECT * FROM t WHERE a = ' + x{i}\ncur.execute(sql)\n"),
    "one that grows": (
        "def f(cur):\n    sql = 'SELECT * FROM t WHERE b'\n",
        "    sql += ' AND a = ' + x{i}\n    cur.execute(sql)\n",
    ),
    "a list that grows": ("def f():\n    args = []\n", "    args.append(x{i})\n    subprocess.run(args)\n"),
    "settings of a context": ("", "ctx = ssl.create_default_context()\nctx.check_hostname = False\n"),
    "a mode": ("", "os.chmod(path, mode)\nmode = mode | {i}\n"),
    "a class of its own name": ("", "class C(C):\n    run = os.system\n    def m(self):\n        self.run(self)\n"),
}


def script(name, count):
    head, repeated = SCRIPTS[name]
    lines = "".join(repeated.format(i=number) for number in range(count))
    return f"import os, ssl, subprocess\n{head}{lines}"


def work(text):
    """How many functions of Python's are called for the findings, and how many findings there are."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        found = len(checker.Document(text).facts().findings)
    finally:
        sys.setprofile(None)
    return calls, found


@pytest.mark.parametrize("name", SCRIPTS)
def test_work_grows_with_the_text(name):
    work(script(name, 1))  # What is made once for all documents.
    (few, found), (many, more) = work(script(name, FEW)), work(script(name, MANY))
    assert found >= FEW
    assert more >= MANY
    assert many < 2.8 * few


SMALL = 8
INSERTED = ("cmd = input()\n", "def cmd(): pass\n", "from m import *\n", "import os as cmd\n", "# ", "    ", "(", '"')


def current(document):
    facts = document.facts()
    return [finding for finding in facts.findings if not finding.carried], facts.gaps


def random_edit(rng, lines):
    """Delete a line, repeat one elsewhere, turn some around, or write something that gives a name another meaning."""
    line = rng.randrange(len(lines) - 1)
    begin, kind = Position(line, 0), rng.random()
    if kind < 0.25:
        return Edit(Span(begin, Position(line + 1, 0)), "")
    if kind < 0.5:
        return Edit(Span(begin, begin), rng.choice(lines) + "\n")
    if kind < 0.7:
        end = min(line + rng.randint(2, 5), len(lines) - 1)
        return Edit(Span(begin, Position(end, 0)), "".join(text + "\n" for text in reversed(lines[line:end])))
    return Edit(Span(begin, begin), rng.choice(INSERTED))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", SCRIPTS)
def test_edits_leave_what_a_new_analysis_finds(name, seed):
    rng = random.Random(f"{name}{seed}")
    other = rng.choice(list(SCRIPTS))
    document = checker.Document(script(name, rng.choice((SMALL, 40))) + script(other, SMALL))
    document.facts()
    for _ in range(8):
        document.edit(random_edit(rng, document.text.split("\n")))
        document.facts()
        if rng.random() < 0.3:
            document.trim(rng.choice((0, 5, 50)))
        assert current(document) == current(checker.Document(document.text))


def test_a_text_that_is_put_together_is_found_among_many_that_are_not():
    text = "".join(f"sql = 'SELECT {number}'\ncur.execute(sql)\n" for number in range(100))
    document = checker.Document(text + "sql = f'SELECT * FROM t WHERE a = {x}'\ncur.execute(sql)\n")
    assert len(document.facts().findings) == 101
