"""A fault that was brought about on purpose, what must hold all the same, and what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.report import table

HEAD = ("fault", "what was done", "what must hold", "what was seen", "")


@dataclass(frozen=True, slots=True)
class Trial:
    """One row of the table: a promise, and whether it was kept."""

    fault: str
    done: str
    must: str
    seen: str
    kept: bool | None
    """None if it could not be tried here."""
    optional: bool = False
    """Whether it may be left out of a full run."""

    @property
    def verdict(self) -> str:
        return "not tried" if self.kept is None else "kept" if self.kept else "**BROKEN**"

    def cells(self) -> list[str]:
        """The row, so that nothing in it can be taken for the edge of a cell."""
        texts = (self.fault, self.done, self.must, self.seen, self.verdict)
        return [text.replace("|", "\\|").replace("\n", " ") for text in texts]


def untried(fault: str, needed: str, *, optional: bool = False) -> Trial:
    """The row of a fault for which something is missing here."""
    return Trial(fault, "nothing", "", f"this machine lacks {needed}", None, optional)


def judged(fault: str, done: str, must: str, seen: str, wrong: Sequence[str]) -> Trial:
    """The row of a fault after which nothing may be wrong; what was seen stands in it if nothing was."""
    return Trial(fault, done, must, "; ".join(wrong[:3]) or seen, not wrong)


def missed(trials: Sequence[Trial], *, quick: bool) -> int:
    """How many promises are not shown to be kept: broken, or in a full run not tried though they must be."""
    return sum(not trial.kept and not (trial.kept is None and (quick or trial.optional)) for trial in trials)


def counted(trials: Sequence[Trial]) -> str:
    """How many rows were kept, of all that were tried, and how many were not."""
    tried = [trial.kept for trial in trials if trial.kept is not None]
    return f"{sum(tried)} of {len(tried)} kept, {len(trials) - len(tried)} not tried"


@dataclass(slots=True)
class Round:
    """What all faults of one run share: how thoroughly to try, where to work, and what was read in logs."""

    quick: bool
    folder: Path
    long: bool = True
    """Whether a million of anything is a million, or a hundred thousand."""
    lines: int = 0
    """Log lines that were searched for secrets and for voters, over all faults until now."""
    told: list[str] = field(default_factory=list)
    """What stood in them and should not."""

    def many(self, quick: int, full: int) -> int:
        """A number of times, small if this is only to see that all works."""
        return quick if self.quick else full

    def millions(self, quick: int, full: int) -> int:
        """The same for what takes most of an hour."""
        return self.many(quick, full if self.long else full // 10)

    def room(self, name: str) -> Path:
        """A new folder for one fault."""
        folder = self.folder / name
        folder.mkdir(parents=True)
        return folder


Fault = Callable[[Round], Iterator[Trial]]


def shown(trials: Sequence[Trial]) -> str:
    """The table as Markdown, which reads well in a terminal too."""
    return table(HEAD, (trial.cells() for trial in trials), words=len(HEAD))
