"""What signs and detours let through in every spelling, and what they keep asleep."""

import pytest
from whysafe.analysis.arguments import arguments
from whysafe.analysis.glance import Glance
from whysafe.analysis.triage import is_quiet
from whysafe.checker import Document
from whysafe.rules import CATALOGUE

FOUND = [
    # Imported as a name of its own, however the statement is written.
    "from os import system\nsystem(x)",
    "from os import path, system\nsystem(x)",
    "from os import (  # (all of it)\n    path,\n    system,\n)\nsystem(x)",
    "from os import \\\n    path, \\\n    system\nsystem(x)",
    "from os import(system)\nsystem(x)",
    "from os import *\nsystem(x)",
    "from os import\t*\nsystem(x)",
    "if x:\n    from os import system as system\nsystem(x)",
    "def f(): from os import system; system(x)",
    "from os import ｓｙｓｔｅｍ\nsystem(x)",
    "x = 1; from os import system\nmap(system, x)",
    "import sys;from os import system\nsystem(x)",
    "class A:\n    from os import system\n    system(x)",
    "else_ = 1\nif x: import os\nos.system(x)",
    "\ufeffimport os\nos.system(x)",
    "\ffrom os import system\nsystem(x)",
    # A mode, by position or keyword, in every form.
    "import os\nos.open(p, f, 0o777)",
    "import os\nos.open(p, f,\n  # why not\n  0o777)",
    "import os\nos.open(p, f, mode=0o777)",
    "import os\nos.open(p, f, mode \\\n = 511)",
    "import os\nos.open(*pair, 0o777)\npair = p, f",
    "import os\nos.open(p, f, *[0o777])",
    "import os\nos.open(p, f, **{'mode': 0o777})",
    "import os\nos.open(p, f, (0o777))",
    "import os\nos.open(p, f, (m := 0o777))",
    "import os\nM = 0o777\nos.open(p, f, M)",
    "import os\nos.open(f'{p})', f, 0o777)",
    "import os\nx = f'{os.open(\")\", f, 0o777)}'",
    "import os\nx = f'{os.open(p, f, 0o777)}'",
    "import os\nx = f')({os.open(p, f, 0o777)}'",
    "import os\nx = f'''\n{\nos.open(p, f, 0o777)}'''",
    "import os\nos.open(')', '(', 0o777)",
    "import os\nos.open(lambda a, b: a, {1: 2, 3: 4}[1, 2], 0o777)",
    "import os\nos.open (p, f, 511)",
    "import os\n(os.open)(p, f, 511)",
    "import os\nos \\\n .open(p, f, 511)",
    "import os\n(os  # c\n .open(p, f, 511))",
    "import os\no = os.open\no(p, f, 511)",
    "import os\nimport functools\nfunctools.partial(os.open, p, f)(0o777)",
    "import os\nfunctools.partial(os.open, p, f, 0o777)()\nimport functools",
    "import os\ngetattr(os, 'open')(p, f, 0o777)",
    "import os\nos.makedirs(p, 0o777)",
    "import os\nos.makedirs(p, exist_ok=True, mode=0o777)",
    "import os\nos.makedirs(p, m)\nm = 0o777",
    "import os\nos.makedirs(mode=0x1ff, name=p)",
    "import os\nos.chmod(p, 0b111111111)",
    "import os\nos.chmod(p, 5_1_1)",
    "import os\nos.chmod(p, 0O777)",
    # An address.
    "import socket\nsocket.socket().bind(('', 80))",
    "s.bind(\n    (  # all\n    '0.0.0.0', 80))",
    "s.bind(a)\na = '', 80",
    "s.bind(*[('', 80)])",
    "s.bind('tcp://*:5555')",
    "s.bind('tcp\\x3a//*\\x3a5555')",
    "s.bind('tcp' '://*:5555')",
    "s.bind('tcp' + '://*:5555')",
    "s.bind(f'tcp://*:5555')",
    "s.bind((a := ('', 80)))",
    "asyncio.get_event_loop().create_datagram_endpoint('f', local_addr=('0.0.0.0', 1))\nimport asyncio",
    # A module under a computed name, by whatever imports it.
    "import sys\nm = sys.modules\nm['o' + 's'].system(x)",
    "import importlib\nload = importlib.import_module\nload('o' + 's').system(x)",
    "from importlib import import_module as load\nload('o' + 's').system(x)",
    "from importlib import (\n    import_module as load)\nload('o' + 's').system(x)",
    "import sys\nload, m = print, sys.modules\nm['o' + 's'].system(x)",
    "import functools\nfunctools.partial(__import__, 'o' + 's')().system(x)",
    "from importlib import import_module\nimport_module('o' 's').system(x)",
    # The key of an item.
    "import flask\napp = flask.Flask(n)\napp.config['DEBUG'] = True",
    "import flask\napp = flask.Flask(n)\napp.config[\n  # c\n  r'DEBUG'] = True",
    "import flask\napp = flask.Flask(n)\napp.config['' 'DEBUG' ''] = True",
    "import flask\napp = flask.Flask(n)\napp.config['\\\nDEBUG\\\n'] = True",
    "import flask\napp = flask.Flask(n)\napp.config[('DEBUG')] = True",
    # A shell.
    "f(x, shell=True)",
    "f(x, # c\n  shell = \\\n  True)",
    "f(shell=1)",
    "f(*a,shell=(True))",
    "x = f'{f(shell=True)}'",
    "f(kwargs={'shell': True})",
]


