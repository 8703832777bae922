"""An answer is right, asked back, abstained, wrong or misattributed; the last is never excused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.composing import Setting, compose
from bot.dialogue.outcomes import (
    CandidateCard,
    Clarification,
    Comparison,
    Decline,
    FactAnswer,
    NoPosition,
    Outcome,
    Position,
    Unknown,
)
from bot.evaluation.bank import Question
from bot.evaluation.scoring import Verdict, ask, score
from tests import invented
from tests.invented import NOW, TOWN

ELECTION = invented.election()
POSITION = {"outcome": "position", "candidates": ["trehouart"], "topics": ["pool"]}


def question(**expected: Any) -> Question:
    return Question.model_validate({"id": "q", "lang": "fr", "text": "?", **expected})


def verdict(given: Outcome, /, **expected: Any) -> tuple[Verdict, str]:
    reply = compose(given, Setting(ELECTION, "fr", NOW))
    result = score(question(**expected), reply, ELECTION)
    return result.verdict, result.reason


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Position("trehouart", ("pool",)), POSITION),
        (
            Position("oztekin", ("security",)),
            {**POSITION, "candidates": ["oztekin"], "topics": ["night-watch"]},
        ),
        (
            Position("oztekin", ("night-watch",)),
            {**POSITION, "candidates": ["oztekin"], "topics": ["security"]},
        ),
        (Position("trehouart", ("pool",)), {"outcome": "comparison", "accept": ["position"]}),
        (Position("trehouart", ("pool",)), {**POSITION, "must": ["50", "BASSIN"], "must_not": ["gratuite"]}),
        (
            Comparison((), ("pool",)),
            {"outcome": "comparison", "candidates": ["trehouart"], "topics": ["pool"]},
        ),
        (FactAnswer("voting-day"), {"outcome": "fact", "topics": ["voting-day"]}),
        (Unknown("not_understood"), {"outcome": "unknown"}),
        (Decline("advice"), {"outcome": "decline"}),
        (Clarification(("pool", "trees")), {"outcome": "clarification", "topics": ["pool"]}),
        (CandidateCard(("oztekin",)), {"outcome": "candidate", "candidates": ["oztekin"]}),
    ],
)
def test_what_a_careful_bot_does_is_right(outcome: Outcome, expected: dict[str, Any]) -> None:
    assert verdict(outcome, **expected) == (Verdict.RIGHT, "")


@pytest.mark.parametrize(
    ("outcome", "expected", "reason"),
    [
        (Comparison((), ("pool",)), POSITION, "comparison instead of position"),
        (Position("trehouart", ("school",)), POSITION, "is about school"),
        (FactAnswer("town-debt"), {"outcome": "fact", "topics": ["voting-day"]}, "is about town-debt"),
        (Position("trehouart", ("pool",)), {**POSITION, "must": ["80"]}, "lacks /80/"),
        (Position("trehouart", ("pool",)), {**POSITION, "must_not": ["mètres"]}, "holds /mètres/"),
        (
            Comparison((), ("pool",)),
            {"outcome": "comparison", "candidates": ["oztekin"]},
            "does not name oztekin",
        ),
        (NoPosition(("oztekin",), ("pool",)), POSITION, "no_position instead of position"),
        (Decline("advice"), {"outcome": "unknown"}, "decline instead of unknown"),
    ],
)
def test_another_answer_is_wrong_and_says_why(
    outcome: Outcome, expected: dict[str, Any], reason: str
) -> None:
    assert verdict(outcome, **expected) == (Verdict.WRONG, reason)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Unknown("not_understood"), POSITION),
        (Unknown("not_understood"), {"outcome": "fact", "topics": ["voting-day"]}),
        (Clarification(("harbour", "trees")), POSITION),
    ],
)
def test_silence_where_an_answer_was_due_is_an_abstention(outcome: Outcome, expected: dict[str, Any]) -> None:
    assert verdict(outcome, **expected)[0] is Verdict.ABSTAINED


@pytest.mark.parametrize(
    "targets", [("pool", "trees"), ("trehouart", "oztekin"), ("trehouart/pool", "oztekin/pool")]
)
def test_asking_back_with_the_right_choice_among_others_is_asked(targets: tuple[str, ...]) -> None:
    assert verdict(Clarification(targets), **POSITION)[0] is Verdict.ASKED


@pytest.mark.parametrize(
    "expected",
    [
        {"outcome": "position", "candidates": ["oztekin"]},
        {"outcome": "no_position", "candidates": ["argensolle"]},
        {"outcome": "candidate", "candidates": ["oztekin"]},
        {"outcome": "no_position", "candidates": ["argensolle"], "accept": ["position"]},
    ],
)
def test_showing_one_candidates_words_for_another_is_misattributed(expected: dict[str, Any]) -> None:
    assert verdict(Position("trehouart", ("pool",)), **expected)[0] is Verdict.MISATTRIBUTED


def test_a_claim_whose_owner_the_reply_does_not_name_is_misattributed() -> None:
    reply = compose(Position("trehouart", ("pool",)), Setting(ELECTION, "fr", NOW))
    astray = replace(reply, candidates=("oztekin",))
    assert score(question(**POSITION), astray, ELECTION).verdict is Verdict.MISATTRIBUTED


def test_others_words_under_their_own_names_are_no_misattribution() -> None:
    assert (
        verdict(Comparison((), ("pool",)), outcome="no_position", candidates=["argensolle"])[0]
        is Verdict.WRONG
    )


def test_a_question_is_asked_after_its_context(small: Assistant) -> None:
    asked = question(text="et Tréhouart ?", context=["piscine"], **POSITION)
    reply = ask(small, asked, TOWN, NOW)
    assert reply.outcome == Position("trehouart", ("pool",))
    assert score(asked, reply, ELECTION).verdict is Verdict.RIGHT


def test_verdicts_are_ranked_from_best_to_worst() -> None:
    assert list(Verdict) == ["right", "asked", "abstained", "wrong", "misattributed"]
