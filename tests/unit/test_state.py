"""What is kept comes back: after a restart, in the right hands, and no longer than it should."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.dialogue.memory import Memory
from bot.state import keeping
from bot.state.keys import Keys
from bot.state.memories import FIELDS, LISTS, WORDS, memory_of, memory_text
from bot.state.recent import Recent
from bot.state.records import FeedbackCount
from bot.state.state import Answer, Preferences, Request, State, Unanswered
from bot.state.statements import Statement, grouped
from bot.state.tables import conversations, metadata
from bot.state.writing import PENDING
from tests.unit.on_a_server import Databases, databases, rows_on_server

NOW = datetime(2032, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
KEYS = Keys("a secret for tests")
CHAT, PERSON, TALK = KEYS("chat", 1), KEYS("person", 2), KEYS("talk", 1, 2)
FULL = Memory(("a", "b"), ("b", "c"), ("pool",), "voting-day", ("a:pool",), "fr", NOW)
MISSING = Unanswered("town-2032", "fr", "et le ramassage ?", "no-topic")
WISH = Request(-1001234567890, "town-2032", "second-round", "fr")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def server() -> Iterator[Databases]:
    with databases() as found:
        yield found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with empty tables: making one takes most of a second."""

    async def make(path: Path) -> None:
        async with opened(f"sqlite:///{path}"):
            pass

    path = tmp_path_factory.mktemp("empty") / "state.db"
    asyncio.run(make(path))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, empty: Path, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(empty, tmp_path)}"
    ready: str = request.getfixturevalue("server").ready()
    return ready


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'state.db'}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[State]:
    state = State(url)
    await state.open()
    try:
        yield state
    finally:
        await state.close()


def rows(url: str, table: str) -> list[tuple[object, ...]]:
    if not url.startswith("sqlite"):
        return rows_on_server(url, table)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        found = connection.execute(f"SELECT * FROM {table}").fetchall()
    connection.close()
    return found


async def fill(state: State) -> None:
    state.prefer(CHAT, Preferences("fr", "town-2032"), TODAY)
    state.remember(TALK, PERSON, FULL)
    state.answered(TALK, PERSON, 7, Answer((8, 9), FULL), NOW)
    state.rate("town-2032", "a:pool", "helpful", "fr", TODAY)
    state.unanswered(MISSING, TODAY)
    state.request(WISH, TODAY)
    state.done(1000, NOW)
    assert await state.saved()


@pytest.mark.anyio
async def test_all_that_was_kept_is_there_after_a_restart(url: str) -> None:
    async with opened(url) as state:
        await fill(state)
    async with opened(url) as state:
        assert await state.preferences(CHAT) == Preferences("fr", "town-2032")
        assert await state.memory(TALK, NOW) == FULL
        assert await state.answer(TALK, 7, NOW) == Answer((8, 9), FULL)
        assert await state.feedback_counts() == [
            FeedbackCount("town-2032", "a:pool", "helpful", "fr", 1, TODAY, TODAY)
        ]
        assert [found.question for found in await state.unanswered_questions()] == [MISSING]
        assert await state.requests() == [WISH]
        assert await state.requests(WISH.chat_id) == [WISH]
        assert await state.seen(1000)


@pytest.mark.anyio
async def test_what_was_never_kept_is_not_there(url: str) -> None:
    async with opened(url) as state:
        for _ in range(2):
            assert await state.preferences(CHAT) == Preferences()
            assert await state.memory(TALK, NOW) == Memory()
            assert await state.answer(TALK, 7, NOW) is None
            assert not await state.seen(1000)
            assert await state.requests(5) == []
        await fill(state)
        assert await state.preferences(CHAT) == Preferences("fr", "town-2032")
        assert await state.memory(TALK, NOW) == FULL
        assert await state.answer(TALK, 8, NOW) is None
        assert await state.answer(KEYS("other"), 7, NOW) is None
        assert await state.seen(1000)
        assert not await state.seen(999)


@pytest.mark.anyio
async def test_a_database_in_memory_needs_no_file() -> None:
    async with opened("sqlite:///:memory:") as state:
        await fill(state)
        assert [found.count for found in await state.unanswered_questions()] == [1]
        assert await state.forget(CHAT, PERSON, WISH.chat_id)
        assert await state.requests() == []


