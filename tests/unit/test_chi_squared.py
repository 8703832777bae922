"""The test of evenness gives the known values, says nothing of too little, and finds what is uneven, and only that."""

from __future__ import annotations

import random
from math import isclose

import pytest

from bot.evaluation.chi_squared import Evenness, corrected, even, fair_places, tail

TABLE = [
    *((3.841459, 1, 0.05), (6.634897, 1, 0.01), (10.827566, 1, 0.001)),
    *((5.991465, 2, 0.05), (9.210340, 2, 0.01), (7.814728, 3, 0.05), (16.266236, 3, 0.001)),
    *((18.307038, 10, 0.05), (24.995790, 15, 0.05), (43.772972, 30, 0.05), (58.619215, 36, 0.01)),
    *((124.342113, 100, 0.05), (149.448981, 101, 0.00125)),
]
"""Statistics, degrees of freedom and the chance of more, as printed tables have them."""


@pytest.mark.parametrize(("statistic", "degrees", "chance"), TABLE[:-1])
def test_the_tail_is_that_of_the_printed_tables(statistic: float, degrees: int, chance: float) -> None:
    assert isclose(tail(statistic, degrees), chance, rel_tol=1e-5)


def test_the_tail_begins_at_one_falls_and_ends_at_nothing() -> None:
    for degrees in range(1, 130):
        assert tail(0, degrees) == 1
        found = [round(tail(x / 2, degrees), 12) for x in range(800)]
        assert found == sorted(found, reverse=True)
        assert tail(5_000, degrees) == 0


@pytest.mark.parametrize("statistic", [0.3, 2.0, 17.5, 90.0])
def test_each_two_degrees_more_add_the_next_term(statistic: float) -> None:
    term = statistic / 2
    for degrees in range(2, 60, 2):
        assert tail(statistic, degrees) < tail(statistic, degrees + 1) < tail(
            statistic, degrees + 2
        ) or isclose(tail(statistic, degrees + 2), 1)
    assert isclose(tail(statistic, 4) / tail(statistic, 2), 1 + term)


def orders(count: int, people: str = "abcdefg", lazy: int = 0, seed: int = 1) -> list[list[str]]:
    """Orders drawn by lot, of which one in `lazy` is always the same."""
    chance = random.Random(seed)
    return [
        list(people) if lazy and not at % lazy else chance.sample(people, len(people)) for at in range(count)
    ]


def test_orders_drawn_by_lot_are_rejected_as_rarely_as_the_level_says() -> None:
    chances = [fair_places(orders(150, "abcde", seed=seed)) for seed in range(400)]
    below = sum(test is not None and test.p < 0.1 for test in chances)
    assert 20 <= below <= 60


def test_an_order_that_favours_someone_is_found() -> None:
    fair, lazy = fair_places(orders(2_000)), fair_places(orders(2_000, lazy=8))
    assert fair is not None
    assert fair.degrees == 36
    assert fair.p > 0.01
    assert lazy is not None
    assert lazy.p < 1e-6


def test_too_little_says_nothing() -> None:
    assert fair_places([]) is None
    assert fair_places(orders(34)) is None
    assert fair_places(orders(35)) is not None
    assert fair_places([["a"]] * 100) is None
    assert even([4, 4]) is None
    assert even([5, 5]) == Evenness(0.0, 1, 1.0)
    assert even([100]) is None
    assert even([]) is None


def test_tests_of_separate_counts_add_up() -> None:
    assert Evenness.sum([Evenness(3.0, 1, 0.08), Evenness(2.0, 4, 0.7)]) == Evenness(5.0, 5, tail(5.0, 5))


def test_several_tests_at_once_are_each_held_to_more() -> None:
    tests = [Evenness(0, 1, p) for p in (0.04, 0.01, 0.5)]
    assert corrected(tests) == pytest.approx([0.08, 0.03, 0.5])
    assert corrected([Evenness(0, 1, p) for p in (0.9, 0.8)]) == [1.0, 1.0]
    assert corrected([]) == []
