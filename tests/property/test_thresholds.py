"""Asking for more certainty only ever makes the bot more silent."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import (
    CandidateCard,
    Comparison,
    Decline,
    FactAnswer,
    Help,
    NoPosition,
    Outcome,
    Position,
    Unknown,
)
from tests import invented
from tests.invented import NOW, TOWN
from tests.strategies import ANY_TEXT, memories, questions

ELECTION = invented.election()
SMALL = Assistant(invented.base(ELECTION))
USUAL = SMALL.thresholds
NAMES = sorted(field.name for field in fields(USUAL))
STRICTER_WHEN_RAISED = ["campaign", "named", "plain", "together", "told"]
STRICTER_WHEN_LOWERED = ["stray"]
BETWEEN_READINGS = ["chatter", "close", "margin", "passing", "rivals"]
"""What tells one reading from another, not an answer from silence."""

STRICT = STRICTER_WHEN_RAISED + STRICTER_WHEN_LOWERED
STRAYING = [
    "Brancaleoni et la tarte",
    "la piscine du zorglub",
    "arbres et trombone en cuivre",
    "dette caméras xylophone",
    "bonjour la tarte",
    "le maire et la planche à voile",
    "Maud, école, banane, poney",
]
TEXTS = st.one_of(questions(ELECTION).map(lambda asked: asked.text), st.sampled_from(STRAYING), ANY_TEXT)


def decided(text: str, memory: Memory, changed: dict[str, float]) -> Outcome:
    SMALL.thresholds = replace(USUAL, **changed)
    return SMALL.respond(Utterance(text, TOWN), memory, NOW)[0].outcome


def is_answer(outcome: Outcome) -> bool:
    return isinstance(outcome, Position | Comparison | CandidateCard | FactAnswer | NoPosition)


def stricter(name: str, by: float) -> float:
    return getattr(USUAL, name) + (by if name in STRICTER_WHEN_RAISED else -by)


def test_every_threshold_is_known_to_be_of_one_kind() -> None:
    assert sorted(STRICT + BETWEEN_READINGS) == NAMES


@given(TEXTS, memories(ELECTION) | st.just(Memory()), st.sampled_from(STRICT), st.floats(0, 2))
def test_a_stricter_threshold_never_turns_an_abstention_into_an_answer(
    text: str, memory: Memory, name: str, by: float
) -> None:
    if isinstance(decided(text, memory, {}), Unknown):
        assert not is_answer(decided(text, memory, {name: stricter(name, by)}))


@given(TEXTS, st.lists(st.sampled_from(STRICT), unique=True), st.floats(0, 2))
def test_several_stricter_thresholds_never_turn_an_abstention_into_an_answer(
    text: str, names: list[str], by: float
) -> None:
    if isinstance(decided(text, Memory(), {}), Unknown):
        assert not is_answer(decided(text, Memory(), {name: stricter(name, by) for name in names}))


@given(TEXTS, st.fixed_dictionaries({name: st.floats(-1, 3) for name in NAMES}))
def test_no_threshold_opens_what_a_guard_closed(text: str, changed: dict[str, float]) -> None:
    usual = decided(text, Memory(), {})
    if isinstance(usual, Decline) and usual.reason != "command":
        assert decided(text, Memory(), changed) == usual


@given(TEXTS, st.fixed_dictionaries({name: st.floats(-1, 3) for name in NAMES}))
def test_no_threshold_makes_a_position_anothers(text: str, changed: dict[str, float]) -> None:
    usual, other = decided(text, Memory(), {}), decided(text, Memory(), changed)
    if isinstance(usual, Position) and isinstance(other, Position):
        assert other.candidate == usual.candidate


TELLING = {
    "campaign": ("que proposent les candidats pour la piscine", ()),
    "chatter": ("bonjour le trombone en cuivre", ()),
    "close": ("piscine, montant de la dette", ()),
    "margin": ("et ça, piscine, repas des enfants", ("pool",)),
    "named": ("Brancaleoni piscine", ()),
    "passing": ("qui est Öztekin, piscine", ()),
    "plain": ("piscine", ()),
    "rivals": ("Brancaleoni piscine dette", ()),
    "stray": ("Brancaleoni et le trombone", ()),
    "together": ("les classes surchargées", ()),
    "told": ("Brancaleoni rembourser millions", ()),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_threshold_decides_some_question(name: str) -> None:
    text, topics = TELLING[name]
    memory = Memory(topics=topics)
    reached = {decided(text, memory, {name: value}) for value in (-5.0, getattr(USUAL, name), 5.0)}
    assert len(reached) > 1


def test_talk_stays_talk_however_strict() -> None:
    strict = {name: stricter(name, 5.0) for name in STRICT}
    assert decided("bonjour", Memory(), strict) == Help("greeting")
