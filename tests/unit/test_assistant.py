"""From what arrives to the reply and what is remembered of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import CandidateCard, Comparison, Position, Unknown
from bot.dialogue.reply import Reply, Suggestion
from tests import invented
from tests.invented import NOW, TOWN, at


def respond(small: Assistant, text: str, memory: Memory = Memory(), **given: Any) -> tuple[Reply, Memory]:  # noqa: B008
    return small.respond(Utterance(text, TOWN, **given), memory, NOW)


@pytest.mark.parametrize(
    ("text", "candidates", "topics", "fact"),
    [
        ("Brancaleoni caméras", ("brancaleoni",), ("cameras",), None),
        ("Brancaleoni et Tréhouart, les caméras", ("brancaleoni", "trehouart"), ("cameras",), None),
        ("piscine", (), ("pool",), None),
        ("Qui est Öztekin ?", ("oztekin",), (), None),
        ("montant de la dette", (), (), "town-debt"),
        ("argensolle piscine", ("argensolle",), ("pool",), None),
        ("âge du phare", (), (), "lighthouse-age"),
        ("Vauquelain et les arbres", (), ("trees",), None),
    ],
)
def test_what_an_answer_is_about_is_remembered(
    small: Assistant, text: str, candidates: tuple[str, ...], topics: tuple[str, ...], fact: str | None
) -> None:
    _, memory = respond(small, text)
    assert (set(memory.candidates), memory.topics, memory.fact) == (set(candidates), topics, fact)
    assert memory.at == NOW


@pytest.mark.parametrize("text", ["bonjour", "capital of Peru", "pour qui voter ?", "", "merci"])
def test_what_is_no_answer_leaves_the_memory_alone(small: Assistant, text: str) -> None:
    _, before = respond(small, "Brancaleoni caméras")
    _, after = respond(small, text, before)
    assert (after.candidates, after.topics, after.fact) == (before.candidates, before.topics, before.fact)


def test_a_choice_is_followed_whatever_the_text(small: Assistant) -> None:
    reply, memory = respond(small, "pour qui voter ?", choice="trehouart/pool")
    assert reply.outcome == Position("trehouart", ("pool",))
    assert memory.topics == ("pool",)


def test_a_choice_keeps_the_language_of_the_conversation(small: Assistant) -> None:
    _, memory = respond(small, "What do the candidates want for the pool?")
    reply, _ = respond(small, "", memory, choice="oztekin")
    assert reply.outcome == CandidateCard(("oztekin",))
    assert reply.language == "en"


def test_a_choice_that_leads_nowhere_is_unknown(small: Assistant) -> None:
    reply, _ = respond(small, "", choice="gone/away")
    assert reply.outcome == Unknown("not_understood")
    assert reply.suggestions


@pytest.mark.parametrize(
    ("text", "given", "code"),
    [
        ("Que proposent les candidats pour la piscine ?", {}, "fr"),
        ("What do the candidates want for the pool?", {}, "en"),
        ("What do the candidates want for the pool?", {"language": "fr"}, "fr"),
        ("Que proposent les candidats pour la piscine ?", {"language": "en"}, "en"),
        ("What do the candidates want for the pool?", {"client_language": "fr"}, "en"),
        ("Tréhouart", {"client_language": "en"}, "en"),
        ("Tréhouart", {"client_language": "fr"}, "fr"),
        ("Tréhouart", {"client_language": "pt-br"}, "fr"),
        ("", {"client_language": "en"}, "en"),
    ],
)
def test_the_language_of_a_reply(small: Assistant, text: str, given: dict[str, str], code: str) -> None:
    assert respond(small, text, **given)[0].language == code


def test_a_chats_language_comes_before_the_clients(small: Assistant) -> None:
    reply, memory = respond(small, "Tréhouart", Memory(language="en"), client_language="fr")
    assert (reply.language, memory.language) == ("en", "en")


@pytest.mark.parametrize(
    "text", ["Vauquelain et les arbres", "bonjour", "argensolle piscine", "montant de la dette"]
)
def test_every_suggestion_leads_to_its_target_typed_or_tapped(small: Assistant, text: str) -> None:
    reply, _ = respond(small, text)
    assert reply.suggestions
    for suggestion in reply.suggestions:
        typed, _ = respond(small, suggestion.text)
        tapped, _ = respond(small, "", choice=suggestion.target, language=reply.language)
        assert typed.outcome == tapped.outcome


def test_a_suggestion_that_would_not_be_understood_is_not_made() -> None:
    topics = {**invented.TOPICS, "pool": {"name": {"fr": "Écoles", "en": "Schools"}}}
    mute = Assistant(invented.base(invented.election(topics=topics)))
    reply, _ = mute.respond(Utterance("bonjour", TOWN), Memory(), NOW)
    offered = {s.target for s in reply.suggestions}
    assert "voting-day" in offered
    assert not offered & {"pool", "school"}


def test_what_leads_to_one_entry_is_not_taken_to_lead_to_another_of_the_same_name(small: Assistant) -> None:
    scope = small.scopes.scope(TOWN)
    led = [
        small._leads(Suggestion("Piscine", target), "fr", TOWN, scope)
        for target in ("pool", "lighthouse-age", "pool")
    ]
    assert led == [True, False, True]


def test_the_best_readings_share_is_the_score(small: Assistant) -> None:
    assert respond(small, "piscine")[0].score == 1.0
    assert 0 < respond(small, "la piscine et le trombone")[0].score < 1
    assert respond(small, "xqztw")[0].score == 0.0


def test_a_conversation_has_its_own_order() -> None:
    rotating = Assistant(invented.base(invented.election(order="rotating")))

    def order(conversation: str, when: str = "2031-05-02T12:00") -> list[str]:
        asked = Utterance("sécurité", TOWN, conversation=conversation)
        return rotating.respond(asked, Memory(), at(when))[0].claims

    assert order("a") == order("a", "2031-05-02T18:00")
    assert len({tuple(order(str(c))) for c in range(12)}) > 1


def test_an_assistant_holds_nothing_of_a_conversation(small: Assistant) -> None:
    _, memory = respond(small, "Brancaleoni caméras", conversation="a")
    reply, _ = respond(small, "et Tréhouart ?", conversation="a")
    assert reply.outcome == CandidateCard(("trehouart",))
    again, _ = respond(small, "et Tréhouart ?", memory, conversation="b")
    assert again.outcome == Position("trehouart", ("cameras",))


def test_two_elections_are_kept_apart() -> None:
    near = invented.election()
    people = {"solo": {"name": "Sosthène Ravigote", "positions": {}}}
    far = replace(invented.election(candidates=people), id="elsewhere-2032")
    both = Assistant(invented.base(near, far))
    here, _ = both.respond(Utterance("Ravigote", TOWN), Memory(), NOW)
    there, _ = both.respond(Utterance("Ravigote", "elsewhere-2032"), Memory(), NOW)
    assert here.name == "unknown"
    assert there.outcome == CandidateCard(("solo",))
    assert both.respond(Utterance("piscine", TOWN), Memory(), NOW)[0].outcome == Comparison((), ("pool",))


def test_hundreds_of_elections_are_answered_in_turn() -> None:
    shared = invented.shared()
    towns = [replace(invented.election(included=shared), id=f"town-{n}") for n in range(300)]
    many = Assistant(invented.base(*towns))
    for town in (*towns, towns[0], towns[-1], towns[150]):
        reply, _ = many.respond(Utterance("piscine", town.id), Memory(), NOW)
        assert (reply.outcome, reply.election) == (Comparison((), ("pool",)), town.id)


def test_asking_the_same_twice_gives_the_same(small: Assistant) -> None:
    for text in ("brancaleonni camérra", "Vauquelain", "sécurité", "bonjour", ""):
        assert respond(small, text) == respond(small, text)
