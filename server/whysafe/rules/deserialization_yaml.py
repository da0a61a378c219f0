"""YAML loaders that build more than plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whysafe.analysis.detectors import calls
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.rule import Answer, RemoveArgument, Repair, Replace, Rule, Verdict
from whysafe.rules.written import member, milder_for_constant, own_argument, underlined
from whysafe.semantics.resolve import ancestors
from whysafe.semantics.values import LocalClass, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whysafe.semantics.calls import Argument, Call

_SAFE = frozenset({"yaml.SafeLoader", "yaml.CSafeLoader", "yaml.BaseLoader", "yaml.CBaseLoader"})
_FULL = frozenset({"yaml.FullLoader", "yaml.CFullLoader"})
_UNSAFE = frozenset({"yaml.Loader", "yaml.CLoader", "yaml.UnsafeLoader", "yaml.CUnsafeLoader"})
_SAFE_VERSION = {
    "load": "safe_load",
    "load_all": "safe_load_all",
    "unsafe_load": "safe_load",
    "unsafe_load_all": "safe_load_all",
    "full_load": "safe_load",
    "full_load_all": "safe_load_all",
}
_SAFE_LOADER = {
    "Loader": "SafeLoader",
    "UnsafeLoader": "SafeLoader",
    "FullLoader": "SafeLoader",
    "CLoader": "CSafeLoader",
    "CUnsafeLoader": "CSafeLoader",
    "CFullLoader": "CSafeLoader",
}


def _loaders(argument: Argument) -> Iterator[Severity | None]:
    """How bad each class is that the argument can be: None when it is harmless or nothing is known of it."""
    for value in argument.values:
        names: tuple[str, ...] = ()
        if isinstance(value, Symbol):
            names = (value.path,)
        elif isinstance(value, LocalClass):
            names = ancestors(value, argument.resolver)
        if not _UNSAFE.isdisjoint(names):
            yield Severity.ERROR
        elif not _FULL.isdisjoint(names):
            yield Severity.WARNING
        else:
            yield None


def _builds_objects(call: Call) -> Answer:
    """`yaml.load` and `yaml.load_all`: all depends on the loader."""
    name = call.name.rpartition(".")[2]
    loader = call.argument(keyword="Loader", position=1)
    if loader is None:
        if call.open_ended:
            return None  # The loader may be among the arguments that are not shown.
        message = f"`yaml.{name}` without a loader builds arbitrary objects in PyYAML before 6."
        repairs = _safe_function(call, name)
        return Verdict(message=message, severity=_severity(call, Severity.ERROR), repairs=repairs)
    found = tuple(_loaders(loader))
    known = [severity for severity in found if severity is not None]
    if not known:
        return None
    return Verdict(
        message=_message(name, max(known)),
        severity=_severity(call, max(known)),
        confidence=Confidence.HIGH if len(known) == len(found) else Confidence.MEDIUM,
        at=underlined(call, loader),
        repairs=(*_safe_loader(loader), *_safe_function(call, name, loader)),
    )


def _message(name: str, severity: Severity) -> str:
    if severity is Severity.ERROR:
        return f"This loader lets the document that `yaml.{name}` reads build any object and call any function."
    return f"`FullLoader` builds more than `yaml.{name}` needs for data, and was bypassed in PyYAML before 5.4."


def _severity(call: Call, base: Severity) -> Severity:
    return milder_for_constant(base, call.argument(keyword="stream", position=0))


def _safe_function(call: Call, name: str, loader: Argument | None = None) -> tuple[Repair, ...]:
    written = member(call.callee, "yaml", name)
    if written is None:
        return ()
    safe = _SAFE_VERSION[name]
    changes: tuple[Replace | RemoveArgument, ...] = (Replace(written, safe),)
    if loader is not None:
        arg = own_argument(call, loader)
        if arg is None:
            return ()
        changes = (*changes, RemoveArgument(call.node, arg))
    return (Repair(f"Use `yaml.{safe}`", changes, safe=True),)


def _safe_loader(loader: Argument) -> tuple[Repair, ...]:
    for name, safe in _SAFE_LOADER.items():
        written = member(loader, "yaml", name)
        if written is not None:
            return (Repair(f"Use `yaml.{safe}`", (Replace(written, safe),), safe=True),)
    return ()


def _always_builds_objects(call: Call) -> Answer:
    """`yaml.unsafe_load`, `yaml.full_load` and their kin."""
    name = call.name.rpartition(".")[2]
    repairs = _safe_function(call, name)
    if name.startswith("full"):
        message = f"`yaml.{name}` builds more than plain data, and was bypassed in PyYAML before 5.4."
        return Verdict(message=message, severity=_severity(call, Severity.WARNING), repairs=repairs)
    message = f"`yaml.{name}` lets the document build any object and call any function."
    return Verdict(message=message, severity=_severity(call, Severity.ERROR), repairs=repairs)


def _is_made_directly(call: Call) -> Answer:
    """`yaml.Loader(stream)`, or a class of this file that derives from it."""
    full = call.name in _FULL
    return Verdict(
        message=f"`{call.name}` lets the document build {'more than plain data' if full else 'any object'}.",
        severity=_severity(call, Severity.WARNING if full else Severity.ERROR),
        confidence=Confidence.MEDIUM,
    )


YAML_UNSAFE_LOAD = Rule(
    name="yaml-unsafe-load",
    family="deserialization",
    title="YAML loader that can build objects",
    message="This YAML loader lets the document build objects of any class.",
    why="YAML tags such as `!!python/object/apply` name a function and its arguments. `Loader` and `UnsafeLoader` call "
    "it while they read the document; `FullLoader` restricts this, and its restrictions have been bypassed before.",
    abuse="Whoever can write the document adds one line with such a tag and runs commands as this program. A "
    "configuration file from a repository, an upload or a message is enough.",
    fix="Call `yaml.safe_load`, or pass `Loader=yaml.SafeLoader` (`yaml.CSafeLoader` is the fast one). Teach a "
    "subclass of `SafeLoader` the tags that you need.",
    ask="Who can write this document, and which of its tags need more than `yaml.safe_load`?",
    cwe=(502, 20),
    severity=Severity.ERROR,
    aliases=("B506", "S506", "yaml.load"),
    detect=(
        calls("yaml.load", "yaml.load_all", when=_builds_objects, reference=True),
        calls(
            "yaml.unsafe_load",
            "yaml.unsafe_load_all",
            "yaml.full_load",
            "yaml.full_load_all",
            when=_always_builds_objects,
            reference=True,
        ),
        calls(*sorted(_UNSAFE | _FULL), when=_is_made_directly),
    ),
    bad=(
        "import yaml\n\n\ndef settings_from(stream):\n    return yaml.load(stream)",
        "import yaml\n\n\ndef settings_from(stream):\n    return yaml.load(stream, Loader=yaml.Loader)",
        "from yaml import CLoader, load_all\n\n\ndef documents(stream):\n    return list(load_all(stream, CLoader))",
        "import yaml\n\n\ndef settings_from(stream):\n    return yaml.full_load(stream)",
    ),
    good=(
        "import yaml\n\n\ndef settings_from(stream):\n    return yaml.safe_load(stream)",
        "import yaml\n\n\ndef settings_from(stream):\n    return yaml.load(stream, Loader=yaml.CSafeLoader)",
        (
            "import yaml\n\n\nclass Strict(yaml.SafeLoader):\n    pass\n\n\ndef settings_from(stream):\n"
            "    return yaml.load(stream, Strict)"
        ),
    ),
    references=(
        "https://pyyaml.org/wiki/PyYAMLDocumentation",
        "https://github.com/yaml/pyyaml/wiki/PyYAML-yaml.load(input)-Deprecation",
        "https://cwe.mitre.org/data/definitions/502.html",
    ),
)
