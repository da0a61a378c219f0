"""Explanations as Markdown: a rule's page, and the hover on a finding or on a justification; loads no libcst.

One renderer serves the editor, `whysafe explain` and the list of rules. Texts of the catalogue are Markdown already;
texts that come from the analysed code are escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from whysafe.justifications.comment import Decision
from whysafe.justifications.parts import Kind
from whysafe.justifications.signature import read_date
from whysafe.justifications.state import State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from whysafe.analysis.finding import Card
    from whysafe.justifications.comment import Block
    from whysafe.report import Shown
    from whysafe.syntax.position import Span

CWE_PAGE = "https://cwe.mitre.org/data/definitions/{number}.html"
TEXT_LIMIT = 2_000

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&-])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")

_STATES = {
    State.OPEN: "Not answered yet.",
    State.VALID: "This answer holds.",
    State.DUE: "This answer holds, and its review is due soon.",
    State.EXPIRED: "The review date has passed: this answer no longer counts.",
    State.STALE: "Written for other code: this answer does not count for the code as it is now.",
    State.PLACEHOLDER: "There is no reason yet: this answer does not count.",
    State.TRIVIAL: "The reason says too little: this answer does not count.",
    State.UNSIGNED: "Not signed completely: this answer does not count.",
    State.MALFORMED: "Not readable as a justification: this answer does not count.",
    State.ORPHAN: "There is no such finding here (any more).",
    State.UNKNOWN_RULE: "No rule has this name: this answer does not count.",
    State.DETACHED: "It stands above no code: this answer does not count.",
    State.CONTEXT_CHANGED: "Written for another type of program: this answer does not count here.",
    State.TOO_LONG: "Its review is planned later than this project allows: this answer does not count.",
    State.FORBIDDEN: "The settings of this project allow no answer to this rule.",
    State.UNDOCUMENTED: "Another tool is told to look away here, and no reason is recorded.",
    State.BLANKET: "Every tool is told to look away here, and no rule and no reason is recorded.",
}
DECISIONS = {
    Decision.ACCEPTED: "the risk is known and carried: say who can reach this, and why it is not fixed",
    Decision.MITIGATED: "a control elsewhere stops it: say which, and where it is tested",
    Decision.DEFERRED: "it is fixed later: say what blocks the fix, and name the ticket",
    Decision.FALSE_ALARM: "a premise of the rule does not hold in this code: say which",
}
_OBLIGATIONS = {
    Decision.ACCEPTED: "Still the same callers, the same cost of a fix, the same kind of program?",
    Decision.MITIGATED: "Is the control that stops it still there, and still tested?",
    Decision.DEFERRED: "Does what blocked the fix still block it?",
    Decision.FALSE_ALARM: "Does the premise that it names still not hold in this code?",
}


def page(card: Card) -> str:
    """The page of a rule: Markdown with fixed headings."""
    return f"# {_title(card)}\n\n`{card.name}`\n\n{_body(card, summary(card), heading='##')}"


def rule_list(cards: Iterable[Card]) -> str:
    """All rules as one document, which is kept as RULES.md: a table for each family, then the page of every rule."""
    by_family: dict[str, list[Card]] = {}
    for card in sorted(cards, key=lambda card: (card.family, card.name)):
        by_family.setdefault(card.family, []).append(card)
    count = sum(map(len, by_family.values()))
    parts = [
        "# Rules",
        "This list is made by `whysafe rules --format markdown`; what it says stands in the rules themselves.",
        f"{count} rules in {len(by_family)} families. Severities are those before settings and type of program.",
    ]
    for family, members in by_family.items():
        parts += [f"## {family}", "\n".join(_table(members))]
    for members in by_family.values():
        parts += [
            f"### {card.name}\n\n**{_title(card)}**\n\n{_body(card, summary(card), heading='####').rstrip()}"
            for card in members
        ]
    return "\n\n".join(parts) + "\n"


def _title(card: Card) -> str:
    """The title, which is plain text and may hold names such as `__import__`, as Markdown."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", card.title)


