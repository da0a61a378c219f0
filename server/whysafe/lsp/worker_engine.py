"""The engine as the worker uses it; with this module, libcst is loaded."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

from whysafe.loading import no_collection
from whysafe.syntax import lean_nodes

with no_collection():
    lean_nodes.load()
    from whysafe import checker
    from whysafe.justifications.author import author
    from whysafe.justifications.comment import Decision, Refused
    from whysafe.lsp.messages import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from whysafe.analysis.finding import Card
    from whysafe.lsp.messages import Order, Write

UNWRITTEN = "TODO"
"""What stands for a reason in editors that insert plain text."""


def cards() -> Mapping[str, Card]:
    return checker.cards()


def open(text: str) -> checker.Document:  # noqa: A001 - it is called as an attribute of the engine
    return checker.Document(text)


def write(document: checker.Document, request: Write) -> Iterator[Outcome]:
    """One outcome per order; what is refused says why."""
    who = _author(request.settings.author, request.settings.root)
    for order in request.orders:
        try:
            yield _fulfil(document, order, request, who)
        except Refused as refused:  # noqa: PERF203 - one refusal must not take the other orders along
            yield Outcome(refusal=str(refused))


@functools.lru_cache(maxsize=64)
def _author(setting: str | None, root: str | None) -> str:
    """Who signs; asked once per worker, because the answer may take a second."""
    return author(setting, os.environ, None if root is None else Path(root))


def _fulfil(document: checker.Document, order: Order, request: Write, who: str) -> Outcome:
    today, settings = request.today, request.settings
    if order.task == "justify":
        decision = Decision(order.decision)
        full = document.justify(order.place, order.rule, decision, who, today, settings)
        # A tab stop goes away with its question when the reason is typed; without one, the person would have to delete
        # the question, line by line. The hover asks it, too.
        short = document.justify(order.place, order.rule, decision, who, today, settings, reason=UNWRITTEN)
        return Outcome(edits=tuple(short.edits), snippet=full.snippet)
    if order.task == "convert":
        written = document.convert(order.place, order.rule, Decision(order.decision), who, today, settings)
        return Outcome(edits=tuple(written.edits), snippet=written.snippet)
    if order.task == "confirm":
        return Outcome(edits=(document.reconfirm(order.place, who, today, settings),))
    if order.task == "sign":
        return Outcome(edits=(document.sign(order.place, who, today, settings),))
    if order.task == "remove":
        return Outcome(edits=(document.remove(order.place),))
    if order.task == "attach":
        return Outcome(edits=document.attach(order.place))
    if order.task == "above":
        return Outcome(edits=document.move_above(order.place, settings))
    if order.task == "shorten":
        return Outcome(edits=document.shorten(order.place, settings))
    raise Refused(f"whysafe does not know how to {order.task} a justification.")
