"""What must not be handed to the parser, because it would hang or crash on it.

The parser (libcst 1.9) overflows the stack on deep brackets, needs time that grows with the square of the length of a
chain of operators, calls or attributes, and doubles or quadruples its time with each level of a `match` pattern. One
scan estimates that work. Statements of ordinary shape cost what their length costs and are never refused for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from whysafe.syntax.lexer import CLOSE, COMMENT, LINE, OPEN, OPERATOR, STRING, scan

BRACKETS: Final = 100
"""The deepest nesting of brackets and replacement fields; CPython stops at 200, the parser's stack sometimes at 150."""

ELIFS: Final = 1000
"""The longest chain of `elif`: each one nests in the tree within the one before."""

STRINGS: Final = 3000
"""The most strings that may follow one another as one; the parser gives up a little beyond."""

TOKENS: Final = 300_000
"""The longest piece; one of this length takes the parser several seconds whatever its shape."""

# The unit of work is 0.1 microseconds of libcst 1.9 on a core of 2024; all the costs below were measured in it. An
# ordinary token costs about 150 units. What the shape of a statement costs beyond that may be half a second, and in
# long statements as much again as the text itself.
_ALLOWANCE: Final = 5_000_000
_ALLOWANCE_PER_TOKEN: Final = 200

_SHALLOW: Final = 8  # brackets up to this depth are ordinary
_COST_OF_DEPTH: Final = 50  # of each token, for each level beyond
_COST_IN_PATTERN: Final = 20  # of each token, times the factors of the brackets around it
_PATTERN_FACTOR: Final = {"[": 2, "(": 4, "{": 4}

# A link of a chain costs so much for each token that it stands behind (calls, attributes, most operators nest to the
# left) or before (these nest to the right).
_COST_OF_CALL: Final = 5
_COST_OF_LINK: Final = 2
_COST_OF_CHEAP_LINK: Final = 1
_LEFT: Final = frozenset(("+", "-", "*", "/", "//", "%", "@", "&", "|", "^", "<<", ">>"))
_RIGHT: Final = frozenset(("~", "**"))
_RIGHT_WORDS: Final = {"if": 2, "lambda": 4, "not": 2, "await": 2, "for": 1}
_INFIX_WORDS: Final = frozenset(("if", "for"))  # links where an operand stands before them; the others, where none does
_LEFT_WORDS: Final = frozenset(("and", "or"))
_NO_OPERAND: Final = frozenset(
    (
        *("and", "as", "assert", "async", "await", "del", "elif", "else", "except", "for", "from", "if", "import"),
        *("in", "is", "lambda", "not", "or", "raise", "return", "while", "with", "yield"),
    )
)
_QUOTES: Final = ('"', "'")
_PREFIXES: Final = frozenset(("r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"))


_CASE: Final = re.compile(r"case\b(?!\s*[=.,:;)])")
_HAS_CASE: Final = re.compile(r"(?:\A|[\r\n])[ \t\f]*case\b")
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_FREE: Final = (
    2 * _ALLOWANCE_PER_TOKEN // (_COST_OF_CALL + 4)
)  # so many tokens can cost no more than is allowed for them
_SHORT: Final = 1000  # characters that cannot be chained at more than the allowance


def guard(text: str, *, tokens: int = TOKENS) -> str | None:
    """Why `text` must not be parsed, for the user, or None where it may be. Linear, and never raises.

    Text of more than so many `tokens` is refused whatever its shape. What is let through is parsed in a time that grows
    with its length alone, about half a second aside, on a thread whose stack and recursion limit were raised.
    """
    if len(text) <= _SHORT and "case" not in text and text.count("(") + text.count("[") + text.count("{") <= BRACKETS:
        return None
    if len(text) <= tokens and _is_ordinary(text):
        return None
    work = _Work(text)
    for kind, begin, end in scan(text, words=True):
        if kind == COMMENT:
            continue
        if kind == LINE:
            work.line(begin, end)
        else:
            work.token(kind, begin, end)
        if reason := work.refusal(tokens):
            return f"{reason}; this statement is not analysed."
    return None


def _is_ordinary(text: str) -> bool:
    """Whether the text certainly makes no more work than is allowed: a quick look that spares most texts a long one.

    What a logical line costs is at most what it would cost as one chain, which grows with the square of its tokens.
    """
    if _HAS_CASE.search(text) or text.count("elif") > ELIFS:
        return False
    excess, start, depth, strings = 0, 0, 0, 0
    text_in_strings = 0
    for kind, begin, end in scan(text):
        if kind == OPEN:
            depth += 1
            if depth > _SHALLOW:
                return False
        elif kind == CLOSE:
            depth -= 1
        elif kind == LINE:
            if depth:
                return False  # The lexer has given up a bracket; the parser may not.
            excess += _excess(text, start, begin, text_in_strings)
            start, strings, text_in_strings = end, 0, 0
        else:
            strings += kind == STRING
            text_in_strings += end - begin - 2
            if strings > STRINGS:
                return False
    return excess + _excess(text, start, len(text), text_in_strings) <= _ALLOWANCE


