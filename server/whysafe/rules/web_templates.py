"""Templates whose values are not escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import assigns, calls
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import AddArgument, Answer, Repair, Replace, Rule, Verdict
from whysafe.rules.types import PAGES
from whysafe.rules.written import own_argument, trail, underlined
from whysafe.semantics.fold import literal
from whysafe.semantics.values import Constant, Function
from whysafe.syntax.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.analysis.detectors import Assignment
    from whysafe.semantics.calls import Argument, Call, Expression

_POSITIONS = {
    "jinja2.Environment": 16,
    "jinja2.sandbox.SandboxedEnvironment": 16,
    "jinja2.sandbox.ImmutableSandboxedEnvironment": 16,
    "jinja2.nativetypes.NativeEnvironment": 16,
    "jinja2.Template": 17,
    "jinja2.nativetypes.NativeTemplate": 17,
    "jinja2.Environment.overlay": None,
}
"""Position of `autoescape`; None: keyword only. Source: signatures of Jinja2 3."""

_INHERITS = "jinja2.Environment.overlay"
_OTHER_TEXT = re.compile(
    r"\.(?:txt|text|sql|conf|cfg|ini|ya?ml|toml|json|tex|md|rst|py|pyi|c|cc|cpp|h|hpp|rs|go|sh|bash|service|csv|proto|dot|tf|env)"
    r"(?:\.(?:j2|jinja2?|tpl|tmpl))?$|(?:^|/)(?:sql|latex|tex|config|conf)(?:/|$)|^\\(?:BLOCK|VAR)|^\(\(\*|^\(\(\($",
    re.IGNORECASE,
)
"""Names of templates of other text than HTML, and the marks that LaTeX templates use for blocks."""
_MARKUP = re.compile(r"</?[A-Za-z]|<!")
MOST_NODES = 2_000


def _escapes_nothing(call: Call) -> Answer:
    escape = call.argument(keyword="autoescape", position=_POSITIONS[call.name])
    if escape is None:
        if call.name == _INHERITS or call.open_ended:
            return None
        return Verdict(
            message=f"`{call.name.removeprefix('jinja2.')}` inserts values into templates as they are.",
            severity=_severity(call),
            confidence=Confidence.LOW if call.subclass is not None else Confidence.HIGH,
            repairs=_add(call),
        )
    sure = _is_off(escape)
    if sure is None:
        return None
    return Verdict(
        message="Escaping is switched off: values are inserted into templates as they are.",
        severity=_severity(call),
        confidence=sure,
        at=underlined(call, escape),
        anchor=call.node,
        evidence=trail(escape, "The setting comes from here."),
        repairs=_replace(call, escape),
    )


def _is_off(escape: Expression) -> Confidence | None:
    """How sure it is that nothing is escaped; None where something is, or where that cannot be seen."""
    if escape.truth is False:
        return Confidence.HIGH
    values = escape.values
    if any(isinstance(value, Function) and _always_false(value) for value in values):
        return Confidence.HIGH if len(values) == 1 else Confidence.MEDIUM
    constants = [value.value for value in values if isinstance(value, Constant)]
    return Confidence.MEDIUM if constants and not any(constants) else None


def _always_false(function: Function) -> bool:
    if isinstance(function.node, cst.Lambda):
        return _is_false(function.node.body)
    returned = list(_returned(function.node))
    return bool(returned) and all(map(_is_false, returned))


def _is_false(node: cst.CSTNode) -> bool:
    value = literal(node)
    return value is False or value is None


def _returned(node: cst.FunctionDef) -> Iterator[cst.CSTNode]:
    todo: list[cst.CSTNode] = [node.body]
    while todo:
        part = todo.pop()
        if isinstance(part, cst.Return):
            yield part.value or cst.Name("None")
        elif not isinstance(part, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
            todo.extend(children(part))


def _severity(call: Call) -> Severity | None:
    """One step down for templates of something else than HTML; None: as the rule says."""
    if "native" in call.name:
        return Severity.INFORMATION  # It makes Python objects, no text.
    if call.name == "jinja2.Template":
        source = call.argument(keyword="source", position=0)
        text = None if source is None else source.text
        return Severity.INFORMATION if text is not None and not _MARKUP.search(text) else None
    return Severity.INFORMATION if any(_OTHER_TEXT.search(text) for text in _texts(call)) else None


def _texts(call: Call) -> Iterator[str]:
    """The literals in the arguments of a call: names of templates and folders, among others."""
    for argument in call.arguments:
        for origin in argument.origins():
            yield from _literals(origin.node)


def _literals(node: cst.CSTNode) -> Iterator[str]:
    todo = [node]
    looked = 0
    while todo and looked < MOST_NODES:
        part = todo.pop()
        looked += 1
        text = literal(part)
        if isinstance(text, str):
            yield text
        else:
            todo.extend(children(part))


def _add(call: Call) -> tuple[Repair, ...]:
    function = _select_autoescape(call)
    if function is None or call.bound:
        return ()
    text = f"autoescape={function}()"
    return (Repair(f"Add `{text}`", (AddArgument(call.node, text),), safe=True),)


def _replace(call: Call, escape: Argument) -> tuple[Repair, ...]:
    own, function = own_argument(call, escape), _select_autoescape(call)
    if own is None or function is None:
        return ()
    return (Repair(f"Use `{function}()`", (Replace(own.value, f"{function}()"),), safe=False),)


def _select_autoescape(call: Call) -> str | None:
    """How the function is written here: only where the module itself is written can that be told."""
    func = call.node.func
    if (
        isinstance(func, cst.Attribute)
        and isinstance(func.value, cst.Name)
        and call.callee.at(func.value).symbols == ("jinja2",)
    ):
        return f"{func.value.value}.select_autoescape"
    return None


def _switches_escaping_off(assignment: Assignment) -> Answer:
    sure = _is_off(assignment.value)
    return None if sure is None else Verdict(message="Escaping is switched off for this environment.", confidence=sure)


JINJA2_AUTOESCAPE_OFF = Rule(
    name="jinja2-autoescape-off",
    family="web-framework",
    title="Jinja2 without escaping",
    message="Values are inserted into templates as they are.",
    why="Unlike Flask, Jinja2 on its own escapes nothing: a value that contains `<` or a quote becomes part of the "
    "page's HTML.",
    abuse="Somebody puts a `<script>` into a name or a comment, and it runs in the browser of everybody who looks at "
    "the page, with their login.",
    fix="Pass `autoescape=jinja2.select_autoescape()`, which escapes in templates for HTML and XML. Mark the few "
    "values that are HTML already with `|safe` in the template.",
    ask="Does a browser or a mail program ever show what these templates make, and do values in it come from other "
    "people?",
    cwe=(79, 94),
    severity=Severity.WARNING,
    by_program_type=PAGES,
    aliases=("B701", "S701"),
    detect=(
        calls(*_POSITIONS, when=_escapes_nothing),
        assigns("jinja2.Environment.autoescape", when=_switches_escaping_off),
    ),
    bad=(
        'import jinja2\n\nenvironment = jinja2.Environment(loader=jinja2.FileSystemLoader("templates"))',
        "from jinja2 import Environment\n\nenvironment = Environment(autoescape=False)",
        'from jinja2 import Template\n\npage = Template("<p>{{ name }}</p>").render(name=name)',
        "import jinja2\n\nenvironment = jinja2.Environment(autoescape=lambda name: False)",
    ),
    good=(
        (
            'import jinja2\n\nenvironment = jinja2.Environment(\n    loader=jinja2.FileSystemLoader("templates"),\n'
            "    autoescape=jinja2.select_autoescape(),\n)"
        ),
        "from jinja2 import Environment\n\nenvironment = Environment(autoescape=True)",
        "import jinja2\n\n\ndef make(options):\n    return jinja2.Environment(**options)",
    ),
    references=(
        "https://jinja.palletsprojects.com/en/stable/api/#autoescaping",
        "https://cheatsheetseries.owasp.org/cheatsheets/Cross_Site_Scripting_Prevention_Cheat_Sheet.html",
        "https://cwe.mitre.org/data/definitions/79.html",
    ),
)
