"""Diagnostics that are used again say what they would say if they were made anew."""

import datetime as dt
import json

import pytest
from whysafe import checker
from whysafe.config import Settings
from whysafe.lsp.convert import Encoding
from whysafe.lsp.diagnostics import View, diagnostics, draw
from whysafe.lsp.renewal import renewal, renewed
from whysafe.lsp.session import Capabilities
from whysafe.report import project
from whysafe.syntax.position import Edit, span
from whysafe.syntax.source import split_lines

TODAY = dt.date(2026, 11, 24)
TEXT = """\
import os
import pickle


def f(x):
    os.system(x)
    pickle.loads(x); eval(x)


def g(x):
    # justified[eval-use] accepted: only numbers get here
    #   -- M. Smit, 2026-11-20, review by 2027-03-01, code 00000000
    return eval(x)
"""
EDITS = {
    # The edit, and how many diagnostics are used again after it.
    "a letter in one of the findings": (span(5, 4, 5, 4), "x", 2),
    "a new line above": (span(3, 0, 3, 0), "\n", 0),
    "a wide letter before a finding": (span(6, 4, 6, 4), "'𝄞'; ", 1),
    "text behind a finding on its line": (span(6, 28, 6, 28), "  # c", 1),
    "the first word of an answer": (span(10, 4, 10, 6), "", 3),
    "a broken line": (span(5, 4, 5, 4), "(", 0),
}


def view_of(text):
    client = Capabilities(encoding=Encoding.UTF16, related_information=True, code_description=True)
    return View(uri="untitled:a", lines=[*split_lines(text), ""], cards=checker.cards(), client=client)


@pytest.mark.parametrize("name", EDITS)
def test_used_again_or_made_anew(name):
    where, new, reused = EDITS[name]
    document = checker.Document(TEXT)
    facts = document.facts()
    before = {
        id(each.shown.finding): each
        for each in draw(project(facts, checker.cards(), Settings(), TODAY, None), view_of(TEXT), {})
        if each.shown is not None
    }
    document.edit(Edit(where, new))
    facts = renewed(facts, renewal(facts, document.facts()))
    report = project(facts, checker.cards(), Settings(), TODAY, None)
    drawn = draw(report, view_of(document.text), before)
    assert [each.item for each in drawn] == diagnostics(report, view_of(document.text))
    assert [json.loads(each.text) for each in drawn] == [each.item for each in drawn]
    assert sum(each in before.values() for each in drawn) == reused
