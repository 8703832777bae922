"""What a moderator has said of an edit so far: kept from step to step, and across a pause."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.state.records import Unanswered

KINDS = (
    *("phrasing", "position", "fact", "topic", "candidate", "source"),
    *("correction", "removal", "muting", "reversal", "naming"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An edit that is not finished: its kind, what was answered, and the questions that it is to answer."""

    kind: str
    election: str
    values: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Unanswered, ...] = ()
    paused: bool = False

    def with_value(self, key: str, value: str) -> Draft:
        """With one more answer, at the end; answering again moves it there."""
        kept = {other: held for other, held in self.values.items() if other != key}
        return replace(self, values={**kept, key: value})

    def without(self, *keys: str) -> Draft:
        return replace(self, values={key: value for key, value in self.values.items() if key not in keys})

    def written(self) -> str:
        """As text that `read` takes."""
        questions = [[q.election, q.language, q.text, q.reason] for q in self.questions]
        held = {
            "kind": self.kind,
            "election": self.election,
            "values": dict(self.values),
            "questions": questions,
            "paused": self.paused,
        }
        return json.dumps(held, ensure_ascii=False)


def read(text: str) -> Draft | None:
    """The draft that was written; None if it is none that this version understands."""
    try:
        held: Any = json.loads(text)
        if held["kind"] not in KINDS:
            return None
        return Draft(
            kind=held["kind"],
            election=str(held["election"]),
            values={str(key): str(value) for key, value in held["values"].items()},
            questions=tuple(Unanswered(*map(str, question)) for question in held["questions"]),
            paused=bool(held["paused"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
