"""Who and what place a question names: candidates by any of their names, parties, other people, towns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.model import Election, Shared
from bot.language.catalogue import Language, language
from bot.language.text import Word, fold, stem
from bot.matching.name_forms import (
    FARTHEST,
    SHORT,
    WEAK,
    Form,
    Kind,
    candidate_forms,
    form_of,
    is_word,
    letters_off,
    says,
    tolerance,
)

FAMILIAR = 3.6

NEAR_KEPT = 1_000
"""Words heard lately whose likeness to names is kept at hand, over all elections: memory must not grow with them."""
_NONE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a question: where it stands, whom it may mean, and how many letters were off."""

    start: int
    end: int
    kind: Kind
    ids: frozenset[str]
    name: str
    distance: int = 0
    role: bool = False
    first_name: bool = False
    doubtful: bool = False
    """Whether it may well be no name at all: an ordinary word, or a very short name with a letter off."""

    def covers(self, position: int) -> bool:
        return self.start <= position < self.end


class Names:
    """Every name one election knows, ready to be found in a question."""

    def __init__(self, election: Election, gazetteer: Gazetteer) -> None:
        self.election = election
        self.gazetteer = gazetteer
        self.languages = [language(code) for code in election.languages]
        self._articles = frozenset(a for lang in self.languages for a in lang.articles)
        own = [form_of(p, "place", p, False, self.languages) for p in election.description.places]
        named = (
            f
            for c in election.candidates.values()
            for f in candidate_forms(c, self.languages, self._articles)
        )
        self._home = frozenset(f.words for f in own)
        self._forms = [*named, *(f for f in own if f.words)]
        own_people = gazetteer_forms(election.own, self.languages)
        self._by_first: dict[str, list[Form]] = {}
        _file([*self._forms, *own_people], self._by_first, self.languages)
        self._fuzzy = [f for f in self._forms if f.fuzzy or f.kind == "place"]
        self._beginning: dict[str, tuple[Form, ...]] = {}
        for form in self._fuzzy:
            for position, word in enumerate(form.words):
                others = self._beginning.get(word, ())
                self._beginning[word] = others if position else (*others, form)
        self._fuzzy_words = tuple(self._beginning)
        self._number = next(gazetteer.numbers)
        self.words = frozenset(self.vocabulary())
        self.rare_words = frozenset(w for w in self.words if not any(x.is_small(w) for x in self.languages))
        self.party_candidates = self._party_candidates()
        self.person_candidates = self._person_candidates()

    def vocabulary(self) -> Iterator[str]:
        """The words of all names, as targets for correction."""
        for forms in self._by_first.values():
            for form in forms:
                yield from form.words

    def outside(self, words: Sequence[Word]) -> list[Word]:
        """The words that are in no candidate's whole name: those tell nothing of the language of a message."""
        inside: set[int] = set()
        for start, word in enumerate(words):
            for form in self._by_first.get(word.folded, ()):
                end = start + len(form.words)
                whole = form.kind == "candidate" and not form.role and len(form.words) > 1
                if whole and form.words == tuple(w.folded for w in words[start:end]):
                    inside.update(range(start, end))
        return [word for position, word in enumerate(words) if position not in inside]

    def find(self, words: Sequence[Word], lang: Language, known: Iterable[bool]) -> list[Mention]:
        """The names in a question, longest first, none overlapping; `known` tells which words mean something else."""
        known = [means and len(word.folded) > 2 for means, word in zip(known, words, strict=True)]
        found: list[Mention] = []
        for start in range(len(words)):
            found.extend(self._exact(words, start, lang))
        for start in range(len(words)):
            found.extend(self._near(words, start, lang, known))
        return self._disjoint(found)

    def _exact(self, words: Sequence[Word], start: int, lang: Language) -> Iterator[Mention]:
        first = words[start]
        for forms in (self._by_first, self.gazetteer.by_first):
            keys = {first.folded, first.folded.rstrip("s"), stem(first.folded, lang.stemmer)}
            for key in keys:
                for form in forms.get(key, ()):
                    end = start + len(form.words)
                    if end <= len(words) and says(form, words[start:end], lang):
                        if form.opening and start and words[start - 1].folded not in lang.questions:
                            continue
                        doubtful = False
                        if len(form.words) == 1 and lang.is_small(first.folded) and not form.opening:
                            if not form.ordinary or not _may_be_name(words, start, self.languages):
                                continue
                            doubtful = not _must_be_name(words, start, self.languages)
                        elif form.first_name and len(form.words) == 1 and is_word(first.folded, lang):
                            doubtful = _describes(words, start, self.languages)
                        if form.kind == "elsewhere" and form.words in self._home:
                            continue
                        yield Mention(
                            start,
                            end,
                            form.kind,
                            frozenset([form.id]),
                            form.name,
                            0,
                            form.role,
                            form.first_name,
                            doubtful,
                        )

    def _near(
        self, words: Sequence[Word], start: int, lang: Language, known: Sequence[bool]
    ) -> Iterator[Mention]:
        """Names of which this word is, perhaps misspelt, the first one near enough."""
        for form_word in self._similar(words[start].folded, lang):
            for form in self._beginning[form_word]:
                end = start + len(form.words)
                if end > len(words):
                    continue
                heard = [self._similar(w.folded, lang) for w in words[start:end]]
                if not all(w in near for w, near in zip(form.words, heard, strict=True)):
                    continue
                distances = [near[w] for w, near in zip(form.words, heard, strict=True)]
                if not sum(distances) or not self._plausible(distances, known[start:end]):
                    continue
                doubtful = len(form.words) == 1 and self._doubtful(form, distances[0], words, start, lang)
                if doubtful is not None:
                    off = sum(distances)
                    yield Mention(
                        start, end, form.kind, frozenset([form.id]), form.name, off, doubtful=doubtful
                    )
        if not known[start]:
            yield from self._glued(words[start].folded, start)

    def _doubtful(self, form: Form, off: int, words: Sequence[Word], at: int, lang: Language) -> bool | None:
        """Whether a lone word so far from a name may as well be none; None if it is none."""
        heard = words[at].folded
        letters = len(form.words[0])
        weak = (
            off >= WEAK or letters <= SHORT or form.ordinary or (form.first_name and tolerance(letters) < 2)
        )
        if weak and (
            form.kind != "candidate" or (form.ordinary and not _may_be_name(words, at, self.languages))
        ):
            return None
        if self.gazetteer.is_near(heard, min(off, 2), form.words[0]):
            same_sound = lang.sound(heard) == lang.sound(form.words[0])
            return (weak or not same_sound) if off == 1 and form.kind == "candidate" else None
        return weak

    @staticmethod
    def _plausible(distances: Sequence[int], known: Sequence[bool]) -> bool:
        """A word that means something else is a name only beside another part of that name."""
        if max(distances) >= WEAK and len(distances) > 1 and 0 not in distances:
            return False
        strange = any(not k for k, d in zip(known, distances, strict=True) if d)
        return strange or (len(distances) > 1 and (0 in distances or sum(distances) <= 2))

    def _similar(self, heard: str, lang: Language) -> Mapping[str, int]:
        """The words of names that a word may be, and how many letters apart."""
        key = (self._number, heard, lang.code)
        lately = self.gazetteer.lately
        near = lately.get(key)
        if near is None:
            if len(lately) > NEAR_KEPT:
                lately.clear()
            found = process.extract(
                heard, self._fuzzy_words, scorer=OSA.distance, score_cutoff=FARTHEST, limit=None
            )
            in_order = sorted((at, word) for word, _, at in found)
            distances = ((w, letters_off(heard, w, lang)) for _, w in in_order)
            near = lately[key] = {w: d for w, d in distances if d is not None} or _NONE
        return near

    def _glued(self, heard: str, start: int) -> Iterator[Mention]:
        if len(heard) < 8:
            return
        for form in self._fuzzy:
            if len(form.words) > 1 and form.kind == "candidate":
                glued = "".join(form.words)
                distance = OSA.distance(heard, glued, score_cutoff=2)
                if distance <= 2:
                    yield Mention(start, start + 1, "candidate", frozenset([form.id]), form.name, distance)

    @staticmethod
    def _disjoint(found: list[Mention]) -> list[Mention]:
        """Keep the longest, then nearest; names equally good for several people become one mention of all of them."""
        merged: dict[tuple[int, int, Kind, int], Mention] = {}
        for mention in found:
            key = (mention.start, mention.end, mention.kind, mention.distance)
            before = merged.get(key)
            ids = mention.ids | (before.ids if before else frozenset())
            merged[key] = replace(mention, ids=ids)
        rank = {"candidate": 0, "place": 1, "party": 2, "person": 3, "elsewhere": 4, "beyond": 5}
        kept: list[Mention] = []
        for mention in sorted(
            merged.values(), key=lambda m: (m.start - m.end, m.distance, rank[m.kind], m.start)
        ):
            if not any(mention.start < other.end and other.start < mention.end for other in kept):
                kept.append(mention)
        return sorted(kept, key=lambda m: m.start)

    def _party_candidates(self) -> dict[str, frozenset[str]]:
        parties = self.election.all("parties")
        by_name: dict[str, set[str]] = {}
        for identifier, party in parties.items():
            for name in party.name.values():
                by_name.setdefault(fold(name), set()).add(identifier)
        backed: dict[str, set[str]] = {}
        for candidate in self.election.candidates.values():
            for backing in candidate.backing:
                for name in backing.values():
                    for party in by_name.get(fold(name), ()):
                        backed.setdefault(party, set()).add(candidate.id)
        return {party: frozenset(ids) for party, ids in backed.items()}

    def _person_candidates(self) -> dict[str, frozenset[str]]:
        people = self.election.all("people")
        linked: dict[str, set[str]] = {}
        for identifier, person in people.items():
            if person.party in self.party_candidates:
                linked[identifier] = set(self.party_candidates[person.party])
        for candidate in self.election.candidates.values():
            for identifier in candidate.linked_to:
                if identifier in people:
                    linked.setdefault(identifier, set()).add(candidate.id)
        return {person: frozenset(ids) for person, ids in linked.items()}


