"""The command as a process: what it loads, how it ends, and that the folder it runs in is never imported from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import pytest
from whysafe import __version__
from whysafe.cli import check, main
from whysafe.deep_stack import run_deep


def whysafe(*arguments, cwd=None, **options):
    command = [sys.executable, "-m", "whysafe", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=60, check=False, **options)


def test_the_version():
    assert whysafe("--version").stdout == f"whysafe {__version__}\n"


@pytest.mark.parametrize("arguments", [("--version",), ("rules", "--help"), ("check", "--help"), ("server", "--help")])
def test_help_loads_nothing_heavy(arguments):
    program = (
        "import sys\nfrom whysafe.cli.main import main\ntry:\n main(sys.argv[1:])\nexcept SystemExit:\n pass\n"
        "print([name for name in ('libcst', 'rich', 'pygls', 'lsprotocol', 'pathspec') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("arguments", [(), ("chek",), ("check", "--no-such-option"), ("explain",)])
def test_wrong_usage_ends_with_2(arguments):
    done = whysafe(*arguments)
    assert done.returncode == 2
    assert "usage: whysafe" in done.stderr


HOSTILE = (
    "libcst",
    "yaml",
    "argparse",
    "pathspec",
    "rich",
    "datetime",
    "__future__",
    "json",
    "lsprotocol",
    "sitecustomize2",
)


def test_nothing_is_imported_from_the_current_folder(tmp_path):
    for name in HOSTILE:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the workspace')\n", encoding="utf-8")
    done = whysafe("check", "--format", "json", cwd=tmp_path)
    assert "imported from the workspace" not in done.stdout + done.stderr
    assert done.returncode == 0, done.stderr


def test_a_closed_pipe_ends_it_quietly(tmp_path):
    for number in range(50):
        (tmp_path / f"m{number}.py").write_text("x = eval(y)\n" * 50, encoding="utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "whysafe", "check", "."],
        stdout=writer,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        timeout=120,
        check=False,
        text=True,
    )
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 1


def test_the_analysis_thread_carries_deep_recursion():
    def deep(levels):
        return 0 if levels == 0 else 1 + deep(levels - 1)

    assert run_deep(lambda: deep(20_000)) == 20_000
    assert threading.stack_size() == 0


def test_what_the_analysis_thread_raises_is_raised_by_the_caller():
    def fail():
        raise KeyError("x")

    with pytest.raises(KeyError):
        run_deep(fail)


def test_an_interrupt_ends_the_process_at_once(monkeypatch):
    class LeftError(Exception):
        pass

    def leave(status):
        raise LeftError(status)

    def interrupted(_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(check, "run", interrupted)
    with pytest.raises(LeftError, match="130"):
        main.main(["check"])


JUSTIFIED = """import hashlib

# justified[B324] false-alarm: cache key only;
#   never compared to a secret.
#   -- A. Jansen, 2026-11-24, review by 2027-11-24, code 10000000
key = hashlib.md5(b"x").hexdigest()
"""


def test_the_real_engine_end_to_end(tmp_path):
    (tmp_path / "a.py").write_text(JUSTIFIED, encoding="utf-8")
    (tmp_path / "b.py").write_text("def broken(:\n    pass\n\n\neval(x)\n", encoding="utf-8")
    done = whysafe("check", "--format", "json", "--today", "2026-11-25", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert (done.returncode, found["files"], done.stderr) == (2, 2, "")
    assert [(one["path"], one["rule"], one["state"]) for one in found["findings"]] == [
        ("a.py", "weak-hash-stdlib", "stale"),
        ("b.py", "eval-use", "open"),
    ]
    assert found["findings"][0]["justification"] == {
        "ids": ["B324"],
        "decision": "false-alarm",
        "reason": "cache key only; never compared to a secret.",
        "who": "A. Jansen",
        "date": "2026-11-24",
        "program_type": None,
        "review_by": "2027-11-24",
        "ref": None,
        "ok_by": None,
        "code": "10000000",
        "state": "stale",
        "start": {"line": 3, "column": 1},
        "end": {"line": 5, "column": 66},
    }
    (error,) = found["errors"]
    assert error["path"] == "b.py"
    assert error["message"].startswith("line 1: ")
