"""After any sequence of edits the current report equals that of a fresh analysis; gated findings equal ungated ones."""

import dataclasses
import random
import sysconfig
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whysafe.checker import Document
from whysafe.syntax.position import Edit, Position, Span
from whysafe.syntax.source import decode, split_lines

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
MODULES = ["subprocess.py", "tarfile.py", "tempfile.py", "shelve.py", "pickle.py", "ssl.py", "random.py", "site.py"]
PIECES = [
    "import os\n",
    "from os import system as run\n",
    "from subprocess import *\n",
    "from os import (\n    path,\n    system,\n)\n",
    "from os import *\n",
    "system(x)\n",
    "LIBRARY = 'o'\n",
    "sys.modules[LIBRARY + 's'].system(x)\n",
    "import sys\n",
    "run(x)\n",
    "os.system(x)\n",
    "eval(x)\n",
    "def eval(x):\n    return x\n",
    "class Runner:\n    run = os.system\n\n    def go(self, x):\n        self.run(x)\n",
    "if x:\n    import pickle\nelse:\n    pickle = None\n",
    "pickle.loads(x)\n",
    "    pickle.loads(x)\n",
    "FLAG = True\n",
    "subprocess.run(x, shell=FLAG)\n",
    '"""',
    "'''",
    "(",
    ")",
    "]",
    '"',
    "\\\n",
    "# comment\n",
    "@decorator\n",
    "else:\n",
    "    ",
    "\t",
    "\r\n",
    "\n",
    "x",
    "del os\n",
    "global run\n",
    'f"{x',
    "# justified[eval-use, os-system-shell] accepted: it is only a test\n#   -- me, 2026-11-20, code 00000000\n",
    "#   -- me, 2026-11-20, code 00000000\n",
    "eval(FLAG)  # nosec B307 trusted\n",
    "import ast\n",
    "ast = None\n",
    "from __future__ import annotations\n",
    "RUN = os.system\n",
    "RUN(x)\n",
]


def current(document):
    facts = document.facts()
    return (
        tuple(finding for finding in facts.findings if not finding.carried),
        facts.gaps,
        facts.blocks,
        facts.markers,
        facts.test_like,
    )


def check_invariant(document):
    fresh = Document(document.text)
    assert current(document) == current(fresh)
    assert not any(finding.carried for finding in fresh.facts().findings)


@st.composite
def edits(draw, text):
    """An edit of the kinds that people make: type, paste, delete, cut and paste a line elsewhere."""
    lines = split_lines(text) or [""]
    start = Position(draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, 12)))
    kind = draw(st.sampled_from(("insert", "replace", "delete", "line")))
    if kind == "insert":
        return Edit(Span(start, start), draw(st.sampled_from(PIECES)))
    end = Position(min(start.line + draw(st.integers(0, 4)), len(lines) - 1), draw(st.integers(0, 20)))
    place = Span(min(start, end), max(start, end))
    if kind == "delete":
        return Edit(place, "")
    new = lines[draw(st.integers(0, len(lines) - 1))] if kind == "line" else draw(st.sampled_from(PIECES))
    return Edit(place, new)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_edits_of_small_texts(data):
    document = Document("".join(data.draw(st.lists(st.sampled_from(PIECES), max_size=14))))
    for _ in range(data.draw(st.integers(1, 6))):
        document.edit(data.draw(edits(document.text)))
        if data.draw(st.booleans()):
            document.facts()
    check_invariant(document)


@pytest.mark.parametrize("most_lines", [None, 60], ids=["all trees", "few trees"])
@pytest.mark.parametrize("name", MODULES)
def test_edits_of_real_modules(name, most_lines):
    """Seeded, so that a failure can be repeated; every edit is followed by a report, as while typing."""
    rng = random.Random(name)
    document = Document(decode((LIBRARY / name).read_bytes()))
    document.facts()
    for number in range(12):
        lines = split_lines(document.text)
        line = rng.randrange(len(lines))
        column = rng.randrange(len(lines[line]) + 1)
        end = Position(min(line + rng.choice((0, 0, 1, 3)), len(lines) - 1), rng.randrange(30))
        start = Position(line, column)
        edit = Edit(Span(min(start, end), max(start, end)), rng.choice((*PIECES, "", lines[rng.randrange(len(lines))])))
        document.edit(edit)
        document.facts()
        if most_lines is not None:
            document.trim(most_lines)
        if number % 4 == 3:
            check_invariant(document)


