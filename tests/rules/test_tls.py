"""How sure and how bad each missing check is, and what the fixes make of the text."""

import pytest
from whysafe.analysis.catalogue import catalogue
from whysafe.analysis.program import Program
from whysafe.rules import tls

CATALOGUE = catalogue(tls.RULES)


def findings(text):
    return Program(text + "\n", CATALOGUE).findings()


def fixes(text):
    made = {}
    for finding in findings(text):
        for fix in finding.fixes:
            program = Program(text + "\n", CATALOGUE)
            for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
                program.edit(edit)
            made[program.text.removesuffix("\n")] = fix.safe
    return made


@pytest.mark.parametrize(
    ("body", "severity", "confidence"),
    [
        ("requests.get(url, verify=False)", "error", "high"),
        ("requests.get(url, verify=0)", "error", "high"),
        ("requests.get(url, verify=flag)", "warning", "medium"),
        ("requests.get(url, verify=False if flag else True)", "warning", "medium"),
        ("client.get(url, verify=False)", "error", "low"),
        ("requests.Session().verify = flag", "warning", "medium"),
        ("client.verify = False", "error", "low"),
    ],
)
def test_how_sure_it_is_that_no_certificate_is_checked(body, severity, confidence):
    (finding,) = findings(f"import requests\n\n\ndef fetch(url, client, flag=False):\n    {body}")
    assert (finding.severity.label, finding.confidence.label) == (severity, confidence)


@pytest.mark.parametrize(
    ("body", "severity", "confidence"),
    [
        ("ssl.create_default_context().check_hostname = False", "error", "high"),
        ("ssl.create_default_context().check_hostname = flag", "warning", "medium"),
        ("ctx.verify_mode = ssl.CERT_NONE", "error", "medium"),
        ("ctx.check_hostname = False", "error", "medium"),
        ("other.check_hostname = False", "error", "low"),
        ("ssl.SSLContext()", "warning", "medium"),
        ("other(cert_reqs=ssl.CERT_NONE)", "error", "medium"),
        ("ssl._create_unverified_context(cert_reqs=ssl.CERT_REQUIRED)", "warning", "high"),
    ],
)
def test_how_sure_it_is_that_a_context_checks_nothing(body, severity, confidence):
    (finding,) = findings(f"import ssl\n\n\ndef use(ctx, other, flag=False):\n    {body}")
    assert (finding.severity.label, finding.confidence.label) == (severity, confidence)


def test_a_module_that_may_be_missing_does_not_make_its_constant_uncertain():
    start = "try:\n    import ssl\nexcept ImportError:\n    ssl = None\n\n\n"
    text = f"{start}def use(ctx):\n    ctx.verify_mode = ssl.CERT_NONE"
    assert [finding.severity.label for finding in findings(text)] == ["error"]


def test_a_flag_that_is_none_by_default_means_that_nobody_has_chosen():
    text = "import ssl\n\n\ndef use(flag=None):\n    ssl.create_default_context().check_hostname = flag"
    assert not findings(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("requests.get(url, verify=False)", {"requests.get(url)": True}),
        ("requests.get(url, verify=False, timeout=5)", {"requests.get(url, timeout=5)": True}),
        ("requests.get(url, **{'verify': False})", {}),
        ("requests.get(url, verify=OFF)", {}),
        ("urllib3.PoolManager(cert_reqs='CERT_NONE')", {"urllib3.PoolManager()": True}),
        ("urllib3.PoolManager(assert_hostname=False)", {"urllib3.PoolManager()": True}),
        ("httpx.HTTPTransport(False)", {}),
        ("ssl._create_unverified_context()", {"ssl.create_default_context()": True}),
        ("ssl._create_unverified_context(cafile=url)", {"ssl.create_default_context(cafile=url)": True}),
        ("ssl._create_unverified_context(ssl.PROTOCOL_TLS)", {}),
        ("url(factory=ssl._create_unverified_context)", {"url(factory=ssl.create_default_context)": True}),
        ("ssl.SSLContext()", {"ssl.create_default_context()": False}),
        ("url.verify_mode = ssl.CERT_NONE", {"url.verify_mode = ssl.CERT_REQUIRED": False}),
        ("url(cert_reqs=ssl.CERT_NONE)", {}),
    ],
)
def test_fixes(before, after):
    text = "import httpx, requests, ssl, urllib3\n\nOFF = False\n\n\ndef use(url):\n    "
    assert fixes(text + before) == {text + each: safe for each, safe in after.items()}


def test_an_assignment_that_takes_a_check_away_is_removed():
    text = "import ssl\n\n\ndef use():\n    ctx = ssl.create_default_context()\n    ctx.{} = {}\n    return ctx"
    removed = "import ssl\n\n\ndef use():\n    ctx = ssl.create_default_context()\n    return ctx"
    assert fixes(text.format("verify_mode", "ssl.CERT_NONE")) == {removed: True}
    assert fixes(text.format("check_hostname", "False")) == {removed: True}


def test_removing_only_one_of_two_assignments_is_not_safe_when_the_other_needs_it():
    start = "import ssl\n\n\ndef use():\n    ctx = ssl.create_default_context()\n"
    names, mode = "    ctx.check_hostname = False\n", "    ctx.verify_mode = ssl.CERT_NONE"
    assert fixes(start + names + mode) == {(start + names).rstrip(): True, start + mode: False}
