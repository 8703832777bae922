"""Texts drawn by hypothesis, as many as wanted, in lots: one run over all would remember every path it has tried."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.property.test_any_message import HOSTILE
from tests.strategies import ANY_TEXT

LOT = 1_000


def draw(count: int, begin: int, hear: Callable[[list[str]], None]) -> None:
    """Hand over so many texts, the same for the same beginning."""
    done, lot = 0, begin
    while done < count:
        found = _lot(lot)[: count - done]
        hear(found)
        done += len(found)
        lot += 1


def _lot(number: int) -> list[str]:
    found: list[str] = []

    @seed(number)
    @settings(
        max_examples=LOT,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(ANY_TEXT, HOSTILE, st.lists(HOSTILE, max_size=4).map(" ".join)))
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found