def _excess(text: str, start: int, end: int, text_in_strings: int) -> int:
    """By how much a logical line can cost more than is allowed for its tokens."""
    most = end - start - text_in_strings
    if most > _FREE and text_in_strings * 2 < most:
        most = min(most, len(_TOKEN.findall(text, start, end)))
    return max(0, most * (most * (_COST_OF_CALL + 4) // 2 - _ALLOWANCE_PER_TOKEN))


@dataclass(slots=True)
class _Level:
    """The expression that is being read at one bracket depth."""

    start: int  # how many tokens stood before it
    factor: int = 1  # how often the parser reads it, as a pattern
    links: int = 0  # what the links that nest to the right cost each token to come
    strings: int = 0  # strings that continue another one
    # A comma separates no elements where a `lambda` still waits for its ':' or a `for` for its 'in'.
    lambdas: int = 0
    loops: int = 0


@dataclass(slots=True)
class _Work:
    """The work that a text makes for the parser, as far as it has been read."""

    text: str
    tokens: int = 0
    depth: int = 0  # work that comes of deep brackets
    chains: int = 0
    patterns: int = 0
    links: int = 0  # of all levels
    levels: list[_Level] = field(default_factory=lambda: [_Level(0)])
    elifs: list[int] = field(default_factory=list)  # the columns of the `elif` that the line stands in
    after_operand: bool = False
    in_pattern: bool = False

    def refusal(self, most_tokens: int) -> str | None:
        allowed = _ALLOWANCE + _ALLOWANCE_PER_TOKEN * self.tokens
        if len(self.levels) > BRACKETS + 1:
            return f"Brackets are nested more than {BRACKETS} deep"
        if self.tokens > most_tokens:
            return f"More than {most_tokens:,} names, operators and brackets stand here"
        if len(self.elifs) > ELIFS:
            return f"More than {ELIFS} `elif` follow one another"
        if self.levels[-1].strings > STRINGS:
            return f"More than {STRINGS:,} strings follow one another"
        if self.patterns > allowed:
            return "The patterns of a `match` statement are nested too deep"
        if self.chains > allowed:
            return "A chain of operators, calls or attributes is too long"
        if self.depth > allowed:
            return "Too much stands in deeply nested brackets"
        return None

    def line(self, start: int, first: int) -> None:
        """A logical line. Brackets that the lexer gave up are kept: the parser may not give them up there."""
        self.separate()
        self.levels[-1].lambdas = self.levels[-1].loops = 0
        self.after_operand = False
        self.in_pattern = _CASE.match(self.text, first) is not None
        column = first - start
        while self.elifs and self.elifs[-1] > column:
            self.elifs.pop()
        if self.text.startswith("elif", first):
            self.elifs.append(column)
        elif not self.text.startswith("else", first):
            while self.elifs and self.elifs[-1] == column:
                self.elifs.pop()

    def token(self, kind: int, begin: int, end: int) -> None:
        level = self.levels[-1]
        self.tokens += 1
        self.depth += _COST_OF_DEPTH * max(0, len(self.levels) - 1 - _SHALLOW)
        self.chains += self.links
        if self.in_pattern and level.factor > 1:
            self.patterns += _COST_IN_PATTERN * level.factor
        if kind == OPEN:
            self.open(self.text[begin])
        elif kind == CLOSE:
            if len(self.levels) > 1:
                self.links -= self.levels.pop().links
            self.after_operand = True
        elif kind == STRING:
            level.strings += self.after_operand
            self.after_operand = True
        elif kind == OPERATOR:
            self.operator(self.text[begin:end])
        elif not self.is_prefix(begin, end):
            self.word(self.text[begin:end])

    def is_prefix(self, begin: int, end: int) -> bool:
        return end - begin <= 2 and self.text[end : end + 1] in _QUOTES and self.text[begin:end].lower() in _PREFIXES

    def open(self, bracket: str) -> None:
        if self.after_operand and bracket != "{":
            self.link_left(_COST_OF_CALL)
        factor = self.levels[-1].factor * _PATTERN_FACTOR[bracket] if self.in_pattern else 1
        self.levels.append(_Level(self.tokens, factor))
        self.after_operand = False

    def word(self, word: str) -> None:
        level = self.levels[-1]
        if word not in _NO_OPERAND:
            self.after_operand = True
            return
        if word in _LEFT_WORDS:
            self.link_left(_COST_OF_CHEAP_LINK)
        elif word in _RIGHT_WORDS and self.after_operand == (word in _INFIX_WORDS):
            self.link_right(_RIGHT_WORDS[word])
        if word == "lambda":
            level.lambdas += 1
        elif word == "for":
            level.loops += 1
        elif word == "in":
            level.loops = max(0, level.loops - 1)
        elif word == "if" and len(self.levels) == 1:
            self.in_pattern = False
        self.after_operand = False

    def operator(self, operator: str) -> None:
        level = self.levels[-1]
        if operator == ",":
            if not level.lambdas and not level.loops:
                self.separate()
        elif operator == ";":
            self.separate()
        elif operator == ":":
            level.lambdas = max(0, level.lambdas - 1)
            self.in_pattern = self.in_pattern and len(self.levels) > 1
        elif operator == "." or (operator in _LEFT and self.after_operand):
            self.link_left(_COST_OF_LINK)
        elif operator in _LEFT or operator in _RIGHT:
            self.link_right(_COST_OF_LINK)
        self.after_operand = False

    def link_left(self, cost: int) -> None:
        """A link that wraps what stands before it in its expression."""
        self.chains += cost * (self.tokens - self.levels[-1].start)

    def link_right(self, cost: int) -> None:
        """A link that wraps what follows it in its expression."""
        self.levels[-1].links += cost
        self.links += cost

    def separate(self) -> None:
        """An element ends here: what follows is no part of its chain."""
        level = self.levels[-1]
        self.links -= level.links
        level.links = level.strings = 0
        level.start = self.tokens
