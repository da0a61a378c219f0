"""The cache: what was put is got, whatever is damaged is no entry, and no trouble with it stops a scan."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.scanning import cache as caches
from whysafe.scanning import cache_folder
from whysafe.scanning.cache import Cache, clear
from whysafe.scanning.cache_folder import default_folder
from whysafe.scanning.identity import engine_identity

ENGINE = b"one engine"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


def opened(folder, identity=ENGINE, today=20_000):
    return Cache(folder, identity, today)


def kept(folder, contents, **options):
    """Put data for contents, save, and return the keys."""
    cache = opened(folder, **options)
    keys = [cache.key(b"facts", content) for content in contents]
    for key, content in zip(keys, contents, strict=True):
        cache.put(key, b"data of " + content)
    cache.save()
    assert cache.trouble is None
    return keys


def found(folder, keys, **options):
    cache = opened(folder, **options)
    return [cache.get(key) for key in keys]


def shards(folder):
    return sorted((folder / "facts").glob("*.lines"))


def test_what_was_put_is_there_for_the_next_scan(folder):
    contents = [b"%d" % number for number in range(500)]
    keys = kept(folder, contents)
    assert found(folder, keys) == [b"data of " + content for content in contents]
    assert len(shards(folder)) <= caches.SHARDS


def test_another_engine_another_kind_and_another_content_find_nothing(folder):
    (key,) = kept(folder, [b"x"])
    other = opened(folder, identity=b"another engine")
    assert other.get(other.key(b"facts", b"x")) is None
    same = opened(folder)
    assert same.key(b"facts", b"x") == key
    assert same.get(same.key(b"cards", b"x")) is None
    assert same.get(same.key(b"facts", b"y")) is None


def damages(content):
    middle = len(content) // 2
    return {
        "truncated": content[:-5],
        "half written": content[:middle],
        "a bit flipped": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "another day": content[:33] + b"099999" + content[39:],
        "empty": b"",
        "binary": bytes(range(256)) * 10,
        "no line ends": content.replace(b"\n", b" "),
        "zeros": b"\0" * len(content),
    }


@pytest.mark.parametrize("damage", list(damages(b"x" * 80)))
def test_a_damaged_entry_is_no_entry_and_is_written_anew(folder, damage):
    (key,) = kept(folder, [b"x"])
    (shard,) = shards(folder)
    shard.write_bytes(damages(shard.read_bytes())[damage])
    assert found(folder, [key]) == [None]
    kept(folder, [b"x"])
    assert found(folder, [key]) == [b"data of x"]
    assert len(shard.read_bytes().splitlines()) == 1


@given(st.data())
def test_no_change_of_a_shard_makes_other_data(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("cache")
    keys = kept(folder, [b"a"])
    (shard,) = shards(folder)
    content = shard.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    shard.write_bytes(content[:start] + data.draw(st.binary(max_size=40)) + content[end:])
    assert found(folder, keys) in ([None], [b"data of a"])


def test_an_entry_of_one_text_is_none_of_another(folder):
    first, second = kept(folder, [b"x", b"y"])
    for shard in shards(folder):
        shard.write_bytes(shard.read_bytes().replace(first, second))
    assert found(folder, [second])[0] in {None, b"data of y"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_links_and_folders_in_place_of_a_shard_are_not_followed(folder, tmp_path):
    (key,) = kept(folder, [b"x"])
    (shard,) = shards(folder)
    copy = tmp_path / "copy"
    shard.rename(copy)
    os.mkfifo(shard)
    assert found(folder, [key]) == [None]
    shard.unlink()
    shard.symlink_to(copy)
    assert found(folder, [key]) == [None]
    shard.unlink()
    shard.mkdir()
    cache = opened(folder)
    assert cache.get(key) is None
    assert cache.get(key) is None


def test_two_scans_at_once_keep_what_both_have_found(folder):
    first, second = opened(folder), opened(folder)
    keys = [first.key(b"facts", b"%d" % number) for number in range(200)]
    for cache, mine in ((first, keys[:100]), (second, keys[100:])):
        assert cache.get(mine[0]) is None
        for key in mine:
            cache.put(key, b"data")
    first.save()
    second.save()
    assert found(folder, keys) == [b"data"] * 200


def test_two_processes_that_write_at_once_leave_whole_entries(folder):
    program = (
        "import sys\nfrom pathlib import Path\nfrom whysafe.scanning.cache import Cache\n"
        "for turn in range(10):\n"
        "    cache = Cache(Path(sys.argv[1]), b'one engine', 20_000)\n"
        "    for number in range(300):\n"
        "        cache.put(cache.key(b'facts', b'%d' % number), b'data of %d' % number)\n"
        "    cache.save()\n    assert cache.trouble is None, cache.trouble\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(folder)]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    cache = opened(folder)
    keys = [cache.key(b"facts", b"%d" % number) for number in range(300)]
    assert found(folder, keys) == [b"data of %d" % number for number in range(300)]
    assert not list((folder / "facts").glob(".new-*"))


def test_the_least_recently_used_goes_when_there_is_no_room(folder, monkeypatch):
    monkeypatch.setattr(caches, "SHARDS", 1)
    monkeypatch.setattr(caches, "SHARD_LIMIT", 2_000)
    contents = [b"%d" % number for number in range(40)]
    keys = kept(folder, contents[:20], today=1)
    assert found(folder, keys[:20], today=1) == [b"data of " + content for content in contents[:20]]
    used = opened(folder, today=2)
    assert used.get(keys[0]) == b"data of 0"
    used.save()
    kept(folder, contents[20:], today=2)
    left = found(folder, keys, today=2)
    assert left[0] == b"data of 0"
    assert None in left
    assert sum(shard.stat().st_size for shard in shards(folder)) <= 2_000


def test_the_use_of_an_entry_is_noted_once_a_day(folder, monkeypatch):
    (key,) = kept(folder, [b"x"], today=1)
    writes = []
    real = caches._replace
    monkeypatch.setattr(caches, "_replace", lambda *arguments: writes.append(1) or real(*arguments))
    for _ in range(3):
        cache = opened(folder, today=2)
        assert cache.get(key) == b"data of x"
        cache.save()
    assert len(writes) == 1


def test_what_is_very_large_is_not_kept(folder):
    cache = opened(folder)
    key = cache.key(b"facts", b"x")
    cache.put(key, b"x" * (caches.ENTRY_LIMIT + 1))
    cache.save()
    assert found(folder, [key]) == [None]


def test_much_that_is_new_is_written_before_the_end(folder, monkeypatch):
    monkeypatch.setattr(caches, "UNSAVED_LIMIT", 100)
    cache = opened(folder)
    key = cache.key(b"facts", b"x")
    cache.put(key, b"x" * 101)
    assert found(folder, [key]) == [b"x" * 101]


@pytest.mark.parametrize("call", ["replace", "mkstemp"])
def test_a_full_disk_is_said_once_and_stops_nothing(folder, monkeypatch, call):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    cache = opened(folder)
    monkeypatch.setattr(*{"replace": (os, "replace"), "mkstemp": (caches.tempfile, "mkstemp")}[call], full)
    keys = [cache.key(b"facts", b"%d" % number) for number in range(100)]
    for key in keys:
        cache.put(key, b"data")
    cache.save()
    assert "No space left on device" in cache.trouble
    assert str(folder) in cache.trouble
    assert cache.get(keys[0]) is None
    cache.put(keys[0], b"data")
    cache.save()
    assert not list((folder / "facts").iterdir())


def test_a_shard_that_cannot_be_read_is_said(folder, monkeypatch):
    (key,) = kept(folder, [b"x"])
    real = os.open

    def refuse(path, *arguments, **options):
        if str(path).endswith(".lines"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    cache = opened(folder)
    assert cache.get(key) is None
    assert "Permission denied" in cache.trouble


@pytest.mark.skipif(sys.platform == "win32", reason="rights are another matter there")
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722])
def test_a_folder_that_others_may_write_to_is_not_used(folder, mode):
    (key,) = kept(folder, [b"x"])
    (folder / "facts").chmod(mode)
    cache = opened(folder)
    assert cache.get(key) is None
    assert "others may write to" in cache.trouble
    assert "chmod go-w" in cache.trouble


@pytest.mark.skipif(sys.platform == "win32", reason="rights are another matter there")
def test_a_folder_of_somebody_else_is_not_used(folder, monkeypatch):
    (key,) = kept(folder, [b"x"])
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    cache = opened(folder)
    assert cache.get(key) is None
    assert "belongs to another user" in cache.trouble


@pytest.mark.skipif(sys.platform == "win32", reason="rights are another matter there")
def test_the_folder_is_private_whatever_the_mask(folder):
    mask = os.umask(0)
    try:
        kept(folder, [b"x"])
    finally:
        os.umask(mask)
    assert stat.S_IMODE((folder / "facts").stat().st_mode) == 0o700


def test_a_file_in_place_of_the_folder_is_said(folder):
    folder.mkdir()
    (folder / "facts").write_text("", encoding="utf-8")
    assert "cannot be made" in opened(folder).trouble


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights on this system")
def test_a_link_in_place_of_the_folder_is_not_followed(folder, tmp_path):
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (folder / "facts").symlink_to(tmp_path / "elsewhere")
    assert "is no folder" in opened(folder).trouble


def test_git_and_backups_leave_it_alone(folder):
    kept(folder, [b"x"])
    assert (folder / ".gitignore").read_bytes() == b"*\n"
    assert (folder / "CACHEDIR.TAG").read_bytes().startswith(b"Signature: 8a477f597d28d172789f06886806bc55\n")


def test_clearing_removes_the_entries_and_nothing_else(folder):
    keys = kept(folder, [b"%d" % number for number in range(100)])
    (folder / "facts" / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "facts" / ".new-abc").write_text("left behind", encoding="utf-8")
    assert clear(folder) > 100
    assert found(folder, keys) == [None] * 100
    assert [path.name for path in (folder / "facts").iterdir()] == ["notes.txt"]
    assert clear(folder / "nowhere") == 0


def test_leftovers_of_a_scan_that_was_ended_are_removed_later(folder):
    kept(folder, [b"x"])
    old, young = folder / "facts" / ".new-old", folder / "facts" / ".new-young"
    old.touch()
    young.touch()
    yesterday = time.time() - 2 * caches.DAY
    os.utime(old, (yesterday, yesterday))
    kept(folder, [b"y"])
    assert (old.exists(), young.exists()) == (False, True)


HOME = Path.home()


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", HOME / ".cache" / "whysafe"),
        ({"XDG_CACHE_HOME": "/x"}, "linux", Path("/x/whysafe")),
        ({"XDG_CACHE_HOME": "relative"}, "linux", HOME / ".cache" / "whysafe"),
        ({"WHYSAFE_CACHE_DIR": "/y", "XDG_CACHE_HOME": "/x"}, "linux", Path("/y")),
        ({"WHYSAFE_CACHE_DIR": "here"}, "linux", HOME / ".cache" / "whysafe"),
        ({"XDG_CACHE_HOME": "/x"}, "darwin", HOME / "Library" / "Caches" / "whysafe"),
        ({"LOCALAPPDATA": "/local"}, "win32", Path("/local/whysafe")),
        ({}, "win32", HOME / "AppData" / "Local" / "whysafe"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of other systems")
def test_where_the_cache_lies(environment, platform, expected):
    assert default_folder(environment, platform) == expected


def test_without_a_home_there_is_no_cache(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(cache_folder.Path, "home", homeless)
    assert default_folder({}, "linux") is None


def test_the_engine_is_known_by_its_sources(tmp_path, monkeypatch):
    from whysafe.scanning import identity

    package = tmp_path / "whysafe"
    (package / "scanning").mkdir(parents=True)
    module = package / "scanning" / "identity.py"
    module.write_text("", encoding="utf-8")
    rule = package / "rule.py"
    monkeypatch.setattr(identity, "__file__", str(module))

    def identity_now():
        engine_identity.cache_clear()
        return engine_identity()

    try:
        seen = set()
        for text in ("a = 1", "a = 2", "a = 2 "):
            rule.write_text(text, encoding="utf-8")
            seen.add(identity_now())
        assert len(seen) == 3
        assert len(identity_now()) == 16
        rule.unlink()
        assert identity_now() not in seen
        monkeypatch.setattr(identity, "_version_of_libcst", lambda: tmp_path / "nowhere")
        assert identity_now() is None
        assert "cannot be read" in Cache(tmp_path / "cache").trouble
    finally:
        engine_identity.cache_clear()
