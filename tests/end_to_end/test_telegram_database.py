"""Whatever happens to the database while the bot serves: answers go on, it says so once, and then keeps again."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.state import connecting
from bot.state.state import State
from tests.conftest import BUNDLED_NOW
from tests.end_to_end.conftest import asked
from tests.end_to_end.served import PLENTY, Served, copied, serving_bot
from tests.stand_in import Chat, StandIn

LONG = 20.0
QUESTION = "messatfa cameras"

Start = Callable[[], AbstractContextManager[Served]]


class Pragma:
    """What is said to every connection that the bot opens from now on."""

    def __init__(self) -> None:
        self.said = ""
        self._prepare = connecting.prepare

    def __call__(self, connection: Any, record: object) -> None:
        self._prepare(connection, record)
        if self.said:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {self.said}")
            cursor.close()


@pytest.fixture(autouse=True)
def pragma(monkeypatch: pytest.MonkeyPatch) -> Pragma:
    """The bot tries again as it always does, only sooner; and its connections can be made to fail."""
    found = Pragma()
    monkeypatch.setattr(connecting, "prepare", found)
    assert State.__init__.__kwdefaults__ is not None
    monkeypatch.setitem(State.__init__.__kwdefaults__, "retry", 0.05)
    monkeypatch.setitem(State.__init__.__kwdefaults__, "busy", 0.05)
    return found


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    with StandIn() as telegram:
        yield telegram
        assert telegram.violations == []


@pytest.fixture(params=[False, True], ids=["polling", "webhook"])
def start(
    request: pytest.FixtureRequest,
    telegram: StandIn,
    assistant: Assistant,
    template: Path,
    tmp_path: Path,
) -> Start:
    database = copied(template, tmp_path)

    def start() -> AbstractContextManager[Served]:
        return serving_bot(
            telegram,
            assistant,
            database,
            BUNDLED_NOW,
            webhook=request.param,
            questions_per_minute=PLENTY,
        )

    return start


# --- what can happen to it -------------------------------------------------------------------------------


@contextmanager
def locked(database: Path, pragma: Pragma) -> Iterator[None]:
    """Somebody else is writing."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def read_only(database: Path, pragma: Pragma) -> Iterator[None]:
    """It can be read, and that is all."""
    pragma.said = "query_only=ON"
    _opened_anew(database)
    yield
    pragma.said = ""


@contextmanager
def full(database: Path, pragma: Pragma) -> Iterator[None]:
    """There is no room for another page; until the bot needs one, all is well with the copy."""
    pragma.said = "max_page_count=1"
    _opened_anew(database)
    yield
    pragma.said = ""


@contextmanager
def garbage(database: Path, pragma: Pragma) -> Iterator[None]:
    """Something else stands there, until somebody takes it away."""
    other = database.with_name("garbage")
    other.write_bytes(os.urandom(50_000))
    other.replace(database)
    yield
    database.unlink()


@contextmanager
def folder(database: Path, pragma: Pragma) -> Iterator[None]:
    """A folder stands there."""
    database.unlink()
    database.mkdir()
    yield
    database.rmdir()


def _opened_anew(database: Path) -> None:
    """A copy takes its place, so that the bot has to open it again."""
    other = database.with_name("copy")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(other)) as copy:
        source.backup(copy)
    other.replace(database)


TROUBLES = [locked, read_only, full, garbage, folder]


def languages(database: Path) -> list[str]:
    """What was chosen, as it is on disk."""
    with closing(sqlite3.connect(database)) as connection:
        return [language for (language,) in connection.execute("SELECT language FROM chats")]


def converse(telegram: StandIn, chat: Chat) -> None:
    """A question, what follows from it, a setting, and what follows from that."""
    assert asked(telegram, chat, QUESTION).text.startswith("Lies Messatfa · Vidéosurveillance")
    assert asked(telegram, chat, "et Uzan ?").text.startswith("Alain Uzan · Vidéosurveillance")
    assert asked(telegram, chat, "/langue en").text == "I will answer in English from now on."
    assert asked(telegram, chat, QUESTION).text.startswith("Lies Messatfa · Video surveillance")
    question = telegram.say(chat, QUESTION)
    shown = telegram.wait_for_message(chat, after=question)
    telegram.edit(question, "pottier-dumas impôts")
    telegram.wait(
        lambda: any(
            m.message_id == shown.message_id and m.text.startswith("Agnès") for m in telegram.replies(chat)
        )
    )


