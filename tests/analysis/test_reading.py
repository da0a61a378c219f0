"""Of a text that has been read as a whole, most pieces are not asked: how much work that spares, and that it holds."""

import pytest
from whysafe.analysis import gate, gathering, reading
from whysafe.analysis import unit as units
from whysafe.analysis.gate import Gate
from whysafe.analysis.glance import Glance
from whysafe.analysis.triage import is_quiet
from whysafe.checker import Document
from whysafe.rules import CATALOGUE
from whysafe.syntax.position import Edit, Position, Span

METHOD = "    def plain{number}(self):\n        return self.value\n\n"
METHODS = [METHOD.format(number=number) for number in range(100)]
SINK = "    def run(self, command):\n        os.system(command)\n\n"
TEXT = "import os\n\n\nclass Many:\n" + "".join([*METHODS[:50], SINK, *METHODS[50:]])


@pytest.fixture
def counted(monkeypatch):
    """Of which pieces the gate is asked, and of which the words are read."""
    asked, read = [], []
    passes, words_of = Gate.passes, units.words_of

    def counting(self, glance, awake):
        asked.append(glance.text)
        return passes(self, glance, awake)

    monkeypatch.setattr(Gate, "passes", counting)
    monkeypatch.setattr(units, "words_of", lambda text: [read.append(text), words_of(text)][1])
    return asked, read


def test_of_a_hundred_methods_one_is_asked_and_read(counted):
    asked, read = counted
    assert [finding.rule for finding in Document(TEXT).facts().findings] == ["os-system-shell"]
    assert asked == [SINK]
    # The import is asked what `os` is.
    assert set(read) == {SINK, "import os\n\n\n"}


def test_a_piece_without_findings_and_gaps_is_not_gone_over(monkeypatch):
    gone_over = []
    for name in ("_found_in", "_gaps_in"):
        function = getattr(gathering.Gathered, name)
        monkeypatch.setattr(
            gathering.Gathered,
            name,
            lambda self, section, of=function: [gone_over.append(section), of(self, section)][1],
        )
    document = Document(TEXT)
    document.facts()
    assert len(document.program.order.sections) > 4
    assert len(gone_over) == 2
    assert len({id(section) for section in gone_over}) == 1


@pytest.mark.parametrize("mark", ["é", "ﬁ", "…"])
def test_letters_that_are_folded_hide_nothing(mark):
    text = TEXT.replace("self.value", f"'{mark}'")
    assert len(Document(text).facts().findings) == 1
    assert Document(text).facts() == Document(text, gated=False).facts()


def test_a_folded_trigger_is_found():
    text = TEXT.replace("os.system", "os.ｓｙｓｔｅｍ")
    assert len(Document(text).facts().findings) == 1


GETS = "import os\n\n\ndef f(owner, x):\n    for name in NAMES:\n        getattr(owner, name)(x)\n\n\n"


def test_a_name_that_no_string_spells_leads_nowhere():
    assert is_quiet(Glance(GETS + "NAMES = ('color', 'size')\n"), CATALOGUE)


@pytest.mark.parametrize(
    "names",
    [
        "('system',)",
        "('sys' + 'tem',)",
        "('%stem' % 'sys',)",
        "(f'{a}tem',)\na = 'sys'",
        "('sy''stem',)",
        "'os.system'.split('.')",
        "('\\x73ystem',)",
        "(chr(115) + 'ystem',)",
    ],
)
def test_a_name_that_strings_spell_may_lead_on(names):
    assert not is_quiet(Glance(GETS + f"NAMES = {names}\n"), CATALOGUE)


def test_digits_are_spelled_by_numbers():
    text = "import hashlib\n\n\ndef f(owner, x):\n    getattr(owner, NAME)(x)\n\n\nNAME = 'md%d' % 5\n"
    assert not is_quiet(Glance(text), CATALOGUE)
    text = "import importlib\n\nimportlib.import_module('urllib%d' % 3).disable_warnings()\n"
    assert "urllib3" in CATALOGUE.gate.awake(Glance(text)).roots


SLEEPS = "import os\n\nNAME = 'color'\n\n\ndef f(x):\n    getattr(os, NAME)(x)\n"


def test_a_name_that_an_edit_spells_is_found():
    document = Document(SLEEPS)
    assert document.facts().findings == ()
    assert document.program.world.parsed == 0
    line = SLEEPS.split("\n").index("NAME = 'color'")
    document.edit(Edit(Span(Position(line, 8), Position(line, 13)), "system"))
    fresh = Document(document.text).facts()
    assert len(fresh.findings) == 1
    assert document.facts() == fresh


def test_asked_again_the_text_is_searched_for_what_a_given_name_changes(monkeypatch):
    text = "import os\n\nrun = os.system\n\n\ndef f(x):\n    run(x)\n    os.popen(x)\n\n\ndef g(x):\n    run(x)\n"
    asked, is_triggered = [], gate._is_triggered

    def asking(glance, word, awake, **more):
        if glance.text == text:
            asked.append((bool(awake.given), word))
        return is_triggered(glance, word, awake, **more)

    monkeypatch.setattr(gate, "_is_triggered", asking)
    assert len(Document(text).facts().findings) == 3
    assert {(False, "system"), (False, "popen")} <= set(asked)
    assert [word for given, word in asked if given] == ["run"]


def test_the_reading_knows_its_pieces():
    glance = Glance(TEXT)
    document = Document(TEXT, glance=glance)
    candidates = reading.Reading(glance, document.program.units).candidates(
        CATALOGUE.gate, CATALOGUE.gate.awake(glance)
    )
    assert [unit.piece.text for unit in candidates] == [SINK]
    assert next(iter(candidates.values())).text == SINK
