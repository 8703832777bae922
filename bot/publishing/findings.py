"""What a moderator may want to mend next, each finding with its place and the figures that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from statistics import median
from typing import Any

from bot.knowledge.checks.walking import Spot, claims, texts, ways
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Claim, Election, Source

Said = tuple[Spot, Claim]


class Kind(StrEnum):
    """What can be found, in the order in which it is told."""

    UNSOURCED = "unsourced"
    NO_LINK = "no-link"
    SINGLE_SOURCE = "single-source"
    OLD = "old"
    UNDATED = "undated"
    MISSING_LANGUAGE = "missing-language"
    FEW = "few"
    NO_POSITION = "no-position"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: what it is about (`candidates`, `facts`… and an id), where, and the values that show it."""

    kind: Kind
    about: str
    subject: str
    place: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def findings(loaded: Loaded, election: Election, today: date, older_than: int) -> tuple[Finding, ...]:
    """Everything found in one election, kind by kind; no place is named for what is missing everywhere."""
    alone = replace(loaded, base=replace(loaded.base, elections={election.id: election}))
    said = [(spot, claim) for _, spot, claim in claims(alone)]
    since = today - timedelta(days=older_than)
    return tuple(
        chain(
            _unsourced(alone, election),
            _no_link(alone, election, said),
            _single_source(alone, election),
            _old(election, said, since),
            _undated(alone, election, said),
            _missing_language(alone),
            _few(alone, election),
            _no_position(election),
        )
    )


def _unsourced(loaded: Loaded, election: Election) -> Iterator[Finding]:
    """What no source stands behind: a candidate, what is said of who they are, a fact that nobody answers."""
    for candidate in _by_id(election.candidates):
        if not candidate.sources and (candidate.description or not candidate.positions):
            lacking = "candidate" if not candidate.positions else "description"
            spot = Spot(loaded, election.id, "candidates", candidate.id)
            yield _finding(Kind.UNSOURCED, spot, lacking=lacking)
    for fact in _by_id(election.all("facts")):
        if not fact.answer:
            yield _finding(Kind.UNSOURCED, Spot(loaded, election.id, "facts", fact.id), lacking="fact")


def _no_link(loaded: Loaded, election: Election, said: list[Said]) -> Iterator[Finding]:
    """A source that voters cannot open."""
    resting = Counter(claim.source for _, claim in said)
    for identifier, source in sorted(election.all("sources").items()):
        if source.url is None:
            yield _of_source(Kind.NO_LINK, loaded, election, identifier, claims=resting[identifier])


def _single_source(loaded: Loaded, election: Election) -> Iterator[Finding]:
    """A candidate known through one pair of eyes only."""
    for candidate in _by_id(election.candidates):
        held = [claim for each in candidate.positions.values() for claim in each]
        sources = {claim.source for claim in held}
        if len(sources) == 1:
            spot = Spot(loaded, election.id, "candidates", candidate.id, ("positions",))
            source = election.source(sources.pop())
            yield _finding(Kind.SINGLE_SOURCE, spot, claims=len(held), source=source)


def _old(election: Election, said: list[Said], since: date) -> Iterator[Finding]:
    """What somebody's claims, or a fact's, rest on that was published or read before a day; once for each source."""
    aged = {id_ for id_, source in election.all("sources").items() if _was(source, since)}
    first: dict[tuple[str, str | None, str], Spot] = {}
    count: Counter[tuple[str, str | None, str]] = Counter()
    for spot, claim in said:
        if claim.source in aged:
            key = (spot.kind, spot.id, claim.source)
            first.setdefault(key, spot.at("source"))
            count[key] += 1
    for key, spot in sorted(first.items()):
        yield _finding(Kind.OLD, spot, claims=count[key], source=election.source(key[2]))


def _was(source: Source, since: date) -> bool:
    """Whether a source is surely from before a day: of a month, or a year, the last day counts."""
    published = source.published
    if published is not None and published < since.isoformat()[: len(published)]:
        return True
    return source.retrieved is not None and source.retrieved < since


def _undated(loaded: Loaded, election: Election, said: list[Said]) -> Iterator[Finding]:
    """A source of which nobody can tell whether it is old."""
    resting = Counter(claim.source for _, claim in said)
    for identifier, source in sorted(election.all("sources").items()):
        if source.published is None and source.retrieved is None:
            yield _of_source(Kind.UNDATED, loaded, election, identifier, claims=resting[identifier])


def _missing_language(loaded: Loaded) -> Iterator[Finding]:
    """What voters of one language are not shown, or not understood by; a finding for each language."""
    for text in texts(loaded):
        for code in text.election.languages:
            if code not in text.words:
                yield _finding(Kind.MISSING_LANGUAGE, text.spot, language=code, role=text.role)
    for way in ways(loaded):
        for code in way.election.languages:
            if not way.phrasings.get(code):
                yield _finding(Kind.MISSING_LANGUAGE, way.spot, language=code, role="phrasings")


def _few(loaded: Loaded, election: Election) -> Iterator[Finding]:
    """A candidate with fewer than half of the claims that the middle one has."""
    counts = {c.id: sum(map(len, c.positions.values())) for c in _by_id(election.candidates)}
    middle = median(counts.values()) if counts else 0
    for identifier, count in counts.items():
        if count < middle / 2:
            spot = Spot(loaded, election.id, "candidates", identifier, ("positions",))
            yield _finding(Kind.FEW, spot, claims=count, median=middle)


def _no_position(election: Election) -> Iterator[Finding]:
    """How many topics nobody has a statement on; which ones is in the values."""
    topics = sorted(election.all("topics"))
    silent = [t for t in topics if not any(election.claims(c, t) for c in election.candidates)]
    if silent:
        values = {"topics": tuple(silent), "count": len(silent), "total": len(topics)}
        yield Finding(Kind.NO_POSITION, "topics", "", values=values)


def _by_id(parts: Mapping[str, Any]) -> list[Any]:
    return [parts[identifier] for identifier in sorted(parts)]


def _finding(kind: Kind, spot: Spot, **values: Any) -> Finding:
    place = str(spot.loaded.place(spot.folder, spot.kind, spot.id, spot.keys))
    return Finding(kind, spot.kind, spot.id or "", place, values)


def _of_source(kind: Kind, loaded: Loaded, election: Election, identifier: str, claims: int) -> Finding:
    spot = Spot(loaded, election.id, "sources", identifier)
    return _finding(kind, spot, claims=claims, source=election.source(identifier))
