"""A filled-in form as changes to the files of the base."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.knowledge.editing import ADD, Item, Operation
from bot.knowledge.model import Claim, Election, Source
from bot.moderation.drafting import Draft
from bot.moderation.forms import DROP, NEW, language_of_source, phrases, statement

ID_CHARACTERS = 40

Tree = dict[str, Any]


def operations(draft: Draft, election: Election, today: date) -> tuple[Operation, ...]:
    """The changes that a filled-in form stands for, in the order in which they are to be made."""
    return tuple(_WRITTEN[draft.kind](draft, election, today))


def subject(draft: Draft, election: Election) -> str:
    """The id of what an edit is about: an entry, a source, or the words that are muted."""
    values = draft.values
    match draft.kind:
        case "position":
            return f"{values['candidate']}/{values['topic']}"
        case "phrasing" | "correction" | "removal":
            return values["target"]
        case "muting":
            return values["muted"]
        case "source":
            return _source_id(values, election)
        case "candidate":
            return _unused(values["full_name"].split()[-1], election)
    return _unused(values.get("name.en") or values[f"name.{election.languages[0]}"], election)


def unchanged(draft: Draft, election: Election) -> bool:
    """Whether a correction says the same as before, in every language."""
    claim = statement(election, draft.values.get("statement", "")) if draft.kind == "correction" else None
    return claim is not None and _localised(draft, "claim") == {
        code: " ".join(text.split()) for code, text in claim.claim.items()
    }


# --- one for each kind -----------------------------------------------------------------------------------


def _phrasing(draft: Draft, election: Election, today: date) -> list[Operation]:
    """New words for a topic or a fact, or for a statement if a candidate's position is meant."""
    target = draft.values["target"]
    file, keys = _ways_of(target, election)
    asked = _localised(draft, "phrasing")
    return [
        Operation(file, (*keys, code, ADD), now=phrase)
        for code, words in asked.items()
        for phrase in phrases(words)
    ]


def _ways_of(target: str, election: Election) -> tuple[str, tuple[Any, ...]]:
    """The file and the place of the ways of asking for an entry."""
    candidate, slash, topic = target.partition("/")
    if slash:
        claim = election.candidates[candidate].positions[topic][0]
        keys = ("positions", topic, Item({"claim": dict(claim.claim)}), "asked_as")
        return _file(election, "candidates", candidate), keys
    kind = "topics" if election.has("topics", target) else "facts"
    return _file(election, kind, target), ("phrasings",)


def _position(draft: Draft, election: Election, today: date) -> list[Operation]:
    values = draft.values
    file = _file(election, "candidates", values["candidate"])
    new = Operation(file, ("positions", values["topic"], ADD), now=_claimed(draft, election))
    return [*_new_source(draft, election, today), new]


def _fact(draft: Draft, election: Election, today: date) -> list[Operation]:
    tree: Tree = {
        "name": _localised(draft, "name"),
        "phrasings": _ways(draft, "phrasings"),
        "answer": [_claimed(draft, election)],
    }
    file = f"{election.id}/facts/{subject(draft, election)}.yaml"
    return [*_new_source(draft, election, today), Operation(file, (), now=tree)]


def _topic(draft: Draft, election: Election, today: date) -> list[Operation]:
    tree: Tree = {"name": _localised(draft, "name")}
    if draft.values["parent"]:
        tree["parent"] = draft.values["parent"]
    tree["phrasings"] = _ways(draft, "phrasings")
    return [Operation(f"{election.id}/topics/{subject(draft, election)}.yaml", (), now=tree)]


def _candidate(draft: Draft, election: Election, today: date) -> list[Operation]:
    values = draft.values
    tree: Tree = {"name": values["full_name"]}
    if values["aliases"]:
        tree["aliases"] = phrases(values["aliases"])
    tree["description"] = _localised(draft, "description")
    tree |= {key: values[key] for key in ("list", "gender") if values[key]}
    tree["sources"] = [_source(draft, election)]
    file = f"{election.id}/candidates/{subject(draft, election)}.yaml"
    return [*_new_source(draft, election, today), Operation(file, (), now=tree)]


def _only_source(draft: Draft, election: Election, today: date) -> list[Operation]:
    file = _file(election, "candidates", draft.values["used_by"])
    rests = Operation(file, ("sources", ADD), now=_source_id(draft.values, election))
    return [_described(draft, election, today), rests]


def _correction(draft: Draft, election: Election, today: date) -> list[Operation]:
    """What the statement says now and rests on, and beside it what it said before and why that was wrong."""
    file, keys, claim = _stated(draft, election)
    now = _localised(draft, "claim")
    corrected = {"date": today.isoformat(), "was": dict(claim.claim), "why": _localised(draft, "why")}
    before = claim.corrected
    was = None
    if before is not None:
        was = {"date": before.date.isoformat(), "was": dict(before.was), "why": dict(before.why)}
    at = (*keys, Item({"claim": dict(claim.claim)}))
    changes = [*_new_source(draft, election, today), Operation(file, (*at, "corrected"), was, corrected)]
    if (source := _source(draft, election)) != claim.source:
        changes.append(Operation(file, (*at, "source"), claim.source, source))
    if claim.quote and draft.values.get("keep_quote") == DROP:
        changes.append(Operation(file, (*at, "quote"), dict(claim.quote), None))
    changes.append(Operation(file, (*at, "claim"), dict(claim.claim), now))
    return [*changes, *(_left(claim.source, election) if source != claim.source else ())]


