"""The classes and functions around a line, as a reviewer is told them."""

import pytest
from whysafe.checker import Document

# Each line says what it should be called.
NAMED = """\
import os  # -
def outer():  # outer
    if os:  # outer
        class Inner:  # outer.Inner
            @staticmethod  # outer.Inner.deep
            def deep(): return 1  # outer.Inner.deep

class Base(  # Base
    object):  # Base
    x = 1  # Base

    class Nested:  # Base.Nested
        @property  # Base.Nested.method
        async def method(self,  # Base.Nested.method
                a=1):  # Base.Nested.method
            for each in a:  # Base.Nested.method
                each()  # Base.Nested.method
        y = 2  # Base.Nested

    def last(self):  # Base.last
        try:  # Base.last
            pass  # Base.last
        except ValueError:  # Base.last
            def handler(): pass  # Base.last.handler
        match self:  # Base.last
            case 1:  # Base.last
                def case(): pass  # Base.last.case

q = 1  # -
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_line_is_called_by_what_stands_around_it(end):
    document = Document(NAMED.replace("\n", end))
    for number, line in enumerate(NAMED.splitlines()):
        if "  # " in line:
            assert document.qualified_name(number) == line.rpartition("  # ")[2].replace("-", "")


@pytest.mark.parametrize("text", ["", "\n", "def f(:\n    pass\n", "x = (\n"])
def test_where_nothing_parses_there_is_no_name(text):
    document = Document(text)
    assert [document.qualified_name(line) for line in (0, 1, 99)] == ["", "", ""]


def test_what_does_not_parse_keeps_the_names_around_it():
    document = Document("class A:\n    def good(self):\n        pass\n    def bad(self:\n        pass\n")
    assert document.qualified_name(2) == "A.good"
    assert document.qualified_name(3) == "A"
