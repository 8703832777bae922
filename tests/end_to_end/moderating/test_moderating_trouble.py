"""Moderators whose state cannot be kept, whose messages do not arrive, or whose base is broken meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.state import connecting
from bot.state.state import State
from tests.end_to_end.moderating.phones import LONG, Phone, Start, files_of, rows, voter
from tests.end_to_end.served import Served
from tests.stand_in import StandIn

ASKED = "swimming lessons for babies"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot tries again as it always does, only sooner."""
    assert State.__init__.__kwdefaults__ is not None
    monkeypatch.setitem(State.__init__.__kwdefaults__, "retry", 0.05)
    monkeypatch.setitem(State.__init__.__kwdefaults__, "busy", 0.05)


@contextmanager
def away(telegram: StandIn, bot: Served) -> Iterator[None]:
    """The state can neither be read nor written, and the bot knows."""
    bot.database.unlink()
    bot.database.mkdir()
    voter(telegram).type("ted thorn sport")
    telegram.wait(lambda: bot.said("state_degraded"), LONG)
    yield
    bot.database.rmdir()
    telegram.wait(lambda: bot.said("state_recovered"), LONG)


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The state can be read, and that is all."""
    said: list[str] = []
    prepare = connecting.prepare

    def preparing(connection: Any, record: object) -> None:
        prepare(connection, record)
        for pragma in said:
            connection.execute(f"PRAGMA {pragma}")

    monkeypatch.setattr(connecting, "prepare", preparing)

    @contextmanager
    def read_only(telegram: StandIn, bot: Served) -> Iterator[None]:
        said.append("query_only=ON")
        copy = bot.database.with_name("copy")
        with closing(sqlite3.connect(bot.database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        copy.replace(bot.database)  # so that the bot has to open it again
        voter(telegram).type("ted thorn sport")
        telegram.wait(lambda: bot.said("state_degraded"), LONG)
        yield
        said.clear()
        telegram.wait(lambda: bot.said("state_recovered"), LONG)

    return read_only


def means_sport(telegram: StandIn, moderator: Phone) -> None:
    """A moderator is shown what it does if a question means sport."""
    voter(telegram).type(ASKED)
    moderator.type("/queue")
    moderator.tap(ASKED)
    moderator.press("means", entry="Sport")


# --- the state -------------------------------------------------------------------------------------------


def test_nothing_is_edited_that_would_leave_no_trace(
    telegram: StandIn, bot: Served, camille: Phone, root: Path, read_only: Any
) -> None:
    before = files_of(root)
    means_sport(telegram, camille)
    shown = camille.screen
    with read_only(telegram, bot):
        camille.tap(camille.say("moderation.button.apply"), on=shown)
        assert camille.text == camille.say("moderation.impossible.no_state")
        camille.type("/name")
        assert camille.text == camille.say("moderation.impossible.no_state")
        assert files_of(root) == before
    assert files_of(root) == before
    assert rows(bot.database, "proposals") == []
    camille.type("/queue")
    camille.tap("▶️")
    camille.press("apply")
    assert camille.text == camille.say("moderation.done.applied")
    assert rows(bot.database, "proposals", "status") == [("applied",)]


def test_moderators_are_told_that_the_state_is_away_and_not_asked_who_they_are(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    voter(telegram).type(ASKED)
    camille.type("/queue")
    row = camille.screen
    with away(telegram, bot):
        for command in ("/queue", "/log", "/revert 1", "/name"):
            assert camille.type(command) == camille.say("moderation.impossible.no_state")
        camille.tap(ASKED, on=row)
        assert camille.text == camille.say("moderation.impossible.no_state")
        assert camille.type("ted thorn sport").startswith("Ted Thorn · Sport")
    assert camille.type("ted thorn sport").startswith("Ted Thorn · Sport")
    assert camille.say("moderation.ask.public_name") in camille.type("/queue")  # the state is a new one


# --- Telegram --------------------------------------------------------------------------------------------


def test_a_proposal_whose_author_cannot_be_written_to_just_then_is_made_and_told_once(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone
) -> None:
    asking = voter(telegram)
    asking.type("ted thorn sport")
    asking.tap("👎")
    camille.type("/queue")
    camille.tap("👎")
    camille.press("remove")
    camille.tap("two stadiums")
    telegram.fail("sendMessage", 2, chat=camille.chat)
    camille.press("propose")
    assert rows(bot.database, "proposals", "status") == [("proposed",)]
    told = dominique.say("moderation.done.told", name="Camille", kind="retrait", subject="Ted Thorn · Sport")
    assert [shown.text for shown in telegram.replies(dominique.chat)].count(told) == 1
    telegram.wait(
        lambda: camille.say("moderation.done.proposed") in telegram.replies(camille.chat)[-1].text, LONG
    )


def test_a_base_is_live_though_moderators_cannot_be_told_that_the_one_before_was_broken(
    telegram: StandIn, start: Start, camille: Phone, dominique: Phone, root: Path
) -> None:
    file = root / "common" / "topics" / "sport.yaml"
    sound = file.read_text(encoding="utf-8")
    with start() as bot:
        telegram.fail("sendMessage", None, "timeout", chat=camille.chat)
        file.write_text("name: [", encoding="utf-8")
        telegram.wait(lambda: bot.said("refused"), LONG)
        file.write_text(sound.replace("swimming]", "swimming, diving]"), encoding="utf-8")
        telegram.wait(lambda: bot.said("reloaded"), LONG)
        assert voter(telegram).type("diving").startswith("all candidates · Sport")
        telegram.recover()
        telegram.release()
