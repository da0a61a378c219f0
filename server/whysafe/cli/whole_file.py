"""Write a file whole or not at all: whoever reads it sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class WriteError(Exception):
    """Why a file was not written; the message is the end of a sentence for the user."""


def write_whole(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
    """Put `data` in the place of the content of a file, through a new file beside it.

    The file keeps its owner and its permissions. A link is followed and stays a link. With `expected`, the file must
    hold just that now. What is no regular file, such as a terminal or a pipe, is written to as it is.

    Raises:
        WriteError: It cannot be written, or holds something else than `expected`.
    """
    try:
        target = path.resolve()
        status = target.stat() if target.exists() else None
        if expected is not None and target.read_bytes() != expected:
            raise WriteError("it was changed meanwhile; nothing was written")
        if status is not None and not stat.S_ISREG(status.st_mode):
            target.write_bytes(data)
        else:
            _replace(target, data, status)
    except OSError as error:
        raise WriteError(f"{error.strerror or error}; nothing was written") from error
    except RuntimeError as error:
        raise WriteError("its links lead in a circle; nothing was written") from error


def _replace(target: Path, data: bytes, status: os.stat_result | None) -> None:
    if status is not None and not os.access(target, os.W_OK):
        raise PermissionError(0, "it is read-only")
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:50]}.", suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if status is not None and hasattr(os, "chown"):
            with contextlib.suppress(OSError):
                # Only root may give a file to somebody else, and only root needs to.
                os.chown(name, status.st_uid, status.st_gid)
        # After the owner, because a change of owner takes special permissions away.
        os.chmod(name, 0o666 & ~_umask() if status is None else stat.S_IMODE(status.st_mode))  # noqa: PTH101 - a name
        os.replace(name, target)  # noqa: PTH105 - as above
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - as above
        raise


def _umask() -> int:
    """The permissions that new files of this process lack; reading them sets them for a moment."""
    current = os.umask(0o077)
    os.umask(current)
    return current
