import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from whysafe.justifications.foreign import foreign_word, is_cookie, is_pragma, reworded

WORDS = [
    "nosec", "nosemgrep", "sast-ignore", "ignore-sast", "security-ignore", "ignore-security", "NOSONAR", "noqa",
    "false-positive", "falsepositive", "risk-accepted", "security-accepted", "security-reviewed",
    "security-exception",
    "pylint: disable=x", "type: ignore", "type:ignore", "fmt: off", "isort: skip_file", "pyright: basic",
    "ruff: noqa",
    "# nosec", "#nosec", "xNOSONARx", "pylint :disable", "pragma: no cover",
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("frame", ["{}", "we use {} here", "see ({}).", "a,{};b"])
def test_other_tools_words_are_found_and_reworded(word, frame):
    text = frame.format(word)
    assert foreign_word(text) is not None
    assert foreign_word(text.upper()) is not None
    assert foreign_word(reworded(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "nosecret", "the false alarm", "accepted risk", "type: str", "not-noqa", "a ruff: dog", "encoding",
        "positive-false",
        "any isort", "security is reviewed", "fmt: string",
    ],
)  # fmt: skip
def test_ordinary_words_are_not(text):
    assert foreign_word(text) is None
    assert reworded(text) == text


@given(
    st.lists(st.one_of(st.sampled_from([*WORDS, "#", ":", "-", "no", "sonar", "type", "ignore"]), st.text(max_size=3)))
)
@example(["#", "# nosec", "nosec"])
def test_rewording_leaves_no_order(parts):
    for glue in (" ", ""):
        assert foreign_word(reworded(glue.join(parts))) is None


@pytest.mark.parametrize(
    "line", ["# -*- coding: utf-8 -*-", "# vim: fileencoding=utf-8", "#coding=x", "# says coding: y"]
)
def test_encoding_declarations(line):
    assert is_cookie(line)


@pytest.mark.parametrize("line", ["# coding", "# coding :x", "x = 1  # coding: y", "# no declaration"])
def test_no_encoding_declarations(line):
    assert not is_cookie(line)


@pytest.mark.parametrize(
    "comment", ["# nosemgrep", "# nosemgrep: a.b", "#nosec", "# pylint: disable-next=x", "# fmt: skip"]
)
def test_pragmas(comment):
    assert is_pragma(comment)


@pytest.mark.parametrize(
    "comment", ["# prose", "#!/usr/bin/env python", "# -*- coding: utf-8 -*-", "# justified[a] x: y"]
)
def test_no_pragmas(comment):
    assert not is_pragma(comment)
