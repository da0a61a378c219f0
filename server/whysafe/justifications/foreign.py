"""Words by which other tools are told to look away: a reason must not wake them; loads no libcst."""

from __future__ import annotations

import re

# What to write instead; each is recognised by some tool as a word of its own anywhere in a comment.
_INSTEAD = {
    "nosec": "no-sec",
    "nosem": "no-sem",
    "nosemgrep": "no-semgrep",
    "noqa": "no-qa",
    "sast-ignore": "sast ignore",
    "ignore-sast": "ignore sast",
    "security-ignore": "security ignore",
    "ignore-security": "ignore security",
    "false-positive": "false alarm",
    "falsepositive": "false alarm",
    "risk-accepted": "risk accepted",
    "security-accepted": "security accepted",
    "security-reviewed": "security reviewed",
    "security-exception": "security exception",
}
_WORDS = re.compile(
    r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, _INSTEAD), key=len, reverse=True)) + r")(?![\w-])", re.IGNORECASE
)
# Directives: a tool's name, a colon, and what it shall do.
_DIRECTIVES = re.compile(
    r"\b(?P<tool>pylint|pyright|basedpyright|mypy|type|ruff|flake8|isort|fmt|yapf|autopep8|pragma|codeql|lgtm)(?P<colon>\s*:)"
    r"(?=\s*(?:disable|enable|skip|off|on\b|ignore|noqa|no\b|strict|basic|split|dont|add))",
    re.IGNORECASE,
)
# Recognised in the middle of words too.
_PARTS = re.compile(
    r"(?P<no>no)(?P<sonar>sonar)|(?P<pylint>pylint)(?P<colon>\s*:)|(?<![#\s])[#\s]*#\s*(?=nosec|noqa|nosem)",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]", re.ASCII)
_PRAGMA = re.compile(
    r"#\s*(?:nosem|nosec|noqa|nosonar|lgtm|codeql|pragma|snyk|deepcode|skylos|pysa-"
    r"|(?:pylint|pyright|basedpyright|mypy|type|ruff|flake8|isort|fmt|yapf|autopep8)\s*:)",
    re.IGNORECASE,
)


def foreign_word(text: str) -> str | None:
    """The first word in the text that another tool would take as an order, None where there is none."""
    found = [match for pattern in (_WORDS, _DIRECTIVES, _PARTS) if (match := pattern.search(text))]
    return min(found, key=lambda match: match.start())[0].strip() if found else None


def reworded(text: str) -> str:
    """The text with those words written so that no tool takes them as an order."""
    text = _PARTS.sub(_break_part, text)
    text = _WORDS.sub(lambda match: _INSTEAD[_plain(match[0])], text)
    return _DIRECTIVES.sub(lambda match: match["tool"] + " ", text)


def is_cookie(line: str) -> bool:
    """Whether Python reads a declaration of the encoding from this line, if it is line 0 or 1 of a file (PEP 263)."""
    return bool(_COOKIE.match(line))


def is_pragma(comment: str) -> bool:
    """Whether a comment, from its '#', is another tool's order, which may have to stay adjacent to the code."""
    return bool(_PRAGMA.match(comment))


def _break_part(match: re.Match[str]) -> str:
    if match["no"]:
        return f"{match['no']}-{match['sonar']}"
    return (match["pylint"] or "") + " "


def _plain(word: str) -> str:
    """Small letters as the pattern's IGNORECASE understands them: the long s and the Kelvin sign count too."""
    return word.lower().replace("\u017f", "s").replace("\u0131", "i")
