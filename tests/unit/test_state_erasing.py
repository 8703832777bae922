"""Whoever asks to be forgotten is: not a byte is left, in any table, any log or any memory."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

from bot.dialogue.memory import Memory
from bot.state.state import Answer, Preferences, Request, State
from tests.unit.test_state import CHAT, FULL, KEYS, NOW, PERSON, TALK, TODAY, WISH, fill, opened, rows
from tests.unit.test_state_faults import held, watched


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def left(path: Path, *keys: str) -> set[str]:
    """Which of the keys can still be found in the file or beside it."""
    bytes_ = b"".join(one.read_bytes() for one in path.parent.iterdir())
    return {key for key in keys if key.encode() in bytes_}


async def crowd(state: State, size: int) -> None:
    """Many others, in no order, so that pages of the tables split and merge."""
    numbers = list(range(size))
    random.Random(3).shuffle(numbers)
    for number in numbers:
        chat, person, talk = KEYS("chat", -number), KEYS("person", -number), KEYS("talk", -number)
        state.prefer(chat, Preferences("fr", "town-2032"), TODAY)
        state.remember(talk, person, FULL)
        for question in range(3):
            state.answered(talk, person, question, Answer((question,), FULL), NOW)
        if number % 100 == 0:
            assert await state.saved()


@pytest.mark.anyio
async def test_who_is_forgotten_is_in_no_table_and_no_memory(path: Path) -> None:
    other = Request(7, "town-2032", "second-round", "fr")
    async with opened(f"sqlite:///{path}") as state:
        await fill(state)
        state.remember(KEYS("a group"), KEYS("somebody"), FULL)
        state.request(other, TODAY)
        assert await state.forget(CHAT, PERSON, WISH.chat_id)
        for _ in range(2):
            assert await state.preferences(CHAT) == Preferences()
            assert await state.memory(TALK, NOW) == Memory()
            assert await state.answer(TALK, 7, NOW) is None
        assert await state.requests() == [other]
        assert await state.memory(KEYS("a group"), NOW) == FULL
        assert len(await state.feedback_counts()) == len(await state.unanswered_questions()) == 1
    async with opened(f"sqlite:///{path}") as state:
        assert await state.memory(TALK, NOW) == Memory()
        assert await state.memory(KEYS("a group"), NOW) == FULL


@pytest.mark.anyio
async def test_not_a_byte_of_who_is_forgotten_is_left(path: Path) -> None:
    async with opened(f"sqlite:///{path}") as state:
        await crowd(state, 100)
        await fill(state)
        assert left(path, CHAT, PERSON, TALK) == {CHAT, PERSON, TALK}
        assert await state.forget(CHAT, PERSON, WISH.chat_id)
        assert left(path, CHAT, PERSON, TALK) == set()
        assert path.with_name("state.db-wal").stat().st_size == 0
        assert left(path, KEYS("chat", -99)) == {KEYS("chat", -99)}


@pytest.mark.anyio
async def test_not_a_byte_of_anybody_in_a_crowd_is_left(path: Path) -> None:
    size = 1_500
    async with opened(f"sqlite:///{path}") as state:
        await crowd(state, size)
        for number in range(0, size, 10):
            assert await state.forget(KEYS("chat", -number), KEYS("person", -number), 0)
        gone = [KEYS(kind, -number) for number in range(0, size, 10) for kind in ("chat", "person", "talk")]
        assert left(path, *gone) == set()
        kept = [KEYS(kind, -5) for kind in ("chat", "person", "talk")]
        assert left(path, *kept) == set(kept)


@pytest.mark.anyio
async def test_what_has_outlived_its_time_leaves_no_byte_either(path: Path) -> None:
    async with opened(f"sqlite:///{path}") as state:
        await fill(state)
        await state.purge(NOW.replace(year=2034))
        assert left(path, CHAT, PERSON, TALK, "ramassage") == set()


@pytest.mark.anyio
async def test_what_cannot_be_erased_yet_is_erased_later_and_not_said_to_be_before(path: Path) -> None:
    async with watched(path) as one:
        await fill(one.state)
        with held(path):
            one.state.remember(TALK, PERSON, FULL)
            assert not await one.state.forget(CHAT, PERSON, WISH.chat_id)
            await one.hears("state_degraded")
            for _ in range(3):
                assert not await one.state.forget(CHAT, PERSON, WISH.chat_id)
            assert len(one.state._writer._pending.writes) < 20
            assert await one.state.memory(TALK, NOW) == Memory()
        await one.hears("state_recovered")
        assert await one.state.forget(CHAT, PERSON, WISH.chat_id)
        assert left(path, CHAT, PERSON, TALK) == set()


@pytest.mark.anyio
async def test_a_log_that_somebody_else_reads_is_emptied_when_they_are_done(path: Path) -> None:
    async with watched(path) as one:
        await fill(one.state)
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM chats").fetchall()
        assert not await one.state.forget(CHAT, PERSON, WISH.chat_id)
        assert not one.state.degraded
        one.state.done(2, NOW)
        assert await one.state.saved()
        reader.execute("ROLLBACK")
        reader.close()
        while left(path, CHAT, PERSON, TALK):  # within a retry
            await asyncio.sleep(0)


@pytest.mark.anyio
async def test_two_people_forgotten_in_one_chat_are_both_forgotten(path: Path) -> None:
    other = KEYS("other person")
    async with opened(f"sqlite:///{path}") as state:
        state.remember(KEYS("talk a"), PERSON, FULL)
        state.remember(KEYS("talk b"), other, FULL)
        assert all(await asyncio.gather(*(state.forget(CHAT, one, 5) for one in (PERSON, other))))
    assert rows(f"sqlite:///{path}", "conversations") == []


@pytest.mark.anyio
async def test_what_is_being_read_while_it_is_forgotten_does_not_come_back(path: Path) -> None:
    async with opened(f"sqlite:///{path}") as state:
        await fill(state)
    async with opened(f"sqlite:///{path}") as state:
        reading = [asyncio.create_task(state.memory(TALK, NOW)) for _ in range(3)]
        await asyncio.sleep(0)
        assert await state.forget(CHAT, PERSON, WISH.chat_id)
        await asyncio.gather(*reading)
        assert await state.memory(TALK, NOW) == Memory()
        assert await state.preferences(CHAT) == Preferences()
