"""Checks of the knowledge base that cut text into words just as a voter's question is cut.

They complete `bot.knowledge.checks.CHECKS`, whose modules know nothing of any language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from bot.knowledge.checks import Check
from bot.knowledge.checks.walking import Spot, elections, texts, ways
from bot.knowledge.document import Problem, short
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Election
from bot.matching.asking import Asked, Asking, Entry, Heard, Key, called, compared, heard, is_known, together
from bot.matching.muting import muted_words

NAMES = 1024
"""Names met lately whose words are kept at hand."""


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


def single_phrasings(loaded: Loaded, asking: Asking | None = None) -> Iterator[Problem]:
    """A question has one answer: what is asked the same way cannot be two topics or facts."""
    asking = asking or Asking(loaded)
    for includes, of in together(loaded):
        shared: dict[Key, Entry] = {}
        yield from _clashes(asking.shared(includes), shared, {})
        for election in of:
            yield from _clashes(asking.own(election), {}, shared)


def _clashes(
    asked: Iterable[Asked], owners: dict[Key, Entry], before: Mapping[Key, Entry]
) -> Iterator[Problem]:
    """Whatever is asked for another entry too; where an election is the first to add it, it is to mend it."""
    for one in asked:
        if not one.key[1]:
            yield one.spot.problem(f"{short(one.text)} holds no word that a voter could type")
            continue
        owner = before.get(one.key) or owners.setdefault(one.key, one.entry)
        if owner != one.entry:
            message = f"{short(one.text)} is a phrasing of {called(owner)} too; keep it with one"
            yield one.spot.problem(message)


def kindred_phrasings(loaded: Loaded, asking: Asking | None = None) -> Iterator[Problem]:
    """A word finds a topic in the singular and in the plural: if it is one of two topics, voters are asked back."""
    asking = asking or Asking(loaded)
    for includes, of in together(loaded):
        shared: dict[Heard, Asked] = {}
        yield from _kindred(asking.shared(includes), shared, {}, of[0])
        for election in of:
            yield from _kindred(asking.own(election), {}, shared, election)


def _kindred(
    asked: Iterable[Asked], owners: dict[Heard, Asked], before: Mapping[Heard, Asked], election: Election
) -> Iterator[Problem]:
    """Whatever differs in its letters alone from what leads to a topic that has nothing to do with its own."""
    for one in asked:
        stems = heard(one.text, one.code) if one.entry[0] == "topics" else ()
        if not stems:
            continue
        owner = before.get((one.code, stems)) or owners.setdefault((one.code, stems), one)
        likely = len(stems) == 1 or one.ways.kind == "candidates"  # longer phrasings are rarely typed in full
        alike = owner.key == one.key or owner.entry == one.entry
        if likely and not alike and not _related(election, owner, one):
            same = f"{short(owner.text)} of {called(owner.entry)}"
            message = f"{short(one.text)} asks for the same as {same}: the bot will ask back between the two"
            yield one.spot.notice(message)


def _related(election: Election, one: Asked, other: Asked) -> bool:
    """Whether one topic stands above both: that one is answered about, and nobody is asked back."""
    return bool({*election.lineage(one.entry[1])} & {*election.lineage(other.entry[1])})


def single_aliases(loaded: Loaded) -> Iterator[Problem]:
    """A name means one candidate; a shared surname is no alias, and the bot asks back about it."""
    for election, _ in elections(loaded):
        owners: dict[str, str] = {}
        for candidate in election.candidates.values():
            spot = Spot(loaded, election.id, "candidates", candidate.id)
            named = [(spot.at("name"), candidate.name)]
            named += [(spot.at("aliases", i), alias) for i, alias in enumerate(candidate.aliases)]
            for at, name in named:
                owner = owners.setdefault(_name(name), candidate.id)
                if owner != candidate.id:
                    yield at.problem(f"{short(name)} names candidate '{owner}' too; keep it for one of them")


def own_aliases(loaded: Loaded, asking: Asking | None = None) -> Iterator[Problem]:
    """An alias that is a word for a subject, or someone else's name, would give one candidate another's questions."""
    asking = asking or Asking(loaded)
    aliases = {_name(a) for e, _ in elections(loaded) for c in e.candidates.values() for a in c.aliases}
    for includes, of in together(loaded):
        shared = {a.key[1]: a.entry for a in asking.shared(includes) if a.key[1] in aliases}
        for election in of:
            own = {a.key[1]: a.entry for a in asking.own(election) if a.key[1] in aliases}
            taken = {key: f"a phrasing of {called(entry)}" for key, entry in {**own, **shared}.items()}
            for identifier, person in election.all("people").items():
                names = (person.name, *person.aliases)
                taken |= {_name(name): f"a name of person '{identifier}'" for name in names}
            yield from _taken(loaded, election, taken)


def _taken(loaded: Loaded, election: Election, taken: Mapping[str, str]) -> Iterator[Problem]:
    """The aliases of an election's candidates that mean something else already."""
    surnames = {c.id: _name(c.name.partition(" ")[2] or c.name) for c in election.candidates.values()}
    for candidate in election.candidates.values():
        spot = Spot(loaded, election.id, "candidates", candidate.id)
        for index, alias in enumerate(candidate.aliases):
            key = _name(alias)
            owner = next((c for c, name in surnames.items() if name == key and c != candidate.id), None)
            if owner is not None:
                message = f"{short(alias)} is the surname of candidate '{owner}'; leave it to them"
                yield spot.at("aliases", index).problem(message)
            elif key in taken:
                yield spot.at("aliases", index).problem(f"{short(alias)} is {taken[key]}; use another alias")


@lru_cache(maxsize=NAMES)
def _name(text: str) -> str:
    """A name as it is compared; those of shared folders are met again in every election."""
    return compared(text)


CHECKS: Mapping[str, Check] = {
    "known-languages": known_languages,
    "single-phrasings": single_phrasings,
    "kindred-phrasings": kindred_phrasings,
    "single-aliases": single_aliases,
    "own-aliases": own_aliases,
    "muted-words": muted_words,
}


def _unknown_language(spot: Spot, code: str) -> Iterator[Problem]:
    if not is_known(code):
        yield spot.problem(f"the bot has no language file {code}.yaml yet; add one, or remove this")
