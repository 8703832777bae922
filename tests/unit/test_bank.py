"""A question bank tells where it cannot be read, and never stops the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.evaluation.bank import Question, read_bank

Bank = Callable[..., Path]

GOOD = "- {id: q1, lang: fr, text: Piscine ?, outcome: comparison, topics: [pool]}\n"


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    def written(content: str | bytes, name: str = "bank.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def test_a_question_is_read_with_what_a_careful_bot_does(bank: Bank) -> None:
    questions, problems = read_bank(bank(GOOD))
    assert problems == []
    assert questions == [
        Question(id="q1", lang="fr", text="Piscine ?", outcome="comparison", topics=["pool"])
    ]
    assert questions[0].style == "plain"
    assert (questions[0].accept, questions[0].must, questions[0].context) == ([], [], [])


def test_a_bank_may_be_lines_of_json(bank: Bank) -> None:
    lines = '{"id": "a", "lang": "en", "text": "pool", "outcome": "fact", "context": ["hi"]}\n\n'
    questions, problems = read_bank(bank(lines, "bank.jsonl"))
    assert problems == []
    assert [(q.id, q.context) for q in questions] == [("a", ["hi"])]


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (
            "- {id: q, lang: fr, text: a, outcome: maybe}\n",
            ":1:",
            "'maybe' is not an outcome; use one of candidate",
        ),
        (
            GOOD + "- {id: q, lang: fr, text: a, outcome: fact, accept: [never]}\n",
            ":2:",
            "'never' is not an outcome",
        ),
        ("- {id: q, lang: fr, text: a, outcome: fact, must: ['(']}\n", ":1:", "is not a regular expression"),
        (
            "- {id: q, lang: fr, text: a, outcome: fact, must_not: ['[']}\n",
            ":1:",
            "is not a regular expression",
        ),
        ("- {lang: fr, text: a, outcome: fact}\n", ":1:", "id: Field required"),
        ("- {id: q, lang: fr, text: a, outcome: fact, topic: pool}\n", ":1:", "topic: Extra inputs"),
        (
            "- {id: q, lang: fr, text: a, outcome: fact, topics: pool}\n",
            ":1:",
            "topics: Input should be a valid list",
        ),
        ("- just text\n", ":1:", ""),
        (GOOD * 2 + "- 3\n", ":3:", ""),
    ],
)
def test_a_bad_question_is_a_problem_at_its_line(bank: Bank, content: str, where: str, what: str) -> None:
    questions, problems = read_bank(bank(content))
    assert len(problems) == 1
    assert where in str(problems[0])
    assert what in problems[0].message
    assert len(questions) == content.count("outcome: comparison")


@pytest.mark.parametrize(
    ("content", "name", "what"),
    [
        ("questions: {}\n", "bank.yaml", "a question bank is a list of questions"),
        ("- {id: q\n", "bank.yaml", ""),
        (b"\xff\xfe\x00", "bank.yaml", "cannot be read"),
        ("{\n", "bank.jsonl", "this line is not JSON"),
        ("", "bank.yaml", ""),
    ],
)
def test_a_bank_that_is_none_is_a_problem(bank: Bank, content: str | bytes, name: str, what: str) -> None:
    questions, problems = read_bank(bank(content, name))
    assert questions == []
    assert problems
    assert what in str(problems[0])


def test_a_bad_line_of_json_does_not_hide_the_others(bank: Bank) -> None:
    good = '{"id": "a", "lang": "en", "text": "pool", "outcome": "fact"}'
    questions, problems = read_bank(bank(f"{good}\nnot json\n{good}\n[]\n", "bank.jsonl"))
    assert len(questions) == 2
    assert [p.place.line for p in problems] == [2, 4]


def test_a_missing_bank_is_a_problem(tmp_path: Path) -> None:
    questions, problems = read_bank(tmp_path / "none.yaml")
    assert questions == []
    assert "cannot be read" in problems[0].message
