"""A new position and a new fact, asked for step by step: what is taken, what is not and why, and what may interrupt."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.end_to_end.moderating.phones import Phone, Start, files_of, held, rows, voter
from tests.end_to_end.served import Served
from tests.stand_in import StandIn

ASKED = "rose petal sport"
UNKNOWN = "quantum flux"
THE_DAY_BEFORE = datetime(2030, 3, 9, 12, tzinfo=UTC)


def begun(telegram: StandIn, moderator: Phone, asked: str = ASKED, kind: str = "position") -> Phone:
    """A moderator who has begun to answer what a voter asked; the voter."""
    asking = voter(telegram, moderator.say.code)
    asking.type(asked)
    moderator.type("/queue")
    moderator.tap(asked)
    moderator.press(kind)
    return asking


def asks(moderator: Phone, name: str, language: str = "") -> bool:
    """Whether this is what a moderator is being asked now."""
    say = moderator.say
    return say(f"moderation.ask.{name}", language=say.language_name(language)) in moderator.text


def asks_anything(moderator: Phone, typed: str) -> bool:
    """Whether what was typed is taken for an answer to a form."""
    return "new position" in moderator.type(typed)


def source_told(moderator: Phone) -> None:
    """Describe a new source."""
    moderator.press_choice("new")
    moderator.type("The Courier")
    moderator.type("Rose on sport")
    moderator.type("https://courier.example/sport")
    moderator.type("2030-02")
    moderator.tap(moderator.say.language_name("en"))


# --- what is answered ------------------------------------------------------------------------------------


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_a_new_position_is_answered_with_its_source_and_its_quote(
    telegram: StandIn, start: Start, camille: Phone, webhook: bool
) -> None:
    with start(webhook=webhook):
        camille.named("Camille")
        asking = begun(telegram, camille)
        assert asks(camille, "claim", "fr")
        camille.type("Elle veut 3 terrains.")
        assert asks(camille, "claim", "en")
        camille.type("She wants 3 pitches.")
        assert asks(camille, "source")
        source_told(camille)
        assert asks(camille, "quote")
        camille.type("“three new pitches”")
        assert asks(camille, "asked_as", "en")
        camille.press("skip")
        assert "nothing on record (Rose Petal · Sport) → a statement (Rose Petal · Sport)" in camille.text
        camille.press("apply")
        assert camille.text == camille.say("moderation.done.applied")
        answer = asking.type(ASKED)
        assert "She wants 3 pitches.\n“three new pitches”\nSource: The Courier, “Rose on sport”" in answer
        assert '<a href="https://courier.example/sport">' in asking.screen.html


def test_a_new_fact_is_answered_with_its_source(telegram: StandIn, bot: Served, camille: Phone) -> None:
    asking = begun(telegram, camille, UNKNOWN, "fact")
    for text in ("Flux quantique", "Quantum flux", "Le flux est de 12 litres.", "The flux is 12 litres."):
        camille.type(text)
    camille.tap("The Gazette")
    camille.press("skip")
    assert asks(camille, "phrasings", "fr")
    camille.type("flux quantique, débit quantique")
    camille.press("use", text=UNKNOWN)
    assert "doesn't know → a fact (Quantum flux)" in camille.text
    camille.press("apply")
    assert "The flux is 12 litres.\nSource: The Gazette" in asking.type(UNKNOWN)
    assert "12 litres" in voter(telegram, "fr").type("le débit quantique")


# --- what is not taken -----------------------------------------------------------------------------------


def test_each_wrong_answer_gets_its_own_sentence_and_the_question_again(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    def refused(typed: str, key: str, asked: str, language: str = "", **values: object) -> None:
        camille.type(typed)
        assert camille.text.startswith(camille.say(f"moderation.fault.{key}", **values))
        assert asks(camille, asked, language)

    begun(telegram, camille)
    refused("mot " * 76, "too_long", "claim", "fr", length=303, limit=300)
    refused("Une idée scandaleuse.", "judging", "claim", "fr", word="scandaleuse")
    refused("  \n ", "empty", "claim", "fr")
    refused("ca\u200bché", "invisible", "claim", "fr")
    refused("re\u202enversé", "invisible", "claim", "fr")
    camille.type("Elle veut 3 terrains.")
    camille.type("She wants 4 pitches.")
    assert camille.text.startswith(tuple(camille.say("moderation.fault.figures", figure=f) for f in "34"))
    refused("She wants pitches.", "figures", "claim", "en", figure="3")
    camille.type("She wants 3 pitches.")
    refused("gazete", "no_source_near", "source", text="gazete", near="gazette")
    refused("nobody knows this one", "no_source", "source", text="nobody knows this one")
    camille.type("new")
    refused("y" * 201, "too_long", "publisher", length=201, limit=200)
    camille.type("The Courier")
    camille.press("skip")
    refused("courier", "no_address", "url", text="courier")
    refused("javascript:alert(1)", "no_address", "url", text="javascript:alert(1)")
    camille.press("skip")
    refused("2030-02-30", "no_date", "published", text="2030-02-30")
    refused("yesterday", "no_date", "published", text="yesterday")
    camille.press("skip")
    refused("Klingon", "not_a_choice", "source_language", text="Klingon")
    camille.tap(camille.say.language_name("en"))
    refused(" ".join(["word"] * 30), "long_quote", "quote", count=30, limit=25)
    refused("«»", "empty", "quote")
    camille.press("skip")
    refused("one two three four five six seven eight nine", "long_phrasing", "asked_as", "en",
            text="one two three four five six seven eight nine", limit=8)  # fmt: skip
    camille.press("skip")
    assert camille.text.startswith("New position: Rose Petal · Sport")


def test_a_candidate_or_a_topic_that_nobody_knows_is_told_so(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    begun(telegram, camille, UNKNOWN)
    assert asks(camille, "candidate")
    camille.type("Rosie Petal")
    assert (
        camille.say("moderation.fault.no_candidate_near", text="Rosie Petal", near="Rose Petal")
        in camille.text
    )
    camille.type("Zorro")
    assert camille.say("moderation.fault.no_candidate", text="Zorro") in camille.text
    camille.type("rosy")
    assert asks(camille, "topic")
    camille.type("sportt")
    assert "Did you mean" in camille.text
    camille.tap("Sport")
    assert asks(camille, "claim", "fr")


# --- what may interrupt ----------------------------------------------------------------------------------


def test_one_step_back_asks_again_and_leaving_out_needs_no_answer(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    begun(telegram, camille)
    camille.type("Elle veut 4 terrains.")
    camille.press("back")
    assert asks(camille, "claim", "fr")
    camille.type("Elle veut 3 terrains.")
    camille.type("She wants 3 pitches.")
    camille.tap("The Gazette")
    camille.press("skip")
    camille.press("skip")
    camille.press("change")
    assert asks(camille, "asked_as", "en")
    camille.press("back")
    assert asks(camille, "quote")
    camille.type("three pitches")
    camille.press("skip")
    camille.press("apply")
    assert held(root, "candidates/rose.yaml").endswith("""\
  sport:
    - claim:
        fr: Elle veut 3 terrains.
        en: She wants 3 pitches.
      quote: {en: "three pitches"}
      source: gazette
