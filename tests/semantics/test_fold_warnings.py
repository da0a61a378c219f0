"""Strings of the analysed code make Python say nothing, and what it would say changes nothing."""

import warnings

import libcst as cst
import pytest
from whysafe.semantics.fold import literal


@pytest.mark.parametrize(
    ("text", "value"),
    [(r"'\d'", r"\d"), (r"b'\d'", rb"\d"), (r"'a' '\8'", r"a\8"), (r"'\n'", "\n"), (r"r'\d'", r"\d")],
)
@pytest.mark.parametrize("action", ["error", "always"])
def test_an_unknown_escape_is_text(text, value, action):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter(action)
        assert literal(cst.parse_expression(text)) == value
    assert told == []
