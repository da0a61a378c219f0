"""Debuggers of web frameworks that are left on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import assigns, calls, methods
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import AddImport, Answer, Repair, Replace, Rule, Verdict
from whysafe.analysis.standing import takes_more_than_literal, written
from whysafe.rules.common import word_set
from whysafe.rules.types import OWN_INPUT
from whysafe.rules.written import own_argument, removal, underlined
from whysafe.semantics.fold import literal
from whysafe.semantics.values import Constant, LocalInstance

if TYPE_CHECKING:
    from whysafe.analysis.detectors import Assignment
    from whysafe.analysis.glance import Glance
    from whysafe.semantics.calls import Argument, Call, Expression

_ENVIRONMENT = 'os.environ.get("FLASK_DEBUG") == "1"'
_ON = frozenset({"1", "true", "yes", "on"})
_APP_NAMES = frozenset({"app", "application", "flask_app", "webapp", "web_app", "current_app"})
_OTHERS = word_set(
    "asyncio quart dash bottle sanic fastapi starlette uvicorn aiohttp tornado cherrypy textual typer click nicegui"
)
"""Frameworks whose apps have a method `run` too, without Flask's debugger."""


def _switched_on(value: Expression) -> Confidence | None:
    """How sure it is that a value is true; None where it need not be, as in a choice between two constants."""
    if value.truth is True:
        return Confidence.HIGH
    constants = [one.value for one in value.values if isinstance(one, Constant)]
    return Confidence.MEDIUM if constants and all(constants) and value.may_be_true else None


def _judge(call: Call, debug: Argument | None, confidence: Confidence = Confidence.HIGH) -> Answer:
    sure = None if debug is None else _switched_on(debug)
    if debug is None or sure is None:
        return None
    at = underlined(call, debug)
    return Verdict(
        message="Flask's debugger is switched on: it runs code that is sent to it.",
        confidence=min(confidence, sure),
        at=at,
        anchor=at,
        repairs=_repairs(call, debug),
    )


def _repairs(call: Call, debug: Argument) -> tuple[Repair, ...]:
    own = own_argument(call, debug)
    if own is None:
        return ()
    changes = removal(call, debug)
    found = [Repair("Remove `debug=True`", changes, safe=False)] if changes else []
    replaced = (AddImport("os"), Replace(own.value, _ENVIRONMENT))
    return (*found, Repair("Let the environment variable FLASK_DEBUG decide", replaced, safe=False))


_RUNS = {
    "flask.Flask.run": 2,
    "flask.current_app.run": 2,
    "flask_socketio.SocketIO.run": None,
    "connexion.App.run": None,
    "connexion.FlaskApp.run": None,
}
"""Position of `debug`; None: keyword only."""


def _runs_with_debugger(call: Call) -> Answer:
    return _judge(call, call.argument(keyword="debug", position=_RUNS[call.name]))


def _app_runs_with_debugger(call: Call) -> Answer:
    """`app.run(debug=True)` where the app comes out of a factory or another module."""
    receiver = call.receiver
    if receiver is None or call.receiver_name not in _APP_NAMES:
        return None
    known = (*receiver.symbols, *receiver.instances)
    if any(path.split(".", 1)[0] in _OTHERS for path in known) or any(
        isinstance(v, LocalInstance) for v in receiver.values
    ):
        return None
    return _judge(call, call.argument(keyword="debug"), Confidence.MEDIUM)


def _updates_configuration(call: Call) -> Answer:
    """`app.config.update(DEBUG=True)`, `app.config.from_mapping({"DEBUG": True})`."""
    by_keyword = call.argument(keyword="DEBUG")
    if by_keyword is not None:
        return _judge(call, by_keyword)
    mapping = call.argument(position=0)
    for origin in mapping.origins() if mapping is not None else ():
        for element in origin.node.elements if isinstance(origin.node, cst.Dict) else ():
            if isinstance(element, cst.DictElement) and literal(element.key) == "DEBUG":
                sure = _switched_on(origin.at(element.value))
                if sure is not None:
                    return Verdict(confidence=sure)
    return None


