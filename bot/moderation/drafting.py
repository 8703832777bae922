"""What a moderator has said of an edit so far: kept from step to step, and across a pause."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from secrets import token_hex
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
    id: str = field(default_factory=lambda: token_hex(8), compare=False)
    """Tells it apart from any other, however alike they are."""

    def with_value(self, key: str, value: str) -> Draft:
        """With one more answer, at the end; answering again moves it there."""
        kept = {other: held for other, held in self.values.items() if other != key}
        return replace(self, values={**kept, key: value})

    def without(self, *keys: str) -> Draft:
        return replace(self, values={key: value for key, value in self.values.items() if key not in keys})

    @property
    def proposal(self) -> str:
        """The id of the proposal that it becomes, as it is filled in now: it is proposed once, and again if changed."""
        return short_id(self.id, self.kind, self.election, *chain.from_iterable(self.values.items()))

    def written(self) -> str:
        """As text that `read` takes."""
        questions = [[q.election, q.language, q.text, q.reason] for q in self.questions]
        held = {
            "kind": self.kind,
            "election": self.election,
            "values": dict(self.values),
            "questions": questions,
            "paused": self.paused,
            "id": self.id,
        }
        return json.dumps(held, ensure_ascii=False)


def short_id(*parts: str) -> str:
    """Sixteen letters and digits, the same for the same parts."""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:16]


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
            id=str(held.get("id") or "") or short_id(text),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
