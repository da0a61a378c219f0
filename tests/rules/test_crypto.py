"""Which names raise a random number to a warning, and what the fixes make of the text."""

import pytest
from whysafe.analysis.catalogue import catalogue
from whysafe.analysis.program import Program
from whysafe.rules import crypto
from whysafe.rules.crypto_random import words

CATALOGUE = catalogue(crypto.RULES)


def findings(text):
    return Program(text + "\n", CATALOGUE).findings()


def fixes(text):
    (finding,) = findings(text)
    made = {}
    for fix in finding.fixes:
        program = Program(text + "\n", CATALOGUE)
        for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
            program.edit(edit)
        made[program.text] = fix.safe
    return made


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("reset_token", {"reset", "token"}),
        ("sessionId", {"session", "id"}),
        ("APIKey", {"api", "key"}),
        ("_SALT", {"salt"}),
        ("monkey", {"monkey"}),
        ("key2", {"key"}),
    ],
)
def test_words_of_a_name(name, parts):
    assert words(name) == parts


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("token = random.random()", "warning"),
        ("token: float = random.random()", "warning"),
        ("user.password = random.random()", "warning"),
        ("user['salt'] = random.random()", "warning"),
        ("first, session_id = 1, random.random()", "warning"),
        ("create(nonce=random.random())", "warning"),
        ("found = {'secret': random.random()}", "warning"),
        ("if (otp := random.random()):\n    pass", "warning"),
        ("def make_key():\n    return random.random()", "warning"),
        ("def make_key():\n    def pick():\n        return random.random()\n    return pick", "warning"),
        ("key = random.choice('abc')", "warning"),
        ("key = random.choice(list(keys))", "information"),
        ("token = random.choice(self.tokens)", "information"),
        ("def test_key():\n    return random.random()", "information"),
        ("delay = random.random()", "information"),
        ("monkey = random.random()", "information"),
        ("keyboard = random.random()", "information"),
        ("tokens = random.random()", "information"),
        ("random.shuffle(deck)", "information"),
    ],
)
def test_names_decide_how_much_a_random_number_matters(line, severity):
    (finding,) = findings(f"import random\n\n{line}")
    assert finding.severity.label == severity


def test_a_subclass_decides_itself_what_it_draws_from():
    assert not findings("import random\n\n\nclass Own(random.Random):\n    pass\n\n\nown = Own()")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("token = random.choice('ab')", {"import secrets\nimport random\n\ntoken = secrets.choice('ab')\n": True}),
        ("token = random.randbytes(9)", {"import secrets\nimport random\n\ntoken = secrets.token_bytes(9)\n": True}),
        (
            "token = random.randint(1, 9)",
            {"import secrets\nimport random\n\ntoken = secrets.SystemRandom().randint(1, 9)\n": True},
        ),
        (
            "delay = random.random()",
            {"import secrets\nimport random\n\ndelay = secrets.SystemRandom().random()\n": False},
        ),
        ("token_source = random.Random(7)", {}),
    ],
)
def test_randomness_is_fixed(line, expected):
    assert fixes(f"import random\n\n{line}") == expected


def test_nothing_is_replaced_where_the_name_secrets_means_something_else():
    assert fixes("import random\n\n\ndef new(secrets):\n    token = random.random()\n    return token") == {}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("hashlib.md5(data)", {"hashlib.md5(data, usedforsecurity=False)", "hashlib.sha256(data)"}),
        ("hashlib.sha1()", {"hashlib.sha1(usedforsecurity=False)", "hashlib.sha256()"}),
        ("hashlib.new('md5')", {"hashlib.new('md5', usedforsecurity=False)", "hashlib.new('sha256')"}),
        ("hashlib.new(NAME)", {"hashlib.new(NAME, usedforsecurity=False)"}),
        ("hashlib.md5(data, usedforsecurity=True)", {"hashlib.sha256(data, usedforsecurity=True)"}),
        ("hashlib.md5(*data)", {"hashlib.sha256(*data)"}),
    ],
)
def test_both_answers_to_a_weak_hash_are_offered_and_neither_is_automatic(call, expected):
    text = "import hashlib\n\nNAME = 'sha1'\n\n\ndef digest(data):\n    return "
    made = fixes(text + call)
    assert made == {f"{text}{each}\n": False for each in expected}


@pytest.mark.parametrize(
    ("call", "confidence"),
    [
        ("hashlib.md5(data)", "high"),
        ("hashlib.md5(data, **options)", "medium"),
        ("hashlib.md5(data, usedforsecurity=options)", "medium"),
        ("hashlib.new(name)", "medium"),
    ],
)
def test_confidence_of_a_weak_hash(call, confidence):
    (finding,) = findings(f"import hashlib\n\n\ndef digest(data, options, name='md5'):\n    return {call}")
    assert finding.confidence.label == confidence