class Gazetteer:
    """The parties, people and places of the shared folders, found by their exact words."""

    def __init__(self, folders: Iterable[Shared], languages: Sequence[Language]) -> None:
        self.by_first: dict[str, list[Form]] = {}
        for shared in folders:
            _file(gazetteer_forms(shared, languages), self.by_first, languages)
        self._near: dict[tuple[str, int, str], bool] = {}
        self.numbers = count()
        self.lately: dict[tuple[int, str, str], Mapping[str, int]] = {}
        """The words of names that were near to words heard lately, by the number of an election's names."""
        self.words = frozenset(
            w for forms in self.by_first.values() for f in forms for w in f.words if len(w) > 3
        )

    def is_near(self, heard: str, distance: int, name: str) -> bool:
        """Whether a misspelt word is nearer to some place or person of elsewhere than to a name, or as near.

        As near counts only with one letter off; the name itself may be part of a place's.
        """
        key = (heard, distance, name)
        near = self._near.get(key)
        if near is None:
            if len(self._near) > 20_000:
                self._near.clear()
            limit = distance - (distance > 1)
            found = process.extract(heard, self.words, scorer=OSA.distance, score_cutoff=limit, limit=2)
            near = self._near[key] = any(word != name for word, _, _ in found)
        return near


def _file(forms: Iterable[Form], by_first: dict[str, list[Form]], languages: Sequence[Language]) -> None:
    """Put forms under their first word and, for those that may be inflected, under its stems."""
    for form in forms:
        keys = {form.words[0]}
        if len(form.words) > 1 or form.kind == "party":
            keys |= {stem(form.words[0], lang.stemmer) for lang in languages} | {form.words[0].rstrip("s")}
        for key in keys:
            by_first.setdefault(key, []).append(form)


