"""The log on standard error: complete where it is read, and never waited for where it is not."""

import logging
import os
import select

import pytest
from whysafe.lsp.patient_log import MOST_WAITING, PatientHandler

SECONDS = 30


def record(text):
    return logging.LogRecord("whysafe", logging.WARNING, __file__, 1, text, (), None)


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    for descriptor in (reading, writing):
        os.close(descriptor)


def test_records_are_written_in_order(pipe):
    reading, writing = pipe
    handler = PatientHandler(writing)
    for number in range(100):
        handler.emit(record(f"line {number} \ud800"))
    handler.flush()
    lines = os.read(reading, 1 << 16).decode().splitlines()
    assert lines == [f"line {number} \\ud800" for number in range(100)]


def test_what_is_too_much_is_counted(pipe):
    reading, writing = pipe
    handler = PatientHandler(writing)
    sent = 5 * MOST_WAITING
    for _ in range(sent):
        handler.emit(record("x" * 1_000))
    written = dropped = 0
    text = b""
    while written + dropped < sent:
        assert select.select([reading], [], [], SECONDS)[0], "nothing more is written"
        text += os.read(reading, 1 << 16)
        *lines, text = text.split(b"\n")
        counts = [int(line[1:].split()[0]) for line in lines if line.startswith(b"(")]
        written, dropped = written + len(lines) - len(counts), dropped + sum(counts)
    assert written + dropped == sent
    assert written <= 3 * MOST_WAITING


def test_a_log_that_nobody_can_read_any_more_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    handler = PatientHandler(writing)
    handler.emit(record("lost"))
    handler.flush()
    handler.emit(record("lost"))
    handler.flush()
    os.close(writing)
