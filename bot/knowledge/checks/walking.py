"""Ways through a base that keep hold of where everything stands, for checks to walk along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from bot.knowledge.document import Keys, Problem
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Claim, Election, Localised, Phrasings, Shared

Role = Literal["name", "description", "backing", "claim", "note"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Something in the base, and how to find its place in a file if it comes to that."""

    loaded: Loaded
    folder: str
    kind: str
    id: str | None = None
    keys: Keys = ()

    def at(self, *keys: str | int) -> Spot:
        return Spot(self.loaded, self.folder, self.kind, self.id, (*self.keys, *keys))

    def problem(self, message: str) -> Problem:
        return Problem(self.loaded.place(self.folder, self.kind, self.id, self.keys), message)

    def notice(self, message: str) -> Problem:
        return replace(self.problem(message), notice=True)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in several languages, what it serves for, and the election whose voters read it."""

    election: Election
    spot: Spot
    role: Role
    words: Localised


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of asking for one topic or fact that are written in one spot."""

    election: Election
    spot: Spot
    entry: tuple[str, str]
    phrasings: Phrasings


def elections(loaded: Loaded) -> Iterator[tuple[Election, Spot]]:
    for election in loaded.base.elections.values():
        yield election, Spot(loaded, election.id, "election")


def layers(election: Election) -> Iterator[tuple[str, Shared]]:
    """An election's own folder, then those it includes, each with its name."""
    yield election.id, election.own
    yield from zip(election.description.includes, election.included, strict=True)


def folders(loaded: Loaded, once: bool = False) -> Iterator[tuple[Election, str, Shared]]:
    """Every folder of every election; if `once`, a shared one only for the first of those with the same languages.

    What is wrong with a text by itself is as wrong in all of them, and sixty elections share most of their words.
    """
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for election, _ in elections(loaded):
        for folder, shared in layers(election):
            key = (folder, tuple(election.languages))
            if not (once and key in seen):
                seen.add(key)
                yield election, folder, shared


def claims(loaded: Loaded, once: bool = False) -> Iterator[tuple[Election, Spot, Claim]]:
    """Every claim of a candidate or of a fact; if `once`, those of shared folders not for each election."""
    for election, _ in elections(loaded):
        for candidate in election.candidates.values():
            spot = Spot(loaded, election.id, "candidates", candidate.id)
            for topic, held in candidate.positions.items():
                for index, claim in enumerate(held):
                    yield election, spot.at("positions", topic, index), claim
    for election, folder, shared in folders(loaded, once):
        for fact in shared.facts.values():
            for index, claim in enumerate(fact.answer):
                yield election, Spot(loaded, folder, "facts", fact.id, ("answer", index)), claim


def texts(loaded: Loaded, once: bool = False) -> Iterator[Text]:
    """Every text that a voter may be shown in their language; if `once`, shared ones not for each election."""
    for election, spot in elections(loaded):
        yield Text(election, spot.at("name"), "name", election.description.name)
        yield from _of_candidates(loaded, election)
    for election, folder, shared in folders(loaded, once):
        yield from _of_folder(loaded, election, folder, shared)
    for election, spot, claim in claims(loaded, once):
        yield Text(election, spot.at("claim"), "claim", claim.claim)
        if claim.note:
            yield Text(election, spot.at("note"), "note", claim.note)
        if claim.corrected:
            yield Text(election, spot.at("corrected", "was"), "note", claim.corrected.was)
            yield Text(election, spot.at("corrected", "why"), "note", claim.corrected.why)


def _of_candidates(loaded: Loaded, election: Election) -> Iterator[Text]:
    for candidate in election.candidates.values():
        spot = Spot(loaded, election.id, "candidates", candidate.id)
        if candidate.description:
            yield Text(election, spot.at("description"), "description", candidate.description)
        for index, backing in enumerate(candidate.backing):
            yield Text(election, spot.at("backing", index), "backing", backing)


def _of_folder(loaded: Loaded, election: Election, folder: str, shared: Shared) -> Iterator[Text]:
    for kind in ("topics", "facts", "parties"):
        for identifier, part in getattr(shared, kind).items():
            yield Text(election, Spot(loaded, folder, kind, identifier, ("name",)), "name", part.name)
    for identifier, source in shared.sources.items():
        if source.note:
            yield Text(election, Spot(loaded, folder, "sources", identifier, ("note",)), "note", source.note)


def ways(loaded: Loaded, once: bool = False) -> Iterator[Ways]:
    """Every way of asking; what a candidate's claim is asked as leads to the topic of that claim.

    If `once`, those of shared folders are not told for each election.
    """
    for election, folder, shared in folders(loaded, once):
        for kind in ("topics", "facts"):
            for identifier, part in getattr(shared, kind).items():
                spot = Spot(loaded, folder, kind, identifier, ("phrasings",))
                yield Ways(election, spot, (kind, identifier), part.phrasings)
    for election, spot, claim in claims(loaded, once):
        if claim.asked_as:
            entry = ("facts", spot.id or "") if spot.kind == "facts" else ("topics", str(spot.keys[1]))
            yield Ways(election, spot.at("asked_as"), entry, claim.asked_as)
