"""A process that analyses one text after the other for a scan. Loads no libcst by itself."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from queue import SimpleQueue
from typing import TYPE_CHECKING

from whysafe import limits
from whysafe.scanning.analysed import pack
from whysafe.scanning.frames import DEFECT, FACTS, UNREADABLE, read_frame, write_frame
from whysafe.syntax.source import SourceError, decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from whysafe.scanning.analysed import Engine

SECONDS = 60
SECONDS_PER_MEGABYTE = 60


class OvertimeError(BaseException):
    """The analysis of a file has taken too long; no `except Exception` of the engine stops this."""


def processor_seconds(size: int) -> int:
    """How many seconds of a processor the analysis of so many bytes may take.

    This is no measure of the analysis, whose limits count work: it ends what would never end. Ordinary code takes a
    fiftieth of it, so that no slow machine gives another answer than a fast one.
    """
    return SECONDS + SECONDS_PER_MEGABYTE * size // (1 << 20)


def answer(data: bytes, load: Callable[[], Engine]) -> tuple[bytes, bytes]:
    """What is to be said of the bytes of one file: the kind of frame and its body. Whatever is raised is an answer."""
    try:
        return FACTS, pack(load().analyse(decode(data)))
    except SourceError as error:
        return UNREADABLE, str(error).encode("utf-8", "backslashreplace")
    except (OvertimeError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as failure:  # noqa: BLE001  # native code may raise what is no Exception; the scan goes on
        return DEFECT, defect(failure).encode("utf-8", "backslashreplace")


def defect(failure: BaseException) -> str:
    """An exception of the engine in a sentence for the user."""
    return f"whysafe failed on this file ({type(failure).__name__}: {str(failure)[:300]}). This is a defect of whysafe."


def serve(reader: BinaryIO, writer: BinaryIO, load: Callable[[], Engine], leave: Callable[[int], object]) -> None:
    """Answer each frame by one, in order, until the scan closes its pipe, then call `leave`.

    Reading has a thread of its own, because the end of the scan must be noticed during an analysis, too.
    """
    inbox: SimpleQueue[bytes | None] = SimpleQueue()
    threading.Thread(target=_read, args=(reader, inbox, leave), name="requests", daemon=True).start()
    while (data := inbox.get()) is not None:
        limits.allow_processor_time(processor_seconds(len(data)))
        write_frame(writer, *answer(data, load))


def _read(reader: BinaryIO, inbox: SimpleQueue[bytes | None], leave: Callable[[int], object]) -> None:
    try:
        while (frame := read_frame(reader)) is not None:
            inbox.put(frame[1])
    except (OSError, ValueError):
        pass
    inbox.put(None)
    leave(0)


def serve_on(incoming: int, outgoing: int, load: Callable[[], Engine]) -> None:
    """Serve on two file descriptors until the scan closes the first; ends the process. An interrupt is the parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reader, writer = os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    limits.limit_memory()

    def work() -> None:
        try:
            serve(reader, writer, load, os._exit)
        except BrokenPipeError:
            os._exit(0)
        except BaseException:  # noqa: BLE001  # a thread that ends alone would leave the scan waiting
            traceback.print_exc()
            os._exit(1)

    limits.run_with_deep_stack(work)


def load() -> Engine:
    """The real engine."""
    from whysafe.scanning import engine  # noqa: PLC0415 - it is loaded in the process and thread that need it

    return engine


def main() -> None:
    """Serve on standard input and output. What is printed by accident goes to standard error."""
    incoming, outgoing = os.dup(0), os.dup(1)
    sys.stdout.flush()
    serve_on(incoming, outgoing, load)