@pytest.mark.anyio
async def test_the_latest_choice_and_memory_count(url: str) -> None:
    async with opened(url) as state:
        await fill(state)
        state.prefer(CHAT, Preferences("en"), TODAY)
        state.remember(TALK, PERSON, Memory(("c",), at=NOW))
        state.answered(TALK, PERSON, 7, Answer((10,), Memory()), NOW)
    async with opened(url) as state:
        assert await state.preferences(CHAT) == Preferences("en")
        assert await state.memory(TALK, NOW) == Memory(("c",), at=NOW)
        assert await state.answer(TALK, 7, NOW) == Answer((10,), Memory())


@pytest.mark.anyio
async def test_a_chat_that_is_used_again_is_kept_from_then_on(url: str) -> None:
    async with opened(url) as state:
        for day in (TODAY, TODAY, TODAY + timedelta(days=3)):
            state.prefer(CHAT, Preferences("fr"), day)
            assert await state.saved()
    assert rows(url, "chats") == [(CHAT, "fr", None, "2032-03-04")]


@pytest.mark.anyio
async def test_after_half_an_hour_only_the_language_is_remembered(url: str) -> None:
    later = NOW + timedelta(minutes=31)
    async with opened(url) as state:
        await fill(state)
        assert await state.memory(TALK, later) == Memory(language="fr")
        assert await state.answer(TALK, 7, later) is None


@pytest.mark.anyio
async def test_verdicts_and_missing_answers_are_counted(url: str) -> None:
    tomorrow = TODAY + timedelta(days=1)
    other = Unanswered("town-2032", "fr", "autre chose", "unclear")
    async with opened(url) as state:
        for day in (TODAY, TODAY, tomorrow):
            state.rate("town-2032", "a:pool", "helpful", "fr", day)
            state.unanswered(MISSING, day)
        state.rate("town-2032", "b:pool", "wrong", "en", TODAY)
        state.unanswered(other, TODAY)
        assert [(one.entry, one.count, one.last_day) for one in await state.feedback_counts()] == [
            ("a:pool", 3, tomorrow),
            ("b:pool", 1, TODAY),
        ]
        first, second = await state.unanswered_questions()
        assert (first.question, first.count, first.first_day, first.last_day) == (MISSING, 3, TODAY, tomorrow)
        assert (second.question, second.count) == (other, 1)
        assert len(await state.unanswered_questions(limit=1)) == 1
        state.settle(MISSING)
        assert [one.question for one in await state.unanswered_questions()] == [other]
    assert len(rows(url, "feedback")) == 3


@pytest.mark.anyio
async def test_a_request_made_twice_is_kept_once_and_can_be_withdrawn(url: str) -> None:
    again = Request(WISH.chat_id, WISH.election, WISH.target, "en")
    other = Request(7, "town-2032", "second-round", "fr")
    async with opened(url) as state:
        for request in (WISH, again, other):
            state.request(request, TODAY)
        assert await state.requests(WISH.chat_id) == [again]
        state.withdraw(WISH)
        assert await state.requests() == [other]


@pytest.mark.anyio
async def test_updates_beyond_those_at_hand_are_looked_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.state.state.HELD_UPDATES", 10)
    async with opened(url) as state:
        for number in range(100, 150):
            state.done(number, NOW)
        assert [await state.seen(number) for number in (99, 100, 149, 150)] == [False, True, True, False]
    async with opened(url) as state:
        assert [await state.seen(number) for number in (99, 100, 149, 150)] == [False, True, True, False]


@pytest.mark.anyio
async def test_what_has_outlived_its_time_is_deleted_and_nothing_else(url: str) -> None:
    async with opened(url) as state:
        await fill(state)
        for wait, left in (
            (keeping.CONVERSATIONS, {"conversations", "answers"}),
            (keeping.CONVERSATIONS + timedelta(seconds=1), {"updates"}),
            (keeping.UPDATES + timedelta(seconds=1), {"notifications"}),
            (keeping.NOTIFICATIONS + timedelta(days=1), {"chats", "feedback", "unanswered"}),
        ):
            await state.purge(NOW + wait)
            assert all(rows(url, table) for table in left), wait
        assert not any(rows(url, t) for t in ("conversations", "answers", "updates", "notifications"))
        await state.purge(NOW + keeping.CHATS + timedelta(days=1))
        assert not any(rows(url, table) for table in metadata.tables)
        assert await state.preferences(CHAT) == Preferences()
        assert await state.answer(TALK, 7, NOW) is None
        assert not await state.seen(1000)


