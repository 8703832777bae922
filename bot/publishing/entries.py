"""What the pages and the exports are made of: every claim with whom or what it belongs to, in one order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.dialogue.composing import surname_key
from bot.knowledge.model import Claim, Election, Order


@dataclass(frozen=True, slots=True)
class Entry:
    """One claim: a candidate's on a topic, or part of a fact."""

    claim: Claim
    candidate: str | None = None
    topic: str | None = None
    fact: str | None = None


def order(election: Election) -> Order:
    """How candidates follow each other where nothing can be drawn by lot for each reader."""
    declared = election.description.order
    return Order.ALPHABETICAL if declared is Order.ROTATING else declared


def candidates(election: Election) -> list[str]:
    """All candidates, in the order of the ballot if the election has one, else by surname."""
    by_name = sorted(election.candidates, key=lambda c: (surname_key(election.candidates[c].name), c))
    if order(election) is not Order.BALLOT:
        return by_name
    ballot = election.description.ballot
    return sorted(by_name, key=lambda c: ballot.index(c) if c in ballot else len(ballot))


def entries(election: Election) -> Iterator[Entry]:
    """Every claim: candidate by candidate and topic by topic, then fact by fact."""
    for candidate in candidates(election):
        positions = election.candidates[candidate].positions
        for topic in sorted(positions):
            for claim in positions[topic]:
                yield Entry(claim, candidate, topic)
    facts = election.all("facts")
    for fact in sorted(facts):
        for claim in facts[fact].answer:
            yield Entry(claim, topic=facts[fact].topic, fact=fact)


def corrected(found: Iterable[Entry]) -> list[Entry]:
    """The claims that were corrected, latest first."""
    dated = [(entry.claim.corrected.date, entry) for entry in found if entry.claim.corrected]
    return [entry for _, entry in sorted(dated, key=lambda each: each[0], reverse=True)]
