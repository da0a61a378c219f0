"""The fingerprint that binds a justification to the code that it was written for.

It detects drift, not malice. It follows from the covered code and from the bindings of the names that it reads, never
from what a detector found, so that a new version of a rule makes nothing stale.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.justifications.canonical import canonical
from whysafe.justifications.reads import names_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["VERSION", "canonical", "fingerprint", "names_read"]

# The first digit. A change of the canonical form needs another digit, and blocks of the old one stay verified by it.
VERSION = "1"
_DIGITS = 7


def fingerprint(covered: Sequence[cst.CSTNode], bindings: Callable[[str], Iterable[cst.CSTNode]]) -> str:
    """8 hexadecimal digits: the algorithm's version, and a hash over the covered code and what it depends on.

    `covered` are the nodes of `whysafe.justifications.cover.Cover`. `bindings` gives the statements (or
    headers, parameters, imports) that bind a name in the function and the module of the covered code, in any order;
    repeated ones count once. Give single statements, not lines with several: formatters split those.
    """
    digest = hashlib.blake2b(digest_size=8)
    for node in covered:
        _add(digest, "code", canonical(node))
    for name in sorted({name for node in covered for name in names_read(node)}):
        _add(digest, "name", name)
        for form in sorted({canonical(node) for owner in bindings(name) for node in _headers(owner)}):
            _add(digest, "bound", form)
    return VERSION + digest.hexdigest()[:_DIGITS]


def _headers(owner: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """What of a binding statement says how a name is bound; `except ... as` and `case` stand behind its own header."""
    if isinstance(owner, (cst.Try, cst.TryStar)):
        return (owner, *owner.handlers)
    return (owner, *owner.cases) if isinstance(owner, cst.Match) else (owner,)


def _add(digest: hashlib.blake2b, label: str, form: str) -> None:
    # A form is one line, so the line end keeps neighbours apart. Lone surrogates may come from an editor.
    digest.update(f"{label} {form}\n".encode("utf-8", "surrogatepass"))
