"""On what and with what was measured: enough to compare, nothing that names the machine."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import inputs


def described() -> dict[str, Any]:
    """Date, machine and versions, as plain data."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": {
            "cores": os.cpu_count(),
            "processor": _processor(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": f"{platform.python_implementation()} {platform.python_version()}",
        },
        "versions": {name: _version(name) for name in ("whysafe", "libcst", "pygls", "ruff", "bandit", *_SCANNED)},
    }


_SCANNED = ("django", "botocore")


def _processor() -> str:
    """The model of the processor, where the system tells it in the usual place."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _version(name: str) -> str:
    if name in {"ruff", "bandit"}:
        try:
            shown = subprocess.run([inputs.tool(name), "--version"], capture_output=True, text=True, check=True).stdout
            return shown.split("\n")[0].rpartition(" ")[2]
        except (inputs.MissingInputError, subprocess.CalledProcessError):
            return "missing"
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def sentence(of: dict[str, Any]) -> str:
    """The same in one line for people."""
    machine, versions = of["machine"], of["versions"]
    processor = f" ({machine['processor']})" if machine["processor"] else ""
    tools = ", ".join(f"{name} {version}" for name, version in versions.items() if version != "missing")
    return f"{of['date']}, {machine['cores']} cores{processor}, {machine['system']}, {machine['python']}; {tools}."
