"""The shapes of tokens that services hand out; each has a prefix of its own, so that a name is not needed to tell.

Sources: the services' documentation of their token formats. Every expression is linear: a token begins at a boundary of
its own alphabet, so no part of a text is scanned twice.
"""

from __future__ import annotations

import re
from typing import Final

SHAPES: Final[dict[str, str]] = {
    "AWS access key": r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    "GitHub token": r"gh[pousr]_[0-9A-Za-z]{36,255}|github_pat_[0-9A-Za-z_]{40,255}",
    "GitLab token": r"glpat-[0-9A-Za-z_-]{20,64}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?",
    "Slack token": r"xox[abeoprs]-(?:[0-9]{8,14}-){1,3}[0-9A-Za-z]{10,64}|"
    r"xox[abeoprs]-[0-9]-[0-9A-Za-z]{40,255}|xapp-[0-9]-[0-9A-Za-z-]{20,255}",
    "Google API key": r"AIza[0-9A-Za-z_-]{35}",
    "Anthropic key": r"sk-ant-[0-9A-Za-z_-]{20,255}",
    "OpenAI key": r"sk-(?:proj|svcacct|admin)-[0-9A-Za-z_-]{20,255}|sk-[0-9A-Za-z]{40,64}",
    "Stripe key": r"[rs]k_live_[0-9A-Za-z]{16,255}",
    "Twilio key": r"SK[0-9a-f]{32}",
    "npm token": r"npm_[0-9A-Za-z]{36}",
    "PyPI token": r"pypi-AgEI[0-9A-Za-z_-]{40,255}",
    "Hugging Face token": r"hf_[0-9A-Za-z]{34,40}",
    "SendGrid key": r"SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}",
    "JSON web token": r"eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{20,}",
}
"""What a token is of, and its expression without the boundaries."""

_BEFORE: Final = r"(?:(?<![0-9A-Za-z_-])|(?<=\\[nrt]))"
_AFTER: Final = r"(?![0-9A-Za-z_-])"
PATTERN: Final = f"{_BEFORE}(?:{'|'.join(SHAPES.values())}){_AFTER}"
"""All shapes, with a boundary at both ends; a line break written as an escape is a boundary too."""

_FIRST_WORD: Final = (
    r"(?:AKIA|ASIA|gh[pousr]_|github_pat_|glpat$|xox[abeoprs]$|xapp$|AIza|sk$|[rs]k_live_|SK[0-9a-f]|npm_|pypi$|hf_|SG$|"
    r"eyJ)"
)
_BEGINS: Final = re.compile(f"[nrt]?{_FIRST_WORD}")
_BEGINS_WITHIN: Final = re.compile(f"[^0-9A-Za-z_]{_FIRST_WORD}")

_TOKEN: Final = re.compile(PATTERN)
_DOCUMENTED: Final = ("eyJzdWIiOiIxMjM0NTY3ODkw",)
"""The web token that documentation and debuggers show: subject 1234567890."""
FEWEST_CHARACTERS: Final = 7
"""A random token of 16 characters has more different ones than this; `xxxxxxxxxxxxxxxx` has one."""


def may_begin_token(word: str) -> bool:
    """Whether a word of a text can be the first of a token, for a quick look at all of them."""
    return _BEGINS.match(word) is not None or (not word.isascii() and _BEGINS_WITHIN.search(word) is not None)


def is_real(token: str) -> bool:
    """Whether text of the right shape can be a token: not one of the services' examples, and not filled up with x."""
    if "EXAMPLE" in token.upper() or any(part in token for part in _DOCUMENTED):
        return False
    return len(set(token[4:])) >= FEWEST_CHARACTERS


def holds_provider_token(text: str) -> bool:
    """Whether a real token stands anywhere in the text."""
    return any(is_real(found.group()) for found in _TOKEN.finditer(text))


def service_of(token: str) -> str:
    """What the token is of; raises LookupError when it has none of the shapes."""
    return next(name for name, shape in SHAPES.items() if re.fullmatch(shape, token))
