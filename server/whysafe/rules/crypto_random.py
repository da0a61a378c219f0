"""Random numbers that can be predicted, where nobody must predict them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import AddImport, Answer, Repair, Replace, Rule, Verdict
from whysafe.rules.types import TOKENS_OR_SIMULATIONS
from whysafe.rules.written import member
from whysafe.semantics.fold import literal
from whysafe.semantics.resolve import lookup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.semantics.calls import Call

_FUNCTIONS = (
    "random",
    "randrange",
    "randint",
    "choice",
    "choices",
    "sample",
    "uniform",
    "triangular",
    "randbytes",
    "getrandbits",
    "shuffle",
)
_NUMPY_FUNCTIONS = (
    "bytes",
    "choice",
    "integers",
    "permutation",
    "permuted",
    "rand",
    "randint",
    "random",
    "random_integers",
    "random_raw",
    "random_sample",
    "ranf",
    "sample",
    "shuffle",
    "uniform",
)
_FROM_SECRETS = {"choice": "secrets.choice", "getrandbits": "secrets.randbits", "randbytes": "secrets.token_bytes"}
_PICKS = frozenset({"choice", "choices", "sample", "shuffle", "permutation", "permuted"})

_SECRET_WORDS = frozenset(
    {
        "apikey",
        "credential",
        "credentials",
        "csrf",
        "csrftoken",
        "key",
        "nonce",
        "nonces",
        "otp",
        "passcode",
        "passphrase",
        "passwd",
        "password",
        "passwords",
        "pwd",
        "salt",
        "salts",
        "secret",
        "secrets",
        "session",
        "sessionid",
        "token",
        "totp",
        "xsrf",
    }
)
"""Words in a name that say that guessing the value does harm.

Plurals of `token`, `key` and `session` are left out: in real code they are words of a text, entries of a dictionary
and parts of a simulation.
"""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words(name: str) -> frozenset[str]:
    """The words of a name in snake_case or camelCase, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(name))


def _targets(call: Call) -> Iterator[tuple[str, str]]:
    """What the result is given to, with a phrase for the message: a keyword, a key, a variable, a function around."""
    parent = call.seen.parent
    given: list[str] = []
    if isinstance(parent, cst.Arg) and parent.keyword is not None:
        given.append(parent.keyword.value)
    elif isinstance(parent, cst.DictElement) and isinstance(key := literal(parent.key), str):
        given.append(key)
    elif isinstance(parent, cst.NamedExpr) and isinstance(parent.target, cst.Name):
        given.append(parent.target.value)
    functions = tuple(call.scope.function_names())
    given.extend(call.target_names[: len(call.target_names) - len(functions)])
    yield from ((name, f"`{name}`") for name in given)
    # The name of a test says what is tested.
    yield from ((name, f"What `{name}` makes") for name in functions if not name.startswith("test"))


def _purpose(call: Call) -> str | None:
    """What must not be guessed, as a phrase; None when no name says that anything must not."""
    function = call.name.rpartition(".")[2]
    pool = _pool_words(call) if function in _PICKS else frozenset()
    for name, phrase in _targets(call):
        found = words(name) & _SECRET_WORDS
        # `key = random.choice(keys)` picks one that exists already; nothing is made up.
        if any(word not in pool and f"{word}s" not in pool for word in found):
            return phrase
    return None


def _pool_words(call: Call) -> frozenset[str]:
    """The words of the names in what is picked from."""
    pool = call.argument(keyword="seq", position=0) or call.argument(keyword="population")
    if pool is None:
        return frozenset()
    found: set[str] = set()
    todo: list[cst.CSTNode] = [pool.node]
    while todo:
        node = todo.pop()
        if isinstance(node, cst.Name):
            found |= words(node.value)
        todo.extend(node.children)
    return frozenset(found)


def _is_predictable(call: Call) -> Answer:
    """The functions of `random`: harmless in games and samples, not where a name speaks of secrets."""
    if call.subclass is not None:
        return None  # What a subclass draws from is its own decision.
    purpose = _purpose(call)
    if purpose is None:
        message = (
            f"`{call.name}` is predictable: fine for games and samples, not for anything that must not be guessed."
        )
        return Verdict(message=message, confidence=Confidence.MEDIUM, repairs=_repairs(call, safe=False))
    return Verdict(message=_guessable(call, purpose), severity=Severity.WARNING, repairs=_repairs(call, safe=True))


