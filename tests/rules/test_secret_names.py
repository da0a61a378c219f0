"""The filter of the password rules, on names and texts that real code has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.rules.secret_names import Kind, is_hardcoded, kind_of, words_of

NAMES = {
    Kind.PASSWORD: (
        "password PASSWORD Password PassWord passwd pwd pswd passphrase pass_phrase passcode db_password "
        "dbPassword DBPassword DB_PASSWORD2 password1 user_pass DB_PASS smtp_pass userpass dbpwd "
        "my_secret_password_for_email password_prod new_password default_password smtp-password "
        "redis_password root_pwd dbpassword pasword passwrd"
    ),
    Kind.SECRET: (
        "secret SECRET client_secret clientSecret secrete SECRET_KEY secret_key app_secret _pass pass jwt_secret"
    ),
    Kind.KEY: (
        "token auth_token authToken access_token api_key apiKey API_KEY x-api-key apikey private_key "
        "signing_key token2 github_token aws_secret_access_key encryption_key API_KEY_PROD authtoken"
    ),
    None: (
        "compass bypass passenger passes passing password_field password_url PASSWORD_HASHERS password_hash "
        "password_type password_path passwd_file password_header password_reason password_prompt "
        "password_reset_timeout token_type token_url NextToken nextToken next_token page_token "
        "continuation_token pad_token eos_token bos_token unk_token cls_token sep_token mask_token tokens "
        "tokenizer tokenize max_tokens csrf_token_name secretary secret_name secrets_dir keyword key "
        "foreign_key primary_key sort_key author authority first_pass render_pass use_password has_secret "
        "no_password show_password forgot_password token_endpoint access_key_id public_key token_count "
        "num_tokens api_key_header x y"
    ),
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NAMES.items() for name in names.split()])
def test_kind_of_name(kind, name):
    assert kind_of(name) is kind


CREDENTIALS = [
    ("password", "hunter2"),
    ("password", "Admin"),
    ("password", "root"),
    ("password", "changeme"),
    ("password", "P@ssw0rd!"),
    ("password", "12345678"),
    ("password", "ajklawejrkl42348swfgkg"),
    ("password", b"hunter2"),
    ("passphrase", "1234"),
    ("email_password", "secret"),
    ("db_password", "postgres"),
    ("password", "d6s$f9g!j8mg7hw?n&2"),
    ("password", "my_password"),
    ("secret", "s3cr3t"),
    ("jwt_secret", "test-secret-change-me"),
    ("SECRET_KEY", "CHANGE_ME_TO_A_RANDOM_SECRET"),
    ("secret", "supersecret"),
    ("secret_key", "super-secret-key"),
    ("secret_key", "django-insecure-^7kd#2l3&p9(xx"),
    ("client_secret", "8xLOxBtZp8"),
    ("token", "s3cr3t"),
    ("auth_token", "abc123def456"),
    ("token", "123e4567-e89b-12d3-a456-426614174000"),
    ("api_key", "9f8a7b6c5d4e3f2a"),
    ("aws_secret_access_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYz"),
]

NO_CREDENTIALS = [
    ("password", ""),
    ("password", "x"),
    ("password", 12345678),
    ("password", None),
    ("password", "a" * 501),
    ("password", "password"),
    ("db_password", "password"),
    ("password", "user_password"),
    ("password", "DB_PASSWORD"),
    ("password", "Enter your password"),
    ("password", "two words"),
    ("password", "<password>"),
    ("password", "${DB_PASSWORD}"),
    ("password", "$PASSWORD"),
    ("password", "%PASSWORD%"),
    ("password", "{{ password }}"),
    ("password", "{password}"),
    ("password", "%(password)s"),
    ("password", "%s"),
    ("password", "********"),
    ("password", "xxxxxxxx"),
    ("password", "--------"),
    ("password", "your-password-here"),
    ("password", "replace-me"),
    ("password", "placeholder"),
    ("password", "None"),
    ("password", "string"),
    ("password", "varchar"),
    ("password", "Passwört"),
    ("password", "django.contrib.auth"),
    ("password", "module:function"),
    ("password", "https://example.org/x1"),
    ("password", "/run/secrets/db"),
    ("password", "C:\\secrets\\db.txt"),
    ("password", "^[a-z]{8}$"),
    ("password", r"\d+abc"),
    ("secret", "kubernetes"),
    ("client_secret", "client_secret"),
    ("client_secret", "client_secret_basic"),
    ("aws_secret_access_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"),
    ("api_key", "changeme"),
    ("token", "while"),
    ("token", "NAME"),
    ("token", "=="),
    ("token", "sha256"),
    ("token", "x86_64"),
    ("token", "utf-8"),
    ("token", "iso8859-1"),
    ("token", "X-Auth-Token"),
    ("access_token", "access_token"),
    ("api_key", "apiKey"),
    ("api_key", "AKIAWHYSAFENOTAREAL2"),
]


@pytest.mark.parametrize(("name", "text"), CREDENTIALS)
def test_credential(name, text):
    assert is_hardcoded(name, text)


@pytest.mark.parametrize(("name", "text"), NO_CREDENTIALS)
def test_no_credential(name, text):
    assert not is_hardcoded(name, text)


def test_the_values_of_dicts_are_captions_often():
    assert is_hardcoded("password", "Wachtwoord")
    assert not is_hardcoded("password", "Wachtwoord", label=True)
    assert is_hardcoded("password", "hunter2", label=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dbPassword2", ("db", "password", "2")),
        ("DB_PASSWORD", ("db", "password")),
        ("DBPassword", ("db", "password")),
        ("x-api-key", ("x", "api", "key")),
        ("", ()),
    ],
)
def test_words_of(name, words):
    assert words_of(name) == words


@given(st.text(), st.text() | st.binary())
def test_never_raises(name, text):
    assert is_hardcoded(name, text) in {True, False}
    assert kind_of(name) in {None, *Kind}


@given(st.text())
def test_a_text_is_never_its_own_name(name):
    assert not is_hardcoded(name, name)
