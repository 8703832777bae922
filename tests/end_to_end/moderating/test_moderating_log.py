"""What moderators did, looked up and undone in Telegram; and what is left of a moderator who is forgotten."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.moderating.phones import (
    CAMILLE,
    DOMINIQUE,
    Phone,
    Start,
    files_of,
    moderator,
    rows,
    voter,
)
from tests.end_to_end.served import Served
from tests.stand_in import StandIn

ASKED = "swimming lessons for babies"
UNKNOWN = "quantum flux"
ADDED = "1. 2030-02-25 13:00 · Camille · applied · new words · Sport"


def added(telegram: StandIn, camille: Phone) -> None:
    """A voter's words become a way of asking for sport: the first step of the log."""
    voter(telegram).type(ASKED)
    camille.type("/queue")
    camille.tap(ASKED)
    camille.press("means", entry="Sport")
    camille.press("apply")


def test_every_step_is_in_the_log_and_can_be_looked_at_and_undone(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    before = files_of(root)
    assert dominique.type("/journal") == dominique.say("moderation.log.empty")
    added(telegram, camille)
    dominique.type("/journal")
    assert "1. 2030-02-25 13:00 · Camille · a appliqué · nouveaux mots · Sport" in dominique.text
    dominique.tap("1")
    assert "phrasings: {fr: [sport, piscine], en: [sport, swimming]}" in dominique.text
    assert f"[sport, swimming, {ASKED}]" in dominique.text
    dominique.press("revert")
    assert f"-phrasings: {{fr: [sport, piscine], en: [sport, swimming, {ASKED}]}}" in dominique.text
    dominique.press("apply")
    assert files_of(root) == before
    assert camille.type("/log").splitlines()[1:] == [
        "2. 2030-02-25 13:00 · Dominique · applied · undoing · Sport",
        ADDED,
    ]


def test_what_was_undone_can_be_put_back(telegram: StandIn, bot: Served, camille: Phone, root: Path) -> None:
    added(telegram, camille)
    after = files_of(root)
    for step in (1, 2):
        camille.type(f"/revert {step}")
        camille.press("apply")
        assert camille.text == camille.say("moderation.done.applied")
    assert files_of(root) == after
    camille.type("/revert 2")
    assert camille.text.endswith(camille.say("moderation.preview.nothing"))
    assert camille.say("moderation.button.apply") not in camille.labels


def test_what_is_to_be_undone_can_still_be_changed(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    added(telegram, camille)
    before = files_of(root)
    camille.type("/revert 1")
    shown = camille.screen
    camille.press("change")
    assert camille.say("moderation.ask.entry") in camille.text
    camille.tap(camille.say("moderation.button.apply"), on=shown)
    assert camille.toast == camille.say("moderation.impossible.old")
    camille.type("twelve")
    assert camille.say("moderation.impossible.nothing_to_revert") in camille.text
    camille.press("change")
    camille.type("1")
    assert camille.say("moderation.button.apply") in camille.labels
    assert files_of(root) == before


def test_what_cannot_be_undone_is_told_so(telegram: StandIn, bot: Served, camille: Phone) -> None:
    voter(telegram).type(UNKNOWN)
    camille.type("/queue")
    camille.tap(UNKNOWN)
    camille.press("dismiss")
    assert camille.type("/revert 1") == camille.say("moderation.impossible.nothing_to_revert")
    for number in ("99", "999999999999", "abc", "-1", "1.5", "'; DROP TABLE audit; --"):
        assert camille.type(f"/revert {number}") == camille.say("moderation.log.gone", number=number)
    assert camille.type("/revert").startswith(camille.say("moderation.log.title"))
    assert camille.type("/log 1").startswith(camille.say("moderation.log.step", number=1))
    assert camille.type("/log 99") == camille.say("moderation.log.gone", number="99")
    assert len(rows(bot.database, "audit")) == 1


def test_a_long_log_has_pages(telegram: StandIn, bot: Served, camille: Phone) -> None:
    voter(telegram).type(UNKNOWN)
    camille.type("/queue")
    camille.tap(UNKNOWN)
    for _ in range(10):
        camille.press("dismiss")
        camille.tap("🗂")
        camille.tap(UNKNOWN)
        camille.press("restore")
        camille.tap(UNKNOWN)

    def numbers() -> list[int]:
        return [int(line.partition(".")[0]) for line in camille.text.splitlines()[1:]]

    camille.type("/log")
    assert numbers() == [*range(20, 12, -1)]
    assert camille.labels == [camille.say("moderation.button.steps_earlier")]
    camille.press("steps_earlier")
    assert numbers() == [*range(12, 4, -1)]
    camille.press("steps_earlier")
    assert numbers() == [4, 3, 2, 1]
    assert camille.labels == [camille.say("moderation.button.steps_later")]
    camille.press("steps_later")
    assert numbers() == [*range(12, 4, -1)]
    camille.press("steps_later")
    assert numbers() == [*range(20, 12, -1)]
    assert camille.labels == [camille.say("moderation.button.steps_earlier")]


# --- moderators who leave --------------------------------------------------------------------------------


def test_a_moderator_who_is_forgotten_leaves_the_name_in_the_log_and_nothing_else(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    added(telegram, camille)
    voter(telegram).type(UNKNOWN)
    camille.type("/queue")
    camille.tap(UNKNOWN)
    camille.press("fact")
    assert bot.kept_of(CAMILLE).keys() >= {"moderators", "drafts", "proposals"}
    assert camille.type("/forget").startswith("Everything kept about you is erased")
    assert bot.kept_of(CAMILLE) == {}
    assert camille.say("moderation.ask.public_name") in camille.type("/queue")
    camille.type("Camille")
    assert ADDED in camille.type("/log")


def test_whoever_moderates_no_more_is_a_voter_like_any_other(
    telegram: StandIn, start: Start, camille: Phone, root: Path
) -> None:
    with start():
        camille.named("Camille")
        voter(telegram).type(ASKED)
        camille.type("/queue")
        camille.tap(ASKED)
        camille.press("means", entry="Sport")
        shown = camille.screen
    before = files_of(root)
    with start(moderator_ids={DOMINIQUE}) as bot:
        assert camille.type("/queue") == camille.say("telegram.unknown_command")
        camille.tap(camille.say("moderation.button.apply"), on=shown)
        assert camille.toast == camille.say("telegram.old_button")
        assert files_of(root) == before
        assert rows(bot.database, "audit") == []
        assert camille.type("ted thorn sport").startswith("Ted Thorn · Sport")


def test_a_bot_without_a_folder_says_that_nothing_can_be_edited(
    telegram: StandIn, start: Start, camille: Phone
) -> None:
    with start(root=None):
        for command in ("/queue", "/log", "/revert 1", "/name"):
            assert camille.type(command) == camille.say("moderation.impossible.no_folder")
        assert camille.type("ted thorn sport").startswith("Ted Thorn · Sport")


def test_moderators_who_never_wrote_to_the_bot_are_no_trouble(telegram: StandIn, start: Start) -> None:
    with start(moderator_ids={CAMILLE}):
        camille = moderator(telegram).named("Camille")
        assert camille.type("/queue") == camille.say("moderation.queue.empty")
