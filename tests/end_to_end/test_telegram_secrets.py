"""No line and no byte tells a secret, what was asked, or who asked it, whatever goes wrong."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import MODERATOR, asked
from tests.end_to_end.processes import Process, environment, running
from tests.end_to_end.served import KEY
from tests.stand_in import Chat, StandIn

SECRET = "the_secret_of-the-webhook"
MARK = "zxqmarkzxq"
"""A word that nobody knows: wherever it turns up, somebody's question does."""
LONG = 30.0
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?")
"""When a line was written: its microseconds may happen to hold somebody's number."""

BROKEN = """
import sys
from bot.channels.telegram import answering, application, intake
def broken(*args, **kwargs):
    try:
        raise KeyError(repr(args))
    except KeyError as error:
        raise ValueError(repr((args, kwargs))) from error
async def broken_later(*args, **kwargs):
    broken(*args, **kwargs)
{}
from bot.cli import main
main()
"""
BREAKING = {
    "an answer": "answering.show = broken",
    "a handler of faults": "answering.show = broken; application._failed = broken_later",
    "the intake": "intake.Intake._once = broken_later",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_of(telegram: StandIn, database: Path, webhook: bool, log_format: str) -> dict[str, str]:
    port = free_port()
    by: dict[str, Any] = {"WEBHOOK_SECRET": SECRET}
    if webhook:
        by |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_PORT": port}
    by |= {"LOG_LEVEL": "debug", "LOG_FORMAT": log_format, "MODERATOR_IDS": MODERATOR}
    return environment(telegram, database, **by)


def hidden(telegram: StandIn) -> list[str]:
    """What must stand nowhere."""
    world = telegram.core.world
    numbers = {*world.users, *world.chats, MODERATOR} - {world.me.id}
    names = {user.name for user in world.users.values() if MARK in user.name}
    token = telegram.token
    return [token, token.partition(":")[2], SECRET, KEY, MARK, *names, *map(str, numbers)]


def tells_nothing(process: Process, telegram: StandIn) -> None:
    assert process.lines
    lines = [TIME.sub("", line) for line in process.lines]
    for words in hidden(telegram):
        found = [line for line in lines if words.casefold() in line.casefold()]
        assert found == [], words


def of_their_own(chat: Chat) -> str:
    """The mark as one person writes it: a word that two people use tells nothing of either, and may be kept."""
    return MARK + "abcdefghijklmnopqrstuvwxyz"[chat.id % 26] * 2


def talk(telegram: StandIn, chats: list[Chat], group: Chat) -> None:
    """Questions that are answered, and some that are not; commands, buttons, edits; a group."""
    for chat in chats:
        mark = of_their_own(chat)
        shown = asked(telegram, chat, f"messatfa cameras {mark}")
        asked(telegram, chat, f"y aura-t-il une patinoire {mark} ?")
        asked(telegram, chat, f"/comparer {mark}")
        asked(telegram, chat, f"/langue {mark}")
        asked(telegram, chat, f"/langue@{telegram.username} fr")
        asked(telegram, chat, "/why")
        telegram.wait_for_message(chat, after=telegram.tap(shown, "👥"))
        telegram.callback_answer(telegram.tap(shown, "👍"))
        telegram.callback_answer(telegram.tap(shown, data=mark))
        question = telegram.say(chat, f"uzan cameras {mark}")
        telegram.wait_for_message(chat, after=question)
        telegram.edit(question, f"pottier-dumas impôts {mark}")
        telegram.inline(chat.id, f"messatfa {mark}")
        telegram.send_media(chat, "photo", caption=f"balkany {mark}")
        telegram.say(group, f"@{telegram.username} messatfa cameras {mark}", user=chat.user)
    telegram.settled(LONG)


def wants_to_be_told(telegram: StandIn, chat: Chat) -> None:
    shown = asked(telegram, chat, "uzan cameras")
    telegram.wait_for_message(chat, after=telegram.tap(shown, "🔔"))
    telegram.settled(LONG)


def trouble(telegram: StandIn, chats: list[Chat], settings: dict[str, str]) -> None:
    """Everything that can go wrong, with the mark in all of it."""
    for kind in ("server_error", "bad_gateway", "garbage", "cut", "unauthorized"):
        for act in (False, True):
            telegram.fail((), 2, kind, act=act)
            for chat in chats:
                telegram.say(chat, f"messatfa cameras {MARK}")
            telegram.settled(LONG)
            telegram.recover()
    telegram.fail("sendMessage", None, "blocked", chat=chats[-1])
    telegram.say(chats[-1], f"messatfa cameras {MARK}")
    person = {"id": chats[0].id, "is_bot": False, "first_name": MARK}
    place = {"id": chats[0].id, "type": "private"}
    for broken in ({"text": {MARK: MARK}}, {"text": MARK, "entities": MARK}, {"date": MARK}, {"chat": MARK}):
        telegram.raw({"message": {"message_id": 5, "date": 1, "chat": place, "from": person, **broken}})
    telegram.raw({"callback_query": {"id": MARK, "from": person, "chat_instance": MARK, "data": {MARK: 1}}})
    if port := settings.get("WEBHOOK_PORT"):
        telegram.raw(b'{"update_id": 5, "message": "' + MARK.encode() + b"\xff")
        for body, secret in ((MARK, SECRET), (MARK * 200_000, SECRET), (MARK, MARK)):
            connection = HTTPConnection("127.0.0.1", int(port), timeout=10)
            path = f"/hook?{MARK}" if secret == SECRET else f"/{MARK}"
            connection.request("POST", path, body, {"X-Telegram-Bot-Api-Secret-Token": secret})
            connection.getresponse().read()
            connection.close()
    telegram.settled(LONG)
    telegram.recover()


def written(database: Path) -> bytes:
    """All bytes on disk."""
    return b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))


