"""Whatever happens to the database, conversations go on, nobody waits, and what was saved is saved."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from bot.dialogue.memory import Memory
from bot.state.state import Answer, Preferences, State, Unanswered
from bot.state.writing import PENDING
from tests.unit.test_state import CHAT, FULL, KEYS, NOW, PERSON, TALK, TODAY, WISH, fill, rows

PATIENCE = 30


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


class Watched:
    """A state, and what it reported."""

    def __init__(self, url: str, **settings: float) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.state = State(url, self.said.put_nowait, **({"retry": 0.02, "busy": 0.05} | settings))  # type: ignore[arg-type]

    async def hears(self, event: str) -> None:
        assert await asyncio.wait_for(self.said.get(), PATIENCE) == event


@asynccontextmanager
async def watched(url: str | Path, **settings: float) -> AsyncIterator[Watched]:
    one = Watched(url if isinstance(url, str) else f"sqlite:///{url}", **settings)
    await one.state.open()
    try:
        yield one
    finally:
        await one.state.close()
    assert one.said.empty(), one.said.get_nowait()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Somebody else is writing."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


async def goes_on(state: State) -> None:
    """All that a question needs works, from memory, and says that it is not saved."""
    state.prefer(CHAT, Preferences("en"), TODAY)
    state.remember(TALK, PERSON, FULL)
    state.answered(TALK, PERSON, 7, Answer((8,), FULL), NOW)
    state.done(5_000, NOW)
    assert not await asyncio.wait_for(state.saved(), 5)
    assert state.degraded
    assert await state.preferences(CHAT) == Preferences("en")
    assert await state.memory(TALK, NOW) == FULL
    assert await state.answer(TALK, 7, NOW) == Answer((8,), FULL)
    assert await state.seen(5_000)
    assert await state.memory(KEYS("somebody else"), NOW) == Memory()
    assert isinstance(await state.requests(), list)


async def came_back(path: Path) -> None:
    """All of it is on disk."""
    async with watched(path) as one:
        assert await one.state.preferences(CHAT) == Preferences("en")
        assert await one.state.memory(TALK, NOW) == FULL
        assert await one.state.answer(TALK, 7, NOW) == Answer((8,), FULL)
        assert await one.state.seen(5_000)


@pytest.mark.anyio
async def test_a_database_that_somebody_else_holds_is_written_once_it_is_free(path: Path) -> None:
    async with watched(path) as one:
        await fill(one.state)
        with held(path):
            await goes_on(one.state)
            await one.hears("state_degraded")
            assert one.state.fault == "SQLITE_BUSY"
        await one.hears("state_recovered")
        assert await one.state.saved()
        assert one.state.fault is None
    await came_back(path)


@pytest.mark.anyio
async def test_a_database_held_when_it_is_opened_is_opened_once_it_is_free(path: Path) -> None:
    async with watched(path) as one:
        await fill(one.state)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    with held(path):
        one = Watched(f"sqlite:///{path}")
        await one.state.open()
        await one.hears("state_degraded")
        assert await one.state.preferences(CHAT) == Preferences()
        assert not await one.state.seen(1_000)
        await goes_on(one.state)
    await one.hears("state_recovered")
    assert await one.state.seen(1_000)
    assert await one.state.requests() == [WISH]
    await one.state.close()
    await came_back(path)


@pytest.mark.anyio
async def test_nobody_waits_while_it_is_known_not_to_answer(path: Path) -> None:
    one = Watched(f"sqlite:///{path}", retry=600)
    await one.state.open()
    await fill(one.state)
    with held(path):
        await goes_on(one.state)
        await one.hears("state_degraded")
        loop = asyncio.get_running_loop()
        before = loop.time()
        for number in range(100):
            one.state.done(number, NOW)
            assert not await one.state.saved()
        assert loop.time() - before < 5
    await one.state.close()
    await one.hears("state_recovered")  # closing tries once more, although the retry was far
    assert len(rows(f"sqlite:///{path}", "updates")) == 102


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("pragma", "fault"), [("query_only=ON", "SQLITE_READONLY"), ("max_page_count=1", "SQLITE_FULL")]
)
async def test_a_disk_that_takes_no_more_is_written_once_it_does(path: Path, pragma: str, fault: str) -> None:
    async with watched(path, retry=600) as one:
        await fill(one.state)
        assert one.state._database._writing is not None
        await one.state._database._writing.exec_driver_sql(f"PRAGMA {pragma}")
        await one.state._database._writing.commit()
        for number in range(500):
            one.state.unanswered(Unanswered("e", "fr", f"{number} " + "x" * 490, "r"), TODAY)
        await goes_on(one.state)
        await one.hears("state_degraded")
        assert one.state.fault == fault
        one.state._writer._later(0)
        await one.hears("state_recovered")
        assert len(await one.state.unanswered_questions(1_000)) == 501
    await came_back(path)


@pytest.mark.anyio
async def test_a_database_that_can_only_be_read_is_read(path: Path) -> None:
    async with watched(path) as one:
        await fill(one.state)
    async with watched(f"sqlite:///file:{path}?mode=ro&uri=true", retry=600) as one:
        assert await one.state.preferences(CHAT) == Preferences("fr", "town-2032")
        assert await one.state.seen(1_000)
        await goes_on(one.state)
        await one.hears("state_degraded")
        assert await one.state.requests() == [WISH]


@pytest.mark.anyio
async def test_a_folder_in_place_of_the_file_is_waited_out(path: Path) -> None:
    path.mkdir()
    async with watched(path) as one:
        await one.hears("state_degraded")
        await goes_on(one.state)
        path.rmdir()
        await one.hears("state_recovered")
        assert await one.state.saved()
    await came_back(path)


@pytest.mark.anyio
async def test_a_file_that_is_no_database_is_left_alone_and_waited_out(path: Path) -> None:
    garbage = os.urandom(20_000)
    path.write_bytes(garbage)
    async with watched(path) as one:
        await one.hears("state_degraded")
        assert one.state.fault == "SQLITE_NOTADB"
        await goes_on(one.state)
        assert path.read_bytes() == garbage
        path.unlink()
        await one.hears("state_recovered")
        assert await one.state.saved()
    await came_back(path)


@pytest.mark.anyio
@pytest.mark.parametrize("also_its_log", [True, False])
async def test_a_file_that_is_deleted_is_made_anew(path: Path, also_its_log: bool) -> None:
    async with watched(path) as one:
        await fill(one.state)
        path.unlink()
        if also_its_log:
            path.with_name("state.db-wal").unlink()
            path.with_name("state.db-shm").unlink()
        await goes_on(one.state)
        await one.hears("state_degraded")
        await one.hears("state_recovered")
        assert await one.state.saved()
        assert len(rows(f"sqlite:///{path}", "updates")) == 1
    await came_back(path)


@pytest.mark.anyio
async def test_a_file_that_is_replaced_by_a_copy_does_not_get_the_log_of_the_other(path: Path) -> None:
    copy = path.with_name("copy.db")
    async with watched(copy) as one:
        one.state.done(1, NOW)
    async with watched(path) as one:
        await fill(one.state)
        for number in range(6_000, 6_500):
            one.state.done(number, NOW)
        assert await one.state.saved()
        copy.replace(path)
        await goes_on(one.state)
        await one.hears("state_degraded")
        await one.hears("state_recovered")
        assert await one.state.saved()
        assert [number for number, _ in rows(f"sqlite:///{path}", "updates")] == [1, 5_000]
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    await came_back(path)


@pytest.mark.anyio
async def test_what_is_held_back_is_bounded_and_the_latest_survives(path: Path) -> None:
    async with watched(path) as one:
        await fill(one.state)
        with held(path):
            await goes_on(one.state)
            await one.hears("state_degraded")
            for number in range(10_000, 10_000 + 2 * PENDING):
                one.state.done(number, NOW)
            assert len(one.state._writer._pending.writes) <= PENDING
        await one.hears("state_recovered")
    numbers = {number for number, _ in rows(f"sqlite:///{path}", "updates")}
    assert 9_999 + 2 * PENDING in numbers
    assert PENDING * 0.8 < len(numbers) <= PENDING + 2


@pytest.mark.anyio
async def test_whoever_stops_waiting_takes_nobody_along(path: Path) -> None:
    async with watched(path) as one:
        one.state.done(1, NOW)
        first, second = (asyncio.create_task(one.state.saved()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        assert await second
        with pytest.raises(asyncio.CancelledError):
            await first


@pytest.mark.anyio
async def test_no_trouble_quotes_what_is_kept(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    state = State(f"sqlite:///{path}", retry=0.02, busy=0.05)
    await state.open()
    await fill(state)
    with held(path):
        await goes_on(state)
    state.done(2**70, NOW)
    await state.close()
    assert "state_degraded" in caplog.text
    for secret in (CHAT, PERSON, TALK, "town-2032", "voting-day", "ramassage", str(WISH.chat_id)):
        assert secret not in caplog.text


WRITING = """
import asyncio, sys
from tests.unit.test_state import NOW, TODAY, FULL, KEYS, Answer, State