def _table(cards: Iterable[Card]) -> Iterator[str]:
    yield "| rule | what it finds | severity | CWE | also known as |"
    yield "| --- | --- | --- | --- | --- |"
    for card in cards:
        cells = (
            f"[{card.name}](#{card.name})",
            _title(card),
            card.severity.label + ("" if card.default else ", off by default"),
            ", ".join(map(str, card.cwe)),
            ", ".join(f"`{_code(alias)}`" for alias in card.aliases),
        )
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def summary(card: Card) -> str:
    """Severity and CWE numbers with their pages, in one line of Markdown."""
    return f"Severity **{card.severity.label}** · {_origin(card)}"


def _origin(card: Card) -> str:
    links = ", ".join(f"[CWE-{number}]({CWE_PAGE.format(number=number)})" for number in card.cwe)
    return f"family *{card.family}*" + (f" · {links}" if links else "")


def line_of(span: Span) -> str:
    """A place in words, as a person counts lines."""
    return f"line {span.start.line + 1}"


def hover(shown: Shown, card: Card, where: Callable[[Span], str] = line_of) -> str:
    """What an editor shows on a finding: what is wrong here, how sure that is and why, then the page of its rule.

    `where` says in words where the evidence stands, which may be in another cell of a notebook.
    """
    finding = shown.finding
    parts = [f"**{_title(card)}** · `{card.name}`", finding.message]
    because = f", because {' and '.join(map(escape, shown.because))}" if shown.because else ""
    sure = f"Severity **{shown.full.label}**{because}; confidence **{finding.confidence.label}**"
    if shown.block is not None and shown.state in {State.VALID, State.DUE}:
        sure += f"; {_answer(shown.block)}"
    parts.append(sure + ".")
    if shown.marker is not None:
        parts.append(f"*{_STATES[shown.state]}*")
    if finding.carried:
        parts.append("*Last seen before the text broke: it is checked again when the text can be parsed.*")
    if finding.steps:
        steps = "\n".join(f"- {where(step.span)}: {step.message}" for step in finding.steps[:8])
        parts.append(f"Evidence:\n{steps}")
    # The severity is said above already, as it is here.
    return "\n\n".join([*parts, "---", _body(card, _origin(card), heading="####")])


def hover_block(
    block: Block, state: State, days_left: int | None, card: Card | None, *, ticket_url: str | None = None
) -> str:
    """What an editor shows on a justification: its state in plain words, the decision, and what would invalidate it.

    `days_left` counts from today to the review date, negative when that has passed; `card` is the rule's, if known;
    `ticket_url` is a web address with `{ref}` in it.
    """
    rules = ", ".join(f"`{_code(name)}`" for name in block.ids) or "no rule"
    parts = [f"**{_STATES[state]}**", f"Answer to {rules}: {_answer(block)}."]
    if block.reason:
        parts.append(f"> {escape(block.reason)}")
    facts = [*_dates(block, days_left), *_references(block, ticket_url), *map(escape, block.problems)]
    if facts:
        parts.append(_bullets(facts))
    if state in {State.VALID, State.DUE}:
        parts.append(f"It stops counting {_invalidators(block)}.")
    if block.decision is not None:
        parts.append(f"At review: {_OBLIGATIONS[block.decision]}")
    if card is not None:
        parts.append(f"---\n\n**{_title(card)}** · {summary(card)}\n\n{card.ask}")
    return "\n\n".join(parts)


def part(kind: Kind, text: str, *, card: Card | None, today: dt.date, program_type: str | None) -> str | None:
    """What one part of a justification means, as Markdown; None where its text says it all.

    `card` is that of the rule that `text` names, if any; `program_type` is what the settings say the program is.
    """
    shown = f"`{_code(text)}`"
    if kind is Kind.RULE:
        return f"No rule is called {shown}." if card is None else f"**{_title(card)}** · {summary(card)}"
    if kind is Kind.DECISION:
        decision = next((one for one in Decision if one.value == text), None)
        return f"{shown} is no decision." if decision is None else f"{shown}: {DECISIONS[decision]}."
    if kind is Kind.PROGRAM_TYPE:
        now = f"this program is a {program_type}" if program_type else "no settings say what this program is"
        return f"The answer holds for a {shown}, and {now}."
    if kind in {Kind.DATE, Kind.REVIEW}:
        date = read_date(text)
        if date is None:
            return f"{shown} is no date; write it as YYYY-MM-DD."
        lead = "Signed" if kind is Kind.DATE else "To be reviewed by"
        return f"{lead} {date:%d %B %Y}: {_distance((date - today).days)}."
    return _FIELDS.get(kind)


