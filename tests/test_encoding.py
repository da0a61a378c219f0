"""Data from outside is taken only in the shape of its type."""

from __future__ import annotations

import json

import pytest
from whysafe.analysis.finding import Confidence, Finding, Fix, Severity, Step
from whysafe.encoding import DecodeError, decode, encode
from whysafe.report import Facts
from whysafe.syntax.position import Edit, span

PLACE = span(1, 2, 3, 4)
FACTS = Facts(
    findings=(
        Finding(
            rule="eval-use",
            message="m",
            span=PLACE,
            anchor=PLACE,
            severity=Severity.ERROR,
            confidence=Confidence.HIGH,
            steps=(Step(PLACE, "from here"),),
            fixes=(Fix("t", (Edit(PLACE, "x"),), True),),
        ),
    ),
    blocks=(),
    gaps=(),
)


def leaves(data, path=()):
    """The paths to everything in nested lists that is no list."""
    if not isinstance(data, list):
        return [path]
    return [leaf for index, item in enumerate(data) for leaf in leaves(item, (*path, index))]


def changed(data, path, value):
    copy = json.loads(json.dumps(data))
    at(copy, path[:-1])[path[-1]] = value
    return copy


DATA = encode(FACTS)


def at(data, path):
    for index in path:
        data = data[index]
    return data


WRONG = [
    (path, value)
    for path in leaves(DATA)
    for value in (["a list"], {"a": "mapping"}, 1.5, "no such")
    if type(at(DATA, path)) is not type(value)
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_leaf_of_another_kind_is_refused(path, value):
    with pytest.raises(DecodeError):
        decode(Facts, changed(DATA, path, value))


@pytest.mark.parametrize("data", [None, [], {}, "text", [[], [], []], [[[]], [], [], False, []], [1, 2, 3, 4, 5]])
def test_another_shape_is_refused(data):
    with pytest.raises(DecodeError):
        decode(Facts, data)


def test_encode_and_decode_are_inverse():
    assert decode(Facts, json.loads(json.dumps(encode(FACTS)))) == FACTS
