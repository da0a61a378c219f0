"""Steps by which severities move with the type of program (`program-type`); data for `by_program_type`.

The reasoning, for whoever adds a rule. A severity says how bad it is if an outsider reaches the line, and the type of
program says who that outsider is.

- A web-service takes what it works on from anybody: what depends on reach or uptime goes up a step.
- Whoever starts a script or a notebook may run code anyway, on input of their own: what only turns one's own input
  into code goes down a step. What comes with files of others (pickles, archives, YAML) stays where it is, for scripts
  and notebooks are where downloaded models and data sets are opened.
- A command line tool may be called by other programs, so its arguments are not its user's alone: it moves little.
- A library does not know its callers: what they cannot see or change, such as an assert that `-O` removes or a password
  shipped to everyone, goes up a step.
- Transport security (TLS, host keys) moves nowhere: who sits on the network is the same for all.

`critical` raises every rule a step and `test` follows `in_tests`; neither stands here.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_INPUT: Mapping[str, int] = MappingProxyType({"notebook": -1, "script": -1})
"""It runs what its input says, and that is mostly the input of whoever started it."""

EXPOSED: Mapping[str, int] = MappingProxyType({"web-service": 1})
"""Strangers reach it, or wait for it."""

SHIPPED: Mapping[str, int] = MappingProxyType({"library": 1, "web-service": 1})
"""It goes to people who cannot change it, or serves people who do not know of it."""

LISTENING: Mapping[str, int] = MappingProxyType({"web-service": -1, "cli": 1, "notebook": 1})
"""A service is deployed to be reached, behind whatever stands in front of it; nobody expects that of a tool."""

PAGES: Mapping[str, int] = MappingProxyType({"web-service": 1, "cli": -1, "script": -1})
"""A browser runs what it is sent; what a tool writes is mostly no page."""

TOKENS_OR_SIMULATIONS: Mapping[str, int] = MappingProxyType({"web-service": 1, "notebook": -1})
"""Services draw tokens, notebooks draw samples."""