def _removal(draft: Draft, election: Election, today: date) -> list[Operation]:
    file, keys, claim = _stated(draft, election)
    return [Operation(file, (*keys, ADD), _tree(claim), None), *_left(claim.source, election)]


def _muting(draft: Draft, election: Election, today: date) -> list[Operation]:
    return [Operation(f"{election.id}/muted.yaml", ("questions", ADD), now=draft.values["muted"])]


_WRITTEN: Mapping[str, Callable[[Draft, Election, date], list[Operation]]] = {
    "phrasing": _phrasing,
    "position": _position,
    "fact": _fact,
    "topic": _topic,
    "candidate": _candidate,
    "source": _only_source,
    "correction": _correction,
    "removal": _removal,
    "muting": _muting,
}


# --- parts -----------------------------------------------------------------------------------------------


def _file(election: Election, kind: str, identifier: str) -> str:
    return f"{_folder(election, kind, identifier)}/{kind}/{identifier}.yaml"


def _folder(election: Election, kind: str, identifier: str) -> str:
    """Where something stands: in the election's own folder, or in one that it includes."""
    if kind == "candidates" or identifier in getattr(election.own, kind):
        return election.id
    layers = zip(election.description.includes, election.included, strict=True)
    return next((name for name, shared in layers if identifier in getattr(shared, kind)), election.id)


def _resting(election: Election) -> list[str]:
    """The source of each card and of each statement."""
    facts = [fact for shared in (election.own, *election.included) for fact in shared.facts.values()]
    claims = [claim for fact in facts for claim in fact.answer]
    for candidate in election.candidates.values():
        claims += [claim for held in candidate.positions.values() for claim in held]
    cards = [source for candidate in election.candidates.values() for source in candidate.sources]
    return [*cards, *(claim.source for claim in claims)]


def _left(source: str, election: Election) -> list[Operation]:
    """A source goes with the last statement that rested on it."""
    if _resting(election).count(source) != 1:
        return []
    file = f"{_folder(election, 'sources', source)}/sources.yaml"
    return [Operation(file, (source,), _tree(election.source(source)), None)]


def _stated(draft: Draft, election: Election) -> tuple[str, tuple[Any, ...], Claim]:
    """The file, the list and the statement that a correction or a removal is about."""
    target = draft.values["target"]
    claim = statement(election, draft.values["statement"])
    assert claim is not None
    candidate, slash, topic = target.partition("/")
    if slash:
        return _file(election, "candidates", candidate), ("positions", topic), claim
    return _file(election, "facts", target), ("answer",), claim


def _claimed(draft: Draft, election: Election) -> Tree:
    """A statement as it is written, with its source, its quote, and ways of asking for it alone."""
    tree: Tree = {"claim": _localised(draft, "claim")}
    if draft.values.get("quote"):
        tree["quote"] = {language_of_source(draft, election): draft.values["quote"]}
    tree["source"] = _source(draft, election)
    asked = _ways(draft, "asked_as")
    return tree | ({"asked_as": asked} if asked else {})


def _tree(part: Claim | Source) -> Tree:
    """A statement or a source as it stands in its file, without what it leaves out."""
    written: Tree = part.model_dump(mode="json", exclude_unset=True)
    return written


def _localised(draft: Draft, name: str) -> dict[str, str]:
    """The answers to a question that is asked in every language."""
    found = ((key.partition("."), held) for key, held in draft.values.items())
    return {code: held for (asked, _, code), held in found if asked == name and held}


def _ways(draft: Draft, name: str) -> dict[str, list[str]]:
    return {code: phrases(words) for code, words in _localised(draft, name).items()}


def _source(draft: Draft, election: Election) -> str:
    chosen = draft.values["source"]
    return _source_id(draft.values, election) if chosen == NEW else chosen


def _new_source(draft: Draft, election: Election, today: date) -> list[Operation]:
    return [_described(draft, election, today)] if draft.values["source"] == NEW else []


def _described(draft: Draft, election: Election, today: date) -> Operation:
    """A source that was read today, with what was said of it."""
    values = draft.values
    tree: Tree = {"publisher": values["publisher"]}
    tree |= {key: values[key] for key in ("title", "published", "url") if values[key]}
    tree |= {"language": values["source_language"], "retrieved": today.isoformat()}
    return Operation(f"{election.id}/sources.yaml", (_source_id(values, election),), now=tree)


def _source_id(values: Mapping[str, str], election: Election) -> str:
    """An id made of the publisher and the year, and a number if that is taken."""
    year = values["published"][:4]
    return _free(slug(f"{values['publisher']} {year}"), {NEW, *election.all("sources")})


def _unused(name: str, election: Election) -> str:
    """An id made of a name, and a number if that is taken by anything a voter could be led to."""
    taken = {*election.candidates, *election.all("topics"), *election.all("facts")}
    return _free(slug(name), taken)


def _free(wanted: str, taken: set[str]) -> str:
    number = 2
    free = wanted
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free


def slug(text: str) -> str:
    """Words as an id: small letters a-z, digits and hyphens."""
    plain = unicodedata.normalize(
        "NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    )
    ascii_only = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[a-z0-9]+", ascii_only)
    return "-".join(words)[:ID_CHARACTERS].strip("-") or "entry"
