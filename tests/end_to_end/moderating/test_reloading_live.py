"""What changes in the folder of knowledge files is live at once, and what is broken there never is."""

from __future__ import annotations

import json
import os
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from bot.dialogue.wording import wording
from bot.moderation.committing import revision
from bot.moderation.watching import Reloading
from tests.end_to_end.moderating.phones import (
    FILES,
    LONG,
    TOWN,
    Phone,
    Start,
    changed_by_hand,
    git,
    look,
    rows,
    under_git,
    voter,
)
from tests.end_to_end.served import Served
from tests.stand_in import StandIn

ROUNDS = 12
ASKED_AT_ONCE = 25


@pytest.fixture(autouse=True)
def _own_settings_of_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)


def health(bot: Served) -> dict[str, Any]:
    """What whoever watches over the bot is told of its base."""
    connection = HTTPConnection("127.0.0.1", bot.port, timeout=LONG)
    try:
        connection.request("GET", "/healthz")
        return dict(json.loads(connection.getresponse().read())["base"])
    finally:
        connection.close()


def written(telegram: StandIn, bot: Served, file: Path, text: str, event: str) -> None:
    """Somebody saves a file in an editor, and the bot has looked at it."""
    before = len(bot.said(event))
    file.write_text(text, encoding="utf-8")
    telegram.wait(lambda: len(bot.said(event)) > before, LONG, event)


def notes(phone: Phone, beginning: str) -> list[str]:
    """Everything that begins like this and was ever written to somebody."""
    texts = [shown.text for shown in phone.telegram.replies(phone.chat)]
    return [text for text in texts if text.startswith(beginning)]


# --- broken ----------------------------------------------------------------------------------------------


