"""Credentials that a variable, an attribute, an entry or a comparison holds."""

import os

# what the peers' own examples look like
password = "s3cr3t"  # expect: hardcoded-password-string
_pass = "s3cr3t"  # expect: hardcoded-password-string
passwd = "s3cr3t"  # expect: hardcoded-password-string
pwd = "s3cr3t"  # expect: hardcoded-password-string
secret = "s3cr3t"  # expect: hardcoded-password-string
secrete = "s3cr3t"  # expect: hardcoded-password-string
token = "s3cr3t"  # expect: hardcoded-password-string
PASSWORD = "s3cr3t"  # expect: hardcoded-password-string
PassWord = "s3cr3t"  # expect: hardcoded-password-string
annotated_password: str = "s3cr3t"  # expect: hardcoded-password-string
EMAIL_PASSWORD = "secret"  # expect: hardcoded-password-string
my_secret_password_for_email = "d6s$f9g!j8mg7hw?n&2"  # expect: hardcoded-password-string
passphrase = "1234"  # expect: hardcoded-password-string
safe = password = "blerg"  # expect: hardcoded-password-string
password = safe = "blerg"  # expect: hardcoded-password-string
user, password = "bob", "hunter2"  # expect: hardcoded-password-string
password = b"hunter2"  # expect: hardcoded-password-string
password = "hunter2".encode()  # expect: hardcoded-password-string
password = "hun" + "ter2"  # expect: hardcoded-password-string
password = "hun" "ter2"  # expect: hardcoded-password-string
password = f"hunter2"  # expect: hardcoded-password-string
password = "hunter2" if os.name == "nt" else ask()  # expect: hardcoded-password-string
password = os.environ.get("PW") or "hunter2"  # expect: hardcoded-password-string
db_password2 = "hunter2"  # expect: hardcoded-password-string
dbPassword = "hunter2"  # expect: hardcoded-password-string
password_prod = "hunter2"  # expect: hardcoded-password-string
DB_PASS = "postgres"  # expect: hardcoded-password-string
api_key = "9f8a7b6c5d4e3f2a"  # expect: hardcoded-password-string
apiKey = "9f8a7b6c5d4e3f2a"  # expect: hardcoded-password-string
client_secret = "8xLOxBtZp8"  # expect: hardcoded-password-string
SECRET_KEY = "super-secret-key"  # expect: hardcoded-password-string
auth_token = "abc123def456"  # expect: hardcoded-password-string
if (pw_password := "hunter2"):  # expect: hardcoded-password-string
    pass


class Account:
    password = "class-level1"  # expect: hardcoded-password-string

    def __init__(self):
        self.smtp_password = "hunter2"  # expect: hardcoded-password-string


Account.password = "hunter2"  # expect: hardcoded-password-string
settings["password"] = "hunter2"  # expect: hardcoded-password-string
settings["pass"] = "s3cr3t"  # expect: hardcoded-password-string
settings = {
    "user": "app",
    "password": "hunter2",  # expect: hardcoded-password-string
    "x-api-key": "9f8a7b6c5d4e3f2a",  # expect: hardcoded-password-string
    "nested": {"secret": "s3cr3tvalue1"},  # expect: hardcoded-password-string
}


def compare(password, token, form):
    if password == "root":  # expect: hardcoded-password-string
        return 1
    if "letmein" == password:  # expect: hardcoded-password-string
        return 2
    if password != "ajklawejrkl42348swfgkg":  # expect: hardcoded-password-string
        return 3
    if token == "abc123def456":  # expect: hardcoded-password-string
        return 4
    if form["password"] == "hunter2":  # expect: hardcoded-password-string
        return 5
    if form.get("password") in ("hunter2", "letmein"):  # expect: hardcoded-password-string
        return 6
    if account.password == "hunter2":  # expect: hardcoded-password-string
        return 7
    return 0
