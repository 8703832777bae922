"""What a moderator's taps and words come to at the wrong moment; and what is at hand to be tapped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.moderating.phones import TOWN, Phone, rows
from tests.end_to_end.moderating.test_moderating_forms import ASKED, UNKNOWN, asks, begun, source_told
from tests.end_to_end.served import Served
from tests.stand_in import StandIn

GAZETTE = "The Gazette, “Who wants what”, February 2030"
CLAIMS = ("Elle veut 3 terrains.", "She wants 3 pitches.")
OLD_BUTTONS = ("skip", "back", "use", "choose", "turn")


def test_beginning_the_same_edit_again_goes_on_with_it(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    begun(telegram, camille)
    camille.type("Elle veut 3 terrains.")
    camille.type("/queue")
    camille.tap(ASKED)
    camille.press("position")
    assert asks(camille, "claim", "en")


def test_undoing_a_step_asks_before_it_gives_up_what_was_begun(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    begun(telegram, camille, UNKNOWN, "mute")
    camille.press("use", text=UNKNOWN)
    camille.press("apply")
    begun(telegram, camille)
    camille.type("/revert 1")
    kind = camille.say("moderation.kind.position")
    assert camille.say("moderation.draft.begun_other", kind=kind) in camille.text
    camille.press("instead")
    assert "-questions: [quantum flux]" in camille.text


@pytest.mark.parametrize("button", OLD_BUTTONS)
def test_a_button_is_of_use_only_for_the_question_it_stood_under(
    telegram: StandIn, bot: Served, camille: Phone, button: str
) -> None:
    begun(telegram, camille)
    for text in (*CLAIMS, "new", "The Courier"):
        camille.type(text)
    assert asks(camille, "title")
    title = camille.screen
    at = next(b.data for b in title.buttons if b.data and b.data.startswith("Mskip")).partition(".")[2]
    camille.press("skip")
    asked = camille.text
    camille.tap(data=f"M{button}.{at}", on=title)
    assert camille.toast == camille.say("moderation.impossible.old")
    camille.type("/queue")
    camille.tap("▶️")
    assert camille.text == asked


def test_giving_up_what_is_given_up_already_leaves_another_edit_alone(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    begun(telegram, camille)
    first = camille.screen
    camille.press("cancel")
    begun(telegram, camille, UNKNOWN, "fact")
    asked = camille.text
    camille.tap(camille.say("moderation.button.cancel"), on=first)
    assert camille.toast == camille.say("moderation.impossible.old")
    camille.type("/queue")
    camille.tap("▶️")
    assert camille.text == asked


def test_leaving_out_the_title_twice_does_not_leave_out_the_address(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    begun(telegram, camille)
    for text in (*CLAIMS, "new", "The Courier"):
        camille.type(text)
    title = camille.screen
    with telegram.held():
        taps = [telegram.tap(title, camille.say("moderation.button.skip")) for _ in range(2)]
    for sent in taps:
        telegram.acknowledged(sent, 20)
    assert telegram.callback_answer(taps[1]).text == camille.say("moderation.impossible.old")
    camille.type("https://courier.example/sport")
    assert asks(camille, "published")


# --- what is at hand -------------------------------------------------------------------------------------


def test_what_was_probably_meant_is_a_button(telegram: StandIn, bot: Served, camille: Phone) -> None:
    begun(telegram, camille, UNKNOWN)
    camille.type("Rosie Petal")
    camille.press("use", text="Rose Petal")
    assert asks(camille, "topic")
    camille.type("sportt")
    camille.press("use", text="Sport")
    assert asks(camille, "claim", "fr")


def test_another_entry_is_chosen_from_a_list(telegram: StandIn, bot: Served, camille: Phone) -> None:
    asking = begun(telegram, camille, UNKNOWN, "other")
    assert asks(camille, "target")
    assert {"Cameras", "Sport"} <= {*camille.labels}
    camille.tap("Cameras")
    camille.press("use", text=UNKNOWN)
    camille.press("apply")
    assert asking.type(UNKNOWN).startswith("all candidates · Cameras")


def test_of_many_sources_those_at_hand_come_first_and_the_others_have_pages(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    sources = root / "common" / "sources.yaml"
    more = "".join(f"paper-{n}: {{publisher: Paper {n}, language: en}}\n" for n in range(12))
    claims = "".join(
        f"  - {{claim: {{fr: Le fait {n}., en: Fact {n}.}}, source: paper-{n}}}\n" for n in range(12)
    )
    fact = root / TOWN / "facts" / "papers.yaml"
    fact.parent.mkdir(exist_ok=True)
    fact.write_text(
        "name: {fr: Les journaux, en: The papers}\nphrasings: {fr: [journaux], en: [papers]}\n"
        f"answer:\n{claims}",
        encoding="utf-8",
    )
    with sources.open("a", encoding="utf-8") as file:
        file.write(more)
    telegram.wait(lambda: bot.said("reloaded"))
    begun(telegram, camille)
    camille.type("Elle veut 3 terrains.")
    camille.type("She wants 3 pitches.")
    assert camille.labels[:2] == [camille.say("moderation.choice.new"), GAZETTE]
    assert "Paper 11, undated" in camille.labels
    assert "Paper 0, undated" not in camille.labels
    camille.tap("▶")
    assert asks(camille, "source")
    assert "Paper 0, undated" in camille.labels
    camille.tap("Paper 0")
    assert asks(camille, "quote")


@pytest.mark.parametrize("kind", ["sticker", "voice", "photo"])
def test_an_answer_that_is_not_written_is_asked_for_in_words_each_time(
    telegram: StandIn, bot: Served, camille: Phone, kind: str
) -> None:
    begun(telegram, camille)
    for _ in range(2):
        caption = {"caption": "Elle veut 3 terrains."} if kind == "photo" else {}
        sent = telegram.send_media(camille.chat, kind, **caption)
        told = telegram.wait_for_message(camille.chat, after=sent)
        assert told.text == camille.say("moderation.draft.in_words")
    camille.type("/queue")
    camille.tap("▶️")
    assert asks(camille, "claim", "fr")


# --- what moderators say that is no answer ---------------------------------------------------------------


def test_what_is_typed_under_a_preview_is_no_question(telegram: StandIn, bot: Served, camille: Phone) -> None:
    begun(telegram, camille, UNKNOWN, "mute")
    camille.press("use", text=UNKNOWN)
    assert camille.type("wibble wobble") == camille.say("moderation.draft.shown")
    camille.press("change")
    assert asks(camille, "muted")


def test_what_a_moderator_asks_as_a_voter_is_in_the_queue(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    camille.type(UNKNOWN)
    telegram.settled()
    assert camille.type("/queue") == camille.say("moderation.queue.title", count=1)
    assert len(rows(bot.database, "unanswered")) == 1


def test_a_preview_names_each_source_with_its_address(telegram: StandIn, bot: Served, camille: Phone) -> None:
    begun(telegram, camille)
    camille.type("Elle veut 3 terrains.")
    camille.type("She wants 3 pitches.")
    source_told(camille)
    camille.press("skip")
    camille.press("skip")
    assert "The Courier, “Rose on sport”, February 2030: https://courier.example/sport" in camille.text
