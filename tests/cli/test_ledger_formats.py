"""The ledger as Markdown and HTML: every text from code is shown as it is, and none of it acts."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from whysafe.analysis.finding import Severity
from whysafe.cli import ledger_html, ledger_markdown, ledger_text
from whysafe.cli.text import visible
from whysafe.justifications.comment import Decision
from whysafe.justifications.state import State
from whysafe.ledger import Entry, Ledger, Reference, Trouble, Weakening

DAY = dt.date(2026, 11, 24)
NASTY = "</code></pre><script>alert(1)</script>\"' onload=alert(2) `x` | [a](javascript:b) {{ 7*7 }} & -- ]]> *b*"

ENTRY = Entry(
    rule="pickle-load",
    title="Data that runs code",
    cwe=(502,),
    severity=Severity.ERROR,
    path="app/main.py",
    line=6,
    block_line=4,
    qualified_name="Store.read",
    snippet=("return pickle.load(", "    stream)"),
    decision=Decision.ACCEPTED,
    reason="only the developer chooses the text",
    who="M. Smit",
    date=DAY - dt.timedelta(days=1),
    program_type="cli",
    review_by=DAY + dt.timedelta(days=20),
    ref="SEC-42",
    ok_by="A. Jansen",
    code="0aa19f23",
    state=State.DUE,
    age=1,
    days_left=20,
    findings=2,
    remarks=("To be reviewed soon.",),
)


def ledger_of(*entries, **changes):
    return replace(Ledger(today=DAY, files=3, entries=entries, unanswered=2), **changes)


def nasty(text):
    """A ledger in which every text is this one."""
    entry = replace(
        ENTRY,
        rule=text,
        path=text,
        qualified_name=text,
        snippet=(text, text),
        reason=text,
        who=text,
        program_type=text,
        ref=text,
        ok_by=text,
        remarks=(text,),
        title=text,
    )
    weakening = Weakening(
        what="excluded", name=text, files=text, reason=text, keys=("exclude", text), place=Reference(text, 1)
    )
    entries = (entry, replace(entry, line=7, state=State.STALE), replace(entry, line=8, state=State.VALID))
    trouble = (Trouble(text, 3, text),)
    return ledger_of(*entries, weakenings=(weakening,), trouble=trouble, remarks=trouble, skipped=((text, 2),))


class Page(HTMLParser):
    """The elements of a page, and the text in it outside style and script."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.texts = []
        self.inside = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in {"meta", "img"}:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag

    def handle_data(self, data):
        if self.inside and self.inside[-1] not in {"style", "script"}:
            self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)


def html(ledger):
    return "\n".join(ledger_html.lines(ledger))


def shape(page):
    """The elements with the names of their attributes."""
    return [(tag, sorted(attributes)) for tag, attributes in page.elements]


def test_the_page_is_whole_without_javascript():
    page = Page(html(ledger_of(ENTRY, replace(ENTRY, line=9, state=State.STALE))))
    assert page.inside == []
    for text in (
        "pickle-load", "Data that runs code", "CWE-502", "error", "app/main.py:7", "Store.read", "return pickle.load(",
        "accepted", "only the developer chooses the text", "by M. Smit on 2026-11-23 (1 day ago)", "for cli",
        "review by 2026-12-14 (20 days left)", "ref SEC-42", "agreed by A. Jansen", "due", "stale",
        "To be reviewed soon.", "2 findings",
    ):  # fmt: skip
        assert text in page.text
    hidden = [tag for tag, attributes in page.elements if "hidden" in attributes]
    assert hidden == ["form"]


def test_the_page_needs_no_other_file_and_allows_only_its_own_script():
    text = html(ledger_of(ENTRY))
    page = Page(text)
    links = [attributes[name] for _, attributes in page.elements for name in ("href", "src") if name in attributes]
    assert all(link.startswith(("#", "https://cwe.mitre.org/")) for link in links)
    assert not re.search(r"@import|url\(", text)
    (policy,) = [attributes["content"] for tag, attributes in page.elements if "http-equiv" in attributes]
    assert policy.startswith("default-src 'none'")
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{rule} 'sha256-{digest}'" in policy
    assert not any(name.startswith(("on", "style")) for _, attributes in page.elements for name in attributes)


def test_a_ticket_is_linked_where_its_address_is_known():
    page = Page(html(ledger_of(replace(ENTRY, ticket="https://tickets.example/SEC-42"))))
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert links.count("https://tickets.example/SEC-42") == 1
    assert "ticket" not in Page(html(ledger_of(ENTRY))).text


