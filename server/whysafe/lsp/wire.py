"""How main process and worker speak: frames of JSON over pipes.

JSON, and no pickle, because the worker digests hostile text: whatever happens to it, what it sends is only data.
Text is escaped to ASCII, so that a lone surrogate survives. Loads neither libcst nor pygls.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

from whysafe.encoding import DecodeError, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

FRAME_LIMIT = 1 << 30
_LENGTH = struct.Struct(">I")

# A frame or a message that is not what the other side may send.
WireError = DecodeError


def frame(message: object) -> bytes:
    """The frame of one message."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    return _LENGTH.pack(len(body)) + body


def write_frame(stream: BinaryIO, message: object) -> None:
    """Write one message and flush. Raises OSError (BrokenPipeError) when the other side is gone."""
    stream.write(frame(message))
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """The next message, or None at the end of the stream. Raises WireError where the stream holds anything else."""
    header = _read_exactly(stream, _LENGTH.size)
    if header is None:
        return None
    body = _read_exactly(stream, _length(header))
    return None if body is None else _message(body)


class Incoming:
    """Messages in a stream that is read in parts, as they come."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """The messages that are complete with this part. Raises WireError where the stream holds anything else."""
        buffer = self._buffer
        buffer += data
        while len(buffer) >= _LENGTH.size:
            end = _LENGTH.size + _length(buffer[: _LENGTH.size])
            if len(buffer) < end:
                return
            body = bytes(buffer[_LENGTH.size : end])
            del buffer[:end]
            yield _message(body)


def _length(header: bytes | bytearray) -> int:
    length: int = _LENGTH.unpack(header)[0]
    if length > FRAME_LIMIT:
        raise WireError(f"a frame of {length:,} bytes is over the limit of {FRAME_LIMIT:,}")
    return length


def _message(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise WireError(f"a frame holds no JSON: {error}") from error


def _read_exactly(stream: BinaryIO, length: int) -> bytes | None:
    parts = []
    while length:
        part = stream.read(length)
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


__all__ = ["Incoming", "WireError", "decode", "encode", "frame", "read_frame", "write_frame"]
