"""What a conversation is about is kept for half an hour, and then only its language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue.memory import KEPT, RECENT, Memory
from tests.invented import NOW, election

FULL = Memory(("a",), ("a", "b"), ("pool",), "voting-day", language="en", at=NOW)


@pytest.mark.parametrize("passed", [timedelta(0), timedelta(minutes=1), KEPT, timedelta(days=-1)])
def test_a_memory_is_kept_for_half_an_hour(passed: timedelta) -> None:
    assert FULL.fresh(NOW + passed) == FULL


@pytest.mark.parametrize(
    "passed", [KEPT + timedelta(microseconds=1), timedelta(hours=1), timedelta(days=400)]
)
def test_afterwards_only_the_language_is_left(passed: timedelta) -> None:
    assert FULL.fresh(NOW + passed) == Memory(language="en")


def test_a_memory_without_a_time_does_not_age() -> None:
    assert Memory(topics=("pool",)).fresh(NOW) == Memory(topics=("pool",))


def test_half_an_hour_is_half_an_hour() -> None:
    assert KEPT.total_seconds() == 1_800


@pytest.mark.parametrize(
    ("before", "named", "recent"),
    [
        ((), ("a",), ("a",)),
        (("a",), ("b",), ("b", "a")),
        (("a", "b"), ("b",), ("b", "a")),
        (("a",), (), ("a",)),
        (("a",), ("b", "c"), ("b", "c", "a")),
        (("a", "b", "c", "d", "e"), ("f",), ("f", "a", "b", "c", "d")),
        ((), tuple("abcdefgh"), tuple("abcde")),
    ],
)
def test_the_latest_named_come_first(
    before: tuple[str, ...], named: tuple[str, ...], recent: tuple[str, ...]
) -> None:
    memory = Memory(recent=before).naming(named)
    assert memory.candidates == named
    assert memory.recent == recent
    assert len(memory.recent) <= RECENT


def test_what_the_base_no_longer_holds_is_forgotten() -> None:
    held = Memory(("oztekin",), ("oztekin", "argensolle"), ("pool",), "voting-day", language="en", at=NOW)
    stale = Memory(
        ("gone", "oztekin"),
        ("oztekin", "gone", "argensolle"),
        ("gone", "pool"),
        "voting-day",
        language="en",
        at=NOW,
    )
    assert held.known_to(election()) == held
    assert stale.known_to(election()) == held
    assert Memory(fact="gone").known_to(election()) == Memory()


def test_naming_leaves_the_rest_alone() -> None:
    named = FULL.naming(("b",))
    assert replace(named, candidates=FULL.candidates, recent=FULL.recent) == FULL
