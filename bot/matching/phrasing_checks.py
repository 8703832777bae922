"""Checks of the knowledge base that cut text into words just as a voter's question is cut.

They complete `bot.knowledge.checks.CHECKS`, whose modules know nothing of any language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.knowledge.checks import Check
from bot.knowledge.checks.walking import Spot, Ways, elections, texts, ways
from bot.knowledge.document import Problem, short
from bot.knowledge.loading import Loaded
from bot.language.catalogue import language
from bot.language.text import words

Entry = tuple[str, str]


def known_languages(loaded: Loaded) -> Iterator[Problem]:
    """Text in a language that the bot has no words for can neither be found nor be shown."""
    for election, spot in elections(loaded):
        for index, code in enumerate(election.languages):
            yield from _unknown_language(spot.at("languages", index), code)
    for text in texts(loaded):
        for code in text.words:
            yield from _unknown_language(text.spot.at(code), code)
    for way in ways(loaded):
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
                owner = owners.setdefault(" ".join(w.folded for w in words(name)), candidate.id)
                if owner != candidate.id:
                    yield at.problem(f"{short(name)} names candidate '{owner}' too; keep it for one of them")


CHECKS: Mapping[str, Check] = {
    "known-languages": known_languages,
    "single-phrasings": single_phrasings,
    "single-aliases": single_aliases,
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
