"""The pool: what one process cannot do, its text pays for alone, and nobody is left behind."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
from whysafe.scanning import pool as pools
from whysafe.scanning.analysed import unpack
from whysafe.scanning.frames import DEFECT, FACTS, UNREADABLE
from whysafe.scanning.pool import Pool, describe


@pytest.fixture
def pool(started):
    made = []

    def make(jobs=2):
        made.append(Pool(jobs, started))
        return made[-1]

    yield make
    for one in made:
        one.close()


def answers(pool, *texts):
    tasks = [pool.submit(text) for text in texts]
    for task in tasks:
        pool.wait(task)
    return [(task.kind, task.body.decode()) for task in tasks]


def test_texts_are_answered_each_by_its_own_facts(pool):
    texts = [b"eval(x)\n" * count for count in range(40)]
    found = answers(pool(), *texts)
    assert [kind for kind, _ in found] == [FACTS] * 40
    assert [len(unpack(body.encode()).facts.findings) for _, body in found] == list(range(40))


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (b"RAISE", DEFECT, "whysafe failed on this file (RuntimeError: the engine fell over)"),
        (b"EXIT", DEFECT, "whysafe failed on this file: the analysis process exited with status 3"),
        (b"CRASH", DEFECT, "whysafe failed on this file: the analysis process was ended by signal"),
        (b"\xff", UNREADABLE, "Line 1 holds the byte 0xff"),
    ],
)
def test_a_text_that_fails_costs_only_itself(pool, text, kind, words):
    found = answers(pool(), b"eval(a)", text, b"eval(b)", text, b"eval(c)", b"eval(d)")
    assert [one for one, _ in found] == [FACTS, kind, FACTS, kind, FACTS, FACTS]
    assert words in found[1][1]


@pytest.mark.skipif(sys.platform == "win32", reason="this system limits no processor time")
def test_a_text_that_takes_too_long_is_stopped_by_the_system(pool):
    found = answers(pool(1), b"eval(a)", b"SPIN", b"eval(b)")
    assert [kind for kind, _ in found] == [FACTS, DEFECT, FACTS]
    assert "took too much time" in found[1][1]


def test_where_no_processor_time_is_limited_the_clock_stops_it(pool, monkeypatch):
    monkeypatch.setattr(pools, "processor_seconds", lambda _size: 0.05)
    monkeypatch.setattr(pools, "WATCH_SECONDS", 0.01)
    running = pool(1)
    (warm,) = [running.submit(b"eval(a)")]
    monkeypatch.setattr(pools, "PATIENCE", 1_000)
    running.wait(warm)
    monkeypatch.setattr(pools, "PATIENCE", 1)
    spinning = running.submit(b"SPIN")
    running.wait(spinning)
    assert spinning.kind == DEFECT
    assert b"took too much time" in spinning.body


def test_a_process_that_somebody_else_ended_does_not_make_its_text_an_error(pool, tmp_path):
    text = f"ONCE:{tmp_path / 'seen'} eval(x)".encode()
    assert [kind for kind, _ in answers(pool(), text, b"eval(b)")] == [FACTS, FACTS]


def test_after_the_end_there_is_no_process(pool, started):
    running = pool(3)
    running.submit(b"SPIN")
    running.submit(b"eval(x)")
    running.close()
    assert len(started.children) == 3
    assert started.all_have_ended()


def test_a_lock_that_an_interrupt_left_taken_holds_nobody_up(pool, started):
    running = pool(3)
    running.submit(b"SPIN")
    running._changed.acquire()
    running.close()
    assert not any(thread.is_alive() for thread in running._threads)
    assert started.all_have_ended()


def test_where_no_process_can_be_started_any_more_every_text_gets_an_answer(pool, monkeypatch):
    running = pool(2)

    def full(_ours):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(running, "_start", full)
    found = answers(running, *[b"EXIT"] * 4)
    assert {kind for kind, _ in found} == {DEFECT}


def test_fewer_processes_than_wanted_will_do(started):
    def two_at_most(ours):
        if len(started.children) == 2:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return started(ours)

    small = Pool(5, two_at_most)
    try:
        assert [kind for kind, _ in answers(small, b"eval(a)", b"eval(b)", b"eval(c)")] == [FACTS] * 3
    finally:
        small.close()


FORKING = """
    import os, sys, threading
    sys.path.append({folder!r})
    import scanning_engine
    from whysafe.scanning.pool import Pool, starter
    from whysafe.scanning.processes import Forked, can_fork
    assert can_fork()
    print("not written by a child")
    pool = Pool(3, starter(scanning_engine.load))
    assert all(type(slot.child) is Forked for slot in pool._slots) and not can_fork()
    tasks = [pool.submit(b"eval(x)" * count) for count in range(20)]
    for task in tasks:
        pool.wait(task)
    pids = [slot.child._pid for slot in pool._slots]
    pool.submit(b"SPIN")
    pool.close()
    for pid in pids:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            print("ended")
    print({{task.kind for task in tasks}})
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there a fork is safe")
def test_a_process_with_one_thread_is_forked():
    import scanning_engine

    program = textwrap.dedent(FORKING).format(folder=scanning_engine.__file__.rpartition("/")[0])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == ["not written by a child", "ended", "ended", "ended", "{b'f'}"]
    assert done.stderr == ""


def test_how_a_process_ended_in_words():
    assert (describe(-11), describe(3)) == ("was ended by signal 11", "exited with status 3")
