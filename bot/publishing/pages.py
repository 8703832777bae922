"""The pages of one election in one language: which there are, and what each of them shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.composing import CORRECTED_DAYS
from bot.dialogue.outcomes import NAMES
from bot.evaluation.scoring import Verdict
from bot.language.text import fold
from bot.publishing import entries
from bot.publishing.entries import Entry
from bot.publishing.scores import Score
from bot.publishing.views import ClaimView, CorrectionView, Link, SourceView, Views

RULES = ("attribution", "retrieval", "abstention", "advice", "equality", "reading", "date", "privacy")
REFUSALS = ("decline.advice", "decline.prediction", "decline.judgement", "decline.insult", "unknown.private")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its path below the language's folder, the template that shows it, and what it shows."""

    path: str
    template: str
    title: str
    kind: str = ""
    statements: bool = False
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Claims under a heading of their own."""

    link: Link
    id: str
    claims: tuple[ClaimView, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """A candidate in a comparison: statements topic by topic, or none."""

    link: Link
    id: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Resting:
    """A source, and where something is said that rests on it."""

    source: SourceView
    places: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction, where it was made, and what stands there now."""

    link: Link
    correction: CorrectionView
    claim: ClaimView


def pages(views: Views, scores: tuple[Score, ...]) -> Iterator[Page]:
    """Every page of an election in one language."""
    say = views.say
    yield _start(views)
    for candidate in entries.candidates(views.election):
        yield _candidate(views, candidate)
    for topic in views.topics:
        yield _topic(views, topic)
    for fact in views.facts:
        yield _fact(views, fact)
    yield Page("sources.html", "sources", say("site.sources"), shown={"sources": _sources(views)})
    corrections = {"corrections": _corrections(views), "days": CORRECTED_DAYS}
    yield Page("corrections.html", "corrections", say("site.corrections"), shown=corrections)
    rules = {"rules": RULES, "outcomes": list(NAMES.values()), "refusals": REFUSALS}
    yield Page("how.html", "how", say("site.how.title"), shown=rules)
    tables = {"scores": scores, "verdicts": [verdict.value for verdict in Verdict]}
    yield Page("scores.html", "scores", say("site.scores.title"), shown=tables)


def _start(views: Views) -> Page:
    facts = sorted(map(views.fact_link, views.facts), key=lambda link: (fold(link.text.text), link.path))
    shown = {
        "candidates": [views.candidate_link(c) for c in entries.candidates(views.election)],
        "topics": _tree(views, None),
        "facts": facts,
    }
    return Page("index.html", "start", "", shown=shown)


def _tree(views: Views, parent: str | None) -> tuple[Link, ...]:
    """The topics right below a topic, or at the top, by name, each with those below it."""
    found = []
    for topic in views.topics:
        lineage = views.election.lineage(topic)
        if (lineage[1] if len(lineage) > 1 else None) == parent:
            link = views.topic_link(topic)
            found.append(Link(link.text, link.path, count=link.count, below=_tree(views, topic)))
    return tuple(found)


def _candidate(views: Views, candidate: str) -> Page:
    held = views.election.candidates[candidate]
    by_name = views.topics
    positions = sorted(held.positions, key=by_name.index)
    groups = [
        Group(views.topic_link(topic), f"topic-{topic}", tuple(map(views.claim, held.positions[topic])))
        for topic in positions
    ]
    silent = [views.topic_link(t) for t in by_name if not views.election.claims(candidate, t)]
    shown = {
        "name": held.name,
        "list": held.list_name,
        "backing": [views.text(party) for party in held.backing],
        "description": views.text(held.description) if held.description else None,
        "sources": [views.source(source) for source in held.sources],
        "groups": groups,
        "silent": silent,
    }
    path = f"candidates/{candidate}.html"
    return Page(path, "candidate", held.name, "candidate", statements=bool(groups), shown=shown)


def _topic(views: Views, topic: str) -> Page:
    stands = [_stand(views, candidate, topic) for candidate in entries.candidates(views.election)]
    facts = views.election.all("facts")
    shown = {
        "name": views.text(views.election.topic(topic).name),
        "above": [views.topic_link(t) for t in reversed(views.election.lineage(topic)[1:])],
        "below": _tree(views, topic),
        "stands": stands,
        "facts": [views.fact_link(f) for f in views.facts if facts[f].topic == topic],
    }
    spoken = any(stand.groups for stand in stands)
    title = views.text(views.election.topic(topic).name).text
    return Page(f"topics/{topic}.html", "topic", title, "topic", statements=spoken, shown=shown)


def _stand(views: Views, candidate: str, topic: str) -> Stand:
    """What a candidate says on a topic itself, then on those below it by name."""
    claims = views.election.claims(candidate, topic)
    held = {t: [claim for at, claim in claims if at == t] for t, _ in claims}
    by_name = views.topics
    groups = tuple(
        Group(views.topic_link(t), t if t != topic else "", tuple(map(views.claim, held[t])))
        for t in sorted(held, key=lambda t: (t != topic, by_name.index(t)))
    )
    return Stand(views.candidate_link(candidate), f"candidate-{candidate}", groups)


def _fact(views: Views, fact: str) -> Page:
    held = views.election.fact(fact)
    known = held.topic is not None and views.election.has("topics", held.topic)
    shown = {
        "name": views.text(held.name),
        "topic": views.topic_link(held.topic) if known and held.topic else None,
        "claims": [views.claim(claim) for claim in views.facts[fact]],
    }
    return Page(f"facts/{fact}.html", "fact", views.text(held.name).text, "fact", shown=shown)


def _sources(views: Views) -> list[Resting]:
    """Every source that something rests on, by publisher and title."""
    places: dict[str, dict[Link, None]] = {}
    for candidate in entries.candidates(views.election):
        for source in views.election.candidates[candidate].sources:
            places.setdefault(source, {})[views.candidate_link(candidate)] = None
    for entry in _told(views):
        places.setdefault(entry.claim.source, {})[_link(views, entry)] = None
    resting = [Resting(views.source(source), tuple(links)) for source, links in places.items()]
    return sorted(
        resting, key=lambda each: (fold(each.source.publisher), _title(each.source), each.source.id)
    )


def _title(source: SourceView) -> str:
    return fold(source.title.text) if source.title else ""


def _told(views: Views) -> list[Entry]:
    """Every claim that may be told by now."""
    facts = views.facts
    found = entries.entries(views.election)
    return [entry for entry in found if entry.fact is None or entry.claim in facts.get(entry.fact, ())]


def _link(views: Views, entry: Entry) -> Link:
    if entry.fact is not None:
        return views.fact_link(entry.fact)
    return views.position_link(entry.candidate or "", entry.topic or "")


def _corrections(views: Views) -> list[Corrected]:
    return [
        Corrected(_link(views, entry), made, views.claim(entry.claim))
        for entry in entries.corrected(_told(views))
        if (made := views.correction(entry.claim))
    ]