@pytest.mark.anyio
async def test_a_group_that_moves_keeps_its_choices_and_its_conversation(url: str) -> None:
    new = KEYS("chat", 99)
    async with opened(url) as state:
        state.prefer(CHAT, Preferences("fr", "town-2032"), TODAY)
        state.remember(CHAT, PERSON, FULL)
        await state.move(CHAT, new)
        assert await state.preferences(new) == Preferences("fr", "town-2032")
        assert await state.preferences(CHAT) == Preferences()
    async with opened(url) as state:
        assert await state.preferences(new) == Preferences("fr", "town-2032")
        assert await state.memory(new, NOW) == FULL
        assert await state.preferences(CHAT) == Preferences()
        assert await state.memory(CHAT, NOW) == Memory()


@pytest.mark.anyio
async def test_a_group_that_chose_anew_before_it_moved_keeps_the_new_choice(url: str) -> None:
    new = KEYS("chat", 99)
    async with opened(url) as state:
        state.prefer(CHAT, Preferences("fr"), TODAY)
        state.prefer(new, Preferences("en"), TODAY)
        await state.move(CHAT, new)
        assert await state.preferences(new) == Preferences("en")
    assert rows(url, "chats") == [(new, "en", None, "2032-03-01")]


@pytest.mark.anyio
async def test_no_chat_id_is_kept_outside_the_requests(url: str) -> None:
    async with opened(url) as state:
        await fill(state)
    for table in metadata.tables:
        assert (str(WISH.chat_id) in str(rows(url, table))) == (table == "notifications")


@pytest.mark.anyio
async def test_only_its_owner_can_read_the_file(file: str, tmp_path: Path) -> None:
    async with opened(file) as state:
        await fill(state)
        for path in tmp_path.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert {path.name for path in tmp_path.iterdir()} >= {"state.db", "state.db-wal"}


@pytest.mark.anyio
async def test_many_questions_share_a_transaction(url: str) -> None:
    async with opened(url) as state:
        count = 0
        written = state._database.write

        async def counted(groups: list[tuple[Statement, list[dict[str, object]]]]) -> None:
            nonlocal count
            count += 1
            await written(groups)

        state._database.write = counted  # type: ignore[method-assign,assignment]

        async def ask(person: int) -> None:
            for question in range(20):
                state.remember(KEYS(person), PERSON, FULL)
                state.answered(KEYS(person), PERSON, question, Answer((1,), FULL), NOW)
                state.done(person * 20 + question, NOW)
                assert await state.saved()

        await asyncio.gather(*(ask(person) for person in range(16)))
        assert count <= 60
    assert len(rows(url, "answers")) == len(rows(url, "updates")) == 320


def test_rows_of_one_statement_go_together_and_each_table_keeps_its_order() -> None:
    put, take, other = (Statement(table, conversations.select()) for table in ("a", "a", "b"))
    writes = [(put, {"n": 1}), (other, {"n": 2}), (put, {"n": 3}), (take, {"n": 4}), (put, {"n": 5})]
    assert grouped(writes) == [
        (put, [{"n": 1}, {"n": 3}]),
        (other, [{"n": 2}]),
        (take, [{"n": 4}]),
        (put, [{"n": 5}]),
    ]


@pytest.mark.anyio
async def test_a_row_that_no_table_takes_is_lost_alone(url: str) -> None:
    async with opened(url) as state:
        state.done(1, NOW)
        state.done(2**70, NOW)
        state.done(3, NOW)
        assert not await state.saved()
        assert not state.degraded
        state.done(4, NOW)
        assert await state.saved()
        assert not await state.seen(2**71)
        assert not state.degraded
    assert [number for number, _ in rows(url, "updates")] == [1, 3, 4]


