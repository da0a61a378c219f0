"""Servers that listen to more than they should, and clients that wait for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.rules.network_listen import BIND_ALL_INTERFACES
from whysafe.rules.network_timeout import HTTP_REQUEST_NO_TIMEOUT

if TYPE_CHECKING:
    from whysafe.analysis.rule import Rule

RULES: tuple[Rule, ...] = (BIND_ALL_INTERFACES, HTTP_REQUEST_NO_TIMEOUT)
