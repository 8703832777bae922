"""Who asks too much has to wait a little, and is told so once; nobody else notices."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from cachetools import TTLCache

from bot.channels.telegram import limits as module
from bot.channels.telegram.limits import HOUR, MINUTE, PEOPLE, Limits

pytestmark = pytest.mark.anyio


class Clock:
    """A time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the event loop, and of everything that is forgotten after a time."""
    clock = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock)
    monkeypatch.setattr(module, "TTLCache", partial(TTLCache, timer=clock))
    return clock


async def admitted(limits: Limits, person: str, times: int) -> int:
    """How many of so many questions, asked at once, are answered."""
    return sum([await limits.admits(person) for _ in range(times)])


async def test_one_question_more_than_allowed_is_stopped(clock: Clock) -> None:
    limits = Limits(20)
    assert await admitted(limits, "rose", 20) == 20
    assert not await limits.admits("rose")


async def test_one_person_does_not_use_up_what_another_may_ask(clock: Clock) -> None:
    limits = Limits(3)
    assert await admitted(limits, "rose", 9) == 3
    assert await admitted(limits, "thorn", 9) == 3


async def test_questions_asked_at_the_same_moment_are_counted_one_by_one(clock: Clock) -> None:
    limits = Limits(3)
    answers = await asyncio.gather(*(limits.admits("rose") for _ in range(10)))
    assert answers.count(True) == 3


@pytest.mark.parametrize("per_minute", [1, 2, 7, 11, 12, 13, 20, 60, 1_000])
async def test_after_the_pause_that_was_named_a_question_is_answered(per_minute: int, clock: Clock) -> None:
    limits = Limits(per_minute)
    assert await admitted(limits, "rose", per_minute + 1) == per_minute
    clock.now += limits.pause
    assert await limits.admits("rose")


@pytest.mark.parametrize("per_minute", [1, 2, 7])
async def test_a_little_before_the_next_question_is_due_it_is_still_stopped(
    per_minute: int, clock: Clock
) -> None:
    limits = Limits(per_minute)
    await admitted(limits, "rose", per_minute)
    clock.now += MINUTE / per_minute - 0.1
    assert not await limits.admits("rose")
    clock.now += 0.2
    assert await limits.admits("rose")


async def test_whoever_keeps_asking_while_stopped_does_not_wait_longer_for_it(clock: Clock) -> None:
    limits = Limits(2)
    await admitted(limits, "rose", 2)
    for _ in range(29):
        clock.now += 1
        assert not await limits.admits("rose")
    clock.now += 1.1
    assert await limits.admits("rose")


async def test_a_minute_after_the_last_question_everything_may_be_asked_again(clock: Clock) -> None:
    limits = Limits(5)
    assert await admitted(limits, "rose", 9) == 5
    clock.now += MINUTE
    assert await admitted(limits, "rose", 9) == 5


async def test_nobody_is_forgotten_while_they_are_still_stopped(clock: Clock) -> None:
    """Whoever asks all the time gets as much in ten minutes as ten minutes allow, and the first burst."""
    limits = Limits(6)
    answered = 0
    for _ in range(600):
        clock.now += 1
        answered += await limits.admits("rose")
    assert 60 <= answered <= 66


async def test_no_more_people_are_kept_in_mind_than_there_is_room_for(clock: Clock) -> None:
    limits = Limits(1)
    for person in range(PEOPLE + 10):
        assert await limits.admits(str(person))
    assert len(limits._buckets) == PEOPLE
    assert not await limits.admits(str(PEOPLE + 9))


async def test_people_who_stopped_asking_are_forgotten(clock: Clock) -> None:
    limits = Limits(1)
    await limits.admits("rose")
    clock.now += 2 * MINUTE + 1
    assert len(limits._buckets) == 0


@pytest.mark.parametrize("within", [MINUTE, HOUR])
async def test_a_courtesy_that_was_said_is_due_again_after_a_time(within: float, clock: Clock) -> None:
    limits = Limits(20)
    assert limits.due("too_fast", "rose", within)
    limits.said("too_fast", "rose", within)
    clock.now += within - 1
    assert not limits.due("too_fast", "rose", within)
    clock.now += 2
    assert limits.due("too_fast", "rose", within)


async def test_a_courtesy_that_could_not_be_said_stays_due() -> None:
    limits = Limits(20)
    assert limits.due("too_fast", "rose", MINUTE)
    assert limits.due("too_fast", "rose", MINUTE)


async def test_another_courtesy_and_another_person_are_another_matter() -> None:
    limits = Limits(20)
    limits.said("too_fast", "rose", MINUTE)
    assert limits.due("sorry", "rose", MINUTE)
    assert limits.due("too_fast", "basile", MINUTE)
    assert limits.due("too_fast", "rose", HOUR)