@pytest.mark.parametrize("text", FOUND)
def test_every_spelling_is_found(text):
    ungated = Document(text, gated=False).facts().findings
    assert ungated
    assert Document(text).facts().findings == ungated
    assert not is_quiet(Glance(text), CATALOGUE)


ASLEEP = [
    "import os\nopen(p, 'rb', 0)",
    "import os\nwith open(p, mode='w', encoding='utf-8') as file:\n    system(file)",
    "import os\nos.open(p, os.O_RDONLY)",
    "import os\nos.open(p, f, 0o600)",
    "import os\nos.makedirs(p, exist_ok=True)",
    "import os\nos.makedirs(p, mode=0o700)",
    "import os\nx.open(p)\nx.open(p, encoding=e)",
    "import requests\nget(x)",
    "# from requests\nsession.get(x)",
    "'''\nThis is from requests\n'''\nsession.get(x)",
    "widget.bind('<Return>', f)",
    "import socket\nwidget.bind('<Return>', f)",
    "self.shell = shell",
    "import flask\nx[y] = settings.DEBUG",
    "shell = True",
    "importlib.import_module(name)\nx[1:] + y\nrequests.get(z)",
]


@pytest.mark.parametrize("text", ASLEEP)
def test_what_cannot_matter_sleeps(text):
    assert is_quiet(Glance(text), CATALOGUE)
    assert Document(text, gated=False).facts().findings == ()


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("f()", ()),
        ("f(a)", (("", "a"),)),
        ("f(a, b=c,)", (("", "a"), ("b", "c"))),
        ("f((a, b), [c, d], a == b)", (("", "(a, b)"), ("", " [c, d]"), ("", " a == b"))),
        ("f(*a)", None),
        ("f(**a)", None),
        ("f(a", None),
        ("f(f'{a}')", None),
        ("f'{a}'; f(a)", None),
        ("f(" + "a" * 3_000 + ")", None),
    ],
)
def test_arguments(code, given):
    code = Glance(code).code
    found = arguments(code, code.rindex("f(") + 1)
    assert (None if found is None else tuple(map(tuple, found))) == given


