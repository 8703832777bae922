"""An invented election in which nothing is even: twelve names of every shape, with one statement each up to thirty.

Written as files, beside the real shared topics, as a moderator would write them.
"""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOWN = "treguennac-2032"
NOW = datetime(2032, 3, 1, 12, tzinfo=UTC)

PEOPLE = [
    ("ly", "Anh Ly", "woman", 1),
    ("la-roche-morvan", "Anne-Lise de La Roche-Morvan", "woman", 30),
    ("celik", "Zoë Çelik", "woman", 2),
    ("benali-karim", "Karim Benali", "man", 9),
    ("benali-sonia", "Sonia Benali", "woman", 5),
    ("nguessan", "Aya N'Guessan", "woman", 14),
    ("petit", "Rose Petit", "woman", 3),
    ("vauquelin", "Jean-Baptiste Vauquelin", "man", 22),
    ("szczepanska", "Ewa Szczepańska", "woman", 7),
    ("roy", "Luc Roy", "man", 1),
    ("diallo", "Fatoumata Diallo-Keïta", "woman", 12),
    ("boulanger", "Marc Boulanger", "man", 18),
]
"""Short, long, with accents, with an apostrophe, a surname that two share, and ordinary words."""

_ELECTION = """\
name: {fr: "Élection municipale de Tréguennac", en: "Tréguennac municipal election"}
places: [Tréguennac]
rounds:
  - {date: 2032-03-14, opens: "08:00", closes: "20:00"}
languages: [fr, en]
order: rotating
checked: 2032-02-20
includes: [common]
starters: [security, housing]
"""
_SOURCE = """\
gazette:
  publisher: Gazette de Tréguennac
  title: Portraits
  published: 2032-02-10
  url: https://example.org/gazette
  language: fr
  retrieved: 2032-02-20
"""
_CLAIM = """\
  {topic}:
    - claim:
        fr: Y consacrer {number} 000 euros par an.
        en: Spend {number},000 euros a year on it.
      source: gazette
"""


def write(root: Path) -> None:
    """Write the knowledge folder of this election."""
    shutil.copytree(ROOT / "knowledge" / "common", root / "common")
    folder = root / TOWN
    (folder / "candidates").mkdir(parents=True)
    (folder / "election.yaml").write_text(_ELECTION, encoding="utf-8")
    (folder / "sources.yaml").write_text(_SOURCE, encoding="utf-8")
    topics = sorted(path.stem for path in (root / "common" / "topics").glob("*.yaml"))
    chance = random.Random(TOWN)
    for identifier, name, gender, count in PEOPLE:
        text = f"name: {name}\ngender: {gender}\nsources: [gazette]\npositions:\n"
        spoken_on = chance.sample(topics, min(count, len(topics)))
        text += "".join(_CLAIM.format(topic=t, number=chance.randrange(10, 990)) for t in spoken_on)
        (folder / "candidates" / f"{identifier}.yaml").write_text(text, encoding="utf-8")
