"""What the engine said of texts, kept on disk under a digest of the text and of the engine.

Entries are lines: key, day of the last use, checksum, and the data. A line that is not as it was written is no entry,
and neither is one that does not decode. Lines lie in shards by the first byte of their key, so that a scan reads a few
files and not one for each text. A shard is replaced as a whole by a rename, so that nobody ever sees half of one; of
two scans at once, the later one keeps what the earlier one wrote before it. What goes wrong with the folder costs time,
and no result: `trouble` says it once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whysafe.scanning.cache_folder import FACTS, UnusableError, prepared
from whysafe.scanning.identity import engine_identity

if TYPE_CHECKING:
    from pathlib import Path

SHARDS = 64
SHARD_LIMIT = 1 << 20
"""Bytes of a shard, of which there are 64: the cache never holds more than 64 MB. The least recently used goes."""

ENTRY_LIMIT = SHARD_LIMIT // 2
UNSAVED_LIMIT = 2 << 20
DAY = 86_400
KEY_LENGTH = 32  # hexadecimal digits
_DAY_LENGTH = 6
_HEAD_LENGTH = KEY_LENGTH + 1 + _DAY_LENGTH + 1 + 16 + 1  # with the checksum, and a blank after each
_TEMPORARY = ".new-"


@dataclass(slots=True)
class _Shard:
    """The lines of a file by key, and which of them are newer than the file."""

    lines: dict[bytes, bytes]
    changed: set[bytes] = field(default_factory=set)


class Cache:
    """One scan's view of the cache. `get` and `put` raise nothing; `save` writes what is new."""

    def __init__(self, folder: Path, identity: bytes | None = None, today: int | None = None) -> None:
        """`identity` is the engine's, `today` the number of the day since 1970; both are found out by default."""
        self.trouble: str | None = None
        self._today = b"%06d" % (int(time.time() // DAY) if today is None else today)
        self._identity = identity or engine_identity() or b""
        self._shards: dict[int, _Shard] = {}
        self._unsaved = 0
        self._facts: Path | None = None
        try:
            self._facts = prepared(folder)
        except UnusableError as error:
            self._stop(f"The cache folder {folder} is not used: {error}.")
        if not self._identity:
            self._stop("The cache is not used: the installation of whysafe cannot be read.")

    def key(self, kind: bytes, content: bytes = b"") -> bytes:
        """The key of what this engine says of some content, or of what it says at all; `kind` is at most 16 bytes."""
        digest = hashlib.blake2b(content, digest_size=KEY_LENGTH // 2, key=self._identity, person=kind)
        return digest.hexdigest().encode("ascii")

    def get(self, key: bytes) -> bytes | None:
        """The data that was put there, exactly as it was; None without an entry, or with a damaged one."""
        if self._facts is None:
            return None
        shard = self._shard(key)
        line = shard.lines.get(key)
        if line is None:
            return None
        data = _data(line)
        if data is None:
            del shard.lines[key]
        elif _day(line) != self._today:
            self._set(shard, key, data)
        return data

    def put(self, key: bytes, data: bytes) -> None:
        """Keep data, which is one line without its end; what is very large is not kept."""
        if self._facts is None or len(data) > ENTRY_LIMIT:
            return
        self._set(self._shard(key), key, data)
        self._unsaved += len(data)
        if self._unsaved > UNSAVED_LIMIT:
            self.save()

    def drop(self, key: bytes) -> None:
        """Forget an entry that turned out to be of no use; it will be put again."""
        if self._facts is not None:
            self._shard(key).lines.pop(key, None)

    def save(self) -> None:
        """Write the shards that have changed, each as a whole."""
        if self._facts is not None and any(shard.changed for shard in self._shards.values()):
            _remove_leftovers(self._facts)
        for number, shard in self._shards.items():
            if shard.changed and self._facts is not None:
                self._write(number, shard, self._facts)
        self._unsaved = 0

    def _set(self, shard: _Shard, key: bytes, data: bytes) -> None:
        shard.lines[key] = b"%b %b %b %b" % (key, self._today, _checksum(key, self._today, data), data)
        shard.changed.add(key)

    def _shard(self, key: bytes) -> _Shard:
        number = int(key[:2], 16) % SHARDS
        if number not in self._shards:
            self._shards[number] = _Shard(self._read(number))
        return self._shards[number]

    def _read(self, number: int) -> dict[bytes, bytes]:
        """The lines of a shard as it is on disk now, by key; they are not checked yet."""
        if self._facts is None:
            return {}
        try:
            content = _content(self._facts / _name(number))
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._stop(f"The cache in {self._facts} is not used: it cannot be read ({error.strerror}).")
            return {}
        return {line[:KEY_LENGTH]: line for line in content.split(b"\n") if line}

    def _write(self, number: int, shard: _Shard, facts: Path) -> None:
        """Replace a shard by what is on disk now, with what has changed since it was read."""
        lines = {key: line for key, line in self._read(number).items() if _data(line) is not None}
        lines.update((key, shard.lines[key]) for key in shard.changed if key in shard.lines)
        kept = _most_recent(lines)
        try:
            _replace(facts / _name(number), b"".join([line + b"\n" for line in kept]))
        except OSError as error:
            self._stop(f"The cache in {facts} is not kept: it cannot be written ({error.strerror}).")
        shard.changed.clear()

    def _stop(self, trouble: str) -> None:
        self.trouble = self.trouble or trouble
        self._facts = None


def _checksum(key: bytes, day: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(day + data, digest_size=8, key=key).hexdigest().encode("ascii")


def _day(line: bytes) -> bytes:
    return line[KEY_LENGTH + 1 : KEY_LENGTH + 1 + _DAY_LENGTH]


def _data(line: bytes) -> bytes | None:
    """The data of a line, if it is as it was written."""
    data = line[_HEAD_LENGTH:]
    key, day = line[:KEY_LENGTH], _day(line)
    return data if line == b"%b %b %b %b" % (key, day, _checksum(key, day, data), data) else None


def _most_recent(lines: dict[bytes, bytes]) -> list[bytes]:
    """The entries that a shard has room for: those that were used last."""
    size = sum(map(len, lines.values())) + len(lines)
    if size <= SHARD_LIMIT:
        return list(lines.values())
    kept, room = [], SHARD_LIMIT
    for line in sorted(lines.values(), key=_day, reverse=True):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept


def _name(number: int) -> str:
    return f"{number:02x}.lines"


def _content(path: Path) -> bytes:
    """What a shard holds, as far as it can be one of ours. Never waits for a pipe. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        return file.read(2 * SHARD_LIMIT)


def _replace(path: Path, content: bytes) -> None:
    """Put a file in place as a whole. Raises OSError, after which nothing of it is left."""
    descriptor, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)  # noqa: PTH105 - the same, without a second object for each path
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - as above
        raise


def _remove_leftovers(facts: Path) -> None:
    """Remove what scans left behind that were ended while they wrote; what another one is writing now is younger."""
    with contextlib.suppress(OSError), os.scandir(facts) as entries:
        for entry in list(entries):
            if entry.name.startswith(_TEMPORARY) and time.time() - entry.stat(follow_symlinks=False).st_mtime > DAY:
                os.unlink(entry.path)  # noqa: PTH108 - as above


def clear(folder: Path) -> int:
    """Remove every entry of the cache in a folder; how many bytes they took. Files of others stay. Raises OSError."""
    facts = folder / FACTS
    names = {_name(number) for number in range(SHARDS)}
    freed = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(facts) as entries:
        for entry in list(entries):
            if entry.name in names or entry.name.startswith(_TEMPORARY):
                freed += entry.stat(follow_symlinks=False).st_size
                os.unlink(entry.path)  # noqa: PTH108 - as above
    return freed
