"""A question may lean on the one before it, and only when nothing else is in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import KEPT, Memory
from bot.dialogue.outcomes import CandidateCard, Comparison, FactAnswer, NoPosition, Outcome, Position
from bot.dialogue.reply import Reply
from tests.invented import NOW, TOWN

Ask = Callable[..., Reply]

CAMERAS = "Que propose Brancaleoni pour les caméras ?"
POOL = "What does Tréhouart want for the pool?"


@pytest.mark.parametrize(
    ("before", "text", "outcome"),
    [
        (CAMERAS, "et Tréhouart ?", Position("trehouart", ("cameras",))),
        (CAMERAS, "Tréhouart ?", Position("trehouart", ("cameras",))),
        (CAMERAS, "et pour Maud ?", Position("trehouart", ("cameras",))),
        (CAMERAS, "et trehouard", Position("trehouart", ("cameras",))),
        (CAMERAS, "et d'Argensolle ?", NoPosition(("argensolle",), ("cameras",))),
        (POOL, "what about Brancaleoni?", NoPosition(("brancaleoni",), ("pool",))),
        (POOL, "and Zélie?", Position("vauquelain-zelie", ("pool",))),
        ("piscine", "et Brancaleoni ?", NoPosition(("brancaleoni",), ("pool",))),
        ("piscine", "Zélie", Position("vauquelain-zelie", ("pool",))),
    ],
)
def test_another_name_keeps_the_topic(ask_small: Ask, before: str, text: str, outcome: Outcome) -> None:
    assert ask_small(text, before).outcome == outcome


@pytest.mark.parametrize(
    ("before", "text", "outcome"),
    [
        (CAMERAS, "et pour la dette ?", Position("brancaleoni", ("debt",))),
        (CAMERAS, "et la piscine ?", NoPosition(("brancaleoni",), ("pool",))),
        (POOL, "and schools?", Position("trehouart", ("school",))),
        (POOL, "what about the debt?", NoPosition(("trehouart",), ("debt",))),
    ],
)
def test_another_topic_keeps_the_candidate(ask_small: Ask, before: str, text: str, outcome: Outcome) -> None:
    assert ask_small(text, before).outcome == outcome


@pytest.mark.parametrize(
    ("before", "text", "outcome"),
    [
        ("Qui est Brancaleoni ?", "et que dit-il de la dette ?", Position("brancaleoni", ("debt",))),
        (POOL, "what does she say about cameras?", Position("trehouart", ("cameras",))),
        ("Qui est Öztekin ?", "que veut-elle pour l'école ?", Position("oztekin", ("school",))),
    ],
)
def test_a_pronoun_means_who_was_spoken_of(ask_small: Ask, before: str, text: str, outcome: Outcome) -> None:
    assert ask_small(text, before).outcome == outcome


def test_he_looks_past_a_woman_to_the_man_spoken_of_before(ask_small: Ask) -> None:
    context = ("Qui est Brancaleoni ?", "Qui est Tréhouart ?")
    assert ask_small("que dit-il de la dette ?", *context).outcome == Position("brancaleoni", ("debt",))
    assert ask_small("que dit-elle de la piscine ?", *context).outcome == Position("trehouart", ("pool",))


def test_he_is_never_a_woman(ask_small: Ask) -> None:
    reply = ask_small("what does he say about cameras?", POOL)
    assert reply.name in ("comparison", "clarification", "unknown")


@pytest.mark.parametrize("text", ["et les autres ?", "the others?", "anyone else?", "les autres candidats"])
def test_the_others_are_all_of_them(ask_small: Ask, text: str) -> None:
    assert ask_small(text, CAMERAS).outcome == Comparison((), ("cameras",))


def test_the_other_of_two_who_share_a_name(ask_small: Ask) -> None:
    reply = ask_small("et l'autre Vauquelain ?", "Hugues Vauquelain et les arbres")
    assert reply.outcome == Position("vauquelain-zelie", ("trees",))


@pytest.mark.parametrize(
    ("before", "text", "outcome"),
    [
        ("Vauquelain et les arbres", "Zélie", Position("vauquelain-zelie", ("trees",))),
        ("Vauquelain et les arbres", "Hugues", Position("vauquelain-hugues", ("trees",))),
        ("Vauquelain", "Hugues", CandidateCard(("vauquelain-hugues",))),
    ],
)
def test_a_question_asked_back_is_answered_by_a_first_name(
    ask_small: Ask, before: str, text: str, outcome: Outcome
) -> None:
    assert ask_small(text, before).outcome == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("et Tréhouart sur la piscine ?", Position("trehouart", ("pool",))),
        ("and Tréhouart on the school?", Position("trehouart", ("school",))),
        ("et Zélie pour les arbres ?", Position("vauquelain-zelie", ("trees",))),
    ],
)
def test_a_full_question_does_not_lean_on_the_one_before(ask_small: Ask, text: str, outcome: Outcome) -> None:
    assert ask_small(text, CAMERAS).outcome == outcome


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("et Tréhouart sur le zorglubisme ?", "unknown"),
        ("and Tréhouart on xylophones?", "unknown"),
        ("quelle est la capitale du Pérou ?", "unknown"),
        ("et à Grand-Vezin ?", "unknown"),
        ("et Ostrogoff ?", "unknown"),
        ("pour qui voter ?", "decline"),
        ("merci", "help"),
        ("et la tarte aux pommes ?", "unknown"),
    ],
)
def test_what_is_not_understood_never_repeats_the_answer_before(ask_small: Ask, text: str, name: str) -> None:
    reply = ask_small(text, CAMERAS)
    assert reply.name == name
    assert reply.claims == []


@pytest.mark.xfail(strict=True, reason="`that` outweighs a subject which is named and understood")
def test_a_subject_that_is_named_is_never_answered_with_the_one_before(ask_small: Ask) -> None:
    assert "pool" not in ask_small("what does that mean for trees", POOL).topics


@pytest.mark.parametrize(
    "text",
    [
        "and what about everyone?",
        pytest.param(
            "et tout le monde ?", marks=pytest.mark.xfail(strict=True, reason="`tout le monde` is no frame")
        ),
    ],
)
def test_everyone_keeps_the_topic(ask_small: Ask, text: str) -> None:
    assert ask_small(text, POOL).outcome == Comparison((), ("pool",))


def test_thanks_do_not_end_a_conversation(ask_small: Ask) -> None:
    assert ask_small("et Tréhouart ?", CAMERAS, "merci").outcome == Position("trehouart", ("cameras",))


@pytest.mark.parametrize(
    ("before", "text", "outcome"),
    [
        (CAMERAS, "tell me more", Position("brancaleoni", ("cameras",))),
        (CAMERAS, "qui est-il ?", CandidateCard(("brancaleoni",))),
        ("piscine", "dis m'en plus", Comparison((), ("pool",))),
        ("montant de la dette", "et ça ?", FactAnswer("town-debt")),
        (POOL, "et que dit-elle de la piscine ?", Position("trehouart", ("pool",))),
        ("montant de la dette", "dis m'en plus", FactAnswer("town-debt")),
        ("Quand vote-t-on ?", "et les arbres ?", Comparison((), ("trees",))),
    ],
)
def test_more_is_asked_of_what_was_said(ask_small: Ask, before: str, text: str, outcome: Outcome) -> None:
    assert ask_small(text, before).outcome == outcome


@pytest.mark.parametrize(
    "text", ["et ?", "et lui ?", "and?", "et les autres ?", "tell me more", "elle ?", "the others?"]
)
def test_a_follow_up_to_nothing_is_not_answered(ask_small: Ask, text: str) -> None:
    reply = ask_small(text)
    assert reply.name in ("unknown", "help", "clarification")
    assert reply.claims == []


def test_a_topic_after_a_card_of_two_compares_the_two(ask_small: Ask) -> None:
    outcome = ask_small("et pour l'école ?", "Parti des Phares").outcome
    assert isinstance(outcome, Comparison)
    assert outcome.topics == ("school",)


def test_a_conversation_is_forgotten_after_half_an_hour(small: Assistant) -> None:
    first, memory = small.respond(Utterance(CAMERAS, TOWN), Memory(), NOW)
    assert first.name == "position"
    still, _ = small.respond(Utterance("et Tréhouart ?", TOWN), memory, NOW + KEPT)
    assert still.outcome == Position("trehouart", ("cameras",))
    later, _ = small.respond(Utterance("et Tréhouart ?", TOWN), memory, NOW + KEPT + timedelta(seconds=1))
    assert later.outcome == CandidateCard(("trehouart",))


def test_the_language_is_remembered_when_the_topic_is_not(small: Assistant) -> None:
    _, memory = small.respond(Utterance("What do the candidates want for the pool?", TOWN), Memory(), NOW)
    later, _ = small.respond(Utterance("Tréhouart", TOWN), memory, NOW + timedelta(days=1))
    assert later.language == "en"