@pytest.mark.parametrize("name", MODULES)
def test_the_gate_loses_nothing(name):
    text = decode((LIBRARY / name).read_bytes())
    assert Document(text).facts().findings == Document(text, gated=False).facts().findings


def test_a_keystroke_in_a_function_parses_one_unit():
    text = decode((LIBRARY / "tarfile.py").read_bytes())
    document = Document(text)
    document.facts()
    while document.fill():
        pass
    line = next(n for n, line in enumerate(split_lines(text)) if line.startswith("    def extractall"))
    before = document.program.world.parsed
    place = Position(line + 20, 8)
    document.edit(Edit(Span(place, place), "x"))
    document.facts()
    assert document.program.world.parsed - before == 1


def test_a_keystroke_in_a_table_parses_its_elements(monkeypatch):
    """Findings in other elements, and that of the call around them all, are found again without another parse."""
    rows = "".join(f"    a{number}=lambda x: eval(x),\n" for number in range(200))
    document = Document(f"import subprocess\nsubprocess.run(\n    x,\n{rows}    shell=True,\n)\n")
    assert len(document.facts().findings) > 200
    parsed = []
    parse_module = cst.parse_module
    for line, column, text in (
        (120, 24, "x and "),
        (100, 4, "b=1,\n    "),
        (50, 4, "# "),
        (2, 5, "[0]"),
        (51, 4, "c={},\n"),
    ):
        at = Position(line, column)
        with monkeypatch.context() as patch:
            patch.setattr(cst, "parse_module", lambda text: (parsed.append(text), parse_module(text))[1])
            document.edit(Edit(Span(at, at), text))
            current(document)
        check_invariant(document)
    assert parsed
    assert max(text.count("\n") for text in parsed) < 6


def test_what_was_seen_stays_while_the_text_is_broken():
    text = "import os\n\n\ndef f(x):\n    os.system(x)\n\n\ndef g(x):\n    eval(x)\n"
    document = Document(text)
    whole = document.facts().findings
    assert [finding.rule for finding in whole] == ["os-system-shell", "eval-use"]
    opened = Position(3, 0)
    document.edit(Edit(Span(opened, opened), '"""'))
    broken = document.facts()
    assert broken.gaps
    assert [(finding.rule, finding.carried) for finding in broken.findings] == [
        ("os-system-shell", True),
        ("eval-use", True),
    ]
    document.edit(Edit(Span(opened, Position(3, 3)), ""))
    assert document.facts().findings == whole


def test_findings_stay_while_the_import_that_they_rest_on_is_broken():
    document = Document("import os\n\n\ndef f(x):\n    os.system(x)\n")
    whole = document.facts().findings
    end = Position(0, 6)
    document.edit(Edit(Span(end, Position(0, 9)), " ("))
    broken = document.facts()
    assert broken.gaps
    assert [(finding.rule, finding.carried) for finding in broken.findings] == [("os-system-shell", True)]
    document.edit(Edit(Span(end, Position(0, 8)), " os"))
    assert document.facts().findings == tuple(dataclasses.replace(finding, carried=False) for finding in whole)


def test_renaming_an_import_reruns_who_asked():
    document = Document("from os import system as run\n\n\ndef f(x):\n    run(x)\n\n\ndef g(x):\n    go(x)\n")
    assert [finding.span.start.line for finding in document.facts().findings] == [4]
    document.edit(Edit(Span(Position(0, 25), Position(0, 28)), "go"))
    assert [finding.span.start.line for finding in document.facts().findings] == [8]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import sys\n\ndef f(x):\n    sys.path\n    system(x)\n", "from os import system\n"),
        ("try:\n    system(x)\nexcept E:\n    pass\n", "from os import *\n"),
        ("try:\n    g(cert_reqs=ssl.CERT_NONE)\nexcept E:\n    pass\n", "import ssl\n"),
        ("__import__(a + 's').system(x)\n", "a = 'o'\n"),
        ("a = 'o'\n\ndef f(x):\n    m.system(x)\n", "m = __import__(a + 's')\n"),
        ("a = 'o'\n__import__(a + b).system(x)\n", "b = 's'\n"),
    ],
)
def test_what_is_typed_wakes_what_slept(before, after):
    document = Document(before)
    seen = len(document.facts().findings)
    document.edit(Edit(Span(Position(0, 0), Position(0, 0)), after))
    check_invariant(document)
    assert len(document.facts().findings) > seen


