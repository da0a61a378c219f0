"""The worker is kept busy and alive, against a worker whose text says how it behaves."""

import asyncio
import datetime as dt
import os
import sys
from pathlib import Path

import pytest
from whysafe.config import Settings
from whysafe.limits import resident_bytes
from whysafe.lsp.documents import Documents
from whysafe.lsp.messages import Order
from whysafe.lsp.patience import Patience
from whysafe.lsp.supervisor import Supervisor, UnavailableError
from whysafe.syntax.position import Position, span

FAKE = [sys.executable, str(Path(__file__).with_name("fake_worker.py"))]
SECONDS = 30
HASTE = Patience(start=20, open=1, change=1, write=1, retry=0.05, retry_most=0.2)
TODAY = dt.date(2026, 11, 24)


class Bench:
    """A supervisor with one document, and everything that it has told."""

    def __init__(self, command, patience):
        self.cards, self.troubles, self.told = {}, [], 0
        self.news = asyncio.Event()
        self.documents = Documents()
        self.supervisor = Supervisor(
            self._on_facts, self.cards.update, self._on_trouble, start_command=command, patience=patience
        )
        self.supervisor.start()

    def _on_facts(self, _tracked):
        self.told += 1
        self.news.set()

    def _on_trouble(self, message):
        self.troubles.append(message)
        self.news.set()

    def open(self, text, uri="untitled:a"):
        return self.supervisor.open(self.documents.open(uri, "python", 1, text, path=None))

    def change(self, tracked, where, text):
        document = tracked.document
        edit = document.text.replace(where, text)
        document.revision = self.documents.next_revision()
        self.supervisor.changed(document.uri, [edit])

    async def settled(self, tracked):
        assert await self.supervisor.settle(tracked.document.uri, SECONDS) is tracked
        return tracked

    async def until(self, condition):
        async def wait():
            while not condition():
                self.news.clear()
                await self.news.wait()

        await asyncio.wait_for(wait(), SECONDS)

    def lines(self, tracked):
        return [finding.span.start.line for finding in tracked.visible_facts().findings]


@pytest.fixture
async def bench():
    benches = []

    def make(command=FAKE, patience=HASTE):
        benches.append(Bench(command, patience))
        return benches[-1]

    yield make
    for made in benches:
        made.supervisor.stop()


async def test_an_open_document_is_analysed_and_edits_reach_the_worker(bench):
    here = bench()
    tracked = await here.settled(here.open("eval(a)\n\nb"))
    assert here.lines(tracked) == [0]
    assert list(here.cards) == ["eval-used"]
    here.change(tracked, span(2, 0, 2, 1), "eval(b)")
    here.change(tracked, span(0, 0, 0, 0), "\n")
    await here.settled(tracked)
    assert here.lines(tracked) == [1, 3]
    assert tracked.since == []


async def test_facts_move_with_the_text_until_new_ones_are_there(bench):
    here = bench()
    tracked = await here.settled(here.open("a\neval(b)\n"))
    here.change(tracked, span(0, 0, 0, 0), "\n\n")
    assert not tracked.settled.is_set()
    assert here.lines(tracked) == [3]


async def test_a_worker_that_lost_its_text_gets_it_again(bench):
    here = bench()
    tracked = await here.settled(here.open("WRONG eval(a)"))
    here.change(tracked, span(0, 0, 0, 5), "right")
    await here.settled(tracked)
    assert tracked.current
    assert tracked.fault is None
    assert here.supervisor.generation == 1


@pytest.mark.parametrize(
    ("word", "cause"),
    [("HANG", "took longer than 1 s"), ("CRASH", "exited with status 7"), ("RAISE", "a defect of whysafe")],
)
async def test_the_edit_that_kills_the_analysis_is_left_out_and_the_rest_stays(bench, word, cause):
    here = bench()
    tracked = await here.settled(here.open("eval(a)\nb\neval(c)\n"))
    here.change(tracked, span(1, 0, 1, 1), word)
    await here.settled(tracked)
    assert here.lines(tracked) == [0, 2]
    assert not any(finding.carried for finding in tracked.visible_facts().findings)
    (gap,) = tracked.visible_facts().gaps
    assert cause in gap.message
    assert gap.span == span(1, 0, 1, len(word))

    here.change(tracked, span(0, 0, 0, 0), "x = eval(z)\n")
    await here.settled(tracked)
    assert here.lines(tracked) == [0, 1, 3]
    assert tracked.visible_facts().gaps[0].span == span(2, 0, 2, len(word))

    here.change(tracked, span(2, 0, 2, len(word)), "eval(b)")
    await here.until(lambda: tracked.fault is None)
    assert here.lines(tracked) == [0, 1, 2, 3]
    assert tracked.deaths == 0


async def test_other_documents_survive_the_death_of_the_worker(bench):
    here = bench()
    other = await here.settled(here.open("eval(a)\n", "untitled:other"))
    killer = await here.settled(here.open("CRASH"))
    assert killer.given_up
    here.change(other, span(0, 0, 0, 0), "\n")
    await here.settled(other)
    assert here.lines(other) == [1]
    assert here.supervisor.generation == 2


