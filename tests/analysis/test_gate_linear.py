"""The gate's time doubles when the input doubles, on hostile input too."""

import time

import pytest
from whysafe.analysis.glance import Glance
from whysafe.analysis.offers import may_bind_member, module_names
from whysafe.analysis.triage import is_quiet
from whysafe.rules import CATALOGUE

SIZE = 40_000
SHAPES = {
    "names in a display": ("x = [", "a.eval, "),
    "calls that never end": ("", "getattr(a, b, "),
    "namespaces that never end": ("", "vars("),
    "names for credentials": ("f(", "password, "),
    "keywords for credentials": ("f(", "password=a, "),
    "keys for credentials": ("{", '"password": a, '),
    "f-strings for credentials": ("password = ", "f'{a"),
    "libraries in a comment": ("# ", "os "),
    "libraries in a list": ("from os import (", "system, "),
    "libraries on continued lines": ("", " class os\\\n"),
    "handlers with many colons": ("", "except A, B: : :\n"),
    "handlers in one line": ("", "except "),
    "colons": ("except", ": "),
    "blanks behind a word": ("eval", " "),
    "letters put together": ("__import__(x)\na = ", "b[0] "),
    "texts put together": ("__import__(x)\n", "'os' + "),
    "keywords": ("", "shell= ( "),
    "checks": ("", "assert "),
    "literals": ("", 'execute("a" '),
    "attributes": ("x = (", "self.name, "),
}


def look(text):
    is_quiet(Glance(text), CATALOGUE)
    may_bind_member("    def f(self):\n        " + text, "name")
    module_names(text, in_class=False)


def seconds(text):
    times = []
    for _ in range(4):
        start = time.thread_time()
        look(text)
        times.append(time.thread_time() - start)
    return min(times)


@pytest.mark.parametrize("name", SHAPES)
def test_time_doubles_with_the_input(name):
    before, part = SHAPES[name]
    short, long = (before + part * (times * SIZE // len(part)) + "\n" for times in (1, 2))
    # A millisecond is added for what the clock cannot tell apart; quadratic time gives four.
    assert seconds(long) < 3.2 * (seconds(short) + 0.001)
