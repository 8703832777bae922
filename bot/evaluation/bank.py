"""Reading question banks: YAML lists or JSON lines of questions with the outcome each should have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.dialogue.outcomes import NAMES
from bot.knowledge.document import Place, Problem, parse


def _outcome(value: object) -> object:
    if value not in NAMES.values():
        raise ValueError(f"{value!r} is not an outcome; use one of {', '.join(sorted(NAMES.values()))}")
    return value


def _expression(value: object) -> object:
    try:
        re.compile(str(value))
    except re.error as error:
        raise ValueError(f"{value!r} is not a regular expression: {error}") from None
    return value


Outcome = Annotated[str, BeforeValidator(_outcome)]
Expression = Annotated[str, BeforeValidator(_expression)]


class Question(BaseModel):
    """One question, and what a careful bot does with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    lang: str
    text: str
    style: str = "plain"
    outcome: Outcome
    accept: list[Outcome] = []
    candidates: list[str] = []
    topics: list[str] = []
    must: list[Expression] = []
    must_not: list[Expression] = []
    context: list[str] = []


def banks_of(root: Path, election: str) -> list[Path]:
    """The question banks that an election brings with it, in the order of their names."""
    return sorted((root / election / "questions").glob("*.yaml"))


def read_bank(path: Path) -> tuple[list[Question], list[Problem]]:
    """The questions of a file, and the problems of those that could not be read."""
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [], [Problem(Place(name), f"this question bank cannot be read: {error}")]
    if path.suffix == ".jsonl":
        return _validated(_json_lines(text, name))
    document = parse(text, path, name)
    if document.problems and not isinstance(document.tree, list):
        return [], list(document.problems)
    if not isinstance(document.tree, list):
        return [], [Problem(Place(name), "a question bank is a list of questions")]
    return _validated((document.place((i,)), entry) for i, entry in enumerate(document.tree))


def _json_lines(text: str, name: str) -> Iterable[tuple[Place, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield Place(name, number), json.loads(line)
            except json.JSONDecodeError as error:
                yield Place(name, number, error.colno), error


def _validated(entries: Iterable[tuple[Place, Any]]) -> tuple[list[Question], list[Problem]]:
    questions, problems = [], []
    for place, entry in entries:
        if isinstance(entry, json.JSONDecodeError):
            problems.append(Problem(place, f"this line is not JSON: {entry.msg}"))
            continue
        try:
            questions.append(Question.model_validate(entry))
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                at = ".".join(map(str, detail["loc"]))
                problems.append(Problem(place, f"{at}: {detail['msg'].removeprefix('Value error, ')}"))
    return questions, problems
