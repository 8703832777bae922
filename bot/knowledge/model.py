"""The knowledge base as values: what a moderator writes in YAML, checked for shape and never changed.

Every class mirrors one kind of file or one part of it; the JSON Schemas for editors are made from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from bot.knowledge.dates import Clock, Day, PartialDate

CLAIM_CHARACTERS = 300
QUOTE_WORDS = 25

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    # To an editor 2020 is a number; here it is read as text, as everything is.
    WithJsonSchema({"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": 1000}),
]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Localised = Annotated[dict[LanguageCode, Line], Field(min_length=1)]
Phrasings = dict[LanguageCode, list[Line]]


def _known_zone(value: object) -> object:
    if isinstance(value, str):
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value[:40]!r} is not a time zone; for France write Europe/Paris") from None
    return value


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, use_attribute_docstrings=True
    )


class Source(_Part):
    """Where a statement can be looked up."""

    publisher: Line
    """Who published it: a newspaper, a town hall, a party."""
    title: Line | None = None
    """Its title, as published."""
    authors: list[Line] = []
    """Who signed it."""
    published: PartialDate | None = None
    """When it was published: 2026-03-15, or 2026-03 or 2026 if no more is known."""
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    """Where voters can read it; without one, the check reminds you."""
    language: LanguageCode
    """The language it is written in: quotes from it are in that language."""
    retrieved: Day | None = None
    """When you read it there."""
    note: Localised | None = None
    """What a voter should know of it: undated, second-hand, read in translation…"""


class Corrected(_Part):
    """What a claim said before it was corrected, so that whoever read it can learn of it."""

    date: Day
    """The day it was corrected."""
    was: Localised
    """What it said before: at most 300 characters."""
    why: Localised
    """Why it was wrong: at most 300 characters."""


class Claim(_Part):
    """One statement, in every language, with the source it rests on."""

    claim: Localised
    """What was said or done, neutrally and in our own words: at most 300 characters, no judging words."""
    quote: Localised | None = None
    """A few words of the source, letter for letter and in its language: at most 25 words."""
    source: Identifier
    """The id of the source in sources.yaml."""
    asked_as: Phrasings = {}
    """What voters may type to find this statement, besides the phrasings of its topic."""
    note: Localised | None = None
    """What a voter should know of this statement: at most 300 characters."""
    corrected: Corrected | None = None
    """What it said before, if it was wrong; voters are shown it under /corrections."""


class Candidate(_Part):
    """Someone who stands for election, and what they are on record as saying, by topic."""

    id: Identifier
    name: Line
    """The full name, as on the ballot paper."""
    aliases: list[Line] = []
    """Whatever else voters call them, and nobody else: spellings, nicknames, roles such as "the mayor"."""
    description: Localised | None = None
    """Who they are, in a sentence or two that anyone can check."""
    list_name: Line | None = Field(None, alias="list")
    """The name of their list."""
    backing: list[Localised] = []
    """The parties that back them, named as in parties.yaml."""
    linked_to: list[Identifier] = []
    """The ids, in people.yaml, of people whose candidate they are known as."""
    gender: Literal["woman", "man"] | None = None
    """woman or man, if known, so that "she" and "he" are understood."""
    sources: list[Identifier] = []
    """The ids of the sources that all this rests on."""
    positions: dict[Identifier, Annotated[list[Claim], Field(min_length=1)]] = {}
    """What they are on record as saying, by the id of a topic."""


class Topic(_Part):
    """What a question can be about; a topic stands for its subtopics too."""

    id: Identifier
    name: Localised
    """What voters see."""
    parent: Identifier | None = None
    """The id of the wider topic this one is a part of."""
    phrasings: Phrasings = {}
    """What voters type when they ask about it, in their own words: at most 8 words each."""


class Fact(_Part):
    """A sourced answer that is nobody's position; without an answer, a question nobody's source settles."""

    id: Identifier
    name: Localised
    """What voters see."""
    topic: Identifier | None = None
    """The id of the topic it belongs to."""
    phrasings: Phrasings = {}
    """What voters type when they ask for it, in their own words: at most 8 words each."""
    answer: list[Claim] = []
    """The statements that answer; without any, the bot says that it does not know."""


class Party(_Part):
    """A party under every name it goes by; candidates belong to it through their backing."""

    name: Localised
    """Its name, as in candidates' backing."""
    aliases: list[Line] = []
    """Whatever else voters call it and its members."""


