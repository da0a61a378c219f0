import json
import sysconfig
from collections import Counter
from pathlib import Path

import libcst as cst
import pytest
from formatted import blackened, fingerprints, ruffened
from whysafe.justifications.fingerprint import VERSION, fingerprint

GOLDEN = json.loads(Path(__file__).with_name("golden_fingerprints.json").read_text("utf-8"))
LIBRARY = Path(sysconfig.get_path("stdlib"))
MODULES = ["shlex.py", "sched.py", "xmlrpc/client.py"]
FORMATTERS = {
    "black": lambda text: blackened(text, preview=False),
    "black-preview": lambda text: blackened(text, preview=True),
    "ruff": lambda text: ruffened(text, preview=False),
    "ruff-preview": lambda text: ruffened(text, preview=True),
}


def parsed(code):
    return cst.parse_module(code + "\n").body[0]


def of(code, **bindings):
    bound = {name: [parsed(binding) for binding in codes] for name, codes in bindings.items()}
    return fingerprint([parsed(code)], lambda name: bound.get(name, ()))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["code"][:30])
def test_golden(case):
    """They stand in people's source files: whatever changes one needs a new VERSION, and the old one kept for them."""
    assert of(case["code"], **case["bindings"]) == case["fingerprint"]


def test_golden_hashes_differ():
    assert len({case["fingerprint"] for case in GOLDEN}) == len(GOLDEN)


def test_eight_digits_with_the_version_in_front():
    found = of("f(x)")
    assert (len(found), found[0]) == (8, VERSION)
    assert set(found) <= set("0123456789abcdef")


def test_bindings_count_in_any_order_and_once():
    assert of("f(x)", x=["x = 1", "x = 2"]) == of("f(x)", x=["x = 2", "x = 1", "x = 0b1"])
    assert of("f(x)", x=["x = 1"]) != of("f(x)", x=["x = 2"])
    assert of("f(x)", x=["x = 1"]) != of("f(x)", f=["x = 1"])
    assert of("f(x)", x=["x = 1"]) != of("f(x)")


def test_bindings_of_other_names_do_not_count():
    assert of("f(x)", y=["y = 1"]) == of("f(x)")


def test_what_stands_in_a_body_does_not_count():
    assert of("if a:\n    b()") == of("if a:\n    c()")
    assert of("if a: pass") != of("if b: pass")


def test_covered_code_of_several_nodes():
    header, body = parsed("if a: pass"), parsed("f(x)")
    assert fingerprint([header, body], lambda _: ()) != fingerprint([header], lambda _: ())


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_formatters_leave_every_fingerprint(formatter):
    """The library's modules are not formatted by either, so each run changes many lines."""
    compared = Counter()
    for name in MODULES:
        text = (LIBRARY / name).read_text("utf-8")
        formatted = FORMATTERS[formatter](text)
        before, after = fingerprints(text), fingerprints(formatted)
        compared["changed"] += formatted != text
        assert [(name, found) for found in after] == [(name, found) for found in before]
        compared["statements"] += len(before)
    assert compared["changed"] == len(MODULES)
    assert compared["statements"] > 800
