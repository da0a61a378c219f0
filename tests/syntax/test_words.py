"""Words, and what is remembered of them."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.syntax.words import WordTest, words_after, words_of


def test_words_are_folded():
    assert words_of("ｅｖａｌ(x) # é") == {"eval", "x", "é"}


@given(
    st.lists(st.sampled_from([*map(chr, range(128)), "é", "e\u0301", "ﬁ", "Ａ", "²", "\u0301", "\u2028", "\x85", "ª"]))
)
def test_words_are_those_that_an_expression_finds(parts):
    text = "".join(parts)
    assert words_of(text) == set(re.findall(r"\w+", unicodedata.normalize("NFKC", text)))


LINES = st.lists(st.sampled_from(["a b\n", "ab\n", "b=1\n", "# é a\n", "\n", "x.a\n"])).map("".join)


@given(LINES, LINES, LINES, LINES)
def test_words_after_an_edit(head, gone, came, tail):
    assert words_after(words_of(head + gone + tail), gone, came, head + came + tail) == words_of(head + came + tail)


@given(st.lists(st.frozensets(st.text(alphabet="abP_1", min_size=1, max_size=4)), max_size=5))
def test_what_is_remembered_is_what_would_be_found(sets):
    test = WordTest("a.?b|^p")
    for words in sets:
        assert test.among(words) == {word for word in words if re.search("a.?b|^p", word, re.IGNORECASE)}


@pytest.mark.parametrize("expression", ["^p", "b$", "a.b|^b|pa?1$", "[ab]b|_1", r"p\d|\w_\w", "a(?!b)", "[^a]b", "P"])
@given(words=st.frozensets(st.text(alphabet="abP_1éK\u017f\u0130i", min_size=1, max_size=5)))
def test_words_that_are_looked_at_together_are_those_that_match_alone(expression, words):
    expected = {word for word in words if re.search(expression, word, re.IGNORECASE)}
    assert WordTest(expression).among(words) == expected
    assert WordTest("zzz", expression, lambda word: word == "a").among(words) == expected | (words & {"a"})


def test_new_words_cost_one_search():
    test, searches = WordTest("key"), []
    in_lines = test._in_lines
    test._in_lines = lambda text: [searches.append(text), in_lines(text)][1]
    words = frozenset(f"Key{number}" if number % 50 == 0 else f"word{number}" for number in range(1_000))
    assert len(test.among(words)) == 20
    assert len(test.among(words | {"other"})) == 20
    assert [text.count("\n") for text in searches] == [999, 0]


def test_what_is_remembered_is_bounded():
    test = WordTest("z")
    found = test.among(frozenset({"a" * 1_000, "z" * 1_000, "zb", "b"}))
    assert found == {"z" * 1_000, "zb"}
    assert test._plain | test._matching == {"zb", "b"}


def test_clearing_forgets_no_answer(monkeypatch):
    monkeypatch.setattr("whysafe.syntax.words.MOST_REMEMBERED", 2)
    test = WordTest("z")
    words = frozenset(f"{letter}{number}" for letter in "az" for number in range(9))
    assert test.among(words) == {word for word in words if "z" in word}