class Person(_Part):
    """Someone voters name who is not a candidate here."""

    name: Line
    """The full name."""
    aliases: list[Line] = []
    """Whatever else voters call them, if it means nobody else."""
    party: Identifier | None = None
    """The id, in parties.yaml, of the party they founded, led or lead."""


class Places(_Part):
    """Places that are not the one that votes, so that a question about them is not answered by mistake."""

    towns: list[Line] = []
    """Other towns."""
    beyond: list[Line] = []
    """Regions, countries and cities farther away."""
    matters: list[Line] = []
    """Matters that no town decides, and elections that are not this one: pensions, the presidency."""


class Muted(_Part):
    """Questions that moderators do not want to see again: spam and abuse."""

    questions: list[Line] = []
    """Words, in this order, of questions that are not to be kept; others may stand between them."""


class Round(_Part):
    """One day of voting; without a closing time the whole day counts as voting."""

    date: Day
    """The day, as 2026-03-15."""
    opens: Clock = Field(time(8), json_schema_extra={"default": "08:00"})
    """When polls open, as "08:00"."""
    closes: Clock | None = None
    """When polls close, as "20:00"."""


class Order(StrEnum):
    """How candidates follow each other in a comparison."""

    ROTATING = "rotating"
    ALPHABETICAL = "alphabetical"
    BALLOT = "ballot"


class Reviews(StrEnum):
    """Whose edits somebody else must approve before voters see them."""

    NONE = "none"
    NEW_MODERATORS = "new-moderators"
    ALWAYS = "always"


class Description(_Part):
    """What `election.yaml` says of an election."""

    name: Localised
    """What voters see: the kind of election, the place and the year."""
    places: Annotated[list[Line], Field(min_length=1)]
    """The place that votes, and what its inhabitants are called."""
    time_zone: Annotated[str, BeforeValidator(_known_zone)] = "Europe/Paris"
    """Where its clocks stand, such as Europe/Paris."""
    rounds: Annotated[list[Round], Field(min_length=1, max_length=4)]
    """The days of voting, first round first."""
    languages: Annotated[list[LanguageCode], Field(min_length=1)]
    """The languages the bot answers in; every text must be written in each."""
    order: Order = Order.ROTATING
    """How candidates follow each other in a comparison: rotating, alphabetical or ballot."""
    ballot: list[Identifier] = []
    """The ids of all candidates as drawn by lot, for the order ballot."""
    starters: list[Identifier] = []
    """The ids of topics and facts offered to whoever does not know what to ask."""
    reviews: Reviews = Reviews.NONE
    """Whose edits wait for somebody else: none, new-moderators or always; a changed claim or source always does."""
    checked: Day
    """The last day somebody went through the sources: "no sourced statement, checked on…"."""
    includes: list[Identifier] = []
    """The shared folders whose topics, facts and sources belong to this election too."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One folder's topics, facts, sources, parties, people and places, before an election takes them in."""

    topics: Mapping[str, Topic] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    parties: Mapping[str, Party] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    muted: Muted = field(default_factory=Muted)


@dataclass(frozen=True)
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
        found: Topic = self._find("topics", topic)
        return found

    def fact(self, fact: str) -> Fact:
        found: Fact = self._find("facts", fact)
        return found

    def source(self, source: str) -> Source:
        found: Source = self._find("sources", source)
        return found

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

    def lineage(self, topic: str) -> tuple[str, ...]:
        """A topic, then its parent, and so on to the root; nothing for a topic nobody knows."""
        return self._lineages.get(topic, ())

    def branch(self, topic: str) -> frozenset[str]:
        """A topic and everything below it."""
        return self._branches.get(topic, frozenset())

    def claims(self, candidate: str, topic: str) -> list[tuple[str, Claim]]:
        """What a candidate is on record as saying on a topic and its subtopics, as (topic, claim)."""
        positions = self.candidates[candidate].positions
        branch = self.branch(topic)
        return [(held, claim) for held in positions if held in branch for claim in positions[held]]

    @cached_property
    def _lineages(self) -> dict[str, tuple[str, ...]]:
        topics = self.all("topics")
        found: dict[str, tuple[str, ...]] = {}
        for identifier in topics:
            path: list[str] = []
            current: str | None = identifier
            while current is not None and current not in path and current in topics:
                path.append(current)
                current = topics[current].parent
            found[identifier] = tuple(path)
        return found

    @cached_property
    def _branches(self) -> dict[str, frozenset[str]]:
        below: dict[str, set[str]] = {}
        for identifier, path in self._lineages.items():
            for ancestor in path:
                below.setdefault(ancestor, set()).add(identifier)
        return {topic: frozenset(members) for topic, members in below.items()}

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
