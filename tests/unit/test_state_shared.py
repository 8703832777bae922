"""Several replicas on one database: each knows at once what another did, and nothing is done twice."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels.opening import Refused, spoken
from bot.channels.reviewing.waiting import opened
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.limits import HOUR, MINUTE, Limits
from bot.channels.telegram.serving import serve
from bot.counting import Counts
from bot.dialogue.memory import Memory
from bot.dialogue.wording import wording
from bot.moderation.answers import Fault
from bot.moderation.edits import Impossible
from bot.moderation.naming import take_name
from bot.state import keeping
from bot.state.connecting import NoDriverError
from bot.state.records import Moderator
from bot.state.state import Answer, Preferences, Request, State, Unanswered
from bot.state.statements import Changes, grouped, in_one_order
from tests.unit.moderated import ADA, BEA, edit, moderating, small
from tests.unit.on_a_server import Databases, databases, rows_on_server
from tests.unit.test_state import CHAT, FULL, KEYS, NOW, PERSON, TALK, TODAY, WISH, fill
from tests.unit.test_state_faults import PATIENCE, Watched, goes_on, watched

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def server() -> Iterator[Databases]:
    with databases() as found:
        yield found


@pytest.fixture
def url(server: Databases) -> str:
    return server.ready()


@asynccontextmanager
async def replicas(url: str, number: int = 2) -> AsyncIterator[list[State]]:
    """States on one database, of which none has anything to report."""
    async with AsyncExitStack() as open_:
        yield [(await open_.enter_async_context(watched(url))).state for _ in range(number)]


def read_only(server: Databases, url: str, *, on: bool) -> None:
    """From now on nothing can be written there, or everything again; whatever was connected is connected anew."""
    name = url.rpartition("/")[2]
    server.server.say(
        f"ALTER DATABASE {name} {'SET' if on else 'RESET'} default_transaction_read_only{'=on' * on}"
    )
    server.end_connections(url)


# --- what one does, the other knows --------------------------------------------------------------------------


async def test_what_one_replica_keeps_the_other_knows_at_once(url: str) -> None:
    async with replicas(url) as (here, there):
        assert await there.known(CHAT, TALK, NOW) == (Preferences(), Memory())
        await fill(here)
        assert await there.known(CHAT, TALK, NOW) == (Preferences("fr", "town-2032"), FULL)
        assert await there.answer(TALK, 7, NOW) == Answer((8, 9), FULL)
        assert await there.answer(TALK, 8, NOW) is None
        assert await there.requests() == [WISH]
        assert [await there.seen(number) for number in (1000, 999, 2**71)] == [True, False, False]
        there.prefer(CHAT, Preferences("en"), TODAY)
        there.remember(TALK, PERSON, Memory(("c",), at=NOW))
        there.answered(TALK, PERSON, 7, Answer((10,), Memory()), NOW)
        assert await there.saved()
        assert await here.known(CHAT, TALK, NOW) == (Preferences("en"), Memory(("c",), at=NOW))
        assert await here.answer(TALK, 7, NOW) == Answer((10,), Memory())
        here.prefer(CHAT, Preferences("en"), TODAY)
        assert await there.forget(CHAT, PERSON, WISH.chat_id)
        assert await here.known(CHAT, TALK, NOW) == (Preferences(), Memory())
        assert await here.answer(TALK, 7, NOW) is None
        assert await here.requests() == []


async def test_what_many_ask_for_at_once_is_asked_in_few_sentences_and_each_gets_their_own(url: str) -> None:
    async with replicas(url, 1) as (state,):
        for number in range(200):
            state.prefer(KEYS(number), Preferences(str(number)), TODAY)
            state.done(number, NOW)
        assert await state.saved()
        asked, read = count(), state._database.read

        async def counted(*given: Any) -> Any:
            next(asked)
            return await read(*given)

        state._database.read = counted  # type: ignore[method-assign]
        found = await asyncio.gather(
            *(state.preferences(KEYS(number)) for number in range(220)),
            *(state.seen(number) for number in range(220)),
        )
        assert found[:220] == [Preferences(str(n)) if n < 200 else Preferences() for n in range(220)]
        assert found[220:] == [n < 200 for n in range(220)]
        assert next(asked) <= 3


async def test_whoever_stops_waiting_for_a_row_takes_nobody_along(url: str) -> None:
    async with replicas(url, 1) as (state,):
        await fill(state)
        first, second = (asyncio.create_task(state.memory(TALK, NOW)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        assert await second == FULL
        with pytest.raises(asyncio.CancelledError):
            await first


async def test_what_another_replica_forgot_is_soon_out_of_the_memory_of_this_one_too(url: str) -> None:
    async with replicas(url) as (here, there):
        await fill(here)
        assert (await there.known(CHAT, TALK, NOW))[1] == FULL
        await there.purge(NOW.replace(year=2033))
        assert not len(there._chats) + len(there._memories) + len(there._answers)


# --- whose turn it is ----------------------------------------------------------------------------------------


async def test_a_chat_is_one_replicas_at_a_time_and_other_chats_are_anybodys(url: str) -> None:
    async with replicas(url) as (here, there):
        assert await here.turns.take("rose")
        assert not await there.turns.take("rose", patience=0.05)
        assert await there.turns.take("thorn")
        waiting = asyncio.create_task(there.turns.take("rose"))
        here.turns.give_back("rose")
        assert await waiting
        assert not await here.turns.take("rose", patience=0.05)


async def test_whoever_stops_waiting_for_a_turn_does_not_keep_it(url: str) -> None:
    async with replicas(url) as (here, there):
        assert await here.turns.take("something else")
        for pauses in range(6):
            waiting = asyncio.create_task(here.turns.take("rose"))
            for _ in range(pauses):
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
            if waiting.cancelled():
                assert await there.turns.take("rose")
                there.turns.give_back("rose")
            else:
                here.turns.give_back("rose")


async def test_a_turn_is_given_back_while_others_ask_on_and_on_and_whoever_gives_it_back_takes_nobody_along(
    url: str,
) -> None:
    async with replicas(url) as (here, there):
        asking: set[asyncio.Task[bool]] = set()

        async def on_and_on() -> None:
            for number in count():
                if sum(not one.done() for one in asking) < 20:
                    asking.add(asyncio.create_task(here.turns.take(f"another {number % 20}")))
                await asyncio.sleep(0)

        traffic = asyncio.create_task(on_and_on())
        async with asyncio.timeout(PATIENCE):
            async with here.turns.having("rose") as mine:
                assert mine
        traffic.cancel()
        assert all(await asyncio.gather(*asking))
        assert await there.turns.take("rose", patience=0.05)

        async def held() -> None:
            async with here.turns.having("lily"):
                inside.set()

        inside = asyncio.Event()
        holding = asyncio.create_task(held())
        await inside.wait()
        other = asyncio.create_task(here.turns.take("somebody else"))
        await asyncio.sleep(0)
        holding.cancel()
        await asyncio.wait([holding])
        assert await other
        assert await there.turns.take("lily")


async def test_the_turn_of_a_replica_that_dies_is_free(server: Databases, url: str) -> None:
    async with replicas(url) as (here, there):
        assert await here.turns.take("rose")
        assert server.end_connections(url) == 5
        assert await there.turns.take("rose")


async def test_a_replica_whose_connection_is_ended_takes_its_turns_again(server: Databases, url: str) -> None:
    async with replicas(url) as (here, there):
        assert await here.turns.take("rose")
        server.end_connections(url)
        assert await here.turns.take("thorn")
        assert not await there.turns.take("rose", patience=0.05)
        here.turns.give_back("rose")
        assert await there.turns.take("rose")


class App:
    """What handles updates, slowly; none may be of a chat that is being handled already."""

    def __init__(self, desk: Any, handled: Counter[int], busy: set[int]) -> None:
        self.bot = SimpleNamespace(rate_limiter=SimpleNamespace(taken=0))
        self.failing = False
        self._desk, self._handled, self._busy = desk, handled, busy

    async def process_update(self, update: Any) -> None:
        chat = update.effective_chat.id
        assert chat not in self._busy
        self._busy.add(chat)
        for _ in range(5):
            await asyncio.sleep(0)
        self._busy.discard(chat)
        if self.failing:
            self._desk.undelivered.add(update.update_id)
        else:
            self._handled[update.update_id] += 1


def intakes(states: list[State]) -> tuple[list[Intake], list[App], Counter[int]]:
    """The ways in of several replicas, and how often they handled each update, all together."""
    handled: Counter[int] = Counter()
    busy: set[int] = set()
    apps, found = [], []
    for state in states:
        desk: Any = SimpleNamespace(
            state=state, key=KEYS, now=lambda: NOW, undelivered=set(), counts=Counts(["fr"])
        )
        apps.append(App(desk, handled, busy))
        found.append(Intake(apps[-1], desk, 16))  # type: ignore[arg-type]
    return found, apps, handled


def update(number: int, chat: int = 5) -> dict[str, Any]:
    sender = {"id": chat, "is_bot": False, "first_name": "Rose"}
    message = {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}, "from": sender}
    return {"update_id": number, "message": message | {"text": "?"}}


async def test_an_update_that_two_replicas_take_at_once_is_handled_once(url: str) -> None:
    async with replicas(url) as states:
        ways, _, handled = intakes(states)
        brought = [way.take(update(n, chat=n % 4)) for n in range(40) for way in ways]
        assert all(await asyncio.gather(*brought))
        assert handled == dict.fromkeys(range(40), 1)
        assert await ways[0].take(update(7))
        assert handled[7] == 1


async def test_an_update_that_one_replica_could_not_answer_another_does(url: str) -> None:
    async with replicas(url) as states:
        ways, apps, handled = intakes(states)
        apps[0].failing = True
        assert not await ways[0].take(update(1))
        assert await ways[1].take(update(1))
        assert await ways[0].take(update(1))
        assert handled == {1: 1}


async def test_an_update_of_a_chat_that_another_replica_has_for_long_is_to_be_brought_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.state.locking.PATIENCE", 0.02)
    async with replicas(url) as states:
        ways, _, handled = intakes(states)
        assert await states[1].turns.take(KEYS(5))
        assert not await ways[0].take(update(1))
        assert await ways[0].take(update(2, chat=6))
        states[1].turns.give_back(KEYS(5))
        assert await ways[0].take(update(1))
        assert handled == {1: 1, 2: 1}


# --- what is done once, over all -----------------------------------------------------------------------------


async def test_limits_hold_over_replicas(url: str) -> None:
    async with replicas(url) as states:
        limits = [Limits(5, state.marks, KEYS) for state in states]
        admitted = 0
        for number in range(12):
            admitted += await limits[number % 2].admits("rose")
            assert await states[number % 2].saved()
        assert admitted == 5
        assert await limits[0].admits("thorn")
        key, person, _ = rows_on_server(url, "marks")[0]
        assert "rose" not in f"{key}{person}"


async def test_what_was_said_by_one_replica_need_not_be_said_by_another(url: str) -> None:
    async with replicas(url) as states:
        here, there = (Limits(5, state.marks, KEYS) for state in states)
        here.said("sorry", TALK, MINUTE, PERSON)
        here.said("media", TALK, HOUR, KEYS("another"))
        assert await states[0].saved()
        assert not await there.due("sorry", TALK, MINUTE)
        assert await there.due("sorry", CHAT, MINUTE)
        assert await states[1].forget(CHAT, PERSON, 5)
        assert await here.due("sorry", TALK, MINUTE)
        assert not await here.due("media", TALK, HOUR)


async def test_what_is_to_be_done_once_is_done_by_one(url: str) -> None:
    async with replicas(url, 3) as states:
        limits = [Limits(5, state.marks, KEYS) for state in states]
        assert sorted(await asyncio.gather(*(one.first("broken", HOUR) for one in limits))) == [False] * 2 + [
            True
        ]
        await limits[1].again("broken")
        assert sorted(await asyncio.gather(*(one.first("broken", HOUR) for one in limits))) == [False] * 2 + [
            True
        ]


async def test_a_mark_is_over_after_its_time_and_then_deleted(server: Databases, url: str) -> None:
    async with replicas(url) as (here, there):
        assert await here.marks.first("a" * 32, 60_000)
        assert 0 < await there.marks.left("a" * 32) <= 60_000
        server.say("UPDATE marks SET until = until - 60001")
        assert not await here.marks.left("a" * 32)
        assert await there.marks.first("a" * 32, 60_000)
        server.say("UPDATE marks SET until = until - 60001")
        assert await here.marks.first("b" * 32, 60_000)
        await here.purge(NOW)
        assert [row[0] for row in rows_on_server(url, "marks")] == ["b" * 32]


@pytest.mark.parametrize("on_server", [True, False])
async def test_a_request_is_served_by_one(server: Databases, tmp_path: Path, on_server: bool) -> None:
    where = server.ready() if on_server else f"sqlite:///{tmp_path / 'state.db'}"
    wishes = [Request(number, "town-2032", "second-round", "fr") for number in range(5)]
    async with watched(where, busy=5) as here, watched(where, busy=5) as there:
        for wish in wishes:
            here.state.request(wish, TODAY)
        assert await here.state.saved()
        claims = [one.state.claim(wish) for wish in wishes for one in (here, there)]
        claimed = await asyncio.gather(*claims)
        assert [claimed[2 * n : 2 * n + 2].count(True) for n in range(5)] == [1] * 5
        assert await here.state.requests() == await there.state.requests() == []
        assert not await here.state.claim(WISH)


async def test_two_moderators_do_not_get_one_name(url: str) -> None:
    async with replicas(url) as states:
        wanted = [("a", "Hélène"), ("b", "HELENE"), ("c", "Ada"), ("a", "Ada")]
        taking = [
            take_name(states[n % 2].moderating, Moderator(*one), TODAY) for n, one in enumerate(wanted[:3])
        ]
        taken = await asyncio.gather(*taking, return_exceptions=True)
        assert [isinstance(one, Fault) for one in taken[:2]].count(True) == 1
        assert taken[2] is None
        with pytest.raises(Fault):
            await take_name(states[0].moderating, Moderator(*wanted[3]), TODAY)
        await take_name(states[1].moderating, Moderator("c", "Ada"), TODAY)
        assert len(await states[0].moderating.names()) == 2


async def test_of_two_who_decide_on_an_edit_on_two_hosts_only_one_decides(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = [small(tmp_path / name) for name in ("here", "there")]
    async with moderating(roots[0], url) as here, moderating(roots[1], url) as there:
        wanted = replace(edit("phrasing", roots[0]), sensitive=True)
        proposed = (await here.propose(wanted, ADA)).proposal.id
        deciding = (here.approve(proposed, BEA), there.reject(proposed, Moderator("cleo's key", "Cléo")))
        decided = await asyncio.gather(*deciding, return_exceptions=True)
        refused = [one.key for one in decided if isinstance(one, Impossible)]
        assert refused == ["decided"]
        found = await here.kept.proposal(proposed)
        assert found is not None
        assert found.reviewer_name == ("Béa" if found.status == "applied" else "Cléo")
        assert [step.action for step in await there.kept.audited(9)][1:] in (
            *(["approved", "proposed"], ["proposed"]),
        )
        assert await here.state.turns.take("deciding", patience=0)
        monkeypatch.setattr("bot.state.locking.PATIENCE", 0.02)
        with pytest.raises(Impossible, match="busy"):
            await there.reject(proposed, ADA)


async def test_two_who_count_the_same_things_in_another_order_do_not_wait_for_each_other(url: str) -> None:
    words = [Unanswered("town-2032", "fr", f"question {number}", "unknown") for number in range(40)]
    async with replicas(url) as states:
        for state, order in zip(states, (words, words[::-1]), strict=True):
            for word in order:
                state.unanswered(word, TODAY)
                state.rate("town-2032", word.text, "true", "fr", TODAY)
        for _ in range(20):
            for state, order in zip(states, (words, words[::-1]), strict=True):
                for word in order:
                    state.unanswered(word, TODAY)
            assert all(await asyncio.gather(*(state.saved() for state in states)))
        assert {one.count for one in await states[0].unanswered_questions(99)} == {42}


def test_rows_of_one_table_are_written_in_one_order_whichever_statement_they_are_of() -> None:
    change = Changes("postgresql")
    one, two, three = ({"election": "town", "language": "fr", "text": text} for text in "abc")
    counting, settling = change.unanswered, change.settle
    writes = [(settling, three), (counting, two), (settling, one), (counting, one)]
    found = [
        (statement, row["text"])
        for statement, rows in in_one_order(grouped([*writes, (change.old["unanswered"], {}), *writes[:2]]))
        for row in rows
        if row
    ]
    ordered = [(settling, "a"), (counting, "a"), (counting, "b"), (settling, "c")]
    assert found == [*ordered, *ordered[2:]]


async def test_what_has_outlived_its_time_is_erased_in_portions(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.state.state.PORTION", 3)
    monkeypatch.setattr("bot.state.statements.PORTION", 3)
    async with replicas(url) as states:
        for number in range(10):
            states[0].done(number, NOW - 2 * keeping.UPDATES)
            states[0].answered(TALK, PERSON, number, Answer((8,), Memory()), NOW - 2 * keeping.ANSWERS)
        states[0].done(10, NOW)
        assert await states[0].saved()
        await asyncio.gather(*(state.purge(NOW) for state in states))
        assert [row[0] for row in rows_on_server(url, "updates")] == [10]
        assert rows_on_server(url, "answers") == []


# --- a server that comes and goes ----------------------------------------------------------------------------


async def test_connections_that_are_ended_are_opened_again_and_nobody_notices(
    server: Databases, url: str
) -> None:
    async with replicas(url) as (here, there):
        await fill(here)
        assert await here.turns.take("rose")
        for number in range(2_000, 2_003):
            server.end_connections(url)
            assert await there.memory(TALK, NOW) == FULL
            here.done(number, NOW)
            server.end_connections(url)
            assert await here.saved()
            server.end_connections(url)
            assert await there.seen(number)
            assert await there.turns.take("thorn")
            there.turns.give_back("thorn")
            here.request(WISH, TODAY)
            assert await here.saved()
            server.end_connections(url)
            assert await there.claim(WISH)
            assert await there.marks.first(KEYS(number), 60_000)
        assert len(rows_on_server(url, "updates")) == 4


async def test_while_nothing_can_be_written_memory_goes_before_what_can_still_be_read(
    server: Databases, url: str
) -> None:
    async with watched(url) as one:
        state = one.state
        await fill(state)
        state.prefer(KEYS("another"), Preferences("de"), TODAY)
        state.marks.push("a" * 32, PERSON, 3_000)
        assert await state.saved()
        state._chats.drop(lambda *_: True)
        read_only(server, url, on=True)
        try:
            await goes_on(state)
            await one.hears("state_degraded")
            assert state.fault == "ReadOnlySQLTransactionError"
            await reopened(state)
            state.remember(TALK, PERSON, Memory(("new",), at=NOW))
            state.answered(TALK, PERSON, 7, Answer((10,), Memory()), NOW)
            state.done(5_001, NOW)
            for _ in range(9):
                state.marks.push("a" * 32, PERSON, 3_000)
            assert await state.marks.left("a" * 32) > 25_000
            assert await state.memory(TALK, NOW) == Memory(("new",), at=NOW)
            assert await state.answer(TALK, 7, NOW) == Answer((10,), Memory())
            assert await state.known(CHAT, TALK, NOW) == (Preferences("en"), Memory(("new",), at=NOW))
            assert await state.preferences(KEYS("another")) == Preferences("de")
            assert [await state.seen(number) for number in (1_000, 5_001, 5_002)] == [True, True, False]
        finally:
            read_only(server, url, on=False)
        await one.hears("state_recovered")
        assert await state.saved()
        async with watched(url) as other:
            assert await other.state.memory(TALK, NOW) == Memory(("new",), at=NOW)
            assert await other.state.seen(5_001)
            assert await other.state.marks.left("a" * 32) > 25_000


async def reopened(state: State) -> None:
    """Wait until the database can be read again, though not be written."""
    opened = state._database.openings
    async with asyncio.timeout(PATIENCE):
        while not (state._database.openings > opened and state._database.readable):
            await asyncio.sleep(0)


@pytest.mark.parametrize("on_server", [True, False])
async def test_whoever_stops_waiting_for_an_answer_leaves_the_database_to_others(
    server: Databases, tmp_path: Path, on_server: bool
) -> None:
    where = server.ready() if on_server else f"sqlite:///{tmp_path / 'state.db'}"
    async with watched(where, busy=5) as one:
        await fill(one.state)
        found, asked = one.state._database._found, asyncio.Event()

        async def endless(*_: Any) -> Any:
            asked.set()
            await asyncio.Event().wait()

        one.state._database._found = endless  # type: ignore[method-assign]
        waiting = asyncio.create_task(one.state.requests())
        await asked.wait()
        waiting.cancel()
        await asyncio.wait([waiting])
        one.state._database._found = found  # type: ignore[method-assign]
        assert await one.state.requests() == [WISH]
        assert not one.state.degraded


@pytest.mark.parametrize("committed", [True, False])
async def test_a_request_whose_claim_nobody_can_be_sure_of_is_kept(
    server: Databases, url: str, committed: bool
) -> None:
    async with watched(url) as one:
        await fill(one.state)
        (wish,) = await one.state.requests()
        connection = one.state._database._writing
        assert connection is not None
        commit = connection.sync_connection.commit  # type: ignore[union-attr]

        def lost() -> None:
            if committed:
                commit()
            raise ConnectionResetError

        connection.sync_connection.commit = lost  # type: ignore[union-attr, method-assign]
        assert not await one.state.claim(wish)
        await one.hears("state_degraded")
        await one.hears("state_recovered")
        assert await one.state.requests() == [wish]
        assert await one.state.claim(wish)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_a_server_that_is_stopped_and_started_is_waited_out(
    server: Databases, url: str, mode: str
) -> None:
    async with watched(url) as one, watched(url) as other:
        await fill(one.state)
        assert await one.state.turns.take("rose")
        assert await other.state.memory(TALK, NOW) == FULL
        server.server.stop(mode)
        try:
            await goes_on(one.state)
            assert await other.state.memory(TALK, NOW) == FULL
            assert await one.state.turns.take("thorn")
            assert await one.state.marks.first("a", 60_000)
            assert not await one.state.marks.first("a", 60_000)
            assert not await one.state.claim(WISH)
            one.state.turns.give_back("thorn")
            await one.hears("state_degraded")
            await other.hears("state_degraded")
        finally:
            server.server.start()
        await one.hears("state_recovered")
        await other.hears("state_recovered")
        assert await one.state.saved()
        assert await other.state.known(CHAT, TALK, NOW) == (Preferences("en"), FULL)
        assert await other.state.seen(5_000)
        assert await one.state.requests() == [WISH]


async def test_no_trouble_tells_the_password_or_what_is_kept(
    server: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    where = server.server.url("nowhere").replace("keeper@", "keeper:hunter2@")
    one = Watched(where)
    await one.state.open()
    await one.hears("state_degraded")
    assert one.state.fault == "InvalidCatalogNameError"
    one.state.remember(TALK, PERSON, FULL)
    assert not await one.state.saved()
    await one.state.close()
    logged = f"{caplog.text} {one.state._database._made!r}"
    assert not any(word in logged for word in ("hunter2", TALK, PERSON, "voting-day"))


async def test_without_its_driver_a_server_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    where = "postgresql://keeper@127.0.0.1:9/nowhere"
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(NoDriverError):
        State(where)
    monkeypatch.setenv("STATE_URL", where)
    with pytest.raises(Refused, match="no_postgres"), opened():
        pass
    settings: Any = SimpleNamespace(state_url=where)
    served: Any = None
    with pytest.raises(Refused, match="no_postgres"):
        await serve(served, settings, lambda: NOW, print, asyncio.Event(), webhook=True)


@pytest.fixture(scope="module")
def strict(server: Databases) -> Databases:
    """The server, which wants a password of `guest` and of nobody else."""
    path = server.say("SHOW hba_file")
    lines = "('host all guest 127.0.0.1/32 scram-sha-256'), ('host all all 127.0.0.1/32 trust')"
    server.say("CREATE ROLE guest LOGIN PASSWORD 'right'")
    server.say(f"COPY (VALUES {lines}) TO '{path}'")
    server.say("SELECT pg_reload_conf()")
    return server


@pytest.mark.parametrize(
    ("who", "database", "error"),
    [
        ("guest:wrong", "postgres", "InvalidPasswordError"),
        ("nobody-known", "postgres", "InvalidAuthorizationSpecificationError"),
        ("keeper", "nowhere", "InvalidCatalogNameError"),
    ],
)
async def test_a_bot_that_the_database_turns_away_does_not_begin_to_serve(
    strict: Databases, who: str, database: str, error: str
) -> None:
    where = strict.server.url(database).replace("keeper@", f"{who}@")
    settings: Any = SimpleNamespace(state_url=where)
    served: Any = None
    said: list[tuple[str, dict[str, Any]]] = []
    with pytest.raises(Refused, match="state_refused") as refused:
        await serve(
            served, settings, lambda: NOW, lambda e, **v: said.append((e, v)), asyncio.Event(), webhook=True
        )
    assert refused.value.values == {"fault": error}
    assert said == [("state_degraded", {"level": "warning", "error": error})]
    for code in spoken():
        sentence = wording(code)("terminal.state_refused", **refused.value.values)
        assert "STATE_URL" in sentence
        assert "wrong" not in sentence


# --- versions ------------------------------------------------------------------------------------------------


async def test_replicas_that_start_together_make_the_tables_once(server: Databases) -> None:
    empty = server.server.fresh()
    said: asyncio.Queue[str] = asyncio.Queue()
    states = [State(empty, said.put_nowait) for _ in range(2)]
    await asyncio.gather(*(state.open() for state in states))
    assert not any(state.degraded for state in states)
    states[0].done(1, NOW)
    assert await states[0].saved()
    assert [await state.seen(1) for state in states] == [True] * 2
    for state in states:
        await state.close()
    assert said.empty()


async def test_tables_of_a_newer_version_are_left_alone(server: Databases, url: str) -> None:
    server.say("UPDATE alembic_version SET version_num = '9999'")
    async with watched(url) as one:
        await one.hears("state_newer")
        one.state.done(1, NOW)
        assert not await one.state.saved()
        assert rows_on_server(url, "updates") == []
        server.say("UPDATE alembic_version SET version_num = '0003'")
        await asyncio.wait_for(one.hears("state_recovered"), PATIENCE)
