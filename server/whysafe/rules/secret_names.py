"""Which names say that they hold a credential, and which texts can be one: the filter of the password rules, as data.

Both halves are strict, because a wrong alarm about a password is the most common complaint about tools of this kind. A
name must *end* in a word for a credential. A text must not be a placeholder, a sentence, an address, a template or the
name of something; for names such as `token`, which mean other things as often, it must look like a credential too.
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import Final

from whysafe.rules.common import word_set
from whysafe.rules.provider_tokens import holds_provider_token


class Kind(enum.Enum):
    """How much a name says: of a PASSWORD, every text can be one; a KEY or TOKEN must look like a credential."""

    PASSWORD = enum.auto()
    SECRET = enum.auto()
    KEY = enum.auto()


# --- names -----------------------------------------------------------------------------------------------------------

_PASSWORD_WORD: Final = re.compile(r"pas+wo?r?d|passphrase|passcode|pwd|pswd|passwd")
_SECRET_WORDS: Final = frozenset({"secret", "secrete"})
_KEY_WORDS: Final = frozenset(
    {"token", "apikey", "authkey", "secretkey", "accesskey", "authtoken", "accesstoken", "apitoken"}
)
_BEFORE_KEY: Final = word_set("api secret access private auth encryption signing account subscription master shared")
_BEFORE_PASS: Final = word_set(
    "user db database mail email smtp ftp sftp root admin sql mysql postgres pg redis mongo rabbit ldap ssh proxy "
    "auth login account http basic"
)
_GLUED: Final = re.compile(
    r".+(?:password|passwd|passphrase|apikey|authtoken|accesstoken|clientsecret|secretkey)|"
    r"(?:user|db|my|root|admin|mail|smtp|ftp|sql|mysql|pg)(?:pass|pwd)"
)
STEMS: Final = "pas|pwd|pswd|secret|token|key"
"""One of these stands in every word for a credential; most names hold none, and need no look at their words."""
_STEM: Final = re.compile(STEMS)
_JOINED: Final = {
    ("pass", "word"): "password",
    ("pass", "phrase"): "passphrase",
    ("pass", "code"): "passcode",
    ("pass", "wd"): "passwd",
}
_MAY_FOLLOW: Final = word_set(
    "default old new current prod production dev develop development staging live test testing plain plaintext "
    "cleartext clear value str string bytes raw b64 base64 temp tmp backup main primary secondary confirm "
    "confirmation again repeat repeated admin root db database mysql postgres redis mongo smtp email mail ftp ssh "
    "ldap github gitlab slack aws gcp azure"
)
_PREPOSITIONS: Final = frozenset({"for", "of", "to", "in", "on"})
_NOT_A_CREDENTIAL: Final = word_set(
    "next page continuation cont cursor start begin end stop pad eos bos unk sep cls mask special sync prev "
    "previous last first lookahead unknown extra delimiter separator comment keyword reserved operator resume "
    "scan upload pagination no not is has use show hide forgot reset change update set get check verify validate "
    "generate require requires required enter allow enable disable store save ask prompt send invalid missing"
)
_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def words_of(name: str) -> tuple[str, ...]:
    """The words of an identifier or key in lower case: `dbPassword2` is db, password, 2."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=4096)
def kind_of(name: str) -> Kind | None:
    """What kind of credential a variable, parameter, attribute or key of that name holds; None: not one."""
    if len(name) > 80 or not name.isascii() or _STEM.search(name.lower()) is None:
        return None
    words = _merged(words_of(name))
    while words and (words[-1].isdigit() or words[-1] in _MAY_FOLLOW) and _noun(words[:-1]) is not None:
        words = words[:-1]
    for number, word in enumerate(words):
        if word in _PREPOSITIONS and number and _noun(words[:number]) is not None:
            words = words[:number]
            break
    if not words or not _NOT_A_CREDENTIAL.isdisjoint(words):
        return None
    return _noun(words)


def _merged(words: tuple[str, ...]) -> tuple[str, ...]:
    """`PassWord` and `pass_word` are one word."""
    merged: list[str] = []
    for word in words:
        joined = _JOINED.get((merged[-1], word)) if merged else None
        if joined is None:
            merged.append(word)
        else:
            merged[-1] = joined
    return tuple(merged)


def _noun(words: tuple[str, ...]) -> Kind | None:
    """What the last words say, further words of a trailing kind not considered."""
    while words and (words[-1].isdigit() or words[-1] in _MAY_FOLLOW):
        words = words[:-1]
    if not words:
        return None
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if _PASSWORD_WORD.fullmatch(last) or (last == "pass" and before in _BEFORE_PASS):
        return Kind.PASSWORD
    if last in _SECRET_WORDS or last == "pass":
        return Kind.SECRET if last in _SECRET_WORDS or not before else None
    if last in _KEY_WORDS or (last == "key" and before in _BEFORE_KEY):
        return Kind.SECRET if before == "secret" else Kind.KEY
    if _GLUED.fullmatch(last):
        return Kind.KEY if last.endswith(("key", "token", "secret")) else Kind.PASSWORD
    return None


# --- texts -----------------------------------------------------------------------------------------------------------

