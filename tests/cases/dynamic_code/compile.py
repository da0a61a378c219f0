"""Text that is turned into code."""

import ast
import re
from re import compile as pattern


def dynamic(text, mode):
    compile(text, "<rule>", "exec")  # expect: compile-use
    compile(text, "<rule>", "eval")  # expect: compile-use
    compile(source=text, filename="<rule>", mode=mode)  # expect: compile-use
    compile(text, "<rule>", "exec", ast.PyCF_ONLY_AST)  # expect: compile-use
    compile(text, "<rule>", "exec", flags=ast.PyCF_ONLY_AST | mode)  # expect: compile-use
    compile("1 + 1", "<rule>", "eval")  # expect: compile-use


def quiet(text, template):
    re.compile(text)
    pattern(text)
    template.compile(text)
    ast.parse(text)
