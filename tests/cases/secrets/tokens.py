"""Texts with the shape of a token, wherever they stand. None of these is real, and none ever was."""

ACCESS_ID = "AKIAWHYSAFENOTAREAL2"  # expect: provider-token-literal
anything = f"id={'AKIAWHYSAFENOTAREAL2'} {name}"  # expect: provider-token-literal
raw = b"AKIAWHYSAFENOTAREAL2"  # expect: provider-token-literal
# the old one was AKIAWHYSAFENOTAREAL2  # expect: provider-token-literal
line = "first\nASIAWHYSAFENOTAREAL2\n"  # expect: provider-token-literal
password = "AKIAWHYSAFENOTAREAL2"  # expect: provider-token-literal
send(hf="hf_ThisIsNotARealTokenOfAnyKind1234567")  # expect: provider-token-literal
jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.WhysafeNotARealSignatureOfAnything"  # expect: provider-token-literal


def documented():
    """Call it with
    AKIAWHYSAFENOTAREAL2 and a secret.  # expect: provider-token-literal
    """


EXAMPLE = "AKIAIOSFODNN7EXAMPLE"
PREFIX = "AKIA"
SHORT = "AKIAWHYSAFE"
LONGER = "AKIAWHYSAFENOTAREAL23"
INSIDE = "XAKIAWHYSAFENOTAREAL2"
LOWER = "akiawhysafenotareal2"
FILLED = "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
SHOWN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.WhysafeNotARealSignatureOfAnything"
SLUG = "sk-" + "learn"
