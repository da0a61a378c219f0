"""Compares a tree that was grown with what parsing anew says."""

import libcst as cst
import pytest
from whysafe.syntax import locate as locating
from whysafe.syntax.locate import locate
from whysafe.syntax.split import Piece
from whysafe.syntax.tree import Tree, Unparsed, children, parse, wrapper_of
from whysafe.syntax.validity import accepts


def piece_of(text, indents=()):
    return Piece(text, indents, header=False, lines=text.count("\n"))


def accepted_by(piece):
    """What is asked of the running Python about a former text."""
    return lambda: accepts(wrapper_of(piece) + piece.text)


def shape(node):
    """What a tree says, without blanks and comments."""
    value = getattr(node, "value", None)
    return type(node).__name__, value if isinstance(value, str) else None, [shape(child) for child in children(node)]


def nodes_of(node):
    yield node
    for child in children(node):
        yield from nodes_of(child)


def in_header(statement):
    return [part for part in children(statement) if isinstance(part, (cst.BaseExpression, cst.WithItem))]


def check(piece, grown):
    """Compare with what parsing anew says; whether there was a graft."""
    if grown is None:
        return False
    fresh = parse(piece)
    if isinstance(grown, Unparsed):
        assert grown == fresh
        return True
    assert isinstance(fresh, Tree)
    assert [shape(node) for node in grown.body] == [shape(node) for node in fresh.body]
    ours = [node for statement in grown.body for node in nodes_of(statement)]
    theirs = [node for statement in fresh.body for node in nodes_of(statement)]
    code = cst.Module([]).code_for_node
    for one, other in zip(ours, theirs, strict=True):
        # What a rule writes of a node for a fix has its blanks and comments, too.
        if isinstance(one, cst.BaseSmallStatement):
            assert code(one) == code(other)
        elif isinstance(one, cst.BaseCompoundStatement):
            assert [code(part) for part in in_header(one)] == [code(part) for part in in_header(other)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locating, "is_unusual", lambda _: True)
        there = locate(fresh, piece.text, theirs)
    here = locate(grown, piece.text, ours)
    assert [here.get(node) for node in ours] == [there.get(node) for node in theirs]
    return True
