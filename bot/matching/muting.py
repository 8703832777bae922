"""What `muted.yaml` hides, spam and abuse, and the check that it hides nothing voters would ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.knowledge.checks.walking import Spot, elections, layers
from bot.knowledge.document import Problem, short
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Candidate, Election, Phrasings, Shared
from bot.language.text import words

LETTERS = 4


def folded(text: str) -> tuple[str, ...]:
    """The words of a text without capitals and accents."""
    return tuple(word.folded for word in words(text))


def hides(entry: Sequence[str], spoken: Iterable[str]) -> bool:
    """Whether all the words of an entry are spoken one after the other; an entry without words hides nothing."""
    left = iter(spoken)
    return bool(entry) and all(word in left for word in entry)


def muted(text: str, election: Election) -> bool:
    """Whether a text holds all the words of a muted entry, in their order; others may stand between them.

    Capitals and accents do not matter. The entries are those of the election's own folder and of those it includes.
    """
    entries = [e for shared in (election.own, *election.included) for e in shared.muted.questions]
    spoken = folded(text) if entries else ()
    return any(hides(folded(entry), spoken) for entry in entries)


class _Known(NamedTuple):
    """Something voters ask with, and what it is."""

    text: str
    spoken: tuple[str, ...]
    what: str


class _Texts:
    """What voters ask with, by those of its words that an entry begins with."""

    def __init__(self, known: Iterable[tuple[str, str]], first: frozenset[str]) -> None:
        self._by_word: dict[str, list[_Known]] = {}
        for text, what in known:
            spoken = folded(text)
            for word in first.intersection(spoken):
                self._by_word.setdefault(word, []).append(_Known(text, spoken, what))

    def hidden(self, entry: Sequence[str]) -> Iterator[_Known]:
        """Those that an entry hides."""
        found = self._by_word.get(entry[0], ()) if entry else ()
        return (known for known in found if hides(entry, known.spoken))


def muted_words(loaded: Loaded) -> Iterator[Problem]:
    """Nobody sees what is muted: an entry must be long enough to mean something, and hide no word of the base."""
    folders: dict[str, _Texts] = {}
    entries = {q for election, _ in elections(loaded) for _, s in layers(election) for q in s.muted.questions}
    first = frozenset(word for entry in entries for word in folded(entry)[:1])
    for election, _ in elections(loaded):
        if not any(shared.muted.questions for _, shared in layers(election)):
            continue
        for folder, shared in layers(election):
            folders[folder] = folders.get(folder) or _Texts(_of_folder(shared), first)
        texts = [
            _Texts(_of_candidates(election.candidates.values()), first),
            *(folders[f] for f, _ in layers(election)),
        ]
        for folder, shared in layers(election):
            for index, entry in enumerate(shared.muted.questions):
                yield from _judged(entry, texts, Spot(loaded, folder, "muted", None, ("questions", index)))


def _judged(entry: str, texts: Iterable[_Texts], spot: Spot) -> Iterator[Problem]:
    wanted = folded(entry)
    if not any(sum(c.isalpha() for c in word) >= LETTERS for word in wanted):
        yield spot.problem(
            f"{short(entry)} has no word of {LETTERS} letters or more, and would hide any question"
        )
        return
    known = min((k for each in texts for k in each.hidden(wanted)), key=lambda k: len(k.spoken), default=None)
    if known:
        yield spot.problem(
            f"{short(entry)} would hide {short(known.text)}, {known.what}; add a word of the spam"
        )


def _of_candidates(candidates: Iterable[Candidate]) -> Iterator[tuple[str, str]]:
    for candidate in candidates:
        for name in (candidate.name, *candidate.aliases, candidate.list_name or ""):
            yield name, f"a name of candidate '{candidate.id}'"
        for topic, claims in candidate.positions.items():
            for claim in claims:
                yield from _each(claim.asked_as, f"a phrasing of topic '{topic}'")


def _of_folder(shared: Shared) -> Iterator[tuple[str, str]]:
    for topic in shared.topics.values():
        yield from _each(topic.phrasings, f"a phrasing of topic '{topic.id}'")
        yield from ((name, f"the name of topic '{topic.id}'") for name in topic.name.values())
    for fact in shared.facts.values():
        for phrasings in (fact.phrasings, *(claim.asked_as for claim in fact.answer)):
            yield from _each(phrasings, f"a phrasing of fact '{fact.id}'")
        yield from ((name, f"the name of fact '{fact.id}'") for name in fact.name.values())
    for identifier, party in shared.parties.items():
        yield from (
            (name, f"a name of party '{identifier}'") for name in (*party.name.values(), *party.aliases)
        )
    for identifier, person in shared.people.items():
        yield from ((name, f"a name of person '{identifier}'") for name in (person.name, *person.aliases))


def _each(phrasings: Phrasings, what: str) -> Iterator[tuple[str, str]]:
    for texts in phrasings.values():
        yield from ((text, what) for text in texts)
