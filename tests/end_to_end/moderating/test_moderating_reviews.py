"""Edits that take two moderators, and moderators who edit at the same time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.state.keys import Keys
from tests.conftest import ROOT
from tests.end_to_end.moderating.phones import (
    CAMILLE,
    DOMINIQUE,
    TOWN,
    Phone,
    Start,
    changed_by_hand,
    files_of,
    held,
    look,
    rows,
    voter,
)
from tests.end_to_end.served import KEY, Served, copied
from tests.stand_in import StandIn

ASKED = "swimming lessons for babies"
THORN = "candidates/thorn.yaml"


def disliked(telegram: StandIn, moderator: Phone) -> Phone:
    """A moderator who looks at an answer that a voter did not like; the voter."""
    asking = voter(telegram)
    asking.type("ted thorn sport")
    asking.tap("👎")
    moderator.type("/queue")
    moderator.tap("👎 1× Ted Thorn · Sport")
    return asking


def three_stadiums(camille: Phone) -> None:
    """What was not two stadiums, and why it was said."""
    camille.type("Il veut trois stades.")
    camille.type("He wants three stadiums.")
    camille.tap("✅ The Gazette")
    camille.type("Mal lu.")
    camille.type("It was misread.")


def corrected(telegram: StandIn, camille: Phone) -> Phone:
    """Camille proposes that Ted Thorn wants three stadiums, not two."""
    asking = disliked(telegram, camille)
    camille.press("correct")
    camille.tap("two stadiums")
    assert camille.say("moderation.says_now", text="Il veut deux stades.") in camille.text
    three_stadiums(camille)
    camille.press("propose")
    return asking


def means_sport(telegram: StandIn, moderator: Phone, question: str = ASKED) -> None:
    """A moderator is shown what it does if a question means sport."""
    voter(telegram).type(question)
    moderator.type("/queue")
    moderator.tap(question)
    moderator.press("means", entry="Sport")


def reviewed(root: Path, policy: str) -> None:
    """In this election, edits are reviewed."""
    election = root / TOWN / "election.yaml"
    election.write_text(election.read_text(encoding="utf-8") + f"reviews: {policy}\n", encoding="utf-8")


# --- what always takes two -------------------------------------------------------------------------------


def test_a_correction_is_live_once_somebody_else_has_approved_it(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    before = files_of(root)
    asking = corrected(telegram, camille)
    assert camille.say("moderation.done.proposed") in camille.text
    assert camille.say("moderation.waits.sensitive") in camille.text
    assert files_of(root) == before
    told = look(dominique).text
    assert told == "Camille propose une modification : correction, Ted Thorn · Sport."
    dominique.tap("Correction : Ted Thorn · Sport")
    assert "Proposé par Camille le 25 février 2030." in dominique.text
    assert "+    - claim: {fr: Il veut trois stades., en: He wants three stadiums.}" in dominique.text
    dominique.press("approve")
    assert dominique.text == dominique.say("moderation.done.applied")
    assert look(camille).text == (
        "Dominique has approved your edit: correction, Ted Thorn · Sport. It is live."
    )
    answer = asking.type("ted thorn sport")
    assert "He wants three stadiums." in answer
    assert "25 February 2030" in answer
    assert "It was misread." in asking.type("/corrections")
    assert "“He wants two stadiums.”" in asking.text
    assert [row[:2] for row in rows(bot.database, "audit", "moderator", "action")] == [
        ("Camille", "proposed"),
        ("Dominique", "approved"),
        ("Dominique", "applied"),
    ]


def test_nobody_approves_their_own(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    before = files_of(root)
    corrected(telegram, camille)
    camille.type("/queue")
    camille.tap(camille.say("moderation.queue.pending", count=1))
    camille.tap("correction · Ted Thorn · Sport · Camille")
    assert camille.say("moderation.button.approve") not in camille.labels
    camille.tap(data=f"Mapprove.{rows(bot.database, 'proposals', 'id')[0][0]}")
    assert camille.toast == camille.say("moderation.impossible.own")
    assert files_of(root) == before
    camille.press("withdraw")
    assert camille.text == camille.say("moderation.done.withdrawn")
    look(dominique).tap("Correction")
    assert "Camille a retiré, le 25 février 2030." in dominique.text


def test_what_is_rejected_changes_nothing_and_its_author_is_told(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    before = files_of(root)
    corrected(telegram, camille)
    look(dominique).tap("Correction")
    shown = dominique.screen
    dominique.press("reject")
    assert dominique.text == dominique.say("moderation.done.rejected")
    assert look(camille).text == "Dominique has rejected your edit: correction, Ted Thorn · Sport."
    camille.press("look")
    assert "Dominique: rejected, 25 February 2030." in camille.text
    assert "He wants three stadiums." in camille.text
    assert camille.labels == [camille.say("moderation.button.to_queue")]
    dominique.tap(dominique.say("moderation.button.approve"), on=shown)
    assert dominique.toast == dominique.say("moderation.impossible.decided")
    assert files_of(root) == before
    assert "Dominique · rejected · correction" in camille.type("/log")


def test_a_statement_is_removed_by_two(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    asking = disliked(telegram, camille)
    camille.press("remove")
    camille.tap("two stadiums")
    camille.press("propose")
    look(dominique).tap("Retrait")
    dominique.press("approve")
    assert "two stadiums" not in asking.type("ted thorn sport")
    assert "swimming pool" in asking.text
    assert "stadiums" not in held(root, THORN)


def test_what_waits_outlives_a_restart_and_is_previewed_as_the_base_is_then(
    telegram: StandIn, start: Start, camille: Phone, dominique: Phone, root: Path
) -> None:
    with start():
        camille.named("Camille")
        dominique.named("Dominique")
        corrected(telegram, camille)
    with start() as bot:
        changed_by_hand(telegram, bot, root / TOWN / THORN, "two stadiums", "two big stadiums")
        look(dominique).tap("Correction")
        assert dominique.say("moderation.impossible.conflict") in dominique.text
        assert dominique.say("moderation.button.approve") not in dominique.labels
        before = files_of(root)
        dominique.tap(data=f"Mapprove.{rows(bot.database, 'proposals', 'id')[0][0]}")
        assert dominique.toast == dominique.say("moderation.impossible.conflict")
        assert files_of(root) == before


def test_whoever_moderates_alone_is_told_that_nobody_else_does(
    telegram: StandIn, start: Start, camille: Phone
) -> None:
    with start(moderator_ids={CAMILLE}):
        camille.named("Camille")
        corrected(telegram, camille)
        assert camille.say("moderation.done.alone") in camille.text


def test_what_a_forgotten_moderator_proposed_is_withdrawn(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone
) -> None:
    corrected(telegram, camille)
    assert camille.say("telegram.forgotten_moderator") in camille.type("/forget")
    look(dominique).tap("Correction")
    assert dominique.say("moderation.impossible.decided") in dominique.text
    assert dominique.say("moderation.button.approve") not in dominique.labels


def test_a_row_for_which_an_edit_waits_says_so_and_is_gone_once_it_is_approved(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone
) -> None:
    corrected(telegram, camille)
    dominique.type("/file")
    dominique.tap("✋ 👎 1× Ted Thorn · Sport")
    assert dominique.say("moderation.queue.waits") in dominique.text
    dominique.tap("✋ correction · Ted Thorn · Sport · Camille")
    dominique.press("approve")
    assert dominique.type("/file") == dominique.say("moderation.queue.empty")
    assert dominique.labels == [dominique.say("moderation.queue.hidden", count=1)]


def test_a_decision_whose_answer_did_not_arrive_is_told_when_it_is_tapped_again(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone
) -> None:
    corrected(telegram, camille)
    look(dominique).tap("Correction")
    shown = dominique.screen
    dominique.press("approve")
    dominique.tap(dominique.say("moderation.button.approve"), on=shown)
    assert dominique.text == dominique.say("moderation.done.applied")
    assert [row for (row,) in rows(bot.database, "audit", "action")] == ["proposed", "approved", "applied"]


# --- what an election asks for ---------------------------------------------------------------------------


def test_where_every_edit_is_reviewed_new_words_wait_too(
    telegram: StandIn, start: Start, camille: Phone, dominique: Phone, root: Path
) -> None:
    with start() as bot:
        reviewed(root, "always")
        telegram.wait(lambda: bot.said("reloaded"))
        camille.named("Camille")
        dominique.named("Dominique")
        means_sport(telegram, camille)
        camille.press("propose")
        assert camille.say("moderation.waits.always") in camille.text
        assert not voter(telegram).type(ASKED).startswith("all candidates · Sport")
        look(dominique).tap("Nouveaux mots")
        dominique.press("approve")
        assert voter(telegram).type(ASKED).startswith("all candidates · Sport")
        assert dominique.type("/file") == dominique.say("moderation.queue.empty")


@pytest.mark.parametrize(("approved", "label"), [(19, "propose"), (20, "apply")])
def test_new_moderators_are_read_by_others_until_twenty_of_a_kind_were_approved(
    telegram: StandIn,
    start: Start,
    camille: Phone,
    dominique: Phone,
    root: Path,
    approved: int,
    label: str,
) -> None:
    with start() as bot:
        reviewed(root, "new-moderators")
        telegram.wait(lambda: bot.said("reloaded"))
        camille.named("Camille")
        dominique.named("Dominique")
        means_sport(telegram, camille)
        camille.press("propose")
        look(dominique).tap("Nouveaux mots")
        dominique.press("approve")
        already(bot, approved - 1)
        means_sport(telegram, camille, "swimming lessons for grown ups")
        camille.press(label)
        if label == "propose":
            assert camille.say("moderation.waits.new") in camille.text


def already(bot: Served, count: int) -> None:
    """So many more edits like the one that was applied."""
    with closing(sqlite3.connect(bot.database)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(proposals)")]
        others = ", ".join(column for column in columns if column != "id")
        for number in range(count):
            connection.execute(
                f"INSERT INTO proposals (id, {others}) SELECT 'copy-{number}', {others} FROM proposals "
                "WHERE id NOT LIKE 'copy-%'"
            )
        connection.commit()


# --- at the same time ------------------------------------------------------------------------------------


def test_two_who_apply_at_the_same_time_both_find_their_words_in_the_file(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    voter(telegram).type(ASKED)
    voter(telegram, "fr").type("la piscine à vagues")
    for phone, command, question in ((camille, "/queue", ASKED), (dominique, "/file", "la piscine à vagues")):
        phone.type(command)
        phone.tap(question)
        phone.press("means", entry="Sport")
    with telegram.held():
        taps = [
            telegram.tap(phone.screen, phone.say("moderation.button.apply")) for phone in (camille, dominique)
        ]
    for sent in taps:
        telegram.acknowledged(sent, 20)
    for phone in (camille, dominique):
        assert look(phone).text == phone.say("moderation.done.applied")
    assert (
        held(root, "topics/sport.yaml", "common")
        == f"""\
