"""A container's share of the processors is known, on systems with one tree of control groups and with several."""

import math
import os

import pytest
from whysafe.scanning import processors

ONE_TREE = {
    "no limit": ("0::/", {"cpu.max": "max 100000\n"}, math.inf),
    "two processors": ("0::/", {"cpu.max": "200000 100000\n"}, 2.0),
    "a part of one": ("0::/", {"cpu.max": "50000 100000\n"}, 0.5),
    "the limit of a group above": (
        "0::/pod/box",
        {"pod/box/cpu.max": "max 100000\n", "pod/cpu.max": "300000 100000\n"},
        3.0,
    ),
    "the tightest": ("0::/pod/box", {"pod/box/cpu.max": "1 2\n", "pod/cpu.max": "300000 100000\n"}, 0.5),
    "a name from outside": ("0::/docker/1f2e", {"cpu.max": "400000 100000\n"}, 4.0),
    "a name above the mounted one": ("0::/../../other", {"cpu.max": "400000 100000\n"}, 4.0),
    "nothing mounted": ("0::/pod", {}, math.inf),
    "what is no number": ("0::/", {"cpu.max": "many 100000\n"}, math.inf),
    "no period": ("0::/", {"cpu.max": "200000 0\n"}, math.inf),
    "empty": ("0::/", {"cpu.max": ""}, math.inf),
}
SEVERAL_TREES = {
    "no limit": ("2:cpu:/", {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, math.inf),
    "a limit": (
        "3:memory:/x\n2:cpu,cpuacct:/box\n0::/",
        {"cpu,cpuacct/box/cpu.cfs_quota_us": "150000\n", "cpu,cpuacct/box/cpu.cfs_period_us": "100000\n"},
        1.5,
    ),
    "of another controller": (
        "2:cpuset:/",
        {"cpuset/cpu.cfs_quota_us": "150000\n", "cpuset/cpu.cfs_period_us": "100000\n"},
        math.inf,
    ),
    "no line that is one": ("nonsense", {}, math.inf),
}


@pytest.mark.parametrize(("own", "files", "expected"), [*ONE_TREE.values(), *SEVERAL_TREES.values()])
def test_the_share_is_that_of_the_tightest_group(tmp_path, own, files, expected):
    (tmp_path / "own").write_text(own + "\n", encoding="ascii")
    for name, text in files.items():
        path = tmp_path / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    assert processors.share(tmp_path / "own", tmp_path / "groups") == expected


@pytest.mark.parametrize(("share", "expected"), [(math.inf, 8), (2.5, 3), (0.1, 1), (99.0, 8)])
def test_a_share_is_rounded_up_and_no_more_than_there_are(monkeypatch, share, expected):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(8)), raising=False)
    monkeypatch.setattr(processors, "share", lambda _own, _groups: share)
    assert processors.usable_processors() == expected
