"""A log on standard error that never waits for whoever reads it.

Standard error of a server is a pipe to the editor, and an editor that does not read it would hold up whoever writes,
as soon as the pipe is full. So a thread writes; what is too much in the meantime is counted instead.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque

MOST_WAITING = 1_000
"""Records that may wait to be written."""
FLUSH_SECONDS = 1.0


class PatientHandler(logging.Handler):
    """Writes records to a file descriptor from a thread of its own."""

    def __init__(self, descriptor: int) -> None:
        """Take over a descriptor, which nobody else needs to keep open."""
        super().__init__()
        self._descriptor = descriptor
        self._waiting: deque[str] = deque()
        self._dropped = 0
        self._writing = False
        self._changed = threading.Condition()
        threading.Thread(target=self._write_all, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a record, or count it where too many wait already; never blocks."""
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001 - as in the handlers of `logging`: a bad record is no reason to fail
            self.handleError(record)
            return
        with self._changed:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(text)
                self._changed.notify_all()
            else:
                self._dropped += 1

    def flush(self) -> None:
        """Wait until everything is written, for a second at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._writing, FLUSH_SECONDS)

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                lines, self._writing = list(self._waiting), True
                self._waiting.clear()
                if self._dropped:
                    lines.append(f"({self._dropped} more were not written, because nobody read the log)")
                    self._dropped = 0
            self._write("\n".join([*lines, ""]).encode("utf-8", "backslashreplace"))
            with self._changed:
                self._writing = False
                self._changed.notify_all()

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError:
            return  # Nobody is there any more to read the log.
