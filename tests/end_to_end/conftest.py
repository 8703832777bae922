"""A bot that serves the bundled election against the stand-in, by polling and by webhook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.dialogue.assistant import Assistant
from tests.conftest import BUNDLED_NOW
from tests.end_to_end.served import PLENTY, Served, copied, empty_database, serving_bot
from tests.stand_in import Chat, Shown, StandIn

MODERATOR = 4_242


def asked(telegram: StandIn, chat: Chat, text: str) -> Shown:
    """The first message with which the bot answers."""
    return telegram.wait_for_message(chat, after=telegram.say(chat, text))


def labels(shown: Shown) -> list[str]:
    """What the buttons under a message say."""
    return [button.text for button in shown.buttons]


@contextmanager
def begun(telegram: StandIn, person: int) -> Iterator[None]:
    """A person who has written to the bot before."""
    telegram.private(telegram.user(id=person, language_code="en"), open=True)
    yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, made once."""
    return empty_database(tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="module", params=["polling", "webhook"])
def bot(
    request: pytest.FixtureRequest,
    assistant: Assistant,
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """A bot for a whole module, that lets everyone ask as much as they like; each test brings its own people."""
    database = copied(template, tmp_path_factory.mktemp("bot"))
    with (
        StandIn() as telegram,
        begun(telegram, MODERATOR),
        serving_bot(
            telegram,
            assistant,
            database,
            BUNDLED_NOW,
            webhook=request.param == "webhook",
            questions_per_minute=PLENTY,
            moderator_ids={MODERATOR},
            contact="redaction@example.org",
        ) as served,
    ):
        yield served


@pytest.fixture
def telegram(bot: Served) -> Iterator[StandIn]:
    """The stand-in that the bot talks to; whatever a test does, the bot breaks none of Telegram's rules."""
    before = len(bot.telegram.violations)
    yield bot.telegram
    # Whether an answer to an edited question is still the same only Telegram knows.
    broken = [v for v in bot.telegram.violations[before:] if "not modified" not in v.description]
    assert broken == []
    assert bot.said("failed") == []
