"""Severities move with the type of program, with tests and with settings, and it is said why."""

from __future__ import annotations

import datetime as dt

import pytest
from whysafe import explain
from whysafe.analysis.finding import Severity
from whysafe.checker import cards, check
from whysafe.config import from_mapping
from whysafe.config.settings import PROGRAM_TYPES
from whysafe.rules import CATALOGUE

TODAY = dt.date(2026, 11, 25)
TEXT = """
import random, socket
from jinja2 import Environment
def f(x):
    assert x
    eval(x)
    socket.socket().bind(("0.0.0.0", 80))
    Environment()
    random.choice(x)
"""
RULES = ("assert-used", "bind-all-interfaces", "eval-use", "insecure-random", "jinja2-autoescape-off")
H, I, W, E = Severity.HINT, Severity.INFORMATION, Severity.WARNING, Severity.ERROR  # noqa: E741 - a table's columns
TABLE = {
    None: (H, W, E, I, W),
    "library": (I, W, E, I, W),
    "cli": (H, E, E, I, I),
    "web-service": (I, I, E, W, E),
    "script": (H, W, W, I, I),
    "notebook": (H, E, W, H, W),
    "critical": (I, E, E, W, E),
    "test": (None, I, W, H, I),
}


def shown(program_type, path=None, **wishes):
    wanted = {"min-severity": "hint", **wishes} | ({"program-type": program_type} if program_type else {})
    settings, problems = from_mapping(wanted, "test")
    assert problems == ()
    return {one.finding.rule: one for one in check(TEXT, settings, TODAY, path).shown}


@pytest.mark.parametrize(("program_type", "expected"), TABLE.items())
def test_what_matters_how_much_where(program_type, expected):
    found = shown(program_type)
    assert tuple(found[rule].full if rule in found else None for rule in RULES) == expected
    for one in found.values():
        moved = one.full is not one.finding.severity
        assert bool(one.because) is moved
        assert not moved or (program_type or "") in one.because[0]


def test_the_table_is_complete():
    assert set(TABLE) == {None, *PROGRAM_TYPES}


def test_a_test_of_a_web_service_is_a_test():
    found = shown("web-service", path="tests/test_app.py")
    assert "assert-used" not in found
    assert (found["eval-use"].full, found["eval-use"].because) == (W, ("this is a test",))


def test_a_critical_program_is_so_in_its_tests_too():
    found = shown("critical", path="tests/test_app.py")
    assert found["eval-use"].because == ("this is a test", "this is a critical program")


def test_what_the_settings_say_stands_above_the_type():
    found = shown("web-service", severity={"insecure-random": {"level": "hint", "reason": "a game"}})
    one = found["insecure-random"]
    assert (one.full, one.because) == (H, ("the settings say so: a game",))


def test_the_hover_says_why():
    one = shown("web-service")["jinja2-autoescape-off"]
    assert "Severity **error**, because this is a web\\-service;" in explain.hover(one, cards()[one.finding.rule])
    plain = shown(None)["jinja2-autoescape-off"]
    assert "because" not in explain.hover(plain, cards()["jinja2-autoescape-off"]).partition("---")[0]


def test_the_page_of_a_rule_says_where_it_matters_more():
    page = explain.page(cards()["jinja2-autoescape-off"])
    assert "## Severity by type of program\n\ncli: information, script: information, web-service: error\n" in page
    assert "by type of program" not in explain.page(cards()["yaml-unsafe-load"])


@pytest.mark.parametrize("rule", CATALOGUE.rules.values(), ids=lambda rule: rule.name)
def test_rules_name_types_that_there_are_and_move_a_little(rule):
    assert set(rule.by_program_type) <= set(PROGRAM_TYPES) - {"critical", "test"}
    assert all(steps in {-1, 1} for steps in rule.by_program_type.values())
