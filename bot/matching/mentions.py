"""Who and what place a question names: candidates by any of their names, parties, other people, towns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.model import Election, Shared
from bot.language.catalogue import Language, language
from bot.language.text import Word, fold, stem

Kind = Literal["candidate", "party", "person", "place", "elsewhere", "beyond"]
FAMILIAR = 3.6

NEAR_KEPT = 1_000


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

    def covers(self, position: int) -> bool:
        return self.start <= position < self.end


@dataclass(frozen=True, slots=True)
class _Form:
    words: tuple[str, ...]
    stems: tuple[str, ...]
    kind: Kind
    id: str
    name: str
    fuzzy: bool
    role: bool = False
    opening: bool = False
    first_name: bool = False


def tolerance(length: int) -> int:
    """How many letters of a name may be wrong: none up to three, one up to five, two up to eight, then three."""
    if length <= 3:
        return 0
    if length <= 5:
        return 1
    return 2 if length <= 8 else 3


class Names:
    """Every name one election knows, ready to be found in a question."""

    def __init__(self, election: Election, gazetteer: Gazetteer) -> None:
        self.election = election
        self.gazetteer = gazetteer
        self.languages = [language(code) for code in election.languages]
        self._articles = frozenset(a for lang in self.languages for a in lang.articles)
        own = [_form(p, "place", p, False, self.languages) for p in election.description.places]
        self._home = frozenset(f.words for f in own)
        self._forms = [*self._candidate_forms(), *(f for f in own if f.words)]
        own_people = gazetteer_forms(election.own, self.languages)
        self._by_first: dict[str, list[_Form]] = {}
        _file([*self._forms, *own_people], self._by_first, self.languages)
        self._fuzzy = [f for f in self._forms if f.fuzzy or f.kind == "place"]
        self._at: dict[str, list[tuple[_Form, int]]] = {}
        for form in self._fuzzy:
            for position, word in enumerate(form.words):
                self._at.setdefault(word, []).append((form, position))
        self._near_words: dict[tuple[str, str], dict[str, int]] = {}
        self.rare_words = frozenset(
            w for w in self.vocabulary() if not any(x.is_small(w) for x in self.languages)
        )
        self.party_candidates = self._party_candidates()
        self.person_candidates = self._person_candidates()

    def vocabulary(self) -> Iterator[str]:
        """The words of all names, as targets for correction."""
        for forms in self._by_first.values():
            for form in forms:
                yield from form.words

    def find(self, words: Sequence[Word], lang: Language, known: Iterable[bool]) -> list[Mention]:
        """The names in a question, longest first, none overlapping; `known` tells which words mean something else."""
        known = list(known)
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
                    if end <= len(words) and _same(form, words[start:end], lang):
                        if form.opening and start and words[start - 1].folded not in lang.questions:
                            continue
                        if len(form.words) == 1 and lang.is_small(first.folded) and not form.opening:
                            continue
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
                        )

    def _near(
        self, words: Sequence[Word], start: int, lang: Language, known: Sequence[bool]
    ) -> Iterator[Mention]:
        """Names of which this word is, perhaps misspelt, the first one near enough."""
        for form_word in self._similar(words[start].folded, lang):
            for form, position in self._at[form_word]:
                if position:
                    continue
                end = start + len(form.words)
                if end > len(words):
                    continue
                heard = [self._similar(w.folded, lang) for w in words[start:end]]
                if not all(w in near for w, near in zip(form.words, heard, strict=True)):
                    continue
                distances = [near[w] for w, near in zip(form.words, heard, strict=True)]
                if not sum(distances) or not self._plausible(distances, known[start:end]):
                    continue
                if len(form.words) > 1 or not self.gazetteer.is_near(words[start].folded, distances[0]):
                    yield Mention(start, end, form.kind, frozenset([form.id]), form.name, sum(distances))
        if not known[start]:
            yield from self._glued(words[start].folded, start)

    @staticmethod
    def _plausible(distances: Sequence[int], known: Sequence[bool]) -> bool:
        """A word that means something else is a name only beside another part of that name."""
        strange = any(not k for k, d in zip(known, distances, strict=True) if d)
        return strange or (len(distances) > 1 and (0 in distances or sum(distances) <= 2))

    def _similar(self, heard: str, lang: Language) -> dict[str, int]:
        """The words of names that a word may be, and how many letters apart."""
        key = (heard, lang.code)
        near = self._near_words.get(key)
        if near is None:
            if len(self._near_words) > NEAR_KEPT:
                self._near_words.clear()
            distances = ((w, _distance(heard, w, lang)) for w in self._at)
            near = self._near_words[key] = {w: d for w, d in distances if d is not None}
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

    def _candidate_forms(self) -> Iterator[_Form]:
        for candidate in self.election.candidates.values():
            seen: set[tuple[str, ...]] = set()
            for text, fuzzy, bare in _ways_to_name(
                candidate.name, candidate.aliases, candidate.list_name, self._articles
            ):
                form = _form(text, "candidate", candidate.id, fuzzy, self.languages, candidate.name)
                role = not fuzzy and not set(form.words) & _name_words(candidate.name)
                form = replace(
                    form,
                    role=role,
                    opening=role and bare and len(form.words) == 1,
                    first_name=fold(text) == fold(candidate.name.partition(" ")[0]) and " " in candidate.name,
                )
                if form.words and form.words not in seen and self._distinct(form):
                    seen.add(form.words)
                    yield form

    def _distinct(self, form: _Form) -> bool:
        """A single word that the languages use for something else is nobody's name ("lies", "rose")."""
        if len(form.words) > 1 or form.opening:
            return True
        return len(form.words[0]) > 2 and all(
            lang.zipf(form.words[0]) < 5.2 and not lang.is_small(form.words[0]) for lang in self.languages
        )

    def _party_candidates(self) -> dict[str, frozenset[str]]:
        parties = self.election.all("parties")
        by_name: dict[str, set[str]] = {}
        for identifier, party in parties.items():
            for name in party.name.values():
                by_name.setdefault(fold(name), set()).add(identifier)
        backed: dict[str, set[str]] = {identifier: set() for identifier in parties}
        for candidate in self.election.candidates.values():
            for backing in candidate.backing:
                for name in backing.values():
                    for party in by_name.get(fold(name), ()):
                        backed[party].add(candidate.id)
        return {party: frozenset(ids) for party, ids in backed.items()}

    def _person_candidates(self) -> dict[str, frozenset[str]]:
        people = self.election.all("people")
        linked: dict[str, set[str]] = {
            identifier: set(self.party_candidates.get(person.party or "", ()))
            for identifier, person in people.items()
        }
        for candidate in self.election.candidates.values():
            for identifier in candidate.linked_to:
                if identifier in linked:
                    linked[identifier].add(candidate.id)
        return {person: frozenset(ids) for person, ids in linked.items()}


