"""The rules, as data: one file a family, listed here by hand so that a reader sees them all."""

from __future__ import annotations

from whysafe.analysis.catalogue import catalogue
from whysafe.rules import (
    crypto,
    deserialization,
    dynamic_code,
    filesystem,
    injection,
    network,
    process,
    robustness,
    secrets,
    tls,
    web_framework,
)

FAMILIES = (
    dynamic_code,
    process,
    deserialization,
    crypto,
    tls,
    secrets,
    injection,
    filesystem,
    network,
    web_framework,
    robustness,
)

CATALOGUE = catalogue(rule for family in FAMILIES for rule in family.RULES)
