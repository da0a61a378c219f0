"""Credentials that are passed on."""

import functools
import smtplib

import psycopg2
import requests
from requests.auth import HTTPBasicAuth

psycopg2.connect(host="db", password="hunter2")  # expect: hardcoded-password-argument
do_login(user="bob", passwd="hunter2")  # expect: hardcoded-password-argument
make_client(token="abc123def456")  # expect: hardcoded-password-argument
make_client(api_key="9f8a7b6c5d4e3f2a")  # expect: hardcoded-password-argument
make_client(
    name="x",
    client_secret="8xLOxBtZp8",  # expect: hardcoded-password-argument
)
dict(password="hunter2")  # expect: hardcoded-password-argument
functools.partial(connect, password="hunter2")  # expect: hardcoded-password-argument
requests.get(url, auth=("bob", "hunter2"), timeout=5)  # expect: hardcoded-password-argument
HTTPBasicAuth("bob", "hunter2")  # expect: hardcoded-password-argument
with smtplib.SMTP_SSL("mail.example.org") as server:
    server.login("bob", "hunter2")  # expect: hardcoded-password-argument

# an entry of a mapping is one finding, not two
connect(**{"password": "hunter2"})  # expect: hardcoded-password-string

connect(password="")
connect(password=password)
connect(password=os.environ["PASSWORD"])
connect(password="${PASSWORD}")
connect(token_type="Bearer", password_field="hunter2")
load(tokenizer="bert-base-2024a", pad_token="<pad>", next_token="abc123def456")
form.add(password="Your password")
page(NextToken="abc123def456")
render(title="Password", secret_name="prod/db/1a")
requests.get(url, auth=(user, password), timeout=5)
HTTPBasicAuth("bob", password)
