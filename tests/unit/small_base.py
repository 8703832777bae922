"""A small valid knowledge base, of which a test replaces, adds or leaves out a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

FILES: Mapping[str, str] = {
    "common/topics/safety.yaml": """\
name: {fr: Sécurité, en: Safety}
phrasings: {fr: [sécurité, vols], en: [safety, theft]}
""",
    "common/topics/cameras.yaml": """\
name: {fr: Caméras, en: Cameras}
parent: safety
phrasings: {fr: [caméras], en: [cameras]}
""",
    "common/facts/how-to-vote.yaml": """\
name: {fr: Comment voter, en: How to vote}
topic: safety
phrasings: {fr: [comment voter], en: [how to vote]}
answer:
  - claim: {fr: On vote avec sa carte., en: People vote with their card.}
    source: law
""",
    "common/sources.yaml": """\
law:
  publisher: The State
  title: The law
  url: https://example.org/law
  language: fr
""",
    "common/parties.yaml": """\
garden: {name: {fr: Le Jardin, en: The Garden}}
""",
    "town-2030/election.yaml": """\
name: {fr: Élection de 2030, en: Election of 2030}
places: [Town]
rounds:
  - {date: 2030-03-10, opens: "08:00", closes: "20:00"}
  - {date: 2030-03-17}
languages: [fr, en]
checked: 2030-02-20
includes: [common]
starters: [safety, how-to-vote]
""",
    "town-2030/sources.yaml": """\
gazette:
  publisher: The Gazette
  title: Who wants what
  published: 2030-02
  url: https://example.org/gazette
  language: en
  retrieved: 2030-02-19
""",
    "town-2030/people.yaml": """\
bloom: {name: Ada Bloom, party: garden}
""",
    "town-2030/candidates/rose.yaml": """\
name: Rose Petal
aliases: [Rosy]
description: {fr: Fleuriste., en: A florist.}
backing: [{fr: Le Jardin, en: The Garden}]
linked_to: [bloom]
sources: [gazette]
positions:
  cameras:
    - claim:
        fr: Elle veut 1 200 caméras.
        en: She wants 1,200 cameras.
      quote: {en: "twelve hundred cameras"}
      source: gazette
      asked_as: {fr: [combien de caméras], en: [how many cameras]}
""",
    "town-2030/candidates/thorn.yaml": """\
name: Ted Thorn
""",
}

Write = Callable[[Mapping[str, str | bytes | None]], Path]
