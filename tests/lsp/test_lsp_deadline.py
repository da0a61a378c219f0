"""A deadline of the worker is about the work and not about how busy the machine is."""

import asyncio
import itertools
import subprocess
import sys
import time
from pathlib import Path

import pytest
from whysafe import limits
from whysafe.lsp import patience
from whysafe.lsp.waiting import Bell, Reply

SECONDS = 30
SHORT = 0.04


@pytest.fixture
def starved(monkeypatch):
    """Pretend that a worker waits for a processor for so large a share of all time, and count the questions."""
    asked = []

    def pretend(share):
        part = SHORT / patience.GRACE_PARTS
        # Asked before and after each part.
        amounts = itertools.count(0, share * part)
        monkeypatch.setattr(limits, "starved_seconds", lambda process: asked.append(process) or next(amounts))
        return asked

    return pretend


async def test_an_answer_in_time_asks_the_system_nothing(starved):
    asked = starved(1.0)
    answer = Reply()
    asyncio.get_running_loop().call_soon(answer.give, "answer")
    await patience.wait_for(answer, 1, 30)
    assert answer.value == "answer"
    assert not asked


async def test_a_worker_that_had_its_time_gets_one_part_more(starved):
    asked = starved(patience.STARVED / 2)
    answer = Reply()
    await patience.wait_for(answer, 1, SHORT)
    assert not answer.rung
    assert len(asked) == 2


async def test_a_worker_that_got_no_processor_is_waited_for(starved):
    asked = starved(patience.STARVED * 2)
    answer = Reply()

    def come_late():
        if len(asked) < 10:
            asyncio.get_running_loop().call_later(SHORT / patience.GRACE_PARTS, come_late)
        else:
            answer.give("answer")

    come_late()
    await patience.wait_for(answer, 1, SHORT)
    assert answer.value == "answer"
    assert len(asked) >= 10


async def test_a_worker_is_not_waited_for_without_end(starved):
    asked = starved(patience.STARVED * 2)
    answer = Reply()
    await patience.wait_for(answer, 1, SHORT)
    assert not answer.rung
    assert len(asked) == 2 * patience.GRACE_PARTS * patience.MOST_GRACE


def test_a_process_that_sleeps_or_is_not_there_is_not_starved():
    program = "import sys; print('there', flush=True); sys.stdin.read()"
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"there\n"
    before = limits.starved_seconds(process.pid)
    assert limits.starved_seconds(process.pid) - before < 1
    process.communicate(b"")
    assert limits.starved_seconds(2**22 + 1) == 0


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="only Linux tells how long a process has waited")
def test_processes_that_share_a_processor_are_starved():
    spin = (
        "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); print('on', flush=True)\nwhile 1: 1"
    )
    spinning = [subprocess.Popen([sys.executable, "-c", spin], stdout=subprocess.PIPE) for _ in range(2)]
    try:
        for process in spinning:
            assert process.stdout.readline() == b"on\n"
        before = limits.starved_seconds(spinning[0].pid)
        end = time.monotonic() + SECONDS
        while limits.starved_seconds(spinning[0].pid) - before < 0.1:
            assert time.monotonic() < end
    finally:
        for process in spinning:
            process.kill()
            process.communicate()


async def test_a_bell_rings_once_and_until_it_is_taken_back():
    bell = Bell()
    bell.ring()
    await bell.wait(SECONDS)
    bell.rung = False
    await bell.wait(0.001)
    assert not bell.rung
    waiting = asyncio.ensure_future(bell.wait(SECONDS))
    await asyncio.sleep(0)
    bell.ring()
    bell.ring()
    await waiting
    assert bell.rung


async def test_of_two_answers_the_first_counts():
    answer = Reply()
    answer.give(1)
    answer.give(2)
    await answer.wait(SECONDS)
    assert answer.value == 1


async def test_whoever_waits_goes_on_in_the_next_turn_of_the_loop():
    bell, turns = Bell(), []
    waiting = asyncio.ensure_future(bell.wait(SECONDS))
    await asyncio.sleep(0)
    bell.ring()
    while not waiting.done():
        turns.append(1)
        await asyncio.sleep(0)
    assert len(turns) == 1
