"""Weak hash functions; `crypto_random` holds what is predictable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import Place, calls, nodes
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import AddArgument, Answer, Repair, Replace, Rule, Verdict
from whysafe.analysis.standing import Use
from whysafe.rules.crypto_random import INSECURE_RANDOM
from whysafe.rules.written import member, own_argument, underlined

if TYPE_CHECKING:
    from whysafe.semantics.calls import Argument, Call

_SHOWN = {
    "md2": "MD2",
    "md4": "MD4",
    "md5": "MD5",
    "md5-sha1": "MD5 with SHA-1",
    "sha": "SHA-0",
    "sha1": "SHA-1",
    "sha-1": "SHA-1",
}
"""Names that `hashlib.new` accepts for broken hash functions, and how people call them."""

_CONSTRUCTORS = {
    "hashlib.md5": "MD5",
    "hashlib.openssl_md5": "MD5",
    "md5.md5": "MD5",
    "md5.new": "MD5",
    "hashlib.sha1": "SHA-1",
    "hashlib.openssl_sha1": "SHA-1",
    "sha.sha": "SHA-1",
    "sha.new": "SHA-1",
}
_CALLS_NOTHING = frozenset({"functools.partial", "builtins.getattr", "builtins.isinstance", "hashlib.file_digest"})


def _not_for_security(call: Call) -> bool | None:
    """Whether `usedforsecurity=False` is passed; None when a value is passed that nobody can tell."""
    purpose = call.argument(keyword="usedforsecurity")
    if purpose is None:
        return None if call.open_ended else False
    if any(not constant for constant in purpose.constants):
        return True
    return False if purpose.truth else None


def _verdict(call: Call, shown: str, repairs: tuple[Repair, ...], at: cst.CSTNode | None = None) -> Verdict | None:
    answer = _not_for_security(call)
    if answer:
        return None
    return Verdict(
        message=f"{shown} is broken: different data with the same hash can be made on purpose.",
        confidence=Confidence.MEDIUM if answer is None else Confidence.HIGH,
        at=at,
        repairs=repairs,
    )


def _as_checksum(call: Call) -> tuple[Repair, ...]:
    """The fix for people who only want a checksum. It is never made by itself: only a person knows the purpose."""
    if call.open_ended or call.argument(keyword="usedforsecurity") is not None:
        return ()
    title = "It is only a checksum: add `usedforsecurity=False`"
    return (Repair(title, (AddArgument(call.node, "usedforsecurity=False"),), safe=False),)


def _is_weak(call: Call) -> Answer:
    """`hashlib.md5(...)` and `hashlib.sha1(...)`."""
    repairs = _as_checksum(call)
    owner, _, name = call.name.rpartition(".")
    written = member(call.callee, owner, name)
    if written is not None and owner == "hashlib":
        repairs = (
            *repairs,
            Repair("Use `hashlib.sha256`, which gives other digests", (Replace(written, "sha256"),), safe=False),
        )
    return _verdict(call, _CONSTRUCTORS[call.name], repairs)


def _weak_name(algorithm: Argument) -> tuple[str, Confidence] | None:
    """How people call the weak algorithm that an argument names, and how sure that is."""
    named = [_SHOWN.get(text.lower()) for text in algorithm.constants if isinstance(text, str)]
    weak = [shown for shown in named if shown is not None]
    if not weak:
        return None
    return weak[0], Confidence.HIGH if len(weak) == len(algorithm.values) else Confidence.MEDIUM


def _is_named_weak(call: Call) -> Answer:
    """`hashlib.new("md5", ...)`, also with the name in a constant."""
    algorithm = call.argument(keyword="name", position=0)
    weak = None if algorithm is None else _weak_name(algorithm)
    if algorithm is None or weak is None:
        return None
    shown, confidence = weak
    repairs = _as_checksum(call)
    if own_argument(call, algorithm) is not None and isinstance(algorithm.node, cst.SimpleString):
        change = Replace(algorithm.node, f"{algorithm.node.quote}sha256{algorithm.node.quote}")
        repairs = (*repairs, Repair("Use SHA-256, which gives other digests", (change,), safe=False))
    verdict = _verdict(call, shown, repairs, underlined(call, algorithm))
    if verdict is None or confidence >= verdict.confidence:
        return verdict
    return Verdict(message=verdict.message, confidence=confidence, at=verdict.at, repairs=repairs)


def _digests_weakly(call: Call) -> Answer:
    """`hashlib.file_digest(file, "md5")` or `hashlib.file_digest(file, hashlib.md5)`."""
    digest = call.argument(keyword="digest", position=1)
    if digest is None:
        return None
    weak = _weak_name(digest)
    symbols = [_CONSTRUCTORS[name] for name in digest.symbols if name in _CONSTRUCTORS]
    if weak is None and not symbols:
        return None
    shown = symbols[0] if weak is None else weak[0]
    return _verdict(call, shown, (), underlined(call, digest))


def _is_passed_on(place: Place) -> Answer:
    """`map(hashlib.md5, chunks)`: uncalled, but not for an HMAC, where collisions do not matter."""
    call = place.node
    assert isinstance(call, cst.Call)
    for arg in call.args:
        if arg.star or not isinstance(arg.value, (cst.Name, cst.Attribute)):
            continue
        weak = [name for name in place.expression(arg.value).symbols if name in _CONSTRUCTORS]
        if weak:
            callees = place.expression(call.func).symbols
            if any(name in _CALLS_NOTHING or name.startswith("hmac.") for name in callees):
                return None
            message = f"{_CONSTRUCTORS[weak[0]]} is broken: different data with the same hash can be made on purpose."
            return Verdict(message=message, confidence=Confidence.MEDIUM, at=arg.value, anchor=arg.value)
    return None


WEAK_HASH_STDLIB = Rule(
    name="weak-hash-stdlib",
    family="crypto",
    title="Broken hash function from the standard library",
    message="This hash function is broken: different data with the same hash can be made on purpose.",
    why="For MD4, MD5 and SHA-1, two documents with the same hash can be computed at will, for MD5 in seconds on a "
    "laptop. They also are so fast that passwords can be guessed by the billion.",
    abuse="An attacker prepares a harmless and a harmful file with the same hash, has the first one approved, and "
    "hands out the second. A hash that decides over trust, caching or identity is fooled.",
    fix="Use `hashlib.sha256` or `hashlib.blake2b`; for passwords `hashlib.scrypt` or a library such as argon2-cffi. "
    "Where it is only a checksum or a cache key, say so with `usedforsecurity=False`.",
    ask="What would happen if somebody chose two inputs with the same hash on purpose?",
    cwe=(327, 328),
    severity=Severity.WARNING,
    aliases=("B324", "S324", "hashlib.md5", "hashlib.sha1"),
    detect=(
        calls(*_CONSTRUCTORS, when=_is_weak),
        calls("hashlib.new", when=_is_named_weak),
        calls("hashlib.file_digest", when=_digests_weakly),
        nodes(
            cst.Call,
            when=_is_passed_on,
            words=("md5", "sha1", "openssl_md5", "openssl_sha1", "sha", "new"),
            use=Use.REACHED,
            roots=("hashlib", "_hashlib", "md5", "_md5", "sha", "_sha1"),
        ),
    ),
    bad=(
        "import hashlib\n\n\ndef fingerprint(document):\n    return hashlib.md5(document).hexdigest()",
        'import hashlib\n\n\ndef fingerprint(document):\n    return hashlib.new("sha1", document).hexdigest()',
        "from hashlib import sha1\n\n\ndef fingerprints(files):\n    return [sha1(each).digest() for each in files]",
        'import hashlib\n\nwith open("setup.exe", "rb") as file:\n    checked = hashlib.file_digest(file, "md5")',
    ),
    good=(
        "import hashlib\n\n\ndef fingerprint(document):\n    return hashlib.sha256(document).hexdigest()",
        (
            "import hashlib\n\n\ndef cache_name(document):\n"
            "    return hashlib.md5(document, usedforsecurity=False).hexdigest()"
        ),
        'import hashlib\n\n\ndef fingerprint(document):\n    return hashlib.new("blake2b", document).hexdigest()',
    ),
    references=(
        "https://docs.python.org/3/library/hashlib.html",
        "https://cwe.mitre.org/data/definitions/327.html",
        "https://cwe.mitre.org/data/definitions/328.html",
    ),
)


RULES: tuple[Rule, ...] = (WEAK_HASH_STDLIB, INSECURE_RANDOM)
