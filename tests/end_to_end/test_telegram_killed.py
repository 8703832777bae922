"""Killed in the middle of a thousand questions and started again, the bot answers every one of them."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bot.channels.telegram.serving import WAITING
from tests.end_to_end.processes import environment, running
from tests.stand_in import Chat, StandIn

QUESTIONS = 1_000
KILLED_AFTER = 300
CONCURRENCY = 16
ASKED = ("messatfa caméras", "que disent les candidats sur la police municipale", "quand vote-t-on ?")
LONG = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answered(telegram: StandIn, chats: list[Chat]) -> list[int]:
    """How many messages each chat got."""
    return [len(telegram.replies(chat)) for chat in chats]


@pytest.mark.parametrize("webhook", [True, False], ids=["webhook", "polling"])
def test_killed_in_the_middle_no_question_is_lost_and_few_are_answered_twice(
    tmp_path: Path, webhook: bool
) -> None:
    port = free_port()
    with StandIn() as telegram:
        chats = [telegram.private() for _ in range(QUESTIONS)]
        by = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_PORT": port} if webhook else {}
        settings = environment(telegram, tmp_path / "state.sqlite3", CONCURRENCY=CONCURRENCY, **by)
        with running(settings, tmp_path) as first:
            first.prints("serving")
            telegram.say_many([(chat.id, ASKED[n % len(ASKED)]) for n, chat in enumerate(chats)])
            telegram.wait(lambda: telegram.core.counts["sendMessage"] >= KILLED_AFTER, LONG)
            first.kill()
        before = answered(telegram, chats)
        assert sum(before) < QUESTIONS, "it was killed too late to tell anything"
        with running(settings, tmp_path) as second:
            second.prints("serving")
            telegram.settled(LONG)
            after = answered(telegram, chats)
            assert second.stop() == 0
        assert min(after) == 1
        # By webhook, four times as many may be open: answered, and waiting to be saved together.
        assert sum(number - 1 for number in after) <= CONCURRENCY * (WAITING if webhook else 1)
        assert telegram.violations == []
        for line in first.lines + second.lines:
            assert '"level": "error"' not in line
