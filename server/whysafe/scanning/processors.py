"""How many processors a scan may keep busy."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWN_GROUPS: Final = Path("/proc/self/cgroup")
_ALL_GROUPS: Final = Path("/sys/fs/cgroup")


def usable_processors() -> int:
    """How many processors this process may use, a container's share of them rounded up."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(math.ceil(min(there or 1, share(_OWN_GROUPS, _ALL_GROUPS))), 1)


def share(own: Path, groups: Path) -> float:
    """The processor time that the control groups of a process leave to it, in processors; infinite without a limit.

    Args:
        own: the file that names the groups, one a line: `0::/path`, or `4:cpu,cpuacct:/path` where each controller has
            a tree of groups (https://man7.org/linux/man-pages/man7/cgroups.7.html).
        groups: the folder that the trees of groups are mounted in.
    """
    return min(_limits(own, groups), default=math.inf)


def _limits(own: Path, groups: Path) -> Iterator[float]:
    for line in _read(own).splitlines():
        _, controllers, path = (line + "::").split(":")[:3]
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = groups / controllers if controllers else groups
        # In a container the group may be mounted as the root although it has a longer name outside.
        group = root / path.strip("/")
        for at in (group, *group.parents):
            yield _limit(at, one_tree=not controllers)
            if at == root:
                break


def _limit(group: Path, *, one_tree: bool) -> float:
    if one_tree:
        words = _read(group / "cpu.max").split()
    else:
        words = [*_read(group / "cpu.cfs_quota_us").split(), *_read(group / "cpu.cfs_period_us").split()]
    quota, period = [*words, "", ""][:2]
    # Without a limit the quota is `max`, or -1.
    if not (quota.isdecimal() and period.isdecimal() and int(period)):
        return math.inf
    return int(quota) / int(period)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
