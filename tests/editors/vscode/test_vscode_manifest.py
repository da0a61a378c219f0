"""The manifest of the VS Code extension says the same as the server: settings, their values and defaults, version."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from whysafe import __version__, config
from whysafe.analysis.finding import Confidence, Severity
from whysafe.config.settings import FOREIGN_MARKERS, PROGRAM_TYPES, ReviewWithin, Settings
from whysafe.lsp.session import EDITOR_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parents[3] / "editors" / "vscode"
MANIFEST = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
SETTINGS = {
    key.removeprefix("whysafe."): value for key, value in MANIFEST["contributes"]["configuration"]["properties"].items()
}
OWN = {"enable", "path", "interpreter", "trace.server"}
# What the server does with files that are not open, which is no setting of the analysis.
SCAN = {"workspaceScan"}
# What the server finds out by itself.
NOT_SET = {"root", "given", "formatter_line_length"}
# What plug-ins of other editors may have, which the server passes over as well.
OF_OTHER_PLUGINS = {"args", "importStrategy", "justified", "showNotifications"}
SAMPLES = {
    "select": ["DEFAULT"],
    "ignore": {"assert-used": "why"},
    "severity": {"assert-used": {"level": "hint", "reason": "why"}},
    "programType": "cli",
    "perPath": {"docs/**": {"programType": "script", "ignore": {"assert-used": "why"}}},
    "exclude": {"build/": "why"},
    "reviewWithin": {"error": 90, "deferred": 30},
    "expiryGrace": 14,
    "ticketUrl": "https://tracker.example/{ref}",
    "confidence": "low",
    "minSeverity": "hint",
    "requiredVersion": f">={__version__}",
    "author": "M. Smit",
    "neverJustify": ["os-system-shell"],
    "foreignMarkers": "report",
    "lineLength": 100,
}


def in_camel_case(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


FIELDS = {in_camel_case(field.name): field for field in dataclasses.fields(Settings) if field.name not in NOT_SET}


def problems(key: str) -> list[str]:
    _, found = config.from_mapping({key: SAMPLES[key]}, "editor settings")
    return [problem.message for problem in found]


def test_every_setting_that_acts_is_offered_and_no_other() -> None:
    acting = {key for key in FIELDS if not any("has no effect" in problem for problem in problems(key))}

    assert set(SETTINGS) - OWN - SCAN == acting


@pytest.mark.parametrize("key", sorted(set(SETTINGS) - OWN - SCAN))
def test_the_server_takes_what_the_manifest_allows(key: str) -> None:
    assert problems(key) == []
    settings, _ = config.from_mapping({key: SAMPLES[key]}, "editor settings")
    assert settings != Settings(root=settings.root, given=settings.given)


def test_the_server_leaves_the_extension_its_own_settings() -> None:
    own = {key.split(".")[0] for key in OWN | SCAN}

    assert own <= EDITOR_ONLY
    assert EDITOR_ONLY - own <= OF_OTHER_PLUGINS


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("confidence", [confidence.label for confidence in Confidence]),
        ("minSeverity", [severity.label for severity in Severity]),
        ("foreignMarkers", FOREIGN_MARKERS),
        ("programType", [None, *PROGRAM_TYPES]),
    ],
)
def test_words_to_choose_from(key: str, words: list[str | None]) -> None:
    offered = SETTINGS[key]

    assert sorted(map(str, offered["enum"])) == sorted(map(str, words))
    assert len(offered["enumDescriptions"]) == len(words)


@pytest.mark.parametrize("key", sorted(set(SETTINGS) - OWN - SCAN))
def test_defaults(key: str) -> None:
    default = FIELDS[key].default
    expected = getattr(default, "label", default)

    shown = SETTINGS[key]["default"]
    assert shown == expected or (shown in ({}, []) and default in ((), ReviewWithin()))


def test_days_of_review() -> None:
    assert set(SETTINGS["reviewWithin"]["properties"]) == {field.name for field in dataclasses.fields(ReviewWithin)}


def said_of(settings: dict[str, object]) -> list[str]:
    return [problem.message for problem in config.from_mapping(settings, "editor settings")[1]]


def test_settings_for_some_files_are_those_that_the_server_takes_there() -> None:
    taken = {key for key in SAMPLES if not said_of({"perPath": {"docs/**": {key: SAMPLES[key]}}})}

    assert set(SETTINGS["perPath"]["additionalProperties"]["properties"]) == taken


@pytest.mark.parametrize(
    ("key", "shape", "wrap"),
    [
        ("lineLength", SETTINGS["lineLength"], lambda number: number),
        ("expiryGrace", SETTINGS["expiryGrace"], lambda number: number),
        *(
            (f"reviewWithin.{name}", shape, lambda number, name=name: {name: number})
            for name, shape in SETTINGS["reviewWithin"]["properties"].items()
        ),
    ],
)
def test_numbers_end_where_the_server_ends_them(key: str, shape: dict[str, int], wrap: Callable[[int], object]) -> None:
    for number, is_taken in (
        (shape["minimum"] - 1, False),
        (shape["minimum"], True),
        (shape["maximum"], True),
        (shape["maximum"] + 1, False),
    ):
        assert (not said_of({key.split(".", maxsplit=1)[0]: wrap(number)})) is is_taken, number


def test_levels_of_severity() -> None:
    plain, with_reason = SETTINGS["severity"]["additionalProperties"]["anyOf"]
    levels = sorted(severity.label for severity in Severity)

    assert sorted(plain["enum"]) == sorted(with_reason["properties"]["level"]["enum"]) == levels
    assert (
        SETTINGS["perPath"]["additionalProperties"]["properties"]["severity"]["additionalProperties"]
        == (SETTINGS["severity"]["additionalProperties"])
    )


def test_every_setting_is_described_and_has_a_scope() -> None:
    for key, value in SETTINGS.items():
        assert value.get("description") or value.get("markdownDescription"), key
        assert value["scope"] in {"window", "application", "machine-overridable", "resource"}, key


def test_each_folder_of_a_workspace_may_have_its_own_settings() -> None:
    for key in set(SETTINGS) - OWN - SCAN - {"author"}:
        assert SETTINGS[key]["scope"] == "resource", key


def test_who_signs_is_never_a_setting_of_a_project() -> None:
    assert SETTINGS["author"]["scope"] == "application"


def test_programs_are_never_taken_from_a_folder_that_is_not_trusted() -> None:
    trust = MANIFEST["capabilities"]["untrustedWorkspaces"]

    assert trust["supported"] == "limited"
    assert trust["restrictedConfigurations"] == ["whysafe.path", "whysafe.interpreter"]


def lines_for_ruff(page: Path) -> str:
    """The settings that a page gives to those who use Ruff as well."""
    (found,) = re.findall(r"```toml\n(\[tool\.ruff\.lint\]\n[^`]*)```", page.read_text(encoding="utf-8"))
    return str(found)


@pytest.mark.parametrize("page", [FOLDER / "README.md", FOLDER.parents[1] / "README.md"], ids=["extension", "root"])
def test_the_lines_for_ruff_keep_it_from_reporting_weaknesses(page: Path, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("import os\n\nos.system(input())\n", encoding="utf-8")

    def reported(settings: str) -> list[str]:
        (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
        command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=json", "."]
        answer = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        return [item["code"] for item in json.loads(answer.stdout)]

    select = 'select = ["E", "F", "S"]\n'
    assert reported(f"[tool.ruff.lint]\n{select}") == ["S605"]
    assert reported(lines_for_ruff(page) + select) == []


def test_commands_of_the_menus_and_pages_are_offered() -> None:
    contributes = MANIFEST["contributes"]
    offered = {command["command"] for command in contributes["commands"]}
    used = {item["command"] for menu in contributes["menus"].values() for item in menu}
    used |= set(re.findall(r"command:(whysafe\.\w+)", json.dumps(contributes["walkthroughs"])))
    used |= set(re.findall(r'"(whysafe\.\w+)":', (FOLDER / "src" / "commands.ts").read_text(encoding="utf-8")))

    assert used <= offered


def test_pictures_are_there_and_small() -> None:
    names = re.findall(r"images/\w+\.png", (FOLDER / "README.md").read_text(encoding="utf-8") + json.dumps(MANIFEST))

    assert names
    for name in names:
        assert (FOLDER / name).stat().st_size < 150_000, name


def test_versions() -> None:
    assert MANIFEST["version"] == __version__


@pytest.mark.parametrize("folder", [FOLDER, Path(__file__).parent])
def test_lock_files_name_no_registry(folder: Path) -> None:
    assert "resolved" not in (folder / "package-lock.json").read_text(encoding="utf-8")