def test_a_class_header_put_between_members_takes_them_over():
    text = "import os\n\n\nclass A:\n    run = os.system\n\n    def m(self, x):\n        self.run(x)\n"
    document = Document(text)
    assert [finding.rule for finding in document.facts().findings] == ["os-system-shell"]
    place = Position(5, 0)
    document.edit(Edit(Span(place, place), "class B:\n"))
    assert document.facts().findings == ()
    check_invariant(document)


def test_memory_for_replaced_units_is_bounded():
    document = Document("import os\n\n\ndef f(x):\n" + "    x = 1\n" * 200)
    for number in range(200):
        place = Position(100, 4)
        document.edit(Edit(Span(place, place), "xy"[number % 2]))
        document.facts()
    assert document.program.memory.lines <= 2_300


def test_trees_are_given_up_and_grow_again():
    document = Document(decode((LIBRARY / "tarfile.py").read_bytes()))
    before = document.facts()
    while document.fill():
        pass
    assert document.grown >= document.program.order.lines
    document.trim(100)
    kept = sum(unit.piece.lines for unit in document.program.units if unit.tree is not None)
    headers = sum(unit.piece.lines for unit in document.program.units if unit.piece.header)
    assert kept <= 100 + headers
    place = Position(2000, 0)
    document.edit(Edit(Span(place, place), "# x"))
    document.edit(Edit(Span(place, Position(2000, 3)), ""))
    assert document.facts() == before


@pytest.mark.parametrize(
    "text", ["def f():\n   \t     x()\n", "def f():\n    if x:\n       \\\n return None\n    y()\n"]
)
def test_a_gap_does_not_depend_on_how_the_text_came_about(text):
    """Python takes these texts and libcst does not; nothing in them can be a finding."""
    typed = Document("")
    typed.edit(Edit(Span(Position(0, 0), Position(0, 0)), text))
    check_invariant(typed)


def replace(document, start, end, text):
    """Put a text in place of lines, up to one that stays; the report must be that of a new document."""
    document.edit(Edit(Span(Position(start, 0), Position(end, 0)), text))
    check_invariant(document)


def test_a_unit_that_passed_the_gate_is_analysed_again_without_its_tree():
    document = Document("import subprocess, pickle\nimport x\nT = [\n    subprocess.call(x, shell=True),\n]\n")
    document.facts()
    document.trim(0)
    replace(document, 1, 1, "import os, subprocess\n")
    assert len(document.facts().findings) == 4


def test_a_member_that_comes_below_another_header_belongs_to_that_class():
    document = Document(
        "import os\nclass A:\n    def m(self):\n        self.run(self)\nclass B:\n    run = os.system\n"
    )
    document.facts()
    replace(document, 4, 6, "    run = os.system\nclass B:\n    x = 1\n")
    assert [finding.rule for finding in document.facts().findings] == ["os-system-shell"]


def test_the_value_of_a_binding_does_not_depend_on_how_much_was_asked_before():
    text = "class C(C):\n    def m(self):\n        return self.run(self)\n    run = os.system\n"
    document = Document("import os\n" + 60 * text)
    assert len(document.facts().findings) == 60
    replace(document, 20, 20, "def cmd(): pass\n")


def test_a_former_version_beside_the_present_one_is_a_unit_of_its_own():
    former = "def f():\n    global cmd\n    cmd = input()\n    os.system(cmd)\n"
    document = Document("import os\n" + former + "x = 1\n")
    document.facts()
    replace(document, 5, 5, "    cmd = input()\n")
    replace(document, 1, 1, former)
    assert [len(finding.steps) for finding in document.facts().findings if finding.steps] == [3, 3]
