"""The sources that an edit may rest on, those at hand first; and those that it does rest on, to be looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from bot.dialogue.wording import Wording
from bot.knowledge.editing import ADD, Item, Operation
from bot.knowledge.model import Claim, Election, Source
from bot.moderation.drafting import Draft


def nearest(draft: Draft, election: Election) -> list[str]:
    """Every source: first those that the candidate and the topic at hand rest on already, then the latest."""
    candidate, topic = draft.values.get("candidate", ""), draft.values.get("topic", "")
    target = draft.values.get("target", "")
    if "/" in target:
        candidate, _, topic = target.partition("/")
    own = _of_candidate(candidate, election) if candidate in election.candidates else set()
    on_topic = _on_topic(topic, election) if election.has("topics", topic) else set()
    fact = {c.source for c in election.fact(target).answer} if election.has("facts", target) else set()
    order: list[Collection[str]] = [fact, own & on_topic, own, on_topic]
    listed = reversed(election.all("sources"))
    return sorted(listed, key=lambda s: next((n for n, at in enumerate(order) if s in at), len(order)))


def _of_candidate(candidate: str, election: Election) -> set[str]:
    held = election.candidates[candidate]
    return {*held.sources, *(claim.source for claims in held.positions.values() for claim in claims)}


def _on_topic(topic: str, election: Election) -> set[str]:
    return {claim.source for each in election.candidates for _, claim in election.claims(each, topic)}


def named(source: Source, say: Wording) -> str:
    """A source by who published it, its title and its date."""
    date = say.partial_date(source.published)
    if source.title is None:
        return say("moderation.preview.untitled", publisher=source.publisher, date=date)
    return say("moderation.preview.titled", publisher=source.publisher, title=source.title, date=date)


def rests_on(operations: Iterable[Operation], election: Election) -> list[Source]:
    """The sources of what an edit puts into the base or changes there, new ones too."""
    operations = list(operations)
    new = {o.keys[0]: o.now for o in operations if o.file.endswith("/sources.yaml") and len(o.keys) == 1}
    found: dict[str, Source] = {}
    for identifier in (each for operation in operations for each in _named_in(operation, election)):
        if new.get(identifier) is not None:
            found[identifier] = Source.model_validate(new[identifier])
        elif election.has("sources", identifier):
            found[identifier] = election.source(identifier)
    return list(found.values())


def _named_in(operation: Operation, election: Election) -> Iterator[str]:
    """The ids of sources in a change, and that of the statement that it changes."""
    if operation.now is None:
        return
    if isinstance(operation.now, str):
        if operation.keys[-1:] == ("source",) or operation.keys[-2:] == ("sources", ADD):
            yield operation.now
    else:
        yield from _held(operation.now)
    if "asked_as" in operation.keys or operation.keys[-1:] == ("source",):
        return
    for key in operation.keys:
        if isinstance(key, Item) and isinstance(key.holding, dict):
            yield from _stated(key.holding.get("claim"), election)


def _held(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        for each in tree:
            yield from _held(each)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if key == "source" and isinstance(value, str):
                yield value
            elif key == "sources" and isinstance(value, list):
                yield from (each for each in value if isinstance(each, str))
            else:
                yield from _held(value)


def _stated(said: object, election: Election) -> Iterator[str]:
    """The source of the statement that says this."""
    for claim in _claims(election):
        if claim.claim == said:
            yield claim.source


def _claims(election: Election) -> Iterator[Claim]:
    for candidate in election.candidates.values():
        for claims in candidate.positions.values():
            yield from claims
    for fact in election.all("facts").values():
        yield from fact.answer
