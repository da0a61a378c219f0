"""`check` and `ledger` with several processes and with the cache, as whole processes; `whysafe cache`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import whysafe as package
from whysafe.cli.main import main

BLOCK = """import pickle


class Reader:
    def read(self, stream):
        # justified[pickle-load] accepted: only the developer who starts this program chooses the stream
        #   -- M. Smit, 2026-11-12, review by 2027-05-01, code 00000000
        return pickle.load(stream)
"""


@pytest.fixture
def project(tmp_path):
    """A project that is worth several processes, with findings, answers, gaps and files that cannot be read."""
    folder = tmp_path / "project"
    for number in range(40):
        path = folder / f"package{number % 7}" / f"m{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            "# nothing to see here\n" * 300 + "y = eval(x)\n" * (number % 4) + f"# {number}\n", encoding="utf-8"
        )
    (folder / "broken.py").write_text("def f(:\n    pass\n\n\neval(x)\n", encoding="utf-8")
    (folder / "latin.py").write_bytes(b"\xff\n")
    (folder / "reader.py").write_text(BLOCK, encoding="utf-8")
    return folder


def whysafe(cwd, *arguments, cache=None, program="-m whysafe"):
    environment = {**os.environ, "WHYSAFE_CACHE_DIR": str(cache or cwd.parent / "cache")}
    command = [sys.executable, *program.split(maxsplit=1), *arguments]
    done = subprocess.run(command, capture_output=True, cwd=cwd, timeout=120, check=False, env=environment)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "command", [("check", "--verbose"), ("check", "--format", "json"), ("ledger", "--format", "json")]
)
def test_the_output_is_the_same_for_any_number_of_processes_and_any_cache(project, command):
    day = ("--today", "2026-11-25")
    expected = whysafe(project, *command, *day, "--jobs", "1", "--no-cache")
    assert expected[0] == 2
    assert len(expected[1]) > 1_000
    for options in (("--jobs", "3", "--no-cache"), ("--jobs", "2"), ("--jobs", "2"), ("--jobs", "1"), ()):
        assert whysafe(project, *command, *day, *options) == expected


LOADED = """-c import sys
from whysafe.cli.main import main
try:
    main(sys.argv[1:])
finally:
    sys.stdout.write("\\n" + " ".join({name.partition(".")[0] for name in sys.modules}))"""


def test_a_second_scan_loads_no_parser(project):
    for name in ("broken.py", "latin.py"):
        (project / name).unlink()
    _, first, _ = whysafe(project, "check", "--jobs", "1", program=LOADED)
    _, second, _ = whysafe(project, "check", program=LOADED)
    _, listed, _ = whysafe(project, "ledger", program=LOADED)
    assert "libcst" in first.decode().splitlines()[-1].split()
    assert "libcst" not in second.decode().splitlines()[-1].split()
    assert "libcst" not in listed.decode().splitlines()[-1].split()
    assert first.splitlines()[:-1] == second.splitlines()[:-1]


def test_a_cache_that_cannot_be_used_is_said_once(project):
    (project.parent / "cache").write_text("no folder", encoding="utf-8")
    status, _, err = whysafe(project, "check", "--jobs", "2")
    assert status == 2
    (line,) = err.decode().splitlines()
    assert f"The cache folder {project.parent / 'cache'} is not used: it cannot be made: " in line


def test_the_cache_lies_where_it_is_said_and_is_cleared_on_demand(project):
    place = project.parent / "mine"
    whysafe(project, "check", "--cache-dir", str(place))
    assert list((place / "facts").glob("*.lines"))
    assert not (project.parent / "cache").exists()
    status, out, _ = whysafe(project, "cache", "clear", "--cache-dir", str(place))
    assert (status, out.decode().endswith(f"MB were removed from {place}.\n")) == (0, True)
    assert not list((place / "facts").glob("*.lines"))
    assert whysafe(project, "cache", "dir")[1].decode() == f"{project.parent / 'cache'}\n"


def test_without_the_cache_nothing_is_kept(project):
    whysafe(project, "check", "--no-cache")
    assert not (project.parent / "cache").exists()


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "1.5", "100000"])
def test_a_number_of_processes_that_is_none(jobs, capsys):
    with pytest.raises(SystemExit) as left:
        main(["check", f"--jobs={jobs}"])
    assert left.value.code == 2
    assert "is no number of processes" in capsys.readouterr().err


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


def eventually(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this did not come to pass"
        time.sleep(0.01)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_scan_that_is_ended_leaves_no_process(tmp_path, number):
    for name in range(300):
        (tmp_path / f"m{name}.py").write_text(f"x = {name}\n" + "y = eval(x) + eval(x)\n" * 500, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "whysafe", "check", "--jobs", "2", "--no-cache"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    children = []

    def has_children():
        children[:] = children_of(process.pid)
        return len(children) == 2

    eventually(has_children)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert (out, err) == (b"", b"")
    eventually(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def test_a_cache_of_rules_that_have_changed_is_not_used(project, tmp_path):
    """The same scan with a copy of whysafe in which one message differs."""
    before = messages(whysafe(project, "check", "--format", "json"))
    shutil.copytree(Path(package.__file__).parent, tmp_path / "copy" / "whysafe")
    old, new = "runs code that its data asks for", "is another message now"
    copy = tmp_path / "copy"
    for path in (copy / "whysafe" / "rules").glob("*.py"):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    changed = f"-c import sys; sys.path.insert(0, {str(copy)!r})\nfrom whysafe.cli.main import main; main()"
    after = messages(whysafe(project, "check", "--format", "json", program=changed))
    assert after == {message.replace(old, new) for message in before}
    assert after != before


def messages(ran):
    return {finding["message"] for finding in json.loads(ran[1])["findings"]}
