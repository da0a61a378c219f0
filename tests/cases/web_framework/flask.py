"""Flask's debugger."""

import asyncio
import os

import flask
from flask import Flask, current_app
from service import create_app

DEBUG = True
app = Flask(__name__)
app.run(debug=True)  # expect: flask-debug-true
app.run(debug=1)  # expect: flask-debug-true
app.run(debug=DEBUG)  # expect: flask-debug-true
app.run("localhost", 5000, True)  # expect: flask-debug-true
app.run(**{"debug": True})  # expect: flask-debug-true
flask.Flask(__name__).run(debug=True)  # expect: flask-debug-true
app.debug = True  # expect: flask-debug-true
app.config["DEBUG"] = True  # expect: flask-debug-true
app.config.update(DEBUG=True)  # expect: flask-debug-true
app.config.update({"DEBUG": True})  # expect: flask-debug-true
app.config.from_mapping(DEBUG=True)  # expect: flask-debug-true
setattr(app, "debug", True)  # expect: flask-debug-true
current_app.config["DEBUG"] = True  # expect: flask-debug-true
os.environ["FLASK_DEBUG"] = "1"  # expect: flask-debug-true
os.environ.setdefault("FLASK_DEBUG", "true")  # expect: flask-debug-true

app.run()
app.run(debug=False)
app.run(debug=0)
app.run(debug=os.environ.get("FLASK_DEBUG") == "1")
app.run(debug=settings.debug)
app.run(debug=True if os.name == "nt" else False)
app.debug = False
app.config["DEBUG"] = False
app.config["DEBUG"] = os.environ.get("DEBUG")
app.config["TITLE"] = True
os.environ["FLASK_DEBUG"] = "0"
os.environ["DEBUG"] = "1"
asyncio.run(main(), debug=True)
loop.run(debug=True)
model.debug = True


class Site(Flask):
    pass


Site(__name__).run(debug=True)  # expect: flask-debug-true


class Runner:
    def run(self, debug):
        return debug


def made():
    app = create_app()
    app.run(debug=True)  # expect: flask-debug-true


def given(app):
    app.run(debug=True)  # expect: flask-debug-true


def local():
    app = Runner()
    app.run(debug=True)


def other():
    import quart

    app = quart.Quart(__name__)
    app.run(debug=True)
