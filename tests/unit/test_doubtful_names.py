"""Names that are hard to tell from words are asked back about, and no name is harder to use than another."""

from __future__ import annotations

import pytest

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply
from tests import invented

PEOPLE = {
    "ly": {"name": "Anh Ly"},
    "petit": {"name": "Rose Petit"},
    "nguessan": {"name": "Aya N'Guessan"},
    "boulanger": {"name": "Marc Boulanger"},
    "la-roche": {"name": "Anne-Lise de La Roche-Morvan"},
}
ELECTION = invented.election(candidates=PEOPLE)
ASSISTANT = Assistant(invented.base(ELECTION))


def ask(text: str) -> Reply:
    return ASSISTANT.respond(Utterance(text, invented.TOWN), Memory(), invented.NOW)[0]


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        *(("Que propose Ly pour la piscine ?", "ly"), ("ly piscine", "ly"), ("Petit et la piscine", "petit")),
        ("Que propose Petit pour la piscine ?", "petit"),
        ("What does Petit say about the swimming pool?", "petit"),
        *(("nguessan piscine", "nguessan"), ("aya n'guessan piscine", "nguessan")),
        ("bolanga on the swimming pool", "boulanger"),
        ("de la roche morvan et la piscine", "la-roche"),
    ],
)
def test_a_short_common_or_elided_name_is_a_name(text: str, candidate: str) -> None:
    assert ask(text).candidates == (candidate,)


@pytest.mark.parametrize("text", ["Que propose Lt pour la piscine ?", "Lyy et la piscine"])
def test_a_very_short_name_with_a_letter_off_is_asked_back_about(text: str) -> None:
    reply = ask(text)
    assert reply.name == "clarification"
    assert [s.target for s in reply.suggestions] == ["ly/pool", "pool"]


def test_an_ordinary_word_that_may_be_a_name_is_asked_back_about() -> None:
    reply = ask("petit piscine")
    assert reply.name == "clarification"
    assert [s.target for s in reply.suggestions] == ["petit/pool", "pool"]


def test_a_first_name_that_may_describe_the_word_before_it_is_asked_back_about() -> None:
    reply = ask("piscine rose et bassin")
    assert reply.name == "clarification"
    assert [s.target for s in reply.suggestions] == ["petit/pool", "pool"]


@pytest.mark.parametrize(
    "text",
    ["que propose rose pour la piscine ?", "rose et la piscine", "rose petit piscine", "la piscine marc"],
)
def test_a_first_name_where_only_a_name_can_stand_is_a_name(text: str) -> None:
    assert ask(text).candidates in (("petit",), ("boulanger",))
    assert ask(text).name == "no_position"


@pytest.mark.parametrize("text", ["un petit bassin", "le petit port de pêche", "ce petit port"])
def test_an_ordinary_word_that_describes_something_is_no_name(text: str) -> None:
    reply = ask(text)
    assert reply.candidates == ()
    assert reply.name == "no_position"


def test_an_ordinary_name_beside_another_is_a_name() -> None:
    assert set(ask("Boulanger et Petit sur la piscine").candidates) == {"boulanger", "petit"}


def test_the_small_words_of_a_name_say_nothing_of_the_language() -> None:
    assert ask("Anne-Lise de La Roche-Morvan and Anh Ly on trees").language == "en"
    assert ask("Que dit Anne-Lise de La Roche-Morvan des arbres ?").language == "fr"
