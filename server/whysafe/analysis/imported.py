"""What the import statements of a text bring: libraries, and names that are taken out of one.

Told from the raw text, in one pass, so that comments and strings count too: more than is imported, never less.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from whysafe.analysis.standing import occurrences
from whysafe.semantics.resolver import STAR
from whysafe.syntax.words import words_of

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

LONGEST_IMPORT: Final = 1_000
"""How far the word of a library may stand from the beginning of its line."""
_CONTINUED: Final = r"\\(?:\r\n?|\n)"
_IMPORTED: Final = re.compile(
    rf"import\b(?:[ \t\f]|{_CONTINUED})*(?:\((?:\#[^\r\n]*|[^)#])*|(?:{_CONTINUED}|[^\r\n;\\])*)"
)
_BEGINS: Final = re.compile(r"(?:^|[;:])[ \t\f\ufeff]*(?:import|from)\b")


def imported_words(text: str) -> AbstractSet[str]:
    """The words behind `import`; `*` where everything is imported. The text is folded."""
    statements = " ".join(_IMPORTED.findall(text))
    return words_of(statements) | {STAR} if STAR in statements else words_of(statements)


def is_brought(text: str, library: str) -> bool:
    """Whether a text may import a library: it stands in an import statement, or begins a string. The text is folded."""
    for begin in occurrences(text, library):
        if begin and text[begin - 1] in "\"'":
            return True
        ahead = text[max(0, begin - LONGEST_IMPORT) : begin]
        start = max(ahead.rfind("\n"), ahead.rfind("\r")) + 1
        if not start and begin > LONGEST_IMPORT:
            return True
        if _BEGINS.search(ahead[start:]) or ahead[:start].rstrip("\r\n").endswith("\\"):
            return True
    return False