def numbers_on_disk(held: bytes, number: int) -> int:
    """How often a number stands there, as text or as SQLite stores it."""
    return held.count(str(number).encode()) + held.count(number.to_bytes(6, "big"))


def cells(database: Path) -> list[tuple[str, str, object]]:
    """All that is kept: table, column, value."""
    found: list[tuple[str, str, object]] = []
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f"SELECT * FROM {table}"):
                found += [(table, name, row[name]) for name in row.keys()]  # noqa: SIM118
    return found


@pytest.mark.parametrize(
    ("webhook", "log_format"),
    [(True, "json"), (False, "console")],
    ids=["webhook-json", "polling-console"],
)
def test_no_line_and_no_byte_tells_a_secret_a_question_or_who_asked(
    tmp_path: Path, webhook: bool, log_format: str
) -> None:
    database = tmp_path / "state.sqlite3"
    with StandIn() as telegram:
        settings = settings_of(telegram, database, webhook, log_format)
        chats = [telegram.private(telegram.user(f"Ana {MARK}")) for _ in range(4)]
        group = telegram.supergroup(f"Quartier {MARK}", members=[chat.user for chat in chats if chat.user])
        waiting, forgotten = chats[1], chats[2]
        with running(settings, tmp_path) as process:
            process.prints("serving")
            talk(telegram, chats, group)
            wants_to_be_told(telegram, waiting)
            wants_to_be_told(telegram, forgotten)
            asked(telegram, forgotten, "/oublier")
            telegram.settled(LONG)
            trouble(telegram, chats[:2] + chats[3:], settings)
            held = written(database)
            for words in (MARK, telegram.token, telegram.token.partition(":")[2], SECRET, KEY):
                assert words.encode() not in held
            for chat in (chats[0], forgotten, chats[3], group):
                assert numbers_on_disk(held, abs(chat.id)) == 0, chat
            assert numbers_on_disk(held, waiting.id) > 0
            assert process.stop() == 0
        kept = cells(database)
        assert [where for *where, value in kept if value == waiting.id] == [["notifications", "chat_id"]]
        texts = [str(value) for table, name, value in kept if (table, name) != ("notifications", "chat_id")]
        assert not [text for text in texts if str(waiting.id) in text]
        assert any("patinoire" in text for text in texts)
        tells_nothing(process, telegram)


@pytest.mark.parametrize("webhook", [True, False], ids=["webhook", "polling"])
@pytest.mark.parametrize("what", BREAKING)
def test_a_fault_of_the_program_itself_is_told_by_its_kind_only(
    tmp_path: Path, webhook: bool, what: str
) -> None:
    with StandIn() as telegram:
        chat = telegram.private(telegram.user(f"Ana {MARK}"))
        settings = settings_of(telegram, tmp_path / "state.sqlite3", webhook, "json")
        program = ("-c", BROKEN.format(BREAKING[what]))
        with running(settings, tmp_path, program=program) as process:
            process.prints("serving")
            telegram.say(chat, f"messatfa cameras {MARK}")
            assert json.loads(process.prints("ValueError"))["error"].startswith("ValueError")
            asked(telegram, chat, "/aide") if what != "the intake" else None
            assert process.stop() == 0
        assert not [line for line in process.lines if "Traceback" in line]
        tells_nothing(process, telegram)


def test_a_database_that_breaks_is_told_without_what_was_in_it(tmp_path: Path) -> None:
    database = tmp_path / "state.sqlite3"
    with StandIn() as telegram:
        chat = telegram.private(telegram.user(f"Ana {MARK}"))
        settings = settings_of(telegram, database, False, "console")
        with running(settings, tmp_path) as process:
            process.prints("serving")
            wants_to_be_told(telegram, chat)
            with closing(sqlite3.connect(database, isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                asked(telegram, chat, f"messatfa cameras {MARK}")
                process.prints("state_degraded")
                other.execute("ROLLBACK")
            process.prints("state_recovered")
            assert process.stop() == 0
        tells_nothing(process, telegram)