def _sets_debug(assignment: Assignment) -> Answer:
    sure = _switched_on(assignment.value)
    if sure is None:
        return None
    repairs: tuple[Repair, ...] = ()
    if literal(assignment.value.node) is True:
        replaced = (AddImport("os"), Replace(assignment.value.node, _ENVIRONMENT))
        repairs = (Repair("Let the environment variable FLASK_DEBUG decide", replaced, safe=False),)
    return Verdict(confidence=sure, repairs=repairs)


def _sets_environment(assignment: Assignment) -> Answer:
    return _is_on(assignment.value)


def _calls_environment(call: Call) -> Answer:
    name, value = call.argument(position=0), call.argument(position=1)
    return None if name is None or value is None or name.text != "FLASK_DEBUG" else _is_on(value)


def _may_name_the_variable(glance: Glance, word: str) -> bool:
    return "FLASK_DEBUG" in glance.strings or takes_more_than_literal(glance, word)


def _is_on(value: Expression) -> Answer:
    if value.text is None or value.text.lower() not in _ON:
        return None
    return Verdict(message="This environment variable switches Flask's debugger on.")


FLASK_DEBUG_TRUE = Rule(
    name="flask-debug-true",
    family="web-framework",
    title="Flask debugger switched on",
    message="Flask's debugger is switched on: it runs code that is sent to it.",
    why="In debug mode an error page offers a Python console in the running program, and shows source and variables "
    "to whoever caused the error. The PIN in front of the console can be worked out by those who can read a few "
    "files.",
    abuse="A visitor who can cause an error reads secrets from its page, or runs commands on the server through the "
    "console.",
    fix="Leave `debug` out and start the development server with `flask run --debug`, so that the code that is "
    "deployed cannot switch it on. Serve with a WSGI server such as gunicorn.",
    ask="Can this line run anywhere but on a developer's machine, and who can reach the port there?",
    cwe=(489, 94),
    severity=Severity.ERROR,
    by_program_type=OWN_INPUT,
    aliases=("B201", "S201"),
    detect=(
        calls(*_RUNS, when=_runs_with_debugger),
        methods("run", when=_app_runs_with_debugger, sign=written(r"\bdebug\b|\*\*")),
        calls(
            "flask.Flask.config.update",
            "flask.Flask.config.from_mapping",
            "flask.current_app.config.update",
            when=_updates_configuration,
        ),
        assigns(
            "flask.Flask.debug",
            "flask.current_app.debug",
            "flask.Flask.config[DEBUG]",
            "flask.current_app.config[DEBUG]",
            when=_sets_debug,
        ),
        assigns("os.environ[FLASK_DEBUG]", when=_sets_environment),
        calls("os.environ.setdefault", "os.putenv", when=_calls_environment, sign=_may_name_the_variable),
    ),
    bad=(
        "from flask import Flask\n\napp = Flask(__name__)\napp.run(debug=True)",
        'from flask import Flask\n\napp = Flask(__name__)\napp.config["DEBUG"] = True',
        "from flask import Flask\n\napp = Flask(__name__)\napp.debug = True",
        'import os\n\nos.environ["FLASK_DEBUG"] = "1"',
    ),
    good=(
        "from flask import Flask\n\napp = Flask(__name__)\napp.run()",
        (
            "import os\n\nfrom flask import Flask\n\napp = Flask(__name__)\n"
            'app.run(debug=os.environ.get("FLASK_DEBUG") == "1")'
        ),
        "import asyncio\n\nasyncio.run(main(), debug=True)",
        'from flask import Flask\n\napp = Flask(__name__)\napp.config["DEBUG"] = False',
    ),
    references=(
        "https://flask.palletsprojects.com/en/stable/debugging/",
        "https://werkzeug.palletsprojects.com/en/stable/debug/",
        "https://cwe.mitre.org/data/definitions/489.html",
    ),
)
