"""Real Python with `# expect: rule-name` on the lines that must have a finding; all other lines must be quiet."""

import datetime as dt
import re
from pathlib import Path

import pytest
from whysafe import checker
from whysafe.analysis.finding import Confidence, Severity
from whysafe.config import Settings

CASES = Path(__file__).parent.parent / "cases"
EXPECT = re.compile(r"#\s*expect:\s*([a-z0-9, -]+)")


@pytest.mark.parametrize("path", sorted(CASES.rglob("*.py")), ids=lambda path: str(path.relative_to(CASES)))
def test_case(path):
    text = path.read_text(encoding="utf-8")
    expected = {
        (number, rule.strip())
        for number, line in enumerate(text.split("\n"), start=1)
        if (match := EXPECT.search(line))
        for rule in match.group(1).split(",")
    }
    select = ("DEFAULT", *sorted({rule for _, rule in expected}))
    settings = Settings(select=select, min_severity=Severity.HINT, confidence=Confidence.LOW)
    report = checker.check(text, settings, dt.date(2026, 11, 24), None)
    found = {(shown.finding.span.start.line + 1, shown.finding.rule) for shown in report.shown}
    assert not report.gaps
    assert found == expected