HIDDEN = [
    "def f(input):\n    return g(input)",
    "def f(self, input, errors='x'):\n    return h(input, errors)",
    "class A:\n    @staticmethod\n    def f(compile):\n        return lambda: compile(x)",
    "import os\n\n\ndef f(owner, name):\n    return getattr(owner, name)",
    "import os\n\n\nclass A:\n    def __getattr__(self, name):\n        return getattr(self.other, name)",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_a_parameter_hides_what_its_name_meant(text):
    document = Document(text)
    assert document.facts().findings == Document(text, gated=False).facts().findings == ()
    assert all(unit.tree is None for unit in document.program.units if "def f" in unit.piece.text)


SEEN = [
    "def f(input=input):\n    return input()",
    "def f(x=input(), *, input): pass",
    "@g(input())\ndef f(input): pass",
    "def f(input): pass\nx = input()",
    "def f(input):\n    def g():\n        global input\n        return input()",
    "def f(a):\n    return input()",
    "def f(*, x: g(input()), input): pass",
    "def f(input) -> g(input()): pass",
    "def f(input) -> lambda: input(): pass",
    "import os\n\n\ndef f(name):\n    name = 'system'\n    getattr(os, name)(x)",
    "import os\n\n\ndef f(name, x=1):\n    if x:\n        a, name = 1, 'system'\n    getattr(os, name)(x)",
    "import os\n\n\ndef f(name):\n    [getattr(os, name)(x) for name in ('system', 'popen')]",
    "import os\n\n\ndef f(name):\n    for name in ('system', 'popen'):\n        getattr(os, name)(x)",
    "import os\n\n\ndef f(name):\n    return g(lambda name='system': getattr(os, name)(x))",
    "import os\n\n\ndef f(name):\n    def g(name='system'):\n        getattr(os, name)(x)",
    "import os\n\n\ndef f(name):\n    class A:\n        name = 'system'\n        getattr(os, name)(x)",
    "import os\n\n\ndef f(name):\n    getattr(os, (name := 'system'))(x)",
    "import os\n\n\ndef f(name='system'):\n    getattr(os, name)(x)",
    "import os\nname = 'system'\n\n\ndef f(name, g=getattr(os, name)(x)): pass",
    "import os\nname = 'system'\n\n\ndef f(name):\n    def g():\n        global name\n        getattr(os, name)(x)",
    "import os\n\n\ndef f(name):\n    f'{(name := \"system\")}'\n    getattr(os, name)(x)",
    "import os\n\n\ndef f(name):\n    getattr(os, name, os.system)(x)",
]


@pytest.mark.parametrize("text", SEEN)
def test_what_a_parameter_does_not_hide(text):
    ungated = Document(text, gated=False).facts().findings
    assert ungated
    assert Document(text).facts().findings == ungated


FORMATTED = [
    "cursor.execute(f'SELECT a FROM {x}')",
    "cursor.execute('SELECT a FROM ' + x)",
    "cursor.execute('SELECT a FROM %s' % x)",
    "cursor.execute('SELECT a FROM {}'.format(x))",
    "cursor.execute('SELECT a FROM {y}'.format_map(x))",
    "cursor.execute(' '.join(['SELECT a FROM', x]))",
    "cursor.execute(statement=f'SELECT a FROM {x}')",
    "cursor.execute(sql='SELECT a FROM ' + x)",
    "cursor.execute((f'SELECT a FROM {x}'))",
    "cursor.execute(q := f'SELECT a FROM {x}')",
    "cursor.execute(y if z else 'SELECT a FROM ' + x)",
    "cursor.execute(y or 'SELECT a FROM ' + x)",
    "cursor.execute(('SELECT a FROM ' + x).strip())",
    "cursor.execute(str('SELECT a FROM ' + x))",
    "cursor.execute(\n    # why\n    'SELECT a FROM '  # not\n    + x\n)",
    "cursor. \\\n    execute('SELECT a FROM ' \\\n    + x)",
    "cursor.execute(*['SELECT a FROM ' + x])",
    "cursor.execute(**{'sql': 'SELECT a FROM ' + x})",
    "cursor.execute(')', '(')\ncursor.execute('SELECT a FROM ' + x)",
    "cursor.execute(y)\ny = 'SELECT a FROM ' + x",
    "y = 'SELECT a FROM'\ny += x\ncursor.execute(y)",
    "cursor.execute(y)\ny = z = 'SELECT a FROM ' + x",
    "z = y = 'SELECT a FROM ' + x\ncursor.execute(y)",
    "y: str = 'SELECT a FROM ' + x\ncursor.execute(y)",
    "if (y := 'SELECT a FROM ' + x):\n    cursor.execute(y)",
    "z = 'SELECT a FROM ' + x\ny = z\ncursor.execute(y)",
    "y = 'SELECT a FROM ' + x; cursor.execute(y)",
    "y = self.q(1); y = 'SELECT a FROM ' + x\ncursor.execute(y)",
    "if x: y = 'SELECT a FROM ' + x\nelse: y = self.q()\ncursor.execute(y)",
    "for y in x:\n    cursor.execute(y)\n    y = 'SELECT a FROM ' + x",
    "from sqlalchemy import text as t\ncursor.execute(t('SELECT a FROM ' + x))",
    "from sqlalchemy import text as t\nz = 'SELECT a FROM ' + x\ncursor.execute(t(z))",
    "from sqlalchemy import text as t\ncursor.execute(t(text=f'SELECT a FROM {x}'))",
    "import textwrap\ny = textwrap.dedent('SELECT a FROM ' + x)\ncursor.execute(y)",
    "run = cursor.execute\ncursor.execute('SELECT a FROM ' + x)",
    "y = f'{cursor.execute(\"SELECT a FROM \" + x)}'",
]
AROUND = ["{}", "def f(self, cursor, x, n=1):\n    {}", "class A:\n    def f(self, cursor, x, y):\n        {}"]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("statement", FORMATTED)
def test_formatted_statements_are_found(statement, around):
    text = around.format(statement.replace("\n", "\n" + around.rpartition("\n")[2].removesuffix("{}")))
    ungated = Document(text, gated=False).facts().findings
    assert Document(text).facts().findings == ungated
    assert [finding.rule for finding in ungated] == ["sql-execute-formatted"]


OUTSIDE = [
    "y = 'SELECT a FROM ' + x\n\n\ndef f(cursor):\n    cursor.execute(y)",
    "y = 'SELECT a FROM ' + x\n\n\ndef f(cursor):\n    def g(y):\n        pass\n    cursor.execute(y)",
    "y = 'SELECT a FROM ' + x\n\n\ndef f(cursor):\n    z = y\n    cursor.execute(z)",
    "y = 'SELECT a FROM ' + x\n\n\ndef f(cursor):\n    [y for y in a]\n    cursor.execute(y)",
    "y = 'SELECT a FROM ' + x\n\n\ndef f(cursor, y):\n    def g():\n        global y\n        cursor.execute(y)",
    "y = 'SELECT a FROM ' + x\n\n\ndef f(cursor, z=cursor.execute(y), *, y): pass",
    "def f(cursor, y):\n    def g():\n        y = 'SELECT a FROM ' + x\n        cursor.execute(y)",
    "class A:\n    y = 'SELECT a FROM ' + x\n    cursor.execute(y)",
    "run = cursor.execute\n\n\ndef f(x):\n    run('SELECT a FROM ' + x)",
    "import sqlite3\nrun = sqlite3.connect(p).execute\n\n\ndef f(x):\n    run('SELECT a FROM ' + x)",
]


@pytest.mark.parametrize("text", OUTSIDE)
def test_statements_of_other_scopes(text):
    assert Document(text).facts().findings == Document(text, gated=False).facts().findings


UNKNOWN = [
    "cursor.execute(sql)",
    "cursor.execute(sql, params)",
    "cursor.execute(self.sql, a % b)",
    "cursor.execute(self.made(sql, x='a'), f.b + 'c')",
    "y = self.made(sql)\n    cursor.execute(y)\n    log('a %s' % y)",
    "for y in made(sql):\n        cursor.execute(y)",
    "super().execute(sql, self.params)",
]


@pytest.mark.parametrize("statement", UNKNOWN)
def test_statements_that_are_unknown_as_a_whole_sleep(statement):
    text = f"def f(self, cursor, sql, params):\n    {statement}\n"
    assert is_quiet(Glance(text), CATALOGUE)
    assert Document(text, gated=False).facts().findings == ()
