"""Web frameworks and templates: debuggers and missing escapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.rules.web_debug import FLASK_DEBUG_TRUE
from whysafe.rules.web_templates import JINJA2_AUTOESCAPE_OFF

if TYPE_CHECKING:
    from whysafe.analysis.rule import Rule

RULES: tuple[Rule, ...] = (FLASK_DEBUG_TRUE, JINJA2_AUTOESCAPE_OFF)