_FIELDS = {
    Kind.WORD: "An answer to a finding is recorded here; whether it holds is said below.",
    Kind.WHO: "Who decided this.",
    Kind.OK: "Who else agrees with it.",
    Kind.REF: "The ticket about it.",
    Kind.CODE: "A fingerprint of the code below and of what it reads: another one means that the code has changed.",
}


def _distance(days: int) -> str:
    if days == 0:
        return "today"
    return f"in {_days(days)}" if days > 0 else f"{_days(-days)} ago"


def terminal(card: Card) -> None:
    """Print the page of a rule on a terminal, formatted."""
    from rich.console import Console  # noqa: PLC0415 - rich takes long to load, and only terminals need it
    from rich.markdown import Markdown  # noqa: PLC0415 - as above

    console = Console()
    console.print(Markdown(page(card), hyperlinks=True), width=min(console.width, 100))


def escape(text: str) -> str:
    """A text from the analysed code as Markdown that shows it as it is: no markup, no links, one line, bounded."""
    cut = text if len(text) <= TEXT_LIMIT else text[:TEXT_LIMIT] + "…"
    return _SPECIAL.sub(r"\\\1", _CONTROL.sub(" ", cut)).replace("://", "\\://")


def _body(card: Card, lead: str, *, heading: str) -> str:
    sections = [
        ("Why it is weak", card.why),
        ("How it is abused", card.abuse),
        ("How to fix it", _fix(card)),
        ("Ask before accepting", card.ask),
        ("Severity by type of program", _by_program_type(card)),
        ("Also known as", ", ".join(f"`{_code(alias)}`" for alias in card.aliases)),
        ("References", _bullets(f"<{link}>" for link in card.references)),
    ]
    written = [f"{heading} {title}\n\n{text}" for title, text in sections if text]
    return "\n\n".join([lead, *written]) + "\n"


def _by_program_type(card: Card) -> str:
    moved = {kind: card.severity.step(steps) for kind, steps in card.by_program_type}
    return ", ".join(f"{kind}: {severity.label}" for kind, severity in moved.items() if severity is not card.severity)


def _fix(card: Card) -> str:
    parts = [card.fix]
    if card.bad:
        parts.append(f"Before:\n\n{_fence(card.bad[0])}")
    if card.good:
        parts.append(f"After:\n\n{_fence(card.good[0])}")
    return "\n\n".join(part for part in parts if part)


def _fence(code: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    marks = "`" * (longest + 1)
    return f"{marks}python\n{code.strip(chr(10))}\n{marks}"


def _code(text: str) -> str:
    return _CONTROL.sub(" ", text[:200]).replace("`", "'")


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _answer(block: Block) -> str:
    decision = "no decision" if block.decision is None else block.decision.value
    who = "nobody" if block.who is None else escape(block.who)
    signed = "" if block.date is None else f" on {block.date.isoformat()}"
    until = "" if block.review_by is None else f", until {block.review_by.isoformat()}"
    return f"{decision} by {who}{signed}{until}"


def _dates(block: Block, days_left: int | None) -> list[str]:
    if block.review_by is None or days_left is None:
        return []
    if days_left < 0:
        return [f"review was owed by {block.review_by.isoformat()}: {_days(-days_left)} ago"]
    return [f"review by {block.review_by.isoformat()}: {_days(days_left)} left"]


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _references(block: Block, ticket_url: str | None) -> list[str]:
    facts = []
    if block.ref is not None and ticket_url is not None:
        facts.append(f"ref [{escape(block.ref)}]({ticket_url.replace('{ref}', quote(block.ref, safe=''))})")
    elif block.ref is not None:
        facts.append(f"ref {escape(block.ref)}")
    if block.program_type is not None:
        facts.append(f"written for: {escape(block.program_type)}")
    if block.ok_by is not None:
        facts.append(f"agreed by {escape(block.ok_by)}")
    return facts


def _invalidators(block: Block) -> str:
    causes = ["when the code below it changes"] if block.code is not None else []
    if block.review_by is not None:
        causes.append(f"after {block.review_by.isoformat()}")
    return " and ".join(causes) or "when it is removed"
