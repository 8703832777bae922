"""Invented elections, as many as wanted, in YAML like a moderator's: to see what size costs.

Towns, people, streets and claims are made of syllables and lots; topics and their phrasings are the real ones
of knowledge/common. The same seed gives the same bytes.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asked import ROOT
from bot.evaluation.slips import one_typo, typos_everywhere
from bot.knowledge.model import Candidate, Election

SEED = 2032
COMMON = ROOT / "knowledge" / "common"
TOPICS = 25
"""The most topics that a candidate speaks on; who makes more statements makes several on each."""
LISTED = 2
"""Phrasings of a topic in each language that `listed` questions use, of the forty that there are."""

_STARTS = (
    "b",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "j",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "t",
    "tr",
    "v",
)
_MIDDLES = ("a", "ai", "e", "é", "i", "o", "ou", "oi", "an", "on", "eu", "in")
_ENDS = ("l", "r", "rd", "n", "x", "sson", "val", "mont", "ric", "ge", "lle", "nac", "t", "du")

_ELECTION = """\
name: {{fr: "Élection municipale de {town}", en: "{town} municipal election"}}
places: [{town}]
rounds:
  - {{date: 2032-03-14, opens: "08:00", closes: "20:00"}}
languages: [fr, en]
order: rotating
checked: 2032-02-20
includes: [common]
starters: [security, housing]
"""
_SOURCE = """\
{id}:
  publisher: {publisher}
  title: "{title}"
  published: 2032-02-{day:02}
  url: https://example.org/{id}/{town}
  language: fr
  retrieved: 2032-02-20
"""
_CANDIDATE = """\
name: {first} {last}
aliases: [{letter}. {last}]
description:
  fr: "Profil inventé, liste « {list} »."
  en: "Invented profile, list \\"{list}\\"."
list: {list}
gender: {gender}
sources: [gazette]
positions:
"""
_CLAIM = """\
    - claim:
        fr: "{fr}"
        en: "{en}"
      quote: {{fr: "{count} places {street}"}}
      source: {source}
      asked_as: {{fr: [{asked} {street}], en: [{street} {asked}]}}
"""
_SAID = (
    (
        "Consacrer {count} 000 euros par an à la rue {street}, dès 2033.",
        "Spend {count},000 euros a year on {street} street, from 2033.",
    ),
    ("Ouvrir {count} places près de la halle {street}.", "Open {count} places near the {street} hall."),
    (
        "Réunir {count} riverains du quai {street} chaque trimestre.",
        "Bring together {count} residents of the {street} quay every quarter.",
    ),
    (
        "Refaire {count} mètres de l'avenue {street} avant 2035.",
        "Rebuild {count} metres of {street} avenue before 2035.",
    ),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many elections, of how many candidates, with how many claims each."""

    elections: int
    candidates: int = 10
    each: int = 5

    @property
    def held(self) -> int:
        """The claims of one election."""
        return self.candidates * self.each

    @property
    def claims(self) -> int:
        return self.elections * self.held

    def __str__(self) -> str:
        return f"{self.elections:,} × {self.held:,} claims"


@dataclass(frozen=True, slots=True)
class Planned:
    """A question and, where one answer is plainly meant, the candidate and the topic it should be about."""

    election: str
    text: str
    candidate: str | None = None
    topic: str | None = None
    code: str = "fr"


def generate(root: Path, size: Size) -> None:
    """Write a knowledge folder of invented elections, about topics drawn from the real ones."""
    shutil.copytree(COMMON, root / "common")
    topics = sorted(path.stem for path in (COMMON / "topics").glob("*.yaml"))
    chance = random.Random(SEED)
    for number in range(size.elections):
        _election(root / f"town-{number:04}", chance, topics, size)


