"""How one version of an election differs from another: in its entries, and in how its questions are answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.dialogue.assistant import Assistant
from bot.evaluation.bank import Question
from bot.evaluation.scoring import ask, score
from bot.knowledge.model import Candidate, Claim, Description, Election, Fact, Party, Person, Source, Topic
from bot.moderation.trying import Moved

Entry = Candidate | Claim | Description | Fact | Party | Person | Source | Topic
KINDS: Mapping[str, str] = {
    "topic": "topics",
    "fact": "facts",
    "source": "sources",
    "party": "parties",
    "person": "people",
}
"""Each kind of entry that both an election and what it includes may hold."""


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that one version has and the other has not, or has otherwise."""

    kind: str
    """candidate, topic, fact, claim, source, party, person or election"""
    id: str
    """The entry's id; of a claim, that of the position or the fact it belongs to."""
    was: Entry | None
    now: Entry | None

    @property
    def action(self) -> Literal["added", "removed", "changed"]:
        if self.was is None:
            return "added"
        return "removed" if self.now is None else "changed"

    @property
    def keys(self) -> tuple[str, ...]:
        """What differs, by the words of its file."""
        if self.was is None or self.now is None:
            return ()
        found = type(self.now).model_fields.items()
        return tuple(
            field.alias or name for name, field in found if getattr(self.was, name) != getattr(self.now, name)
        )


def changes(before: Election, after: Election) -> Iterator[Change]:
    """Every entry that differs, claims apart from whom or what they belong to."""
    yield from _changed("election", {before.id: before.description}, {after.id: after.description})
    yield from _changed("candidate", *(_without_positions(each) for each in (before, after)))
    for kind, held in KINDS.items():
        was, now = (_without_answers(each) if kind == "fact" else each.all(held) for each in (before, after))
        yield from _changed(kind, was, now)
    told_before, told_after = _claims(before), _claims(after)
    for holder in sorted({*told_before, *told_after}):
        yield from _claims_changed(holder, told_before.get(holder, ()), told_after.get(holder, ()))


def answered(
    questions: Sequence[Question], election: str, before: Assistant, after: Assistant, now: datetime
) -> list[Moved]:
    """How each question is answered by both."""
    found = []
    for question in questions:
        results = (
            score(question, ask(assistant, question, election, now), assistant.base.elections[election])
            for assistant in (before, after)
        )
        found.append(Moved(*results))
    return found


def _without_positions(election: Election) -> dict[str, Entry]:
    return {c.id: c.model_copy(update={"positions": {}}) for c in election.candidates.values()}


def _without_answers(election: Election) -> dict[str, Entry]:
    return {f.id: f.model_copy(update={"answer": []}) for f in election.all("facts").values()}


def _claims(election: Election) -> dict[str, Sequence[Claim]]:
    """What is said, by the position or the fact it belongs to."""
    found: dict[str, Sequence[Claim]] = {
        f"{candidate.id}/{topic}": claims
        for candidate in election.candidates.values()
        for topic, claims in candidate.positions.items()
    }
    return found | {fact.id: fact.answer for fact in election.all("facts").values()}


def _changed(kind: str, before: Mapping[str, Entry], after: Mapping[str, Entry]) -> Iterator[Change]:
    for identifier in sorted({*before, *after}):
        was, now = before.get(identifier), after.get(identifier)
        if was != now:
            yield Change(kind, identifier, was, now)


def _claims_changed(holder: str, before: Sequence[Claim], after: Sequence[Claim]) -> Iterator[Change]:
    """What was said there and is no longer, what is new, and what is said with other words or another source.

    A claim is known again by its words, else by its source.
    """
    was = [claim for claim in before if claim not in after]
    now = [claim for claim in after if claim not in before]
    for alike in (_same_words, _same_source):
        for old in list(was):
            new = next((claim for claim in now if alike(old, claim)), None)
            if new is not None:
                yield Change("claim", holder, old, new)
                was.remove(old)
                now.remove(new)
    yield from (Change("claim", holder, old, None) for old in was)
    yield from (Change("claim", holder, None, new) for new in now)


def _same_words(one: Claim, other: Claim) -> bool:
    return one.claim == other.claim


def _same_source(one: Claim, other: Claim) -> bool:
    return one.source == other.source
