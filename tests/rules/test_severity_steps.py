"""Severity and confidence where a rule has several: what the arguments prove decides."""

import pytest
from whysafe.analysis.program import Program
from whysafe.rules import CATALOGUE

TAR = "import tarfile\narchive = tarfile.open(path)\n"
SQL = "import sqlite3\ncursor = sqlite3.connect(path).cursor()\n"

STEPS = [
    # filesystem
    ("tarfile-unsafe-extract", TAR + "archive.extractall(target)", "error", "high"),
    ("tarfile-unsafe-extract", TAR + "archive.extractall(target, members=checked(archive))", "warning", "high"),
    ("tarfile-unsafe-extract", TAR + "archive.extract('README', target)", "warning", "high"),
    ("tarfile-unsafe-extract", TAR + "archive.extract(member, target)", "error", "high"),
    ("tarfile-unsafe-extract", TAR + "archive.extractall(target, **options)", "error", "low"),
    ("tarfile-unsafe-extract", "import tarfile\ndef f(tar):\n    tar.extractall()", "error", "medium"),
    ("tarfile-unsafe-extract", "def f(tar):\n    tar.extractall()", "error", "low"),
    ("permissive-file-mode", "import os\nos.chmod(path, 0o777)", "error", "high"),
    ("permissive-file-mode", "import os\nos.chmod(path, 0o1777)", "warning", "high"),
    ("permissive-file-mode", "import os\nos.chmod(path, 0o4755)", "warning", "high"),
    ("permissive-file-mode", "import os\nos.chmod(path, 0o664)", "warning", "high"),
    ("permissive-file-mode", "import os\nos.chmod(path, 0o755)", "hint", "high"),
    ("permissive-file-mode", "import os\nos.chmod(path, mode)", "hint", "medium"),
    ("permissive-file-mode", "import os\nos.mkdir(path, 0o777)", "information", "high"),
    ("permissive-file-mode", "import os\nos.makedirs(path, mode=0o755)", "hint", "high"),
    ("permissive-file-mode", "import os\ndef f(mode=0o777):\n    os.chmod(path, mode)", "warning", "medium"),
    ("permissive-file-mode", "def f(path):\n    path.chmod(0o777)", "error", "medium"),
    ("tempfile-mktemp", "import tempfile\ntempfile.mktemp()", "warning", "high"),
    # injection
    ("sql-execute-formatted", SQL + "cursor.execute(f'SELECT a FROM {name}')", "error", "high"),
    ("sql-execute-formatted", "def f(cursor, name):\n    cursor.execute(f'SELECT a FROM {name}')", "error", "medium"),
    ("sql-execute-formatted", SQL + "def f(n: int):\n    cursor.execute(f'SELECT a LIMIT {n}')", "warning", "high"),
    # network
    ("bind-all-interfaces", "import socket\nsocket.create_server(('', 80))", "warning", "high"),
    ("bind-all-interfaces", "def f(s):\n    s.bind(('0.0.0.0', 80))", "warning", "medium"),
    ("http-request-no-timeout", "import requests\nrequests.get(url)", "information", "high"),
    (
        "http-request-no-timeout",
        "import requests\ndef f(t=None):\n    requests.get(url, timeout=t)",
        "information",
        "medium",
    ),
    # web-framework
    ("flask-debug-true", "import flask\nflask.Flask('a').run(debug=True)", "error", "high"),
    ("flask-debug-true", "def f(app):\n    app.run(debug=True)", "error", "medium"),
    ("jinja2-autoescape-off", "import jinja2\njinja2.Environment()", "warning", "high"),
    ("jinja2-autoescape-off", "import jinja2\njinja2.Template('Dear {{ name }}')", "information", "high"),
    ("jinja2-autoescape-off", "import jinja2\njinja2.Template('<b>{{ name }}</b>')", "warning", "high"),
    (
        "jinja2-autoescape-off",
        "import jinja2\njinja2.Environment(loader=jinja2.DictLoader({'nginx.conf': text}))",
        "information",
        "high",
    ),
    (
        "jinja2-autoescape-off",
        "import jinja2.nativetypes as n\nn.NativeEnvironment()",
        "information",
        "high",
    ),
    # secrets
    ("hardcoded-password-string", "password = 'hunter2'", "information", "high"),
    ("hardcoded-password-argument", "make(password='hunter2')", "information", "high"),
    ("hardcoded-password-argument", "database.connect(password='hunter2')", "warning", "high"),
    ("hardcoded-password-argument", "mail.login(user=name, password='hunter2')", "warning", "high"),
    ("hardcoded-password-argument", "create_engine(url, password='hunter2')", "warning", "high"),
    ("hardcoded-password-default", "def f(password='hunter2'):\n    return password", "information", "high"),
    ("provider-token-literal", "x = 'AKIAWHYSAFENOTAREAL2'", "error", "high"),
    # robustness
    ("assert-used", "assert x > 0", "hint", "high"),
    ("assert-used", "assert isinstance(user, User)", "hint", "high"),
    ("assert-used", "assert user is not None", "hint", "high"),
    ("assert-used", "assert token.type == kinds.NAME", "hint", "high"),
    ("assert-used", "assert user.is_admin", "warning", "high"),
    ("assert-used", "assert has_permission(user, page)", "warning", "high"),
    ("assert-used", "assert verify(token)", "warning", "high"),
    ("assert-used", "assert request.auth", "warning", "high"),
    ("try-except-pass", "try:\n    f()\nexcept:\n    pass", "information", "high"),
    ("try-except-pass", "try:\n    f()\nexcept Exception:\n    pass", "information", "high"),
    ("try-except-pass", "try:\n    f()\nexcept (OSError, BaseException):\n    pass", "information", "high"),
    ("try-except-pass", "try:\n    f()\nexcept OSError:\n    pass", "hint", "high"),
]


@pytest.mark.parametrize(("rule", "text", "severity", "confidence"), STEPS)
def test_step(rule, text, severity, confidence):
    found = [f for f in Program(text + "\n", CATALOGUE).findings() if f.rule == rule]
    assert [(f.severity.label, f.confidence.label) for f in found] == [(severity, confidence)]
