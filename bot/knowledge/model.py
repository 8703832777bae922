"""The knowledge base as values: what a moderator writes in YAML, checked for shape and never changed.

Every class mirrors one kind of file or one part of it; the JSON Schemas for editors are made from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

CLAIM_CHARACTERS = 300
QUOTE_WORDS = 25

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Localised = Annotated[dict[LanguageCode, Line], Field(min_length=1)]
Phrasings = dict[LanguageCode, list[Line]]


def _full_date(value: object) -> object:
    """Hold `2026-03`, or `2026`, apart from a full date: a source may only name its month or year."""
    if isinstance(value, str) and len(value) not in (4, 7, 10):
        raise ValueError("write a date as 2026-03-15, 2026-03 or 2026")
    return value


PartialDate = Annotated[
    str, BeforeValidator(_full_date), StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?)?$")
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)


class Source(_Part):
    """Where a statement can be looked up."""

    publisher: Line
    title: Line
    authors: list[Line] = []
    published: PartialDate | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    language: LanguageCode
    retrieved: date | None = None
    note: Localised | None = None


class Claim(_Part):
    """One statement, in every language, with the source it rests on."""

    claim: Localised
    quote: Localised | None = None
    source: Identifier
    asked_as: Phrasings = {}
    note: Localised | None = None


class Candidate(_Part):
    """Someone who stands for election, and what they are on record as saying, by topic."""

    id: Identifier
    name: Line
    aliases: list[Line] = []
    description: Localised | None = None
    list_name: Line | None = Field(None, alias="list")
    backing: list[Localised] = []
    linked_to: list[Identifier] = []
    sources: list[Identifier] = []
    positions: dict[Identifier, Annotated[list[Claim], Field(min_length=1)]] = {}


class Topic(_Part):
    """What a question can be about; a topic stands for its subtopics too."""

    id: Identifier
    name: Localised
    parent: Identifier | None = None
    phrasings: Phrasings = {}


class Fact(_Part):
    """A sourced answer that is nobody's position; without an answer, a question nobody's source settles."""

    id: Identifier
    name: Localised
    topic: Identifier | None = None
    phrasings: Phrasings = {}
    answer: list[Claim] = []


class Party(_Part):
    """A party under every name it goes by; candidates belong to it through their backing."""

    name: Localised
    aliases: list[Line] = []


class Person(_Part):
    """Someone voters name who is not a candidate here."""

    name: Line
    aliases: list[Line] = []
    party: Identifier | None = None


class Places(_Part):
    """Places that are not the one that votes, so that a question about them is not answered by mistake."""

    towns: list[Line] = []
    beyond: list[Line] = []


class Round(_Part):
    """One day of voting; without a closing time the whole day counts as voting."""

    date: date
    opens: time = time(8)
    closes: time | None = None


class Order(StrEnum):
    """How candidates follow each other in a comparison."""

    ROTATING = "rotating"
    ALPHABETICAL = "alphabetical"
    BALLOT = "ballot"


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{value!r} is not a time zone; for France write Europe/Paris") from None
    return value


class Description(_Part):
    """What `election.yaml` says of an election."""

    name: Localised
    places: Annotated[list[Line], Field(min_length=1)]
    time_zone: Annotated[str, BeforeValidator(_known_zone)] = "Europe/Paris"
    rounds: Annotated[list[Round], Field(min_length=1, max_length=4)]
    languages: Annotated[list[LanguageCode], Field(min_length=1)]
    order: Order = Order.ROTATING
    ballot: list[Identifier] = []
    starters: list[Identifier] = []
    checked: date
    includes: list[Identifier] = []


@dataclass(frozen=True, slots=True)
class Shared:
    """One folder's topics, facts, sources, parties, people and places, before an election takes them in."""

    topics: Mapping[str, Topic] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    parties: Mapping[str, Party] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    places: Places = field(default_factory=Places)


@dataclass(frozen=True, slots=True)
class Election:
    """Everything the bot may say about one election: its own folder and the shared folders it includes."""

    id: str
    description: Description
    candidates: Mapping[str, Candidate]
    own: Shared
    included: tuple[Shared, ...] = ()

    @property
    def languages(self) -> list[str]:
        return self.description.languages

    def topic(self, topic: str) -> Topic:
        return self._find("topics", topic)

    def fact(self, fact: str) -> Fact:
        return self._find("facts", fact)

    def source(self, source: str) -> Source:
        return self._find("sources", source)

    def has(self, kind: str, identifier: str) -> bool:
        return any(identifier in getattr(shared, kind) for shared in self._layers())

    def all(self, kind: str) -> dict[str, Any]:
        """Every topic, fact, source, party or person by id; the election's own win over the shared ones."""
        merged: dict[str, Any] = {}
        for shared in reversed(self._layers()):
            merged.update(getattr(shared, kind))
        return merged

    def everywhere(self, fact: str) -> bool:
        """Whether a fact holds in any town, because it comes from a shared folder."""
        return fact not in self.own.facts

    def children(self, topic: str) -> list[str]:
        """The topics right below a topic, in the order of their ids."""
        return sorted(t.id for t in self.all("topics").values() if t.parent == topic)

    def lineage(self, topic: str) -> Iterator[str]:
        """A topic, then its parent, and so on to the root."""
        seen: set[str] = set()
        current: str | None = topic
        while current is not None and current not in seen and self.has("topics", current):
            seen.add(current)
            yield current
            current = self.topic(current).parent

    def branch(self, topic: str) -> set[str]:
        """A topic and everything below it."""
        return {other for other in self.all("topics") if topic in self.lineage(other)}

    def claims(self, candidate: str, topic: str) -> list[tuple[str, Claim]]:
        """What a candidate is on record as saying on a topic and its subtopics, as (topic, claim)."""
        positions = self.candidates[candidate].positions
        branch = self.branch(topic)
        return [(held, claim) for held in positions if held in branch for claim in positions[held]]

    def _layers(self) -> list[Shared]:
        return [self.own, *self.included]

    def _find(self, kind: str, identifier: str) -> Any:
        for shared in self._layers():
            found = getattr(shared, kind).get(identifier)
            if found is not None:
                return found
        raise KeyError(f"{self.id} has no {identifier!r} among its {kind}")


@dataclass(frozen=True, slots=True)
class Base:
    """Every election the bot serves, and a version that changes whenever a word of it does."""

    elections: Mapping[str, Election]
    version: str
