"""The catalogue that benchmarks are padded with does what the real one does, and more."""

import importlib.util
import sys
from pathlib import Path

import pytest
from whysafe.analysis.glance import Glance
from whysafe.analysis.program import Program
from whysafe.analysis.triage import is_quiet
from whysafe.rules import CATALOGUE

PADDED = Path(__file__).parent.parent / "benchmarks" / "padded.py"


@pytest.fixture(scope="module")
def catalogue_of():
    spec = importlib.util.spec_from_file_location("padded_catalogue", PADDED)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.catalogue_of


def test_size_and_mix(catalogue_of):
    padded = catalogue_of(220)
    assert len(padded.rules) == 220
    assert CATALOGUE.rules.keys() < padded.rules.keys()
    assert len(padded.calls) > len(CATALOGUE.calls)
    assert catalogue_of(220).rules.keys() == padded.rules.keys()


@pytest.mark.parametrize("rule", sorted(CATALOGUE.rules))
def test_the_real_rules_find_the_same(rule, catalogue_of):
    padded = catalogue_of(220)
    for text in CATALOGUE.rules[rule].bad:
        expected = Program(text, CATALOGUE).findings()
        found = [finding for finding in Program(text, padded).findings() if finding.rule in CATALOGUE.rules]
        assert [(f.rule, f.span) for f in found] == [(f.rule, f.span) for f in expected]


def test_added_rules_wake_pieces(catalogue_of):
    """They are worth nothing for a benchmark if the gate never lets anything through for them."""
    text = "import joblib\n\n\ndef f(x):\n    return joblib.load(x)\n"
    assert is_quiet(Glance(text), CATALOGUE)
    assert not is_quiet(Glance(text), catalogue_of(220))


def test_a_word_is_looked_at_once_for_all_patterns(catalogue_of):
    gate = catalogue_of(220).gate
    glance = Glance("ordinary_word = 1\n")
    assert not gate.passes(glance, gate.awake(glance))
    assert len(gate.patterns) > 10
    assert gate.notable._plain >= glance.words
    assert all(glance.words.isdisjoint(pattern.words._plain) for pattern in gate.patterns)