async def main(url):
    state = State(url)
    await state.open()
    async def ask(person):
        for number in range(10**6):
            state.remember(KEYS(person), KEYS(person), FULL)
            state.answered(KEYS(person), KEYS(person), number, Answer((number,), FULL), NOW)
            state.done(person * 10**6 + number, NOW)
            assert await state.saved()
            sys.stdout.write(f"{person * 10**6 + number}\\n")
            sys.stdout.flush()
    await asyncio.gather(*map(ask, range(8)))

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.anyio
async def test_a_killed_program_loses_nothing_that_was_saved(path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITING, f"sqlite:///{path}"), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    said = [await asyncio.wait_for(child.stdout.readline(), PATIENCE) for _ in range(2_000)]
    child.send_signal(signal.SIGKILL)
    said += (await child.stdout.read()).splitlines(keepends=True)
    await child.wait()
    confirmed = {int(line) for line in said if line.endswith(b"\n")}
    assert len(confirmed) >= 2_000
    async with watched(path) as one:
        for number in confirmed:
            assert await one.state.seen(number)
        person, last = divmod(max(confirmed), 10**6)
        assert await one.state.answer(KEYS(person), last, NOW) == Answer((last,), FULL)
        assert await one.state.memory(KEYS(person), NOW) == FULL
