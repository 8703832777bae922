"""Elections made ready for understanding: their words laid out, their names found; what they share is prepared once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from bot.knowledge.earlier import same
from bot.knowledge.model import Base, Election, Shared
from bot.language.catalogue import Language, language
from bot.language.correction import Lexicon, Together
from bot.language.text import fold
from bot.matching.index import Index, Layer, own_layer, shared_layer
from bot.matching.mentions import Gazetteer, Names

KEPT = 150_000
"""Candidates and claims of the elections that are kept ready, at some two kilobytes each."""
Key = tuple[tuple[int, ...], tuple[str, ...]]
"""Folders, or what they hold, each by the object it is; and languages."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One election made ready for understanding."""

    election: Election
    index: Index
    names: Names
    lexicons: dict[str, Lexicon]
    fact_people: dict[str, frozenset[str]]
    """The people, who are no candidates, that a fact is about, because its name names them."""

    def language(self, code: str) -> Language:
        return next(lang for lang in self.index.languages if lang.code == code)


class Scopes:
    """Every election of a base as a scope, made on first use; the last used are kept, as many as memory has room for.

    What was laid out `before`, for a base of which this one is a new version, serves again where nothing changed.
    """

    def __init__(self, base: Base, before: Scopes | None = None) -> None:
        self.base = base
        self._layers: dict[int, Layer] = {}
        self._gazetteers: dict[Key, Gazetteer] = {}
        self._shared_lexicons: dict[tuple[str, Key], Lexicon] = {}
        self._scopes: OrderedDict[str, Scope] = OrderedDict()
        self._weight = 0
        self._outdated: dict[str, Scope] = {}
        if before is not None:
            self._take_over(before)

    @property
    def ready(self) -> list[str]:
        """The ids of the elections that are laid out, the last used at the end."""
        return list(self._scopes)

    def is_ready(self, election_id: str) -> bool:
        """Whether an election is laid out."""
        return election_id in self._scopes

    def pieces(self) -> list[object]:
        """Everything that is laid out, in pieces, for whoever wants to free it bit by bit."""
        lexicons = [*self._shared_lexicons.values(), *self._gazetteers.values(), *self._layers.values()]
        scopes = list(self._scopes.values())
        parts = [part for s in scopes for part in (s.index.layers[0], s.names, *s.lexicons.values())]
        return [*scopes, *parts, *lexicons]

    def _take_over(self, before: Scopes) -> None:
        elections = self.base.elections
        for election in elections.values():
            for shared in election.included:
                if (layer := before._layers.get(id(shared))) is not None:
                    self._layers[id(shared)] = layer
            if (gazetteer := before._gazetteers.get(names := _names_key(election))) is not None:
                self._gazetteers[names] = gazetteer
            for code in election.languages:
                if (lexicon := before._shared_lexicons.get(words := (code, _key(election)))) is not None:
                    self._shared_lexicons[words] = lexicon
        for identifier in before.ready:
            scope = before._scopes.get(identifier)
            if scope is not None and identifier in elections:
                current = scope.election is elections[identifier]
                (self._scopes if current else self._outdated)[identifier] = scope
                self._weight += _weight(scope.election) if current else 0

    def scope(self, election_id: str) -> Scope:
        """One election's scope; a KeyError if the base has no such election."""
        if election_id in self._scopes:
            self._scopes.move_to_end(election_id)
            return self._scopes[election_id]
        scope = self._prepare(self.base.elections[election_id])
        self._scopes[election_id] = scope
        self._weight += _weight(scope.election)
        while self._weight > KEPT and len(self._scopes) > 1:
            _, oldest = self._scopes.popitem(last=False)
            self._weight -= _weight(oldest.election)
        return scope

    def _prepare(self, election: Election) -> Scope:
        languages = tuple(language(code) for code in election.languages)
        key, names_key = _key(election), _names_key(election)
        if names_key not in self._gazetteers:
            self._gazetteers[names_key] = Gazetteer(election.included, languages)
        gazetteer = self._gazetteers[names_key]
        layers = (
            self._own_layer(election),
            *(self._shared_layer(shared) for shared in election.included),
        )
        fact_topics = {fact.id: fact.topic for fact in election.all("facts").values()}
        index = Index(layers, languages, fact_topics)
        names = Names(election, gazetteer)
        lexicons = {lang.code: self._lexicon(lang, index, gazetteer, names, key) for lang in languages}
        return Scope(election, index, names, lexicons, _fact_people(election))

    def _own_layer(self, election: Election) -> Layer:
        outdated = self._outdated.pop(election.id, None)
        if outdated is not None and _same_own(outdated.election, election):
            return outdated.index.layers[0]
        return own_layer(election)

    def _shared_layer(self, shared: Shared) -> Layer:
        if id(shared) not in self._layers:
            self._layers[id(shared)] = shared_layer(shared)
        return self._layers[id(shared)]

    def _lexicon(self, lang: Language, index: Index, gazetteer: Gazetteer, names: Names, key: Key) -> Lexicon:
        common = (lang.code, key)
        if common not in self._shared_lexicons:
            words = (layer.surfaces.get(lang.code, {}) for layer in index.layers[1:])
            self._shared_lexicons[common] = Lexicon(Together(*words, gazetteer.words), lang)
        own = Together(index.layers[0].surfaces.get(lang.code, {}), names.words)
        return self._shared_lexicons[common].extended(own)


def _weight(election: Election) -> int:
    """How many candidates and claims an election has: what its own part of a scope grows with."""
    claims = (claims for each in election.candidates.values() for claims in each.positions.values())
    return len(election.candidates) + sum(map(len, claims))


def _key(election: Election) -> Key:
    return tuple(id(shared) for shared in election.included), tuple(election.languages)


def _names_key(election: Election) -> Key:
    """What the names of elsewhere depend on: fewer files than make up a folder."""
    parts = ((shared.parties, shared.people, shared.places) for shared in election.included)
    return tuple(id(part) for three in parts for part in three), tuple(election.languages)


def _same_own(one: Election, other: Election) -> bool:
    """Whether two versions of an election have the same words of their own, whatever they include."""
    return (
        one.own is other.own and one.languages == other.languages and same(one.candidates, other.candidates)
    )


def _fact_people(election: Election) -> dict[str, frozenset[str]]:
    surnames = {
        identifier: fold(person.name).split()[-1] for identifier, person in election.own.people.items()
    }
    found = {}
    for fact in election.own.facts.values():
        words = {word for name in fact.name.values() for word in fold(name).split()}
        found[fact.id] = frozenset(i for i, surname in surnames.items() if surname in words)
    return found
