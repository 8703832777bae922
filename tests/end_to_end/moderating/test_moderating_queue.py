"""From a voter's unanswered question to its answer, in Telegram; what is dismissed, and what is muted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.dialogue.assistant import Assistant
from tests.conftest import BUNDLED_NOW
from tests.end_to_end.moderating.phones import (
    TOWN,
    Phone,
    Start,
    changed_by_hand,
    held,
    moderator,
    own_copy,
    rows,
    voter,
)
from tests.end_to_end.served import Served
from tests.stand_in import StandIn

ASKED = "swimming lessons for babies"
UNKNOWN = "quantum flux"


@pytest.mark.parametrize(
    ("language", "webhook", "question", "understood"),
    [
        ("fr", False, "un skatepark pour les ados", "tous les candidats · Sport"),
        ("en", True, "a skatepark for teenagers", "all candidates · Sport"),
    ],
    ids=["polling", "webhook"],
)
def test_an_unanswered_question_has_its_answer_after_four_taps_and_commands(
    telegram: StandIn,
    start: Start,
    assistant: Assistant,
    tmp_path: Path,
    language: str,
    webhook: bool,
    question: str,
    understood: str,
) -> None:
    camille, asking = moderator(telegram, language=language), voter(telegram, language)
    with start(assistant, BUNDLED_NOW, root=own_copy(tmp_path), webhook=webhook) as bot:
        camille.named("Camille")
        assert not asking.type(question).startswith(understood)
        camille.type("/queue")
        camille.tap(question)
        camille.press("means", entry="Sport")
        camille.press("apply")
        assert camille.done == 4
        assert camille.text == camille.say("moderation.done.applied")
        assert asking.type(question).startswith(understood)
        assert camille.type("/queue") == camille.say("moderation.queue.empty")
        assert rows(bot.database, "unanswered") == []


def test_what_would_change_is_shown_before_anything_does(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    before = held(root, "topics/sport.yaml", "common")
    voter(telegram).type(ASKED)
    camille.type("/queue")
    camille.tap(ASKED)
    camille.press("means", entry="Sport")
    changed = "phrasings: {fr: [sport, piscine], en: [sport, swimming, swimming lessons for babies]}"
    assert f"+{changed}</pre>" in camille.screen.html
    assert f"“{ASKED}”: doesn't know → everybody on the topic (all candidates · Sport)" in camille.text
    assert camille.say("moderation.preview.banks", count=2) in camille.text
    assert held(root, "topics/sport.yaml", "common") == before
    camille.press("apply")
    assert changed in held(root, "topics/sport.yaml", "common")


def test_an_entry_that_is_not_near_is_found_by_its_name(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    asking = voter(telegram)
    asking.type(UNKNOWN)
    camille.type("/queue")
    camille.tap(UNKNOWN)
    assert camille.say("moderation.queue.nothing_near") in camille.text
    camille.press("other")
    camille.type("camera")
    assert "Did you mean cameras?" in camille.text
    camille.type("cameras")
    camille.press("use", text=UNKNOWN)
    camille.press("apply")
    assert asking.type(UNKNOWN).startswith("all candidates · Cameras")


def test_a_question_that_another_moderator_answered_meanwhile_is_gone(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone
) -> None:
    voter(telegram).type(ASKED)
    for phone, command in ((camille, "/queue"), (dominique, "/file")):
        phone.type(command)
        phone.tap(ASKED)
    row = dominique.screen
    camille.press("means", entry="Sport")
    camille.press("apply")
    dominique.press("means", entry="Sport")
    assert dominique.toast == dominique.say("moderation.impossible.old")
    dominique.tap(dominique.say("moderation.button.dismiss"), on=row)
    assert dominique.toast == dominique.say("moderation.impossible.old")


def test_a_row_whose_entries_are_gone_from_the_base_is_shown_with_those_that_are_left(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    voter(telegram).type("rose petal sport")
    camille.type("/queue")
    (root / TOWN / "candidates" / "rose.yaml").unlink()
    (root / TOWN / "people.yaml").unlink()
    (root / "common" / "parties.yaml").unlink()
    telegram.wait(lambda: bot.said("reloaded"))
    camille.tap("rose petal sport")
    assert "Rose" not in str(camille.labels)


# --- dismissed -------------------------------------------------------------------------------------------


def dismissed(telegram: StandIn, moderator: Phone, question: str = ASKED) -> Phone:
    """A question that a moderator has dismissed; the voter who asked it."""
    asking = voter(telegram)
    asking.type(question)
    moderator.type("/queue")
    moderator.tap(question)
    moderator.press("dismiss")
    assert moderator.toast == moderator.say("moderation.queue.dismissed")
    return asking


def test_a_dismissed_question_stays_dismissed_until_it_is_brought_back(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone
) -> None:
    asking = dismissed(telegram, camille)
    asking.type(ASKED)
    voter(telegram).type("swimming lesson for babies")
    dominique.type("/file")
    assert dominique.text == dominique.say("moderation.queue.empty")
    dominique.tap(dominique.say("moderation.queue.hidden", count=1))
    dominique.tap(f"3× {ASKED}")
    assert "swimming lesson for babies" in dominique.text
    dominique.press("restore")
    assert dominique.toast == dominique.say("moderation.queue.restored")
    assert dominique.labels == [f"3× {ASKED}"]


def test_a_question_is_dismissed_once(telegram: StandIn, bot: Served, camille: Phone) -> None:
    voter(telegram).type(ASKED)
    camille.type("/queue")
    camille.tap(ASKED)
    row = camille.screen
    camille.press("dismiss")
    camille.tap(camille.say("moderation.button.dismiss"), on=row)
    assert camille.toast == camille.say("moderation.impossible.old")
    assert len(rows(bot.database, "audit")) == 1


def test_what_is_like_a_question_that_nobody_asks_any_more_can_be_brought_back_too(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    dismissed(telegram, camille)
    with closing(sqlite3.connect(bot.database)) as connection:
        connection.execute("DELETE FROM unanswered")  # as is done after a year
        connection.commit()
    voter(telegram).type("swimming lesson for babies")
    camille.type("/queue")
    camille.tap("🗂")
    camille.tap("swimming lesson for babies")
    camille.press("restore")
    assert camille.labels == ["1× swimming lesson for babies"]
    assert rows(bot.database, "dismissed") == []


def test_a_thumb_down_can_be_dismissed_and_brought_back(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    asking = voter(telegram)
    asking.type("ted thorn sport")
    asking.tap("👎")
    camille.type("/queue")
    camille.tap("👎 1× Ted Thorn · Sport")
    camille.press("dismiss")
    assert camille.text == camille.say("moderation.queue.empty")
    camille.tap("🗂")
    camille.tap("Ted Thorn")
    camille.press("restore")
    assert camille.labels == ["👎 1× Ted Thorn · Sport"]


# --- muted -----------------------------------------------------------------------------------------------


def test_what_is_muted_is_not_kept_any_more(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    asking = voter(telegram)
    asking.type(UNKNOWN)
    camille.type("/queue")
    camille.tap(UNKNOWN)
    camille.press("mute")
    camille.press("use", text=UNKNOWN)
    assert "+questions: [quantum flux]" in camille.text
    camille.press("apply")
    assert held(root, "muted.yaml") == "questions: [quantum flux]\n"
    assert rows(bot.database, "unanswered") == []
    asking.type(UNKNOWN)
    voter(telegram).type("QUANTUM FLUX")
    telegram.settled()
    assert rows(bot.database, "unanswered") == []
    assert camille.type("/queue") == camille.say("moderation.queue.empty")


# --- who moderates ---------------------------------------------------------------------------------------


def test_a_name_is_asked_for_first_and_no_two_moderators_go_by_the_same(
    telegram: StandIn, start: Start, camille: Phone, dominique: Phone
) -> None:
    with start():
        assert camille.type("/log") == "\n".join(
            [
                camille.say("moderation.step", kind="your name", number=1, count=1),
                camille.say("moderation.ask.public_name"),
            ]
        )
        camille.type("Camille")
        assert camille.text == camille.say("moderation.draft.named", name="Camille")
        dominique.type("/file")
        dominique.type("CAMILLE")
        assert dominique.text.startswith(dominique.say("moderation.fault.taken", text="CAMILLE"))
        dominique.type("Dominique")
        assert dominique.text == dominique.say("moderation.draft.named", name="Dominique")


def test_a_base_that_was_put_in_by_hand_is_what_the_next_edit_goes_by(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    changed_by_hand(
        telegram, bot, root / "common" / "topics" / "sport.yaml", "swimming]", "swimming, diving]"
    )
    voter(telegram).type(ASKED)
    camille.type("/queue")
    camille.tap(ASKED)
    camille.press("means", entry="Sport")
    camille.press("apply")
    assert f"[sport, swimming, diving, {ASKED}]" in held(root, "topics/sport.yaml", "common")
