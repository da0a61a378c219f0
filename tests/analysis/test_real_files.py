"""The laws of `real_files` on thousands of files, in as many processes as there are processors."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from whysafe.scanning.processors import usable_processors

SCRIPT = Path(__file__).with_name("real_files.py")


def outcome(law, most):
    """How many were looked at, and for which the law does not hold."""
    count = usable_processors()
    commands = [[sys.executable, str(SCRIPT), law, str(share), str(count), str(most)] for share in range(count)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    results = [(process.communicate()[0], process.returncode) for process in running]
    assert [status for _, status in results] == [0] * count
    found = [json.loads(text) for text, _ in results]
    return sum(each["looked_at"] for each in found), [bad for each in found for bad in each["bad"]]


@pytest.mark.parametrize(("law", "most", "fewest"), [("gate", 5_000, 3_000), ("edits", 2_000, 2_000)])
def test_the_law_holds(law, most, fewest):
    """`fewest`: a Python that comes without its own tests has not so many files."""
    looked_at, bad = outcome(law, most)
    assert bad == []
    assert fewest <= looked_at <= most