def times(bot: Served) -> tuple[int, int]:
    """How often it was said that nothing is kept, and that all is kept again."""
    return len(bot.said("state_degraded")), len(bot.said("state_recovered"))


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_answers_go_on_and_afterwards_all_is_kept_again(
    telegram: StandIn, start: Start, pragma: Pragma, trouble: Any
) -> None:
    early, late = telegram.private(language_code="fr"), telegram.private(language_code="fr")
    with start() as bot:
        assert asked(telegram, early, QUESTION).text.startswith("Lies Messatfa")
        telegram.settled()
        with trouble(bot.database, pragma):
            for _ in range(30 if trouble is full else 1):
                asked(telegram, telegram.private(), QUESTION)
            telegram.wait(lambda: times(bot)[0] > times(bot)[1], LONG)
            assert asked(telegram, early, "et Uzan ?").text.startswith("Alain Uzan")
            converse(telegram, late)
            if bot.said("serving")[0]["by"] == "webhook":
                assert health(bot) == "degraded"
            for _ in range(5):
                asked(telegram, telegram.private(), QUESTION)
            telegram.settled()
        telegram.wait(lambda: times(bot)[0] == times(bot)[1], LONG)
        assert asked(telegram, late, QUESTION).text.startswith("Lies Messatfa · Video surveillance")
        telegram.settled()
        assert times(bot) in ([(1, 1), (2, 2)] if trouble is full else [(1, 1)])
        assert bot.said("failed") == []
        assert languages(bot.database) == ["en"]
        assert set(bot.kept_of(late.id)) == {"chats", "conversations", "answers"}
    with start() as bot:
        assert asked(telegram, late, QUESTION).text.startswith("Lies Messatfa · Video surveillance")
        assert asked(telegram, late, "and Uzan?").text.startswith("Alain Uzan · Video surveillance")
        assert bot.said("state_degraded") == []


@pytest.mark.parametrize("also_its_log", [True, False])
def test_a_file_that_is_deleted_is_made_anew_and_nobody_notices(
    telegram: StandIn, start: Start, also_its_log: bool
) -> None:
    voter = telegram.private(language_code="fr")
    with start() as bot:
        converse(telegram, voter)
        telegram.settled()
        bot.database.unlink()
        if also_its_log:
            for suffix in ("-wal", "-shm"):
                bot.database.with_name(bot.database.name + suffix).unlink()
        assert asked(telegram, voter, "and Uzan on cameras?").text.startswith("Alain Uzan · Video")
        telegram.wait(lambda: bot.said("state_recovered"), LONG)
        assert asked(telegram, voter, "/langue fr").text == "Je réponds désormais en français."
        telegram.settled()
        assert len(bot.said("state_degraded")) == len(bot.said("state_recovered")) == 1
        assert languages(bot.database) == ["fr"]


def test_with_a_database_that_cannot_be_opened_at_the_start_the_bot_serves_all_the_same(
    telegram: StandIn, start: Start, tmp_path: Path
) -> None:
    database = tmp_path / "state.sqlite3"
    database.write_bytes(os.urandom(5_000))
    voter = telegram.private(language_code="fr")
    with start() as bot:
        converse(telegram, voter)
        assert len(bot.said("state_degraded")) == 1
        database.unlink()
        telegram.wait(lambda: bot.said("state_recovered"), LONG)
        telegram.settled()
        assert languages(database) == ["en"]


def test_stopped_while_the_database_does_not_answer_the_bot_still_stops(
    telegram: StandIn, start: Start, pragma: Pragma
) -> None:
    voter = telegram.private(language_code="fr")
    with start() as bot:
        database = bot.database
        other = sqlite3.connect(database, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        converse(telegram, voter)
        telegram.settled()
    other.execute("ROLLBACK")
    other.close()
    assert bot.said("stopped")
    with start():
        telegram.settled()
        assert asked(telegram, voter, QUESTION).text.startswith("Lies Messatfa · Vidéosurveillance")
    assert languages(database) == []


def health(bot: Served) -> str:
    connection = HTTPConnection("127.0.0.1", bot.port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return str(json.loads(connection.getresponse().read())["state"])
    finally:
        connection.close()
