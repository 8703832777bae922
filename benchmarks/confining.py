"""Processes held to a part of a core, so that whoever measures them never lacks one; and what each has worked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
PERIOD = 10_000
"""Microseconds: short, so that a process is slow rather than fast and then stopped."""

Confine = Callable[[int], None]


@contextmanager
def confined(name: str, share: float) -> Iterator[Confine | None]:
    """Hold a process, by its number, to a share of one core; None where the machine does not let us.

    Linux only, by the right to write to its control groups: usually root's.
    """
    group = _group(name, round(share * PERIOD))
    if group is None:
        yield None
        return
    try:
        yield lambda process: _written(group / "cgroup.procs", str(process))
    finally:
        with suppress(OSError):  # whoever is still in it is ending
            group.rmdir()


def _group(name: str, microseconds: int) -> Path | None:
    """A new group with a bound, by the second version of control groups or the first."""
    second = (GROUPS / "cgroup.controllers").is_file()
    folder = (GROUPS if second else GROUPS / "cpu") / f"election-bot-{os.getpid()}-{name}"
    try:
        if second:
            _written(GROUPS / "cgroup.subtree_control", "+cpu")
        folder.mkdir()
        if second:
            _written(folder / "cpu.max", f"{microseconds} {PERIOD}")
        else:
            _written(folder / "cpu.cfs_period_us", str(PERIOD))
            _written(folder / "cpu.cfs_quota_us", str(microseconds))
    except OSError:
        with suppress(OSError):
            folder.rmdir()
        return None
    return folder


def _written(path: Path, text: str) -> None:
    path.write_text(text, encoding="ascii")


def worked(process: int) -> float:
    """The processor time of a process so far, in seconds, with that of its children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def family_worked(process: int) -> float:
    """The same of a process and of its children that are alive."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    total = worked(process)
    for child in children:
        with suppress(OSError):  # it has just ended, and counts as its parent's
            total += worked(int(child))
    return total