def test_each_link_within_the_page_leads_somewhere():
    page = Page(html(nasty("x")))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    inner = {attributes["href"][1:] for _, attributes in page.elements if attributes.get("href", "").startswith("#")}
    assert inner
    assert inner <= set(ids)


def test_the_filters_offer_what_occurs_and_the_rows_carry_it():
    page = Page(html(ledger_of(ENTRY, replace(ENTRY, line=9, state=State.STALE, who=None, decision=None))))
    names = [attributes["name"] for tag, attributes in page.elements if tag == "select"]
    assert names == ["state", "decision", "rule", "author"]
    rows = [attributes for tag, attributes in page.elements if "data-state" in attributes]
    assert [[row[f"data-{name}"] for name in names] for row in rows] == [
        ["due", "accepted", "pickle-load", "M. Smit"],
        ["stale", "no decision", "pickle-load", "nobody"],
    ]


@pytest.mark.parametrize("text", [NASTY, "</script>", "<!--", "]]>", "&lt;b&gt;", "\u202e\x1b[2J\x00\ud800", "'" * 50])
def test_no_text_changes_the_page(text):
    page, plain = Page(html(nasty(text))), Page(html(nasty("plain")))
    assert shape(page) == shape(plain)
    assert page.text.count(visible(text)) == plain.text.count("plain")


@settings(deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_no_text_at_all_changes_the_page(text):
    page = Page(html(nasty("+" + text)))
    assert shape(page) == shape(Page(html(nasty("plain"))))


def test_an_incomplete_ledger_says_so_first():
    for module in (ledger_html, ledger_markdown, ledger_text):
        whole = "\n".join(module.lines(ledger_of(ENTRY)))
        lacking = "\n".join(module.lines(ledger_of(ENTRY, trouble=(Trouble("a.py", None, "unreadable"),))))
        assert "not complete" not in whole
        assert lacking.index("not complete") < lacking.index("pickle-load")
        assert "unreadable" in lacking


def tokens(ledger):
    """What a Markdown reader makes of the ledger, flat."""
    found = MarkdownIt("commonmark").enable("table").parse("\n".join(ledger_markdown.lines(ledger)))
    return [inner for token in found for inner in (token, *(token.children or ()))]


def outline(ledger):
    """Kinds of tokens with where links lead and what raw HTML there is; runs of text are one."""
    kinds = [
        (token.type, token.attrGet("href"), token.content if "html" in token.type else "") for token in tokens(ledger)
    ]
    return [kind for kind in kinds if kind[0] not in {"text", "text_special", "inline"}]


@pytest.mark.parametrize(
    "text", [NASTY, "`", "``` x", "|", "a\\", "# x", "<!-- x", "[x]: y", "*x* _y_", "http://x.example"]
)
def test_no_text_changes_the_document(text):
    assert outline(nasty(text)) == outline(nasty("plain"))
    shown = "".join(token.content for token in tokens(nasty(text)) if token.type in {"text", "text_special"})
    assert text in shown


@settings(deadline=None)
@given(st.text(min_size=1, max_size=30))
def test_no_text_at_all_changes_the_document(text):
    assert outline(nasty("+" + text)) == outline(nasty("plain"))


@pytest.mark.parametrize("text", ["```", "````\n", "~~~"])
def test_code_does_not_end_its_fence(text):
    lines = list(ledger_markdown.lines(ledger_of(replace(ENTRY, snippet=(text, "after")))))
    start = next(number for number, line in enumerate(lines) if line.endswith("python"))
    fence = lines[start].removesuffix("python")
    assert lines.index(fence, start + 1) == start + 3


@pytest.mark.parametrize("module", [ledger_html, ledger_markdown, ledger_text])
def test_a_block_that_says_nothing_is_listed(module):
    empty = replace(
        ENTRY, rule="", title="", cwe=(), severity=None, decision=None, reason="", who=None, date=None, age=None,
        program_type=None, review_by=None, days_left=None, ref=None, ok_by=None, code=None, state=State.MALFORMED,
        qualified_name="", findings=0, remarks=(),
    )  # fmt: skip
    text = "\n".join(module.lines(ledger_of(empty)))
    for word in ("no rule", "no decision", "nobody", "malformed"):
        assert word in text
    assert "None" not in text
