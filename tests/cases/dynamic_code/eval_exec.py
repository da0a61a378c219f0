"""Text that is run: every way to reach `eval` and `exec`, and what only looks like them."""

import builtins
import builtins as b
import textwrap
import unittest.mock
from builtins import eval as calculate


def straight(text, lines):
    eval(text)  # expect: eval-use
    eval(text, {})  # expect: eval-use
    eval(text, {"__builtins__": {}})  # expect: eval-use
    eval(text, {"__builtins__": None}, {"x": 1})  # expect: eval-use
    eval("1 + 1")  # expect: eval-use
    eval(f"{text} + 1")  # expect: eval-use
    exec(text)  # expect: exec-use
    exec("import this")  # expect: exec-use
    exec(textwrap.dedent("import this"))  # expect: exec-use
    exec(text, {})  # expect: exec-use
    exec(open("version.py").read(), {})  # expect: exec-use
    exec(*lines)  # expect: exec-use


def reached(text):
    builtins.eval(text)  # expect: eval-use
    b.exec(text)  # expect: exec-use
    calculate(text)  # expect: eval-use
    e = eval
    e(text)  # expect: eval-use
    (f := exec)(text)  # expect: exec-use
    f(text)  # expect: exec-use
    getattr(builtins, "eval")(text)  # expect: eval-use
    __builtins__["eval"](text)  # expect: eval-use
    __builtins__.eval(text)  # expect: eval-use
    globals()["eval"](text)  # expect: eval-use
    vars(builtins)["exec"](text)  # expect: exec-use
    builtins.__dict__["exec"](text)  # expect: exec-use
    {"run": exec}["run"](text)  # expect: exec-use


class Calculator:
    work = eval

    def total(self, text):
        return self.work(text)  # expect: eval-use


def passed_on(lines, pool):
    list(map(eval, lines))  # expect: eval-use
    list(filter(builtins.eval, lines))  # expect: eval-use
    pool.submit(exec, lines[0])  # expect: exec-use
    callable(eval)
    isinstance(eval, type(print))


def compiled(text):
    exec(compile(text, "<cell>", "exec"))  # expect: exec-use
    eval(compile(text, "<cell>", "eval"))  # expect: eval-use
    code = compile(text, "<cell>", "exec")
    exec(code)  # expect: exec-use
    exec(compile("x = 1", "<cell>", "exec"))  # expect: exec-use


def only_alike(model, frame, session, text, eval_it):
    model.eval()
    frame.eval("a + b")
    session.exec(text)
    eval_it(text)
    unittest.mock.call(text)
    return "eval(text)"  # eval(text)


def shadowed(eval, text):
    return eval(text)


def local(text):
    def exec(source):
        return source

    return exec(text)


def imported(text):
    from engine import eval

    return eval(text)
