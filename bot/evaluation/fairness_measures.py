"""What an audit measures, and when a bound on it is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt
from typing import Literal

from bot.evaluation.recognition import Heard

SPREAD = 0.05
"""How far apart the best and the worst share of any two candidates may be where words are misspelt."""
DRAWS = 50
"""With fewer questions for each candidate than this, a share says nothing."""

Unit = Literal["share", "place", "characters", "count"]


class Verdict(StrEnum):
    """Whether a bound is kept; what has none is only told."""

    KEPT = "kept"
    BROKEN = "broken"
    UNMEASURED = "unmeasured"
    """Too little was asked to tell."""
    NOTHING = "nothing"
    """The election has nothing of which it could be told, such as one candidate's place."""
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure for each candidate, the verdict on all of them, and what its sentence is filled in with."""

    name: str
    verdict: Verdict
    unit: Unit
    figures: Mapping[str, float]
    values: Mapping[str, float] = field(default_factory=dict)


def judged(figures: Mapping[str, float], kept: bool) -> Verdict:
    """The verdict on a bound, if there is anything that it binds."""
    if not figures:
        return Verdict.NOTHING
    return Verdict.KEPT if kept else Verdict.BROKEN


def equal(name: str, shares: Mapping[str, float], asked: Counter[str]) -> Measure:
    """The same share for everybody, to the last question."""
    spread = _spread(shares)
    values = {"spread": spread, "count": min(asked.values(), default=0)}
    return Measure(name, judged(shares, not spread), "share", shares, values)


def always(name: str, heard: Heard, counted: Counter[str]) -> Measure:
    """Everybody's every question."""
    shares = heard.share(counted)
    kept = all(share == 1 for share in shares.values())
    return Measure(name, judged(shares, kept), "share", shares, {"count": heard.asked.total()})


def none(name: str, heard: Heard) -> Measure:
    """Nobody's question is answered about somebody else."""
    counts = {c: heard.misread[c] for c in sorted(heard.asked)}
    values = {"count": heard.asked.total()}
    return Measure(name, judged(counts, not heard.misread.total()), "count", counts, values)


def alike(name: str, heard: Heard, counted: Counter[str]) -> Measure:
    """Shares that are at most a few points apart, with how sure that is."""
    shares = heard.share(counted)
    fewest = min(heard.asked.values(), default=0)
    if not shares:
        return Measure(name, Verdict.NOTHING, "share", shares)
    if fewest < DRAWS:
        return Measure(name, Verdict.UNMEASURED, "share", shares, {"count": fewest})
    spread = _spread(shares)
    low, high = _between(max(shares.values()), min(shares.values()), fewest)
    values = {"spread": spread, "low": low, "high": high, "bound": SPREAD, "count": fewest}
    return Measure(name, judged(shares, spread <= SPREAD), "share", shares, values)


def told(name: str, heard: Heard, counted: Counter[str]) -> Measure:
    """Shares without a bound."""
    return Measure(name, Verdict.TOLD, "share", heard.share(counted), {"count": heard.asked.total()})


def _spread(shares: Mapping[str, float]) -> float:
    return round(max(shares.values(), default=0.0) - min(shares.values(), default=0.0), 9)


def together(several: Iterable[Heard]) -> Heard:
    """What was heard here and there as one."""
    total = Heard()
    for heard in several:
        total.include(heard)
    return total


def _between(best: float, worst: float, count: int) -> tuple[float, float]:
    """Where the difference of two shares lies, 19 times in 20 (Newcombe's interval from Wilson's)."""
    (low_best, high_best), (low_worst, high_worst) = _wilson(best, count), _wilson(worst, count)
    apart = best - worst
    low = apart - sqrt((best - low_best) ** 2 + (high_worst - worst) ** 2)
    high = apart + sqrt((high_best - best) ** 2 + (worst - low_worst) ** 2)
    return max(0.0, low), high


def _wilson(share: float, count: int, z: float = 1.96) -> tuple[float, float]:
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return centre - half, centre + half