def _election(folder: Path, chance: random.Random, topics: list[str], size: Size) -> None:
    town = _name(chance, 3)
    (folder / "candidates").mkdir(parents=True)
    (folder / "election.yaml").write_text(_ELECTION.format(town=town), encoding="utf-8")
    sources = ("gazette", "radio")
    text = "".join(
        _SOURCE.format(
            id=s, publisher=f"{s.title()} de {town}", title=f"Portraits {town}", day=day, town=folder.name
        )
        for day, s in enumerate(sources, 10)
    )
    (folder / "sources.yaml").write_text(text, encoding="utf-8")
    taken: set[str] = set()
    while len(taken) < size.candidates:
        first, last = _name(chance, 2), _name(chance, 3)
        identifier = _plain(last)
        if identifier in taken:
            continue
        taken.add(identifier)
        written = _CANDIDATE.format(
            first=first,
            last=last,
            letter=first[0],
            list=f"Cap {_name(chance, 2)}",
            gender=chance.choice(("woman", "man")),
        )
        spoken = chance.sample(topics, min(size.each, TOPICS))
        for topic in spoken:
            written += f"  {topic}:\n"
            for _ in range(size.each // len(spoken)):
                french, english = chance.choice(_SAID)
                words = {"street": _name(chance, 3), "count": str(chance.randrange(10, 990))}
                written += _CLAIM.format(
                    fr=french.format(**words), en=english.format(**words),
                    source=chance.choice(sources), asked=_name(chance, 2).lower(), **words,
                )  # fmt: skip
        (folder / "candidates" / f"{identifier}.yaml").write_text(written, encoding="utf-8")


def _name(chance: random.Random, syllables: int) -> str:
    made = "".join(chance.choice(_STARTS) + chance.choice(_MIDDLES) for _ in range(syllables))
    return (made + chance.choice(_ENDS)).capitalize()


def _plain(name: str) -> str:
    return name.lower().replace("é", "e")


def questions(elections: dict[str, Election], asked: list[str], seed: int) -> Iterator[Planned]:
    """A question for each election named: half on a position, others on a topic, a person or voting."""
    chance = random.Random(seed)
    for identifier in asked:
        election = elections[identifier]
        candidate = election.candidates[chance.choice(sorted(election.candidates))]
        surname = candidate.name.partition(" ")[2]
        topic = chance.choice(sorted(candidate.positions))
        code = chance.choice(election.languages)
        way = chance.choice(election.topic(topic).phrasings[code])
        kind = chance.random()
        if kind < 0.5:
            ask = (
                ("que propose {} pour {} ?", "{} {}")
                if code == "fr"
                else ("what does {} say about {}?", "{} {}")
            )
            yield Planned(identifier, chance.choice(ask).format(surname, way), candidate.id, topic)
        elif kind < 0.7:
            yield Planned(
                identifier,
                f"qui parle de {way} ?" if code == "fr" else f"who talks about {way}?",
                None,
                topic,
            )
        elif kind < 0.8:
            yield Planned(
                identifier, f"qui est {surname} ?" if code == "fr" else f"who is {surname}?", candidate.id
            )
        elif kind < 0.9:
            fact = chance.choice(sorted(election.all("facts")))
            yield Planned(identifier, chance.choice(election.fact(fact).phrasings[code]))
        else:
            yield Planned(identifier, f"{_name(chance, 3)} {_name(chance, 2)} ?".lower())


def listed(elections: dict[str, Election], count: int, seed: int) -> Iterator[Planned]:
    """Questions on one candidate and a topic, each in one of the phrasings that a flat list of texts has too.

    In every third one the candidate has said nothing on it. A third are typed without a mistake, a third with one,
    the others with one in every long word.
    """
    chance = random.Random(seed)
    known = sorted(elections)
    for _ in range(count):
        election = elections[chance.choice(known)]
        candidate = election.candidates[chance.choice(sorted(election.candidates))]
        silent = chance.randrange(3) == 0
        topic = chance.choice(_silent(election, candidate) if silent else sorted(candidate.positions))
        code = chance.choice(election.languages)
        way = chance.choice(ways(election, topic, code))
        asked = {"fr": "que propose {} pour {} ?", "en": "what does {} say about {}?"}[code]
        text = chance.choice((asked, "{} {}")).format(surname(candidate.name), way)
        text = chance.choice((lambda text, *_: text, one_typo, typos_everywhere))(text, code, chance)
        yield Planned(election.id, text, candidate.id, None if silent else topic, code)


def _silent(election: Election, candidate: Candidate) -> list[str]:
    """The topics that a candidate has not spoken on, nor on any wider or narrower one."""
    spoken = {near for topic in candidate.positions for near in election.lineage(topic)}
    topics = {topic for topic in election.all("topics") if not spoken & set(election.lineage(topic))}
    return sorted(topics) or sorted(candidate.positions)


def ways(election: Election, topic: str, code: str) -> list[str]:
    """The first phrasings of a topic: those that a flat list can afford."""
    return election.topic(topic).phrasings[code][:LISTED]


def surname(name: str) -> str:
    return name.partition(" ")[2]
