"""Scanning time doubles when the input doubles, on hostile input too."""

import time

import pytest
from whysafe.syntax.comments import comments
from whysafe.syntax.guard import guard
from whysafe.syntax.layout import layout
from whysafe.syntax.lexer import scan
from whysafe.syntax.position import Edit, span
from whysafe.syntax.split import resplit, split

PARTS = {
    "quotes": '"',
    "both quotes": "\"'",
    "triple quotes in turn": "\"\"\"'''",
    "escaped quotes": '\\"',
    "unclosed strings full of escapes": '"' + "\\x" * 50 + "\n",
    "an unclosed string with escapes": "\\'\\\\",
    "backslashes": "\\",
    "continued lines": "\\\n",
    "continued blank lines": "  \\\n",
    "brackets": "(",
    "closed brackets": "()",
    "stray brackets": ")",
    "brackets line by line": "(\n",
    "given-up brackets": "f(\ndef g(:\n",
    "fields": 'f"{',
    "fields of both quotes": "f\"{f'{",
    "triple-quoted fields": 'f"""{',
    "given-up fields": "f'{\npass\n",
    "statements within a field": "f'''{" + "\npass" * 20,
    "format specifications": "{a:",
    "doubled braces": "{{",
    "unclosed names of characters": 'f"\\N{',
    "blank lines": "\n",
    "lines of blanks": "   \n",
    "blanks": " ",
    "tabs and form feeds": "\t\x0c",
    "carriage returns": "\r",
    "comments": "#\n",
    "a comment": "#",
    "decorators": "@a\n",
    "else": "else:\n",
    "classes": "class A:\n x\n",
    "odd indentation": "class A:\n    x\n  y\n",
    "async": "(async ",
    "words": "a",
    "prefixes": 'rb"f"',
    "operators": "+-",
    "case": "case [[",
    "lambda": "lambda a, ",
    "strings": "'' ",
    "strings with escapes": "'\\x' ",
    "f-strings": "f'{x}' ",
    "f-strings with strings": "f'{\"x\"}' ",
    "an f-string": "{x}",
    "strings behind words": "if'a'else ",
}
BEFORE = {"an unclosed string with escapes": "'''", "async": "(\n", "format specifications": 'f"', "an f-string": "f'"}
SIZE = 20_000


def seconds(function, text):
    """The least processor time of several runs: the one that was disturbed least."""
    times = []
    for _ in range(4):
        start = time.thread_time()
        function(text)
        times.append(time.thread_time() - start)
    return min(times)


def tokens(text):
    for _ in scan(text, words=True):
        pass


def keystroke(text):
    pieces = split(text)
    resplit(pieces, Edit(span(0, 0, 0, 0), '"""'))


@pytest.mark.parametrize(
    "function", [tokens, split, layout, comments, keystroke, guard], ids=lambda function: function.__name__
)
@pytest.mark.parametrize("name", PARTS)
def test_time_doubles_with_the_input(name, function):
    part, before = PARTS[name], BEFORE.get(name, "")
    count = SIZE // len(part)
    short, long = (before + part * times for times in (count, 2 * count))
    # A millisecond is added for what the clock cannot tell apart; quadratic time gives four, however often it is taken.
    assert any(seconds(function, long) < 3.2 * (seconds(function, short) + 0.001) for _ in range(3))
