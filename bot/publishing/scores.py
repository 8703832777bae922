"""How the bot does on the question banks that come with an election, counted for its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.dialogue.assistant import Assistant
from bot.dialogue.outcomes import NAMES
from bot.evaluation.bank import Question, banks_of, read_bank
from bot.evaluation.scoring import Verdict, ask, score
from bot.knowledge.document import Problem
from bot.knowledge.model import Election


@dataclass(frozen=True, slots=True)
class Row:
    """Of the questions with one outcome: how many there are, and how many came to each verdict, best first."""

    outcome: str
    questions: int
    verdicts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The rows of the questions in one language, and their sum."""

    language: str
    rows: tuple[Row, ...]
    whole: Row


def read_banks(root: Path, election: str) -> tuple[list[Question], list[Problem]]:
    """The questions that come with an election, and what keeps the others from being read."""
    read = [read_bank(path) for path in banks_of(root, election)]
    return [q for found, _ in read for q in found], [p for _, found in read for p in found]


def scores(
    assistant: Assistant, election: Election, questions: Sequence[Question], now: datetime
) -> tuple[Score, ...]:
    """What the questions come to, language by language: the election's own first."""
    counted: dict[str, dict[str, Counter[Verdict]]] = {}
    for question in questions:
        reply = ask(assistant, question, election.id, now)
        counts = counted.setdefault(question.lang, {}).setdefault(question.outcome, Counter())
        counts[score(question, reply, election).verdict] += 1
    known = [code for code in election.languages if code in counted]
    return tuple(_score(code, counted[code]) for code in (*known, *sorted(counted.keys() - known)))


def _score(language: str, counted: dict[str, Counter[Verdict]]) -> Score:
    rows = [_row(outcome, [counted[outcome]]) for outcome in NAMES.values() if outcome in counted]
    return Score(language, tuple(rows), _row("", counted.values()))


def _row(outcome: str, counted: Iterable[Counter[Verdict]]) -> Row:
    together: Counter[Verdict] = sum(counted, Counter())
    return Row(outcome, together.total(), tuple(together[verdict] for verdict in Verdict))
