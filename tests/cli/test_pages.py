"""`whysafe explain` and `whysafe rules`."""

from __future__ import annotations

import json
from argparse import Namespace

import pytest
from whysafe import checker
from whysafe.cli import pages


@pytest.mark.parametrize(
    ("word", "expected"), [("eval-use", ["eval-use"]), ("EVAL-USE", ["eval-use"]), ("b307", ["eval-use"]), ("x", [])]
)
def test_rules_are_found_by_name_and_by_other_tools_ids(cards, word, expected):
    assert [card.name for card in pages.find(word, cards)] == expected


def test_a_rule_that_does_not_exist_gets_a_proposal(cards):
    assert "Did you mean eval-use" in pages.not_found("evil-use", cards)
    assert "Did you mean B307" in pages.not_found("B308", cards)
    assert "Did you mean" not in pages.not_found("q", cards)


def test_the_table_has_a_line_for_each_rule(cards):
    header, *lines = pages.table(cards.values())
    assert len(lines) == len(cards)
    column = header.index("DEFAULT")
    assert [line[column:].split()[0] for line in lines] == ["on", "on", "on", "off"]


def test_explain_prints_a_page(capsys):
    name = next(iter(checker.cards()))
    assert pages.explain(Namespace(rule=name)) == 0
    assert f"`{name}`" in capsys.readouterr().out
    assert pages.explain(Namespace(rule="no-such-rule-at-all")) == 2
    assert "no rule is called" in capsys.readouterr().err


def test_rules_as_json(capsys):
    assert pages.rules(Namespace(format="json")) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {rule["name"] for rule in printed["rules"]} == set(checker.cards())
