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
    from typing import BinaryIO

FRAME_LIMIT = 1 << 30
_LENGTH = struct.Struct(">I")

# A frame or a message that is not what the other side may send.
WireError = DecodeError


def write_frame(stream: BinaryIO, message: object) -> None:
    """Write one message and flush. Raises OSError (BrokenPipeError) when the other side is gone."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """The next message, or None at the end of the stream. Raises WireError where the stream holds anything else."""
    header = _read_exactly(stream, _LENGTH.size)
    if header is None:
        return None
    (length,) = _LENGTH.unpack(header)
    if length > FRAME_LIMIT:
        raise WireError(f"a frame of {length:,} bytes is over the limit of {FRAME_LIMIT:,}")
    body = _read_exactly(stream, length)
    if body is None:
        return None
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


__all__ = ["WireError", "decode", "encode", "read_frame", "write_frame"]
