"""A scan: the same answer whatever the number of processes and the state of the cache, and each text once."""

from __future__ import annotations

import contextlib
import sys
import threading
import time

import pytest
import scanning_engine
from whysafe.config import Settings, vocabulary
from whysafe.deep_stack import DeepThread
from whysafe.scanning import examine as scans
from whysafe.scanning import local
from whysafe.scanning.cache import Cache
from whysafe.scanning.frames import DEFECT, FACTS
from whysafe.scanning.walk import Scan, SettingsOf, candidates

TEXTS = {
    **{f"m{number:02}.py": "x = 1\n" * number + "eval(x)\n" * (number % 3) for number in range(60)},
    "m05.py": "RAISE",
    "m11.py": b"\xff",
    "m17.py": "EXIT",
    "m23.py": "",
}


@pytest.fixture
def found(project_folder):
    """Fill the project, and list the files in it."""

    def fill(texts=TEXTS):
        for name, text in texts.items():
            (project_folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        scan = Scan()
        return list(candidates(["."], SettingsOf(Settings(), vocabulary(()), False, scan.problems), scan))

    return fill


@pytest.fixture
def cache(tmp_path):
    return lambda: Cache(tmp_path / "cache", b"one engine")


def outcome(analysis, files):
    return [(one.candidate.shown, one.analysed, one.error) for one in analysis.examine(files)]


def test_the_result_does_not_depend_on_the_number_of_processes(found, analysis):
    texts = {name: text for name, text in TEXTS.items() if text != "EXIT"}
    files = found(texts)
    alone = outcome(analysis(jobs=1), files)
    assert [name for name, _, _ in alone] == sorted(texts)
    assert [name for name, analysed, _ in alone if analysed is None] == ["m05.py", "m11.py"]
    assert outcome(analysis(jobs=2), files) == alone
    assert outcome(analysis(jobs=5), files) == alone


def test_a_text_that_ends_its_process_is_the_only_one_without_facts(found, analysis):
    errors = {name: error for name, analysed, error in outcome(analysis(jobs=2), found()) if analysed is None}
    assert sorted(errors) == ["m05.py", "m11.py", "m17.py"]
    assert errors["m17.py"].startswith("whysafe failed on this file")


def test_few_files_start_no_process(found, analysis, started, monkeypatch):
    monkeypatch.setattr(scans, "POOL_WORTH", 200_000)
    files = found({name: text for name, text in TEXTS.items() if text != "EXIT"})
    assert len(outcome(analysis(jobs=4), files)) == len(files)
    assert started.children == []


def test_where_no_process_can_be_started_this_one_does_it(found, analysis):
    def full(_ours):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    files = found({"a.py": "eval(x)\n", "b.py": "eval(y)\n"})
    assert [error for _, _, error in outcome(analysis(jobs=4, start=full), files)] == [None, None]


def test_nothing_is_parsed_twice(found, analysis, cache):
    files = found({name: text for name, text in TEXTS.items() if text not in ("EXIT", "RAISE", b"\xff")})
    first = analysis(jobs=2, cache=cache())
    expected = outcome(first, files)
    assert first.parsed == len(files)
    again = analysis(jobs=2, cache=cache(), load=lambda: pytest.fail("the engine is not needed"))
    assert outcome(again, files) == expected
    assert again.parsed == 0


def test_one_changed_file_is_parsed_alone(found, analysis, cache):
    outcome(analysis(jobs=2, cache=cache()), found({"a.py": "eval(x)\n", "b.py": "x = 1\n", "c.py": "y = 1\n"}))
    again = analysis(cache=cache())
    files = found({"b.py": "eval(x)\neval(y)\n"})
    assert [len(analysed.facts.findings) for _, analysed, _ in outcome(again, files)] == [1, 2, 0]
    assert again.parsed == 1


def test_what_failed_is_tried_again(found, analysis, cache):
    for _ in range(2):
        again = analysis(cache=cache())
        assert outcome(again, found({"a.py": "RAISE"}))[0][2] is not None
        assert again.parsed == 1


HOSTILE = [b"", b"{}", b"[]", b"[" * 100_000, b"\xff", b"[[[],[],[],false,[]],[]", b"[[[5],[],[],false,[]],[]]", b"NaN"]


@pytest.mark.parametrize("data", HOSTILE)
def test_an_entry_that_was_written_by_somebody_else_is_not_believed(found, analysis, cache, data):
    files = found({"a.py": "eval(x)\n"})
    forged = cache()
    forged.put(forged.key(b"facts", b"eval(x)\n"), data)
    forged.put(forged.key(b"cards"), data)
    forged.save()
    again = analysis(cache=cache())
    assert len(outcome(again, files)[0][1].facts.findings) == 1
    assert again.cards() == scanning_engine.cards()
    again.cache.save()
    assert len(cache().get(forged.key(b"facts", b"eval(x)\n"))) > 50
    assert len(cache().get(forged.key(b"cards"))) > 50


def test_the_catalogue_is_kept_too(analysis, cache):
    first = analysis(cache=cache())
    assert first.cards() == scanning_engine.cards()
    first.cache.save()
    again = analysis(cache=cache(), load=lambda: pytest.fail("the engine is not needed"))
    assert again.cards() == scanning_engine.cards()


def test_an_unusable_cache_changes_no_result(found, analysis, tmp_path):
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")
    files = found({"a.py": "eval(x)\n"})
    broken = analysis(cache=Cache(tmp_path / "cache"))
    assert outcome(broken, files) == outcome(analysis(), files)
    assert broken.cache.trouble


def test_reading_goes_no_further_ahead_than_the_bound(found, analysis, monkeypatch):
    monkeypatch.setattr(scans, "AHEAD_FILES", 4)
    taken = []

    def counted(files):
        for file in files:
            taken.append(file)
            yield file

    files = found()
    handed_out = 0
    for _ in analysis(jobs=2).examine(counted(files)):
        handed_out += 1
        assert len(taken) - handed_out <= 4
    assert handed_out == len(files)


def test_a_file_that_vanishes_after_it_was_listed_is_an_error_of_its_own(found, analysis):
    files = found({"a.py": "x = 1\n", "b.py": "x = 1\n"})
    files[0].path.unlink()
    (gone, _, error), (_, analysed, _) = outcome(analysis(), files)
    assert (gone, analysed is None) == ("a.py", False)
    assert "cannot be opened: No such file" in error


def test_a_file_that_is_too_large_is_an_error_and_is_not_read(found, analysis, project_folder):
    files = found({"a.py": "x = 1\n", "b.py": "x = 1\n"})
    with (project_folder / "a.py").open("ab") as file:
        file.truncate(100 << 20)
    began = time.process_time()
    (_, _, error), (_, analysed, _) = outcome(analysis(), files)
    assert time.process_time() - began < 1
    assert "more than 10,485,760 bytes" in error
    assert analysed is not None


def test_after_a_scan_that_was_left_early_no_process_is_there(found, analysis, started):
    scan = analysis(jobs=2).examine(found({name: text for name, text in TEXTS.items() if text != "EXIT"}))
    next(scan)
    scan.close()
    assert len(started.children) == 2
    assert started.all_have_ended()


def test_in_this_process_an_analysis_that_takes_too_long_is_stopped():
    with contextlib.closing(DeepThread()) as thread:
        kind, body = local.analyse(b"SPIN", scanning_engine.load, thread, allowed=lambda _size: 0.1)
        assert kind == DEFECT
        assert b"took more than 0 s of a processor" in body
        assert local.analyse(b"eval(x)", scanning_engine.load, thread)[0] == FACTS


def test_all_files_are_analysed_in_one_thread(found, analysis):
    threads = []

    class Engine:
        def analyse(self, text):
            threads.append(threading.current_thread())
            return scanning_engine.load().analyse(text)

    texts = {f"file_{number}.py": f"eval({number})\n" for number in range(5)}
    assert len(list(analysis(jobs=1, load=Engine).examine(found(texts)))) == 5
    assert threads == [threads[0]] * 5
    assert threads[0] is not threading.current_thread()
    threads[0].join(30)
    assert not threads[0].is_alive()


def test_analysis_in_this_process_leaves_its_limits_as_they_were():
    before = limits_of_this_process()
    with contextlib.closing(DeepThread()) as thread:
        assert local.analyse(b"eval(x)", scanning_engine.load, thread)[0] == FACTS
    assert limits_of_this_process() == before


def limits_of_this_process():
    if sys.platform == "win32":
        return sys.getrecursionlimit(), None
    import resource

    return sys.getrecursionlimit(), resource.getrlimit(resource.RLIMIT_CPU)
