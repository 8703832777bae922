"""Asking for more certainty only ever makes the bot more silent."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.deciding import decide
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
from tests.invented import TOWN
from tests.strategies import ANY_TEXT, memories, questions

ELECTION = invented.election()
SMALL = Assistant(invented.base(ELECTION))
USUAL = SMALL.thresholds
LOOSER_WHEN_RAISED = {"stray", "chatter"}
"""How much may stay unexplained beside a name, and how much makes talk a question: stricter when lowered."""

NAMES = sorted(field.name for field in fields(USUAL))
STRAYING = ["Brancaleoni et la tarte", "la piscine du zorglub", "arbres et trombone en cuivre", "dette caméras xylophone",
            "bonjour la tarte", "le maire et la planche à voile", "Maud, école, banane, poney"]  # fmt: skip
TEXTS = st.one_of(questions(ELECTION).map(lambda asked: asked.text), st.sampled_from(STRAYING), ANY_TEXT)


def decided(text: str, memory: Memory, changed: dict[str, float]) -> Outcome:
    scope = SMALL.understanding.scope(TOWN)
    query = SMALL.understand(Utterance(text, TOWN), memory)
    return decide(query, scope, memory, replace(USUAL, **changed))


def is_answer(outcome: Outcome) -> bool:
    return isinstance(outcome, Position | Comparison | CandidateCard | FactAnswer | NoPosition)


def stricter(name: str, by: float) -> float:
    return getattr(USUAL, name) - by if name in LOOSER_WHEN_RAISED else getattr(USUAL, name) + by


@given(TEXTS, memories(ELECTION) | st.just(Memory()), st.sampled_from(NAMES), st.floats(0, 2))
def test_a_stricter_threshold_never_turns_an_abstention_into_an_answer(
    text: str, memory: Memory, name: str, by: float
) -> None:
    if isinstance(decided(text, memory, {}), Unknown):
        assert not is_answer(decided(text, memory, {name: stricter(name, by)}))


@given(TEXTS, st.lists(st.sampled_from(NAMES), unique=True), st.floats(0, 2))
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


@pytest.mark.parametrize("name", NAMES)
def test_every_threshold_matters_to_some_question(name: str) -> None:
    texts = [*STRAYING, "piscine", "que disent les candidats de la tarte à la piscine", "Brancaleoni piscine", "piscine et arbres",
             "la piscine olympique de Melbourne", "bonjour le trombone en cuivre", "caméras et dette du trombone", "hello trumpet",
             "les candidats et le zorglub de la piscine", "Tréhouart, la piscine, le zorglub, le trombone, le poney"]  # fmt: skip
    for value in (-5.0, 5.0):
        if any(decided(text, Memory(), {name: value}) != decided(text, Memory(), {}) for text in texts):
            return
    pytest.fail(f"{name} changes nothing")


def test_talk_stays_talk_however_strict() -> None:
    strict = {name: stricter(name, 5.0) for name in NAMES if name != "chatter"}
    assert decided("bonjour", Memory(), strict) == Help("greeting")