name: {{fr: Sport, en: Sport}}
phrasings: {{fr: [sport, piscine, piscine à vagues], en: [sport, swimming, {ASKED}]}}
"""
    )


def test_the_same_edit_twice_is_in_the_file_once(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    voter(telegram).type(ASKED)
    for phone, command in ((camille, "/queue"), (dominique, "/file")):
        phone.type(command)
        phone.tap(ASKED)
        phone.press("means", entry="Sport")
    apply = camille.screen
    camille.press("apply")
    camille.tap(camille.say("moderation.button.apply"), on=apply)
    assert camille.text == camille.say("moderation.done.applied")
    dominique.press("apply")
    assert dominique.text == dominique.say("moderation.impossible.nothing")
    assert held(root, "topics/sport.yaml", "common").count(ASKED) == 1
    assert len(rows(bot.database, "audit")) == 1


def test_an_edit_of_a_statement_that_somebody_changed_meanwhile_is_asked_for_again(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    disliked(telegram, camille)
    camille.press("correct")
    camille.tap("two stadiums")
    three_stadiums(camille)
    changed_by_hand(telegram, bot, root / TOWN / THORN, "two stadiums", "two big stadiums")
    before = files_of(root)
    camille.press("propose")
    assert camille.toast == camille.say("moderation.impossible.old")
    assert files_of(root) == before
    assert rows(bot.database, "proposals") == []
    camille.type("/queue")
    camille.tap("▶️")
    camille.tap("two big stadiums")
    assert "-    - claim: {fr: Il veut deux stades., en: He wants two big stadiums.}" in camille.text
    assert "+    - claim: {fr: Il veut trois stades., en: He wants three stadiums.}" in camille.text


# --- what was approved before the bot was killed ---------------------------------------------------------


def test_what_was_approved_and_not_applied_when_the_bot_was_killed_is_applied_at_the_next_start(
    telegram: StandIn, start: Start, camille: Phone, dominique: Phone, root: Path
) -> None:
    with start() as bot:
        camille.named("Camille")
        dominique.named("Dominique")
        asking = corrected(telegram, camille)
    with closing(sqlite3.connect(bot.database)) as connection:
        connection.execute(
            "UPDATE proposals SET status = 'approved', reviewer = ?, reviewer_name = 'Dominique'",
            (Keys(KEY)(DOMINIQUE),),
        )
        connection.commit()
    with start() as bot:
        telegram.wait(lambda: bot.said("reloaded"))
        assert "He wants three stadiums." in asking.type("ted thorn sport")
        assert "Dominique · applied · correction · Ted Thorn · Sport" in camille.type("/log")
        assert rows(bot.database, "proposals", "status") == [("applied",)]


LOADED = """
import sys
from pathlib import Path
from bot.dialogue.assistant import Assistant
from bot.knowledge.loading import load
from tests.end_to_end.moderating.phones import CAMILLE, TOWN_NOW, moderator, voter
from tests.end_to_end.served import serving_bot
from tests.stand_in import StandIn

root, database = map(Path, sys.argv[1:])
wanted = {"bot.moderation.proposals", "bot.channels.telegram.moderating.bench"}
with StandIn() as telegram:
    camille, assistant = moderator(telegram), Assistant(load(root).base)
    with serving_bot(telegram, assistant, database, TOWN_NOW, root=root, moderator_ids={CAMILLE}) as bot:
        sport = root / "common" / "topics" / "sport.yaml"
        sport.write_text(sport.read_text().replace("swimming]", "swimming, diving]"))
        telegram.wait(lambda: bot.said("reloaded"), 20)
        voter(telegram).type("ted thorn sport")
        print(len(wanted & sys.modules.keys()))
        camille.type("/queue")
        print(len(wanted & sys.modules.keys()))
"""


def test_what_only_moderators_need_is_loaded_once_one_of_them_comes(
    root: Path, template: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", LOADED, str(root), str(copied(template, tmp_path))]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.split() == ["0", "2"]
