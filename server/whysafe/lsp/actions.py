"""Code actions: what can be done about the findings and the justifications under the cursor.

They are planned from the stored report, because editors ask at every move of the cursor; only an edit that needs the
tree is asked of the worker, when the client resolves the action or, where it cannot, before it gets the list.
No action that records, renews or removes a person's decision is ever preferred or part of fix-all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whysafe.justifications import mending
from whysafe.justifications.comment import Decision
from whysafe.justifications.state import State
from whysafe.justifications.wording import listed
from whysafe.lsp.hover import blocks_of
from whysafe.lsp.messages import Order
from whysafe.lsp.targets import data_of, workspace_edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whysafe.justifications.comment import Block
    from whysafe.lsp.reports import Entry
    from whysafe.lsp.session import Capabilities
    from whysafe.lsp.targets import Target
    from whysafe.report import Note, Report, Shown
    from whysafe.syntax.position import Edit, Position, Span

QUICK_FIX = "quickfix"
REWRITE = "refactor.rewrite"
FIX_ALL = "source.fixAll.whysafe"
INSPECT = "source.inspect.whysafe"
KINDS = (QUICK_FIX, REWRITE, FIX_ALL, INSPECT)
EXPLAIN_COMMAND = "whysafe.explain"
INSPECT_COMMAND = "whysafe.inspect"
MENU_LIMIT = 6
"""More entries than that nobody reads."""
SHOW_COMMAND = "whysafe.show"

_JUSTIFY = (
    (Decision.ACCEPTED, "{verb} {rule} as accepted..."),
    (Decision.FALSE_ALARM, "{verb} {rule} as a false alarm..."),
    (Decision.MITIGATED, "{verb} {rule} as mitigated..."),
    (Decision.DEFERRED, "{verb} {rule} as deferred..."),
)
UNWRITTEN = frozenset({State.PLACEHOLDER, State.TRIVIAL})
"""States that only a person's words mend: the server leads there, and writes none."""
UNANSWERED = frozenset({State.OPEN, State.UNDOCUMENTED, State.BLANKET})
_TASKS = {
    State.VALID: ("confirm", "remove"),
    State.DUE: ("confirm",),
    State.EXPIRED: ("confirm", "remove"),
    State.STALE: ("confirm", "remove"),
    State.CONTEXT_CHANGED: ("confirm",),
    State.UNSIGNED: ("sign",),
    State.DETACHED: ("attach",),
    State.TOO_LONG: ("shorten",),
}
"""What the worker can do about a block in a state; what is missing here the person writes, or `_mend` below."""
_TASK_TITLES = {
    "confirm": "Re-confirm the justification of {rules}",
    "sign": "Sign the justification of {rules}",
    "remove": "Remove the justification of {rules}",
    "attach": "Attach the justification of {rules} to the code below it",
    "shorten": "Shorten the justification of {rules} to the longest time allowed",
    "above": "Move the justification of {rules} above its statement",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action with its edits, or with the order that leads to them, or with what to show: a rule, or a place."""

    title: str
    kind: str
    preferred: bool = False
    item: int | None = None
    edits: tuple[Edit, ...] | None = None
    order: Order | None = None
    explains: str | None = None
    shows: Span | None = None


def plan(  # noqa: PLR0913 - the last three are what the client may have told
    entry: Entry,
    span: Span,
    *,
    only: Sequence[str] | None,
    client: Capabilities,
    lines: Sequence[str] = (),
    named: Sequence[tuple[str, Span]] = (),
) -> list[Action]:
    """The actions for a span of the text that the report is of; `only` are the kinds that the client wants.

    `lines` are those of that text; without them nothing is offered that is written without the worker. `named` are the
    diagnostics, as code and place, that the client asks about: one on a line of `span` counts as if it were under the
    cursor. At most `MENU_LIMIT` actions, the safe fixes first, then what is closest to the cursor.
    """
    if not client.literal_actions:
        return []
    groups: list[tuple[tuple[bool, int, int, Position], list[Action]]] = []
    for index, shown in enumerate(entry.report.shown):
        place = shown.finding.span
        if _meet(place, span) or _is_marked_at(shown, span) or _is_named(shown.finding.rule, place, span, named):
            groups.append((_closeness(place, span, shown.full.value), list(_for_finding(index, shown, client))))
    for block, state, _ in blocks_of(entry.report):
        near = any(shown.block == block and _meet(shown.finding.span, span) for shown in entry.report.shown)
        notes = [note for note in entry.report.notes if note.block == block]
        asked = any(_is_named(f"justification-{note.state.value}", note.span, span, named) for note in notes)
        if near or asked or _meet(block.span, span):
            mends = [*_mend(block, notes, lines), *_for_block(block, state, notes)]
            if client.shows_documents and state in UNWRITTEN and block.span.end.line < len(lines):
                title = f"Write what is missing in the justification of {_rules(block)}"
                mends.append(Action(title=title, kind=QUICK_FIX, shows=mending.unwritten(block, lines)))
            groups.append((_closeness(block.span, span), mends))
    groups.sort(key=lambda group: group[0])
    actions = [action for _, group in groups for action in group if wants(action.kind, only)]
    actions.sort(key=lambda action: not action.preferred)
    del actions[MENU_LIMIT:]
    if only is not None and wants(FIX_ALL, only):
        everything = fix_all(entry.report)
        if everything:
            title = "Fix all findings that have a safe fix"
            actions.append(Action(title=title, kind=FIX_ALL, edits=everything))
    return actions


def _closeness(place: Span, cursor: Span, severity: int = 0) -> tuple[bool, int, int, Position]:
    """A key that puts first what the cursor is in, of that the smallest, and of several there the gravest."""
    lines, columns = place.end.line - place.start.line, place.end.column - place.start.column
    return not _meet(place, cursor), lines * 10_000 + columns, -severity, place.start


def _is_named(code: str, place: Span, span: Span, named: Sequence[tuple[str, Span]]) -> bool:
    """Whether a diagnostic is one of those that the client asks about, and on a line that it asks about."""
    on_line = place.start.line <= span.end.line and span.start.line <= place.end.line
    return on_line and any(code == other and _meet(place, there) for other, there in named)


def _is_marked_at(shown: Shown, span: Span) -> bool:
    """Whether the order of another tool that concerns a finding is at a span, and not one for many findings."""
    marker = shown.marker
    return marker is not None and marker.first == marker.last and _meet(marker.span, span)


def _meet(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def wants(kind: str, only: Sequence[str] | None) -> bool:
    """Whether the client wants actions of a kind; actions on whole files have to be asked for."""
    if only is None:
        return not kind.startswith("source.")
    return any(not wanted or kind == wanted or kind.startswith(wanted + ".") for wanted in only)


def _for_finding(index: int, shown: Shown, client: Capabilities) -> Iterator[Action]:
    finding = shown.finding
    if finding.carried:
        return
    if shown.state in UNANSWERED:
        safe = next((fix for fix in finding.fixes if fix.safe), None)
        if safe is not None:
            yield Action(title=safe.title, kind=QUICK_FIX, preferred=True, item=index, edits=safe.edits)
        task, verb = ("justify", "Justify") if shown.marker is None else ("convert", f"Convert {shown.marker.tool} of")
        for decision, title in _JUSTIFY if shown.answerable else ():
            order = Order(task, finding.span.start, finding.rule, decision.value)
            yield Action(title=title.format(verb=verb, rule=finding.rule), kind=QUICK_FIX, item=index, order=order)
        unsafe = next((fix for fix in finding.fixes if not fix.safe), None)
        if unsafe is not None:
            yield Action(title=unsafe.title, kind=REWRITE, item=index, edits=unsafe.edits)
    if not client.markdown_hover:
        yield Action(title=f"Explain {finding.rule}", kind=QUICK_FIX, item=index, explains=finding.rule)


def _mend(block: Block, notes: Sequence[Note], lines: Sequence[str]) -> Iterator[Action]:
    """Corrections of names and words, which follow from the text alone."""
    if block.span.end.line >= len(lines):
        return
    for note in notes:
        if note.state is State.UNKNOWN_RULE and note.instead is not None:
            edits = mending.rename(block, lines, note.ids[0], note.instead)
            title = f"Rename {note.ids[0]} to {note.instead} in the justification"
        elif note.state is State.ORPHAN and not note.unnecessary:
            edits = mending.drop(block, lines, note.ids)
            title = f"Drop {listed(note.ids)} from the justification"
        elif note.state is State.TOO_LONG and block.decision is Decision.DEFERRED and not block.ref:
            edits = mending.add_ticket(block, lines)
            title = f"Add a ticket to the justification of {_rules(block)}"
        else:
            continue
        if edits:
            yield Action(title=title, kind=QUICK_FIX, edits=edits)
    repaired = mending.repair(block, lines)
    if repaired:
        yield Action(title=f"Repair the justification of {_rules(block)}", kind=QUICK_FIX, edits=repaired)


def _for_block(block: Block, state: State, notes: Sequence[Note]) -> Iterator[Action]:
    for order in orders_for(block, state, notes):
        title = _TASK_TITLES[order.task].format(rules=_rules(block))
        yield Action(title=title, kind=QUICK_FIX, order=order)


def orders_for(block: Block, state: State, notes: Sequence[Note]) -> list[Order]:
    """What the worker can do about a block in this state that these notes are about."""
    tasks = list(_TASKS.get(state, ()))
    if any(note.state is State.ORPHAN and note.unnecessary for note in notes):
        tasks.append("remove")
    if state is State.TOO_LONG and (block.review_by is None or (block.decision is Decision.DEFERRED and not block.ref)):
        # What is missing is the ticket.
        tasks.remove("shorten")
    if block.trailing:
        # Behind code there is no place for a signature; it is moved above first.
        tasks = [task for task in tasks if task not in {"sign", "confirm"}]
    if block.trailing and not block.problems:
        tasks.append("above")
    return [Order(task, block.span.start) for task in tasks]


def _rules(block: Block) -> str:
    return ", ".join(block.ids) or "nothing"


def fix_all(report: Report) -> tuple[Edit, ...]:
    """The safe fixes of all findings that nobody has answered, without those that would overlap an earlier one.

    Where another tool was told by name to pass over a finding, somebody may have had a reason not to fix it.
    """
    edits: list[Edit] = []
    for shown in report.shown:
        fix = next((fix for fix in shown.finding.fixes if fix.safe), None)
        if fix is None or shown.state not in {State.OPEN, State.BLANKET} or shown.finding.carried:
            continue
        # Several fixes may need the same import.
        new = [edit for edit in fix.edits if edit not in edits or edit.span.start != edit.span.end]
        if not any(_overlap(edit.span, other.span) for edit in new for other in edits):
            edits.extend(new)
    return tuple(sorted(edits, key=lambda edit: edit.span))


def _overlap(one: Span, other: Span) -> bool:
    """Whether two edits get in each other's way; insertions at one place do not: they follow one another."""
    both_insert = one.start == one.end and other.start == other.end
    return not both_insert and (one == other or (one.start < other.end and other.start < one.end))


# For the protocol -----------------------------------------------------------------------------------------------------


def to_client(action: Action, entry: Entry, target: Target) -> dict[str, Any] | None:
    """The action as the protocol has it; without `edit` where that is still to be asked of the worker.

    None where its edit cannot be made in the documents of the client.
    """
    edit = None if action.edits is None else workspace_edit(action.edits, target)
    if edit is None and action.edits is not None:
        return None
    result: dict[str, Any] = {"title": action.title, "kind": action.kind}
    if action.item is not None:
        result["diagnostics"] = [entry.items[action.item]]
    if action.preferred and target.client.preferred_actions:
        result["isPreferred"] = True
    if edit is not None:
        result["edit"] = edit
    if action.explains is not None:
        command = {"title": action.title, "command": EXPLAIN_COMMAND, "arguments": [action.explains]}
        result["command"] = command
    if action.shows is not None:
        place = list(target.location(action.shows))
        result["command"] = {"title": action.title, "command": SHOW_COMMAND, "arguments": place}
    if action.order is not None and target.client.resolve_edit:
        result["data"] = data_of(action.order, target)
    return result


def to_inspect(uri: str) -> dict[str, Any]:
    """The action that has a document looked at which is not, because of where it is."""
    title = "whysafe: inspect this file"
    command = {"title": title, "command": INSPECT_COMMAND, "arguments": [uri]}
    return {"title": title, "kind": INSPECT, "command": command}