class Gazetteer:
    """The parties, people and places of the shared folders, found by their exact words."""

    def __init__(self, folders: Iterable[Shared], languages: Sequence[Language]) -> None:
        self.by_first: dict[str, list[_Form]] = {}
        for shared in folders:
            _file(gazetteer_forms(shared, languages), self.by_first, languages)
        self._near: dict[tuple[str, int], bool] = {}
        self.words = frozenset(
            w for forms in self.by_first.values() for f in forms for w in f.words if len(w) > 3
        )

    def is_near(self, heard: str, distance: int) -> bool:
        """Whether a misspelt word is nearer to some place or person of elsewhere, or as near with one letter off."""
        distance -= distance > 1
        key = (heard, distance)
        near = self._near.get(key)
        if near is None:
            if len(self._near) > 20_000:
                self._near.clear()
            found = process.extractOne(heard, self.words, scorer=OSA.distance, score_cutoff=distance)
            near = self._near[key] = found is not None
        return near


def _file(forms: Iterable[_Form], by_first: dict[str, list[_Form]], languages: Sequence[Language]) -> None:
    """Put forms under their first word and, for those that may be inflected, under its stems."""
    for form in forms:
        keys = {form.words[0]}
        if len(form.words) > 1 or form.kind == "party":
            keys |= {stem(form.words[0], lang.stemmer) for lang in languages} | {form.words[0].rstrip("s")}
        for key in keys:
            by_first.setdefault(key, []).append(form)


