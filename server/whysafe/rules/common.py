"""What the rules of several families share."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text, so that long lists of names stay readable."""
    return frozenset(text.split())
