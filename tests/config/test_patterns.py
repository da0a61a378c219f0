"""Patterns of paths: what gitignore means by them, and that none of them costs seconds."""

from __future__ import annotations

import time

import pathspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from whysafe.config.patterns import collapse, compile_patterns, refusal


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        (["build/"], "build/", True),
        (["build/"], "build/a.py", True),
        (["build/"], "build", None),
        (["*.py", "!keep.py"], "a/keep.py", False),
        (["*.py", "!keep.py"], "a/b.py", True),
        (["/a.py"], "b/a.py", None),
        (["docs/**/*.py"], "docs/x/y/a.py", True),
        (["*foo*bar*"], "a/xfooybarz.py", True),
        (["# comment", "", "a.py"], "a.py", True),
        ([r"\#a.py"], "#a.py", True),
        (["caf\u00e9*.py"], "caf\u00e9s.py", True),
    ],
)
def test_patterns_mean_what_git_means(patterns, path, expected):
    matcher, refused = compile_patterns(patterns)
    assert refused == ()
    assert matcher.match(path) is expected


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("*a*b*c*d", "4 stars"),
        ("*a*a*a*a*a*a*a", "7 stars"),
        ("a/**/b/**/c", "2 times `**`"),
        ("x" * 501, "longer than 500"),
        ("!", "no valid pattern"),
    ],
)
def test_a_costly_or_broken_pattern_is_refused_and_said(pattern, why):
    _, refused = compile_patterns(["ok.py", pattern])
    assert [(one.index, one.pattern) for one in refused] == [(1, pattern)]
    assert why in refused[0].reason


def test_a_refused_exception_never_makes_the_scan_smaller():
    matcher, _ = compile_patterns(["*.py", "!*a*b*c*d", "z.py"])
    assert matcher.match("a.py") is None
    assert matcher.match("z.py") is True


def test_many_costly_patterns_are_bounded():
    _, refused = compile_patterns([f"*{number}*a*b" for number in range(200)])
    assert len(refused) == 150
    _, refused = compile_patterns([f"name{number}" for number in range(6_000)])
    assert len(refused) == 1_000


@pytest.mark.parametrize("pattern", ["*a*a*b", "**/a/**/b", "**/a*a/**/*a*b", "*?*?*b", "[!b]*[!b]*[!b]*b"])
@pytest.mark.parametrize("path", ["a" * 255, "a/" * 500 + "c", "/".join(["a" * 250] * 15)])
def test_what_is_accepted_is_matched_quickly(pattern, path):
    assert refusal(pattern) is None
    matcher, _ = compile_patterns([pattern])
    start = time.process_time()
    matcher.match(path)
    assert time.process_time() - start < 1


@example("a/***", "a/")
@given(
    st.text("ab*/", min_size=1, max_size=8).filter(lambda text: refusal(text) is None),
    st.text("ab/", min_size=1, max_size=8).filter(lambda text: not text.startswith("/") and "//" not in text),
)
def test_collapsed_stars_mean_the_same(pattern, path):
    """Of files: the library takes three stars to match the folder itself, too, and what is in it either way."""
    path += "b" if path.endswith("/") else ""
    original, collapsed = (pathspec.GitIgnoreSpec.from_lines([one]) for one in (pattern, collapse(pattern)))
    assert original.match_file(path) == collapsed.match_file(path)