""")


def test_what_is_given_up_leaves_nothing_behind(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    before = held(root, "candidates/rose.yaml")
    begun(telegram, camille)
    camille.type("Elle veut 3 terrains.")
    question = camille.screen
    camille.press("cancel")
    assert camille.text == camille.say("moderation.draft.cancelled")
    assert rows(bot.database, "drafts") == []
    camille.tap("Later", on=question)
    assert camille.toast == camille.say("moderation.draft.none")
    assert not asks_anything(camille, "She wants 3 pitches.")
    assert held(root, "candidates/rose.yaml") == before
    assert ASKED in str(rows(bot.database, "unanswered", "text"))


def test_an_edit_outlives_other_commands_a_restart_and_questions_in_between(
    telegram: StandIn, start: Start, camille: Phone
) -> None:
    with start():
        camille.named("Camille")
        asking = begun(telegram, camille)
        camille.type("Elle veut 3 terrains.")
        camille.press("pause")
        assert camille.text == camille.say("moderation.draft.paused")
        assert camille.type("ted thorn sport").startswith("Ted Thorn · Sport")
        camille.type("/queue")
        camille.tap(camille.say("moderation.queue.resume", kind=camille.say("moderation.kind.position")))
        assert asks(camille, "claim", "en")
        assert "ted thorn sport" in camille.type("/why")
        assert camille.type("ted thorn sport").startswith("Ted Thorn · Sport")
        camille.type("/queue")
        camille.tap("▶️")
        camille.type("/log")
        assert camille.type("ted thorn sport").startswith("Ted Thorn · Sport")
    with start():
        camille.type("/queue")
        camille.tap("▶️")
        assert asks(camille, "claim", "en")
        camille.type("She wants 3 pitches.")
        camille.tap("The Gazette")
    with start():
        camille.press("skip")
        camille.press("skip")
        camille.press("apply")
        assert "She wants 3 pitches." in asking.type(ASKED)


def test_after_a_week_an_edit_that_was_left_is_forgotten(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    begun(telegram, camille)
    camille.press("pause")
    bot.clock.pass_by(days=8)
    camille.type("/queue")
    assert not any(label.startswith("▶️") for label in camille.labels)


def test_a_new_name_in_the_middle_of_an_edit_costs_nothing_of_it(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    begun(telegram, camille)
    camille.type("Elle veut 3 terrains.")
    camille.type("/name")
    camille.type("Camille D.")
    assert camille.text == camille.say("moderation.draft.named", name="Camille D.")
    camille.type("/queue")
    camille.tap("▶️")
    assert asks(camille, "claim", "en")
    camille.type("/name")
    camille.press("cancel")
    camille.type("/queue")
    camille.tap("▶️")
    assert asks(camille, "claim", "en")


def test_another_edit_takes_the_place_of_the_one_begun_only_if_that_is_given_up(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    begun(telegram, camille)
    camille.type("Elle veut 3 terrains.")
    begun(telegram, camille, UNKNOWN, "fact")
    asked = camille.screen
    kind = camille.say("moderation.kind.position")
    assert camille.text == camille.say("moderation.draft.begun_other", kind=kind)
    camille.press("go_on")
    assert asks(camille, "claim", "en")
    camille.tap(camille.say("moderation.button.instead"), on=asked)
    assert asks(camille, "name", "fr")
    camille.type("/queue")
    assert camille.labels[0] == camille.say(
        "moderation.queue.resume", kind=camille.say("moderation.kind.fact")
    )


def test_a_button_that_applies_is_of_use_only_for_what_was_shown_above_it(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    before = files_of(root)
    begun(telegram, camille, UNKNOWN, "mute")
    camille.type("quantum")
    shown = camille.screen
    camille.press("change")
    camille.tap(camille.say("moderation.button.apply"), on=shown)
    assert camille.toast == camille.say("moderation.impossible.old")
    camille.type("flux")
    camille.tap(camille.say("moderation.button.apply"), on=shown)
    assert camille.toast == camille.say("moderation.impossible.old")
    assert files_of(root) == before


def test_looking_something_up_does_not_spoil_the_button_that_applies(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    voter(telegram).type("swimming lessons for babies")
    camille.type("/queue")
    camille.tap("swimming lessons")
    camille.press("means", entry="Sport")
    shown = camille.screen
    camille.type("/log")
    camille.type("ted thorn sport")
    camille.tap(camille.say("moderation.button.apply"), on=shown)
    assert camille.text == camille.say("moderation.done.applied")


# --- those who asked to be told --------------------------------------------------------------------------


def applied(camille: Phone) -> None:
    """A position on which somebody waits comes into the base."""
    camille.type("Elle veut 3 terrains.")
    camille.type("She wants 3 pitches.")
    camille.tap("The Gazette")
    camille.press("skip")
    camille.press("skip")
    camille.press("apply")


def test_whoever_waits_for_a_position_is_told_once_and_forgotten(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    asking = begun(telegram, camille)
    asking.tap("🔔")
    asking.type("/start")
    last = asking.screen
    applied(camille)
    told = telegram.wait_for_message(asking.chat, after=last)
    assert told.text.startswith("There is now a sourced answer")
    assert "She wants 3 pitches." in telegram.wait_for_message(asking.chat, after=told).text
    assert rows(bot.database, "notifications") == []
    count = len(telegram.replies(asking.chat))
    begun(telegram, camille, UNKNOWN, "mute")
    camille.press("use", text=UNKNOWN)
    camille.press("apply")
    telegram.settled()
    assert len(telegram.replies(asking.chat)) == count


def test_nobody_is_told_of_a_position_in_the_silence_before_the_vote(
    telegram: StandIn, start: Start, camille: Phone
) -> None:
    with start(now=THE_DAY_BEFORE) as bot:
        camille.named("Camille")
        asking = begun(telegram, camille)
        asking.tap("🔔")
        telegram.settled()
        count = len(telegram.replies(asking.chat))
        applied(camille)
        assert camille.text == camille.say("moderation.done.applied")
        telegram.settled(quiet=0.2)
        assert len(telegram.replies(asking.chat)) == count
        assert len(rows(bot.database, "notifications")) == 1
