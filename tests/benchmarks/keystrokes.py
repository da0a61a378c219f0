"""Keystroke to diagnostics, beside `ruff server`, in one run: `python tests/benchmarks/keystrokes.py [--json FILE]`.

Method: one client, the two servers in turns, three rounds; 60 keystrokes at each of several lines, half of the typed
states are invalid Python; medians and 99th percentiles of the milliseconds from writing the change to reading the
diagnostics of that version. Files are modules of the running Python's library, so that anybody has them.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import statistics
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from client import Client

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
TYPED = ["x", " = ", "(", "1", ")", "\n"]
"""Six keystrokes that make a statement; three of the six states do not parse."""
PEERS = {
    "whysafe": [sys.executable, "-m", "whysafe", "server"],
    # The one that the development tools bring, beside this Python.
    "ruff": [shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff", "server"],
}


def texts() -> dict[str, str]:
    """Names and texts of about 200, 1,000, 3,000 and 10,000 lines, and one class of thousands of lines."""
    read = {
        name: (LIBRARY / f"{name}.py").read_text(encoding="utf-8")
        for name in ("shelve", "tempfile", "tarfile", "_pydecimal", "subprocess", "ssl", "typing")
    }
    long = "\n".join(read[name] for name in ("tarfile", "subprocess", "ssl", "tempfile", "typing"))
    while long.count("\n") < 10_000:
        long += "\n" + read["tempfile"]
    return {
        "200": read["shelve"],
        "1000": read["tempfile"],
        "3000": read["tarfile"],
        "10000": "\n".join(long.split("\n")[:10_000]) + "\n",
        "class": read["_pydecimal"],
    }


def places(text: str) -> list[int]:
    """Empty lines inside function bodies, spread over the text: where a new statement would be typed."""
    lines = text.split("\n")
    inside = [
        n
        for n, line in enumerate(lines)
        if line == ""
        and 0 < n < len(lines) - 1
        and lines[n - 1].startswith("        ")
        and lines[n + 1].startswith("        ")
    ]
    return [inside[len(inside) * part // 4] for part in range(1, 4)] if len(inside) > 4 else [len(lines) // 2]


def measure(command: list[str], text: str, strokes: int) -> tuple[float, list[float]]:
    """Milliseconds from opening to the first diagnostics, and for each keystroke to its diagnostics."""
    with tempfile.TemporaryDirectory() as folder:
        uri = (Path(folder) / "module.py").as_uri()
        client = Client(command)
        client.start(Path(folder).as_uri())
        version = 1
        began = time.perf_counter()
        client.send(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "python", "version": version, "text": text}},
        )
        opened = (client.diagnostics(uri, version)[0] - began) * 1000
        times: list[float] = []
        for line in places(text):
            column, typed = 8, 0
            version += 1
            client.send("textDocument/didChange", change(uri, version, line, 0, line, 0, " " * 8))
            client.diagnostics(uri, version)
            for number in range(strokes):
                key = TYPED[number % len(TYPED)]
                version += 1
                if key == "\n":
                    params = change(uri, version, line, 8, line, column, "")
                    column, typed = 8, 0
                else:
                    params = change(uri, version, line, column, line, column, key)
                    column, typed = column + len(key), typed + 1
                began = time.perf_counter()
                client.send("textDocument/didChange", params)
                times.append((client.diagnostics(uri, version)[0] - began) * 1000)
            version += 1
            client.send("textDocument/didChange", change(uri, version, line, 0, line, column, ""))
            client.diagnostics(uri, version)
        client.stop()
        return opened, times


def change(
    uri: str, version: int, line: int, column: int, end_line: int, end_column: int, text: str
) -> dict[str, object]:
    where = {"start": {"line": line, "character": column}, "end": {"line": end_line, "character": end_column}}
    return {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"range": where, "text": text}]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--strokes", type=int, default=60, help="keystrokes at each line")
    parser.add_argument("--files", nargs="*", default=["1000", "3000", "10000", "class"])
    options = parser.parse_args()
    rows = []
    for name in options.files:
        text = texts()[name]
        times: dict[str, list[float]] = {peer: [] for peer in PEERS}
        opened: dict[str, list[float]] = {peer: [] for peer in PEERS}
        for _ in range(options.rounds):
            for peer, command in PEERS.items():
                first, strokes = measure(command, text, options.strokes)
                opened[peer].append(first)
                times[peer] += strokes
        row = {"file": name, "lines": text.count("\n")}
        for peer in PEERS:
            row[f"{peer} p50"] = statistics.median(times[peer])
            row[f"{peer} p99"] = statistics.quantiles(times[peer], n=100)[98]
            row[f"{peer} open"] = statistics.median(opened[peer])
        row["ratio p50"] = row["whysafe p50"] / row["ruff p50"]
        row["ratio p99"] = row["whysafe p99"] / row["ruff p99"]
        rows.append(row)
        print(
            "  ".join(
                f"{key}: {value:.2f}" if isinstance(value, float) else f"{key}: {value}" for key, value in row.items()
            ),
            flush=True,
        )
    if options.json:
        machine = {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": __import__("os").cpu_count(),
        }
        options.json.write_text(
            json.dumps({"date": time.strftime("%Y-%m-%d"), "machine": machine, "rows": rows}, indent=1) + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
