#!/usr/bin/env python3
"""A server for tests of faults. It notes each start, answers as a whysafe of some version, and ends early.

Beside it lies a file of its own name with `.json` at the end: {"version": ..., "dies_of": a method of the protocol}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__)


def read() -> dict[str, Any] | None:
    """The next message; None at the end of the input."""
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        name, _, value = line.partition(b":")
        length = int(value) if name == b"Content-Length" else length
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def answer(identity: object, version: str) -> None:
    server = {"name": "whysafe", "version": version}
    result = {"capabilities": {"textDocumentSync": 1}, "serverInfo": server}
    text = json.dumps({"jsonrpc": "2.0", "id": identity, "result": result})
    sys.stdout.write(f"Content-Length: {len(text)}\r\n\r\n{text}")
    sys.stdout.flush()


def main() -> None:
    with HERE.with_name(f"{HERE.name}.starts").open("a") as note:
        note.write("start\n")
    wishes = json.loads(HERE.with_name(f"{HERE.name}.json").read_text())
    while message := read():
        if message.get("method") == wishes["dies_of"]:
            sys.exit("the fake server ends, as it was told to")
        if "id" in message:
            answer(message["id"], wishes["version"])


if __name__ == "__main__":
    main()
