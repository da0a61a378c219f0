"""What only looks like a credential: every line is a complaint about some other tool."""

import os

password = ""
password = "x"
password = None
password = safe
password = os.environ["DB_PASSWORD"]
password = os.getenv("PASSWORD")
password = getpass("Password: ")
password = ask("Enter your password")
password = f"{user}{number}"
password = "%s" % value
token_type = "Bearer"
token_type = "bearer1234"
NextToken = "abcdef123456"
next_token = "abcdef123456"
page_token = "abcdef123456"
continuation_token = "abc12345def"
pad_token = "<pad>"
eos_token = "</s>"
unk_token = "[UNK]"
bos_token = "token0001a"
tokenizer = "bert-base-uncased-2024a"
tokens = "abc12345def"
max_tokens = "10000a00000"
token = "("
token = "while"
token = "NAME"
token = "sha256"
token = "x86_64"
token = "X-Auth-Token"
token = "access_token"
csrf_token_name = "abc12345def"
CONF_PASSWORD = "password"
CONF_ACCESS_TOKEN = "access_token"
CLIENT_SECRET = "client_secret"
ATTR_API_KEY = "apiKey"
PASSWORD_ENV = "DB_PASSWORD"
DB_PASSWORD = "DB_PASSWORD"
password = "Password"
password_field = "hunter2"
PASSWORD_URL = "https://example.org/reset"
password_hash = "5f4dcc3b5aa765d6"
password_type = "hunter2"
password_path = "hunter2"
password_header = "hunter2"
password_reason = "hunter2"
password_label = "hunter2"
PASSWORD_HASHERS = "argon2x1"
password_message = "Passwords must have 8 characters"
password = "Enter your password"
password = "Le mot de passe est trop court"
password = "Passwört"
password = "<password>"
password = "${DB_PASSWORD}"
password = "$PASSWORD"
password = "{{ password }}"
password = "%(password)s"
password = "********"
password = "xxxxxxxx"
password = "your-password-here"
password = "changed in version\n2"
password = "[a-z]{8,}"
password = "^[a-z]+$"
secret = "/run/secrets/db_password"
secret = "vault://kv/data/db1"
secret_name = "prod/db/1abc"
secret = "kubernetes"
access_token_url = "abc123def456"
private_key_path = "~/.ssh/id_rsa1"
compass = "hunter2"
bypass = "hunter2"
first_pass = "abc123x"
keyword = "hunter2"
author = "abc12345def"
api_key = "api_key"
app.secrets.backend = "django.contrib.auth.hashers1"
labels = {"password": "Wachtwoord", "token": "Token", "secret": "Geheim"}
schema = {"password": "string", "api_key": "required", "token": "str"}
grant = {"grant_type": "password", "token_type": "Bearer"}

if password == "":
    pass
if token == "endif" or token in ("if", "else", "elif"):
    pass
if token.type == "NUMBER":
    pass
if password == other_password:
    pass
