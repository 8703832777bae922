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
from bot.knowledge.model import Election

CANDIDATES = 10
CLAIMS = 50
SEED = 2032
COMMON = ROOT / "knowledge" / "common"

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
  {topic}:
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
class Planned:
    """A question and, where one answer is plainly meant, the candidate and the topic it should be about."""

    election: str
    text: str
    candidate: str | None = None
    topic: str | None = None


def generate(root: Path, elections: int, topics: list[str]) -> None:
    """Write a knowledge folder of so many invented elections of fifty claims each."""
    shutil.copytree(COMMON, root / "common")
    chance = random.Random(SEED)
    for number in range(elections):
        _election(root / f"town-{number:04}", chance, topics)


def _election(folder: Path, chance: random.Random, topics: list[str]) -> None:
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
    while len(taken) < CANDIDATES:
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
        for topic in chance.sample(topics, CLAIMS // CANDIDATES):
            french, english = chance.choice(_SAID)
            words = {"street": _name(chance, 3), "count": str(chance.randrange(10, 990))}
            written += _CLAIM.format(
                topic=topic, fr=french.format(**words), en=english.format(**words),
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