def gazetteer_forms(shared: Shared, languages: Sequence[Language]) -> list[_Form]:
    """The forms of a folder's parties, people and places."""
    forms = [
        _form(name, "party", identifier, False, languages, next(iter(party.name.values())))
        for identifier, party in shared.parties.items()
        for name in {*party.name.values(), *party.aliases}
    ]
    forms += [
        _form(name, "person", identifier, False, languages, person.name)
        for identifier, person in shared.people.items()
        for name in {person.name, *person.aliases}
    ]
    places = (*shared.places.towns, *shared.places.beyond)
    forms += [_form(place, "elsewhere", place, False, languages, place) for place in places]
    forms += [_form(matter, "beyond", matter, False, languages, matter) for matter in shared.places.matters]
    return [form for form in forms if form.words]


def _ways_to_name(
    name: str, aliases: Iterable[str], list_name: str | None, articles: frozenset[str]
) -> Iterator[tuple[str, bool, bool]]:
    """Each form of a name, whether it may be misspelt like one, and whether it is a role without its article."""
    for full in (name, *(a for a in aliases if _like(a, name))):
        first, _, last = full.partition(" ")
        parts = last.replace("-", " ").split()
        names = [
            full,
            *([last] if last else []),
            *([first] if last and full == name else []),
            *(p for p in parts if len(parts) > 1 and len(p) > 3),
        ]
        yield from ((text, True, False) for text in names)
    for alias in (*aliases, *([list_name] if list_name else [])):
        yield alias, False, False
        first, _, rest = alias.partition(" ")
        if rest and fold(first) in articles:
            yield rest, False, True


def _name_words(name: str) -> set[str]:
    return set(fold(name).replace("-", " ").split())


def _like(alias: str, name: str) -> bool:
    """Whether an alias is the name in another spelling, so that it is cut and misspelt like one."""
    parts = fold(alias).replace("-", " ").split()
    return 1 < len(parts) <= 4 and bool(
        _name_words(name) & set(parts) or OSA.normalized_similarity(fold(alias), fold(name)) > 0.75
    )


def _form(
    text: str, kind: Kind, identifier: str, fuzzy: bool, languages: Sequence[Language], name: str = ""
) -> _Form:
    elided = languages[0].elisions if languages else frozenset()
    words = tuple(w.folded for w in languages[0].words(text)) if languages else (fold(text),)
    if len(words) > 1 and words[0] in elided and "'" in text.replace("’", "'"):
        words = words[1:]
    inflected = len(words) > 1  # a name of one word is never told by its stem
    stems = tuple([stem(w, languages[0].stemmer) for w in words]) if inflected else ()
    return _Form(words, stems, kind, identifier, name or text, fuzzy)


def _same(form: _Form, heard: Sequence[Word], lang: Language) -> bool:
    """Word for word; forms of more than one ordinary word may be inflected."""
    for position, word in enumerate(heard):
        if word.folded == form.words[position]:
            continue
        if len(form.words) < 2:
            return form.kind == "party" and word.folded.rstrip("s") == form.words[0].rstrip("s")
        if lang.is_small(word.folded):
            return False
        if stem(word.folded, lang.stemmer) not in (
            form.stems[position],
            stem(form.words[position], lang.stemmer),
        ):
            return False
    return True


def _distance(heard: str, word: str, lang: Language) -> int | None:
    if heard == word:
        return 0
    limit = tolerance(min(len(word), len(heard) + 1))
    if not limit or abs(len(heard) - len(word)) > max(limit, 3):
        return None
    distance = OSA.distance(heard, word, score_cutoff=4)
    if distance <= limit and not (
        heard[0] != word[0] and distance > 1 and lang.sound(heard)[:1] != lang.sound(word)[:1]
    ):
        return distance
    if len(word) < 5 or len(heard) < 4 or distance > 4:
        return None
    return 1 if lang.sound(heard) == lang.sound(word) else None