_PLACEHOLDERS: Final = word_set(
    "none null nil undefined true false yes no on off string str text char varchar integer int bool boolean bytes "
    "object any required optional hidden masked redacted removed secured unset empty blank unknown default "
    "placeholder example sample todo fixme tbd na n/a bearer basic digest ssl keyring prompt ask env environ "
    "environment file stdin input auto"
)
_PLACEHOLDER_PARTS: Final = re.compile(
    r"(?:^|[^a-z])(?:your|placeholder|example|redacted|replace[_-]?me|insert|fill[_-]?in|enter)(?:[^a-z]|$)|"
    r"^x{3,}|\*{3}|\.{3}"
)
_DEFAULT: Final = re.compile(r"change[_-]?(?:me|it)(?:[^a-z]|$)|insecure")
_TEMPLATE: Final = re.compile(
    r"\{[^{}\s]{0,60}\}|\$\{|\$\(|^\$\w+$|^%\w+%$|%\(\w+\)s|^<[^<>]*>$|^\[[^\[\]]*\]$|^%[sr]$|\{%|^@\w+@$|^__\w+__$"
)
_ADDRESS: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://|^(?:/|\./|\.\./|~/|www\.|[A-Za-z]:[\\/]|\\\\)|^[a-z]+/[a-z][a-z0-9.+-]*$", re.IGNORECASE
)
_EXPRESSION: Final = re.compile(r"\(\?|\[\^|\\[dwsbDWSB]|\][+*]|^\^|\.\*|\.\+")
_DOTTED: Final = re.compile(r"[A-Za-z_][A-Za-z_]*(?:[.:][A-Za-z_][A-Za-z_]*)+")
_CONSTANT_NAME: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_CAPITALISED: Final = re.compile(r"[A-Z][a-z]+")
_COMPOUND: Final = re.compile(r"[A-Za-z]+(?:[_.-][A-Za-z]+)*")
_EMPHASIS: Final = frozenset({"super", "top", "very", "my", "dev", "insecure", "supersecret", "topsecret"})
_COUNTED_WORD: Final = re.compile(r"[A-Za-z_.-]+[0-9_.-]{1,7}")
_INTERLEAVED: Final = re.compile(r"[A-Za-z][0-9]+[A-Za-z]")
LONGEST_CREDENTIAL: Final = 500


def can_be_credential(text: str, name: str, kind: Kind, *, label: bool = False) -> bool:
    """Whether a literal under that name can be a credential that works.

    `label` tells that the place often holds a caption for people, as the values of dicts do.
    """
    if not 4 <= len(text) <= LONGEST_CREDENTIAL or not text.isascii() or _is_sentence(text):
        return False
    if kind is not Kind.KEY and _DEFAULT.search(text.lower()):
        return True  # It asks to be changed, so it works until somebody does that.
    if _is_placeholder(text) or _names_something(text, name) or (label and _CAPITALISED.fullmatch(text)):
        return False
    if _TEMPLATE.search(text) or _ADDRESS.search(text) or _EXPRESSION.search(text) or holds_provider_token(text):
        return False
    return kind is Kind.PASSWORD or _looks_random(text) or (kind is Kind.SECRET and _says_secret(text))


def _is_sentence(text: str) -> bool:
    """Words with blanks, or text of more than one line, are for people; so is nothing but signs."""
    return any(mark.isspace() or not mark.isprintable() for mark in text) or not any(map(str.isalnum, text))


def _is_placeholder(text: str) -> bool:
    lower = text.lower()
    if "EXAMPLE" in text:
        return True  # AWS writes it into all its documented keys.
    return lower in _PLACEHOLDERS or _PLACEHOLDER_PARTS.search(lower) is not None or len(set(lower)) < 3


def _names_something(text: str, name: str) -> bool:
    """Whether the text is a name: the variable's own, that of an environment variable, a field or a setting."""
    if (
        _letters(text) == _letters(name)
        or _PASSWORD_WORD.fullmatch(text.lower())
        or _DOTTED.fullmatch(text)
        or _CONSTANT_NAME.fullmatch(text)
    ):
        return True
    words = words_of(text)
    if not _COMPOUND.fullmatch(text) or (words and words[0] in _EMPHASIS):
        return False
    if len(words) == 1:
        # `DB_PASSWORD = "password"` is the name of a key far more often than a password.
        return words[0] in words_of(name)
    return any(_noun(words[:cut]) is not None for cut in range(1, len(words) + 1))


def _letters(text: str) -> str:
    return "".join(mark for mark in text.lower() if mark.isalnum())


def _looks_random(text: str) -> bool:
    """Letters and digits mixed as no word mixes them."""
    if not (any(map(str.isalpha, text)) and any(map(str.isdigit, text))) or _COUNTED_WORD.fullmatch(text):
        return False
    return len(text) >= 8 or (len(text) >= 6 and _INTERLEAVED.search(text) is not None)


def _says_secret(text: str) -> bool:
    """A secret that is a word for one: `supersecret`, `hunter-password`."""
    return len(text) >= 6 and re.search(r"secret|pass|pwd|hunter|admin|letmein", text.lower()) is not None


def is_hardcoded(name: str, text: object, *, label: bool = False) -> bool:
    """Whether a name and the literal that it is given are a credential written into the source.

    Args:
        name: a variable, attribute, parameter or key.
        text: the literal; text or bytes, anything else is no credential.
        label: see `can_be_credential`.
    """
    kind = kind_of(name)
    if kind is None:
        return False
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    return isinstance(text, str) and can_be_credential(text, name, kind, label=label)
