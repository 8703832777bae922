"""Who is on record as saying how much on what, and what a base still lacks, as values that any page can show.

Nothing here judges a candidate: a count measures what was read and written down, not what anyone stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.knowledge.loading import Loaded
from bot.knowledge.model import Election, Localised
from bot.language.text import fold
from bot.publishing.findings import Finding, findings

OLD = 365
"""Days after which a source is old, if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Row:
    """One topic, how deep it stands in the tree, and how many statements each candidate has on it and below."""

    topic: str
    name: str
    depth: int
    counts: tuple[int, ...]

    @property
    def silent(self) -> bool:
        """Whether nobody has a statement here."""
        return not any(self.counts)


@dataclass(frozen=True, slots=True)
class Tally:
    """One candidate in figures; `missing` counts topics without a statement, `share` is their part of all topics."""

    candidate: str
    name: str
    topics: int
    claims: int
    characters: int
    missing: int
    share: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one election's base holds; each row's counts stand in the order of the candidates."""

    election: str
    name: str
    checked: date
    version: str
    candidates: tuple[Tally, ...]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def covered(loaded: Loaded, election: Election, code: str, today: date, older_than: int = OLD) -> Coverage:
    """The coverage of an election, for a reader of the language `code`, as it stands on a day."""
    candidates = sorted(election.candidates)
    rows = tuple(
        Row(topic, name, depth, tuple(len(election.claims(c, topic)) for c in candidates))
        for topic, name, depth in _tree(election, code)
    )
    tallies = tuple(
        _tally(election, candidate, code, sum(not row.counts[column] for row in rows), len(rows))
        for column, candidate in enumerate(candidates)
    )
    return Coverage(
        election.id,
        in_language(election.description.name, code),
        election.description.checked,
        loaded.base.version,
        tallies,
        rows,
        findings(loaded, election, today, older_than),
    )


def in_language(words: Localised, code: str) -> str:
    """A text in the reader's language, else in the first it is written in."""
    return words.get(code) or next(iter(words.values()))


def _tally(election: Election, identifier: str, code: str, missing: int, topics: int) -> Tally:
    candidate = election.candidates[identifier]
    claims = [claim for held in candidate.positions.values() for claim in held]
    return Tally(
        identifier,
        candidate.name,
        len(candidate.positions),
        len(claims),
        sum(len(in_language(claim.claim, code)) for claim in claims),
        missing,
        missing / topics if topics else 0.0,
    )


def _tree(election: Election, code: str) -> list[tuple[str, str, int]]:
    """Every topic below its parent, by name, as (id, name, depth)."""
    found = []
    for topic in election.all("topics"):
        lineage = [
            in_language(election.topic(above).name, code) for above in reversed(election.lineage(topic))
        ]
        found.append(([fold(part) for part in lineage], topic, lineage[-1], len(lineage) - 1))
    return [(topic, name, depth) for _, topic, name, depth in sorted(found)]
