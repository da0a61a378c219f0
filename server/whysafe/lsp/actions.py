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
from whysafe.lsp.convert import span_to_client
from whysafe.lsp.hover import blocks_of
from whysafe.lsp.messages import Order
from whysafe.syntax.position import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from whysafe.justifications.comment import Block
    from whysafe.lsp.messages import Outcome
    from whysafe.lsp.reports import Entry
    from whysafe.lsp.session import Capabilities
    from whysafe.report import Note, Report, Shown
    from whysafe.syntax.position import Edit

QUICK_FIX = "quickfix"
REWRITE = "refactor.rewrite"
FIX_ALL = "source.fixAll.whysafe"
KINDS = (QUICK_FIX, REWRITE, FIX_ALL)
EXPLAIN_COMMAND = "whysafe.explain"
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


def plan(
    entry: Entry, span: Span, *, only: Sequence[str] | None, client: Capabilities, lines: Sequence[str] = ()
) -> list[Action]:
    """The actions for a span of the text that the report is of; `only` are the kinds that the client wants.

    `lines` are those of that text; without them nothing is offered that is written without the worker.
    """
    if not client.literal_actions:
        return []
    actions: list[Action] = []
    for index, shown in enumerate(entry.report.shown):
        if _meet(shown.finding.span, span) or _is_marked_at(shown, span):
            actions.extend(_for_finding(index, shown, client))
    for block, state, _ in blocks_of(entry.report):
        near = any(shown.block == block and _meet(shown.finding.span, span) for shown in entry.report.shown)
        if near or _meet(block.span, span):
            notes = [note for note in entry.report.notes if note.block == block]
            actions.extend((*_mend(block, notes, lines), *_for_block(block, state, notes)))
            if client.shows_documents and state in UNWRITTEN and block.span.end.line < len(lines):
                title = f"Write what is missing in the justification of {_rules(block)}"
                actions.append(Action(title=title, kind=QUICK_FIX, shows=mending.unwritten(block, lines)))
    if only is not None:
        everything = fix_all(entry.report)
        if everything:
            title = "Fix all findings that have a safe fix"
            actions.append(Action(title=title, kind=FIX_ALL, edits=everything))
        actions = [action for action in actions if any(_is_kind(action.kind, kind) for kind in only)]
    return actions


def _is_marked_at(shown: Shown, span: Span) -> bool:
    """Whether the order of another tool that concerns a finding is at a span, and not one for many findings."""
    marker = shown.marker
    return marker is not None and marker.first == marker.last and _meet(marker.span, span)


def _meet(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _is_kind(kind: str, wanted: str) -> bool:
    return not wanted or kind == wanted or kind.startswith(wanted + ".")


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


# For the protocol ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The document that actions change, at the version that they were made for."""

    uri: str
    version: int | None
    revision: int
    lines: Sequence[str]
    client: Capabilities

    def range(self, span: Span) -> dict[str, Any]:
        return span_to_client(self.lines, span, self.client.encoding)


def to_client(action: Action, entry: Entry, target: Target) -> dict[str, Any]:
    """The action as the protocol has it; without `edit` where that is still to be asked of the worker."""
    result: dict[str, Any] = {"title": action.title, "kind": action.kind}
    if action.item is not None:
        result["diagnostics"] = [entry.items[action.item]]
    if action.preferred and target.client.preferred_actions:
        result["isPreferred"] = True
    if action.edits is not None:
        result["edit"] = workspace_edit(action.edits, target)
    if action.explains is not None:
        command = {"title": action.title, "command": EXPLAIN_COMMAND, "arguments": [action.explains]}
        result["command"] = command
    if action.shows is not None:
        place = [target.uri, target.range(action.shows)]
        result["command"] = {"title": action.title, "command": SHOW_COMMAND, "arguments": place}
    if action.order is not None and target.client.resolve_edit:
        result["data"] = data_of(action.order, target)
    return result


def workspace_edit(edits: Iterable[Edit], target: Target, snippet: str | None = None) -> dict[str, Any]:
    """The edits as the client understands them best; a snippet replaces the text of a single edit."""
    client = target.client
    changes = [_text_edit(edit, target) for edit in edits]
    if not client.document_changes:
        return {"changes": {target.uri: changes}}
    if snippet is not None and client.snippet_edits and len(changes) == 1:
        changes = [{"range": changes[0]["range"], "snippet": {"kind": "snippet", "value": snippet}}]
    document = {"uri": target.uri, "version": target.version}
    return {"documentChanges": [{"textDocument": document, "edits": changes}]}


def edit_of(outcome: Outcome, target: Target) -> dict[str, Any] | None:
    """The edit for an order that the worker has answered; None where it was refused."""
    return None if outcome.refusal is not None else workspace_edit(outcome.edits, target, outcome.snippet)


def _text_edit(edit: Edit, target: Target) -> dict[str, Any]:
    return {"range": target.range(edit.span), "newText": edit.text}


def data_of(order: Order, target: Target) -> dict[str, Any]:
    """What the client carries back to us when it resolves the action."""
    place = [order.place.line, order.place.column]
    fields = {"task": order.task, "place": place, "rule": order.rule, "decision": order.decision}
    return {"uri": target.uri, "revision": target.revision} | fields


def order_of(data: Any) -> tuple[str, int, Order]:
    """Address, revision and order of what `data_of` made. Raises ValueError where it is something else."""
    try:
        line, column = data["place"]
        order = Order(str(data["task"]), Position(int(line), int(column)), str(data["rule"]), str(data["decision"]))
        return str(data["uri"]), int(data["revision"]), order
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("this action is not one of ours") from error
