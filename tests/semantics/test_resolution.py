"""Every form in which a dangerous function can be reached, and harmless look-alikes, through a small catalogue."""

import pytest
from whysafe.analysis.catalogue import catalogue
from whysafe.analysis.detectors import assigns, calls
from whysafe.analysis.finding import Severity
from whysafe.analysis.program import Program
from whysafe.analysis.rule import Rule
from whysafe.semantics import resolve
from whysafe.semantics.values import Unknown


def rule(name, *detect):
    return Rule(
        name=name,
        family="test",
        title=name,
        message=f"{name}.",
        why=name,
        abuse=name,
        fix=name,
        ask=f"{name}?",
        cwe=(1,),
        severity=Severity.ERROR,
        detect=detect,
        bad=(),
        good=(),
        references=(),
    )


def uses_shell(call):
    shell = call.argument("shell", 8)
    return shell is not None and shell.may_be_true


def is_md5(call):
    name = call.argument("name", 0)
    return name is not None and name.text == "md5"


def is_unverified(call):
    verify = call.argument("verify")
    return verify is not None and verify.truth is False


def is_false(assignment):
    return assignment.value.truth is False


CATALOGUE = catalogue(
    (
        rule("system", calls("os.system", "os.popen", reference=True)),
        rule("eval", calls("builtins.eval", reference=True)),
        rule("shell", calls("subprocess.run", when=uses_shell)),
        rule("hash", calls("hashlib.new", when=is_md5)),
        rule("md5", calls("hashlib.md5")),
        rule("request", calls("requests.get", "requests.Session.get", when=is_unverified)),
        rule("session", assigns("requests.Session.verify", "ssl.SSLContext.check_hostname", when=is_false)),
        rule("config", assigns("flask.Flask.config[DEBUG]", when=lambda assignment: assignment.value.truth is True)),
        rule("tar", calls("tarfile.TarFile.extractall", "tarfile.TarFile.extract")),
        rule("pickle", calls("pickle.Unpickler", "pickle.load")),
    )
)

FORMS = (
    ("ｅｖａｌ(x)", "eval"),
    ("import os\nos.ｓｙｓｔｅｍ(x)", "system"),
    ("import functools\nrun = functools.partial(run, 1)\nrun(x)", ""),
    ("callable(eval)", ""),
    ("try:\n    import os\nexcept ImportError:\n    os = None\nos.system(x)", "system"),
    ("import os as a; a.system(x)", "system"),
    ("from os import system as g; g(x)", "system"),
    ("def f():\n  import os\n  os.system(x)", "system"),
    ("try:\n  import os\nexcept E: os = None\nos.system(x)", "system"),
    ("from os import *\npopen(x)", "system"),
    ("import subprocess\ns = subprocess\ns.run(c, shell=True)", "shell"),
    ("e = eval\ne(x)", "eval"),
    ('import os\n(f := os.system)("x")', "system"),
    ('import os\ngetattr(os, "system")(x)', "system"),
    ('__builtins__["eval"](x)', "eval"),
    ("__builtins__.eval(x)", "eval"),
    ('globals()["eval"](x)', "eval"),
    ('__import__("os").system(x)', "system"),
    ('import importlib\nimportlib.import_module("os").system(x)', "system"),
    ('import sys\nsys.modules["os"].system(x)', "system"),
    ('import os\nvars(os)["system"](x)', "system"),
    ('import os\nos.__dict__["system"](x)', "system"),
    ("import functools, subprocess\nfunctools.partial(subprocess.run, shell=True)", "shell"),
    ("import functools, subprocess\np = functools.partial(subprocess.run, shell=True)\np(c)", "shell"),
    ('import os\nD = {"a": os.system}\nD["a"](x)', "system"),
    ("import os\nclass A:\n  run = os.system\n  def m(self):\n    self.run(x)", "system"),
    ("import os\nclass A:\n  def __init__(self):\n    self.run = os.system\n  def m(self):\n    self.run(x)", "system"),
    ("import subprocess\nsubprocess.run(c, shell=1)", "shell"),
    ("import subprocess\nF = True\nsubprocess.run(c, shell=F)", "shell"),
    ('import subprocess\nsubprocess.run(c, **{"shell": True})', "shell"),
    ('import subprocess\no = {"shell": True}\nsubprocess.run(c, **o)', "shell"),
    ("import subprocess\nsubprocess.run(c,1,2,3,4,5,6,7,True)", "shell"),
    ('import hashlib\nALG = "m" + "d5"\nhashlib.new(ALG)', "hash"),
    ('import hashlib\ngetattr(hashlib, "md5")()', "md5"),
    ("import requests\nrequests.Session().get(u, verify=False)", "request"),
    ("import requests\nwith requests.Session() as s:\n  s.get(u, verify=0)", "request"),
    ("import requests\ns = requests.Session()\ns.verify = False", "session"),
    ("import ssl\nc = ssl.create_default_context()\nc.check_hostname = False", "session"),
    ("import ssl\ndef f(c: ssl.SSLContext):\n  c.check_hostname = False", "session"),
    ('from flask import Flask\napp = Flask(__name__)\napp.config["DEBUG"] = True', "config"),
    ("import tarfile\nwith tarfile.open(x) as t:\n  t.extract(m)", "tar"),
    ("import tarfile\ntarfile.open(x).extractall()", "tar"),
    ("print(list(map(eval, xs)))", "eval"),
    ("import os\nf, g = os.system, 1\nf(x)", "system"),
    ("import os\ndef h(run=os.system):\n  run(x)", "system"),
    ("import os\nfor f in (os.system, print):\n  f(x)", "system"),
    ("import os\n[f(x) for f in [os.system]]", "system"),
    ('import operator, os\noperator.attrgetter("system")(os)(x)', "system"),
    ("import os\nr = lambda: os.system\nr()(x)", "system"),
    ("import pickle\nclass U(pickle.Unpickler): pass\nU(f).load()", "pickle"),
    ("import pickle\nclass U(pickle.Unpickler):\n  def x(self):\n    return 1\nU(f)", "pickle"),
    ("import posix\nposix.system(x)", "system"),
    ("def eval(x): pass\neval(x)", ""),
    ("model.eval()", ""),
    ("class M:\n  def eval(self): pass\nM().eval()", ""),
    ("import os\nos = Fake()\nos.system(x)", "system"),
    ("from .os import system\nsystem(x)", ""),
)


