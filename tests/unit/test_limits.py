"""Who asks too much has to wait a little, and is told so once; nobody else notices."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram.limits import HOUR, MINUTE, Limits
from bot.state.keys import Keys
from bot.state.marks import HELD
from bot.state.state import State

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
    """The time of the event loop, by which everything is forgotten after a time."""
    clock = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock)
    return clock


def limited(per_minute: int, what: str = "asked", state: State | None = None) -> Limits:
    """Limits as one replica alone has them: in its memory."""
    found = state or State("sqlite:///:memory:")
    return Limits(per_minute, found.marks, Keys("a secret"), what)


async def admitted(limits: Limits, person: str, times: int) -> int:
    """How many of so many questions, asked at once, are answered."""
    return sum([await limits.admits(person) for _ in range(times)])


async def test_one_question_more_than_allowed_is_stopped(clock: Clock) -> None:
    limits = limited(20)
    assert await admitted(limits, "rose", 20) == 20
    assert not await limits.admits("rose")


async def test_one_person_does_not_use_up_what_another_may_ask(clock: Clock) -> None:
    limits = limited(3)
    assert await admitted(limits, "rose", 9) == 3
    assert await admitted(limits, "thorn", 9) == 3


async def test_questions_asked_at_the_same_moment_are_counted_one_by_one(clock: Clock) -> None:
    limits = limited(3)
    answers = await asyncio.gather(*(limits.admits("rose") for _ in range(10)))
    assert answers.count(True) == 3


@pytest.mark.parametrize("per_minute", [1, 2, 7, 11, 12, 13, 20, 60, 1_000])
async def test_after_the_pause_that_was_named_a_question_is_answered(per_minute: int, clock: Clock) -> None:
    limits = limited(per_minute)
    assert await admitted(limits, "rose", per_minute + 1) == per_minute
    clock.now += limits.pause
    assert await limits.admits("rose")


@pytest.mark.parametrize("per_minute", [1, 2, 7])
async def test_a_little_before_the_next_question_is_due_it_is_still_stopped(
    per_minute: int, clock: Clock
) -> None:
    limits = limited(per_minute)
    await admitted(limits, "rose", per_minute)
    clock.now += MINUTE / per_minute - 0.1
    assert not await limits.admits("rose")
    clock.now += 0.2
    assert await limits.admits("rose")


async def test_whoever_keeps_asking_while_stopped_does_not_wait_longer_for_it(clock: Clock) -> None:
    limits = limited(2)
    await admitted(limits, "rose", 2)
    for _ in range(29):
        clock.now += 1
        assert not await limits.admits("rose")
    clock.now += 1.1
    assert await limits.admits("rose")


async def test_a_minute_after_the_last_question_everything_may_be_asked_again(clock: Clock) -> None:
    limits = limited(5)
    assert await admitted(limits, "rose", 9) == 5
    clock.now += MINUTE
    assert await admitted(limits, "rose", 9) == 5


async def test_nobody_is_forgotten_while_they_are_still_stopped(clock: Clock) -> None:
    """Whoever asks all the time gets as much in ten minutes as ten minutes allow, and the first burst."""
    limits = limited(6)
    answered = 0
    for _ in range(600):
        clock.now += 1
        answered += await limits.admits("rose")
    assert 60 <= answered <= 66


async def test_no_more_people_are_kept_in_mind_than_there_is_room_for(clock: Clock) -> None:
    state = State("sqlite:///:memory:")
    limits = limited(1, state=state)
    for person in range(HELD + 10):
        assert await limits.admits(str(person))
    assert len(state.marks._held) == HELD
    assert not await limits.admits(str(HELD + 9))


async def test_people_who_stopped_asking_are_forgotten(clock: Clock) -> None:
    state = State("sqlite:///:memory:")
    await limited(1, state=state).admits("rose")
    clock.now += MINUTE + 1
    state.marks.purge()
    assert len(state.marks._held) == 0


async def test_what_is_typed_and_what_is_asked_are_counted_apart(clock: Clock) -> None:
    state = State("sqlite:///:memory:")
    asked, typed = limited(1, state=state), limited(2, "typed", state)
    assert await admitted(asked, "rose", 5) == 1
    assert await admitted(typed, "rose", 5) == 2


async def test_being_forgotten_does_not_lift_the_limit_but_takes_all_else_along(clock: Clock) -> None:
    state = State("sqlite:///:memory:")
    limits = limited(1, state=state)
    await limits.admits("rose")
    limits.said("sorry", "a group", MINUTE, "rose")
    limits.said("sorry", "another", MINUTE, "thorn")
    state.marks.forget("rose")
    assert not await limits.admits("rose")
    assert await limits.due("sorry", "a group", MINUTE)
    assert not await limits.due("sorry", "another", MINUTE)


async def test_what_is_to_be_done_once_is_done_once_until_there_is_reason_to_do_it_again(
    clock: Clock,
) -> None:
    limits = limited(1)
    assert [await limits.first("broken", HOUR) for _ in range(3)] == [True, False, False]
    assert await limits.first("mended", HOUR)
    await limits.again("broken")
    assert [await limits.first("broken", HOUR) for _ in range(2)] == [True, False]
    clock.now += HOUR
    assert await limits.first("broken", HOUR)


@pytest.mark.parametrize("within", [MINUTE, HOUR])
async def test_a_courtesy_that_was_said_is_due_again_after_a_time(within: float, clock: Clock) -> None:
    limits = limited(20)
    assert await limits.due("too_fast", "rose", within)
    limits.said("too_fast", "rose", within)
    clock.now += within - 1
    assert not await limits.due("too_fast", "rose", within)
    clock.now += 2
    assert await limits.due("too_fast", "rose", within)


async def test_a_courtesy_that_could_not_be_said_stays_due() -> None:
    limits = limited(20)
    assert await limits.due("too_fast", "rose", MINUTE)
    assert await limits.due("too_fast", "rose", MINUTE)


async def test_another_courtesy_and_another_person_are_another_matter() -> None:
    limits = limited(20)
    limits.said("too_fast", "rose", MINUTE)
    assert await limits.due("sorry", "rose", MINUTE)
    assert await limits.due("too_fast", "basile", MINUTE)
    assert await limits.due("too_fast", "rose", HOUR)
