"""Everything that can go wrong, brought about on purpose, and what must hold all the same: a table of promises kept."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.faults.trial import Round, Trial, counted, missed, shown
from benchmarks.report import Bound, Plan, Section

FAULTS = (
    *("killed", "edits", "database", "replicas", "failing", "full", "clock", "folder", "hostile"),
    *("secrets", "lint"),
)
"""Each a module with `trials`; secrets near the end, for it also reads the logs of those before it."""


def brought_about(
    names: Sequence[str], *, quick: bool, long: bool = True, told: Callable[[Trial], None] = lambda _: None
) -> list[Trial]:
    """Every row of some faults, in order; each is told as soon as it is known."""
    found: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        around = Round(quick, Path(folder), long)
        for name in names or FAULTS:
            for trial in _tried(name, around):
                told(trial)
                found.append(trial)
    return found


def _tried(name: str, around: Round) -> Iterator[Trial]:
    """The rows of one fault; one that cannot be gone through with is a promise broken."""
    try:
        yield from importlib.import_module(f"benchmarks.faults.{name}").trials(around)
    except Exception as error:
        yield Trial(name, "gone through with", "no exception", f"{type(error).__name__}: {error}", kept=False)


def measure(plan: Plan) -> Section:
    """The table as a section of the report; with a million hostile messages only where there is time for them."""
    trials = brought_about((), quick=plan.quick, long=plan.long)
    reached = not missed(trials, quick=plan.quick)
    bound = Bound("Promises kept under faults", "all", counted(trials), reached)
    return Section("faults", [shown(trials)], [bound])
