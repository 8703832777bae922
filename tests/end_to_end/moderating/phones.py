"""Moderators and voters at their phones, and a knowledge folder of their own for a bot to serve from."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.dialogue.wording import Wording, wording
from tests.conftest import ROOT
from tests.end_to_end.served import Served
from tests.stand_in import Chat, Sent, Shown, StandIn
from tests.unit.small_base import FILES as SMALL

CAMILLE, DOMINIQUE, OTHERS = 4_242, 5_353, 6_464
"""The Telegram numbers of two moderators, and of somebody who is none."""
QUESTIONS = 10
"""How many questions are left in each bank: a preview asks them all, twice."""
LONG = 20.0
TOWN = "town-2030"
TOWN_NOW = datetime(2030, 2, 25, 12, tzinfo=UTC)
FILES = {
    **SMALL,
    "common/topics/sport.yaml": """\
name: {fr: Sport, en: Sport}
phrasings: {fr: [sport, piscine], en: [sport, swimming]}
""",
    f"{TOWN}/candidates/thorn.yaml": """\
name: Ted Thorn
description: {fr: Jardinier., en: A gardener.}
sources: [gazette]
positions:
  sport:
    - claim: {fr: Il veut une piscine., en: He wants a swimming pool.}
      source: gazette
    - claim: {fr: Il veut deux stades., en: He wants two stadiums.}
      source: gazette
""",
    f"{TOWN}/questions/own.yaml": """\
- {id: own-1, lang: en, style: plain, text: Ted Thorn on sport, outcome: position, candidates: [thorn], topics: [sport]}
- {id: own-2, lang: fr, style: plain, text: les caméras, outcome: comparison, topics: [cameras]}
""",
}
"""An election so small that an edit of it takes no time."""
KEPT = ("moderators", "drafts", "proposals", "audit", "dismissed")
"""The tables that only moderators write to."""

Start = Callable[..., AbstractContextManager[Served]]


@dataclass
class Phone:
    """Somebody at their phone: what they typed and tapped, and all that the bot showed them for the last of it."""

    telegram: StandIn
    chat: Chat
    done: int = 0
    """How many times they tapped a button or typed a command."""
    shown: list[Shown] = field(default_factory=list)
    toast: str = ""

    @property
    def say(self) -> Wording:
        """The words of their language."""
        assert self.chat.user is not None
        return wording(self.chat.user.language_code or "fr")

    @property
    def text(self) -> str:
        """What the bot answered, all of it."""
        return "\n\n".join(shown.text for shown in self.shown)

    @property
    def screen(self) -> Shown:
        """The last message, under which there are the buttons."""
        return self.shown[-1]

    @property
    def labels(self) -> list[str]:
        return [button.text for button in self.screen.buttons]

    def named(self, name: str) -> Phone:
        """The same, who has chosen a name."""
        self.type(f"/{self.say('telegram.commands.name.name')}")
        self.type(name)
        self.done = 0
        return self

    def type(self, text: str) -> str:
        """Type something, and wait until the bot is done with it."""
        self.done += 1
        return self._look(self.telegram.say(self.chat, text))

    def tap(self, button: str | None = None, data: str | None = None, on: Shown | None = None) -> str:
        """Tap a button of the last message, or of an earlier one."""
        self.done += 1
        sent = self.telegram.tap(on or self.screen, button, data=data)
        self.toast = self.telegram.callback_answer(sent, LONG).text or ""
        return self._look(sent)

    def press(self, label: str, **values: object) -> str:
        """Tap the button that the wording calls so."""
        return self.tap(self.say(f"moderation.button.{label}", **values))

    def press_choice(self, choice: str) -> str:
        """Tap a choice that the wording calls so."""
        return self.tap(self.say(f"moderation.choice.{choice}"))

    def _look(self, sent: Sent) -> str:
        self.telegram.acknowledged(sent, LONG)
        new = [shown for shown in self.telegram.replies(self.chat) if shown.revision > sent.revision]
        self.shown = sorted(new, key=lambda shown: shown.message_id) or self.shown
        return self.text if new else self.toast


def moderator(telegram: StandIn, number: int = CAMILLE, language: str = "en") -> Phone:
    """A moderator's phone; they have written to the bot before."""
    known = telegram.core.world.users.get(number)
    person = known or telegram.user(id=number, language_code=language)
    return Phone(telegram, telegram.private(person, open=True))


def voter(telegram: StandIn, language: str = "en") -> Phone:
    """The phone of somebody who moderates nothing."""
    return Phone(telegram, telegram.private(language_code=language))


def look(phone: Phone) -> Phone:
    """The same, looking at the last message, whoever brought it about."""
    phone.shown = phone.telegram.replies(phone.chat)[-1:]
    return phone


def own_copy(folder: Path, questions: int = QUESTIONS) -> Path:
    """A copy of the bundled knowledge, whose banks are short."""
    root = folder / "knowledge"
    shutil.copytree(ROOT / "knowledge", root)
    for bank in root.glob("*/questions/*.yaml"):
        head, *asked = bank.read_text(encoding="utf-8").split("\n- id:")
        bank.write_text("\n- id:".join([head, *asked[:questions]]) + "\n", encoding="utf-8")
    return root


def town(folder: Path) -> Path:
    """The small election in a folder of its own."""
    root = folder / "knowledge"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def under_git(root: Path) -> None:
    """Put a folder under version control, as a first commit."""
    git(root.parent, "init", "-q", "-b", "main")
    git(root.parent, "add", root.name)
    git(root.parent, "commit", "-q", "-m", "begin")


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=Developer", "-c", "user.email=d@example.invalid")
    settings = dict.fromkeys(("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"), os.devnull)
    return subprocess.run(
        ["git", "-C", str(folder), *named, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | settings,
    ).stdout


def files_of(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder that is no lock, byte for byte."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found if ".git" not in path.parts}


def held(root: Path, file: str, election: str = TOWN) -> str:
    """The text of a file of an election."""
    return (root / election / file).read_text(encoding="utf-8")


def rows(database: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """What stands in a table."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT {', '.join(columns) or '*'} FROM {table}").fetchall()


def traces(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that moderators have left in the state."""
    return {table: rows(database, table) for table in KEPT}


def changed_by_hand(telegram: StandIn, bot: Served, file: Path, old: str, new: str) -> None:
    """A change that somebody makes in an editor; the bot has read it."""
    before = len(bot.said("reloaded"))
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    telegram.wait(lambda: len(bot.said("reloaded")) > before, LONG, "a reloaded base")
