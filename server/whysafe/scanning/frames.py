"""Frames between a scan and the processes that analyse for it: a kind (one byte), a length, and that many bytes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

LIMIT = 1 << 30
TEXT, FACTS, UNREADABLE, DEFECT = b"t", b"f", b"u", b"d"

_HEADER = struct.Struct(">cI")


def write_frame(stream: BinaryIO, kind: bytes, body: bytes) -> None:
    """Write one frame and flush. Raises OSError (BrokenPipeError) where the other side is gone."""
    stream.write(_HEADER.pack(kind, len(body)) + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """The next kind and body; None at the end of the stream, within a frame or not, and where it holds no frame."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack(header)
    if length > LIMIT:
        return None
    body = stream.read(length)
    return None if len(body) < length else (kind, body)