def gazetteer_forms(shared: Shared, languages: Sequence[Language]) -> list[Form]:
    """The forms of a folder's parties, people and places."""
    forms = [
        form_of(name, "party", identifier, False, languages, next(iter(party.name.values())))
        for identifier, party in shared.parties.items()
        for name in {*party.name.values(), *party.aliases}
    ]
    forms += [
        form_of(name, "person", identifier, False, languages, person.name)
        for identifier, person in shared.people.items()
        for name in {person.name, *person.aliases}
    ]
    places = (*shared.places.towns, *shared.places.beyond)
    forms += [form_of(place, "elsewhere", place, False, languages, place) for place in places]
    forms += [form_of(matter, "beyond", matter, False, languages, matter) for matter in shared.places.matters]
    return [form for form in forms if form.words]


# --- names that are ordinary words ---------------------------------------------------------------------------


def _may_be_name(words: Sequence[Word], at: int, languages: Sequence[Language]) -> bool:
    """Whether an ordinary word stands where it could be a name: after no determiner, before nothing it describes."""
    before, after = _beside(words, at)
    if before is not None and any(before.folded in lang.determiners for lang in languages):
        return False
    if before is None or after is None or any(lang.is_small(after.folded) for lang in languages):
        return True
    return any(lang.is_small(before.folded) for lang in languages) and not any(
        before.folded in lang.articles for lang in languages
    )


def _must_be_name(words: Sequence[Word], at: int, languages: Sequence[Language]) -> bool:
    """Whether it makes no sense there but as a name: "what does … want", "… and schools"."""
    before, after = _beside(words, at)
    if after is not None and not _stops(after, languages):
        return False
    return before is None or any(before.folded in lang.grammar for lang in languages)


def _describes(words: Sequence[Word], at: int, languages: Sequence[Language]) -> bool:
    """Whether it may belong to the word before it, as an adjective or a verb does."""
    before, _ = _beside(words, at)
    if before is None:
        return False
    if any(before.folded in lang.determiners for lang in languages):
        return True
    return not any(before.folded in lang.grammar or before.folded in lang.stop for lang in languages)


def _stops(word: Word, languages: Sequence[Language]) -> bool:
    return any(word.folded in lang.stop for lang in languages)


def _beside(words: Sequence[Word], at: int) -> tuple[Word | None, Word | None]:
    """The words before and after one in its sentence."""
    sentence = words[at].sentence
    before = words[at - 1] if at and words[at - 1].sentence == sentence else None
    after = words[at + 1] if at + 1 < len(words) and words[at + 1].sentence == sentence else None
    return before, after
