"""Shapes of tokens. They are put together here, so that no file of ours has one."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.rules.provider_tokens import PATTERN, holds_provider_token, is_real, service_of

FILLING = "a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ" * 4
HEXADECIMAL = "0123456789abcdef" * 2

TOKENS = {
    "AWS access key": ["AKIA" + "WHYSAFENOTAREAL2", "ASIA" + "WHYSAFENOTAREAL2"],
    "GitHub token": [*(f"gh{kind}_" + FILLING[:36] for kind in "pousr"), "github_pat_" + FILLING[:82]],
    "GitLab token": ["glpat-" + FILLING[:20]],
    "Slack token": ["xoxb-" + "123456789012-1234567890-" + FILLING[:24], "xapp-1-" + FILLING[:30]],
    "Google API key": ["AIza" + FILLING[:35]],
    "Anthropic key": ["sk-ant-" + "api03-" + FILLING[:90]],
    "OpenAI key": ["sk-" + FILLING[:48], "sk-proj-" + FILLING[:64]],
    "Stripe key": ["sk_" + "live_" + FILLING[:24], "rk_" + "live_" + FILLING[:24]],
    "Twilio key": ["SK" + HEXADECIMAL],
    "npm token": ["npm_" + FILLING[:36]],
    "PyPI token": ["pypi-" + "AgEIcHlwaS5vcmc" + FILLING[:70]],
    "Hugging Face token": ["hf_" + FILLING[:34]],
    "SendGrid key": ["SG." + FILLING[:22] + "." + FILLING[:43]],
    "JSON web token": ["eyJ" + FILLING[:20] + ".eyJ" + FILLING[:20] + "." + FILLING[:43]],
}
ALL = [(service, token) for service, tokens in TOKENS.items() for token in tokens]


@pytest.mark.parametrize(("service", "token"), ALL)
def test_token_is_found_wherever_it_stands(service, token):
    assert service_of(token) == service
    for text in (
        token,
        f'x = "{token}"',
        f"# {token}.",
        f"b'{token}'",
        rf"first\n{token}\n",
        f"https://x/?key={token}&b=1",
    ):
        assert holds_provider_token(text), text


@pytest.mark.parametrize(("service", "token"), ALL)
def test_part_of_something_longer_is_no_token(service, token):
    assert not holds_provider_token("x" + token), service
    assert not holds_provider_token("_" + token), service


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "AKIA" + "X" * 16,
        "ghp_" + "x" * 36,
        "sk-" + "0" * 48,
        "sk_" + "test_" + FILLING[:24],
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + FILLING[:43],
        "sk-learn",
        "hf_hub_download",
        "npm_config_registry",
        "SKIP",
        "",
    ],
)
def test_examples_and_prefixes_are_no_tokens(text):
    assert not holds_provider_token(text)


@given(st.text())
def test_a_real_token_has_one_shape(text):
    for found in re.finditer(PATTERN, text):
        if is_real(found.group()):
            assert service_of(found.group())


@pytest.mark.parametrize(
    "part", ["eyJ", "eyJa.", "sk-", "AKIA", "xoxb-", "\\neyJ", "SG.", "ghp_", "eyJaaaaaaaaaaaa.eyJ"]
)
def test_search_takes_linear_time(part):
    def seconds(times):
        text = part * times
        started = time.process_time()
        assert not holds_provider_token(text)
        return time.process_time() - started

    small = min(seconds(5_000) for _ in range(5))
    large = min(seconds(40_000) for _ in range(3))
    assert large < max(small, 0.005) * 24  # Eight times the text; quadratic would be 64 times.
