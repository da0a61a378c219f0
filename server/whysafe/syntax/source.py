"""From bytes to text, and from text to lines."""

from __future__ import annotations

import codecs
import os
import re
import stat
from tokenize import detect_encoding
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LIMIT: Final = 10 << 20
"""Bytes of the largest file that is read unless the caller says otherwise."""

_READINGS: Final = 3  # how often a file that changes meanwhile is read
_HEAD: Final = 1 << 16  # where a coding cookie is looked for
_SLOW: Final = frozenset(("idna", "punycode"))  # decoders whose time grows with the square of the length
_LINE_END: Final = re.compile(r"\r\n?|\n")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


class SourceError(Exception):
    """Why a file cannot be read as Python source; the message is for the user."""


def read_source(path: Path, limit: int = LIMIT) -> str:
    """The text of a regular file, its line ends as they are, a byte order mark left out.

    Raises:
        SourceError: As `read_bytes`, or the bytes cannot be decoded.
    """
    return decode(read_bytes(path, limit))


def read_bytes(path: Path, limit: int = LIMIT) -> bytes:
    """The content of a regular file. Never waits for a pipe or a device, and reads no more than `limit` bytes.

    Raises:
        SourceError: The file cannot be opened, is no regular file, is too large, or does not stay as it is while it is
            read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise SourceError(f"The file cannot be opened: {_reason(error)}.") from error
    try:
        return _settled(descriptor, limit)
    except OSError as error:
        raise SourceError(f"The file cannot be read: {_reason(error)}.") from error
    finally:
        os.close(descriptor)


def _settled(descriptor: int, limit: int) -> bytes:
    """What the file holds, once nobody has written to it during a reading: half of one text is no text."""
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        raise SourceError("This is no regular file; only regular files are read.")
    for _ in range(_READINGS):
        if before.st_size > limit:
            raise SourceError(f"The file has more than {limit:,} bytes; files of this size are not read.")
        os.lseek(descriptor, 0, os.SEEK_SET)
        data = _read_all(descriptor, before.st_size)
        after = os.fstat(descriptor)
        if (after.st_size, after.st_mtime_ns) == (len(data), before.st_mtime_ns):
            return data
        before = after
    raise SourceError("The file was written to while it was read. Check it again when that is done.")


def _read_all(descriptor: int, size: int) -> bytes:
    """The bytes from here on: `size` of them, or one more where there are more, or fewer where there are no more."""
    parts = []
    wanted = size + 1
    while wanted > 0 and (part := os.read(descriptor, wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def decode(data: bytes) -> str:
    """The text of source bytes, by byte order mark, coding cookie (PEP 263) or else UTF-8; line ends stay as they are.

    Raises:
        SourceError: An unknown or unusable encoding, bytes that it cannot decode, or a NUL.
    """
    lines = iter(_first_lines(data))
    try:
        encoding, _ = detect_encoding(lambda: next(lines, b""))
    except SyntaxError as error:
        raise SourceError(_encoding_message(data, str(error))) from error
    if codecs.lookup(encoding).name in _SLOW:
        raise SourceError(f"This file declares the encoding {encoding!r}, which is not supported. Save it as UTF-8.")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(_undecodable(data, error, encoding)) from error
    except (LookupError, ValueError) as error:
        raise SourceError(f"This file declares the encoding {encoding!r}, which cannot decode it: {error}.") from error
    if not encoding.startswith("utf-8") and "coding" not in "".join(_LINE.findall(text, 0, _HEAD)[:2]):
        raise SourceError(f"This file declares the encoding {encoding!r}, but is not written in it. Save it as UTF-8.")
    if "\0" in text:
        line = len(_LINE_END.findall(text, 0, text.index("\0"))) + 1
        raise SourceError(f"Line {line} holds a NUL character; Python does not run such a file.")
    return text


def split_lines(text: str) -> list[str]:
    """The lines of `text` with their ends: LF, CR LF or CR, as in Python and the protocol, and nothing else.

    Put together they are `text`; an empty last line is left out.
    """
    return _LINE.findall(text)


def line_starts(text: str) -> list[int]:
    """The offsets at which the lines of `text` begin; one more than it has line ends."""
    starts = [0]
    if "\r" in text:
        starts.extend(match.end() for match in _LINE_END.finditer(text))
        return starts
    place = text.find("\n")
    while place >= 0:
        starts.append(place + 1)
        place = text.find("\n", place + 1)
    return starts


def line_start(text: str, line: int) -> int:
    """The offset at which a line of `text` begins, counted from 0; the end of the text where it has fewer lines."""
    if "\r" in text:
        starts = line_starts(text)
        return starts[line] if line < len(starts) else len(text)
    parts = text.split("\n", line)
    return len(text) - len(parts[-1]) if len(parts) > line else len(text)


def count_line_ends(text: str) -> int:
    count = text.count("\n")
    if "\r" in text:
        count += text.count("\r") - text.count("\r\n")
    return count


def _first_lines(data: bytes) -> list[bytes]:
    """The two lines in which a coding cookie may stand."""
    return re.findall(rb"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", data[:_HEAD])[:2]


def _encoding_message(data: bytes, problem: str) -> str:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if "unknown encoding" not in problem:
            return _undecodable(data, error, "utf-8")
    if data.startswith(codecs.BOM_UTF8):
        problem = "the byte order mark at the start says UTF-8, the coding line something else"
    return f"The encoding of this file is unclear: {problem}. Save it as UTF-8 and remove or correct its coding line."


def _undecodable(data: bytes, error: UnicodeDecodeError, encoding: str) -> str:
    line = len(re.findall(rb"\r\n?|\n", data[: error.start])) + 1
    return (
        f"Line {line} holds the byte 0x{data[error.start]:02x}, which is not valid {encoding} there. "
        "Save the file as UTF-8, or declare its real encoding in line 1, such as '# -*- coding: latin-1 -*-'."
    )


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).rstrip(".")
