"""From bytes to text and from text to lines."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.syntax.source import (
    SourceError,
    count_line_ends,
    decode,
    line_start,
    line_starts,
    read_source,
    split_lines,
)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x\r\ny\rz\n", "x\r\ny\rz\n"),
        ("é".encode(), "é"),
        (b"\xef\xbb\xbfx\n", "x\n"),
        (b"# coding: latin-1\n\xe9", "# coding: latin-1\né"),
        (b"#!/bin/sh\n# -*- coding: koi8-r -*-\n\xc1", "#!/bin/sh\n# -*- coding: koi8-r -*-\nа"),
        (b"#\r# coding: latin-1\r\xe9", "#\r# coding: latin-1\ré"),
        (b"\n\n# coding: nothing\n", "\n\n# coding: nothing\n"),
        (b"x = 1  # coding: nothing\n", "x = 1  # coding: nothing\n"),
        ("a\u2028b\x0cc\x85".encode(), "a\u2028b\x0cc\x85"),
    ],
)
def test_decoding(data, text):
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x\r\ny = '\xff'\n", ["Line 2", "0xff", "utf-8"]),
        (b"# coding: nothing\n", ["unknown encoding", "nothing"]),
        (b"# coding: rot13\nx", ["rot13"]),
        (b"# coding: hex\n7878", ["hex"]),
        (b"# coding: undefined\n", ["undefined"]),
        (b"# coding: punycode\nx-" + b"9" * 1_000_000, ["punycode", "not supported"]),
        (b"# coding: idna\n", ["idna", "not supported"]),
        (b"# coding: utf-16\nx", ["utf-16"]),
        (b"# coding: cp037\nx", ["cp037", "not written in it"]),
        (b"# coding: ascii\n\xe9", ["Line 2", "0xe9", "ascii"]),
        (b"\xef\xbb\xbf# coding: latin-1\n", ["byte order mark"]),
        (b"\xff\xfex\0", ["Line 1", "0xff"]),
        (b"x\n\ny\0", ["Line 3", "NUL"]),
    ],
)
def test_what_cannot_be_decoded_is_said(data, words):
    with pytest.raises(SourceError) as raised:
        decode(data)
    assert all(word in str(raised.value) for word in words), str(raised.value)
    assert str(raised.value).endswith(".")


def test_regular_files_are_read(tmp_path):
    file = tmp_path / "module.py"
    file.write_bytes(b"x\r\n")
    (tmp_path / "link.py").symlink_to(file)
    assert read_source(file) == "x\r\n"
    assert read_source(tmp_path / "link.py") == "x\r\n"


def test_large_files_are_refused(tmp_path):
    file = tmp_path / "module.py"
    file.write_bytes(b"x" * 100)
    assert len(read_source(file, limit=100)) == 100
    with pytest.raises(SourceError, match="more than 99 bytes"):
        read_source(file, limit=99)


def test_what_is_no_file_is_refused(tmp_path):
    for path, words in [
        (tmp_path, "no regular file"),
        (tmp_path / "none.py", "cannot be opened"),
        (tmp_path / "a\0b", "null"),
    ]:
        with pytest.raises(SourceError, match=words):
            read_source(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(SourceError, match="no regular file"):
        read_source(tmp_path / "pipe.py")


def test_a_descriptor_is_never_left_open(tmp_path):
    file = tmp_path / "module.py"
    file.write_bytes(b"\xff")
    first = os.open(file, os.O_RDONLY)
    os.close(first)
    for path in (tmp_path, file, tmp_path / "none.py"):
        with pytest.raises(SourceError):
            read_source(path)
    again = os.open(file, os.O_RDONLY)
    os.close(again)
    assert again == first


@given(st.text(alphabet="ab\r\n\x0b\x0c\x1c\x85\u2028"))
def test_lines(text):
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all(line.rstrip("\r\n") + line[len(line.rstrip("\r\n")) :] == line for line in lines)
    assert all(line.endswith(("\r", "\n")) for line in lines[:-1])
    assert not any(
        "\r" in body or "\n" in body for body in (line.removesuffix("\n").removesuffix("\r") for line in lines)
    )
    starts = line_starts(text)
    assert [line_start(text, line) for line in range(len(starts) + 2)] == [*starts, len(text), len(text)]
    assert len(starts) == count_line_ends(text) + 1
    ends = [*starts[1:], len(text)]
    assert [text[start:end] for start, end in zip(starts, ends, strict=True) if start < end] == lines


def written_while_read(monkeypatch, path, times):
    """Every reading of a file, so many times, finds that another program has just written to it."""
    real, left = os.read, [times]

    def read(descriptor, size):
        data = real(descriptor, size)
        if data and left[0]:
            left[0] -= 1
            with path.open("ab") as file:
                file.write(b"y\n")
        return data

    monkeypatch.setattr(os, "read", read)


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path, monkeypatch):
    path = tmp_path / "a.py"
    path.write_bytes(b"x\n")
    written_while_read(monkeypatch, path, times=1)
    assert read_source(path) == "x\ny\n"


def test_a_file_that_goes_on_changing_is_no_text(tmp_path, monkeypatch):
    path = tmp_path / "a.py"
    path.write_bytes(b"x\n")
    written_while_read(monkeypatch, path, times=1_000)
    with pytest.raises(SourceError, match="written to while it was read"):
        read_source(path)
