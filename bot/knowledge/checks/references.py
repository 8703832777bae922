"""Checks that whatever names something else in the base names something that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.knowledge.checks.walking import Spot, claims, elections, layers
from bot.knowledge.document import Problem
from bot.knowledge.loading import Loaded, suggest
from bot.knowledge.model import Election

WHERE: Mapping[str, str] = {
    "candidates": "candidate {} has no file in candidates/",
    "topics": "topic {} has no file in topics/",
    "facts": "fact {} has no file in facts/",
    "sources": "source {} is not in sources.yaml",
    "parties": "party {} is not in parties.yaml",
    "people": "person {} is not in people.yaml",
}


def known_sources(loaded: Loaded) -> Iterator[Problem]:
    """A claim nobody can look up must not be repeated to a voter."""
    for election, spot, claim in claims(loaded):
        yield from unknown(election, spot.at("source"), claim.source, "sources")
    for election, _ in elections(loaded):
        for candidate in election.candidates.values():
            spot = Spot(loaded, election.id, "candidates", candidate.id)
            for index, source in enumerate(candidate.sources):
                yield from unknown(election, spot.at("sources", index), source, "sources")


def used_sources(loaded: Loaded) -> Iterator[Problem]:
    """A source that no claim rests on is a claim someone forgot to write, or a leftover to remove."""
    if any(not problem.notice for problem in loaded.problems):
        return  # what could not be read may well use it
    used: set[tuple[str, str]] = set()
    for election, _, claim in claims(loaded):
        used.update(_home(election, claim.source))
    for election, _ in elections(loaded):
        for candidate in election.candidates.values():
            for source in candidate.sources:
                used.update(_home(election, source))
    for election, _ in elections(loaded):
        for folder, shared in layers(election):
            for source in shared.sources:
                if (folder, source) not in used:
                    message = f"nothing rests on source '{source}'; use it or remove it"
                    yield Spot(loaded, folder, "sources", source).problem(message)


def linked_sources(loaded: Loaded) -> Iterator[Problem]:
    """A voter can look up a statement far more easily with its web address: to complete, if there is one."""
    for election, _ in elections(loaded):
        for folder, shared in layers(election):
            for identifier, source in shared.sources.items():
                if source.url is None:
                    spot = Spot(loaded, folder, "sources", identifier)
                    yield spot.notice(f"source '{identifier}' has no url: to complete")


def known_ids(loaded: Loaded) -> Iterator[Problem]:
    """A position on a topic that is not there is never found, and a person who is not there links nobody."""
    for election, spot in elections(loaded):
        for candidate in election.candidates.values():
            own = Spot(loaded, election.id, "candidates", candidate.id)
            for topic in candidate.positions:
                yield from unknown(election, own.at("positions", topic), topic, "topics")
            for index, person in enumerate(candidate.linked_to):
                yield from unknown(election, own.at("linked_to", index), person, "people")
        for folder, shared in layers(election):
            for kind, key, target in (
                ("topics", "parent", "topics"),
                ("facts", "topic", "topics"),
                ("people", "party", "parties"),
            ):
                for identifier, part in getattr(shared, kind).items():
                    there = Spot(loaded, folder, kind, identifier, (key,))
                    yield from unknown(election, there, getattr(part, key), target)
        for index, starter in enumerate(election.description.starters):
            yield from unknown(election, spot.at("starters", index), starter, "topics", "facts", "candidates")


def single_ids(loaded: Loaded) -> Iterator[Problem]:
    """An id leads to one thing: a tapped choice must not open a topic where a candidate was meant."""
    for election, _ in elections(loaded):
        taken: dict[str, str] = dict.fromkeys(election.all("topics"), "topic")
        for kind, named, ids in (
            ("facts", "fact", election.all("facts")),
            ("candidates", "candidate", election.candidates),
        ):
            for identifier in ids:
                if identifier in taken:
                    message = f"'{identifier}' is already a {taken[identifier]}; give this {named} another id"
                    yield Spot(loaded, election.id, kind, identifier).problem(message)
            taken |= dict.fromkeys(ids, named)
        homes: dict[str, str] = {}
        for folder, shared in layers(election):
            for source in shared.sources:
                if homes.setdefault(source, folder) != folder:
                    message = f"source '{source}' is also in {folder}/sources.yaml; give it another id here"
                    yield Spot(loaded, homes[source], "sources", source).problem(message)


def topic_tree(loaded: Loaded) -> Iterator[Problem]:
    """A topic stands for what is below it; one that is below itself stands for nothing."""
    for election, _ in elections(loaded):
        for topic in election.all("topics"):
            lineage = list(election.lineage(topic))
            if election.topic(lineage[-1]).parent == topic and topic == min(lineage):
                circle = " > ".join((*reversed(lineage), lineage[-1]))
                spot = Spot(loaded, election.id, "topics", topic, ("parent",))
                yield spot.problem(f"these topics stand above each other in a circle: {circle}")


def unknown(election: Election, spot: Spot, identifier: str | None, *kinds: str) -> Iterator[Problem]:
    """A problem if nothing of these kinds has this id, not even in a file with a problem of its own."""
    if identifier is None or any(_has(election, kind, identifier) for kind in kinds):
        return
    if any(spot.loaded.mentions(election.id, kind, identifier) for kind in kinds):
        return
    known = [
        other
        for kind in kinds
        for other in (election.candidates if kind == "candidates" else election.all(kind))
    ]
    shape = WHERE[kinds[0]] if len(kinds) == 1 else f"{{}} is the id of none of the {', '.join(kinds)}"
    yield spot.problem(shape.format(f"'{identifier}'") + suggest(identifier, known))


def _has(election: Election, kind: str, identifier: str) -> bool:
    return identifier in election.candidates if kind == "candidates" else election.has(kind, identifier)


def _home(election: Election, source: str) -> Iterator[tuple[str, str]]:
    """The folder whose sources.yaml an election reads a source from."""
    for folder, shared in layers(election):
        if source in shared.sources:
            yield folder, source
            return
