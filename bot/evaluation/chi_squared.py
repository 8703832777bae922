"""How likely it is that chance alone made counts as uneven as these: Pearson's test, in closed form.

For a whole number of degrees of freedom the tail of the distribution is a finite sum, so no library is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, pi, sqrt

EXPECTED = 5
"""Fewer expected in a cell than this, and the test says nothing."""


@dataclass(frozen=True, slots=True)
class Evenness:
    """What a test came to: how far from even, with how many degrees of freedom, and how likely by chance alone."""

    statistic: float
    degrees: int
    p: float

    @classmethod
    def sum(cls, tests: Sequence[Evenness]) -> Evenness:
        """Several tests of separate counts as one."""
        statistic, degrees = sum(t.statistic for t in tests), sum(t.degrees for t in tests)
        return cls(statistic, degrees, tail(statistic, degrees))


def tail(statistic: float, degrees: int) -> float:
    """How likely chi-squared exceeds a statistic."""
    if statistic <= 0 or degrees < 1:
        return 1.0
    half = statistic / 2
    if degrees % 2:
        term, first = 2 * sqrt(half / pi) * exp(-half), 3
        total = erfc(sqrt(half))
    else:
        term, first = exp(-half), 2
        total = 0.0
    for at in range(first, degrees + 1, 2):
        total += term
        term *= statistic / at
    return min(1.0, total)


def even(counts: Sequence[int]) -> Evenness | None:
    """Whether counts are as even as chance makes them; None if they are too few."""
    expected = sum(counts) / len(counts) if counts else 0
    if len(counts) < 2 or expected < EXPECTED:
        return None
    statistic = sum((count - expected) ** 2 / expected for count in counts)
    return Evenness(statistic, len(counts) - 1, tail(statistic, len(counts) - 1))


def fair_places(orders: Sequence[Sequence[str]]) -> Evenness | None:
    """Whether everyone is as often in every place; None if the orders are too few.

    Each order gives every place once, so the cells of a row depend on each other as those of a column do: Pearson's
    sum is too large by k / (k - 1) for k people (Anderson, 1959), and then has (k - 1)² degrees of freedom.
    """
    people = sorted(orders[0]) if orders else []
    size = len(people)
    if size < 2 or len(orders) / size < EXPECTED:
        return None
    counts = {(person, place): 0 for person in people for place in range(size)}
    for order in orders:
        for place, person in enumerate(order):
            counts[person, place] += 1
    expected = len(orders) / size
    statistic = sum((count - expected) ** 2 / expected for count in counts.values()) * (size - 1) / size
    degrees = (size - 1) ** 2
    return Evenness(statistic, degrees, tail(statistic, degrees))


def corrected(tests: Sequence[Evenness]) -> list[float]:
    """The p-values of several tests made at once, each as if it were the only one (Holm, 1979)."""
    ranked = sorted(range(len(tests)), key=lambda at: tests[at].p)
    adjusted, highest = [0.0] * len(tests), 0.0
    for rank, at in enumerate(ranked):
        highest = max(highest, min(1.0, (len(tests) - rank) * tests[at].p))
        adjusted[at] = highest
    return adjusted
