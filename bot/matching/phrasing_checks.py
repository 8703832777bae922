"""Checks of the knowledge base that cut text into words just as a voter's question is cut.

They complete `bot.knowledge.checks.CHECKS`, whose modules know nothing of any language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.knowledge.checks import Check
from bot.knowledge.checks.walking import Spot, Ways, elections, texts, ways
from bot.knowledge.document import Problem, short
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Election
from bot.language.catalogue import language
from bot.language.text import words
from bot.matching.muting import muted_words

Entry = tuple[str, str]


def known_languages(loaded: Loaded) -> Iterator[Problem]:
    """Text in a language that the bot has no words for can neither be found nor be shown."""
    for election, spot in elections(loaded):
        for index, code in enumerate(election.languages):
            yield from _unknown_language(spot.at("languages", index), code)
    for text in texts(loaded, once=True):
        for code in text.words:
            yield from _unknown_language(text.spot.at(code), code)
    for way in ways(loaded, once=True):
        for code in way.phrasings:
            yield from _unknown_language(way.spot.at(code), code)


def single_phrasings(loaded: Loaded) -> Iterator[Problem]:
    """A question has one answer: what is asked the same way cannot be two topics or facts."""
    owners: dict[tuple[str, str, str], Entry] = {}
    for way in sorted(ways(loaded), key=_shared_first):
        for code, phrasings in way.phrasings.items():
            for index, phrasing in enumerate(phrasings):
                spot, key = way.spot.at(code, index), _key(phrasing, code)
                if not key:
                    yield spot.problem(f"{short(phrasing)} holds no word that a voter could type")
                    continue
                kind, owner = owners.setdefault((way.election.id, code, key), way.entry)
                if (kind, owner) != way.entry:
                    message = (
                        f"{short(phrasing)} is a phrasing of {kind[:-1]} '{owner}' too; keep it with one"
                    )
                    yield spot.problem(message)


def single_aliases(loaded: Loaded) -> Iterator[Problem]:
    """A name means one candidate; a shared surname is no alias, and the bot asks back about it."""
    for election, _ in elections(loaded):
        owners: dict[str, str] = {}
        for candidate in election.candidates.values():
            spot = Spot(loaded, election.id, "candidates", candidate.id)
            named = [(spot.at("name"), candidate.name)]
            named += [(spot.at("aliases", i), alias) for i, alias in enumerate(candidate.aliases)]
            for at, name in named:
                owner = owners.setdefault(_words(name), candidate.id)
                if owner != candidate.id:
                    yield at.problem(f"{short(name)} names candidate '{owner}' too; keep it for one of them")


def own_aliases(loaded: Loaded) -> Iterator[Problem]:
    """An alias that is a word for a subject, or someone else's name, would give one candidate another's questions."""
    for election, _ in elections(loaded):
        taken = _taken(loaded, election)
        surnames = {c.id: _words(c.name.partition(" ")[2] or c.name) for c in election.candidates.values()}
        for candidate in election.candidates.values():
            spot = Spot(loaded, election.id, "candidates", candidate.id)
            for index, alias in enumerate(candidate.aliases):
                key = _words(alias)
                owner = next((c for c, name in surnames.items() if name == key and c != candidate.id), None)
                if owner is not None:
                    message = f"{short(alias)} is the surname of candidate '{owner}'; leave it to them"
                    yield spot.at("aliases", index).problem(message)
                elif key in taken:
                    yield spot.at("aliases", index).problem(
                        f"{short(alias)} is {taken[key]}; use another alias"
                    )


def _taken(loaded: Loaded, election: Election) -> dict[str, str]:
    """What is no candidate's name because it already means something: a subject, or another person."""
    taken: dict[str, str] = {}
    for way in ways(loaded):
        if way.election.id == election.id:
            kind, owner = way.entry
            for phrasings in way.phrasings.values():
                taken |= {_words(p): f"a phrasing of {kind[:-1]} '{owner}'" for p in phrasings}
    for identifier, person in election.all("people").items():
        taken |= {_words(n): f"a name of person '{identifier}'" for n in (person.name, *person.aliases)}
    return taken


def _words(text: str) -> str:
    return " ".join(word.folded for word in words(text))


CHECKS: Mapping[str, Check] = {
    "known-languages": known_languages,
    "single-phrasings": single_phrasings,
    "single-aliases": single_aliases,
    "own-aliases": own_aliases,
    "muted-words": muted_words,
}


def _shared_first(way: Ways) -> bool:
    """Report a clash where it can be mended for one election, not in the folder that others include."""
    return way.spot.folder == way.election.id


def _unknown_language(spot: Spot, code: str) -> Iterator[Problem]:
    if not _is_known(code):
        yield spot.problem(f"the bot has no language file {code}.yaml yet; add one, or remove this")


def _is_known(code: str) -> bool:
    try:
        language(code)
    except KeyError:
        return False
    return True


def _key(phrasing: str, code: str) -> str:
    """What is compared: the folded words, whatever their case, accents and punctuation."""
    elisions = language(code).elisions if _is_known(code) else frozenset()
    return " ".join(word.folded for word in words(phrasing, elisions))
