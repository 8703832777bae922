"""Whatever is said to be near in meaning: it is offered or not, and no answer changes."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.offering import NEARLY
from bot.dialogue.outcomes import Clarification, NoPosition, Unknown
from bot.dialogue.reply import Reply
from tests import invented
from tests.invented import NOW, TOWN
from tests.strategies import ANY_TEXT, memories, questions

ELECTION = invented.election()
PLAIN = Assistant(invented.base(ELECTION))
GIVEN = Assistant(invented.base(ELECTION))
ENTRIES = [*ELECTION.all("topics"), *ELECTION.all("facts")]
PEOPLE = list(ELECTION.candidates)
PAIRS = [f"{c}/{t}" for c in PEOPLE for t in ELECTION.all("topics")]
ANYTHING = st.lists(st.sampled_from([*ENTRIES, *PEOPLE, *PAIRS, "gone", ""]) | st.text(), max_size=40)
UNSURE = st.sampled_from(
    [
        *("Tréhouart et les nageurs", "le trombone du mercredi", "piscine et arbres"),
        *("Vauquelain", "Vauquelain arbres", "Brancaleoni, Tréhouart et la tarte"),
        *("les gens dorment mal à cause du bruit", "argensolle les poissons"),
    ]
)
ANSWER = ("outcome", "understood", "parts", "candidates", "topics", "facts", "readings", "score")
TEXTS = UNSURE | questions(ELECTION).map(lambda asked: asked.text) | ANY_TEXT


def answered(
    assistant: Assistant, text: str, memory: Memory, near: Sequence[str] | None
) -> tuple[Reply, Memory]:
    assistant.nearest = None if near is None else lambda text, election: near
    return assistant.respond(Utterance(text, TOWN), memory, NOW)


@given(TEXTS, memories(ELECTION) | st.just(Memory()), ANYTHING)
def test_only_what_is_offered_may_change(text: str, memory: Memory, near: list[str]) -> None:
    plain, _ = answered(PLAIN, text, memory, None)
    given_near, _ = answered(GIVEN, text, memory, near)
    for part in (*ANSWER, "none_of_these"):
        assert getattr(given_near, part) == getattr(plain, part), part
    assert given_near.claims == plain.claims
    if not isinstance(plain.outcome, Unknown | Clarification):
        assert given_near == plain


@given(TEXTS, memories(ELECTION) | st.just(Memory()), ANYTHING)
def test_what_is_offered_leads_to_something_to_show(text: str, memory: Memory, near: list[str]) -> None:
    reply, _ = answered(GIVEN, text, memory, near)
    if not isinstance(reply.outcome, Unknown):
        return
    assert len(reply.suggestions) <= 3
    for suggestion in reply.suggestions:
        shown, _ = PLAIN.respond(Utterance(suggestion.text, TOWN, language=reply.language), Memory(), NOW)
        assert not isinstance(shown.outcome, Unknown | NoPosition | Clarification)
    if reply.outcome.reason not in NEARLY:
        assert reply.suggestions == answered(PLAIN, text, memory, None)[0].suggestions


@given(TEXTS, memories(ELECTION) | st.just(Memory()), ANYTHING)
def test_a_clarification_offers_the_same_readings_and_leaves_people_in_their_order(
    text: str, memory: Memory, near: list[str]
) -> None:
    plain, _ = answered(PLAIN, text, memory, None)
    given_near, _ = answered(GIVEN, text, memory, near)
    if not isinstance(plain.outcome, Clarification):
        return
    assert sorted(s.target for s in given_near.suggestions) == sorted(s.target for s in plain.suggestions)
    if any(s.target.partition("/")[0] in PEOPLE for s in plain.suggestions):
        assert given_near.suggestions == plain.suggestions


def test_what_is_near_in_meaning_is_offered_and_puts_subjects_in_order() -> None:
    def offered(text: str, near: list[str]) -> list[str]:
        return [s.target for s in answered(GIVEN, text, Memory(), near)[0].suggestions]

    unknown = "les gens dorment mal à cause du bruit"
    assert offered(unknown, ["trees", "school", "pool"])[0] == "trees"
    assert offered(unknown, ["pool", "school", "trees"])[0] == "pool"
    assert offered("piscine et arbres", ["trees", "pool"]) == ["trees", "pool"]
    assert offered("piscine et arbres", ["pool", "trees"]) == ["pool", "trees"]


def test_no_candidate_is_offered_because_of_what_a_question_means() -> None:
    reply, _ = answered(GIVEN, "les gens dorment mal à cause du bruit", Memory(), [*PEOPLE, *PAIRS])
    assert isinstance(reply.outcome, Unknown)
    assert not any(s.target.partition("/")[0] in PEOPLE for s in reply.suggestions)


def test_a_text_without_a_word_of_any_language_is_near_to_nothing() -> None:
    asked: list[str] = []
    GIVEN.nearest = lambda text, election: asked.append(text) or ENTRIES
    GIVEN.respond(Utterance("qsdfgh xqztw ?", TOWN), Memory(), NOW)
    assert asked == []
    GIVEN.respond(Utterance("Brancaleoni et la tarte", TOWN), Memory(), NOW)
    assert asked == ["et la tarte"]