@pytest.mark.parametrize("gated", [True, False], ids=["gated", "ungated"])
@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_form(text, expected, gated):
    found = Program(text + "\n", CATALOGUE, gated=gated).findings()
    assert " ".join(finding.rule for finding in found) == expected


def test_what_is_not_certain_is_less_confident():
    certain, doubtful = (
        Program(text, CATALOGUE).findings()[0].confidence.label
        for text in ("import os\nos.system(x)\n", "import os\nrun = os.system if fast else slow\nrun(x)\n")
    )
    assert (certain, doubtful) == ("high", "medium")


def test_evidence_says_where_a_name_got_its_meaning():
    (finding,) = Program("from os import system as run\n\n\ndef f(x):\n    run(x)\n", CATALOGUE).findings()
    (step,) = finding.steps
    assert step.span.start.line == 0
    assert "os.system" in step.message


def test_a_long_chain_of_names_is_followed():
    lines = ["import os", "a0 = os.system", *(f"a{n + 1} = a{n} if x else a{n}" for n in range(12)), "a12(y)"]
    assert [finding.rule for finding in Program("\n".join(lines) + "\n", CATALOGUE).findings()] == ["system"]


@pytest.mark.parametrize(
    "line", ["f{m} = f{n} if x else f{n}", "f{m} = lambda: f{n}() or f{n}() or f{n}() or f{n}()", "f{m} = f{n} + f{n}"]
)
def test_doubling_names_does_not_double_the_work(line):
    lines = ["import os", "f0 = os.system", *(line.format(m=n + 1, n=n) for n in range(80)), "f80(y)(z)"]
    program = Program("\n".join(lines) + "\n", CATALOGUE)
    program.findings()
    resolver = resolve.Resolver(program.world)
    scope = program.world.scopes(program.units[-1]).top
    resolve.evaluate(program.units[-1].tree.body[0].body[0].value, scope, resolver)
    assert 0 < resolver.steps <= 2 * resolve.MOST_STEPS  # Unwinding takes steps, too.


@pytest.mark.parametrize("bases", ["C", "C, C", "C, D"])
def test_a_class_that_is_its_own_ancestor_has_an_end(bases):
    text = f"import os\nclass D(C):\n    x = 1\nclass C({bases}):\n    def m(self):\n        self.nothing(x)\n"
    program = Program(text, CATALOGUE, gated=False)
    assert program.findings() == ()
    body = program.units[-1].tree.body[0]
    call = body.body.body[0].body[0].value
    resolver = resolve.Resolver(program.world)
    scope = program.world.scopes(program.units[-1]).by_node[body]
    assert resolve.evaluate(call.func, scope, resolver) == (Unknown(),)
    assert resolver.depth == 0
