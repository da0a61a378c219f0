"""Dynamic code: the text that a fix leaves, and the severity of each kind of source."""

import pytest
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.program import Program
from whysafe.rules import CATALOGUE


def findings(text, rule):
    return [finding for finding in Program(text, CATALOGUE).findings() if finding.rule == rule]


def fixed(text, rule):
    [finding] = findings(text, rule)
    [fix] = finding.fixes
    assert not fix.safe
    program = Program(text, CATALOGUE)
    for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
        program.edit(edit)
    return program.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import ast\nvalue = eval(text)\n", "import ast\nvalue = ast.literal_eval(text)\n"),
        ("value = eval(text)\n", "import ast\nvalue = ast.literal_eval(text)\n"),
        ("import builtins\nbuiltins.eval(text)\n", "import ast\nimport builtins\nast.literal_eval(text)\n"),
        ("values = map(eval, lines)\n", "import ast\nvalues = map(ast.literal_eval, lines)\n"),
    ],
)
def test_eval_becomes_literal_eval(before, after):
    assert fixed(before, "eval-use") == after


@pytest.mark.parametrize(
    "text",
    [
        "eval(text, {})\n",
        "eval(*texts)\n",
        "ast = 1\neval(text)\n",
        "def run(ast, text):\n    return eval(text)\n",
        'getattr(__builtins__, "eval")(text)\n',
    ],
)
def test_no_fix_where_it_would_not_fit(text):
    [finding] = findings(text, "eval-use")
    assert finding.fixes == ()


@pytest.mark.parametrize(
    ("rule", "line", "severity"),
    [
        ("eval-use", "eval(text)", Severity.ERROR),
        ("eval-use", 'eval("1 + 1")', Severity.INFORMATION),
        ("eval-use", "eval(text, {})", Severity.INFORMATION),
        ("eval-use", 'eval(text, {"__builtins__": {}})', Severity.INFORMATION),
        ("eval-use", 'eval(text, {"__builtins__": None, "x": text})', Severity.INFORMATION),
        ("eval-use", 'eval(text, {"x": 1})', Severity.ERROR),
        ("exec-use", "exec(text, {})", Severity.ERROR),
        ("exec-use", 'exec("x = 1")', Severity.INFORMATION),
        ("exec-use", 'exec("x = %s" % 1)', Severity.INFORMATION),
        ("exec-use", 'exec("x = %s" % text)', Severity.ERROR),
        ("compile-use", 'compile(text, "", "exec")', Severity.WARNING),
        ("compile-use", 'compile(text, "", "exec", 0x400)', Severity.HINT),
        ("compile-use", 'compile("1", "", "eval")', Severity.HINT),
        ("dynamic-import-dunder", "__import__(text)", Severity.WARNING),
        ("dynamic-import-dunder", '__import__("json")', Severity.HINT),
    ],
)
def test_severity(rule, line, severity):
    [finding] = findings(f"def run(text):\n    return {line}\n", rule)
    assert (finding.severity, finding.confidence) == (severity, Confidence.HIGH)


def test_a_parameter_that_may_be_eval_is_less_certain():
    [finding] = findings("def run(text, how=eval):\n    return how(text)\n", "eval-use")
    assert finding.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    ("line", "severity"),
    [("import pdb", Severity.HINT), ("import json", Severity.INFORMATION)],
)
def test_a_hook_in_a_debugger_counts_less(line, severity):
    text = f"import sys\n{line}\n\n\ndef watch(hook):\n    sys.settrace(hook)\n"
    [finding] = findings(text, "interpreter-trace-hooks")
    assert finding.severity is severity


def test_compile_and_run_are_one_problem():
    text = 'def run(text):\n    code = compile(text, "", "exec")\n    exec(code)\n'
    [compiled], [run] = findings(text, "compile-use"), findings(text, "exec-use")
    assert compiled.anchor == run.anchor
