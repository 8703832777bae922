"""Bots that serve a folder of knowledge files of their own, which moderators edit from their phones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.knowledge.loading import load
from tests.end_to_end.moderating.phones import CAMILLE, DOMINIQUE, TOWN_NOW, Phone, Start, moderator, town
from tests.end_to_end.served import PLENTY, Served, copied, serving_bot
from tests.stand_in import StandIn


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    with StandIn() as telegram:
        yield telegram
        assert telegram.violations == []


@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assistant]:
    """The small election in files that nobody edits, and an assistant for it."""
    root = town(tmp_path_factory.mktemp("town"))
    return root, Assistant(load(root).base)


@pytest.fixture
def root(small_town: tuple[Path, Assistant], tmp_path: Path) -> Path:
    """The folder that is edited."""
    return Path(shutil.copytree(small_town[0], tmp_path / "base" / "knowledge"))


@pytest.fixture
def start(
    telegram: StandIn, small_town: tuple[Path, Assistant], template: Path, tmp_path: Path, root: Path
) -> Iterator[Start]:
    """Starts a bot, as often as a test likes, on one database; none of its handlers may fail."""
    database = copied(template, tmp_path)
    begun: list[Served] = []

    @contextmanager
    def start(
        assistant: Assistant = small_town[1], now: datetime = TOWN_NOW, **settings: Any
    ) -> Iterator[Served]:
        usual = {"moderator_ids": {CAMILLE, DOMINIQUE}, "questions_per_minute": PLENTY, "webhook": True}
        usual |= {"root": root}
        with serving_bot(telegram, assistant, database, now, **usual | settings) as bot:
            begun.append(bot)
            yield bot

    yield start
    for bot in begun:
        assert bot.said("failed") == bot.said("chores_failed") == bot.said("watching_failed") == []


@pytest.fixture
def camille(telegram: StandIn) -> Phone:
    return moderator(telegram, CAMILLE)


@pytest.fixture
def dominique(telegram: StandIn) -> Phone:
    return moderator(telegram, DOMINIQUE, "fr")


@pytest.fixture
def bot(start: Start, camille: Phone, dominique: Phone) -> Iterator[Served]:
    """A bot with two moderators, who have chosen their names."""
    with start() as served:
        camille.named("Camille")
        dominique.named("Dominique")
        yield served
