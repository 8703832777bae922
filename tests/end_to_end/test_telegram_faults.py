"""Telegram fails in every way it can: whoever asks is answered all the same, and nobody is answered by mistake."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram import polling, requesting, serving
from bot.dialogue.assistant import Assistant
from tests.conftest import BUNDLED_NOW
from tests.end_to_end.conftest import asked
from tests.end_to_end.processes import environment, running
from tests.end_to_end.served import PLENTY, Served, copied, serving_bot
from tests.stand_in import Chat, StandIn

QUESTION = "messatfa cameras"
ANSWER = "Lies Messatfa · Vidéosurveillance"
KINDS = ("server_error", "bad_gateway", "garbage", "cut")
SOON = (0.02, 0.05, 0.05, 0.05, 0.05)
LONG = 30.0

Start = Callable[..., AbstractContextManager[Served]]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot waits as it always does, only not as long."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    monkeypatch.setattr(polling, "PAUSES", SOON)
    monkeypatch.setattr(serving, "PAUSES", SOON)
    monkeypatch.setitem(requesting.SECONDS, "read", 1.0)


@pytest.fixture(params=["polling", "webhook"])
def webhook(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "webhook")


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    with StandIn() as telegram:
        yield telegram
        assert telegram.violations == []


@pytest.fixture
def start(telegram: StandIn, assistant: Assistant, template: Path, tmp_path: Path, webhook: bool) -> Start:
    """Starts a bot, as often as a test likes, on one database; none of its handlers may fail."""
    database = copied(template, tmp_path)

    def start(**settings: Any) -> AbstractContextManager[Served]:
        usual = {"webhook": webhook, "questions_per_minute": PLENTY}
        return serving_bot(telegram, assistant, database, BUNDLED_NOW, **usual | settings)

    return start


@pytest.fixture
def bot(start: Start) -> Iterator[Served]:
    with start() as served:
        yield served
    assert served.said("failed") == []


@pytest.fixture
def voter(telegram: StandIn) -> Chat:
    return telegram.private(language_code="fr")


def answers(telegram: StandIn, chat: Chat) -> int:
    """How many answers to the question a chat shows."""
    return sum(shown.text.startswith(ANSWER) for shown in telegram.replies(chat))


def troubles(bot: Served) -> list[str]:
    """What was logged that is worth a look."""
    return [event for event, values in bot.lines if values["level"] in ("warning", "error")]


# --- an answer that cannot be sent -----------------------------------------------------------------------


def test_told_to_wait_the_bot_waits_as_long_and_then_answers(
    telegram: StandIn, bot: Served, voter: Chat
) -> None:
    telegram.fail("sendMessage", kind="retry_after", retry_after=1)
    assert asked(telegram, voter, QUESTION).text.startswith(ANSWER)
    first, second = telegram.calls("sendMessage")
    assert (first.status, second.status) == (429, 200)
    assert second.at - first.at >= 1
    telegram.settled()
    assert answers(telegram, voter) == 1
    assert troubles(bot) == []


def test_while_one_is_told_to_wait_others_are_answered_and_nobody_twice(
    telegram: StandIn, bot: Served, voter: Chat
) -> None:
    other = telegram.private()
    telegram.fail("sendMessage", 2, "retry_after", retry_after=1, chat=voter)
    telegram.say(voter, QUESTION)
    telegram.wait(lambda: any(call.status == 429 for call in telegram.core.calls))
    assert asked(telegram, other, QUESTION).text.startswith(ANSWER)
    telegram.settled()
    assert answers(telegram, voter) == answers(telegram, other) == 1
    assert troubles(bot) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_fails_once_is_tried_again_at_once(
    telegram: StandIn, bot: Served, voter: Chat, kind: Any
) -> None:
    telegram.fail("sendMessage", kind=kind)
    asked(telegram, voter, QUESTION)
    telegram.settled()
    assert telegram.counts["sendMessage"] == 2
    assert answers(telegram, voter) == 1
    assert troubles(bot) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_sent_though_telegram_seemed_to_fail_stands_there_twice_at_most(
    telegram: StandIn, bot: Served, voter: Chat, kind: Any
) -> None:
    telegram.fail("sendMessage", kind=kind, act=True)
    asked(telegram, voter, QUESTION)
    telegram.settled()
    assert telegram.counts["sendMessage"] == 2
    assert answers(telegram, voter) == 2


@pytest.mark.parametrize("kind", [*KINDS, "unauthorized"])
def test_what_fails_twice_is_left_to_telegram_and_answered_when_it_comes_again(
    telegram: StandIn, bot: Served, voter: Chat, webhook: bool, kind: Any
) -> None:
    telegram.fail("sendMessage", 2 if kind != "unauthorized" else 1, kind)
    question = telegram.say(voter, QUESTION)
    telegram.wait_for_message(voter, after=question)
    telegram.settled()
    telegram.acknowledged(question)
    assert answers(telegram, voter) == 1
    assert troubles(bot) == ["not_delivered"]
    if webhook:
        assert telegram.deliveries(question) == 2


def test_what_is_not_delivered_is_not_acknowledged(telegram: StandIn, bot: Served, voter: Chat) -> None:
    telegram.fail("sendMessage", None)
    question = telegram.say(voter, QUESTION)
    telegram.wait(lambda: bot.said("not_delivered"))
    assert question.update_id in telegram.core.updates.pending
    telegram.recover()
    telegram.wait_for_message(voter, after=question)
    telegram.acknowledged(question)
    assert answers(telegram, voter) == 1


def test_what_can_never_be_delivered_while_others_are_answered_is_given_up(
    telegram: StandIn, bot: Served, voter: Chat
) -> None:
    telegram.fail("sendMessage", None, chat=voter)
    telegram.say(voter, QUESTION)
    other = telegram.private()
    while not bot.said("given_up"):
        assert asked(telegram, other, QUESTION).text.startswith(ANSWER)
    telegram.settled()
    assert len(bot.said("not_delivered")) >= 5
    assert len(bot.said("given_up")) == 1


def test_however_long_telegram_takes_no_answer_nobody_is_given_up(telegram: StandIn, bot: Served) -> None:
    chats = [telegram.private() for _ in range(5)]
    telegram.fail("sendMessage", None)
    for chat in chats:
        telegram.say(chat, QUESTION)
    telegram.wait(lambda: len(bot.said("not_delivered")) >= 50, LONG)
    telegram.recover()
    telegram.settled(LONG)
    assert bot.said("given_up") == []
    assert [answers(telegram, chat) for chat in chats] == [1] * 5


@pytest.mark.parametrize("times", [1, 2])
def test_an_answer_of_telegram_that_never_comes_is_not_waited_for(
    telegram: StandIn, bot: Served, voter: Chat, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(requesting.SECONDS, "read", 0.1)
    telegram.fail("sendMessage", times, "timeout")
    question = telegram.say(voter, QUESTION)
    telegram.wait_for_message(voter, after=question)
    telegram.settled()
    assert answers(telegram, voter) == 1
    assert troubles(bot) == ["not_delivered"] * (times - 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tap_and_an_edit_are_answered_though_telegram_fails(
    telegram: StandIn, bot: Served, voter: Chat, kind: Any
) -> None:
    question = telegram.say(voter, QUESTION)
    shown = telegram.wait_for_message(voter, after=question)
    telegram.settled()
    telegram.fail("sendMessage", 2, kind)
    tapped = telegram.tap(shown, "👥")
    everyone = telegram.wait_for_message(voter, after=tapped)
    assert everyone.text.startswith("tous les candidats")
    assert telegram.callback_answer(tapped).text == ""
    telegram.settled()
    telegram.fail("editMessageText", 2, kind)
    edited = telegram.edit(question, "pottier-dumas impôts")
    telegram.wait(lambda: telegram.replies(voter)[0].text.startswith("Agnès Pottier-Dumas"))
    telegram.acknowledged(edited)
    assert len(telegram.replies(voter)) == 2


def test_of_a_hundred_questions_none_is_lost_when_a_third_of_the_calls_fail(
    telegram: StandIn, bot: Served
) -> None:
    chats = [telegram.private() for _ in range(100)]
    telegram.fail_share(0.3, 7, KINDS, ["sendMessage"])
    with telegram.held():
        telegram.say_many([(chat.id, QUESTION) for chat in chats])
    telegram.settled(LONG)
    assert [answers(telegram, chat) for chat in chats] == [1] * 100
    assert bot.said("given_up") == []


# --- somebody who has blocked the bot --------------------------------------------------------------------


@pytest.mark.parametrize("way", ["question", "command", "tap"])
def test_whoever_has_blocked_the_bot_is_forgotten_without_a_word(
    telegram: StandIn, bot: Served, voter: Chat, way: str
) -> None:
    asked(telegram, voter, "/langue en")
    shown = asked(telegram, voter, QUESTION)
    telegram.settled()
    assert set(bot.kept_of(voter.id)) == {"chats", "conversations", "answers"}
    lines = len(bot.lines)
    telegram.fail("sendMessage", None, "blocked", chat=voter)
    what = {"question": QUESTION, "command": "/aide"}
    telegram.tap(shown, "👥") if way == "tap" else telegram.say(voter, what[way])
    telegram.settled()
    assert bot.kept_of(voter.id) == {}
    assert [values["level"] for _, values in bot.lines[lines:]] in ([], ["debug"], ["info"])
    assert asked(telegram, telegram.private(), QUESTION).text.startswith(ANSWER)


def test_a_group_that_threw_the_bot_out_is_forgotten_but_not_who_asked_there(
    telegram: StandIn, bot: Served, voter: Chat
) -> None:
    asked(telegram, voter, QUESTION)
    group = telegram.supergroup(members=[voter.id])
    telegram.settled()
    telegram.fail("sendMessage", None, "blocked", chat=group)
    telegram.say(group, f"@{telegram.username} {QUESTION}", user=voter.id)
    telegram.settled()
    assert bot.kept_of(group.id) == {}
    assert set(bot.kept_of(voter.id)) == {"conversations", "answers"}


# --- Telegram out of reach -------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [False, True])
@pytest.mark.parametrize("kind", [*KINDS, "unauthorized"])
def test_updates_that_could_not_be_fetched_are_fetched_again(
    telegram: StandIn, start: Start, voter: Chat, kind: Any, act: bool
) -> None:
    with start(webhook=False) as bot:
        telegram.fail("getUpdates", 3, kind, act=act)
        assert asked(telegram, voter, QUESTION).text.startswith(ANSWER)
        telegram.say(voter, QUESTION)
        telegram.wait(lambda: len(bot.said("not_fetched")) == 3)
        telegram.settled()
        assert answers(telegram, voter) == 2


def test_told_to_wait_before_fetching_the_bot_waits(telegram: StandIn, start: Start, voter: Chat) -> None:
    with start(webhook=False) as bot:
        telegram.fail("getUpdates", 1, "retry_after", retry_after=1)
        asked(telegram, voter, QUESTION)
        asked(telegram, voter, QUESTION)
        refused = next(call for call in telegram.calls("getUpdates") if call.status == 429)
        later = [call for call in telegram.calls("getUpdates") if call.at > refused.at]
        assert later[0].at - refused.at >= 1
        assert troubles(bot) == []


def test_after_telegram_was_out_of_reach_everything_asked_meanwhile_is_answered(
    telegram: StandIn, bot: Served
) -> None:
    chats = [telegram.private() for _ in range(20)]
    asked(telegram, chats[0], QUESTION)
    telegram.__exit__(None, None, None)
    for chat in chats:
        telegram.say(chat, QUESTION)
    telegram.__enter__()
    telegram.settled(LONG)
    assert [answers(telegram, chat) for chat in chats] == [2] + [1] * 19


def test_what_the_bot_says_of_itself_is_said_once_telegram_listens(
    telegram: StandIn, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "HOUSEKEEPING", 0.05)
    telegram.fail(["setMyCommands", "setMyDescription"], 4)
    with start() as bot:
        assert telegram.profile.commands
        assert [values["error"] for values in bot.said("not_introduced")] == ["NetworkError"] * 2


def test_telegram_that_is_away_at_the_start_is_waited_for(
    telegram: StandIn, tmp_path: Path, webhook: bool, voter: Chat
) -> None:
    telegram.__exit__(None, None, None)
    port = _free_port()
    by = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_PORT": port} if webhook else {}
    try:
        telegram.say(voter, QUESTION)
        with running(environment(telegram, tmp_path / "state.sqlite3", **by), tmp_path) as process:
            process.prints("not_connected")
            telegram.__enter__()
            telegram.wait(lambda: answers(telegram, voter) == 1, LONG)
            assert process.stop() == 0
    finally:
        if not telegram._loop or telegram._loop.is_closed():
            telegram.__enter__()
    assert not [line for line in process.lines if '"level": "error"' in line]


def test_a_bot_that_waits_for_telegram_can_be_stopped(telegram: StandIn, tmp_path: Path) -> None:
    settings = environment(telegram, tmp_path / "state.sqlite3", TELEGRAM_API_URL="http://127.0.0.1:9")
    with running(settings, tmp_path) as process:
        process.prints("not_connected")
        assert process.stop() == 0
    assert [json.loads(line)["event"] for line in process.lines if line] == [
        "knowledge",
        "no_contact",
        "not_connected",
        "stopped",
    ]


@pytest.mark.parametrize("options", [(), ("--webhook",)])
def test_a_token_that_telegram_refuses_is_one_clear_sentence(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    wrong = "123456789:AAF-not-the-token_0123456789abcdefg"
    by = {"WEBHOOK_URL": "http://127.0.0.1:9/hook"} if options else {}
    with StandIn() as telegram:
        settings = environment(telegram, tmp_path / "state.sqlite3", TELEGRAM_BOT_TOKEN=wrong, **by)
        with running(settings, tmp_path, *options) as process:
            assert process.ends() == 2
    said = [line for line in process.lines if not line.startswith("{")]
    assert len(said) == 1
    assert "TELEGRAM_BOT_TOKEN" in said[0]
    assert not [line for line in process.lines if wrong in line or wrong.partition(":")[2] in line]


def test_a_port_that_is_taken_is_one_clear_sentence(telegram: StandIn, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        by = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_PORT": port}
        with running(environment(telegram, tmp_path / "state.sqlite3", **by), tmp_path) as process:
            assert process.ends() == 2
    said = [line for line in process.lines if not line.startswith("{")]
    assert len(said) == 1
    assert said[0].endswith(f"Port {port} (WEBHOOK_PORT) is taken already.")


# --- the same again, and out of order --------------------------------------------------------------------


def test_an_update_that_is_brought_several_times_is_answered_once(
    telegram: StandIn, bot: Served, voter: Chat
) -> None:
    with telegram.held():
        question = telegram.say(voter, QUESTION)
    telegram.duplicate(question, 5)
    telegram.wait_for_message(voter, after=question)
    telegram.duplicate(question, 5)
    telegram.settled()
    assert asked(telegram, telegram.private(), QUESTION).text.startswith(ANSWER)
    telegram.settled()
    assert answers(telegram, voter) == 1


def test_an_update_that_is_brought_again_after_a_restart_is_not_answered_again(
    telegram: StandIn, start: Start, voter: Chat
) -> None:
    with start():
        question = telegram.say(voter, QUESTION)
        telegram.wait_for_message(voter, after=question)
        telegram.settled()
    with start():
        telegram.duplicate(question, 3)
        telegram.settled()
        assert asked(telegram, telegram.private(), QUESTION).text.startswith(ANSWER)
        telegram.settled()
    assert answers(telegram, voter) == 1


@pytest.mark.parametrize("order", ["reversed", "shuffled"])
def test_updates_out_of_order_are_each_answered_once(
    telegram: StandIn, bot: Served, voter: Chat, order: Any
) -> None:
    chats = [telegram.private() for _ in range(30)]
    asked(telegram, voter, QUESTION)
    with telegram.held(order):
        for chat in chats:
            telegram.say(chat, QUESTION)
            telegram.say(voter, QUESTION)
    telegram.settled(LONG)
    assert [answers(telegram, chat) for chat in chats] == [1] * 30
    assert answers(telegram, voter) == 31


# --- what is no update -----------------------------------------------------------------------------------

SOMEBODY = {"id": 7_001, "is_bot": False, "first_name": "Odd"}
ALONE = {"id": 7_001, "type": "private"}
MALFORMED: list[dict[str, Any]] = [
    {},
    {"update_id": "7"},
    {"update_id": None},
    {"update_id": [1]},
    {"update_id": -5, "message": None},
    {"unknown": {"text": "x"}},
    {"message": None},
    {"message": 7},
    {"message": "messatfa cameras"},
    {"message": ["messatfa cameras"]},
    {"message": {}},
    {"message": {"text": QUESTION}},
    {"message": {"message_id": 1, "date": 0, "chat": ALONE}},
    {"message": {"message_id": 1, "date": 0, "chat": ALONE, "text": QUESTION}},
    {"message": {"message_id": 1, "date": "today", "chat": ALONE, "from": SOMEBODY, "text": QUESTION}},
    {"message": {"message_id": 1, "date": 10**30, "chat": ALONE, "from": SOMEBODY, "text": QUESTION}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": [7], "type": "private"}, "from": SOMEBODY}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": "x", "type": 5}, "from": SOMEBODY, "text": "x"}},
    {"message": {"message_id": 1, "date": 0, "chat": ALONE, "from": 5, "text": "x"}},
    {"edited_message": {"message_id": 1, "date": 0, "chat": ALONE, "from": SOMEBODY}},
    {"callback_query": {"id": "1", "from": SOMEBODY}},
    {"callback_query": {"id": "1", "data": "x"}},
    {"callback_query": {"id": 1, "from": SOMEBODY, "chat_instance": "1", "data": {"a": 1}}},
    {"inline_query": {"id": "1", "from": SOMEBODY}},
    {"inline_query": {"id": "1", "from": SOMEBODY, "query": 5, "offset": ""}},
    {"my_chat_member": {"chat": ALONE, "from": SOMEBODY, "date": 0}},
    {"my_chat_member": {"chat": ALONE, "from": SOMEBODY, "date": 0, "new_chat_member": {"status": 5}}},
]
BYTES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"7",
    b'"x"',
    b"\xff\xfe\x00",
    b'{"update_id": 1, "message": "\xff"}',
    b"1" * 10_000,
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"update_id": NaN}',
    b'{"update_id": 1e999}',
    b'{"update_id": 5, "message": ' + json.dumps({"text": "x" * 900_000}).encode() + b"}",
    b" " * 1_100_000,
    b'{"update_id": 6, "x": "' + b"x" * 3_000_000 + b'"}',
]


def test_what_is_no_update_keeps_nobody_from_an_answer(telegram: StandIn, start: Start, voter: Chat) -> None:
    telegram.private(telegram.user(id=SOMEBODY["id"]), open=True)
    with start() as bot:
        for malformed in MALFORMED:
            telegram.raw(malformed)
            assert asked(telegram, voter, QUESTION).text.startswith(ANSWER), malformed
        telegram.settled()
        assert answers(telegram, voter) == len(MALFORMED)
        assert {event for event, values in bot.lines if values["level"] != "debug"} <= {
            *("serving", "malformed", "failed")
        }


def test_what_is_no_json_keeps_nobody_from_an_answer(telegram: StandIn, start: Start, voter: Chat) -> None:
    with start(webhook=True) as bot:
        for body in BYTES:
            telegram.raw(body)
            assert asked(telegram, voter, QUESTION).text.startswith(ANSWER), body[:40]
        telegram.settled()
        assert {event for event, values in bot.lines if values["level"] == "error"} == set()


# --- the webhook's door ----------------------------------------------------------------------------------


def post(bot: Served, body: bytes, headers: dict[str, str], path: str = "/hook") -> int:
    connection = HTTPConnection("127.0.0.1", bot.port, timeout=10)
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_whoever_does_not_know_the_secret_is_turned_away(
    telegram: StandIn, start: Start, voter: Chat
) -> None:
    header = "X-Telegram-Bot-Api-Secret-Token"
    with start(webhook=True, webhook_secret="the-right_secret") as bot:
        asked(telegram, voter, QUESTION)
        forged = {
            "update_id": 999_999_999,
            "message": {"message_id": 5, "date": 1, "chat": voter.payload(), "text": QUESTION}
            | {"from": {"id": voter.id, "is_bot": False, "first_name": "A"}},
        }
        body = json.dumps(forged).encode()
        for headers in ({}, {header: ""}, {header: "wrong"}, {header: "the-right_secret "[:-2]}):
            assert post(bot, body, headers) == 403
        assert post(bot, body, {header: "é".encode().decode("latin-1")}) == 403
        assert post(bot, b"x" * 2_000_000, {}) == 403
        assert post(bot, body, {header: "the-right_secret"}, "/other") == 404
        telegram.settled()
        assert answers(telegram, voter) == 1
        assert post(bot, b"x" * 2_000_000, {header: "the-right_secret"}) == 200
        assert post(bot, body, {header: "the-right_secret"}) == 200
        assert answers(telegram, voter) == 2


def test_health_is_told_to_whoever_asks(start: Start) -> None:
    with start(webhook=True) as bot:
        connection = HTTPConnection("127.0.0.1", bot.port, timeout=10)
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        told = json.loads(response.read())
        connection.close()
    assert response.status == 200
    assert (told["status"], told["state"], told["base"]["elections"]) == ("ok", "ok", 1)


# --- stopping --------------------------------------------------------------------------------------------


def test_stopped_in_the_middle_and_started_again_every_question_is_answered_once(
    telegram: StandIn, start: Start
) -> None:
    chats = [telegram.private() for _ in range(300)]
    telegram.latency(0.02)
    with start():
        telegram.say_many([(chat.id, QUESTION) for chat in chats])
        telegram.wait(lambda: telegram.core.counts["sendMessage"] > 40)
    before = sum(answers(telegram, chat) for chat in chats)
    assert 40 <= before < 300
    assert telegram.core.under_way == {}
    with start():
        telegram.settled(LONG)
    assert [answers(telegram, chat) for chat in chats] == [1] * 300


def test_what_could_not_be_sent_before_a_stop_is_sent_after_it(
    telegram: StandIn, start: Start, voter: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = telegram.private()
    monkeypatch.setattr(polling, "PAUSES", (LONG,))
    with start() as bot:
        telegram.fail("sendMessage", None, chat=voter)
        telegram.say(voter, QUESTION)
        telegram.wait(lambda: bot.said("not_delivered"))
        asked(telegram, other, QUESTION)
    assert bot.said("given_up") == []
    telegram.recover()
    with start():
        telegram.wait(lambda: answers(telegram, voter) == 1)
        telegram.settled()
    assert answers(telegram, voter) == answers(telegram, other) == 1


def test_a_bot_that_was_told_to_wait_for_an_hour_can_be_stopped(
    telegram: StandIn, start: Start, voter: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "GRACE", 0.2)
    monkeypatch.setattr(serving, "GRACE", 0.2)
    telegram.fail("sendMessage", None, "retry_after", retry_after=3600)
    with start():
        telegram.say(voter, QUESTION)
        telegram.wait(lambda: telegram.core.counts["sendMessage"])
    telegram.recover()
    with start():
        telegram.wait(lambda: answers(telegram, voter) == 1)
        telegram.settled()
    assert answers(telegram, voter) == 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