def test_a_broken_base_is_told_to_moderators_once_and_to_voters_never(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    asking = voter(telegram)
    file = root / TOWN / "candidates" / "thorn.yaml"
    sound = file.read_text(encoding="utf-8")
    broken = sound.replace("source: gazette\n    - claim", "source: gazete\n    - claim")
    written(telegram, bot, file, broken, "refused")
    title = camille.say("moderation.refused.title")
    telegram.wait(
        lambda: notes(camille, title) and notes(dominique, dominique.say("moderation.refused.title"))
    )
    assert "knowledge/town-2030/candidates/thorn.yaml:7:7: " in look(camille).text
    assert "gazette" in camille.text
    assert "He wants a swimming pool." in asking.type("ted thorn sport")
    assert health(bot)["problems"] == 1

    before = len(telegram.replies(camille.chat))
    written(telegram, bot, file, sound.replace("swimming pool", "pool"), "reloaded")
    telegram.wait(lambda: len(telegram.replies(camille.chat)) > before)
    telegram.settled()
    assert [m.text for m in telegram.replies(camille.chat)][before:] == [
        camille.say("moderation.refused.mended")
    ]
    assert len(notes(camille, title)) == 1
    assert "He wants a pool." in asking.type("ted thorn sport")
    assert health(bot)["problems"] == 0


def test_what_is_still_wrong_after_another_change_is_not_told_again(
    telegram: StandIn, bot: Served, camille: Phone, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, read = Reloading.again, []

    async def again(self: Reloading) -> object:
        read.append(await reading(self))
        with telegram.core.changed:
            telegram.core.changed.notify_all()
        return read[-1]

    monkeypatch.setattr(Reloading, "again", again)
    sport = root / "common" / "topics" / "sport.yaml"
    written(telegram, bot, sport, "name: Sport\n", "refused")
    before = len(read)
    sport.write_text("name: Sport\n# still\n", encoding="utf-8")
    telegram.wait(lambda: len(read) > before, LONG)
    written(telegram, bot, sport, FILES["common/topics/sport.yaml"] + "# mended\n", "reloaded")
    telegram.wait(lambda: notes(camille, camille.say("moderation.refused.mended")))
    assert len(bot.said("refused")) == len(notes(camille, camille.say("moderation.refused.title"))) == 1


def test_what_cannot_even_be_read_is_told_with_its_place(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    written(telegram, bot, root / "common" / "topics" / "sport.yaml", "name: {fr: Sport\n", "refused")
    telegram.wait(lambda: notes(camille, camille.say("moderation.refused.title")))
    assert "knowledge/common/topics/sport.yaml:" in look(camille).text
    assert voter(telegram).type("sport").startswith("all candidates · Sport")


def test_many_problems_are_told_by_the_first_ten_and_how_many_more(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    claims = "".join(
        f"    - claim: {{fr: Il veut {n}., en: He wants {n}.}}\n      source: none-{n}\n" for n in range(15)
    )
    thorn = f"name: Ted Thorn\npositions:\n  sport:\n{claims}"
    written(telegram, bot, root / TOWN / "candidates" / "thorn.yaml", thorn, "refused")
    telegram.wait(lambda: notes(camille, camille.say("moderation.refused.title")))
    assert look(camille).text.count("thorn.yaml:") == 10
    assert camille.say("moderation.preview.more", count=5) in camille.text


def test_a_folder_that_is_away_for_a_while_costs_no_answer(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    asking = voter(telegram)
    away = root.rename(root.with_name("away"))
    telegram.wait(lambda: bot.said("refused"), LONG)
    telegram.wait(lambda: notes(camille, camille.say("moderation.refused.title")))
    assert asking.type("ted thorn sport").startswith("Ted Thorn · Sport")
    camille.type("/queue")
    assert camille.text == camille.say("moderation.queue.empty")
    away.rename(root)
    telegram.wait(lambda: notes(camille, camille.say("moderation.refused.mended")), LONG)
    changed_by_hand(
        telegram, bot, root / "common" / "topics" / "sport.yaml", "swimming]", "swimming, diving]"
    )
    assert asking.type("diving").startswith("all candidates · Sport")


def test_what_was_changed_just_before_the_folder_was_watched_is_live_too(
    telegram: StandIn, start: Start, root: Path
) -> None:
    sport = root / "common" / "topics" / "sport.yaml"
    sport.write_text(sport.read_text(encoding="utf-8").replace("swimming]", "swimming, diving]"))
    with start() as bot:
        telegram.wait(lambda: bot.said("reloaded"), LONG)
        assert voter(telegram).type("diving").startswith("all candidates · Sport")


# --- which base it is ------------------------------------------------------------------------------------


def test_why_and_healthz_show_the_version_and_the_commit(
    telegram: StandIn, start: Start, camille: Phone, dominique: Phone, root: Path
) -> None:
    under_git(root)
    first = git(root, "log", "-1", "--format=%h").strip()
    with start() as bot:
        camille.named("Camille")
        asking = voter(telegram)
        telegram.wait(lambda: health(bot)["commit"] == first)
        asking.type("quantum flux")
        before = health(bot)["version"]
        assert f"{before} ({first})" in asking.type("/why")
        camille.type("/queue")
        camille.tap("quantum flux")
        camille.press("other")
        camille.type("sport")
        camille.press("use", text="quantum flux")
        camille.press("apply")
        second = git(root, "log", "-1", "--format=%h").strip()
        assert camille.say("moderation.done.commit", commit=second) in camille.text
        assert git(root, "log", "-1", "--format=%an|%s").strip() == "Camille|phrasing: sport"
        assert git(root, "status", "--porcelain", "--untracked-files=no") == ""
        assert health(bot)["commit"] == second != first
        assert health(bot)["version"] != before
        asking.type("quantum flux")
        assert f"{health(bot)['version']} ({second})" in asking.type("/why")
        changed_by_hand(telegram, bot, root / "common" / "topics" / "sport.yaml", "swimming,", "swim,")
        assert health(bot)["commit"] == f"{second}+"


def test_until_git_has_told_no_commit_is_shown_beside_another_version(
    telegram: StandIn, start: Start, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_git(root)
    first = git(root, "log", "-1", "--format=%h").strip()
    answers, asked = Event(), Event()

    def slow(folder: Path) -> str | None:
        asked.set()
        assert answers.wait(LONG)
        return revision(folder)

    with start() as bot:
        telegram.wait(lambda: health(bot)["commit"] == first)
        version = health(bot)["version"]
        telegram.settled()
        monkeypatch.setattr("bot.channels.telegram.folder.revision", slow)
        sport = root / "common" / "topics" / "sport.yaml"
        sport.write_text(sport.read_text(encoding="utf-8").replace("swimming]", "swim]"), encoding="utf-8")
        try:
            assert asked.wait(LONG)
            told = health(bot)
        finally:
            answers.set()
        assert (told["version"], told["commit"]) in [(version, first), (told["version"], None)]
        telegram.wait(lambda: health(bot)["commit"] == f"{first}+", LONG)


# --- what moderators are told ----------------------------------------------------------------------------


def test_the_status_tells_what_waits_and_that_the_folder_is_refused(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    for question in ("quantum flux", "quantum flux", "swimming lessons for babies"):
        voter(telegram).type(question)
    camille.type("/queue")
    camille.tap("swimming lessons")
    camille.press("dismiss")
    status = camille.type("/status")
    assert "Unanswered questions: 1." in status
    assert "2× quantum flux" in status
    assert "swimming lessons" not in status
    assert "loaded 2030-02-25 13:00." in status
    assert "⚠️" not in status
    written(telegram, bot, root / "common" / "topics" / "sport.yaml", "name: Sport\n", "refused")
    mistakes = health(bot)["problems"]
    assert camille.say("telegram.status_refused", count=mistakes) in camille.type("/status")


def test_what_a_moderator_is_told_does_not_prolong_what_is_kept_of_them(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    camille.type("/language fr")
    telegram.settled()
    before = rows(bot.database, "chats", "used_on")
    assert len(before) == 1
    bot.clock.pass_by(days=40)
    written(telegram, bot, root / "common" / "topics" / "sport.yaml", "name: Sport\n", "refused")
    telegram.wait(lambda: notes(camille, wording("fr")("moderation.refused.title")))
    telegram.settled()
    assert rows(bot.database, "chats", "used_on") == before


def test_the_language_of_a_moderator_who_is_forgotten_is_forgotten(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    camille.type("/forget")
    written(telegram, bot, root / "common" / "topics" / "sport.yaml", "name: Sport\n", "refused")
    telegram.wait(lambda: notes(camille, wording("fr")("moderation.refused.title")))
    assert notes(camille, wording("en")("moderation.refused.title")) == []


def test_a_reviewed_edit_names_both_in_its_commit(
    telegram: StandIn, start: Start, camille: Phone, dominique: Phone, root: Path
) -> None:
    under_git(root)
    with start():
        camille.named("Camille")
        dominique.named("Dominique")
        asking = voter(telegram)
        asking.type("ted thorn sport")
        asking.tap("👎")
        camille.type("/queue")
        camille.tap("👎")
        camille.press("remove")
        camille.tap("two stadiums")
        camille.press("propose")
        assert git(root, "status", "--porcelain", "--untracked-files=no") == ""
        look(dominique).tap("Retrait")
        dominique.press("approve")
        told = git(root, "log", "-1", "--format=%an|%s|%b").strip()
        assert told == "Camille|removal: thorn/sport|Proposed-by: Camille\nReviewed-by: Dominique"


# --- between two questions -------------------------------------------------------------------------------


THORN = f"{TOWN}/candidates/thorn.yaml"


def lettered(root: Path, letter: str) -> None:
    """At once, the candidate's name and statements all hold the same letter."""
    text = FILES[THORN].replace("Ted Thorn", f"Ted Thorn -{letter}-").replace(".}", f" -{letter}-.}}")
    beside = root / TOWN / "candidates" / ".thorn"
    beside.write_text(text, encoding="utf-8")
    beside.replace(root / THORN)


def test_no_question_sees_half_of_one_base_and_half_of_another(
    telegram: StandIn, bot: Served, root: Path
) -> None:
    lettered(root, "A")
    telegram.wait(lambda: bot.said("reloaded"))
    chats = [telegram.private(language_code="en") for _ in range(ASKED_AT_ONCE)]
    for number in range(ROUNDS):
        reloaded = len(bot.said("reloaded"))
        lettered(root, "BA"[number % 2])
        while len(bot.said("reloaded")) == reloaded:
            for sent in telegram.say_many([(chat.id, "thorn on sport") for chat in chats]):
                telegram.acknowledged(sent, LONG)
    screens = [shown for chat in chats for shown in telegram.replies(chat)]
    texts = [" ".join([shown.text, *(button.text for button in shown.buttons)]) for shown in screens]
    found = Counter((text.count("-A-"), text.count("-B-")) for text in texts)
    assert found.keys() == {(4, 0), (0, 4)}
