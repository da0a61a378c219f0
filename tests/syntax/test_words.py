"""Words, and what is remembered of them."""

import re

from hypothesis import given
from hypothesis import strategies as st
from whysafe.syntax.words import WordTest, words_of


def test_words_are_folded():
    assert words_of("ｅｖａｌ(x) # é") == {"eval", "x", "é"}


@given(st.lists(st.frozensets(st.text(alphabet="abP_1", min_size=1, max_size=4)), max_size=5))
def test_what_is_remembered_is_what_would_be_found(sets):
    test = WordTest("a.?b|^p")
    for words in sets:
        assert test.among(words) == {word for word in words if re.search("a.?b|^p", word, re.IGNORECASE)}
