"""Jinja2 and escaping."""

import jinja2
from jinja2 import Environment, FileSystemLoader, Template, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

OFF = False

jinja2.Environment()  # expect: jinja2-autoescape-off
Environment(loader=FileSystemLoader("templates"))  # expect: jinja2-autoescape-off
Environment(autoescape=False)  # expect: jinja2-autoescape-off
Environment(autoescape=0)  # expect: jinja2-autoescape-off
Environment(autoescape=OFF)  # expect: jinja2-autoescape-off
Environment(**{"autoescape": False})  # expect: jinja2-autoescape-off
Environment(autoescape=lambda name: False)  # expect: jinja2-autoescape-off
SandboxedEnvironment()  # expect: jinja2-autoescape-off
jinja2.environment.Environment()  # expect: jinja2-autoescape-off
Template("<p>{{ name }}</p>")  # expect: jinja2-autoescape-off
Template(source)  # expect: jinja2-autoescape-off
Template("Dear {{ name }}")  # expect: jinja2-autoescape-off
getattr(jinja2, "Environment")()  # expect: jinja2-autoescape-off

environment = Environment(autoescape=True)
environment.overlay(autoescape=False)  # expect: jinja2-autoescape-off
environment.autoescape = False  # expect: jinja2-autoescape-off
environment.overlay(trim_blocks=True)
environment.autoescape = True


def never(name):
    return False


def by_name(name):
    return name.endswith(".html")


Environment(autoescape=never)  # expect: jinja2-autoescape-off
Environment(autoescape=by_name)
Environment(autoescape=select_autoescape())
Environment(autoescape=jinja2.select_autoescape(["html"]))
Environment(autoescape=settings.autoescape)
Environment(**options)
Template("<p>{{ name }}</p>", autoescape=True)


def plain():
    from string import Template

    return Template("<p>$name</p>")
