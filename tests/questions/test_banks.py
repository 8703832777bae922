"""One test for each question of the banks: it passes only if the bot does what a careful bot does."""

from __future__ import annotations

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import plain
from bot.evaluation.bank import Question
from bot.evaluation.scoring import Verdict
from tests.questions.misses import BANKS, Bank, assistants, known, result

KNOWN = known()
QUESTIONS = [(bank, question) for bank in BANKS for question in bank.questions()]


@pytest.fixture(scope="session")
def ready() -> dict[str, Assistant]:
    return assistants()


def marked(bank: Bank, question: Question) -> object:
    reason = KNOWN.get(question.id)
    marks = [pytest.mark.xfail(strict=True, reason=reason, raises=AssertionError)] if reason else []
    return pytest.param(bank, question, id=question.id, marks=marks)


@pytest.mark.parametrize(("bank", "question"), [marked(*each) for each in QUESTIONS])
def test_question(bank: Bank, question: Question, ready: dict[str, Assistant]) -> None:
    found = result(bank, question, ready[bank.election])
    if found.verdict is Verdict.MISATTRIBUTED:
        raise Misattributed(f"{question.text!r}: {found.reason}\n{plain(found.reply)}")
    assert found.verdict is Verdict.RIGHT, f"{found.reason}\n{question.text!r}\n{plain(found.reply)}"


class Misattributed(Exception):  # noqa: N818 - no list of known misses excuses it, as it is no AssertionError
    """One candidate's words were shown as another's."""


def test_every_question_has_an_id_of_its_own() -> None:
    ids = [question.id for _, question in QUESTIONS]
    assert len(ids) == len(set(ids))
    assert len(ids) > 1_000


def test_every_known_miss_is_a_question() -> None:
    assert KNOWN.keys() <= {question.id for _, question in QUESTIONS}


def test_every_outcome_is_asked_for_in_every_bank() -> None:
    for bank in BANKS:
        outcomes = {question.outcome for question in bank.questions()}
        assert {"position", "no_position", "comparison", "fact", "unknown", "decline"} <= outcomes


def test_the_banks_ask_about_what_the_base_holds(ready: dict[str, Assistant]) -> None:
    for bank, question in QUESTIONS:
        election = ready[bank.election].base.elections[bank.election]
        assert set(question.candidates) <= set(election.candidates), question.id
        assert all(election.has("topics", t) or election.has("facts", t) for t in question.topics), (
            question.id
        )


def test_few_questions_are_missed() -> None:
    assert len(KNOWN) < 0.05 * len(QUESTIONS)