def _guessable(call: Call, purpose: str) -> str:
    return f"{purpose} can be guessed: `{call.name}` is predictable."


def _repairs(call: Call, *, safe: bool) -> tuple[Repair, ...]:
    """The same draw from the operating system's generator; it cannot be seeded, so it is safe for secrets only."""
    function = call.name.rpartition(".")[2]
    if member(call.callee, "random", function) is None or not _means_module(call, "secrets"):
        return ()
    if function == "Random":
        if call.node.args:
            return ()
        text, title = "secrets.SystemRandom", "Use `secrets.SystemRandom`"
    else:
        text = _FROM_SECRETS.get(function, f"secrets.SystemRandom().{function}")
        title = f"Use `{text}`"
    return (Repair(title, (Replace(call.node.func, text), AddImport("secrets")), safe=safe),)


def _means_module(call: Call, module: str) -> bool:
    """Whether a module's name is free, or bound to the module, where the call stands."""
    if lookup(module, call.scope, call.resolver) is None:
        return True
    return call.callee.at(cst.Name(module)).symbols == (module,)


def _is_predictable_secret(call: Call) -> Answer:
    """NumPy's generators, and those that `random.Random(...)` has made: reported for secrets only."""
    purpose = _purpose(call)
    return None if purpose is None else Verdict(message=_guessable(call, purpose), severity=Severity.WARNING)


INSECURE_RANDOM = Rule(
    name="insecure-random",
    family="crypto",
    title="Predictable random numbers",
    message="`random` is predictable: fine for games and samples, not for anything that must not be guessed.",
    why="`random` uses a generator made for simulations. Its whole state can be computed from about 600 of its "
    "numbers, and with the state every number before and after.",
    abuse="Somebody who sees some results, for example a few reset links of their own, computes the ones that other "
    "people get, and takes over their accounts.",
    fix="Take tokens from `secrets.token_urlsafe()`, picks from `secrets.choice`, anything else from "
    "`secrets.SystemRandom()`.",
    ask="What could somebody do who knew this number in advance?",
    cwe=(338, 330),
    severity=Severity.INFORMATION,
    by_program_type=TOKENS_OR_SIMULATIONS,
    aliases=(
        "B311",
        "S311",
        "random.Random",
        "random.choice",
        "random.choices",
        "random.getrandbits",
        "random.randbytes",
        "random.randint",
        "random.random",
        "random.randrange",
        "random.sample",
        "random.shuffle",
        "random.triangular",
        "random.uniform",
    ),
    detect=(
        calls("random.Random", *(f"random.{name}" for name in _FUNCTIONS), when=_is_predictable),
        calls(
            *(f"random.Random.{name}" for name in _FUNCTIONS),
            *(f"numpy.random.{name}" for name in _NUMPY_FUNCTIONS),
            *(f"numpy.random.Generator.{name}" for name in _NUMPY_FUNCTIONS),
            *(f"numpy.random.RandomState.{name}" for name in _NUMPY_FUNCTIONS),
            when=_is_predictable_secret,
        ),
    ),
    bad=(
        "import random\n\n\ndef reset_token():\n    return random.getrandbits(128)",
        "import random\n\n\ndef roll():\n    return random.randint(1, 6)",
        "import numpy\n\n\ndef new_session_id():\n    return numpy.random.bytes(16)",
    ),
    good=(
        "import secrets\n\n\ndef reset_token():\n    return secrets.randbits(128)",
        "import random\n\n\ndef roll():\n    return random.SystemRandom().randint(1, 6)",
        "import numpy\n\n\ndef noise(count):\n    return numpy.random.uniform(size=count)",
    ),
    references=(
        "https://docs.python.org/3/library/random.html",
        "https://docs.python.org/3/library/secrets.html",
        "https://cwe.mitre.org/data/definitions/338.html",
        "https://cwe.mitre.org/data/definitions/330.html",
    ),
)
