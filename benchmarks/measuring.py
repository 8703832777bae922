"""Times, memory and the machine they were measured on."""

from __future__ import annotations

import math
import multiprocessing
import os
import platform
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds: half of all took at most `median`, nine in ten at most `p90`, and so on."""

    median: float
    p90: float
    p99: float
    most: float

    def cells(self) -> list[str]:
        return [milliseconds(value) for value in (self.median, self.p90, self.p99, self.most)]


def spread(times: Sequence[float]) -> Spread:
    """The spread of some times, by nearest rank: each figure is a time that really was taken."""
    ranked = sorted(times)

    def at(share: float) -> float:
        return ranked[max(0, math.ceil(share * len(ranked)) - 1)]

    return Spread(at(0.5), at(0.9), at(0.99), ranked[-1])


def milliseconds(value: float) -> str:
    """A time with as many digits as mean something."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def resident(process: int | str = "self") -> float:
    """The memory a process holds now, in MiB (VmRSS)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {process} has no resident memory")


def fresh(function: Callable[Given, Found], *given: Given.args, **named: Given.kwargs) -> Found:
    """What a function returns in a new Python process, where nothing is loaded or cached yet."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *given, **named).result()


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson's), which also holds where the share is 0 or 1."""
    z, share = 1.96, part / whole
    middle = share + z * z / (2 * whole)
    reach = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    low, high = ((middle + side * reach) / (1 + z * z / whole) for side in (-1, 1))
    return max(0.0, low), min(1.0, high)


def load() -> float:
    """How many processes wanted a core, on average over the last minute."""
    return os.getloadavg()[0]


def machine() -> str:
    """The processor, memory and Python that the figures hold for."""
    facts = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").is_file() else ""
    names = [line.partition(":")[2].strip() for line in facts.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = names[0] if names else platform.processor() or platform.machine()
    return (
        f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )
