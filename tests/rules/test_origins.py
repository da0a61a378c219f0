"""Where an object was made, and what has to be known for it."""

from __future__ import annotations

import libcst as cst
from whysafe.checker import Document
from whysafe.rules.origins import makers
from whysafe.semantics.calls import Expression
from whysafe.semantics.resolve import Resolver

TEXT = """\
class Reader:
    def __init__(self):
        self.source = connect()

    def read(self):
        return self.source.recv()
"""


def test_whose_origins_were_looked_up_was_asked_for() -> None:
    world = Document(TEXT, gated=False).program.world
    scopes = [world.scopes(unit) for unit in world.order]
    call = scopes[-1].seen[cst.Call][0]
    resolver = Resolver(world)
    found = [made.func.value for made, _ in makers(Expression(call.node.func.value, call.scope, resolver))]
    assert found == ["connect"]
    assert {"Reader", ".source"} <= resolver.asked
