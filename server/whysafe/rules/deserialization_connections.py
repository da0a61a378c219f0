"""Connections that unpickle what the other end sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls, methods
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Answer, Rule, Verdict
from whysafe.analysis.standing import followed_by
from whysafe.rules.origins import makers, origins
from whysafe.semantics.calls import unresolved
from whysafe.semantics.resolve import evaluate
from whysafe.semantics.scopes import BindingKind
from whysafe.semantics.values import Instance

if TYPE_CHECKING:
    from whysafe.semantics.calls import Call, Expression

_CONNECTION = "multiprocessing.connection.Connection"
_PIPE = "multiprocessing.Pipe"
_CONNECTION_NAMES = frozenset({"connection", "conn", "pipe", "parent_conn", "child_conn", "parent", "child"})
_USUAL_IMPORTS = ("multiprocessing", "mp", "Connection", "Pipe", "Client", "Listener", "Process")


def _is_end_of_own_pipe(of: Expression) -> bool:
    """Whether every known origin is one of the two ends of a `Pipe()` in this file."""
    known = [binding for binding in origins(of) if binding.kind is not BindingKind.OPAQUE]
    return bool(known) and all(
        binding.kind is BindingKind.ELEMENT
        and binding.node is not None
        and Instance(_PIPE) in evaluate(binding.node, binding.scope, of.resolver)
        for binding in known
    )


def _is_made_here(of: Expression) -> bool:
    """Whether the object comes from a `Connection(...)` call, which is a finding of its own."""
    return any(_CONNECTION in callee.symbols for _, callee in makers(of))


def _unpickles(call: Call) -> Answer:
    """`Connection.recv` where the receiver's class is known."""
    receiver = call.receiver
    if receiver is None:
        return Verdict(message="`recv` unpickles whatever the other end of the connection sends.")
    if _is_made_here(receiver):
        return None
    if _is_end_of_own_pipe(receiver):
        message = "`recv` unpickles what another process of this program sends through the pipe."
        return Verdict(message=message, severity=Severity.HINT)
    return Verdict(message="`recv` unpickles whatever the other end of the connection sends.")


def _looks_like_connection(call: Call) -> Answer:
    """`conn.recv()` on an unknown object: sockets want a number of bytes, so there is no argument here."""
    receiver = call.receiver
    if receiver is None or call.node.args or not unresolved(receiver.values):
        return None
    name = call.receiver_name.lower().lstrip("_")
    if name not in _CONNECTION_NAMES and not name.endswith(("_conn", "_connection", "_pipe")):
        return None
    known = any(_is_multiprocessing(receiver.at(cst.Name(name))) for name in _USUAL_IMPORTS)
    return Verdict(
        message=f"If `{call.receiver_name}` is a multiprocessing connection, `recv` unpickles what it receives.",
        severity=Severity.INFORMATION,
        confidence=Confidence.MEDIUM if known else Confidence.LOW,
    )


def _is_multiprocessing(name: Expression) -> bool:
    return any(path.split(".", 1)[0] == "multiprocessing" for path in name.symbols)


def _receives_pickle(call: Call) -> Answer:
    """ZeroMQ's `recv_pyobj`: no other library has a method of that name."""
    known = call.receiver is not None and any(name.startswith("zmq.") for name in call.receiver.instances)
    return Verdict(
        message="`recv_pyobj` unpickles whatever the sender puts on the socket.",
        confidence=Confidence.HIGH if known else Confidence.MEDIUM,
    )


def _is_connection(call: Call) -> Answer:
    """The class itself, which wraps a handle that may come from anywhere."""
    del call
    return Verdict(message="What this `Connection` receives with `recv` is unpickled, whoever sends it.")


MULTIPROCESSING_RECV = Rule(
    name="multiprocessing-recv",
    family="deserialization",
    title="Connection unpickles what it receives",
    message="`recv` unpickles whatever the other end of the connection sends.",
    why="`recv` loads a pickle, and loading a pickle carries out the calls that it contains. The same holds for the "
    "`recv_pyobj` of ZeroMQ.",
    abuse="Whoever reaches the other end, by the network or because the `authkey` is missing, shared or guessed, "
    "sends a crafted pickle and runs commands in this process.",
    fix="Send bytes (`send_bytes`, `recv_bytes`, or `recv_json` with ZeroMQ) and parse them as JSON. If objects must "
    "travel, listen on a local address only and give both ends a random `authkey`.",
    ask="Which processes can connect to the other end, and what keeps everybody else out?",
    cwe=(502,),
    severity=Severity.WARNING,
    aliases=("connection.recv", "multiprocessing.connection.Connection"),
    detect=(
        calls(f"{_CONNECTION}.recv", when=_unpickles),
        calls(_CONNECTION, when=_is_connection),
        methods("recv", when=_looks_like_connection, sign=followed_by(r"[ \t\f)]*\([ \t\f]*\)")),
        methods("recv_pyobj", when=_receives_pickle),
    ),
    bad=(
        (
            "from multiprocessing.connection import Client\n\n\ndef ask(address, question):\n"
            "    with Client(address) as connection:\n        connection.send(question)\n"
            "        return connection.recv()"
        ),
        (
            "from multiprocessing.connection import Listener\n\n\ndef serve(address, handle):\n"
            "    with Listener(address) as listener:\n        peer = listener.accept()\n        handle(peer.recv())"
        ),
        "import multiprocessing\n\nours, theirs = multiprocessing.Pipe()\nanswer = ours.recv()",
        "import zmq\n\n\ndef next_job(socket):\n    return socket.recv_pyobj()",
    ),
    good=(
        (
            "import json\nfrom multiprocessing.connection import Client\n\n\ndef ask(address, question):\n"
            "    with Client(address) as connection:\n        connection.send_bytes(json.dumps(question).encode())\n"
            "        return json.loads(connection.recv_bytes())"
        ),
        (
            "import socket\n\n\ndef first_bytes(address):\n"
            "    with socket.create_connection(address, timeout=5) as conn:\n"
            "        return conn.recv(1024)"
        ),
        "import zmq\n\n\ndef next_job(socket):\n    return socket.recv_json()",
    ),
    references=(
        "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Connection.recv",
        "https://pyzmq.readthedocs.io/en/latest/api/zmq.html",
        "https://cwe.mitre.org/data/definitions/502.html",
    ),
)
