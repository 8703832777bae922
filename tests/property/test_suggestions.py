"""A choice leads where it says, tapped or typed, in every language."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.composing import Setting, compose
from bot.dialogue.deciding import follow
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import Clarification, NoPosition
from bot.dialogue.reply import Suggestion
from tests.property.test_attribution import PLACES, Place
from tests.strategies import ANY_TEXT, memories

TOPICS_AND_FACTS = [
    pytest.param(place, code, kind, target, id=f"{name}-{code}-{target}")
    for name, place in PLACES.items()
    for code in place.election.languages
    for kind in ("topics", "facts")
    for target in sorted(place.election.all(kind))
]


def suggested(place: Place, code: str, target: str) -> Suggestion:
    (found,) = compose(Clarification((target,)), Setting(place.election, code, place.now)).suggestions
    return found


def typed_and_tapped(place: Place, code: str, suggestion: Suggestion) -> tuple[object, object]:
    asked = Utterance(suggestion.text, place.election.id, language=code)
    reply, _ = place.assistant.respond(asked, Memory(), place.now)
    return reply.outcome, follow(suggestion.target, place.election)


def test_the_suggestions_made_lead_to_their_target() -> None:
    election = PLACES["by hand"].election

    @given(ANY_TEXT, memories(election))
    def check(text: str, memory: Memory) -> None:
        place = PLACES["by hand"]
        reply, _ = place.assistant.respond(Utterance(text, election.id), memory, place.now)
        assert len({s.target for s in reply.suggestions}) == len(reply.suggestions)
        for suggestion in reply.suggestions:
            typed, tapped = typed_and_tapped(place, reply.language, suggestion)
            assert typed == tapped

    check()


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_every_candidate_is_reached_by_their_suggestion(place: Place) -> None:
    for code in place.election.languages:
        for candidate in place.election.candidates:
            typed, tapped = typed_and_tapped(place, code, suggested(place, code, candidate))
            assert typed == tapped


@pytest.mark.parametrize(("place", "code", "kind", "target"), TOPICS_AND_FACTS)
def test_every_topic_and_fact_is_reached_by_its_suggestion(
    place: Place, code: str, kind: str, target: str
) -> None:
    targets = [target]
    if kind == "topics":
        targets += [f"{candidate}/{target}" for candidate in place.election.candidates]
    for each in targets:
        typed, tapped = typed_and_tapped(place, code, suggested(place, code, each))
        assert typed == tapped, each


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_the_starters_of_an_election_lead_somewhere(place: Place) -> None:
    for code in place.election.languages:
        for starter in place.election.description.starters:
            typed, tapped = typed_and_tapped(place, code, suggested(place, code, starter))
            assert typed == tapped
            assert not isinstance(tapped, NoPosition)


def test_what_a_clarification_offers_settles_it() -> None:
    place = PLACES["by hand"]
    for text in ("Vauquelain", "Vauquelain et les arbres", "piscine et arbres"):
        reply, memory = place.assistant.respond(Utterance(text, place.election.id), Memory(), place.now)
        assert len(reply.suggestions) > 1
        for suggestion in reply.suggestions:
            chosen = Utterance("", place.election.id, choice=suggestion.target)
            settled, _ = place.assistant.respond(chosen, memory, place.now)
            assert settled.name in ("candidate", "position", "comparison")


def test_an_assistant_that_forgets_what_leads_somewhere_finds_it_again() -> None:
    place = PLACES["by hand"]
    fresh = Assistant(place.assistant.base)
    asked = Utterance("bonjour", place.election.id)
    assert fresh.respond(asked, Memory(), place.now) == place.assistant.respond(asked, Memory(), place.now)
