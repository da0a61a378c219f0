"""Two laws of the engine on the Python files that are installed here: `python real_files.py gate|edits SHARE OF MOST`.

Looks at every file whose number leaves the remainder SHARE when divided by OF, and at no more than MOST files or
sequences of edits in all, and prints as JSON how many there were and for which the law does not hold.

gate: what the gate lets through holds every finding. edits: after edits, the facts are those of a fresh analysis.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import sysconfig
from pathlib import Path

from whysafe.checker import NOTHING, Document, document_of
from whysafe.deep_stack import run_deep
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.source import SourceError, decode, split_lines

EDITED = range(500, 12_000)
"""The sizes of files that are edited."""
EDITS = 8
TYPED = (
    "import os\n",
    "from os import system as run\n",
    "from subprocess import *\n",
    "from builtins import eval as input\n",
    "os.system(x)\n",
    "        os.system(x)\n",
    "        eval(x)\n",
    "        run(x)\n",
    "def eval(x):\n    return x\n",
    "if x:\n    import pickle\nelse:\n    pickle = None\n",
    "        pickle.loads(x)\n",
    "FLAG = True\n",
    "        subprocess.run(x, shell=FLAG)\n",
    "        for y in z:\n            eval(y)\n",
    "        try:\n            x()\n        except E:\n            pass\n",
    "        assert x\n",
    "        with open(x) as f:\n            eval(f)\n",
    "        x = (y :=\n             eval)\n",
    "        getattr(os, 'system')(x)\n",
    "password = 'hunter2!xx'\n",
    "        cursor.execute('select ' + x)\n",
    "class K:\n    run = os.system\n\n    def m(self):\n        return self.run(1)\n",
    "        self.run = eval\n",
    "# justified[eval-use] accepted: it is only a test\n#   -- me, 2026-11-20, code 00000000\n",
    "eval(x)  # nosec B307\n",
    *('"""', "'''", '"', "(", ")", "[", "]", "{", 'f"{x', "\\\n", "\r\n", "\n", "\t", "    "),
    *("x", "= ", "1", ".", "@d\n", "else:\n", "if 1:\n", "async ", "lambda: ", "del os\n", "        global run\n"),
)


def files() -> list[Path]:
    """The distinct files of the standard library and of the packages beside it, spread over both."""
    known = {}
    library, packages = (Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib"))
    own = (path for path in sorted(library.rglob("*.py")) if "site-packages" not in path.relative_to(library).parts)
    for path in (*own, *sorted(packages.rglob("*.py"))):
        if path.is_file():
            known.setdefault(hashlib.sha256(path.read_bytes()).digest(), path)
    found = list(known.values())
    random.Random(0).shuffle(found)
    return found


def text_of(path: Path) -> str | None:
    """The text of a file; None for the few that are there to be unreadable."""
    try:
        return decode(path.read_bytes())
    except SourceError:
        return None


def gate_holds(text: str) -> bool:
    document = document_of(text)
    facts = NOTHING if document is None else document.facts()
    return facts.findings == Document(text, gated=False).facts().findings


def facts_are_fresh(text: str, rng: random.Random) -> bool:
    """Whether the facts after some edits, most of them followed by a report, are those of a new document."""
    document = Document(text)
    document.facts()
    while rng.random() < 0.7 and document.fill():
        pass
    undo: list[Edit] = []
    line = 0
    for _ in range(EDITS):
        text = document.text
        if undo and rng.random() < 0.2:
            document.edit(undo.pop())
        else:
            edit, line = random_edit(rng, text, line)
            document.edit(edit)
            undo.append(inverse(edit, text))
            if "\r" in edit.text + undo[-1].text:
                # A line end may have been cut in two or put together, so that the way back is another one.
                undo.clear()
        if rng.random() < 0.75:
            document.facts()
        if rng.random() < 0.1:
            document.trim(rng.randrange(400))
    return current(document) == current(Document(document.text))


def random_edit(rng: random.Random, text: str, near: int) -> tuple[Edit, int]:
    """An edit of a kind that people make, most often near the last one: type, delete, paste, comment out, indent."""
    lines = split_lines(text) or [""]
    line = rng.randrange(len(lines)) if rng.random() < 0.3 else near + rng.choice((-2, -1, 0, 0, 0, 1, 2, 3))
    line = min(max(line, 0), len(lines) - 1)
    begin, place = Position(line, 0), Position(line, rng.randrange(len(lines[line].rstrip("\r\n")) + 1))
    kind = rng.choice(("type", "type", "type", "line", "delete", "paste", "comment", "dedent"))
    if kind == "type":
        return Edit(Span(place, place), rng.choice(TYPED)), line
    if kind == "delete":
        end = Position(min(line + rng.choice((0, 0, 1, 3)), len(lines) - 1), rng.randrange(30))
        return Edit(Span(min(place, end), max(place, end)), ""), line
    if kind == "dedent":
        return Edit(Span(begin, Position(line, min(4, len(lines[line].rstrip("\r\n"))))), ""), line
    new = {"line": rng.choice(TYPED), "paste": rng.choice(lines), "comment": "# "}[kind]
    return Edit(Span(begin, begin), new), line


def inverse(edit: Edit, text: str) -> Edit:
    """The edit that takes an edit of a text back."""
    lines = split_lines(text) or [""]
    start, end = (
        Position(at.line, min(at.column, len(lines[at.line].rstrip("\r\n")))) for at in (edit.span.start, edit.span.end)
    )
    first, last = (sum(map(len, lines[: at.line])) + at.column for at in (start, end))
    added = split_lines(edit.text + "|")
    column = len(added[-1]) - 1 + (start.column if len(added) == 1 else 0)
    return Edit(Span(start, Position(start.line + len(added) - 1, column)), text[first:last])


def current(document: Document) -> tuple[object, ...]:
    facts = document.facts()
    found = tuple(finding for finding in facts.findings if not finding.carried)
    return found, facts.gaps, facts.blocks, facts.test_like, facts.markers


def main(law: str, share: int, of: int, most: int) -> dict[str, object]:
    looked_at, bad = 0, []
    if law == "gate":
        for path in files()[:most][share::of]:
            text = text_of(path)
            looked_at += 1
            if text is not None and not gate_holds(text):
                bad.append(str(path))
    else:
        paths = [path for path in files() if path.stat().st_size in EDITED]
        for number in range(share, most, of):
            path = paths[number % len(paths)]
            text = text_of(path)
            looked_at += 1
            if text is not None and not facts_are_fresh(text, random.Random(number)):
                bad.append(f"{path}, seed {number}")
    return {"looked_at": looked_at, "bad": bad}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_deep(lambda: main(sys.argv[1], *map(int, sys.argv[2:])))))
