"""Pages and hovers: everything is in them, and code cannot put markup into them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from whysafe import checker, explain
from whysafe.analysis.finding import Card, Confidence, Finding, InTests, Rank, Severity, Step
from whysafe.justifications.comment import Block, Decision
from whysafe.justifications.state import State
from whysafe.report import Shown
from whysafe.syntax.position import span

CARD = Card(
    name="yaml-unsafe-load",
    family="deserialization",
    title="yaml.load builds arbitrary objects",
    why="Tags call functions while the document is read.",
    abuse="A document with a tag runs a command.",
    fix="Call `yaml.safe_load`.",
    ask="Who can write this document?",
    cwe=(502, 20),
    severity=Severity.ERROR,
    rank=Rank.DYNAMIC,
    in_tests=InTests.LOWER,
    default=True,
    aliases=("B506", "S506"),
    bad=("import yaml\nyaml.load(stream)",),
    good=("import yaml\nyaml.safe_load(stream)",),
    references=("https://example.org/yaml",),
)
FINDING = Finding(
    rule=CARD.name,
    message="`yaml.load` without a safe loader.",
    span=span(4, 0, 4, 9),
    anchor=span(4, 0, 4, 9),
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    steps=(Step(span(0, 7, 0, 11), "`yaml` is imported here"),),
)
BLOCK = Block(
    span=span(2, 0, 3, 40),
    ids=(CARD.name,),
    decision=Decision.DEFERRED,
    reason="waits for the new parser",
    who="M. Smit",
    date=dt.date(2026, 11, 24),
    review_by=dt.date(2027, 2, 1),
    ref="SEC 42",
    ok_by="A. Jansen",
    program_type="cli",
    code="01234567",
)
OPEN = Shown(finding=FINDING, severity=Severity.ERROR, full=Severity.ERROR, state=State.OPEN, block=None)


def headings(markdown):
    return re.findall(r"^#+ (.*)$", markdown, re.MULTILINE)


def test_a_page_has_its_headings_in_order_and_everything_else():
    page = explain.page(CARD)
    assert headings(page) == [
        CARD.title,
        "Why it is weak",
        "How it is abused",
        "How to fix it",
        "Ask before accepting",
        "Also known as",
        "References",
    ]
    for part in (CARD.name, CARD.why, CARD.abuse, CARD.fix, CARD.ask, *CARD.bad, *CARD.good, "`B506`", "**error**"):
        assert part in page
    assert "[CWE-502](https://cwe.mitre.org/data/definitions/502.html)" in page
    assert page.index(CARD.bad[0]) < page.index(CARD.good[0])


RULES_PAGE = Path(__file__).parent.parent / "server" / "RULES.md"


def test_the_list_of_rules_is_fresh():
    listed = explain.rule_list(checker.cards().values())
    assert RULES_PAGE.read_text("utf-8") == listed, "run `whysafe rules --format markdown > server/RULES.md`"


def test_the_list_of_rules_links_to_the_page_of_each_rule():
    cards = [replace(CARD, title="a | __b__", default=False), replace(CARD, name="a-rule", cwe=(), aliases=())]
    tokens = MarkdownIt().enable("table").parse(explain.rule_list(cards))
    named = [
        token.content for before, token in pairwise(tokens) if before.type == "heading_open" and before.tag == "h3"
    ]
    inline = [child for token in tokens for child in token.children or ()]
    links = [token.attrs["href"] for token in inline if token.type == "link_open"]
    assert named == ["a-rule", CARD.name]
    assert [link for link in links if link.startswith("#")] == [f"#{name}" for name in named]
    cells = [token.content for before, token in pairwise(tokens) if before.type == "td_open"]
    assert cells[5:] == [
        f"[{CARD.name}](#{CARD.name})",
        r"a | \_\_b\_\_",
        "error, off by default",
        "502, 20",
        "`B506`, `S506`",
    ]


def test_a_page_leaves_out_what_a_rule_does_not_have():
    page = explain.page(replace(CARD, aliases=(), references=(), cwe=(), good=(), bad=()))
    assert headings(page)[-1] == "Ask before accepting"
    assert "CWE" not in page
    assert "```" not in page


def test_the_hover_of_a_finding_begins_with_what_is_wrong_here():
    text = explain.hover(OPEN, CARD)
    for part in (
        FINDING.message,
        "severity **error**".capitalize(),
        "confidence **high**",
        "line 1: `yaml` is imported",
    ):
        assert part in text
    assert text.index(FINDING.message) < text.index(CARD.why)
    assert text.lower().count("severity **") == 1
    assert "Last seen before" not in text


def test_the_hover_says_when_a_finding_is_carried_and_when_it_is_answered():
    carried = replace(OPEN, finding=replace(FINDING, carried=True))
    assert "Last seen before the text broke" in explain.hover(carried, CARD)
    answered = replace(OPEN, state=State.VALID, block=BLOCK, severity=Severity.INFORMATION)
    assert "deferred by M. Smit on 2026-11-24, until 2027-02-01" in explain.hover(answered, CARD)
    assert "M. Smit" not in explain.hover(replace(answered, state=State.STALE), CARD)


@pytest.mark.parametrize("state", State)
def test_every_state_is_said_in_plain_words(state):
    text = explain.hover_block(BLOCK, state, 12, CARD)
    assert text.startswith("**")
    assert "justified" not in text.lower()
    counts = state in {State.VALID, State.DUE}
    assert ("It stops counting" in text) is counts


def test_the_hover_of_a_justification_has_all_fields():
    text = explain.hover_block(BLOCK, State.VALID, 69, CARD, ticket_url="https://tracker.example/{ref}")
    for part in (
        "deferred by M. Smit",
        "waits for the new parser",
        "69 days left",
        "[SEC 42](https://tracker.example/SEC%2042)",
        "agreed by A. Jansen",
        "written for: cli",
        "when the code below it changes and after 2027-02-01",
        CARD.ask,
    ):
        assert part in text.replace("\\", "")
    assert "1 day ago" in explain.hover_block(BLOCK, State.EXPIRED, -1, None)


def test_a_broken_block_says_why():
    broken = Block(span=BLOCK.span, ids=(), decision=None, reason="", problems=("There is no decision.",))
    text = explain.hover_block(broken, State.MALFORMED, None, None)
    assert "There is no decision." in text
    assert "no rule" in text


HOSTILE = [
    "[click](https://evil.example)",
    "<https://evil.example>",
    "https://evil.example/x",
    "www.evil.example",
    "![x](https://evil.example/pixel.png)",
    "**bold** _it_ `code` ~~x~~",
    "<script>alert(1)</script> &amp;",
    "# heading\n\n- list\n\n> quote",
    "```\ncode\n```",
    "| a | b |\n|---|---|\n| c | d |",
    "x\u2028# y\x1b[31m\x00",
    "1. a",
    "---",
    "a@b.example",
]


def rendered(markdown):
    return MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(markdown)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_the_code_is_shown_and_never_markup(text):
    html = rendered(f"word {explain.escape(text)} word")
    assert re.findall(r"<[^>]*>", html) == ["<p>", "</p>"]
    assert "\x1b" not in html


@given(st.text(max_size=80))
def test_escaped_text_stays_one_paragraph(text):
    html = rendered(f"word {explain.escape(text)} word")
    assert re.findall(r"<[^>]*>", html) == ["<p>", "</p>"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_bring_no_link_into_a_hover(text):
    block = replace(
        BLOCK, reason=text, who=text, ids=(text,), ref=text, ok_by=text, program_type=text, problems=(text,)
    )
    html = rendered(explain.hover_block(block, State.MALFORMED, None, None, ticket_url="https://tracker.example/{ref}"))
    assert re.findall(r'(?:href|src)="(?!https://tracker\.example/)', html) == []
    assert "<script" not in html


def test_a_long_reason_is_cut():
    assert len(explain.escape("x" * 100_000)) < 3_000


def test_code_with_fences_stays_inside_its_fence():
    page = explain.page(replace(CARD, bad=("text = '''\n```\n# not a heading\n'''",)))
    assert "<h1>not a heading" not in rendered(page)