async def test_a_document_that_kills_on_opening_is_given_up_until_it_changes(bench):
    here = bench()
    tracked = await here.settled(here.open("HANG\neval(a)"))
    assert tracked.given_up
    assert tracked.visible_facts().gaps[0].span == span(0, 0, 0, 4)
    here.change(tracked, span(0, 0, 0, 4), "calm")
    await here.until(lambda: not tracked.given_up)
    assert here.lines(tracked) == [1]
    assert here.troubles == []


async def test_what_kills_even_without_its_region_is_given_up(bench):
    here = bench()
    tracked = await here.settled(here.open("a\nb\n"))
    document = tracked.document
    edits = [document.text.replace(span(0, 0, 0, 1), "HANG")]
    document.revision = here.documents.next_revision()
    here.supervisor.changed(document.uri, edits)
    document.text.replace(span(1, 0, 1, 1), "CRASH")
    await here.settled(tracked)
    assert tracked.given_up


async def test_deaths_in_a_row_are_told_once(bench):
    here = bench()
    tracked = here.open("CRASH\na")
    for number in range(6):
        await here.settled(tracked)
        told = here.told
        here.change(tracked, span(1, 0, 1, 1), str(number))
        await here.until(lambda before=told: here.told > before)
    assert len(here.troubles) == 1
    assert "in a row" in here.troubles[0]


async def test_a_restart_tries_everything_again(bench):
    here = bench()
    tracked = await here.settled(here.open("HANG\neval(a)"))
    tracked.document.text.replace(span(0, 0, 0, 4), "calm")
    here.supervisor.restart()
    await here.settled(tracked)
    assert not tracked.given_up
    assert here.lines(tracked) == [1]


@pytest.mark.parametrize("how", ["exit-at-once", "never-ready"])
async def test_a_worker_that_does_not_start_is_told_and_shown(bench, how):
    patience = Patience(start=0.5, retry=0.01, retry_most=0.02)
    here = bench([*FAKE, how], patience)
    tracked = here.open("eval(a)")
    await here.until(lambda: len(here.troubles) == 1)
    assert "does not start" in tracked.visible_facts().gaps[0].message


async def test_a_command_that_does_not_exist_is_told(bench):
    here = bench(["/nonexistent/python"], Patience(retry=0.01, retry_most=0.02))
    here.open("eval(a)")
    await here.until(lambda: len(here.troubles) == 1)


async def test_a_worker_that_is_killed_while_idle_is_replaced(bench):
    here = bench()
    tracked = await here.settled(here.open("eval(a)\n"))
    told = here.told
    os.kill(here.supervisor.worker_pid, 9)
    await here.until(lambda: here.told > told)
    assert here.supervisor.generation == 2
    here.change(tracked, span(0, 0, 0, 0), "\n")
    await here.settled(tracked)
    assert here.lines(tracked) == [1]


async def test_a_worker_with_too_much_memory_is_replaced(bench):
    here = bench(patience=Patience(memory=1))
    tracked = await here.settled(here.open("eval(a)\n"))
    here.change(tracked, span(0, 0, 0, 0), "\n")
    await here.settled(tracked)
    assert here.lines(tracked) == [1]
    if resident_bytes():
        assert here.supervisor.generation == 2
    orders = [Order("justify", Position(1, 0), "eval-used", "accepted")]
    (outcome,) = await here.supervisor.write("untitled:a", orders, Settings(), TODAY)
    assert outcome.edits[0].text == "# justify eval-used accepted\n"


async def test_orders_are_fulfilled_for_the_text_as_it_is(bench):
    here = bench()
    tracked = here.open("a\neval(b)\n")
    here.change(tracked, span(0, 0, 0, 0), "\n")
    orders = [Order("justify", Position(2, 0), "eval-used", "deferred"), Order("remove", Position(0, 0))]
    first, second = await here.supervisor.write("untitled:a", orders, Settings(), TODAY)
    assert first.edits[0].span == span(2, 0, 2, 0)
    assert first.snippet == "# ${1:reason}\n"
    assert second.edits[0].text == "# remove  \n"


async def test_orders_that_cannot_be_fulfilled_say_why(bench):
    here = bench()
    await here.settled(here.open("HANG"))
    orders = [Order("justify", Position(0, 0), "eval-used", "deferred")]
    with pytest.raises(UnavailableError, match="does not have this text"):
        await here.supervisor.write("untitled:a", orders, Settings(), TODAY)
    with pytest.raises(UnavailableError, match="not analysed"):
        await here.supervisor.write("untitled:b", orders, Settings(), TODAY)


async def test_closing_ends_all_waiting(bench):
    here = bench()
    here.open("HANG")
    waiting = asyncio.ensure_future(here.supervisor.settle("untitled:a", SECONDS))
    await asyncio.wait({waiting}, timeout=0)
    here.supervisor.close("untitled:a")
    assert await waiting is None
    other = await here.settled(here.open("eval(b)", "untitled:b"))
    assert here.lines(other) == [0]


async def test_a_worker_that_dies_of_what_nobody_asked_for_does_not_do_so_twice(bench):
    one = bench(FAKE)
    tracked = one.open("eval()\nCRASH IN A PAUSE\n")
    await one.settled(tracked)
    await one.until(lambda: one.supervisor.generation == 2)
    await one.settled(tracked)
    one.change(tracked, span(0, 0, 0, 0), "\n")
    await one.settled(tracked)
    assert one.lines(tracked) == [1]
    assert tracked.fault is None
    assert one.supervisor.generation == 2
    assert one.troubles == []