@pytest.mark.anyio
async def test_hostile_text_is_kept_as_far_as_it_is_text(url: str) -> None:
    hostile = "\ud800'; DROP TABLE chats; --\0" + "x" * 1_000
    async with opened(url) as state:
        state.unanswered(Unanswered("town-2032", "fr", hostile, "no-topic"), TODAY)
        state.rate(hostile, hostile, hostile, hostile, TODAY)
        state.request(Request(1, hostile, hostile, hostile), TODAY)
        state.prefer(CHAT, Preferences(hostile, hostile), TODAY)
        state.remember(TALK, PERSON, Memory((hostile,), language=hostile, at=NOW))
        assert await state.saved()
        (found,) = await state.unanswered_questions()
        assert found.question.text.startswith("?'; DROP TABLE chats; --xxx")
        assert len(found.question.text) < 501
        assert await state.memory(TALK, NOW) == Memory((hostile,), language=hostile, at=NOW)


def test_what_is_pending_is_bounded_but_no_erasure_is_lost() -> None:
    state = State("sqlite:///:memory:")
    asyncio.run(state.forget(CHAT, PERSON, 5))
    for number in range(3 * PENDING):
        state.done(number, NOW)
    writes = state._writer._pending.writes
    assert len(writes) <= PENDING
    erasures = len(state._change.forget)
    assert [one.forgets for one, _ in writes[: erasures + 1]] == [True] * erasures + [False]
    assert writes[-1][1]["update_id"] == 3 * PENDING - 1


@pytest.mark.parametrize("memory", [Memory(), FULL, Memory(language="en"), Memory(fact="é\ud800", at=NOW)])
def test_a_memory_that_is_written_can_be_read(memory: Memory) -> None:
    assert memory_of(memory_text(memory)) == memory


def test_every_field_of_a_memory_is_written() -> None:
    assert {*LISTS, *WORDS, "at"} == FIELDS


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "[]", "3", '"a"', "{", "nonsense", "[" * 100_000, None, 5, b"{}"),
        *('{"candidates":"a"}', '{"candidates":[1]}', '{"candidates":null}', '{"fact":3}', '{"unknown":[]}'),
        *('{"at":"yesterday"}', '{"at":3}', '{"at":[]}', '{"language":["fr"]}', '{"options":{"a":1}}'),
        '{"at":"9999-12-31T23:59:59-14:00"}',
    ],
)
def test_a_memory_that_cannot_be_read_is_empty(text: object) -> None:
    assert memory_of(text) == Memory()


@pytest.mark.anyio
async def test_a_row_that_somebody_edited_is_an_empty_memory(file: str) -> None:
    async with opened(file) as state:
        await fill(state)
    with sqlite3.connect(file.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE conversations SET memory = ?", [json.dumps({"at": "2032", "fact": 1})])
        connection.execute("UPDATE answers SET before = '[', sent = '{}'")
    connection.close()
    async with opened(file) as state:
        assert await state.memory(TALK, NOW) == Memory()
        assert await state.answer(TALK, 7, NOW) == Answer((), Memory())


def test_keys_tell_ids_apart_and_depend_on_the_secret() -> None:
    assert KEYS(1, 23) == Keys(b"a secret for tests")(1, 23)
    assert len({KEYS(1, 23), KEYS(12, 3), KEYS(123), KEYS(-123), KEYS("123", ""), Keys("b")(1, 23)}) == 6
    assert set(KEYS(1)) <= set("0123456789abcdef")
    assert len(KEYS(1)) == 32
    assert "secret" not in repr(KEYS)
    with pytest.raises(ValueError, match="secret"):
        Keys("")


def test_what_was_used_last_stays_at_hand() -> None:
    recent: Recent[str, int] = Recent(2)
    assert [recent.put("a", 1), recent.put("b", 2)] == [None, None]
    assert recent.get("a") == 1
    assert recent.put("c", 3) == "b"
    assert ("a" in recent, "b" in recent, recent.get("b"), len(recent)) == (True, False, None, 2)
    recent.drop(lambda key, value: value == 3)
    assert len(recent) == 1


def test_nothing_that_migrates_is_loaded_where_it_is_served() -> None:
    code = "import sys, bot.state.state; sys.exit('alembic' in sys.modules)"
    assert asyncio.run(finished(code)) == 0


async def finished(code: str) -> int:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    return await child.wait()


def test_each_length_is_said_once() -> None:
    assert timedelta(minutes=30) == keeping.CONVERSATIONS == keeping.ANSWERS
    assert date(2032, 3, 1) + keeping.NOTIFICATIONS == date(2032, 4, 30)
