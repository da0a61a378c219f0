"""Which states of a finding make `whysafe check` fail, with the real engine; and how the summary counts them."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter

import jsonschema
import pytest
from whysafe import checker
from whysafe.cli import json_output
from whysafe.cli.main import main
from whysafe.config import Settings
from whysafe.justifications.comment import Decision
from whysafe.justifications.state import State

SIGNED = dt.date(2026, 11, 24)
REASON = "only the developer who starts this program chooses the text"
OPEN_CODE = "import pickle\nx = pickle.load(y)\n"


def answered(decision=Decision.ACCEPTED, reason=REASON, ref=None):
    document = checker.Document(OPEN_CODE)
    finding = next(one for one in document.facts().findings if one.rule == "pickle-load")
    written = document.justify(
        finding.span.start, finding.rule, decision, "M. Smit", SIGNED, Settings(), reason=reason, ref=ref
    )
    document.edit(written.edits[0])
    return document.text


def changed(old, new, **options):
    text = answered(**options)
    assert old in text
    return text.replace(old, new)


# The day on which each is checked, and the exit status.
STATES = {
    "open": (OPEN_CODE, "2026-11-24", 1),
    "valid": (answered(), "2026-11-25", 0),
    "valid deferred": (answered(Decision.DEFERRED, ref="SEC-1"), "2026-11-25", 0),
    "valid false-alarm": (changed(", review by 2027-05-23", "", decision=Decision.FALSE_ALARM), "2036-11-25", 0),
    "due": (answered(), "2027-05-01", 0),
    "due on the last day": (answered(), "2027-05-23", 0),
    "expired within grace": (answered(), "2027-05-24", 0),
    "expired on the last day of grace": (answered(), "2027-06-22", 0),
    "expired past grace": (answered(), "2027-06-23", 1),
    "expired without a readable date": (changed("2027-05-23", "2027-13-23"), "2026-11-25", 1),
    "placeholder": (answered(reason="TODO say why this may stay"), "2026-11-25", 1),
    "trivial": (answered(reason="fine"), "2026-11-25", 1),
    "unsigned": (changed("M. Smit", "TODO-name"), "2026-11-25", 1),
    "malformed": (changed("review by", "reveiw by"), "2026-11-25", 1),
    "malformed: signed in the future": (answered(), "2026-11-22", 1),
    "stale": (changed("load(y)", "load(z)"), "2026-11-25", 1),
    "stale and expired within grace": (changed("load(y)", "load(z)"), "2027-05-24", 1),
    "detached": (changed("\nx = ", "\n\nx = "), "2026-11-25", 1),
    "orphan": (changed("pickle.load(y)", "json.load(y)"), "2026-11-25", 0),
    "too-long": (changed("2027-05-23", "2028-05-23"), "2026-11-25", 0),
    "undocumented": (OPEN_CODE.replace("(y)", "(y)  # nosec B301"), "2026-11-25", 0),
    "blanket": (OPEN_CODE.replace("(y)", "(y)  # nosec"), "2026-11-25", 1),
    "unknown-rule": (changed("[pickle-load]", "[pickle-laod]"), "2026-11-25", 1),
}


@pytest.mark.parametrize("name", STATES)
def test_the_exit_status_of_each_state(project_folder, name):
    text, today, status = STATES[name]
    (project_folder / "a.py").write_text(text, encoding="utf-8")
    assert main(["check", "--today", today]) == status
    assert main(["check", "--today", today, "--exit-zero"]) == 0


@pytest.mark.parametrize(("level", "status"), [("error", 1), ("warning", 0)])
def test_only_findings_at_or_above_the_threshold_fail(project_folder, level, status):
    (project_folder / "a.py").write_text(STATES["stale"][0], encoding="utf-8")
    (project_folder / "whysafe.toml").write_text(
        f"[severity]\npickle-load = {{ level = '{level}', reason = 'why' }}\n", encoding="utf-8"
    )
    assert main(["check", "--today", "2026-11-25", "--fail-on", "error"]) == status


FOR_CLI = answered().replace(", review by", ", for cli, review by")


@pytest.mark.parametrize(
    ("text", "settings", "status"),
    [
        (answered(), "never-justify = ['pickle-load']", 1),
        (FOR_CLI, "program-type = 'cli'", 0),
        (FOR_CLI, "program-type = 'web-service'", 1),
        (STATES["undocumented"][0], "foreign-markers = 'report'", 1),
        (answered(), "[review-within]\nerror = 30", 0),
    ],
    ids=["forbidden", "same context", "context-changed", "undocumented where it is reported", "too-long"],
)
def test_what_the_settings_demand_decides(project_folder, text, settings, status):
    (project_folder / "a.py").write_text(text, encoding="utf-8")
    (project_folder / "whysafe.toml").write_text(settings + "\n", encoding="utf-8")
    assert main(["check", "--today", "2026-11-25"]) == status


@pytest.mark.parametrize(("days", "status"), [(0, 1), (60, 0)])
def test_the_grace_is_that_of_the_settings(project_folder, days, status):
    (project_folder / "a.py").write_text(answered(), encoding="utf-8")
    (project_folder / "whysafe.toml").write_text(f"expiry-grace = {days}\n", encoding="utf-8")
    assert main(["check", "--today", "2027-05-24"]) == status
    assert main(["check", "--today", "2027-07-22"]) == status
    assert main(["check", "--today", "2027-07-23"]) == 1


def test_a_critical_program_has_no_grace(project_folder):
    text = answered().replace(", review by", ", for critical, review by")
    (project_folder / "a.py").write_text(text, encoding="utf-8")
    assert main(["check", "--today", "2027-05-23", "--program-type", "critical"]) == 0
    assert main(["check", "--today", "2027-05-24", "--program-type", "critical"]) == 1


def test_the_summary_counts_findings_and_justifications_by_state(project_folder, capsys):
    for name in ("open", "valid", "stale", "detached", "orphan"):
        (project_folder / f"{name}.py").write_text(STATES[name][0], encoding="utf-8")
    main(["check", "--today", "2026-11-25"])
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "3 findings (3 errors), 1 justified, in 5 files",
        "Findings by state: 2 open, 1 valid, 1 stale.",
        "Justifications to look at: 1 stale, 1 orphan, 1 detached.",
    ]


MARKED = {"nosec B301": "nosec", "noqa: S301": "noqa", "nosemgrep: avoid-pickle": "nosemgrep"}


@pytest.mark.parametrize("order", MARKED)
def test_what_only_another_tools_order_answers_is_said_so(project_folder, capsys, order):
    (project_folder / "a.py").write_text(OPEN_CODE.replace("(y)", f"(y)  # {order}"), encoding="utf-8")
    assert main(["check", "--today", "2026-11-25"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("a.py:")]
    assert line.startswith("a.py:2:5: information pickle-load ")
    assert line.endswith(f" (marked by {MARKED[order]}, no reason recorded)")


def test_the_json_has_every_state_and_the_summary(project_folder, capsys):
    for number, (text, _, _) in enumerate(STATES.values()):
        (project_folder / f"a{number}.py").write_text(text, encoding="utf-8")
    (project_folder / "old.py").write_text("x = 1\n", encoding="utf-8")
    (project_folder / "whysafe.toml").write_text(
        "[ignore]\npickle-import = 'loads are looked at, imports are not'\nassert-used = ''\n"
        "[exclude]\n'old.py' = 'goes'\n[severity]\nmarshal-load = { level = 'hint', reason = 'ours' }\n",
        encoding="utf-8",
    )
    main(["check", "--today", "2026-11-25", "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(json_output.schema())
    jsonschema.validate(found, json_output.schema(), cls=jsonschema.Draft202012Validator)
    summary = found["summary"]
    assert summary["findings"] == len(found["findings"]) == len(STATES) - 1
    assert summary["findings_by_state"] == Counter(one["state"] for one in found["findings"])
    assert summary["remarks_by_state"] == Counter(one["state"] for one in found["remarks"])
    assert summary["answered"] == summary["findings_by_state"]["valid"] + summary["findings_by_state"].get("due", 0)
    assert summary["rules_off"] == ["assert-used", "pickle-import"]
    assert summary["switched_off"] == [
        {"name": "pickle-import", "reason": "loads are looked at, imports are not"},
        {"name": "assert-used", "reason": None},
    ]
    assert summary["severities_lowered"] == [{"name": "marshal-load", "severity": "hint", "reason": "ours"}]
    assert summary["paths_excluded"] == [{"name": "old.py", "reason": "goes"}]
    assert summary["skipped"] == [{"why": "excluded by the settings", "count": 1}]
    assert {one["marker"]["tool"] for one in found["findings"] if one["state"] == "undocumented"} == {"nosec"}
    (orphan,) = [one for one in found["remarks"] if one["state"] == "orphan"]
    assert (orphan["start"], orphan["severity"]) == ({"line": 3, "column": 1}, "warning")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("summary"),
        lambda data: data.update(version=2),
        lambda data: data["findings"][0].update(more=1),
        lambda data: data["findings"][0]["justification"].update(decision="fine"),
        lambda data: data["summary"]["findings_by_state"].update(fine=1),
        lambda data: data["remarks"][0].pop("state"),
    ],
)
def test_the_schema_refuses_what_it_does_not_describe(project_folder, capsys, change):
    (project_folder / "a.py").write_text(STATES["stale"][0], encoding="utf-8")
    main(["check", "--today", "2026-11-25", "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    found["findings"].reverse()
    jsonschema.validate(found, json_output.schema())
    change(found)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, json_output.schema())


def test_the_schema_knows_every_state_and_decision():
    definitions = json_output.schema()["$defs"]
    assert {state.value for state in State} == set(definitions["state"]["enum"])
    decisions = definitions["justification"]["properties"]["decision"]["enum"]
    assert {None, *(decision.value for decision in Decision)} == set(decisions)


def test_the_last_line_counts_what_the_settings_leave_out(project_folder, capsys):
    (project_folder / "a.py").write_text("x = 1\n", encoding="utf-8")
    (project_folder / "old.py").write_text("x = 1\n", encoding="utf-8")
    (project_folder / "whysafe.toml").write_text(
        "[ignore]\nprocess = 'a build tool'\n[exclude]\n'old.py' = 'goes'\n'older.py' = ''\n"
        "[severity]\npickle-load = { level = 'hint', reason = 'ours' }\nassert-used = { level = 'error' }\n",
        encoding="utf-8",
    )
    family = sum(card.family == "process" for card in checker.cards().values())
    main(["check", "--verbose"])
    *_, first, second, third, fourth, last = capsys.readouterr().out.splitlines()
    assert last == (
        f"{family} rules off, 1 severity lowered, 2 paths excluded, "
        "1 file or folder skipped (1 excluded by the settings)."
    )
    assert [first, second, third, fourth] == [
        "    process: a build tool",
        "    old.py: goes",
        "    older.py: no reason given",
        "    pickle-load = hint: ours",
    ]
